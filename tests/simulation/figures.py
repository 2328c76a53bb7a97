"""What the simulation counted, over all of its tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Figures:
    """Counters; those after ``settled`` have to stay at zero."""

    worlds: int = 0
    runs: int = 0
    writes: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    processes: int = 0  # real ones, killed with SIGKILL
    points: int = 0  # kill points of the plan of fourteen operations
    cases: int = 0
    exits: Counter[str] = field(default_factory=Counter)
    settled: int = 0
    resolved: int = 0
    duplicates: int = 0
    lost: int = 0
    unapproved: int = 0

    def as_dict(self) -> dict[str, object]:
        """Plain data, for another process."""
        return {name: dict(v) if isinstance(v, Counter) else v for name, v in vars(self).items()}

    def add(self, other: dict[str, object]) -> None:
        """Add another process's figures."""
        for name, value in other.items():
            mine = getattr(self, name)
            if name == "points":
                mine, value = 0, max(mine, value)
            setattr(self, name, mine + (Counter(value) if isinstance(value, dict) else value))

    def lines(self) -> list[str]:
        """As they are printed; nothing where nothing ran."""
        if not (self.runs or self.processes):
            return []
        return [
            f"{self.worlds:,} worlds, {self.runs:,} runs of apply, {self.writes:,} writes, {self.cases:,} cases",
            f"faults injected: {self.faults.total():,} ({_told(self.faults)})",
            f"kills: {self.kills.total():,} ({_told(self.kills)}); {self.processes:,} processes killed with SIGKILL "
            f"over {self.points} points",
            f"exit codes: {_told(self.exits)}",
            f"open writes settled by reading back: {self.settled:,}, by hand: {self.resolved:,}",
            f"duplicates: {self.duplicates}, objects lost: {self.lost}, unapproved writes: {self.unapproved}",
        ]


def _told(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counter.items())) or "none"


FIGURES = Figures()
