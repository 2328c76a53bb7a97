"""Personal data taken out of what is shown: every output passes here unless it was asked to show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from reconciler.model import JSON, Change, Drift, FieldChange, Plan, Recorded, Unmanaged
from reconciler.schema import Field, Registry, ResourceType
from reconciler.schema.personal import STARS, hidden_in, is_personal, searchable, texts


class Hidden(str):
    """A value that may not be shown. JSON has it as three stars, text as ``(sensitive value)``."""

    __slots__ = ()


HIDDEN: Final = Hidden(STARS)


def root(path: str) -> str:
    """The field a path begins with."""
    return path.partition(".")[0].partition("[")[0]


def sensitive_names(kind: str, fields: Iterable[FieldChange], registry: Registry) -> frozenset[str]:
    """The fields of an object that hold personal data, wholly or in an item."""
    rtype = registry.types.get(kind)
    declared = {name for name, field in rtype.fields.items() if is_personal(field)} if rtype else set()
    return frozenset(declared | {root(change.path) for change in fields if change.sensitive})


def masked_plan(plan: Plan, registry: Registry) -> Plan:
    """The plan without personal data."""
    return replace(
        plan,
        changes=tuple(masked_change(change, registry) for change in plan.changes),
        drift=tuple(masked_drift(drift, registry) for drift in plan.drift),
        unmanaged=tuple(masked_unmanaged(item, registry) for item in plan.unmanaged),
    )


def masked_change(change: Change, registry: Registry) -> Change:
    """The change without personal data, its messages included."""
    kind, fields = change.address.kind, change.fields
    names = sensitive_names(kind, fields, registry)
    if not names:
        return change
    rtype = registry.types.get(kind)
    secrets = _secrets((change.before, change.after), fields, names, rtype)
    blocked = change.blocked
    return replace(
        change,
        before=_object(change.before, names, rtype),
        after=_object(change.after, names, rtype),
        fields=tuple(_field_change(item, names, rtype) for item in fields),
        request=_object(change.request, names, rtype) or {},
        then=_object(change.then, names, rtype) or {},
        expected=_object(change.expected, names, rtype) or {},
        recorded=_object(change.recorded, names, rtype),
        blocked=replace(blocked, message=hidden_in(blocked.message, secrets, HIDDEN)) if blocked else None,
        warnings=tuple(hidden_in(text, secrets, HIDDEN) for text in change.warnings),
    )


def masked_drift(drift: Drift, registry: Registry) -> Drift:
    """The drift without personal data, its message included."""
    names = sensitive_names(drift.address.kind, drift.fields, registry)
    if not names:
        return drift
    rtype = registry.types.get(drift.address.kind)
    secrets = _secrets((drift.before, drift.after), drift.fields, names, rtype)
    return replace(
        drift,
        before=_object(drift.before, names, rtype),
        after=_object(drift.after, names, rtype),
        fields=tuple(_field_change(item, names, rtype) for item in drift.fields),
        message=hidden_in(drift.message, secrets, HIDDEN) if drift.message else drift.message,
    )


def masked_unmanaged(unmanaged: Unmanaged, registry: Registry) -> Unmanaged:
    """The object without its key, where the key is somebody's address or number."""
    rtype = registry.types.get(unmanaged.kind)
    if rtype is None or not any(is_personal(rtype.fields[name]) for name in rtype.key.fields if name in rtype.fields):
        return unmanaged
    return replace(unmanaged, key=HIDDEN)


def masked_record(record: Recorded, registry: Registry) -> Recorded:
    """The record without personal data."""
    names = sensitive_names(record.address.kind, (), registry)
    fields = _object(record.fields, names, registry.types.get(record.address.kind))
    return replace(record, fields=fields or {})


def _object(
    values: Mapping[str, JSON] | None, names: frozenset[str], rtype: ResourceType | None
) -> Mapping[str, JSON] | None:
    if values is None:
        return None
    return {name: _hidden(value, _field(name, rtype)) if name in names else value for name, value in values.items()}


def _field_change(change: FieldChange, names: frozenset[str], rtype: ResourceType | None) -> FieldChange:
    name = root(change.path)
    if name not in names:
        return change
    field = None if change.sensitive else _field(name, rtype)
    return replace(change, before=_hidden(change.before, field), after=_hidden(change.after, field), sensitive=True)


def _field(name: str, rtype: ResourceType | None) -> Field | None:
    return rtype.fields.get(name) if rtype is not None else None


def _hidden(value: JSON, field: Field | None) -> JSON:
    """The value hidden: the whole, or the personal parts of a list's items. That it is null may be seen."""
    if value is None:
        return None
    if field is None or field.personal or not field.items:
        return HIDDEN
    if isinstance(value, list | tuple):
        return [_hidden_item(item, field) for item in value]
    return _hidden_item(value, field)


def _hidden_item(item: JSON, field: Field) -> JSON:
    if not isinstance(item, Mapping):
        return HIDDEN
    parts = field.items
    return {
        name: _hidden(value, parts[name]) if name in parts and is_personal(parts[name]) else value
        for name, value in item.items()
    }


def _secrets(
    objects: Iterable[Mapping[str, JSON] | None],
    fields: Iterable[FieldChange],
    names: frozenset[str],
    rtype: ResourceType | None,
) -> tuple[str, ...]:
    """The texts that were hidden, longest first."""
    found: set[str] = set()
    for values in objects:
        for name in names & set(values or ()):
            found.update(texts((values or {})[name], _field(name, rtype)))
    for change in fields:
        if root(change.path) in names:
            field = None if change.sensitive else _field(root(change.path), rtype)
            found.update(texts([change.before, change.after], field))
    return searchable(found)
