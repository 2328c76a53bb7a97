"""The one picture every renderer draws: sorted, sets in a fixed order, personal data hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.model import JSON, Change, Drift, FieldChange, Plan, canonical
from reconciler.report.masking import masked_change, masked_drift, masked_unmanaged, root
from reconciler.report.outline import shown
from reconciler.schema import Field, Registry, ResourceType


def view_of(plan: Plan, registry: Registry, *, reveal: bool = False, whole: bool = True) -> Plan:
    """The plan as it may be shown, whatever order it was made in.

    ``reveal`` keeps personal data readable. Without ``whole`` the changes where nothing happens, which can be
    most of them, are passed on as they are: for renderers that do not look at their objects.
    """
    changes = [_change(change, registry, reveal) if whole or _told(change) else change for change in plan.changes]
    drift = [_ordered_drift(item, registry) for item in plan.drift]
    unmanaged = list(plan.unmanaged)
    if not reveal:
        drift = [masked_drift(item, registry) for item in drift]
        unmanaged = [masked_unmanaged(item, registry) for item in unmanaged]
    return replace(
        plan,
        changes=tuple(sorted(changes, key=lambda change: (change.address, change.connection, change.action))),
        drift=tuple(sorted(drift, key=lambda item: (item.address, item.connection, item.id))),
        unmanaged=tuple(sorted(unmanaged, key=lambda item: (item.connection, item.kind, item.key, item.id))),
        troubles=tuple(sorted(plan.troubles, key=lambda item: (item.connection, item.kind, item.code, item.message))),
        stops=tuple(sorted(plan.stops, key=lambda stop: (stop.code, stop.consent, stop.addresses, stop.message))),
        warnings=tuple(sorted(plan.warnings)),
    )


def set_order(value: JSON, field: Field | None) -> JSON:
    """A set's items in the order of their keys, since a vendor may list them in any; other values as they are."""
    if field is None or field.set is None or not isinstance(value, list | tuple) or len(value) < 2:
        return value
    keys = [repr(field.item_key(item)) for item in value]
    if len(set(keys)) == len(keys):
        return [item for _, item in sorted(zip(keys, value, strict=True), key=lambda pair: pair[0])]
    return sorted(value, key=lambda item: (repr(field.item_key(item)), canonical(item)))


def _told(change: Change) -> bool:
    """Whether a person reads more of the change than its address; its warnings may need the values to be masked."""
    return shown(change) or bool(change.warnings)


def _change(change: Change, registry: Registry, reveal: bool) -> Change:
    ordered = _ordered_change(change, registry)
    return ordered if reveal else masked_change(ordered, registry)


def _ordered_change(change: Change, registry: Registry) -> Change:
    rtype = registry.types.get(change.address.kind)
    if rtype is None or not (_has_sets(rtype) or change.fields):
        return change
    before = _ordered(change.before, rtype)
    after = before if change.after is change.before else _ordered(change.after, rtype)
    return replace(change, before=before, after=after, fields=_ordered_fields(change.fields, rtype))


def _ordered_drift(drift: Drift, registry: Registry) -> Drift:
    rtype = registry.types.get(drift.address.kind)
    if rtype is None:
        return drift
    return replace(
        drift,
        before=_ordered(drift.before, rtype),
        after=_ordered(drift.after, rtype),
        fields=_ordered_fields(drift.fields, rtype),
    )


def _has_sets(rtype: ResourceType) -> bool:
    return any(field.set is not None for field in rtype.fields.values())


def _ordered(values: Mapping[str, JSON] | None, rtype: ResourceType) -> Mapping[str, JSON] | None:
    if values is None:
        return None
    return {name: set_order(value, rtype.fields.get(name)) for name, value in values.items()}


def _ordered_fields(fields: tuple[FieldChange, ...], rtype: ResourceType) -> tuple[FieldChange, ...]:
    ordered = []
    for change in sorted(fields, key=lambda item: (item.path, item.cause)):
        field = rtype.fields.get(root(change.path))
        before, after = set_order(change.before, field), set_order(change.after, field)
        ordered.append(replace(change, before=before, after=after))
    return tuple(ordered)
