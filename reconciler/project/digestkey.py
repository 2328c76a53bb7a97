"""The key under which the state keeps personal data: from the environment alone, never from a file of the project."""

from __future__ import annotations

import os
from collections.abc import Mapping

from reconciler.errors import DIGEST_KEY_UNFIT, ReconcilerError
from reconciler.model import SHORTEST_KEY, Seal
from reconciler.schema.sealing import KEY


def seal_of(environ: Mapping[str, str] | None = None) -> Seal | None:
    """The seal under the key in ``RECONCILER_DIGEST_KEY``; None where it is not set. Raises RCN0221 for a short one."""
    key = (os.environ if environ is None else environ).get(KEY, "").strip()
    if not key:
        return None
    if len(key) < SHORTEST_KEY:
        message = f"{KEY} has {len(key)} characters; at least {SHORTEST_KEY} are due"
        raise ReconcilerError(DIGEST_KEY_UNFIT, message)
    return Seal(key.encode("utf-8", "surrogateescape"))
