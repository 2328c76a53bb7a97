"""The state as it is read: one consistent picture of what was applied and what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.plan import Action
from reconciler.model.resource import Recorded
from reconciler.model.value import JSON, Sealed


class Phase(StrEnum):
    """How far a write has come, as the journal has it."""

    INTENT = "INTENT"  # durable before the first byte leaves
    DONE = "DONE"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A live id that was deleted (or given up as uncreated) and must never be matched again."""

    kind: str
    connection: str
    id: str


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A one-time record that was sent: once, ever.

    ``identity`` is a digest of what was said, made with the key called ``key_id``; ``object_id`` what the vendor calls
    the record, where it says so. ``at`` is seconds since the epoch.
    """

    address: Address
    identity: str
    key_id: str | None
    run: str
    at: float
    connection: str = ""
    object_id: str | None = None

    @property
    def sealed(self) -> Sealed:
        """The identity as the seal it is."""
        return Sealed(self.key_id or "", self.identity)


@dataclass(frozen=True, slots=True)
class Intent:
    """One write as the journal holds it.

    ``step`` is ``create``, ``update`` or ``delete`` (a replacement writes two). ``request`` is what is sent, references
    resolved; ``seen`` the ids that the listing before the write held (for a create: what is new is not among them).
    ``after`` is the record to keep once the write is known to be done. ``at`` is seconds since the epoch.
    ``identity`` is that of a one-time record: it goes into the ledger once the write is known to be done.
    """

    id: str
    run: str
    address: Address
    action: Action
    step: str
    connection: str
    object_id: str | None
    request: Mapping[str, JSON]
    request_digest: str
    plan_digest: str
    at: float
    phase: Phase = Phase.INTENT
    seen: tuple[str, ...] = ()
    after: Recorded | None = None
    detail: str = ""
    identity: Sealed | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Records, tombstones, the ledger of what was sent and open intents under one lineage and serial.

    ``exists`` is False where no state was made yet; then everything is empty and ``lineage`` None. ``born_of`` is the
    digest of the plan whose apply made this state.
    """

    exists: bool = False
    lineage: str | None = None
    serial: int = 0
    project: str | None = None
    environment: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)  # connection -> origin
    records: Mapping[Address, Recorded] = field(default_factory=dict)
    tombstones: frozenset[Tombstone] = frozenset()
    open_intents: tuple[Intent, ...] = ()
    ledger: Mapping[Address, LedgerLine] = field(default_factory=dict)
    born_of: str | None = None
