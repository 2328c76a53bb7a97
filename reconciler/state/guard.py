"""A guard before the first apply: no new state file on a machine that is thrown away."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.errors import STATE_EPHEMERAL, ReconcilerError


def ephemeral(url: str, exists: bool, environ: Mapping[str, str], *, allowed: bool = False) -> None:
    """Refuse to make a SQLite state where CI is set; raises STATE_EPHEMERAL (exit 6)."""
    in_ci = environ.get("CI", "").strip().lower() not in ("", "0", "false")
    if in_ci and not exists and not allowed and url.startswith("sqlite:"):
        raise ReconcilerError(STATE_EPHEMERAL, "CI is set, and this apply would have to make a new SQLite state")
