"""Records that are sent once, ever: the ledger decides, not what is live. Pure.

Nothing in the ledger: send, or hold where nobody allowed it. The same words are in the ledger, under whatever name:
they were sent. Other words under this name: the record is changed where it still can be, else blocked, since a new
message has a new name. What was sent is history: it is neither compared nor made again.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.diff import Difference
from reconciler.model import HELD, Action, Blocked, Cause, Change, Desired, LedgerLine, Observed, Recorded
from reconciler.plan.alteration import compared, created, follow_up
from reconciler.plan.case import Case, Decision, base

_NEW_NAME = "a new message has a new name (metadata.name)"


def sent_once(case: Case, desired: Desired) -> Decision:
    """The decision for a declared one-time record."""
    decision = _decided(case, desired)
    said = replace(decision.change, identity=case.identity, identities_before=case.identities_before)
    return replace(decision, change=said)


def _decided(case: Case, desired: Desired) -> Decision:
    if desired.external_id is not None and case.rtype.nameless:
        message = f"the vendor gives a {case.rtype.type} no id, so no externalId can name one; take it out"
        return Decision(replace(_unsent(case), blocked=Blocked("pin_not_found", message)))
    if case.record is not None:
        return _recorded(case, desired, case.record)
    if case.claim.blocked is not None:
        return Decision(replace(_unsent(case), blocked=case.claim.blocked))
    if case.claim.observed is not None:
        return _known(case, desired, case.claim.observed)
    return Decision(_by_the_ledger(case))


def _recorded(case: Case, desired: Desired, record: Recorded) -> Decision:
    if _closed(case, record):
        return _known(case, desired, _as_recorded(case, record))
    if case.claim.blocked is not None and not case.claim.gone:
        return Decision(replace(_unsent(case), blocked=case.claim.blocked))
    if record.connection != desired.connection:
        message = (
            f"sent through connection {record.connection}, declared in {desired.connection}; if that is the same "
            f"account, run: reconciler state mv {case.address} --connection {desired.connection}"
        )
        blocked = Blocked("connection_moved", message)
        return Decision(replace(base(case, Action.NO_OP, "connection_moved"), blocked=blocked))
    if case.claim.gone:
        return Decision(_vanished(case, record))
    return _known(case, desired, case.claim.observed or _as_recorded(case, record))


def _by_the_ledger(case: Case) -> Change:
    if case.said is not None:
        return _sent(case, case.said)
    if case.doubtful is not None:
        other = case.doubtful.address
        message = f"it may have been sent as {other}, and nobody knows; settle that first: reconciler resolve {other}"
        return replace(_unsent(case), blocked=Blocked("unsettled", message, because=other))
    if case.line is not None:
        message = f"{case.line.address} was sent already, and says something else now; {_NEW_NAME}"
        return replace(_unsent(case), blocked=Blocked("already_sent", message))
    return _to_send(case)


def _unsent(case: Case) -> Change:
    change = replace(created(case, "not_sent"), action=Action.SEND)
    return replace(change, then=follow_up(case.rtype, case.fields))


def _to_send(case: Case) -> Change:
    change = _unsent(case)
    passed = case.passed(change.request)
    if passed:
        return replace(change, blocked=_late(passed))
    return change if case.may_send else replace(change, reason=HELD)


def _late(names: tuple[str, ...]) -> Blocked:
    return Blocked("past_due", f"{', '.join(names)} must lie in the future when it is sent, and has passed")


def _sent(case: Case, line: LedgerLine) -> Change:
    """Sent already: nothing is there to be compared."""
    change = replace(base(case, Action.NO_OP, "sent"), id=line.object_id, recorded=None)
    shown = case.show(case.desired.spec) if case.desired is not None else {}
    warnings = () if line.connection in ("", change.connection) else (_elsewhere(line),)
    return replace(change, before=shown, after=shown, warnings=warnings)


def _elsewhere(line: LedgerLine) -> str:
    return f"the same was sent as {line.address} through connection {line.connection}, so it is not sent again"


def _vanished(case: Case, record: Recorded) -> Change:
    """The vendor has it no more. It was sent, or somebody took it back: either way it is not made again."""
    return replace(base(case, Action.FORGET, "gone"), before=case.show(record.fields), recorded=None)


def _closed(case: Case, record: Recorded) -> bool:
    """Whether the record says that the message was out when it was last seen: then nobody looks for it any more."""
    rule = case.rtype.one_time
    return rule is not None and rule.state in record.fields and not rule.is_open(record.fields)


def _as_recorded(case: Case, record: Recorded) -> Observed:
    """Where no endpoint shows the record, what was sent is all there is to compare with."""
    return Observed(case.rtype.kind, record.connection, record.id, record.fields)


def _known(case: Case, desired: Desired, observed: Observed) -> Decision:
    rule = case.rtype.one_time
    assert rule is not None
    decision = compared(case, desired, observed)
    difference = decision.difference or Difference()
    if not rule.is_open(observed.fields):
        return Decision(_history(case, decision.change, difference, observed))
    return replace(decision, change=_changed(case, decision.change, difference))


def _history(case: Case, change: Change, difference: Difference, observed: Observed) -> Change:
    """It was sent: what moved at the vendor since is of no consequence, what moved in git can no longer be said. That
    it was is recorded, so that it is not read again for ever."""
    rule = case.rtype.one_time
    assert rule is not None and rule.state is not None
    recorded = case.record.fields if case.record is not None else change.recorded or {}
    moved = sorted({*_said_anew(difference), *difference.unsendable})
    left = replace(
        change,
        action=Action.NO_OP,
        reason="not_recorded" if change.adopts else "sent",
        after=change.before,
        fields=(),
        request={},
        expected={},
        blocked=None,
        recorded={**recorded, rule.state: observed.fields.get(rule.state)},
        given_up=(),
        warnings=(),
    )
    if not moved or change.adopts:
        return left
    message = f"it was sent already, and {', '.join(moved)} cannot be changed any more; {_NEW_NAME}"
    return replace(
        left, action=Action.UPDATE, fields=change.fields, after=change.after, blocked=Blocked("already_sent", message)
    )


def _said_anew(difference: Difference) -> set[str]:
    return {change.path for change in difference.changes if change.cause is not Cause.DRIFT}


def _changed(case: Case, change: Change, difference: Difference) -> Change:
    """It can still be changed, as far as the API can."""
    fixed = sorted({*difference.forces_replacement, *difference.unsendable})
    if (set(fixed) & _said_anew(difference)) or difference.unsendable:
        message = f"the API cannot change {', '.join(fixed)} of what was sent; {_NEW_NAME}"
        grown = [name for name in fixed if (rule := case.rtype.fields[name].set) is not None and rule.additive]
        if grown:
            message = f"of {', '.join(grown)} nothing can be taken out again; put it back, or {message}"
        return replace(change, action=Action.UPDATE, request={}, blocked=Blocked("already_sent", message), warnings=())
    if fixed:
        warning = f"the live record differs in {', '.join(fixed)}, and the API cannot change it back"
        left = replace(change, action=Action.NO_OP, reason="in_sync", after=change.before, fields=(), request={})
        return replace(left, expected={}, blocked=None, warnings=(warning,))
    passed = case.passed(change.request) if change.action is Action.UPDATE else ()
    return replace(change, blocked=_late(passed)) if passed and change.blocked is None else change


def withdrawn(case: Case, change: Change) -> Change:
    """No manifest declares it any more: it is forgotten, and stays in the ledger as sent."""
    rule = case.rtype.one_time
    assert rule is not None
    if case.claim.gone and not (case.record is not None and _closed(case, case.record)):
        return replace(change, action=Action.FORGET, reason="gone")
    observed = case.claim.observed
    if observed is None or rule.state is None or not rule.is_open(observed.fields):
        return replace(change, action=Action.FORGET, reason="sent_and_removed")
    return replace(change, action=Action.FORGET, reason="still_pending", before=case.show(observed.fields))
