"""JSON texts of others read into values: only finite numbers, and no deeper than this program's own recursion goes."""

from __future__ import annotations

import json
import math
import re
from itertools import accumulate
from typing import NoReturn

from reconciler.model.value import JSON

DEEPEST = 64  # lists and mappings in each other
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def parsed(text: bytes | str, *, deepest: int = DEEPEST, most: int | None = None) -> JSON:
    """The value of a JSON text. Raises ValueError for what is no JSON, for NaN and infinities, for what is nested
    deeper (the parser may reach farther down than whatever has to walk through the value later), and for more than
    ``most`` lists and mappings or twice as many commas: in memory they take up to thirty times their text."""
    check_bounds(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, deepest, most)
    content = text if isinstance(text, str) else text.decode(json.detect_encoding(text), "surrogatepass")
    return _DECODER.decode(content)


def check_bounds(raw: bytes, deepest: int = DEEPEST, most: int | None = None) -> None:
    """Raise ValueError for a JSON text that is nested too deep, or has too many lists and mappings, to be parsed."""
    if not (_fits(raw, deepest, most) or _fits(_STRINGS.sub(b"", raw), deepest, most)):
        raise ValueError(f"nested more than {deepest} deep, or more than can be kept")


def _fits(raw: bytes, deepest: int, most: int | None) -> bool:
    """Whether there are few enough brackets, not too deep in each other; brackets in strings count as well."""
    brackets = raw.translate(None, _NO_BRACKETS)
    if most is not None and (len(brackets) > 2 * most or raw.count(b",") > 2 * most):
        return False
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) <= deepest


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number too large")
    return number


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_no_number)
