"""What an address needs to become what git says: made anew, or changed where the live object differs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.diff import Difference, compare, equal, items_of, lifecycle_changes
from reconciler.model import JSON, Action, Blocked, Cause, Change, Desired, FieldChange, Observed, Recorded, pending_in
from reconciler.plan.case import Case, Decision, base, expected, protected
from reconciler.schema import Field, ResourceType


def created(case: Case, reason: str) -> Change:
    """A new object with everything that is declared."""
    shown = case.show(case.desired.spec) if case.desired else {}
    fields = tuple(
        FieldChange(
            name,
            None,
            value,
            Cause.CONFIG,
            sensitive=case.rtype.fields[name].personal,
            after_unknown=bool(pending_in(case.fields.get(name))),
        )
        for name, value in sorted(shown.items())
    )
    request, then = creation(case.rtype, case.fields), follow_up(case.rtype, case.fields)
    return base(case, Action.CREATE, reason, id=None, after=shown, fields=fields, request=request, then=then)


def creation(rtype: ResourceType, fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """What a create sends: every declared field that goes with it; an explicit null is what a new object has anyway."""
    return {
        name: _initial(rtype.fields[name], value)
        for name, value in fields.items()
        if _is_sent(rtype.fields[name], value) and not rtype.fields[name].follow_up
    }


def follow_up(rtype: ResourceType, fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """What an update sets once the create is done: what does not go with it, and lists it took only in part."""
    return {
        name: value
        for name, value in fields.items()
        if _is_sent(meaning := rtype.fields[name], value)
        if meaning.follow_up or _initial(meaning, value) != value
    }


def _is_sent(field: Field, value: JSON) -> bool:
    if value is None or field.read_only:
        return False
    return field.one_way is None or equal(field, value, field.one_way)


def _initial(field: Field, value: JSON) -> JSON:
    """As much of a value as a create takes."""
    if field.set is None or field.set.created_with is None or not isinstance(value, list | tuple):
        return value
    return list(value[: field.set.created_with])


def compared(case: Case, desired: Desired, observed: Observed) -> Decision:
    """The live object and what git says of it: left as it is, changed, or replaced."""
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
        return replace(created(case, "parent_replaced"), depends_on=change.depends_on)
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
        then=follow_up(case.rtype, case.fields),
        recorded=dict(case.fields),
    )
    if desired.lifecycle.replace != "allow":
        message = (
            f"{paths} cannot be changed by this API; lifecycle.replace: allow makes a new {case.rtype.type} "
            "and then deletes the old one with its data"
        )
        return replace(change, blocked=Blocked("immutable", message))
    return replace(change, blocked=kept(case, desired))


def kept(case: Case, desired: Desired) -> Blocked | None:
    """preventDestroy as declared, and as it was last applied: a line taken out with the same edit lets nothing go."""
    return protected(desired.lifecycle) or (protected(case.record.lifecycle) if case.record else None)


def _to_record(case: Case, desired: Desired, difference: Difference) -> dict[str, JSON]:
    """The fields to record: as declared, but what was not sent now stays as it was last sent."""
    before = case.record.fields if case.record and not case.claim.adopts else {}
    sent = difference.request or {}
    recorded = {**case.fields, **{name: case.rtype.fields[name].one_way for name in difference.kept}}
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
    return {**recorded, **_appended(case, before, sent)}


def _appended(case: Case, before: Mapping[str, JSON], sent: Mapping[str, JSON]) -> dict[str, JSON]:
    """Items that were sent stay recorded, also when no manifest names them any more: they are sent once."""
    names = [name for name, field in case.rtype.fields.items() if field.append_only and name in {**before, **sent}]
    return {name: [*items_of(before.get(name)), *items_of(sent.get(name))] for name in names}


def _warnings(difference: Difference) -> tuple[str, ...]:
    unsendable = (
        f"{name} is sent when the object is created and cannot be changed later; the live object keeps what it has"
        for name in difference.unsendable
    )
    kept = (f"{name} is set on the live object; that is never undone, whatever is declared" for name in difference.kept)
    return (*unsendable, *kept)


def _is_set(case: Case, name: str) -> bool:
    return case.rtype.fields[name].set is not None
