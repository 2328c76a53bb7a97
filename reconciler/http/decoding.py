"""JSON as vendors send it, read so that one text has one meaning."""

from __future__ import annotations

import json
import math

from reconciler.model import JSON, check_bounds

_MOST = 1_000_000  # lists and mappings in one answer; each takes many times its text in memory


def decoded(body: bytes) -> JSON:
    """The value of a JSON text in UTF-8. What is no number (NaN, an infinity, 1e999) is null, since a score of nothing
    is sent so.

    Raises ValueError for what is no JSON, is nested too deep or holds too much, or has one key twice with two values:
    either could be meant.
    """
    check_bounds(body, most=_MOST)
    return _DECODER.decode(body.decode("utf-8-sig"))


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) != len(pairs) and any(found[key] != value for key, value in pairs):
        raise ValueError("a key stands twice with two values")
    return found


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _nothing(_: str) -> None:
    return None


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_finite, parse_constant=_nothing)
