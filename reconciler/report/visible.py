"""Text from vendors and users made safe to look at: nothing in it can move a cursor, hide or reorder what is read."""

from __future__ import annotations

import re
from typing import Final

# Control, format (bidi among them), separators, surrogates, noncharacters, and letters that print as nothing.
UNSAFE: Final = (
    "\\x00-\\x1f\\x7f-\\x9f\\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0e\ufeff\uffa0\ufff0-\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSAFE: Final = re.compile(f"[{UNSAFE}]")
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ELLIPSIS: Final = "…"


def visible(text: str) -> str:
    """The text with every character that is not plainly seen spelled as an escape; idempotent.

    ``U+FFFD`` stays: it is what a reader should see where a decoder gave up.
    """
    return _UNSAFE.sub(_escaped, text)


def quoted(text: str) -> str:
    """The text in double quotes; quotes and backslashes of its own are escaped, so no two texts look the same."""
    return '"' + visible(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters of the text, an ellipsis where it goes on."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + _ELLIPSIS


def window(text: str, start: int, limit: int) -> str:
    """``limit`` characters from ``start`` on, an ellipsis at each end that was cut."""
    lead = _ELLIPSIS if start > 0 else ""
    return lead + shortened(text[start:], limit)


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\ufffd":
        return character
    short = _SHORT.get(character)
    if short is not None:
        return short
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
