"""Progress of an apply: a line an operation on stderr, or one JSON event a line on stdout; little of it in CI."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reconciler.cli.terminal import Terminal
from reconciler.model import Change, Plan
from reconciler.plan.graph import DELETE, step_names
from reconciler.report.pace import Pace
from reconciler.report.phrase import duration, number_of
from reconciler.report.progress import (
    event_document,
    left_alone_line,
    progress_line,
    standing_line,
    step_of,
)

if TYPE_CHECKING:
    from reconciler.apply.event import Event

_MOST = 5  # lines of what is left alone, each sort
_OFTEN = 0.1  # seconds between two drawings of a terminal's last line
_SELDOM = 10.0  # seconds between two lines about the whole, where nothing can be drawn over
_WORTH = 10.0  # seconds left from which such a line is worth it
_GUESS = 3.0  # seconds for which an estimate stands


class Progress:
    """Tells what happens while an apply runs. Not thread-safe: one thread tells."""

    def __init__(
        self, terminal: Terminal, plan: Plan, *, as_json: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.terminal, self.as_json = terminal, as_json
        self._clock, self._began = clock, clock()
        self._changes = {change.address: change for change in plan.changes}
        totals = Counter(_place(change, step) for change in plan.changes for step in step_names(change))
        self._pace = Pace(totals, self._began)
        self._told = self._guessed = self._began
        self._left: float | None = None

    def begin(self) -> None:
        """What will be left alone, before anything is done."""
        if self.as_json or self.terminal.quiet:
            return
        changes = self._changes.values()
        waits = [change for change in changes if change.blocked is not None and change.blocked.code != "unreadable"]
        self._leave(waits, "blocked")
        self._leave([change for change in changes if change.held], "held")

    def tell(self, event: Event) -> None:
        """One event. In CI only what went wrong is said; beginnings are events of the JSON stream alone."""
        kind = str(event.kind)
        if self.as_json:
            from reconciler.report.document import line

            self.terminal.show(line(event_document(event)))
        if kind == "started":
            return
        change = self._changes[event.address]
        self._pace.end(_place(change, event.step), kind)
        if self.as_json or (self.terminal.quiet and kind == "done"):
            return
        step = step_of(change, str(event.step))
        self.terminal.say(progress_line(event, self.terminal.err_style, number=self._pace.ended, step=step))
        self._stand()

    def end(self) -> None:
        """How many operations of each connection were done, and in what time."""
        self.terminal.status("")
        if self.as_json or self.terminal.quiet or self._pace.ended < 2:
            return
        self.terminal.say(f"In {duration(self._clock() - self._began)}: {self._pace.summary()}.")

    def _stand(self) -> None:
        """The whole: drawn at the bottom of a terminal, elsewhere a line now and then once there is an estimate."""
        now = self._clock()
        if now - self._told < (_OFTEN if self.terminal.animated else _SELDOM):
            return
        if now - self._guessed >= _GUESS:
            self._guessed, self._left = now, self._pace.left(now)
        shown = standing_line(self._pace.counts(), self._left)
        if self.terminal.animated:
            self.terminal.status(shown)
        elif self._left is not None and self._left >= _WORTH:
            self.terminal.say(shown)
        else:
            return
        self._told = now

    def _leave(self, changes: Sequence[Change], word: str) -> None:
        for change in changes[:_MOST]:
            self.terminal.say(left_alone_line(change, self.terminal.err_style))
        if len(changes) > _MOST:
            self.terminal.say(f"… and {number_of(len(changes) - _MOST, 'other')} {word}")


def _place(change: Change, step: str) -> str:
    """The connection that a step asks."""
    old = change.previous_connection if step == DELETE else None
    return old or change.connection
