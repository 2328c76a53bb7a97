"""A state that comes in from outside, held against the one that is there: what may take its place, and what stays."""

from __future__ import annotations

from dataclasses import replace

from reconciler.errors import STATE_OLDER, STATE_OTHER_LINEAGE, ReconcilerError
from reconciler.state.contents import Contents

_FORCED = "--force pushes it all the same"


def check_succession(label: str, held: Contents | None, given: Contents, *, force: bool) -> None:
    """Refuse another lineage (STATE_OTHER_LINEAGE) and an older serial (STATE_OLDER), as Terraform does.

    The same serial is no older one: nobody wrote in between. A state without anything in it may be replaced by any.
    """
    if force or held is None or (held.empty and held.serial == 0):
        return
    if held.lineage != given.lineage:
        message = f"the state in {label} is {held.lineage}, the one to be pushed is {given.lineage}"
        raise ReconcilerError(STATE_OTHER_LINEAGE, message, hint=f"push it to where it came from; {_FORCED}")
    if given.serial < held.serial:
        message = f"the state in {label} has come to serial {held.serial}, the one to be pushed has {given.serial}"
        raise ReconcilerError(STATE_OLDER, message, hint=f"pull again and make the change there; {_FORCED}")


def merged(held: Contents | None, given: Contents) -> Contents:
    """What the state holds after a push: what is given, and of what was held all that must never be forgotten.

    That are open writes which the given state does not know, deleted ids, lines of the ledger, and the history.
    """
    if held is None:
        return given
    known = {intent.id for intent in given.journal}
    sent = {line.address for line in held.ledger}
    runs = {run.id for run in held.runs}
    return replace(
        given,
        tombstones=given.tombstones | held.tombstones,
        ledger=tuple(
            sorted(
                (*held.ledger, *(line for line in given.ledger if line.address not in sent)),
                key=lambda line: line.address,
            )
        ),
        journal=(*(intent for intent in held.journal if intent.id not in known), *given.journal),
        runs=(*(run for run in given.runs if run.id not in runs), *held.runs),
        moved_to=None,
    )


def kept_open(held: Contents | None, given: Contents) -> tuple[str, ...]:
    """The addresses of open writes that the given state does not know and that stay open all the same."""
    known = {intent.id for intent in given.journal}
    intents = held.open_intents if held is not None else ()
    return tuple(sorted({str(intent.address) for intent in intents if intent.id not in known}))
