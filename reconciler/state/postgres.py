"""States in a PostgreSQL database: any number of projects and environments, each with one writer at a time."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TypeVar

from reconciler import __version__
from reconciler.errors import STATE_CONNECTION_LOST, STATE_UNREACHABLE, ReconcilerError
from reconciler.model import Intent, Snapshot
from reconciler.state.binding import check_in_use
from reconciler.state.codec import Seal, unsealed
from reconciler.state.contents import Contents, Run
from reconciler.state.contract import Holding, Session
from reconciler.state.holder import Holder
from reconciler.state.lockfile import locked
from reconciler.state.picture import About, corrupt
from reconciler.state.postgres_connection import Link
from reconciler.state.postgres_lock import Lock, holding_of
from reconciler.state.postgres_making import begin_reading, make_ready, version_of
from reconciler.state.postgres_rows import Reader, Writing, about_of
from reconciler.state.postgres_statements import statements
from reconciler.state.postgres_url import target_of
from reconciler.state.writer import Writer

T = TypeVar("T")


class PostgresStore:
    """A ``StateStore`` in a database. Making the value connects to nothing; raises STATE_URL for a URL that is none."""

    def __init__(
        self,
        url: str,
        project: str,
        environment: str | None,
        *,
        clock: Callable[[], float] = time.time,
        seal: Seal = unsealed,
    ) -> None:
        self._target = target_of(url)
        self._statements = statements(self._target.schema)
        self.label = self._target.label
        self._owner = {"project": project, "environment": environment}
        self._clock = clock
        self._seal = seal

    def snapshot(self) -> Snapshot:
        """One consistent picture, without a lock and without making anything."""
        return self._read(lambda reader, about: reader.snapshot(about)) or Snapshot()

    def contents(self) -> Contents | None:
        """Everything, in one consistent picture; see the contract."""
        return self._read(lambda reader, about: reader.contents(about), retired=True)

    def runs(self) -> tuple[Run, ...]:
        """The history, oldest first."""
        return self._read(lambda reader, _: reader.runs(), retired=True) or ()

    def journal(self, run: str) -> tuple[Intent, ...]:
        """The writes of one run."""
        return self._read(lambda reader, _: reader.journal(run), retired=True) or ()

    def holding(self) -> Holding | None:
        """Who holds the lock now, or None."""
        return self._read(lambda reader, _: self._holder(reader), retired=True)

    @contextmanager
    def lock(
        self, holder: Holder, command: str, plan_digest: str | None = None, *, retired: bool = False
    ) -> Iterator[Session]:
        """Become the one writer; see the contract. Two connections: one holds the lock, the other one writes."""
        holding = Holding(holder, uuid.uuid4().hex, command, self._clock(), plan_digest)
        with Link(self._target) as guard, ExitStack() as writing:
            guard.check_safe()
            make_ready(guard)
            lock = self._lock(guard)
            lock.acquire(self._epoch(guard))
            link = writing.enter_context(Link(self._target))
            link.check_safe()
            while (rows := self._enter(link, lock, holding, retired=retired)) is None:
                guard.undo()  # the lock was broken by force in between, and this is that of a past epoch
                lock.acquire(self._epoch(guard))
            writer = Writer(rows, run=holding.run, clock=self._clock, seal=self._seal)
            try:
                yield writer
            finally:
                # A name that cannot be taken away does no harm: the lock itself ends with its connection.
                with suppress(ReconcilerError):
                    rows.leave()

    def unlock(self, *, force: bool = False) -> Holding | None:
        """Clear what a dead holder left, or with ``force`` take the lock from a living one; see the contract."""
        with Link(self._target) as link, Link(self._target) as other:
            if version_of(link) is None:
                return None
            make_ready(link)
            found = self._found(link)
            if found is None:
                return None
            reader, _ = found
            left, epoch = self._named(link), self._epoch(link)
            lock = self._lock(other)
            if lock.process(epoch) is None:
                lock.acquire(epoch)
                self._rewrite(reader, self._statements.unname)
            elif not force:
                raise locked(lock.holder(epoch))
            else:
                self._rewrite(reader, self._statements.force)
        return left

    def _enter(self, link: Link, lock: Lock, holding: Holding, *, retired: bool) -> Writing | None:
        """Write the holder's name over what a dead one left, and begin the run's line in the history; None where the
        lock is that of a past epoch."""
        token, holder = uuid.uuid4().hex, holding.holder
        with link.transaction():
            found = self._found(link)
            if found is not None and not retired:
                check_in_use(self.label, found[1].moved_to)
            reader = found[0] if found else self._born(link, holding.plan_digest)
            held = reader.rows(self._statements.hold)
            if not held:
                raise corrupt(self.label, "has no place for a lock")
            if lock.key != lock.key_of(held[0][0]):
                return None
            who = {"user": holder.user, "host": holder.host, "pid": holder.pid, "plan_digest": holding.plan_digest}
            said = {"run": holding.run, "command": holding.command, "since": holding.since, "started": holder.started}
            link.run(
                self._statements.name,
                {"state": reader.state, "token": token, "backend": lock.backend, **who, **said},
            )
            line = {"id": holding.run, "command": holding.command, "started": holding.since, "version": __version__}
            nothing = dict.fromkeys(("ended", "exit_code", "counts", "serial"))
            link.run(self._statements.begin_run, {"state": reader.state, **who, **line, **nothing})
        return Writing(reader, self._owner, token, lock.key)

    def _born(self, link: Link, plan_digest: str | None) -> Reader:
        """A new state."""
        about = {**self._owner, "lineage": str(uuid.uuid4()), "serial": 0, "born_of": plan_digest, "moved_to": None}
        state = link.rows(self._statements.new_state, about)[0][0]
        link.run(self._statements.new_lock, {"state": state})
        return Reader(link, self._statements, state)

    def _read(self, read: Callable[[Reader, About], T], *, retired: bool = False) -> T | None:
        """What ``read`` finds; None where there is no state. ``retired`` reads a state that was migrated too."""
        with self._only_reading(), Link(self._target) as link:
            found = self._found(link) if begin_reading(link) else None
            if found is None:
                return None
            reader, about = found
            if not retired:
                check_in_use(self.label, about.moved_to)
            return read(reader, about)

    @contextmanager
    def _only_reading(self) -> Iterator[None]:
        """Who only reads loses no lock with its connection, and is not interrupted."""
        try:
            yield
        except ReconcilerError as error:
            if error.code == STATE_CONNECTION_LOST:
                raise ReconcilerError(STATE_UNREACHABLE, error.message) from None
            raise

    def _found(self, link: Link) -> tuple[Reader, About] | None:
        """This project's and environment's state, where there is one."""
        rows = link.rows(self._statements.about, self._owner)
        return (Reader(link, self._statements, rows[0][0]), about_of(rows[0])) if rows else None

    def _lock(self, link: Link) -> Lock:
        return Lock(link, self._statements, self._owner)

    def _named(self, link: Link) -> Holding | None:
        rows = link.rows(self._statements.named, self._owner)
        return holding_of(rows[0][1:]) if rows else None

    def _epoch(self, link: Link) -> int:
        """How often the lock was taken by force."""
        rows = link.rows(self._statements.named, self._owner)
        return int(rows[0][0]) if rows else 0

    def _holder(self, reader: Reader) -> Holding | None:
        return self._lock(reader.link).holder(self._epoch(reader.link))

    def _rewrite(self, reader: Reader, statement: str) -> None:
        """Change the holder's name once the write that may be under way is over."""
        with reader.link.transaction():
            reader.rows(self._statements.hold)
            reader.link.run(statement, {"state": reader.state})
