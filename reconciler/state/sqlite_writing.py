"""The rows of a SQLite state for its one writer: every transaction is checked against the lock, and synced."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from reconciler.errors import STATE_LOCK_LOST, ReconcilerError
from reconciler.model import Address, Intent, Snapshot, canonical
from reconciler.state import sqlite_rows
from reconciler.state.picture import About, Row, undamaged
from reconciler.state.sqlite_file import translated

_PUT = {
    "origins": "INSERT OR REPLACE INTO origins VALUES (?, ?)",
    "records": "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "journal": """
        INSERT INTO journal (id, run, address, action, step, connection, object_id, request, request_digest,
                             plan_digest, at, phase, after, detail, identity, listing)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, detail = excluded.detail, at = excluded.at,
                                       object_id = excluded.object_id
    """,
    "ledger": "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)",
    "runs": """
        INSERT INTO runs (id, command, plan_digest, started, ended, user, host, pid, exit_code, counts, serial, version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """,
}
_ADD = {
    "listings": "INSERT OR IGNORE INTO listings VALUES (?, ?, ?, ?)",
    "tombstones": "INSERT OR IGNORE INTO tombstones VALUES (?, ?, ?)",
    "ledger": "INSERT OR IGNORE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)",
}
_CLEARED = ("origins", "records", "journal", "listings", "tombstones", "ledger")
_READDRESS = "UPDATE journal SET address = ?, connection = ?, after = ? WHERE id = ?"
_SENT_TOO = """
INSERT OR IGNORE INTO ledger (address, identity, key_id, run, at, connection, object_id)
SELECT ?, identity, key_id, run, at, connection, object_id FROM ledger WHERE address = ?
"""
_CLOSE_RUN = """
UPDATE runs SET ended = ?, exit_code = ?, counts = ?, serial = (SELECT value FROM meta WHERE key = 'serial')
WHERE id = ?
"""
_PRUNE = """
DELETE FROM journal WHERE phase IN ('DONE', 'FAILED')
                      AND run NOT IN (SELECT id FROM runs ORDER BY sequence DESC LIMIT ?)
"""
_LET_GO = """
DELETE FROM listings WHERE reference NOT IN
(SELECT listing FROM journal WHERE listing IS NOT NULL AND phase IN ('INTENT', 'UNKNOWN'))
"""


class Writing:
    """The ``Rows`` on a connection that is open for writing. ``token`` is what the lock row must hold."""

    def __init__(self, connection: sqlite3.Connection, path: Path, token: str) -> None:
        self.connection = connection
        self.label = str(path)
        self._path = path
        self._token = token

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One commit for all that changes inside, or none of it."""
        with translated(self._path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                self._check_lock()
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def confirm(self) -> None:
        """Raise STATE_LOCK_LOST unless the lock is still this writer's."""
        with translated(self._path):
            self._check_lock()

    def about(self) -> About:
        """What the state says of itself."""
        with translated(self._path):
            return sqlite_rows.about(self.connection, self._path)

    def snapshot(self) -> Snapshot:
        """One consistent picture."""
        with translated(self._path):
            return sqlite_rows.snapshot(self.connection, self._path)

    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known, oldest first."""
        with translated(self._path), undamaged(self.label):
            return sqlite_rows.open_intents(self.connection)

    def satisfied(self, plan_digest: str) -> frozenset[tuple[Address, str]]:
        """What of a plan is done."""
        with translated(self._path), undamaged(self.label):
            return sqlite_rows.satisfied(self.connection, plan_digest)

    def made_since(self, at: float) -> Mapping[tuple[str, str, str], float]:
        """When the newest objects were made."""
        with translated(self._path), undamaged(self.label):
            return sqlite_rows.made_since(self.connection, at)

    def touched(self, address: Address) -> Sequence[Row]:
        """The record of an address and those that depend on it."""
        return sqlite_rows.touched(self.connection, str(address), canonical(str(address)))

    def raise_serial(self, above: int = -1) -> None:
        """See ``Rows``."""
        raised = "max(CAST(value AS INTEGER), ? + 1)" if above >= 0 else "value + 1"
        self.connection.execute(
            f"UPDATE meta SET value = {raised} WHERE key = 'serial'",  # noqa: S608 (one of two texts)
            (above,) if above >= 0 else (),
        )

    def tell(self, about: Mapping[str, str | None]) -> None:
        """Change lineage, born_of or moved_to."""
        self._many("INSERT OR REPLACE INTO meta VALUES (?, ?)", sorted(about.items()))

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows, each in the place of the one with its key."""
        self._many(_PUT[table], rows)

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Write those rows whose key is not there yet."""
        self._many(_ADD[table], rows)

    def drop_records(self, addresses: Sequence[str]) -> None:
        """Take records away."""
        self._many("DELETE FROM records WHERE address = ?", [(address,) for address in addresses])

    def readdress(self, rows: Sequence[Row]) -> None:
        """Give journal lines another address, connection and record to be."""
        self._many(_READDRESS, rows)

    def sent_too(self, old: Address, new: Address) -> None:
        """Write the ledger's line of ``old`` for ``new`` as well."""
        self._many(_SENT_TOO, [(str(new), str(old))])

    def clear(self, run: str) -> None:
        """Take away all rows but the line of ``run``."""
        for table in _CLEARED:
            self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 (a table of ours)
        self.connection.execute("DELETE FROM runs WHERE id != ?", (run,))

    def close_run(self, run: str, ended: float, exit_code: int, counts: str) -> None:
        """End a run's line in the history."""
        self.connection.execute(_CLOSE_RUN, (ended, exit_code, counts, run))

    def last_run(self, run: str) -> None:
        """Make a run's line the last of the history."""
        self.connection.execute("UPDATE runs SET sequence = (SELECT max(sequence) + 1 FROM runs) WHERE id = ?", (run,))

    def prune(self, kept_runs: int) -> None:
        """Drop what nothing needs any more."""
        self.connection.execute(_PRUNE, (kept_runs,))
        self.connection.execute(_LET_GO)

    def _check_lock(self) -> None:
        row = self.connection.execute("SELECT token FROM lock").fetchone()
        if row is None or row[0] != self._token:
            raise ReconcilerError(STATE_LOCK_LOST, f"another run took the lock on {self._path}")

    def _many(self, statement: str, rows: Iterable[Row]) -> None:
        self.connection.executemany(statement, rows)
