"""The decision table of DESIGN section 6 as one pure function: desired, recorded, observed in, a change out.

The rows, top to bottom as the functions stand here:
an unreadable or unsettled address is left alone; without a manifest it is deleted, deactivated or forgotten; kinds
that are only observed, or sent once, have rules of their own (observation.py, sending.py); a claim that is blocked
stays blocked; with a manifest and no record it is created or adopted; with both it is left, updated, replaced or
created again.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.model import Action, Blocked, Change, Desired, Intent, Recorded
from reconciler.plan.alteration import compared, created, kept
from reconciler.plan.case import Case, Decision, base
from reconciler.plan.departure import departed
from reconciler.plan.observation import observed_only
from reconciler.plan.sending import sent_once


def decide(case: Case) -> Decision:
    """The decision for one address."""
    if case.unsettled is not None:
        return Decision(replace(base(case, Action.NO_OP, case.unsettled.code), blocked=case.unsettled))
    if case.trouble is not None:
        blocked = Blocked("unreadable", case.trouble.message)
        return Decision(replace(base(case, Action.NO_OP, "unreadable"), blocked=blocked))
    if case.intent is not None:
        return Decision(_recovering(case, case.intent))
    if case.desired is None:
        return Decision(departed(case))
    if case.rtype.observed_only:
        return observed_only(case, case.desired)
    if case.rtype.one_time:
        return sent_once(case, case.desired)
    return _declared(case, case.desired)


def _declared(case: Case, desired: Desired) -> Decision:
    if case.claim.blocked is not None:
        reason = "disappeared" if case.claim.gone else "not_recorded"
        action = Action.NO_OP if case.record and not case.claim.gone else Action.CREATE
        return Decision(replace(created(case, reason), action=action, blocked=case.claim.blocked))
    if case.record is not None and case.record.connection != desired.connection:
        gone_there = case.claim.gone and desired.lifecycle.replace == "allow"
        if not gone_there:
            return Decision(_moved_connection(case, desired, case.record))
    if case.claim.observed is None:
        return Decision(created(case, "disappeared" if case.record else "not_recorded"))
    return compared(case, desired, case.claim.observed)


def _moved_connection(case: Case, desired: Desired, record: Recorded) -> Change:
    change = replace(created(case, "connection_moved"), id=record.id, previous_connection=record.connection)
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
    return replace(change, blocked=kept(case, desired))


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
