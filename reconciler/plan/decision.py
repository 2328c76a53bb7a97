"""The decision table of DESIGN section 6 as one pure function: desired, recorded, observed in, a change out.

The rows, top to bottom as the functions stand here:
an unreadable or unsettled address is left alone; a claim that is blocked stays blocked; with a manifest and no record
it is created or adopted; with both it is left, updated, replaced or created again; with a record alone it is deleted,
deactivated or forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.diff import Difference, compare, lifecycle_changes
from reconciler.model import (
    JSON,
    Action,
    Blocked,
    Cause,
    Change,
    Desired,
    FieldChange,
    Intent,
    Observed,
    Pending,
    Recorded,
)
from reconciler.plan.case import Case, base, expected, protected
from reconciler.plan.departure import departed
from reconciler.schema import ResourceType


@dataclass(frozen=True, slots=True)
class Decision:
    """The change, and the comparison it rests on where there was one."""

    change: Change
    difference: Difference | None = None


def decide(case: Case) -> Decision:
    """The decision for one address."""
    if case.unsettled is not None:
        return Decision(replace(base(case, Action.NO_OP, "unsettled"), blocked=case.unsettled))
    if case.trouble is not None:
        blocked = Blocked("unreadable", case.trouble.message)
        return Decision(replace(base(case, Action.NO_OP, "unreadable"), blocked=blocked))
    if case.intent is not None:
        return Decision(_recovering(case, case.intent))
    if case.desired is None:
        return Decision(departed(case))
    if case.claim.blocked is not None:
        reason = "disappeared" if case.claim.gone else "not_recorded"
        action = Action.NO_OP if case.record and not case.claim.gone else Action.CREATE
        return Decision(replace(_created(case, reason), action=action, blocked=case.claim.blocked))
    if case.record is not None and case.record.connection != case.desired.connection:
        gone_there = case.claim.gone and case.desired.lifecycle.replace == "allow"
        if not gone_there:
            return Decision(_moved_connection(case, case.desired, case.record))
    if case.claim.observed is None:
        return Decision(_created(case, "disappeared" if case.record else "not_recorded"))
    return _compared(case, case.desired, case.claim.observed)


def _created(case: Case, reason: str) -> Change:
    shown = case.show(case.desired.spec) if case.desired else {}
    fields = tuple(
        FieldChange(
            name,
            None,
            value,
            Cause.CONFIG,
            sensitive=case.rtype.fields[name].personal,
            after_unknown=isinstance(case.fields.get(name), Pending),
        )
        for name, value in sorted(shown.items())
    )
    request = creation(case.rtype, case.fields)
    return base(case, Action.CREATE, reason, id=None, after=shown, fields=fields, request=request)


def creation(rtype: ResourceType, fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """What a create sends: every declared field; an explicit null is what a new object has anyway."""
    return {name: value for name, value in fields.items() if value is not None and not rtype.fields[name].read_only}


def _compared(case: Case, desired: Desired, observed: Observed) -> Decision:
    adopting = case.record is None or case.claim.adopts
    shared = case.whole == "shared" and case.record is None
    difference = compare(
        case.rtype,
        case.fields,
        case.record.fields if case.record else None,
        observed.fields,
        ignore=desired.lifecycle.ignore_changes,
        adopting=adopting,
        claimed=case.claimed,
    )
    shown = case.show(observed.fields)
    change = base(
        case,
        Action.NO_OP,
        "shared" if shared else "not_recorded" if adopting else "in_sync",
        id=observed.id,
        before=shown,
        after=shown,
        importing=observed.id if adopting and not shared else None,
        given_up=difference.given_up,
        unverified=difference.unverified,
        warnings=_warnings(difference),
        recorded=_to_record(case, desired, difference),
    )
    if difference.changes:
        change = _changed(case, change, desired, observed, difference)
    elif case.record is not None and case.record.lifecycle != desired.lifecycle:
        change = _relived(change, case.record, desired)
    return Decision(change, difference)


def _relived(change: Change, record: Recorded, desired: Desired) -> Change:
    fields = lifecycle_changes(record.lifecycle, desired.lifecycle)
    return replace(change, action=Action.UPDATE, reason="lifecycle_changed", fields=fields)


def _changed(case: Case, change: Change, desired: Desired, observed: Observed, difference: Difference) -> Change:
    before = change.before or {}
    shown = case.show(desired.spec)
    lifecycle = lifecycle_changes(case.record.lifecycle, desired.lifecycle) if case.record else ()
    sets = case.show({c.path: c.after for c in difference.changes if _is_set(case, c.path)})
    after = {**before, **{c.path: sets.get(c.path, shown[c.path]) for c in difference.changes}}
    fields = tuple(replace(c, before=before.get(c.path), after=after[c.path]) for c in difference.changes)
    change = replace(
        change,
        action=Action.UPDATE,
        reason=_why(difference),
        after=after,
        fields=(*fields, *lifecycle),
        request=difference.request or {},
        expected=expected(case.rtype, case.fields, observed.fields),
    )
    if difference.forces_replacement:
        return _replaced(case, change, desired, difference)
    if case.taken is not None:
        message = f"another live {case.rtype.type} has the {case.rtype.id_field} {case.taken}"
        return replace(change, blocked=Blocked("already_claimed", message, (case.taken,)))
    return change


def _why(difference: Difference) -> str:
    causes = sorted({str(change.cause) for change in difference.changes})
    return causes[0] if len(causes) == 1 else "several_causes"


def _replaced(case: Case, change: Change, desired: Desired, difference: Difference) -> Change:
    if case.whole == "replaced":
        return replace(_created(case, "parent_replaced"), depends_on=change.depends_on)
    paths = ", ".join(difference.forces_replacement)
    if case.rtype.replace is None:
        message = f"{paths} cannot be changed by this API, and it cannot remove a {case.rtype.type} to replace it"
        return replace(change, reason="cannot_change", request={}, blocked=Blocked("immutable", message))
    change = replace(
        change,
        action=Action.CREATE_DELETE if case.rtype.replace == "create-first" else Action.DELETE_CREATE,
        reason="cannot_change",
        importing=None,
        after=case.show(desired.spec),
        request=creation(case.rtype, case.fields),
        recorded=dict(case.fields),
    )
    if desired.lifecycle.replace != "allow":
        message = (
            f"{paths} cannot be changed by this API; lifecycle.replace: allow makes a new {case.rtype.type} "
            "and then deletes the old one with its data"
        )
        return replace(change, blocked=Blocked("immutable", message))
    return replace(change, blocked=_kept(case, desired))


def _kept(case: Case, desired: Desired) -> Blocked | None:
    """preventDestroy as declared, and as it was last applied: a line taken out with the same edit lets nothing go."""
    return protected(desired.lifecycle) or (protected(case.record.lifecycle) if case.record else None)


def _moved_connection(case: Case, desired: Desired, record: Recorded) -> Change:
    change = replace(_created(case, "connection_moved"), id=record.id, previous_connection=record.connection)
    if case.rtype.deletable:
        change = replace(change, action=Action.CREATE_DELETE)
    if case.claim.observed is not None:
        change = replace(change, before=case.show(case.claim.observed.fields))
    if desired.lifecycle.replace != "allow":
        message = (
            f"recorded in connection {record.connection}, declared in {desired.connection}; lifecycle.replace: allow "
            "creates it there and then deletes it here"
        )
        return replace(change, blocked=Blocked("connection_moved", message))
    if case.claim.adopts:
        message = f"recorded in connection {record.connection}, and externalId names an object of {desired.connection}"
        return replace(change, blocked=Blocked("connection_moved", message))
    return replace(change, blocked=_kept(case, desired))


def _recovering(case: Case, intent: Intent) -> Change:
    change = base(case, intent.action, "recover")
    return replace(
        change,
        id=intent.object_id,
        previous_connection=intent.connection if intent.connection != change.connection else None,
        after=case.show(case.desired.spec) if case.desired else None,
        request=dict(intent.request),
        warnings=(f"an earlier run left this {intent.step} open; apply settles it before anything else",),
    )


def _to_record(case: Case, desired: Desired, difference: Difference) -> dict[str, JSON]:
    """The fields to record: as declared, but what was not sent now stays as it was last sent."""
    before = case.record.fields if case.record and not case.claim.adopts else {}
    sent = difference.request or {}
    recorded = dict(case.fields)
    if case.rtype.plain and not desired.lifecycle.ignore_changes:
        return recorded
    for name in case.fields:
        meaning = case.rtype.fields[name]
        ignored = name in desired.lifecycle.ignore_changes
        if (meaning.write_only or ignored) and name not in sent:
            recorded.pop(name)
            if name in before:
                recorded[name] = before[name]
            elif ignored and not meaning.write_only and case.claim.observed is not None:
                recorded[name] = case.claim.observed.fields.get(name)  # where its drift is counted from
    return recorded


def _warnings(difference: Difference) -> tuple[str, ...]:
    return tuple(
        f"{name} is sent when the object is created and cannot be changed later; the live object keeps what it has"
        for name in difference.unsendable
    )


def _is_set(case: Case, name: str) -> bool:
    return case.rtype.fields[name].set is not None
