"""The rows of one state on PostgreSQL: read into the model's values, and changed in transactions that the lock fences.

What a transaction changes is gathered and goes to the server in one go at its end, in front of the commit: two ways
over the network for a round of writes, however many there are in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reconciler.errors import STATE_LOCK_LOST, ReconcilerError
from reconciler.model import Address, Intent, Snapshot, canonical
from reconciler.state import picture
from reconciler.state.contents import Contents, Run
from reconciler.state.picture import About, Held, Row
from reconciler.state.postgres_connection import Link, Mode
from reconciler.state.postgres_making import check_version
from reconciler.state.postgres_schema import TABLES
from reconciler.state.postgres_statements import Statements

# In this order the tables' changes go to the server: what a change looks at in another table stands before it.
ORDER = ("states", "origins", "records", "tombstones", "ledger", "runs", "journal", "listings")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one state inside a transaction of the caller's. ``state`` is its number."""

    link: Link
    statements: Statements
    state: int

    def rows(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """What a statement finds for this state."""
        return self.link.rows(statement, {"state": self.state, **parameters})

    def snapshot(self, about: About) -> Snapshot:
        """Everything a plan needs."""
        said = self.statements
        held = self._all(said.open, said.open_listings, said.ledger)
        return picture.snapshot(self.link.target.label, about, Held(*held))

    def contents(self, about: About) -> Contents:
        """Everything."""
        said = self.statements
        *held, runs = self._all(said.journal, said.listings, said.ledger, said.runs)
        return picture.contents(self.link.target.label, about, Held(*held), runs)

    def runs(self) -> tuple[Run, ...]:
        """The history, oldest first."""
        return picture.runs(self.rows(self.statements.runs))

    def journal(self, run: str) -> tuple[Intent, ...]:
        """The writes of one run."""
        said = self.statements
        return picture.intents(self.rows(said.of_run, run=run), self.rows(said.listings))

    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known, oldest first."""
        said = self.statements
        return picture.intents(self.rows(said.open), self.rows(said.open_listings))

    def _all(self, *more: str) -> list[Any]:
        said = self.statements
        asked = (said.origins, said.records, said.tombstones, *more)
        return self.link.together([(statement, {"state": self.state}) for statement in asked])


class Writing:
    """The ``Rows`` of a writer. Every transaction holds only while ``token`` is the holder's, the lock with the number
    ``key`` is held, and the tables have this version."""

    def __init__(self, reader: Reader, owner: Mapping[str, str | None], token: str, key: int) -> None:
        self._reader, self._link, self._statements = reader, reader.link, reader.statements
        self._owner = owner
        self.label = reader.link.target.label
        self._ours = {"state": reader.state, "token": token}
        self._fence = (self._statements.fence, {**self._ours, "key": key})
        self._gathered: dict[str, list[tuple[str, list[dict[str, Any]]]]] = {}
        self._inside = self._begun = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What changes inside goes to the server at the end, behind the fence; see ``Rows``."""
        self._inside = True
        try:
            yield
            if self._gathered or self._begun:
                self._send()
                self._link.commit()
        except BaseException:
            self._gathered.clear()
            if self._begun:
                self._link.undo()
            raise
        finally:
            self._inside = self._begun = False

    def leave(self) -> None:
        """Take the holder's name away, unless it is another's."""
        if not self._link.lost:
            self._link.run(self._statements.leave, self._ours)

    def confirm(self) -> None:
        """Raise STATE_LOCK_LOST unless the lock is still this writer's."""
        if not self._inside:
            with self.transaction():
                self._send()
        elif not self._begun:
            self._send()

    def about(self) -> About:
        """What the state says of itself."""
        self._see()
        return about_of(self._link.rows(self._statements.about, self._owner)[0])

    def snapshot(self) -> Snapshot:
        """One consistent picture."""
        with self._link.transaction(Mode.READING):
            return self._reader.snapshot(about_of(self._link.rows(self._statements.about, self._owner)[0]))

    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known, oldest first."""
        self._see()
        return self._reader.open_intents()

    def satisfied(self, plan_digest: str) -> frozenset[tuple[Address, str]]:
        """What of a plan is done."""
        self._see()
        return picture.satisfied(self._reader.rows(self._statements.satisfied, plan_digest=plan_digest))

    def made_since(self, at: float) -> Mapping[tuple[str, str, str], float]:
        """When the newest objects were made."""
        self._see()
        return picture.made(self._reader.rows(self._statements.made, at=at))

    def touched(self, address: Address) -> Sequence[Row]:
        """The record of an address and those that depend on it."""
        self._see()
        return self._reader.rows(self._statements.touched, address=str(address), quoted=canonical(str(address)))

    def raise_serial(self, above: int = -1) -> None:
        """See ``Rows``."""
        if above < 0:
            self._gather("states", self._statements.next_serial, {})
        else:
            self._gather("states", self._statements.serial_above, {"above": above})

    def tell(self, about: Mapping[str, str | None]) -> None:
        """Change lineage, born_of or moved_to."""
        for name, value in about.items():
            self._gather("states", self._statements.tell[name], {"value": value})

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows, each in the place of the one with its key."""
        self._gather_rows(table, self._statements.put[table], rows)

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Write those rows whose key is not there yet."""
        self._gather_rows(table, self._statements.add[table], rows)

    def drop_records(self, addresses: Sequence[str]) -> None:
        """Take records away."""
        self._gather("records", self._statements.drop, *({"address": address} for address in addresses))

    def readdress(self, rows: Sequence[Row]) -> None:
        """Give journal lines another address, connection and record to be."""
        names = ("new_address", "new_connection", "new_after", "line")
        self._gather("journal", self._statements.readdress, *(dict(zip(names, row, strict=True)) for row in rows))

    def sent_too(self, old: Address, new: Address) -> None:
        """Write the ledger's line of ``old`` for ``new`` as well."""
        self._gather("ledger", self._statements.sent_too, {"old": str(old), "new": str(new)})

    def clear(self, run: str) -> None:
        """Take away all rows but the line of ``run``."""
        for table in TABLES:
            self._gather(table, self._statements.clear[table], {"run": run})

    def close_run(self, run: str, ended: float, exit_code: int, counts: str) -> None:
        """End a run's line in the history."""
        said = {"run": run, "ended": ended, "exit_code": exit_code, "counts": counts}
        self._gather("runs", self._statements.close_run, said)

    def last_run(self, run: str) -> None:
        """Make a run's line the last of the history."""
        self._gather("runs", self._statements.last_run, {"run": run})

    def prune(self, kept_runs: int) -> None:
        """Drop what nothing needs any more."""
        self._gather("journal", self._statements.prune, {"kept": kept_runs})
        self._gather("listings", self._statements.let_go, {})

    def _gather_rows(self, table: str, statement: str, rows: Sequence[Row]) -> None:
        columns = self._statements.columns[table]
        self._gather(table, statement, *(dict(zip(columns, row, strict=True)) for row in rows))

    def _gather(self, table: str, statement: str, *parameters: dict[str, Any]) -> None:
        """Keep changes for the end: those of one table in their order, with the next of the same statement together."""
        changes = self._gathered.setdefault(table, [])
        for values in parameters:
            if not changes or changes[-1][0] != statement:
                changes.append((statement, []))
            changes[-1][1].append({"state": self._reader.state, **values})

    def _see(self) -> None:
        """Let the server know what was changed in this transaction so far."""
        if self._inside and self._gathered:
            self._send()

    def _send(self) -> None:
        gathered, self._gathered = self._gathered, {}
        changes = [change for table in ORDER for change in gathered.get(table, ())]
        if self._begun:
            self._link.change(changes)
            return
        self._begun = True
        self._check(self._link.begin_with(self._fence, changes))

    def _check(self, found: Sequence[tuple[Any, ...]]) -> None:
        ours, version, let_go = found[0] if found else (None, 0, False)
        if not ours:
            raise ReconcilerError(STATE_LOCK_LOST, f"another run took the lock on {self.label}")
        if let_go:
            raise ReconcilerError(
                STATE_LOCK_LOST,
                f"the database session that held the lock on {self.label} was ended, by a restart or an administrator",
            )
        check_version(self.label, version)


def about_of(row: Row) -> About:
    """What a state says of itself, from its columns behind the number."""
    return About(*row[1:])
