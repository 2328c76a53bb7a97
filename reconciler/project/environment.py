"""One environment laid over the project's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CREDENTIALS = ("token", "oauth")
_REFERENCE = frozenset({"env", "file"})


def overlaid(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The base with what the environment says instead: mappings merge, all else is replaced.

    A secret's reference is replaced whole, and a credential of one sort takes the place of the other sort.
    """
    given = [name for name in _CREDENTIALS if name in over]
    result = {key: value for key, value in base.items() if not (given and key in _CREDENTIALS and key not in over)}
    for key, value in over.items():
        before = result.get(key)
        merges = isinstance(before, Mapping) and isinstance(value, Mapping) and not _REFERENCE & value.keys()
        result[key] = overlaid(before, value) if merges and isinstance(before, Mapping) else value
    return result
