"""Decisions without a manifest: an address that is only recorded is deleted, deactivated or forgotten."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diff import equal
from reconciler.model import Action, Blocked, Cause, Change, FieldChange, Observed, Recorded
from reconciler.plan.case import Case, base, expected, protected
from reconciler.plan.sending import withdrawn


def departed(case: Case) -> Change:
    """What becomes of a recorded address that no manifest declares, or that is to go although one does."""
    record = case.record
    assert record is not None
    change = replace(
        base(case, Action.DELETE, "destroyed" if case.destroyed else "not_declared"), before=case.show(record.fields)
    )
    if case.rtype.one_time and not case.rtype.deletable:
        return withdrawn(case, change)
    if case.claim.observed is None:
        return replace(change, action=Action.FORGET, reason="gone")
    observed = case.claim.observed
    change = replace(
        change, before=case.show(observed.fields), expected=expected(case.rtype, record.fields, observed.fields)
    )
    if case.whole == "shared":
        return replace(change, action=Action.NO_OP, reason="shared", after=change.before)
    if case.suspect is not None:
        message = f"{case.suspect} matches this object; if it is a rename, say so in its metadata.previousNames"
        return replace(change, blocked=Blocked("possible_rename", message, because=case.suspect))
    return _ended(case, change, record, observed)


def _ended(case: Case, change: Change, record: Recorded, observed: Observed) -> Change:
    on_remove = record.lifecycle.on_remove
    forgotten = replace(change, action=Action.FORGET, expected={})  # nothing is written, whatever the object holds
    if on_remove == "retain":
        return replace(forgotten, reason="retained")
    if not case.rtype.deletable:
        return replace(forgotten, reason="deleted_with_parent" if case.whole == "deleted" else "undeletable")
    if on_remove == "deactivate" and case.rtype.deactivate:
        return _deactivated(case, change, observed)
    return replace(change, blocked=protected(record.lifecycle))


def _deactivated(case: Case, change: Change, observed: Observed) -> Change:
    wanted = case.rtype.deactivate
    fields = tuple(
        FieldChange(name, observed.fields.get(name), value, Cause.CONFIG)
        for name, value in sorted(wanted.items())
        if not equal(case.rtype.fields[name], value, observed.fields.get(name))
    )
    if not fields:
        return replace(change, action=Action.FORGET, reason="already_inactive", expected={})
    return replace(
        change,
        action=Action.UPDATE,
        reason="deactivated_on_removal",
        after={**(change.before or {}), **wanted},
        fields=fields,
        request=dict(wanted),
        deactivates=True,
    )
