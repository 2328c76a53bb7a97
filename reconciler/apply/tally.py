"""What is told of an apply: an event a step as it happens, and at the end one outcome an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from reconciler.apply import event
from reconciler.apply.event import Event
from reconciler.apply.operation import Result
from reconciler.errors import worst
from reconciler.model import Address, Change, Outcome, Phase, Plan, Status
from reconciler.plan import Step

_STATUS = {Phase.DONE: Status.DONE, Phase.FAILED: Status.FAILED, Phase.UNKNOWN: Status.UNKNOWN}
_EVENTS = {
    Status.DONE: event.DONE,
    Status.FAILED: event.FAILED,
    Status.UNKNOWN: event.UNKNOWN,
    Status.SKIPPED: event.SKIPPED,
}
# Where the steps of a replacement ended differently, the first of these that occurs is the address's.
_WORST_FIRST = (Status.FAILED, Status.UNKNOWN, Status.SKIPPED, Status.DONE)


class Tally:
    """Collects the steps' ends. A listener that can no longer be written to is not called again."""

    def __init__(self, plan: Plan, on_event: Callable[[Event], None] | None) -> None:
        self.deaf = False  # the listener's stream is closed
        self._plan = plan
        self._on_event = on_event
        self._changes = {change.address: change for change in plan.changes}
        self._parts: dict[Address, list[tuple[Step, Outcome]]] = defaultdict(list)
        self._indices: dict[Step, int] = {}
        self._total = 0

    def expect(self, total: int) -> None:
        """How many steps there are."""
        self._total = total

    def started(self, step: Step) -> None:
        """A write begins."""
        self._tell(step, event.STARTED)

    def ended(self, step: Step, result: Result, seconds: float = 0.0, because: Address | None = None) -> None:
        """A step is done, failed, unknown, or (``because``) skipped on account of another address."""
        status = Status.SKIPPED if because is not None else _STATUS[result.phase]
        self._note(step, result, status, seconds, because)

    def skipped(self, step: Step, result: Result) -> None:
        """A step never began, on no other address's account."""
        self._note(step, result, Status.SKIPPED, 0.0, None)

    def outcomes(self) -> tuple[Outcome, ...]:
        """One outcome for each address that operates or is blocked, in the plan's order."""
        return tuple(
            self._outcome(change) for change in self._plan.changes if change.operates or change.blocked is not None
        )

    def _note(self, step: Step, result: Result, status: Status, seconds: float, because: Address | None) -> None:
        outcome = Outcome(
            address=step.address,
            action=self._changes[step.address].action,
            status=status,
            id=result.id,
            seconds=seconds,
            code=result.code,
            message=result.message,
            because=because,
            exit_code=result.exit_code,
        )
        self._parts[step.address].append((step, outcome))
        self._tell(step, _EVENTS[status], seconds, result.id, result.message)

    def _tell(
        self, step: Step, kind: str, seconds: float = 0.0, id: str | None = None, message: str | None = None
    ) -> None:
        index = self._indices.setdefault(step, len(self._indices) + 1)
        if self._on_event is None or self.deaf:
            return
        action = self._changes[step.address].action
        try:
            self._on_event(Event(kind, step.address, action, step.name, index, self._total, seconds, id, message))
        except OSError:
            self.deaf = True

    def _outcome(self, change: Change) -> Outcome:
        if change.blocked is not None:
            blocked = change.blocked
            return Outcome(
                change.address,
                change.action,
                Status.BLOCKED,
                change.id,
                code=blocked.code,
                message=blocked.message,
                because=blocked.because,
                exit_code=9,
            )
        by_step = self._parts[change.address]
        parts = [part for _, part in by_step if part.because != change.address] or [part for _, part in by_step]
        first = min(parts, key=lambda part: _WORST_FIRST.index(part.status))
        made = [part.id for step, part in by_step if step.name == "create" and part.id is not None]
        return replace(
            first,
            id=made[0] if made else first.id,
            message=next((part.message for part in parts if part.status is first.status and part.message), None),
            seconds=sum(part.seconds for part in parts),
            exit_code=worst(part.exit_code for part in parts),
        )
