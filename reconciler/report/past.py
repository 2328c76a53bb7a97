"""The recorded runs as a report charts them: those that wrote, since plan and drift take no lock and leave no run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DRIFT_COUNTS = ("drifted", "gone")  # what a run says of the drift it found, beside what it did


@dataclass(frozen=True, slots=True)
class Past:
    """One run: when it began (seconds since the epoch), what ran, how it ended (None: it did not), what it counted."""

    started: float
    command: str
    exit_code: int | None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def drift(self) -> int | None:
        """How many managed objects had changed or gone when it planned; None where it did not say."""
        if not any(name in self.counts for name in DRIFT_COUNTS):
            return None
        return sum(self.counts.get(name, 0) for name in DRIFT_COUNTS)
