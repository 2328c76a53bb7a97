"""Two values side by side: the parts of each that differ, marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from reconciler.model import JSON, FieldChange, Pending
from reconciler.report.masking import Hidden
from reconciler.report.rows import by_items, itemised, moved_items
from reconciler.report.value import KNOWN_AFTER_APPLY, SENSITIVE, spelled, spelled_pair
from reconciler.report.visible import shortened, visible
from reconciler.schema import Field

_LONGEST: Final = 2_000  # characters of a text that are shown whole
_MOST_ITEMS: Final = 200
_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text; ``mark`` is empty, del or ins."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value: text as it is, else (``form`` is not text) a word about it or its JSON-like spelling."""

    parts: tuple[Part, ...] = ()
    form: str = "text"  # text, value, none (null), unknown, hidden, empty


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: it goes (-), comes (+), or stands there (empty)."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field before and after; where it is shown item by item, the items instead, and how many more there are."""

    before: Cell
    after: Cell
    items: tuple[Item, ...] = ()
    kept: int = 0
    more: int = 0


def compared(change: FieldChange, field: Field | None) -> Comparison:
    """The two sides of a field."""
    if by_items(change, field):
        gone, come, kept = moved_items(change.before, change.after, field)
        items = [Item("-", spelled(item, field)) for item in gone] + [Item("+", spelled(item, field)) for item in come]
        return _listed(items, kept)
    after: JSON = change.after
    if change.before is None and itemised(after, field) and isinstance(after, list | tuple):
        return _listed([Item("+", spelled(item, field)) for item in after], 0)
    if after is None and itemised(change.before, field) and isinstance(change.before, list | tuple):
        return _listed([Item("-", spelled(item, field)) for item in change.before], 0)
    if change.after_unknown:
        return Comparison(_cell(change.before, field), Cell((Part(KNOWN_AFTER_APPLY),), "unknown"))
    return _sides(change.before, after, field)


def _listed(items: list[Item], kept: int) -> Comparison:
    return Comparison(Cell(), Cell(), tuple(items[:_MOST_ITEMS]), kept, max(len(items) - _MOST_ITEMS, 0))


def _sides(before: JSON, after: JSON, field: Field | None) -> Comparison:
    old, new = _cell(before, field), _cell(after, field)
    if old.form == new.form == "text" and isinstance(before, str) and isinstance(after, str):
        if max(len(before), len(after)) > _LONGEST:
            left, right = spelled_pair(before, after, field)
            return Comparison(Cell((Part(left),), "value"), Cell((Part(right),), "value"))
        left_parts, right_parts = marked(visible(before), visible(after))
        return Comparison(Cell(left_parts), Cell(right_parts))
    return Comparison(old, new)


def _cell(value: JSON, field: Field | None) -> Cell:
    if value is None:
        return Cell((Part("null"),), "none")
    if isinstance(value, Hidden):
        return Cell((Part(SENSITIVE),), "hidden")
    if isinstance(value, Pending):
        return Cell((Part(KNOWN_AFTER_APPLY),), "unknown")
    if not isinstance(value, str):
        return Cell((Part(spelled(value, field)),), "value")
    if not value:
        return Cell((Part("empty text"),), "empty")
    length = f" ({len(value):,} characters)" if len(value) > _LONGEST else ""
    return Cell((Part(shortened(visible(shortened(value, _LONGEST)), 2 * _LONGEST) + length),))


def marked(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Both texts with what differs marked: whole words between the same start and the same end."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    return _parts(old, start, end, "del"), _parts(new, start, end, "ins")


def _same(one: list[str], other: list[str]) -> int:
    for position, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return position
    return min(len(one), len(other))


def _parts(tokens: list[str], start: int, end: int, mark: str) -> tuple[Part, ...]:
    stop = len(tokens) - end
    found = (Part("".join(tokens[:start])), Part("".join(tokens[start:stop]), mark), Part("".join(tokens[stop:])))
    return tuple(part for part in found if part.text)
