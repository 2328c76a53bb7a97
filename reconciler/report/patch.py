"""One address as the lines of a diff, for media that colour a line by its first character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model import Action, Cause, Change, Drift, FieldChange, Pending
from reconciler.report.fields import drifted_fields, hidden_drift, hidden_fields, shown_fields
from reconciler.report.phrase import headline
from reconciler.report.remark import Remark, Tone, drift_headline, drift_remarks, remarks, standing
from reconciler.report.rows import by_items, field_of, itemised, moved_items, order_note
from reconciler.report.value import KNOWN_AFTER_APPLY, spelled, spelled_pair
from reconciler.report.visible import visible
from reconciler.schema import Field, Registry


def change_patch(change: Change, registry: Registry) -> list[str]:
    """A change: its headline, what is to be said, its fields before and after."""
    said = _comments(remarks(change, registry))
    replacing = change.action.replaces or change.blocked is not None
    caused = change.action is not Action.DELETE
    lines = _lines(shown_fields(change), registry, change.address.kind, replacing=replacing, caused=caused)
    return [f"@@ {change.address} {headline(change)} @@", *said, *lines, *_hidden(hidden_fields(change))]


def standing_patch(change: Change) -> list[str]:
    """What is to be said of an address where nothing happens; empty where there is nothing to say."""
    said = _comments(standing(change))
    return [f"@@ {change.address} is unchanged @@", *said] if said else []


def drift_patch(drift: Drift, registry: Registry) -> list[str]:
    """A drift: recorded with a minus, observed with a plus."""
    said = _comments(drift_remarks(drift))
    lines = _lines(drifted_fields(drift), registry, drift.address.kind, caused=False)
    return [f"@@ {drift.address} {drift_headline(drift)} @@", *said, *lines, *_hidden(hidden_drift(drift))]


def _comments(said: Iterable[Remark]) -> list[str]:
    grave = (Tone.LOSS, Tone.BLOCKED, Tone.WARNING)  # coloured where a line that begins with ! is
    return [f"{'!' if remark.tone in grave else '#'} {remark.whole}" for remark in said]


def _hidden(count: int) -> list[str]:
    return [f"  # ({count:,} unchanged field{'' if count == 1 else 's'} hidden)"] if count else []


def _lines(
    fields: Iterable[FieldChange], registry: Registry, kind: str, *, replacing: bool = False, caused: bool = True
) -> Iterator[str]:
    rtype = registry.types.get(kind)
    for change in fields:
        yield from _sides(change, field_of(change.path, rtype), _note(change, replacing=replacing, caused=caused))


def _note(change: FieldChange, *, replacing: bool, caused: bool) -> str:
    said = [change.cause.value] if caused and (change.before is not None or change.cause is not Cause.CONFIG) else []
    said += ["ignored"] if change.ignored else []
    said += ["forces replacement"] if replacing and change.forces_replacement else []
    return f"   # {', '.join(said)}" if said else ""


def _sides(change: FieldChange, field: Field | None, note: str) -> Iterator[str]:
    name = visible(change.path)
    if by_items(change, field):
        gone, come, kept = moved_items(change.before, change.after, field)
        yield f"  {name} ={note}"
        yield from (f"-   {spelled(item, field)}" for item in gone)
        yield from (f"+   {spelled(item, field)}" for item in come)
        if not gone and not come:
            yield f"    # ({order_note(change.before)})"
        elif kept:
            yield f"    # ({kept:,} unchanged item{'' if kept == 1 else 's'} hidden)"
        return
    before, after = spelled_pair(change.before, change.after, field)
    if change.before is not None:
        yield from _side("-", name, before, change.before, field, note if change.after is None else "")
    listed = isinstance(change.after, list | tuple)
    if isinstance(change.after, Pending) or (change.after_unknown and not listed):
        yield f"+ {name} = {KNOWN_AFTER_APPLY}{note}"
    elif change.after is not None:
        yield from _side("+", name, after, change.after, field, note)


def _side(sign: str, name: str, text: str, value: object, field: Field | None, note: str) -> Iterator[str]:
    if not itemised(value, field) or not isinstance(value, list | tuple) or not value:
        yield f"{sign} {name} = {text}{note}"
        return
    yield f"{sign} {name} ={note}"
    yield from (f"{sign}   {spelled(item, field)}" for item in value)
