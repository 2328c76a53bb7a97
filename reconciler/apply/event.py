"""What apply tells while it works: one value a step, told by one thread, in the order things happened."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model import Action, Address

STARTED, DONE, FAILED, UNKNOWN, SKIPPED = "started", "done", "failed", "unknown", "skipped"


@dataclass(frozen=True, slots=True)
class Event:
    """One step of one address. ``kind`` is started, done, failed, unknown or skipped.

    ``step`` is create, update, delete or record; ``index`` counts the steps in the order they began (or were skipped),
    from 1, out of ``total``; ``seconds`` is what the step took. ``message`` says why, or what to look at.
    """

    kind: str
    address: Address
    action: Action
    step: str
    index: int
    total: int
    seconds: float = 0.0
    id: str | None = None
    message: str | None = None
