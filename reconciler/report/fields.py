"""The fields that a report shows of an address: all of what comes or goes, else those that differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.model import JSON, Action, Cause, Change, Drift, FieldChange
from reconciler.report.masking import root


def creates(change: Change) -> bool:
    """Whether the whole object is new, so that there is no before."""
    return change.action in (Action.CREATE, Action.SEND) and not change.adopts


def shown_fields(change: Change) -> tuple[FieldChange, ...]:
    """Of a create what it sends, of a delete what the object holds, else what differs; by path where all are shown."""
    if creates(change):
        return _coming(change)
    return _going(change.before) if change.action is Action.DELETE else change.fields


def drifted_fields(drift: Drift) -> tuple[FieldChange, ...]:
    """Of an object that is gone what it held, else what moved."""
    return _going(drift.before) if drift.after is None else drift.fields


def hidden_fields(change: Change) -> int:
    """How many unchanged fields are not among the shown ones."""
    if creates(change) or change.action is Action.DELETE:
        return 0
    return _others(change.after or change.before, change.fields)


def hidden_drift(drift: Drift) -> int:
    """How many fields did not move."""
    return 0 if drift.after is None else _others(drift.before, drift.fields)


def _others(values: Mapping[str, JSON] | None, fields: tuple[FieldChange, ...]) -> int:
    return len(set(values or ()) - {root(change.path) for change in fields})


def _coming(change: Change) -> tuple[FieldChange, ...]:
    told = {item.path: item for item in change.fields}
    values = dict(change.after or {})
    values |= {path: item.after for path, item in told.items() if root(path) not in values}
    new = FieldChange("", None, None, Cause.CONFIG)
    return tuple(
        replace(told.get(name, new), path=name, before=None, after=value) for name, value in sorted(values.items())
    )


def _going(values: Mapping[str, JSON] | None) -> tuple[FieldChange, ...]:
    """What an object that goes holds; its empty fields tell nothing."""
    held = [(name, value) for name, value in sorted((values or {}).items()) if value is not None]
    return tuple(FieldChange(name, value, None, Cause.CONFIG) for name, value in held)
