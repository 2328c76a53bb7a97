"""What the fuzzing counted, a line for each sort of input."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MEGABYTE = 1_000_000


@dataclass
class Tally:
    """One sort of input. ``requests`` left for bad input and have to stay at zero."""

    cases: int = 0
    refused: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    slowest: float = 0.0  # seconds
    peak: int = 0  # bytes that the process grew by, at most

    def add(self, other: dict[str, Any]) -> None:
        """Add another process's tally."""
        self.cases += other["cases"]
        self.refused += other["refused"]
        self.codes.update(other["codes"])
        self.requests += other["requests"]
        self.slowest = max(self.slowest, other["slowest"])
        self.peak = max(self.peak, other["peak"])

    def line(self) -> str:
        """As it is printed."""
        codes = " ".join(f"{code.removeprefix('RCN')}:{count}" for code, count in sorted(self.codes.items()))
        return (
            f"{self.cases:,} cases, {self.refused:,} refused, {self.cases - self.refused:,} accepted; "
            f"requests for bad input: {self.requests}; slowest {self.slowest:.2f} s, most memory "
            f"{self.peak / MEGABYTE:.0f} MB; {len(self.codes)} codes RCN: {codes or 'none'}"
        )


class Figures:
    """The tallies by sort of input."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}

    def of(self, group: str) -> Tally:
        """The tally of a group."""
        return self.tallies.setdefault(group, Tally())

    def as_dict(self) -> dict[str, object]:
        """Plain data, for another process."""
        return {name: {**vars(tally), "codes": dict(tally.codes)} for name, tally in self.tallies.items()}

    def add(self, other: dict[str, Any]) -> None:
        """Add another process's figures."""
        for name, tally in other.items():
            self.of(name).add(tally)

    def lines(self) -> list[str]:
        """As they are printed; nothing where no case ran."""
        return [f"{name}: {tally.line()}" for name, tally in sorted(self.tallies.items())]


FIGURES = Figures()
