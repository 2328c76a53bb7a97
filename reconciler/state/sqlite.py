"""The state in one SQLite file: write-ahead log, every commit synced, one writer at a time."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from reconciler.model import Intent, Snapshot
from reconciler.state import sqlite_file, sqlite_rows
from reconciler.state.binding import check_owner
from reconciler.state.codec import Seal, unsealed
from reconciler.state.contract import Holding, Run, Session
from reconciler.state.holder import Holder
from reconciler.state.lockfile import LockFile
from reconciler.state.sqlite_file import translated
from reconciler.state.sqlite_session import SqliteSession

T = TypeVar("T")


class SqliteStore:
    """A ``StateStore`` in the file ``path``. Making the value touches nothing."""

    def __init__(
        self,
        path: Path,
        project: str,
        environment: str | None,
        *,
        clock: Callable[[], float] = time.time,
        seal: Seal = unsealed,
    ) -> None:
        self.path = path
        self.label = str(path)
        self._owner = (project, environment)
        self._clock = clock
        self._seal = seal

    def snapshot(self) -> Snapshot:
        """One consistent picture, without a lock and without making a file."""
        return self._read(lambda connection: sqlite_rows.snapshot(connection, self.path)) or Snapshot()

    def runs(self) -> tuple[Run, ...]:
        """The history, oldest first."""
        return self._read(sqlite_rows.runs) or ()

    def journal(self, run: str) -> tuple[Intent, ...]:
        """The writes of one run."""
        return self._read(lambda connection: sqlite_rows.journal(connection, run)) or ()

    @contextmanager
    def lock(self, holder: Holder, command: str, plan_digest: str | None = None) -> Iterator[Session]:
        """Become the one writer; see the contract."""
        holding = Holding(holder, uuid.uuid4().hex, command, self._clock(), plan_digest)
        guard = LockFile(self._lock_path)
        guard.acquire(holding)
        try:
            if not sqlite_file.exists(self.path):
                self._create(plan_digest)
            with translated(self.path):
                connection = sqlite_file.writable(self.path)
            with closing(connection):
                token = self._enter(connection, holding)
                session = SqliteSession(
                    connection, self.path, run=holding.run, token=token, clock=self._clock, seal=self._seal
                )
                try:
                    yield session
                finally:
                    self._leave(connection, token)
        finally:
            guard.release()

    def holding(self) -> Holding | None:
        """Who holds the lock now, or None."""
        guard = LockFile(self._lock_path)
        return guard.holding() if guard.held() else None

    def unlock(self, *, force: bool = False) -> Holding | None:
        """Clear what a dead holder left, or with ``force`` take the lock from a living one; see the contract."""
        guard = LockFile(self._lock_path)
        held = guard.held()
        left = guard.holding() if held else None
        if held and force:
            guard.break_()
        if not guard.path.exists() and not sqlite_file.exists(self.path):
            return None
        guard.acquire(Holding(Holder.here(), "", "state unlock", self._clock()))
        try:
            return self._clear() or left
        finally:
            guard.release()

    def _clear(self) -> Holding | None:
        """Take the name of the last holder off; if it still lives, its next write finds the name gone and stops."""
        if not sqlite_file.exists(self.path):
            return None
        with translated(self.path), closing(sqlite_file.writable(self.path)) as connection:
            self._check_owner(connection)
            left = sqlite_rows.holding(connection)
            connection.execute("DELETE FROM lock")
        return left

    @property
    def _lock_path(self) -> Path:
        return self.path.with_name(self.path.name + ".lock")

    def _create(self, plan_digest: str | None) -> None:
        project, environment = self._owner
        with translated(self.path):
            sqlite_file.create(
                self.path,
                {
                    "lineage": str(uuid.uuid4()),
                    "serial": "0",
                    "project": project,
                    "environment": environment,
                    "born_of": plan_digest,
                },
            )

    def _enter(self, connection: sqlite3.Connection, holding: Holding) -> str:
        """Write the holder's name over what a dead one left, and begin the run's line in the history."""
        token, holder = uuid.uuid4().hex, holding.holder
        with translated(self.path):
            self._check_owner(connection)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT OR REPLACE INTO lock VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    token,
                    holding.run,
                    holder.host,
                    holder.pid,
                    holder.user,
                    holder.started,
                    holding.command,
                    holding.since,
                    holding.plan_digest,
                ),
            )
            connection.execute(
                "INSERT INTO runs (id, command, plan_digest, started, user, host, pid) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    holding.run,
                    holding.command,
                    holding.plan_digest,
                    holding.since,
                    holder.user,
                    holder.host,
                    holder.pid,
                ),
            )
            connection.execute("COMMIT")
        return token

    def _leave(self, connection: sqlite3.Connection, token: str) -> None:
        # A name that cannot be taken away does no harm: the lock itself is the flock.
        try:
            connection.execute("DELETE FROM lock WHERE token = ?", (token,))
        except sqlite3.Error:
            return

    def _check_owner(self, connection: sqlite3.Connection) -> None:
        about = sqlite_rows.meta(connection)
        check_owner(self.label, (about.get("project") or "", about.get("environment")), self._owner)

    def _read(self, reader: Callable[[sqlite3.Connection], T]) -> T | None:
        """What ``reader`` finds; None where there is no file."""
        if not sqlite_file.exists(self.path):
            return None
        with translated(self.path):
            return sqlite_file.reading(self.path, lambda connection: self._checked(connection, reader))

    def _checked(self, connection: sqlite3.Connection, reader: Callable[[sqlite3.Connection], T]) -> T:
        self._check_owner(connection)
        return reader(connection)
