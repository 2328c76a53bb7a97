"""Values written as the YAML that ``document.read`` gives back: the other direction of the strict reading.

A text stands plain only where this dialect, YAML 1.1 and YAML 1.2 agree that it is that very text; else in double
quotes, what cannot be seen in it as escapes. Every text is written as a manifest's: a literal ``${`` is ``$${``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from reconciler.document.placeholder import SIGN
from reconciler.document.scalar import MAX_DIGITS, plain
from reconciler.document.text import describe, forbidden
from reconciler.model import JSON

# What YAML 1.1 takes for a boolean or null, in whatever case; none of them is safe without quotes.
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# A text that begins with a digit is taken for no number, date or time where a word of two letters follows a space.
_WORDED: Final = re.compile(r"\d.* [^\W\d_]{2}")
_BROKEN: Final = re.compile(r":(?: |$)| #")  # what ends a plain text, or makes a key of it
_FLOW: Final = re.compile(r"[,\[\]{}:#]")
_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_LONGEST_KEY: Final = 1000  # YAML looks no further than 1024 characters for the colon behind a key


class Template(str):
    """A text whose ``${...}`` are meant as placeholders."""

    __slots__ = ()


class Unwritable(ValueError):
    """A value that has no spelling the strict reading would take; the message says what is in its way."""


def spelled(text: str, *, flow: bool = False) -> str:
    """A text as it has to stand in a manifest, on one line; ``flow`` is for inside of ``[]`` and ``{}``.

    Raises Unwritable for a character that no manifest may hold.
    """
    return _quoted_where_needed(_literal(text), flow=flow)


@lru_cache(maxsize=1024)
def spelled_key(text: str) -> str:
    """A key: as ``spelled``, but it takes no placeholder, not even a literal sign of one. Raises Unwritable."""
    if SIGN in text:
        raise Unwritable(f"a key cannot hold {SIGN}")
    if len(text) > _LONGEST_KEY:
        raise Unwritable(f"a key cannot have more than {_LONGEST_KEY} characters")
    return _quoted_where_needed(text, flow=True)


def spelled_value(value: JSON, *, flow: bool = False) -> str:
    """A value that is no list and no mapping; raises Unwritable for a number that cannot be kept as it is."""
    if isinstance(value, str):
        return spelled(value, flow=flow)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    raise Unwritable(f"{type(value).__name__} is no value of a manifest")


def dumped(mapping: Mapping[str, JSON]) -> str:
    """A whole document in block style, its keys in the mapping's order; it ends with a line break.

    Raises Unwritable for what the strict reading would refuse.
    """
    return "".join(f"{line}\n" for line in _mapping(mapping)) if mapping else "{}\n"


def _mapping(mapping: Mapping[str, JSON]) -> Iterator[str]:
    for key, value in mapping.items():
        yield from _entry(f"{spelled_key(key)}:", value)


def _entry(lead: str, value: JSON) -> Iterator[str]:
    """A key or a dash with its value: behind it, or on the lines below, two spaces in."""
    if isinstance(value, Mapping) and value:
        below = list(_mapping(value))
    elif isinstance(value, list | tuple) and value:
        below = [line for item in value for line in _item(item)]
    elif isinstance(value, str) and _in_lines(value):
        lead += " |" if value.endswith("\n") else " |-"
        below = _literal(value).removesuffix("\n").split("\n")
    else:
        yield f"{lead} {_leaf(value)}"
        return
    yield lead
    yield from (f"  {line}" if line else "" for line in below)


def _item(value: JSON) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        first, *others = _mapping(value)
        yield f"- {first}"
        yield from (f"  {line}" if line else "" for line in others)
    else:
        yield from _entry("-", value)


def _leaf(value: JSON) -> str:
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, list | tuple) else spelled_value(value)


def _literal(text: str) -> str:
    """The text with no placeholder in it that is not meant as one."""
    return text if isinstance(text, Template) else text.replace(SIGN, f"${SIGN}")


def _in_lines(text: str) -> bool:
    """Whether the text is better read line by line: several lines, and nothing at their ends that nobody would see."""
    return "\n" in text.removesuffix("\n") and stands_in_lines(text)


def stands_in_lines(text: str) -> bool:
    """Whether a text can stand line by line, with nothing at its ends that nobody would see."""
    lines = text.removesuffix("\n").split("\n")
    ends = bool(lines[0] and lines[-1]) and lines[0][0] != " "
    return ends and all(line.isprintable() and not line.endswith(" ") for line in lines)


def _quoted_where_needed(text: str, *, flow: bool) -> str:
    found = None if text.isascii() and text.isprintable() else forbidden(text)
    if found is not None:
        raise Unwritable(f"the character {describe(found[0])}")
    return text if _stands_plain(text, flow=flow) else f'"{"".join(map(_escaped, text))}"'


def _stands_plain(text: str, *, flow: bool) -> bool:
    if not text.isprintable() or not text or text[-1] == " ":
        return False
    if not text[0].isalpha() and not _WORDED.match(text):
        return False
    if text.casefold() in _WORDS or _BROKEN.search(text):
        return False
    return not (flow and _FLOW.search(text))


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    point = ord(character)
    return f"\\u{point:04X}" if point <= 0xFFFF else f"\\U{point:08X}"


def _number(value: int | float) -> str:
    if not math.isfinite(value):
        raise Unwritable("a number that is not finite")
    text = format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)
    try:
        kept = plain(text)
    except OverflowError:
        raise Unwritable(f"a number of more than {MAX_DIGITS} characters") from None
    if kept != value:
        raise Unwritable("a number with more digits than can be kept")
    return text
