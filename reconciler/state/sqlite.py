"""The state in one SQLite file: write-ahead log, every commit synced, one writer at a time."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from reconciler import __version__
from reconciler.model import Intent, Snapshot
from reconciler.state import picture, sqlite_file, sqlite_rows
from reconciler.state.binding import check_in_use, check_owner
from reconciler.state.codec import Seal, unsealed
from reconciler.state.contents import Contents, Run
from reconciler.state.contract import Holding, Session
from reconciler.state.holder import Holder
from reconciler.state.lockfile import LockFile
from reconciler.state.sqlite_file import translated
from reconciler.state.sqlite_writing import Writing
from reconciler.state.writer import Writer

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

    def contents(self) -> Contents | None:
        """Everything, in one consistent picture; see the contract."""
        return self._read(lambda connection: sqlite_rows.contents(connection, self.path), retired=True)

    def runs(self) -> tuple[Run, ...]:
        """The history, oldest first."""
        return self._read(sqlite_rows.runs, retired=True) or ()

    def journal(self, run: str) -> tuple[Intent, ...]:
        """The writes of one run."""
        return self._read(lambda connection: sqlite_rows.journal(connection, run), retired=True) or ()

    @contextmanager
    def lock(
        self, holder: Holder, command: str, plan_digest: str | None = None, *, retired: bool = False
    ) -> Iterator[Session]:
        """Become the one writer; see the contract."""
        holding = Holding(holder, uuid.uuid4().hex, command, self._clock(), plan_digest)
        guard = LockFile(self._lock_path)
        guard.acquire(holding)
        try:
            if not sqlite_file.exists(self.path):
                self._create(plan_digest)
            with translated(self.path):
                connection = sqlite_file.writable(self.path, lambda seen: self._admit(seen, retired=retired))
            with closing(connection):
                token = self._enter(connection, holding)
                rows = Writing(connection, self.path, token)
                try:
                    yield Writer(rows, run=holding.run, clock=self._clock, seal=self._seal)
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
        with translated(self.path), closing(sqlite_file.writable(self.path, self._admit)) as connection:
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
                "INSERT INTO runs (id, command, plan_digest, started, user, host, pid, version) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    holding.run,
                    holding.command,
                    holding.plan_digest,
                    holding.since,
                    holder.user,
                    holder.host,
                    holder.pid,
                    __version__,
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

    def _admit(self, connection: sqlite3.Connection, *, retired: bool = True) -> None:
        """Refuse a state that is not this project's, or does not say what it is, before the first write."""
        self._check_owner(connection, retired=retired)
        sqlite_rows.about(connection, self.path)

    def _check_owner(self, connection: sqlite3.Connection, *, retired: bool) -> None:
        about = sqlite_rows.meta(connection)
        check_owner(self.label, (about.get("project") or "", about.get("environment")), self._owner)
        if not retired:
            check_in_use(self.label, about.get("moved_to"))

    def _read(self, reader: Callable[[sqlite3.Connection], T], *, retired: bool = False) -> T | None:
        """What ``reader`` finds; None where there is no file. ``retired`` reads a state that was migrated too."""
        if not sqlite_file.exists(self.path):
            return None

        def checked(connection: sqlite3.Connection) -> T:
            self._check_owner(connection, retired=retired)
            with picture.undamaged(self.label):
                return reader(connection)

        with translated(self.path):
            return sqlite_file.reading(self.path, checked)
