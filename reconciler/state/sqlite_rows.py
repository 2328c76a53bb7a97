"""What a SQLite state holds, read into the model's values. Every function reads; none writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from reconciler.model import Address, Intent, Snapshot
from reconciler.state import picture
from reconciler.state.contents import Contents, Run
from reconciler.state.contract import Holding
from reconciler.state.holder import Holder
from reconciler.state.picture import About, Held, Row

T = TypeVar("T")

_RECORDS = """
SELECT address, connection, id, fields, origin, depends_on, lifecycle, source FROM records
"""
_TOUCHED = f"{_RECORDS} WHERE address = ? OR instr(depends_on, ?)"
_JOURNAL = """
SELECT id, run, address, action, step, connection, object_id, request, request_digest, plan_digest, at, phase, after,
       detail, identity, listing
FROM journal
"""
_LEDGER = "SELECT address, identity, key_id, run, at, connection, object_id FROM ledger"
_LISTINGS = "SELECT reference, ids FROM listings"
_UNSETTLED = "phase IN ('INTENT', 'UNKNOWN')"
_OPEN = f"{_JOURNAL} WHERE {_UNSETTLED} ORDER BY sequence"
_OPEN_LISTINGS = f"{_LISTINGS} WHERE reference IN (SELECT listing FROM journal WHERE {_UNSETTLED})"  # noqa: S608
_OF_RUN = f"{_JOURNAL} WHERE run = ? ORDER BY sequence"
_RUNS = """
SELECT id, command, plan_digest, started, ended, user, host, pid, exit_code, counts, serial, version
FROM runs ORDER BY sequence
"""
_MADE = """
SELECT connection, address, object_id, at FROM journal
WHERE step = 'create' AND phase = 'DONE' AND at >= ? AND object_id IS NOT NULL
"""


def meta(connection: sqlite3.Connection) -> dict[str, str | None]:
    """Lineage, serial, project, environment, the plan the state was born of, and where it was migrated to."""
    return dict(connection.execute("SELECT key, value FROM meta"))


def about(connection: sqlite3.Connection, path: Path) -> About:
    """What the state says of itself; raises STATE_CORRUPT."""
    with picture.undamaged(str(path)):
        said = meta(connection)
        return About(
            lineage=_text(said["lineage"]),
            serial=int(_text(said["serial"])),
            project=_text(said["project"]),
            environment=said["environment"],
            born_of=said["born_of"],
            moved_to=said.get("moved_to"),
        )


def snapshot(connection: sqlite3.Connection, path: Path) -> Snapshot:
    """Everything a plan needs, from one transaction; raises STATE_CORRUPT for what contradicts itself."""

    def read() -> Snapshot:
        held = _held(connection, _OPEN, _OPEN_LISTINGS)
        return picture.snapshot(str(path), about(connection, path), held)

    return _one_picture(connection, read)


def contents(connection: sqlite3.Connection, path: Path) -> Contents:
    """Everything, from one transaction; raises STATE_CORRUPT for what contradicts itself."""

    def read() -> Contents:
        held = _held(connection, f"{_JOURNAL} ORDER BY sequence", _LISTINGS)
        return picture.contents(str(path), about(connection, path), held, connection.execute(_RUNS))

    return _one_picture(connection, read)


def open_intents(connection: sqlite3.Connection) -> tuple[Intent, ...]:
    """Writes whose outcome is not known, oldest first."""
    return picture.intents(connection.execute(_OPEN).fetchall(), connection.execute(_OPEN_LISTINGS))


def journal(connection: sqlite3.Connection, run: str) -> tuple[Intent, ...]:
    """The writes of one run."""
    return picture.intents(connection.execute(_OF_RUN, (run,)).fetchall(), connection.execute(_LISTINGS))


def touched(connection: sqlite3.Connection, address: str, quoted: str) -> list[Row]:
    """The record of an address, and those that depend on it (whose JSON holds it in quotes)."""
    return connection.execute(_TOUCHED, (address, quoted)).fetchall()


def satisfied(connection: sqlite3.Connection, plan_digest: str) -> frozenset[tuple[Address, str]]:
    """What of a plan is done."""
    return picture.satisfied(
        connection.execute("SELECT address, step FROM journal WHERE plan_digest = ? AND phase = 'DONE'", (plan_digest,))
    )


def made_since(connection: sqlite3.Connection, at: float) -> Mapping[tuple[str, str, str], float]:
    """When the newest objects were made, by connection, kind and id."""
    return picture.made(connection.execute(_MADE, (at,)))


def runs(connection: sqlite3.Connection) -> tuple[Run, ...]:
    """The history, oldest first."""
    return picture.runs(connection.execute(_RUNS))


def holding(connection: sqlite3.Connection) -> Holding | None:
    """Who wrote its name as the holder of the lock."""
    row = connection.execute("SELECT host, pid, user, started, run, command, since, plan_digest FROM lock").fetchone()
    return Holding(Holder(*row[:4]), *row[4:]) if row else None


def _held(connection: sqlite3.Connection, journal: str, listings: str) -> Held:
    def rows(statement: str) -> list[Row]:
        return connection.execute(statement).fetchall()

    return Held(
        origins=rows("SELECT connection, origin FROM origins ORDER BY connection"),
        records=rows(f"{_RECORDS} ORDER BY address"),
        tombstones=rows("SELECT kind, connection, id FROM tombstones"),
        journal=rows(journal),
        listings=rows(listings),
        ledger=rows(_LEDGER),
    )


def _one_picture(connection: sqlite3.Connection, read: Callable[[], T]) -> T:
    """What ``read`` finds in one transaction."""
    connection.execute("BEGIN")
    try:
        return read()
    finally:
        connection.execute("ROLLBACK")


def _text(value: str | None) -> str:
    if value is None:
        raise ValueError("a value is missing")
    return value
