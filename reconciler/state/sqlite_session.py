"""The one writer of a SQLite state: every write is checked against the lock and committed before it counts."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reconciler.errors import STATE_LOCK_LOST, ReconcilerError
from reconciler.model import JSON, Address, Intent, Phase, Recorded, Snapshot, Tombstone, canonical
from reconciler.state import codec, sqlite_rows
from reconciler.state.binding import check_origins
from reconciler.state.sqlite_file import translated

KEPT_RUNS = 20  # the journal lines of older runs are dropped; open writes stay

_PUT = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_INTEND = """
INSERT INTO journal (id, run, address, action, step, connection, object_id, request, request_digest, plan_digest, at,
                     phase, after, detail, listing)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, detail = excluded.detail, at = excluded.at,
                               object_id = excluded.object_id
"""
_DEPENDENTS = """
SELECT address, connection, id, fields, origin, depends_on, lifecycle, source FROM records WHERE instr(depends_on, ?)
"""


class SqliteSession:
    """A ``Session`` on a connection that is open for writing. ``token`` is what the lock row must hold."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        *,
        run: str,
        token: str,
        clock: Callable[[], float],
        seal: codec.Seal,
    ) -> None:
        self.run = run
        self._connection = connection
        self._path = path
        self._token = token
        self._clock = clock
        self._seal = seal
        self._turn = threading.RLock()
        self._depth = 0
        self._bumped = False
        self._references: dict[tuple[str, str, int], tuple[tuple[str, ...], str]] = {}
        with translated(path):
            self.lineage = sqlite_rows.meta(connection)["lineage"] or ""

    def snapshot(self) -> Snapshot:
        """The state as it is now; not inside ``batch``."""
        with self._turn, translated(self._path):
            return sqlite_rows.snapshot(self._connection, self._path)

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
                with translated(self._path):
                    self._connection.execute("BEGIN IMMEDIATE")
                    try:
                        self._check_lock()
                        yield
                        self._connection.execute("COMMIT")
                    except BaseException:
                        self._bumped = bumped
                        self._references.clear()
                        if self._connection.in_transaction:
                            self._connection.execute("ROLLBACK")
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
                self._many("INSERT OR REPLACE INTO origins VALUES (?, ?)", moved.items())

    def intend(self, intents: Sequence[Intent]) -> None:
        """Intents in one commit."""
        if intents:
            with self._changing():
                self._many(_INTEND, [self._row(intent) for intent in intents])

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
        """The outcome of an intent and the change of its record in one commit."""
        ended = replace(
            intent,
            phase=phase,
            detail=detail,
            object_id=intent.object_id if object_id is None else object_id,
            at=intent.at if at is None else at,
        )
        with self._changing():
            self._many(_INTEND, [self._row(ended)])
            if forget:
                self.drop([intent.address])
            if record is not None:
                self.put([record])
            self._many(
                "INSERT OR IGNORE INTO tombstones VALUES (?, ?, ?)", [(t.kind, t.connection, t.id) for t in tombstones]
            )

    def put(self, records: Iterable[Recorded]) -> None:
        """Write records."""
        rows = [codec.record_row(record, self._seal) for record in records]
        if rows:
            with self._changing():
                self._many(_PUT, rows)

    def drop(self, addresses: Iterable[Address]) -> None:
        """Forget records."""
        rows = [(str(address),) for address in addresses]
        if rows:
            with self._changing():
                self._many("DELETE FROM records WHERE address = ?", rows)

    def move(self, old: Address, new: Address) -> None:
        """Rename a record and what names it."""
        with self._changing():
            self._many("UPDATE OR REPLACE records SET address = ? WHERE address = ?", [(str(new), str(old))])
            self._many(
                "UPDATE journal SET address = ? WHERE address = ? AND phase IN ('INTENT', 'UNKNOWN')",
                [(str(new), str(old))],
            )
            rows = self._connection.execute(_DEPENDENTS, (canonical(str(old)),)).fetchall()
            renamed = [codec.record_of(row) for row in rows]
            self._many(_PUT, [codec.record_row(_renamed(record, old, new), codec.unsealed) for record in renamed])

    def remember_listing(self, connection: str, kind: str, ids: Iterable[str]) -> str:
        """Keep a listing once; the reference is the digest of what it held."""
        kept = tuple(ids)
        known = self._references.get((connection, kind, id(kept)))
        if known is not None:
            return known[1]
        text = canonical(kept)
        reference = hashlib.sha256(f"{connection}\0{kind}\0{text}".encode()).hexdigest()
        with self._changing():
            self._many("INSERT OR IGNORE INTO listings VALUES (?, ?, ?, ?)", [(reference, connection, kind, text)])
            # The tuple itself is kept beside its reference, so that its identity cannot be another's later.
            self._references[connection, kind, id(kept)] = (kept, reference)
        return reference

    def satisfied(self, plan_digest: str) -> frozenset[tuple[Address, str]]:
        """What of a plan is done."""
        with self._turn, translated(self._path):
            return sqlite_rows.satisfied(self._connection, plan_digest)

    def made_since(self, at: float) -> Mapping[tuple[str, str, str], float]:
        """When the newest objects were made."""
        with self._turn, translated(self._path):
            return sqlite_rows.made_since(self._connection, at)

    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known, oldest first."""
        with self._turn, translated(self._path):
            return sqlite_rows.open_intents(self._connection)

    def end(self, exit_code: int, counts: Mapping[str, JSON] | None = None) -> None:
        """Close the run in the history and drop journal lines that nothing needs."""
        with self.batch():
            self._connection.execute(
                "UPDATE runs SET ended = ?, exit_code = ?, counts = ?, "
                "serial = (SELECT value FROM meta WHERE key = 'serial') WHERE id = ?",
                (self._clock(), exit_code, canonical(counts or {}), self.run),
            )
            self._connection.execute(
                "DELETE FROM journal WHERE phase IN ('DONE', 'FAILED') "
                "AND run NOT IN (SELECT id FROM runs ORDER BY sequence DESC LIMIT ?)",
                (KEPT_RUNS,),
            )
            self._connection.execute(
                "DELETE FROM listings WHERE reference NOT IN "
                "(SELECT listing FROM journal WHERE listing IS NOT NULL AND phase IN ('INTENT', 'UNKNOWN'))"
            )
            self._references.clear()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self.batch():
            if not self._bumped:
                self._connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'serial'")
                self._bumped = True
            yield

    def _check_lock(self) -> None:
        row = self._connection.execute("SELECT token FROM lock").fetchone()
        if row is None or row[0] != self._token:
            raise ReconcilerError(STATE_LOCK_LOST, f"another run took the lock on {self._path}")

    def _row(self, intent: Intent) -> tuple[str | float | None, ...]:
        listing = self.remember_listing(intent.connection, intent.address.kind, intent.seen) if intent.seen else None
        return codec.intent_row(intent, listing, self._seal)

    def _many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        self._connection.executemany(statement, rows)


def _renamed(record: Recorded, old: Address, new: Address) -> Recorded:
    return replace(record, depends_on=tuple(new if address == old else address for address in record.depends_on))
