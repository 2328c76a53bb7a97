"""Text from vendors and users made safe to look at: nothing in it can move a cursor, hide, reorder, pile up on what
stands above it, or command the service that keeps the log."""

from __future__ import annotations

import re
from typing import Final

# Control, format (bidi among them), separators, surrogates, private and no characters, letters that print as nothing.
_UNSEEN: Final = (
    "\\x00-\\x1f\\x7f-\\x9f\\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0e\ufeff\uffa0\ufff0-\uffff"
    "\ue000-\uf8ff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
# Marks that are drawn on the letter before them; more than four in a row are no writing, and cover other lines.
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0f71-\u0f84\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
# What GitHub's, Azure's and TeamCity's logs take for a command wherever it stands in a line: ##[..., ##vso[...
_COMMAND: Final = r"#(?=#[A-Za-z]*\[)"

UNSAFE: Final = re.compile(f"[{_UNSEEN}]|(?<=[{_MARKS}]{{4}})[{_MARKS}]|{_COMMAND}")
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\ufffd": "\ufffd"}


def visible(text: str) -> str:
    """The text with every character that is not plainly seen spelled as an escape; idempotent.

    ``U+FFFD`` stays: it is what a reader should see where a decoder gave up.
    """
    if text.isascii() and text.isprintable() and "##" not in text:
        return text
    return UNSAFE.sub(_escaped, text)


def leading(text: str) -> str:
    """The same for text that begins a line: a log on GitHub would take ``::word`` there for a command."""
    shown = visible(text)
    start = len(shown) - len(shown.lstrip())
    return f"{shown[:start]}\\u003a{shown[start + 1 :]}" if shown.startswith("::", start) else shown


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    short = _SHORT.get(character)
    if short is not None:
        return short
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
