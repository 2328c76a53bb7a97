"""Kinds that the API shows and cannot write: declared in git, found live, and held against it; never made. Pure."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diff import Difference
from reconciler.model import Action, Blocked, Cause, Change, Desired
from reconciler.plan.alteration import compared
from reconciler.plan.case import Case, Decision, base


def observed_only(case: Case, desired: Desired) -> Decision:
    """The decision for a declared address: adopted, left alone, or blocked where nothing live stands for it."""
    record, blocked = case.record, case.claim.blocked
    if record is not None and record.connection != desired.connection:
        message = (
            f"recorded in connection {record.connection}, declared in {desired.connection}; if that is the same "
            f"account, run: reconciler state mv {case.address} --connection {desired.connection}"
        )
        return _stopped(case, "connection_moved", Blocked("connection_moved", message))
    if blocked is not None and (blocked.candidates or case.claim.gone) and blocked.because is None:
        return _stopped(case, _reason(case), _not_found(case, blocked if blocked.candidates else None))
    if blocked is not None:
        return _stopped(case, _reason(case), blocked)
    if case.claim.observed is None:
        return _stopped(case, _reason(case), _not_found(case, None))
    return _held_against(compared(case, desired, case.claim.observed), case)


def _reason(case: Case) -> str:
    return "disappeared" if case.record is not None and case.claim.gone else "not_recorded"


def _stopped(case: Case, reason: str, blocked: Blocked) -> Decision:
    return Decision(replace(base(case, Action.NO_OP, reason), blocked=blocked))


def _not_found(case: Case, near: Blocked | None) -> Blocked:
    """Nothing live stands for the manifest; what looks like it is named."""
    name = case.rtype.type
    if case.record is not None and case.claim.gone:
        lead = f"the recorded {name} {case.record.id} is gone"
    else:
        lead = f"no live {name} is the one that is declared"
    way = f"{lead}, and this API cannot make one: make it in the vendor's console, or correct the manifest"
    if near is None:
        return Blocked("not_found_live", way)
    return Blocked("not_found_live", f"{way}; {near.message}", near.candidates)


def _held_against(decision: Decision, case: Case) -> Decision:
    """What differs cannot be changed here: what git moved away from the live object is blocked, what moved by itself is
    drift, which is told and blocks nobody."""
    change, difference = decision.change, decision.difference
    if difference is None or not difference.changes:
        return decision
    text = _differences(case, difference)
    if all(item.cause is Cause.DRIFT for item in difference.changes):
        warning = f"{text}; the API cannot change it back: change it in the vendor's console, or correct the manifest"
        return Decision(_left(change, warnings=(*change.warnings, warning)), difference)
    message = f"{text}; the API cannot change a {case.rtype.type}: correct the manifest, or change it at the vendor"
    return Decision(_left(change, blocked=Blocked("observed_only", message)), difference)


def _left(change: Change, *, warnings: tuple[str, ...] = (), blocked: Blocked | None = None) -> Change:
    """Nothing is done; what differs stays to be seen where it blocks."""
    return replace(
        change,
        action=Action.NO_OP,
        reason="in_sync" if blocked is None else "cannot_change",
        after=change.before if blocked is None else change.after,
        fields=() if blocked is None else change.fields,
        importing=None if blocked is not None else change.importing,
        request={},
        expected={},
        blocked=blocked,
        warnings=warnings or change.warnings,
    )


def _differences(case: Case, difference: Difference) -> str:
    names = ", ".join(change.path for change in difference.changes)
    return f"the live {case.rtype.type} differs in {names}"
