"""What a store of the state must do, in words that need no SQL: snapshots, one writer, a journal, a history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.model import JSON, Address, Intent, Phase, Recorded, Snapshot, Tombstone
from reconciler.state.holder import Holder


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds the state, for which run and command, since when (seconds since the epoch)."""

    holder: Holder
    run: str
    command: str
    since: float
    plan_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One line of the history. Times are seconds since the epoch; ``ended`` is None where the run died or still runs.

    ``serial`` is the state's serial after the run.
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


class Session(Protocol):
    """The one writer of a state, while it holds the lock. Thread-safe.

    Every method that writes is durable when it returns, unless it is called inside ``batch``. Each may raise a
    ReconcilerError of RCN08xx; ``STATE_LOCK_LOST`` where another run took the lock over, and then nothing was written.
    """

    run: str
    lineage: str

    def snapshot(self) -> Snapshot:
        """The state as it is now."""
        ...

    def batch(self) -> AbstractContextManager[None]:
        """All that is written inside becomes durable together at its end, or not at all. May be nested."""
        ...

    def bind(self, origins: Mapping[str, str]) -> None:
        """Tie connections to their origins (scheme, host and port).

        Raises STATE_OTHER_ORIGIN, naming both, where a connection that holds records or open writes moved.
        """
        ...

    def intend(self, intents: Sequence[Intent]) -> None:
        """Write intents down, all in one commit; not one byte may be sent to a vendor before it returns."""
        ...

    def finish(
        self,
        intent: Intent,
        phase: Phase,
        *,
        record: Recorded | None = None,
        forget: bool = False,
        tombstones: Iterable[Tombstone] = (),
        detail: str = "",
        object_id: str | None = None,
        at: float | None = None,
    ) -> None:
        """Say what became of an intent, together with the change of the record; an intent not yet written is added.

        ``record`` replaces the record of its address, ``forget`` drops the record of the intent's address. ``at`` moves
        the time from which an open write is waited for (an answer was given up then).
        """
        ...

    def put(self, records: Iterable[Recorded]) -> None:
        """Write records, each replacing the one of its address."""
        ...

    def drop(self, addresses: Iterable[Address]) -> None:
        """Forget records; the live objects stay."""
        ...

    def move(self, old: Address, new: Address) -> None:
        """Rename a record, the dependencies of other records on it, and its open intents."""
        ...

    def remember_listing(self, connection: str, kind: str, ids: Iterable[str]) -> str:
        """Keep the ids a listing held, once however often it is given; returns its reference."""
        ...

    def satisfied(self, plan_digest: str) -> frozenset[tuple[Address, str]]:
        """The operations (address, step) of a plan that the journal knows as done."""
        ...

    def made_since(self, at: float) -> Mapping[tuple[str, str, str], float]:
        """When we made the objects (connection, kind, id) whose create was intended since ``at`` and is done, as far
        as the journal still knows. Seconds since the epoch."""
        ...

    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known: INTENT and UNKNOWN, oldest first."""
        ...

    def end(self, exit_code: int, counts: Mapping[str, JSON] | None = None) -> None:
        """Close the run's line in the history; old journal lines that nothing needs any more are dropped."""
        ...


class StateStore(Protocol):
    """The state of one project and environment."""

    label: str  # where it is kept, fit to be shown: never a password

    def snapshot(self) -> Snapshot:
        """One consistent picture, without a lock and without making anything. ``exists`` is False where there is none.

        Raises STATE_OTHER_PROJECT or STATE_OTHER_ENVIRONMENT for a state that is bound elsewhere, STATE_NEWER,
        STATE_CORRUPT, STATE_UNREADABLE.
        """
        ...

    def lock(self, holder: Holder, command: str, plan_digest: str | None = None) -> AbstractContextManager[Session]:
        """Become the one writer; the state is made where there is none. Raises STATE_LOCKED naming the holder.

        Leaving the context gives the lock back, however it is left; a holder that died holds nothing.
        """
        ...

    def holding(self) -> Holding | None:
        """Who holds the lock now, or None."""
        ...

    def unlock(self, *, force: bool = False) -> Holding | None:
        """Clear what a dead holder left and return it. Raises STATE_LOCKED while the holder lives, unless forced;
        a holder that lost its lock by force is stopped before its next write."""
        ...

    def runs(self) -> tuple[Run, ...]:
        """The history, oldest first."""
        ...

    def journal(self, run: str) -> tuple[Intent, ...]:
        """The writes of one run, in the order they were intended; empty once the journal has let go of them."""
        ...
