"""One write at one vendor, from the last look before it to what the journal is told; runs in a worker thread.

Three parts: ``check`` looks once more (an error there means that nothing was sent), ``send`` makes the write,
``verify`` reads what the vendor made of it. What goes wrong after the first byte and is no definite refusal leaves the
outcome unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from reconciler.apply.ownership import Ownership
from reconciler.apply.readings import Readings
from reconciler.errors import INTERNAL, LEFT_OPEN, OPERATION_FAILED, ReconcilerError, Uncertain
from reconciler.model import JSON, Change, Intent, Observed, Phase, Recorded, Tombstone
from reconciler.providers.base import Provider, Written
from reconciler.schema import ResourceType
from reconciler.schema.personal import hidden_in, personal_texts


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a step. ``record`` is what the state holds now (None: as before), unless it is to ``forget``.

    ``message`` tells why it failed, or what to look at although it is done.
    """

    phase: Phase
    id: str | None = None
    record: Recorded | None = None
    forget: bool = False
    tombstones: tuple[Tombstone, ...] = ()
    code: str | None = None
    message: str | None = None
    exit_code: int = 0


# Called right before a live object is deleted; raises a ReconcilerError to keep it. The place to count again what the
# delete destroys, and to archive it. What it returns is told with the delete once that is done.
BeforeDelete = Callable[[Change, Observed, Provider], str | None]
# The same for an update to which the plan gave an impact.
BeforeUpdate = Callable[[Change, Observed, Provider], None]
# Called with an exception that nobody foresaw; what it returns is told, and holds nothing of the exception's own text.
Unexpected = Callable[[Exception], str]


@dataclass(frozen=True, slots=True)
class Operation:
    """A write that is journalled and may be made. ``before_delete`` and ``before_update`` have the last word.

    ``confirm`` is asked right before the request; it raises where this run may not write any more.
    """

    change: Change
    intent: Intent
    rtype: ResourceType
    provider: Provider
    ownership: Ownership
    readings: Readings
    before_delete: BeforeDelete | None = None
    before_update: BeforeUpdate | None = None
    expected: Mapping[str, JSON] = field(default_factory=dict)
    confirm: Callable[[Intent], None] | None = None

    @property
    def kind(self) -> str:
        """provider/Type of the object."""
        return self.rtype.kind


class Write(Protocol):
    """The three parts of one sort of write."""

    def check(self, op: Operation) -> Result | None:
        """The last look before; a result where nothing has to be sent. Raises to refuse."""
        ...

    def send(self, op: Operation) -> Written:
        """The write itself."""
        ...

    def verify(self, op: Operation, written: Written) -> Result:
        """What the vendor made of it."""
        ...


def perform(write: Write, op: Operation, unexpected: Unexpected | None = None) -> Result:
    """Make the write; never raises an ordinary exception, since a result is owed to the journal.

    What the result says holds no personal data of the object, which vendors like to quote in their refusals.
    """
    result = _performed(write, op, unexpected or _described)
    if result.message is None:
        return result
    texts = personal_texts(op.rtype, op.intent.request, op.change.before or {}, op.change.after or {})
    return replace(result, message=hidden_in(result.message, texts))


def _performed(write: Write, op: Operation, unexpected: Unexpected) -> Result:
    try:
        early = write.check(op)
        if early is not None:
            return early
        if op.confirm is not None:
            op.confirm(op.intent)
    except ReconcilerError as error:
        return refused(error)
    except Exception as error:
        return refused(ReconcilerError(INTERNAL, f"before the write: {unexpected(error)}"))
    try:
        return write.verify(op, write.send(op))
    except Uncertain as error:
        return unknown(error.message)
    except ReconcilerError as error:
        return refused(error)
    except Exception as error:
        return unknown(unexpected(error))


def refused(error: ReconcilerError) -> Result:
    """A definite failure: nothing was changed."""
    return Result(Phase.FAILED, code=error.code, message=error.message, exit_code=error.exit_code)


def failed(code: str, message: str) -> Result:
    """A definite failure of our own finding."""
    return refused(ReconcilerError(code, message))


def unknown(message: str) -> Result:
    """Nobody knows: the journal keeps the write open."""
    return replace(failed(LEFT_OPEN, message), phase=Phase.UNKNOWN)


def not_configured(connection: str) -> Result:
    """The connection that a change needs is not in the project file."""
    return failed(OPERATION_FAILED, f"the connection {connection!r} is not configured")


def _described(error: Exception) -> str:
    # The type alone: an unexpected exception's text may hold what no message may show.
    return f"unexpected {type(error).__name__}"
