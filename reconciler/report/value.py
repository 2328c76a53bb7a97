"""One value as text, in the spelling Terraform users know: ``"text"``, ``12``, ``true``, ``null``, ``[ ]``, ``{ }``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.model import JSON, Pending, Reference, Sealed
from reconciler.report.document import plain
from reconciler.report.masking import Hidden
from reconciler.report.visible import quoted, shortened, visible, window
from reconciler.schema import Field

KNOWN_AFTER_APPLY: Final = "(known after apply)"
SENSITIVE: Final = "(sensitive value)"
LIMIT: Final = 160  # characters of a text, a list or an object that are shown
_LEAD: Final = 40  # characters kept before the first difference of two long texts


def spelled(value: JSON, field: Field | None = None) -> str:
    """The value on one line, shortened; ``field`` gives the order of an item's parts."""
    if isinstance(value, Hidden | Sealed):
        return SENSITIVE
    if isinstance(value, Pending):
        return KNOWN_AFTER_APPLY
    if isinstance(value, Reference):
        return quoted(str(plain(value)))
    if isinstance(value, Mapping):
        return _object(value, field)
    if isinstance(value, list | tuple):
        return _list(value, field)
    return _scalar(plain(value))


def spelled_pair(before: JSON, after: JSON, field: Field | None = None) -> tuple[str, str]:
    """Two values on one line each; of long texts the part around the first difference."""
    if not _both_texts(before, after):
        return spelled(before, field), spelled(after, field)
    assert isinstance(before, str) and isinstance(after, str)
    if max(len(before), len(after)) <= LIMIT:
        return quoted(before), quoted(after)
    same = _same_start(before, after)
    start = same - _LEAD if same > LIMIT - _LEAD else 0
    return quoted(window(before, start, LIMIT)), quoted(window(after, start, LIMIT))


def _both_texts(before: JSON, after: JSON) -> bool:
    return all(isinstance(value, str) and not isinstance(value, Hidden) for value in (before, after))


def _same_start(one: str, other: str) -> int:
    for position, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return position
    return min(len(one), len(other))


def _scalar(value: JSON) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(shortened(value, LIMIT)) + (f" ({len(value):,} characters)" if len(value) > LIMIT else "")
    return shortened(repr(value), LIMIT)


def _list(value: list[JSON] | tuple[JSON, ...], field: Field | None) -> str:
    return "[" + _joined([spelled(item, field) for item in value]) + "]"


def _object(value: Mapping[str, JSON], field: Field | None) -> str:
    if not value:
        return "{}"
    declared = field.items if field is not None else {}
    names = [name for name in declared if name in value] + sorted(str(name) for name in value if name not in declared)
    return (
        "{ " + _joined([f"{visible(name)} = {spelled(value.get(name), declared.get(name))}" for name in names]) + " }"
    )


def _joined(parts: list[str]) -> str:
    """The parts with commas, as many as fit; how many more there are is said."""
    shown: list[str] = []
    for part in parts:
        if shown and sum(map(len, shown)) + len(part) > 2 * LIMIT:
            return ", ".join([*shown, f"… {len(parts) - len(shown):,} more"])
        shown.append(part)
    return ", ".join(shown)
