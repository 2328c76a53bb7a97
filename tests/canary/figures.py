"""What the canary tests searched, over all of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Figures:
    """Counters; ``found`` has to stay at zero."""

    commands: int = 0
    processes: int = 0  # of those, in a process of their own
    artefacts: int = 0
    size: int = 0  # bytes
    canaries: int = 0
    spellings: int = 0
    found: int = 0

    def as_dict(self) -> dict[str, object]:
        """Plain data, for another process."""
        return dict(vars(self))

    def add(self, other: dict[str, int]) -> None:
        """Add another process's figures."""
        for name, value in other.items():
            mine = getattr(self, name)
            setattr(self, name, max(mine, value) if name in ("canaries", "spellings") else mine + value)

    def lines(self) -> list[str]:
        """As they are printed."""
        if not self.artefacts:
            return []
        return [
            f"{self.commands:,} commands ({self.processes:,} in a process of their own), {self.artefacts:,} artefacts "
            f"of {self.size:,} bytes searched for {self.canaries} canaries in {self.spellings:,} spellings: "
            f"{self.found} found"
        ]


FIGURES = Figures()
