"""A connection to a state on PostgreSQL: opened with care, never waited for without end, its errors in our words."""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from enum import StrEnum
from typing import Any, Self

import psycopg
from psycopg.abc import PQGen

from reconciler.errors import STATE_UNSAFE, ReconcilerError
from reconciler.state.postgres_errors import Hung, translated
from reconciler.state.postgres_url import Target

Rows = list[tuple[Any, ...]]
Query = tuple[str, Mapping[str, Any]]
Changes = Sequence[tuple[str, Sequence[Mapping[str, Any]]]]

PATIENCE = 45.0  # seconds for one answer; more than any timeout of the server's below
_MILLISECONDS = {"statement_timeout": 30_000, "lock_timeout": 10_000, "idle_in_transaction_session_timeout": 0}
# A peer that is gone without a word is noticed within a minute, by both sides: by ours so that a run ends, by the
# server's so that the lock of a machine that lost its power is free again.
_KEEPALIVES = {"keepalives": 1, "keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 4}
_SERVER_KEEPALIVES = {"tcp_keepalives_idle": 20, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}
_OURS = {"connect_timeout": 10, "tcp_user_timeout": 30_000, "application_name": "reconciler", **_KEEPALIVES}

_PREPARED = 3  # times a statement runs before the server keeps its plan

_SAFE = """
SELECT current_setting('fsync'), current_setting('server_encoding'), pg_backend_pid()
"""
# An answer that a crash could take back is no answer: what is weaker than the disk of this server is raised to it.
_DURABLE = """
set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'remote_apply'
           THEN 'remote_apply' ELSE 'on' END, true)
"""


class Mode(StrEnum):
    """What a transaction is for. A server or database that is switched to reading alone stays so."""

    WRITING = "READ COMMITTED"
    READING = "REPEATABLE READ, READ ONLY"  # all of it sees one moment
    TRYING = "REPEATABLE READ"  # the same, with changes that will be undone


class _Patient(psycopg.Connection[tuple[Any, ...]]):
    """A connection that gives up on an answer that does not come."""

    def wait(self, gen: PQGen[Any], *args: Any, **more: Any) -> Any:
        """Let the driver go on whenever its socket is ready, until its time is over."""
        deadline, socket = time.monotonic() + PATIENCE, self.pgconn.socket
        try:
            wanted = next(gen)
            while True:
                ready = _ready(socket, wanted, deadline - time.monotonic())
                if not ready:
                    self.pgconn.finish()  # what comes later answers nothing that is asked later
                    raise Hung(f"no answer for {PATIENCE:.0f} seconds")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value
        finally:
            with suppress(psycopg.Error):  # what it would still wait for does not come
                gen.close()


def _ready(socket: int, wanted: int, seconds: float) -> Any:
    """What of ``wanted`` a socket is ready for; all of it where the socket is closed, so that the driver notices."""
    try:
        with selectors.PollSelector() as selector:
            selector.register(socket, wanted)
            found = selector.select(max(0.0, seconds))
    except (OSError, ValueError):
        return wanted
    return found[0][1] if found else 0


class Link:
    """One connection. Statements run one by one, or several on their way at once inside ``pipeline``."""

    def __init__(self, target: Target) -> None:
        self.target = target
        with translated(target):
            merged: dict[str, Any] = {**_OURS, **target.parameters, "client_encoding": "UTF8"}
            self._connection = _Patient.connect(**merged, autocommit=True, prepare_threshold=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it; what was not committed is undone."""
        with suppress(psycopg.Error, OSError):
            self._connection.close()

    @property
    def lost(self) -> bool:
        """Whether it is known to be gone."""
        return self._connection.closed or self._connection.broken

    def rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """What a query finds."""
        with self._telling():
            return self._connection.execute(statement, parameters).fetchall()

    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """A statement whose answer says nothing."""
        with self._telling():
            self._connection.execute(statement, parameters)

    def together(self, queries: Sequence[Query]) -> list[Rows]:
        """What several queries find, asked in one go."""
        with self._telling():
            with self._connection.pipeline():
                cursors = [self._connection.execute(*query) for query in queries]
            return [cursor.fetchall() for cursor in cursors]

    def begin(self, mode: Mode, *, waits: bool = False) -> None:
        """Begin a transaction; with ``waits`` one that will stand open."""
        with self._telling(), self._connection.pipeline():
            self._begin(mode, waits=waits)

    def begin_with(self, query: Query, changes: Changes) -> Rows:
        """Begin a writer's transaction with a query and changes, all in one go; the query's rows."""
        with self._telling():
            with self._connection.pipeline():
                self._begin(Mode.WRITING)
                asked = self._connection.execute(*query)
                self._change(changes)
            return asked.fetchall()

    def change(self, changes: Changes) -> None:
        """Changes in one go."""
        with self._telling(), self._connection.pipeline():
            self._change(changes)

    def _change(self, changes: Changes) -> None:
        # Not executemany: inside a pipeline it waits for its own answers, which is one more way over the network.
        with self._connection.cursor() as cursor:
            for statement, rows in changes:
                for row in rows:
                    cursor.execute(statement, row)

    def _begin(self, mode: Mode, *, waits: bool = False) -> None:
        settings = dict(_MILLISECONDS)
        if waits:
            settings |= _SERVER_KEEPALIVES
            if self._connection.info.server_version >= 170000:
                settings["transaction_timeout"] = 0
        said = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
        self._connection.execute(f"BEGIN ISOLATION LEVEL {mode}".encode())
        self._connection.execute(f"SELECT {said}, {_DURABLE}".encode())

    def commit(self) -> None:
        """Make it count."""
        self.run("COMMIT")

    def undo(self) -> None:
        """Undo the transaction, as far as there still is one."""
        with suppress(psycopg.Error):
            self._connection.rollback()

    @contextmanager
    def transaction(self, mode: Mode = Mode.WRITING) -> Iterator[None]:
        """All inside or nothing."""
        try:
            self.begin(mode)
            yield
            self.commit()
        except BaseException:
            self.undo()
            raise

    def check_safe(self) -> None:
        """Refuse a server that forgets, or that cannot keep every text; raises STATE_UNSAFE.

        Where no pooler stands between (it would answer with another process than the one that greeted us), statements
        are prepared: behind one, they would be left in a process that serves others too.
        """
        fsync, encoding, process = self.rows(_SAFE)[0]
        if process == self._connection.info.backend_pid:
            self._connection.prepare_threshold = _PREPARED
        if fsync != "on":
            what = "the server runs with fsync=off, so that a crash can undo what it said was written"
            raise ReconcilerError(STATE_UNSAFE, f"the state {self.target.label}: {what}")
        if encoding != "UTF8":
            what = f"the database's encoding is {encoding}, which cannot keep every text"
            raise ReconcilerError(
                STATE_UNSAFE, f"the state {self.target.label}: {what}", hint="Make it with ENCODING 'UTF8'."
            )

    def _telling(self) -> AbstractContextManager[None]:
        return translated(self.target, self._connection)
