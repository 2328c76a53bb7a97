"""A plan is data: what would change at each address, why, and what is sent. No clock, no functions, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.resource import Lifecycle, Source
from reconciler.model.value import JSON, Sealed


class Action(StrEnum):
    """What happens at an address; ``actions`` gives the plan file's spelling of each."""

    NO_OP = "no-op"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CREATE_DELETE = "create-delete"  # a replacement, the new one first
    DELETE_CREATE = "delete-create"
    FORGET = "forget"
    SEND = "send"

    @property
    def actions(self) -> list[str]:
        """The action as the list of words that plan files use."""
        if self in (Action.CREATE_DELETE, Action.DELETE_CREATE):
            return self.value.split("-")
        return [self.value]

    @property
    def replaces(self) -> bool:
        """Whether a new object takes the place of the old one."""
        return self in (Action.CREATE_DELETE, Action.DELETE_CREATE)

    @property
    def destroys(self) -> bool:
        """Whether a live object is deleted."""
        return self is Action.DELETE or self.replaces


class Cause(StrEnum):
    """Who moved: git (config), the live object (drift), both (conflict), or an adoption found it so."""

    CONFIG = "config"
    DRIFT = "drift"
    CONFLICT = "conflict"
    ADOPT = "adopt"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs: ``before`` is what is there now, ``after`` what is wanted."""

    path: str
    before: JSON
    after: JSON
    cause: Cause
    sensitive: bool = False
    ignored: bool = False
    forces_replacement: bool = False
    after_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why an intended change is not made, and where it can be known, the live candidates."""

    code: str
    message: str
    candidates: tuple[str, ...] = ()
    because: Address | None = None  # the address that stands in the way, where it is another's trouble


HELD = "held"  # the reason of a message that waits for --allow-send
AWAITING_TOKEN = "awaiting_token"  # noqa: S105 - a reason: what is declared in a connection whose first token nobody has fetched yet
SCORES = frozenset({"nps"})  # shown beside the counts, but no number of things: it neither grows nor is lost


@dataclass(frozen=True, slots=True)
class Impact:
    """What a write destroys: readable counts, what no endpoint shows, and what could not be read."""

    counts: Mapping[str, int] = field(default_factory=dict)
    unknowable: tuple[str, ...] = ()
    failed: str | None = None  # why a count that should be readable was not

    @property
    def lost(self) -> Mapping[str, int]:
        """The counts of what would be destroyed, without scores."""
        return {name: count for name, count in self.counts.items() if name not in SCORES}

    @property
    def loses_data(self) -> bool:
        """Whether anything readable would be destroyed, or may be since it could not be counted."""
        return self.failed is not None or any(self.lost.values())


@dataclass(frozen=True, slots=True)
class Change:
    """The decision for one address.

    ``before`` and ``after`` are whole objects for display. ``request`` is what the write sends, in the vendor's terms,
    with ``Pending`` where an id is not known yet; for an additive set only the items to add. ``recorded`` is what the
    state holds once the change is done (None: nothing, the record is dropped).
    """

    address: Address
    connection: str
    action: Action
    reason: str
    id: str | None = None
    before: Mapping[str, JSON] | None = None
    after: Mapping[str, JSON] | None = None
    fields: tuple[FieldChange, ...] = ()
    request: Mapping[str, JSON] = field(default_factory=dict)
    importing: str | None = None
    blocked: Blocked | None = None
    impact: Impact | None = None
    depends_on: tuple[Address, ...] = ()
    source: Source | None = None
    previous_address: Address | None = None
    previous_connection: str | None = None
    expected: Mapping[str, JSON] = field(default_factory=dict)  # observed managed fields the decision rests on
    recorded: Mapping[str, JSON] | None = None
    lifecycle: Lifecycle = Lifecycle()
    deactivates: bool = False
    given_up: tuple[str, ...] = ()  # fields no longer declared, so no longer ours
    unverified: tuple[str, ...] = ()  # write-only fields never sent by us
    warnings: tuple[str, ...] = ()
    then: Mapping[str, JSON] = field(default_factory=dict)  # what a second write sets once the first is done
    releases: tuple[Address, ...] = ()  # what it depended on when it was last applied, and does no more
    identity: Sealed | None = None  # of a one-time record: what it says, as the ledger remembers it
    identities_before: tuple[Sealed, ...] = ()  # and what it said under earlier names of what it refers to

    @property
    def held(self) -> bool:
        """Whether it is a message that nobody allowed to be sent: told and counted, and no operation."""
        return self.action is Action.SEND and self.reason == HELD and self.blocked is None

    @property
    def adopts(self) -> bool:
        """Whether an existing live object comes under management."""
        return self.importing is not None

    @property
    def operates(self) -> bool:
        """Whether apply has something to do here that the plan must show (blocked changes do nothing)."""
        if self.action is Action.NO_OP and self.importing is None and self.previous_address is None:
            return False
        return self.blocked is None and not self.held

    @property
    def awaits_token(self) -> bool:
        """Whether it is declared in a connection that waits for its first token, so that nothing was asked of it."""
        return self.blocked is not None and self.blocked.code == AWAITING_TOKEN

    @property
    def tally(self) -> str:
        """The one word under which the summary counts this change."""
        if self.blocked is not None:
            return "blocked"
        if self.adopts:
            return "adopt"
        return "replace" if self.action.replaces else self.action.value


@dataclass(frozen=True, slots=True)
class Drift:
    """A managed object that moved: ``before`` is recorded, ``after`` observed (None: gone)."""

    address: Address
    connection: str
    id: str
    before: Mapping[str, JSON] | None
    after: Mapping[str, JSON] | None
    fields: tuple[FieldChange, ...]
    repairable: bool
    message: str | None = None
    source: Source | None = None

    @property
    def ignored(self) -> bool:
        """Whether every drifted field is under ignoreChanges."""
        return bool(self.fields) and all(change.ignored for change in self.fields)


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A live object that no manifest and no record claims."""

    connection: str
    kind: str
    id: str
    key: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What a plan was asked to look at. Empty means everything."""

    files: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    complete: bool = False
    destroy: bool = False

    @property
    def everything(self) -> bool:
        """Whether nothing is out of scope, so that what is not declared may be deleted and reported."""
        return not self.targets and not self.excludes and (not self.files or self.complete)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A part of the world that could not be read: the connection, the kind, and the error told to the user."""

    connection: str
    kind: str
    code: str
    message: str
    exit_code: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class GuardStop:
    """A guard that stops an apply of this plan, and the option that lets it pass."""

    code: str
    message: str
    addresses: tuple[Address, ...]
    consent: str


@dataclass(frozen=True, slots=True)
class Calls:
    """Requests to a connection: those this plan made to read, and those its apply would make to write."""

    read: int = 0
    write: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an apply asks of a connection, reads and writes, and in about how many ``seconds``; ``limit`` is the most
    requests a second that are sent there."""

    requests: int
    seconds: int
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a reviewer approves, in a fixed order."""

    project: str
    environment: str | None
    selection: Selection
    lineage: str | None
    schema_digest: str
    changes: tuple[Change, ...]
    drift: tuple[Drift, ...] = ()
    unmanaged: tuple[Unmanaged, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    stops: tuple[GuardStop, ...] = ()
    calls: Mapping[str, Calls] = field(default_factory=dict)
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def applyable(self) -> bool:
        """Whether an apply would do anything."""
        return any(change.operates for change in self.changes)

    def waiting(self) -> frozenset[Address]:
        """The blocked addresses that wait for a first token, themselves or by what they depend on. That was announced,
        and is no failure."""
        blocked = {change.address: change.blocked for change in self.changes if change.blocked is not None}
        own = {address for address, why in blocked.items() if why.code == AWAITING_TOKEN}
        return frozenset(own | {address for address, why in blocked.items() if why.because in own})

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to do or in the way, apart from what waits for a token or could not be read."""
        waiting = self.waiting()
        return self.applyable or any(
            change.blocked is not None and change.blocked.code != "unreadable" and change.address not in waiting
            for change in self.changes
        )

    def summary(self) -> dict[str, int]:
        """How many changes of each sort, in the plan file's words."""
        counts = dict.fromkeys(
            ("create", "update", "replace", "delete", "adopt", "forget", "send", "no-op", "blocked"), 0
        )
        for change in self.changes:
            counts[change.tally] += 1
        return counts
