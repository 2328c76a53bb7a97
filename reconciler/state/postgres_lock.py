"""The lock on a state on PostgreSQL: an advisory lock of a transaction that stands open on a connection of its own.

The server lets go of it when that database session ends, however it ends, and so does a pooler, in any mode, since a
transaction is never shared. The name of the holder is written down beside it, with the server's process, so that a
name that a dead holder left is not mistaken for the one of who holds it now.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from reconciler.errors import STATE_BUSY, ReconcilerError
from reconciler.state.contract import Holding
from reconciler.state.holder import Holder
from reconciler.state.lockfile import locked
from reconciler.state.postgres_connection import Link, Mode
from reconciler.state.postgres_statements import Statements

# Seconds; between taking the lock and writing its name, a holder is nameless. Many who wait would slow it down.
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 0.8, 0.8)
_TRY = "SELECT pg_try_advisory_xact_lock(%(key)s), pg_backend_pid()"
_SHARE = "SELECT pg_try_advisory_xact_lock_shared(%(key)s)"
# Session and transaction locks look alike here; the number is kept in two halves.
_WHO = """
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock' AND objsubid = 1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND classid::bigint = (%(key)s::bigint >> 32) & 4294967295 AND objid::bigint = %(key)s::bigint & 4294967295
"""


class Lock:
    """The lock of one state, on a link of its own. ``epoch`` rises when the lock is taken by force: what an earlier
    holder still has is then the lock of a past epoch."""

    def __init__(self, link: Link, statements: Statements, owner: Mapping[str, str | None]) -> None:
        self._link = link
        self._statements = statements
        self._owner = owner
        self.backend = 0
        self.key = 0

    def key_of(self, epoch: int) -> int:
        """The number of the lock in an epoch."""
        return self._link.target.key("state", self._owner["project"], self._owner["environment"], epoch)

    def acquire(self, epoch: int) -> None:
        """Take it; raises STATE_LOCKED naming the holder, STATE_BUSY while the tables are brought up to date."""
        self._link.begin(Mode.WRITING, waits=True)
        self._share_tables()
        self.key = self.key_of(epoch)
        for pause in _PAUSES:
            ((taken, self.backend),) = self._link.rows(_TRY, {"key": self.key})
            if taken:
                return
            holding = self.holder(epoch)
            if holding is not None:
                raise locked(holding)
            time.sleep(pause)
        raise locked(None)

    def holder(self, epoch: int) -> Holding | None:
        """Who holds it and has written its name; None where nobody holds it, or has not said who it is."""
        process = self.process(epoch)
        named = self._link.rows(self._statements.named, self._owner)
        return holding_of(named[0][1:]) if named and process is not None and named[0][-1] == process else None

    def process(self, epoch: int) -> int | None:
        """The server's process that holds it; None where nobody does."""
        found = self._link.rows(_WHO, {"key": self.key_of(epoch)})
        return int(found[0][0]) if found else None

    def _share_tables(self) -> None:
        """Every holder shares the tables; who wants to bring them up to date needs them alone."""
        for pause in _PAUSES:
            if self._link.rows(_SHARE, {"key": tables_key(self._link)})[0][0]:
                return
            time.sleep(pause)
        label = self._link.target.label
        raise ReconcilerError(STATE_BUSY, f"the state {label}: its tables are being brought up to date")


def tables_key(link: Link) -> int:
    """The number of the lock on the tables themselves."""
    return link.target.key("tables")


def holding_of(row: tuple[Any, ...]) -> Holding | None:
    """A holding from the columns of the locks table, from the token on; None where nobody is named."""
    token, run, host, pid, user, started, command, since, plan_digest, _ = row
    return Holding(Holder(host, pid, user, started), run, command, since, plan_digest) if token is not None else None
