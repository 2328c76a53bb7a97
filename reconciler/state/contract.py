"""What a store of the state must do, in words that need no SQL: snapshots, one writer, a journal, a history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from reconciler.model import JSON, Address, Intent, LedgerLine, Phase, Recorded, Snapshot, Tombstone
from reconciler.state.contents import Contents, Run
from reconciler.state.holder import Holder

__all__ = ["Contents", "Holding", "LedgerLine", "Run", "Session", "StateStore"]


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds the state, for which run and command, since when (seconds since the epoch)."""

    holder: Holder
    run: str
    command: str
    since: float
    plan_digest: str | None = None


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
        sent: LedgerLine | None = None,
    ) -> None:
        """Say what became of an intent, together with the change of the record; an intent not yet written is added.

        ``record`` replaces the record of its address, ``forget`` drops the record of the intent's address. ``at`` moves
        the time from which an open write is waited for (an answer was given up then). ``sent`` is the ledger's line of
        what is known to be sent now; it takes the place of its address's.
        """
        ...

    def enter(self, lines: Iterable[LedgerLine]) -> None:
        """Write lines of the ledger, each replacing the one of its address; none is ever taken away."""
        ...

    def put(self, records: Iterable[Recorded]) -> None:
        """Write records, each replacing the one of its address."""
        ...

    def drop(self, addresses: Iterable[Address]) -> None:
        """Forget records; the live objects stay."""
        ...

    def move(self, old: Address, new: Address, *, connection: str | None = None) -> None:
        """Rename a record, the dependencies of other records on it, and its open intents (with what each leaves).

        With ``connection`` the record and its open intents go to that connection too; ``old`` may then equal ``new``.
        A ledger line of ``old`` stays and is written for ``new`` as well: what was sent is sent again under neither
        name. Journal lines that are closed keep the old name, which they are the history of. An open intent's record to
        be (``after``) has the new address, connection and dependencies; so have the records and open intents of others
        that depend on ``old``.
        """
        ...

    def replace(self, contents: Contents) -> None:
        """Put ``contents`` in the place of everything the state holds, in one commit: for a push and for a migration.

        Afterwards the state's lineage, plan of birth, origins, records, tombstones, ledger, journal (with the listings
        of its open intents) and runs are exactly those of ``contents``, kept as they are and not sealed a second time.
        Left alone are the lock, this run's own line, which stays the last of the history, and project and environment,
        to which ``contents`` must belong: raises STATE_OTHER_PROJECT or STATE_OTHER_ENVIRONMENT otherwise, and then
        nothing was written. The serial becomes one more than the higher of the two; ``lineage`` of this
        session follows.
        A state that was retired is in use again, unless ``contents.moved_to`` says otherwise.
        """
        ...

    def retire(self, moved_to: str) -> None:
        """Mark the state as migrated to the store labelled ``moved_to``. What it holds stays; nobody uses it any more:
        from now on ``snapshot`` of the store and ``lock`` raise STATE_MIGRATED, also for other processes."""
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

    def confirm(self) -> None:
        """Raise STATE_LOCK_LOST, or what the trouble with the store is, unless this run still holds the lock. Writes
        nothing: it is asked right before a request whose intent was written down a while ago."""
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

        Raises STATE_OTHER_PROJECT or STATE_OTHER_ENVIRONMENT for a state that is bound elsewhere, STATE_MIGRATED for
        one that is retired, STATE_NEWER, STATE_CORRUPT (also for one live object in two records), STATE_UNREADABLE.
        """
        ...

    def contents(self) -> Contents | None:
        """Everything the state holds, in one consistent picture, without a lock and without making anything; None where
        there is none. Raises what ``snapshot`` raises, but gives a retired state too.

        For every store: ``replace`` of what ``contents`` gave, into a state of any store, gives the same contents again
        but for serial and this run's own line.
        """
        ...

    def lock(
        self, holder: Holder, command: str, plan_digest: str | None = None, *, retired: bool = False
    ) -> AbstractContextManager[Session]:
        """Become the one writer; the state is made where there is none. Raises STATE_LOCKED naming the holder, and
        STATE_MIGRATED for a retired state, unless ``retired`` says that one is meant to be used again.

        Leaving the context gives the lock back, however it is left; a holder that died holds nothing. The run's line in
        the history carries this tool's version.
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
