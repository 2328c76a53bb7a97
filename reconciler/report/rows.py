"""The lines inside a block: one field each, aligned, lists item by item, the cause as a trailing comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.model import JSON, Cause, FieldChange, Pending, canonical
from reconciler.report.masking import Hidden, root
from reconciler.report.style import Style, width
from reconciler.report.value import KNOWN_AFTER_APPLY, spelled, spelled_pair
from reconciler.report.visible import visible
from reconciler.schema import Field, ResourceType

_FIELD: Final = " " * 6
_ITEM: Final = " " * 10
_CLOSE: Final = " " * 8
_INLINE: Final = 60  # a list of scalars up to this many characters stays on one line
_MOST_ITEMS: Final = 40
_COMMENT_COLUMN: Final = 72  # comments are aligned up to here


@dataclass(frozen=True, slots=True)
class Row:
    """One field: its sign (empty: shown for orientation), its value's lines, and a comment after the first."""

    sign: str
    name: str
    lines: tuple[str, ...]
    comment: str = ""


def drawn(rows: Iterable[Row], style: Style) -> list[str]:
    """The rows with their names and comments aligned."""
    rows = list(rows)
    names = max((width(visible(row.name)) for row in rows), default=0)
    firsts = [_first(row, names, style) for row in rows]
    told = [width(first) for row, first in zip(rows, firsts, strict=True) if row.comment and len(row.lines) == 1]
    column = max((columns for columns in told if columns <= _COMMENT_COLUMN), default=0)
    lines: list[str] = []
    for row, first in zip(rows, firsts, strict=True):
        gap = " " * (max(column - width(first), 0) * (len(row.lines) == 1) + 3)
        lines += [first + gap + row.comment if row.comment else first, *row.lines[1:]]
    return lines


def hidden_note(count: int, noun: str, style: Style, indent: str = _CLOSE) -> str:
    """``# (3 unchanged fields hidden)``."""
    return indent + style.dim(f"# ({count:,} unchanged {noun}{'' if count == 1 else 's'} hidden)")


def created_row(name: str, value: JSON, rtype: ResourceType | None, style: Style, comment: str = "") -> Row:
    """A field of an object that is to be."""
    field = field_of(name, rtype)
    return Row("+", name, _whole("+", value, field, style), comment or _awaited(value, style))


def deleted_row(name: str, value: JSON, rtype: ResourceType | None, style: Style) -> Row:
    """A field of an object that is to go."""
    lines = _whole("-", value, field_of(name, rtype), style)
    return Row("-", name, (*lines[:-1], f"{lines[-1]} {style.dim('-> null')}"))


def changed_row(change: FieldChange, rtype: ResourceType | None, style: Style, comment: str = "") -> Row:
    """A field that differs."""
    field, before, after = field_of(change.path, rtype), change.before, change.after
    if isinstance(after, Pending) or (change.after_unknown and not isinstance(after, list | tuple)):
        sign = "+" if before is None else "~"
        lead = "" if before is None else f"{spelled(before, field)} {style.yellow('->')} "
        return Row(sign, change.path, (lead + KNOWN_AFTER_APPLY,), comment)
    if isinstance(before, Hidden) and isinstance(after, Hidden):
        return Row("~", change.path, (spelled(after),), comment)
    if before is None:
        return Row("+", change.path, _whole("+", after, field, style), comment)
    if after is None:
        return Row("-", change.path, (f"{spelled(before, field)} {style.dim('-> null')}",), comment)
    if by_items(change, field):
        return Row("~", change.path, _item_lines(before, after, field, style), comment)
    old, new = spelled_pair(before, after, field)
    return Row("~", change.path, (f"{old} {style.yellow('->')} {new}",), comment)


def cause_comment(change: FieldChange, style: Style, *, replacing: bool = False) -> str:
    """``# drift``, ``# config, forces replacement``."""
    paint = {Cause.DRIFT: style.cyan, Cause.CONFLICT: style.red}.get(change.cause, style.dim)
    text = paint(f"# {change.cause.value}")
    if change.ignored:
        text += style.dim(", ignored")
    return text + (style.red(", forces replacement") if replacing and change.forces_replacement else "")


def _first(row: Row, names: int, style: Style) -> str:
    sign = row.sign or " "
    name = visible(row.name)
    return f"{_FIELD}{_painted(sign, style)} {name}{' ' * (names - width(name))} = {row.lines[0]}"


def _painted(sign: str, style: Style) -> str:
    return {"+": style.green, "-": style.red, "~": style.yellow}.get(sign, str)(sign)


def field_of(path: str, rtype: ResourceType | None) -> Field | None:
    """What the schema says of the field a path begins with."""
    return rtype.fields.get(root(path)) if rtype is not None else None


def _awaited(value: JSON, style: Style) -> str:
    return style.dim(f"# {value.address.name}") if isinstance(value, Pending) else ""


def by_items(change: FieldChange, field: Field | None) -> bool:
    """Whether the change of a field is shown item by item: two lists, one of which has an item a line."""
    before, after = change.before, change.after
    return is_list(before) and is_list(after) and (itemised(before, field) or itemised(after, field))


def is_list(value: JSON) -> bool:
    """Whether the value is a list of either sort."""
    return isinstance(value, list | tuple)


def itemised(value: JSON, field: Field | None) -> bool:
    """Whether a list is shown an item a line: its items are objects, or it is too long for one."""
    if not isinstance(value, list | tuple):
        return False
    objects = any(isinstance(item, Mapping) for item in value)
    return objects or (field is not None and bool(field.items)) or len(spelled(value, field)) > _INLINE


def _whole(sign: str, value: JSON, field: Field | None, style: Style) -> tuple[str, ...]:
    if not itemised(value, field) or not value:
        return (spelled(value, field),)
    assert isinstance(value, list | tuple)
    return ("[", *_cut([_item(sign, item, field, style) for item in value], style), f"{_CLOSE}]")


def _item_lines(before: JSON, after: JSON, field: Field | None, style: Style) -> tuple[str, ...]:
    """Two lists, item by item: what goes, what comes, and how many stay."""
    gone, come, kept = moved_items(before, after, field)
    lines = [_item("-", item, field, style) for item in gone] + [_item("+", item, field, style) for item in come]
    if not lines:
        lines = [_ITEM + style.dim(f"# ({order_note(before)})")]
    note = [hidden_note(kept, "item", style, _ITEM + "  ")] if kept else []
    return ("[", *_cut(lines, style), *note, f"{_CLOSE}]")


def moved_items(before: JSON, after: JSON, field: Field | None) -> tuple[list[JSON], list[JSON], int]:
    """Of two lists: the items that go, those that come, and how many stay."""
    assert isinstance(before, list | tuple) and isinstance(after, list | tuple)
    come = _without(after, before, field)
    return _without(before, after, field), come, len(after) - len(come)


def order_note(before: JSON) -> str:
    """Why two lists differ that hold the same items as far as they are shown."""
    items = [item for item in before if isinstance(item, Mapping)] if isinstance(before, list | tuple) else []
    hidden = any(isinstance(part, Hidden) for item in items for part in item.values())
    return "only sensitive values differ" if hidden else "only the order differs"


def _item(sign: str, item: JSON, field: Field | None, style: Style) -> str:
    return f"{_ITEM}{_painted(sign, style)} {spelled(item, field)},"


def _cut(lines: list[str], style: Style) -> list[str]:
    if len(lines) <= _MOST_ITEMS:
        return lines
    return [*lines[:_MOST_ITEMS], _ITEM + style.dim(f"# … {len(lines) - _MOST_ITEMS:,} more items")]


def _without(items: Iterable[JSON], others: Iterable[JSON], field: Field | None) -> list[JSON]:
    """The items that have no counterpart among the others, each counterpart used once."""
    left = Counter(_key(item, field) for item in others)
    rest = []
    for item in items:
        key = _key(item, field)
        if left[key]:
            left[key] -= 1
        else:
            rest.append(item)
    return rest


def _key(item: JSON, field: Field | None) -> str:
    return canonical(field.item_key(item) if field is not None and field.set is not None else item)
