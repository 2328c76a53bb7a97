"""What an unquoted scalar means: null, true, false, a JSON number without exponent, or text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from reconciler.model import JSON

MAX_DIGITS = 40
_SURE = 16  # characters of a decimal, sign and point among them, that a float always gives back as they were
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?\Z")
_WORDS: Mapping[str, JSON] = MappingProxyType({"null": None, "true": True, "false": False})
# A scalar that begins with none of these is text; the common case costs one look-up.
STARTS = frozenset("-0123456789ntf")


def plain(text: str) -> JSON:
    """The value of an unquoted scalar; raises OverflowError for a number that cannot be kept as it is written: of more
    than 40 characters, or a decimal with more digits than a float holds."""
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.match(text)
    if match is None:
        return text
    if len(text) > MAX_DIGITS:
        raise OverflowError(text)
    if match[1] is None or not match[1].strip("0"):  # 10.0 is the whole number 10, as JSON Schema has it
        return int(text.partition(".")[0])
    value = float(text)
    if len(text) > _SURE and not _kept(text, value):
        raise OverflowError(text)
    return value


def _kept(text: str, value: float) -> bool:
    from decimal import Decimal

    return Decimal(repr(value)) == Decimal(text)
