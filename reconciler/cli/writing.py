"""What commands that change the state by hand have in common: the lock, a line in the history, a word of consent."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting
from reconciler.cli.running import may_ask
from reconciler.errors import NOT_APPROVED, ReconcilerError
from reconciler.model import Action, Address, Intent, Phase, digest

if TYPE_CHECKING:
    from reconciler.state import Session, StateStore


@contextmanager
def writing(store: StateStore, command: str, *, retired: bool = False) -> Iterator[Session]:
    """Hold the lock for a command; a failure is written into the history. What succeeds ends its line itself."""
    from reconciler.state import Holder

    with store.lock(Holder.here(), command, retired=retired) as session:
        try:
            yield session
        except ReconcilerError as error:
            with suppress(ReconcilerError):  # the first error is the one to tell
                session.end(error.exit_code, {})
            raise


def note(
    session: Session, address: Address, step: str, connection: str, id: str | None, detail: str, **changes: Any
) -> None:
    """Write into the journal what a command does at an address, together with the change of the record that ``finish``
    takes as ``changes``. Nothing is sent to a vendor for it."""
    intent = Intent(
        id=uuid.uuid4().hex,
        run=session.run,
        address=address,
        action=Action.FORGET if changes.get("forget") else Action.NO_OP,
        step=step,
        connection=connection,
        object_id=id,
        request={},
        request_digest=digest({}),
        plan_digest="",
        at=time.time(),
    )
    session.finish(intent, Phase.DONE, detail=detail, **changes)


def confirmed(setting: Setting, question: str, *, approved: bool) -> None:
    """Ask for a yes, unless it was given; raises NOT_APPROVED where it does not come."""
    if approved:
        return
    if not may_ask(setting):
        raise ReconcilerError(NOT_APPROVED, "nobody is there to say yes", hint="look at it, then give --auto-approve")
    answer = click.prompt(f"{question} Only 'yes' is taken", default="", show_default=False, err=True)
    if answer.strip() != "yes":
        raise ReconcilerError(NOT_APPROVED, "nothing was changed: it was not approved")


def approve_option(function: click.decorators.FC) -> click.decorators.FC:
    """--auto-approve."""
    return click.option("--auto-approve", "--yes", "auto_approve", is_flag=True, help="Do not ask.")(function)
