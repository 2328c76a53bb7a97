"""What became of each change of a plan when it was applied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.plan import Action


class Status(StrEnum):
    """How an operation ended."""

    DONE = "done"
    FAILED = "failed"  # a definite refusal: nothing was changed
    UNKNOWN = "unknown"  # the answer was lost; the journal holds it open and the next apply settles it
    SKIPPED = "skipped"  # it depends on one that failed, is blocked, or was not reached
    BLOCKED = "blocked"  # the plan already said why


@dataclass(frozen=True, slots=True)
class Outcome:
    """One address after apply. ``seconds`` is wall time of the operation; ``because`` the address that stopped it."""

    address: Address
    action: Action
    status: Status
    id: str | None = None
    seconds: float = 0.0
    code: str | None = None
    message: str | None = None
    because: Address | None = None
    exit_code: int = 0
