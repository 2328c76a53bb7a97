"""Values and documents as JSON text: deterministic, exact, and safe to print on a terminal."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from reconciler.model import JSON, Pending, Reference, Sealed
from reconciler.model.visible import UNSAFE
from reconciler.schema.personal import STARS

_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_text = json.encoder.encode_basestring


def dumps(document: JSON) -> str:
    """A document on several lines, two columns a level, ending with a newline. Keys stay in the order given.

    The layout is json's own with ``indent=2``; json lays out in Python, several times slower than this.
    """
    return _escape(_laid_out(document, "\n")) + "\n"


def _laid_out(value: JSON, newline: str) -> str:
    if isinstance(value, dict) and value:
        inner = newline + "  "
        members = [f"{_text(key)}: {_laid_out(item, inner)}" for key, item in value.items()]
        return "{" + inner + f",{inner}".join(members) + newline + "}"
    if isinstance(value, list | tuple) and value:
        inner = newline + "  "
        return "[" + inner + f",{inner}".join([_laid_out(item, inner) for item in value]) + newline + "]"
    if isinstance(value, str):
        return _text(value)
    return "null" if value is None else _COMPACT.encode(value)


def line(document: JSON) -> str:
    """A document on one line, ending with a newline; for streams of events."""
    return _escape(_COMPACT.encode(document)) + "\n"


def plain(value: JSON) -> JSON:
    """A value as JSON knows it, keys sorted; an id not known yet is null, a reference its address or id, a
    sealed value three stars."""
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Pending):
        return None
    if isinstance(value, Sealed):
        return STARS
    if isinstance(value, Reference):
        return str(value.address) if value.address else value.external_id
    return _scalar(value)


def _scalar(value: JSON) -> JSON:
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def unknown(value: JSON) -> bool:
    """Whether a value holds an id that is only known once its create has been applied."""
    if isinstance(value, Mapping):
        return any(unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(unknown(item) for item in value)
    return isinstance(value, Pending)


def _escape(text: str) -> str:
    """JSON's own escapes for what ``ensure_ascii=False`` lets through; layout newlines stay."""
    if text.isascii() and "##" not in text:
        return text.replace("\x7f", "\\u007f")
    return UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    number = ord(character)
    if character in "\n\ufffd":
        return character
    if number <= 0xFFFF:
        return f"\\u{number:04x}"
    number -= 0x10000
    return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"
