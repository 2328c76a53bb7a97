"""The one writer of a state, whatever keeps its rows: what belongs together is one transaction, and has a serial."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, Protocol

from reconciler.model import JSON, Address, Intent, LedgerLine, Phase, Recorded, Snapshot, Tombstone, canonical
from reconciler.state import codec
from reconciler.state.binding import check_origins, check_owner
from reconciler.state.contents import OPEN, Contents, Run
from reconciler.state.picture import About, Row
from reconciler.state.renaming import Renaming

KEPT_RUNS = 20  # the journal lines of older runs are dropped; open writes stay


class Rows(Protocol):
    """What keeps the rows of one state for its writer. Tables: origins, records, journal, listings, tombstones, ledger,
    runs; rows are the codec's columns. Called by one thread at a time; what changes something, only in a transaction.
    """

    label: str

    def transaction(self) -> AbstractContextManager[None]:
        """All that changes inside is durable when it ends, or nothing of it. Raises STATE_LOCK_LOST, and then nothing
        was written, where the lock is not this writer's any more."""
        ...

    def confirm(self) -> None:
        """Raise STATE_LOCK_LOST unless the lock is still this writer's; in a transaction or outside."""
        ...

    def about(self) -> About:
        """What the state says of itself."""
        ...

    def snapshot(self) -> Snapshot:
        """One consistent picture; not asked for in a transaction."""
        ...

    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known, oldest first."""
        ...

    def satisfied(self, plan_digest: str) -> frozenset[tuple[Address, str]]:
        """What of a plan is done."""
        ...

    def made_since(self, at: float) -> Mapping[tuple[str, str, str], float]:
        """When the newest objects were made."""
        ...

    def touched(self, address: Address) -> Sequence[Row]:
        """The record of an address and those that depend on it."""
        ...

    def raise_serial(self, above: int = -1) -> None:
        """One more than it is; with ``above`` at least one more than that, and no more than it is where it is so."""
        ...

    def tell(self, about: Mapping[str, str | None]) -> None:
        """Change lineage, born_of or moved_to."""
        ...

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows, each in the place of the one with its key; of a journal line only phase, detail, at and object_id
        change."""
        ...

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Write those rows whose key is not there yet."""
        ...

    def drop_records(self, addresses: Sequence[str]) -> None:
        """Take records away."""
        ...

    def readdress(self, rows: Sequence[Row]) -> None:
        """Give journal lines another address, connection and record to be; the id comes last."""
        ...

    def sent_too(self, old: Address, new: Address) -> None:
        """Write the ledger's line of ``old`` for ``new`` as well, unless there is one."""
        ...

    def clear(self, run: str) -> None:
        """Take away all rows of all tables but the line of ``run`` in the history."""
        ...

    def close_run(self, run: str, ended: float, exit_code: int, counts: str) -> None:
        """End a run's line in the history, with the present serial."""
        ...

    def last_run(self, run: str) -> None:
        """Make a run's line the last of the history."""
        ...

    def prune(self, kept_runs: int) -> None:
        """Drop closed journal lines of older runs, and listings that no open write refers to."""
        ...


class Writer:
    """A ``Session`` over rows. ``clock`` gives seconds since the epoch."""

    def __init__(self, rows: Rows, *, run: str, clock: Callable[[], float], seal: codec.Seal) -> None:
        self.run = run
        self.rows = rows
        self._clock = clock
        self._seal = seal
        self._turn = threading.RLock()
        self._depth = 0
        self._bumped = False
        self._references: dict[tuple[str, str, int], tuple[tuple[str, ...], str]] = {}
        self.lineage = rows.about().lineage

    def snapshot(self) -> Snapshot:
        """The state as it is now; not inside ``batch``."""
        with self._turn:
            return self.rows.snapshot()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One commit for all that is written inside, or none of it."""
        with self._turn:
            if self._depth:
                yield
                return
            bumped = self._bumped
            self._depth += 1
            try:
                with self.rows.transaction():
                    yield
            except BaseException:
                self._bumped = bumped
                self._references.clear()
                raise
            finally:
                self._depth -= 1

    def bind(self, origins: Mapping[str, str]) -> None:
        """Tie connections to their origins; see the contract."""
        now = self.snapshot()
        check_origins(now, origins)
        moved = {name: origin for name, origin in origins.items() if now.origins.get(name) != origin}
        if moved:
            with self._changing():
                self.rows.put("origins", sorted(moved.items()))

    def intend(self, intents: Sequence[Intent]) -> None:
        """Intents in one commit."""
        if intents:
            with self._changing():
                self.rows.put("journal", [self._row(intent) for intent in intents])

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
        """The outcome of an intent and the change of its record in one commit."""
        ended = replace(
            intent,
            phase=phase,
            detail=detail,
            object_id=intent.object_id if object_id is None else object_id,
            at=intent.at if at is None else at,
        )
        with self._changing():
            self.rows.put("journal", [self._row(ended)])
            if forget:
                self.drop([intent.address])
            if record is not None:
                self.put([record])
            self.rows.add("tombstones", [(t.kind, t.connection, t.id) for t in tombstones])
            if sent is not None:
                self.enter([sent])

    def enter(self, lines: Iterable[LedgerLine]) -> None:
        """Write lines of the ledger."""
        rows = [codec.ledger_row(line) for line in lines]
        if rows:
            with self._changing():
                self.rows.put("ledger", rows)

    def put(self, records: Iterable[Recorded]) -> None:
        """Write records."""
        rows = [codec.record_row(record, self._seal) for record in records]
        if rows:
            with self._changing():
                self.rows.put("records", rows)

    def drop(self, addresses: Iterable[Address]) -> None:
        """Forget records."""
        gone = [str(address) for address in addresses]
        if gone:
            with self._changing():
                self.rows.drop_records(gone)

    def move(self, old: Address, new: Address, *, connection: str | None = None) -> None:
        """Rename a record and what names it; see the contract."""
        renaming = Renaming(old, new, connection)
        with self._changing():
            records = codec.records_of(self.rows.touched(old))
            intents = self.rows.open_intents()
            self.rows.drop_records([str(old)])
            self.rows.put("records", [codec.record_row(renaming.record(record)) for record in records])
            renamed = [after for before in intents if (after := renaming.intent(before)) is not before]
            self.rows.readdress([_readdressed(intent) for intent in renamed])
            if old != new:
                self.rows.sent_too(old, new)

    def replace(self, contents: Contents) -> None:
        """Another whole in the place of this one; see the contract."""
        with self._changing():
            now = self.rows.about()
            check_owner(self.rows.label, (now.project, now.environment), (contents.project, contents.environment))
            self.rows.clear(self.run)
            self.rows.raise_serial(contents.serial)
            self.rows.tell({"lineage": contents.lineage, "born_of": contents.born_of, "moved_to": contents.moved_to})
            self._fill(contents)
            self._references.clear()
        self.lineage = contents.lineage

    def _fill(self, contents: Contents) -> None:
        self.rows.put("origins", sorted(contents.origins.items()))
        self.rows.put("records", [codec.record_row(record) for record in contents.records])
        self.rows.add("tombstones", sorted((t.kind, t.connection, t.id) for t in contents.tombstones))
        self.rows.add("ledger", [codec.ledger_row(line) for line in contents.ledger])
        self.rows.put("journal", [self._kept(intent) for intent in contents.journal])
        self.rows.put("runs", [_run_row(line) for line in contents.runs if line.id != self.run])
        self.rows.last_run(self.run)

    def _kept(self, intent: Intent) -> Row:
        """A journal line as it was, with its listing where that is still needed."""
        reference = None
        if intent.seen and intent.phase in OPEN:
            row = codec.listing_row(intent.connection, intent.address.kind, intent.seen)
            self.rows.add("listings", [row])
            reference = row[0]
        return codec.intent_row(intent, reference)

    def retire(self, moved_to: str) -> None:
        """Mark the state as migrated."""
        with self._changing():
            self.rows.tell({"moved_to": moved_to})

    def remember_listing(self, connection: str, kind: str, ids: Iterable[str]) -> str:
        """Keep a listing once; the reference is the digest of what it held."""
        kept = tuple(ids)
        known = self._references.get((connection, kind, id(kept)))
        if known is not None:
            return known[1]
        row = codec.listing_row(connection, kind, kept)
        with self._changing():
            self.rows.add("listings", [row])
            # The tuple itself is kept beside its reference, so that its identity cannot be another's later.
            self._references[connection, kind, id(kept)] = (kept, row[0])
        return row[0]

    def satisfied(self, plan_digest: str) -> frozenset[tuple[Address, str]]:
        """What of a plan is done."""
        with self._turn:
            return self.rows.satisfied(plan_digest)

    def made_since(self, at: float) -> Mapping[tuple[str, str, str], float]:
        """When the newest objects were made."""
        with self._turn:
            return self.rows.made_since(at)

    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known, oldest first."""
        with self._turn:
            return self.rows.open_intents()

    def confirm(self) -> None:
        """Raise unless the lock is still held."""
        with self._turn:
            self.rows.confirm()

    def end(self, exit_code: int, counts: Mapping[str, JSON] | None = None) -> None:
        """Close the run in the history and drop journal lines that nothing needs."""
        with self.batch():
            self.rows.close_run(self.run, self._clock(), exit_code, canonical(counts or {}))
            self.rows.prune(KEPT_RUNS)
            self._references.clear()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self.batch():
            if not self._bumped:
                self.rows.raise_serial()
                self._bumped = True
            yield

    def _row(self, intent: Intent) -> Row:
        listing = self.remember_listing(intent.connection, intent.address.kind, intent.seen) if intent.seen else None
        return codec.intent_row(intent, listing, self._seal)


def _readdressed(intent: Intent) -> tuple[str | None, ...]:
    after = canonical(codec.record_row(intent.after)) if intent.after is not None else None
    return (str(intent.address), intent.connection, after, intent.id)


def _run_row(run: Run) -> tuple[Any, ...]:
    """The columns of a run, in the order of ``Run``."""
    said = canonical(run.counts)
    return (
        run.id, run.command, run.plan_digest, run.started, run.ended, run.user, run.host, run.pid, run.exit_code, said,
        run.serial, run.version,
    )  # fmt: skip
