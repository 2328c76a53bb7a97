"""The state's URL, and the store it names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import STATE_STORE_MISSING, STATE_URL, ReconcilerError
from reconciler.state.codec import Seal, unsealed
from reconciler.state.contract import StateStore

if TYPE_CHECKING:
    from reconciler.state.postgres import PostgresStore

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


def open_store(
    url: str,
    project: str,
    environment: str | None,
    folder: Path,
    *,
    clock: Callable[[], float] = time.time,
    seal: Seal = unsealed,
) -> StateStore:
    """The store a URL names; nothing is opened or made yet. A relative SQLite path starts at ``folder``.

    ``clock`` gives seconds since the epoch. Raises STATE_URL for another URL, STATE_STORE_MISSING for PostgreSQL where
    the extra is not installed.
    The URL may hold a password, so no message repeats it.
    """
    scheme = _scheme_of(url)
    if scheme == "sqlite":
        from reconciler.state.sqlite import SqliteStore

        return SqliteStore(sqlite_path(url, folder), project, environment, clock=clock, seal=seal)
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return _postgres()(url, project, environment, clock=clock, seal=seal)
    raise ReconcilerError(STATE_URL, "spec.state names no known store: neither sqlite:///PATH nor postgresql://...")


def sqlite_path(url: str, folder: Path) -> Path:
    """The file of ``sqlite:///PATH`` (from ``folder``) or ``sqlite:////PATH`` (absolute); raises STATE_URL."""
    host, slash, path = url.removeprefix("sqlite:").removeprefix("//").partition("/")
    if host or not slash or not path.strip("/") or not url.startswith("sqlite://"):
        raise ReconcilerError(STATE_URL, "spec.state names no SQLite file; one reads sqlite:///PATH")
    return folder / path


def _postgres() -> type[PostgresStore]:
    try:
        from reconciler.state.postgres import PostgresStore
    except ImportError as error:  # SQLAlchemy or psycopg is missing, or psycopg has no libpq
        message = f"a state on PostgreSQL needs SQLAlchemy and psycopg: {error}"
        raise ReconcilerError(STATE_STORE_MISSING, message) from error
    return PostgresStore


def _scheme_of(url: str) -> str:
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""
