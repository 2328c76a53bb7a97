"""Everything a state holds as one frozen value: what goes from one store into another, or out as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model import JSON, Intent, LedgerLine, Phase, Recorded, Tombstone

OPEN = (Phase.INTENT, Phase.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Run:
    """One line of the history. Times are seconds since the epoch; ``ended`` is None where the run died or still runs.

    ``serial`` is the state's serial after the run, ``version`` the version of this tool that ran (empty: not known).
    """

    id: str
    command: str
    plan_digest: str | None
    started: float
    ended: float | None
    user: str
    host: str
    pid: int
    exit_code: int | None = None
    counts: Mapping[str, JSON] = field(default_factory=dict)
    serial: int | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole state. Records and ledger are sorted by address; journal and runs stand oldest first.

    ``journal`` holds every write the journal still knows, the open ones among them; ``seen`` of an intent whose listing
    the state let go of is empty. Personal data is in here as it is in the state: as digests. ``moved_to`` is the label
    of the store to which the state was migrated, None for a state that is in use.
    """

    lineage: str
    serial: int
    project: str
    environment: str | None
    born_of: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    records: tuple[Recorded, ...] = ()
    tombstones: frozenset[Tombstone] = frozenset()
    ledger: tuple[LedgerLine, ...] = ()
    journal: tuple[Intent, ...] = ()
    runs: tuple[Run, ...] = ()
    moved_to: str | None = None

    @property
    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known, oldest first."""
        return tuple(intent for intent in self.journal if intent.phase in OPEN)

    @property
    def empty(self) -> bool:
        """Whether the state knows of nothing that would be lost with it; runs alone do not count."""
        return not (self.records or self.tombstones or self.ledger or self.open_intents)
