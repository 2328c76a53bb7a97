"""What a SQLite state holds, read into the model's values. Every function reads; none writes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from reconciler.model import Address, Intent, Recorded, Snapshot, Tombstone
from reconciler.state import codec
from reconciler.state.contract import Holding, Run
from reconciler.state.holder import Holder
from reconciler.state.sqlite_file import corrupt

_RECORDS = """
SELECT address, connection, id, fields, origin, depends_on, lifecycle, source FROM records ORDER BY address
"""
_OPEN = """
SELECT id, run, address, action, step, connection, object_id, request, request_digest, plan_digest, at, phase, after,
       detail, listing
FROM journal WHERE phase IN ('INTENT', 'UNKNOWN') ORDER BY sequence
"""
_OF_RUN = """
SELECT id, run, address, action, step, connection, object_id, request, request_digest, plan_digest, at, phase, after,
       detail, listing
FROM journal WHERE run = ? ORDER BY sequence
"""


def meta(connection: sqlite3.Connection) -> dict[str, str | None]:
    """Lineage, serial, project, environment and the plan the state was born of."""
    return dict(connection.execute("SELECT key, value FROM meta"))


def snapshot(connection: sqlite3.Connection, path: Path) -> Snapshot:
    """Everything a plan needs, from one transaction; raises STATE_CORRUPT for what contradicts itself."""
    connection.execute("BEGIN")
    try:
        about = meta(connection)
        return Snapshot(
            exists=True,
            lineage=_text(about["lineage"]),
            serial=int(_text(about["serial"])),
            project=about["project"],
            environment=about["environment"],
            origins=dict(connection.execute("SELECT connection, origin FROM origins")),
            records=_records(connection, path),
            tombstones=frozenset(
                Tombstone(*row) for row in connection.execute("SELECT kind, connection, id FROM tombstones")
            ),
            open_intents=open_intents(connection),
            born_of=about["born_of"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise corrupt(path, f"holds what this tool did not write ({error})") from error
    finally:
        connection.execute("ROLLBACK")


def open_intents(connection: sqlite3.Connection) -> tuple[Intent, ...]:
    """Writes whose outcome is not known, oldest first."""
    return _intents(connection, connection.execute(_OPEN))


def journal(connection: sqlite3.Connection, run: str) -> tuple[Intent, ...]:
    """The writes of one run."""
    return _intents(connection, connection.execute(_OF_RUN, (run,)))


def satisfied(connection: sqlite3.Connection, plan_digest: str) -> frozenset[tuple[Address, str]]:
    """What of a plan is done."""
    rows = connection.execute(
        "SELECT address, step FROM journal WHERE plan_digest = ? AND phase = 'DONE'", (plan_digest,)
    )
    return frozenset((codec.address_of(address), step) for address, step in rows)


def made_since(connection: sqlite3.Connection, at: float) -> dict[tuple[str, str, str], float]:
    """When the newest objects were made, by connection, kind and id."""
    rows = connection.execute(
        "SELECT connection, address, object_id, at FROM journal "
        "WHERE step = 'create' AND phase = 'DONE' AND at >= ? AND object_id IS NOT NULL",
        (at,),
    )
    return {(place, codec.address_of(address).kind, id_): made for place, address, id_, made in rows}


def runs(connection: sqlite3.Connection) -> tuple[Run, ...]:
    """The history, oldest first."""
    rows = connection.execute(
        "SELECT id, command, plan_digest, started, ended, user, host, pid, exit_code, serial, counts "
        "FROM runs ORDER BY sequence"
    )
    return tuple(_run(*row) for row in rows)


def holding(connection: sqlite3.Connection) -> Holding | None:
    """Who wrote its name as the holder of the lock."""
    row = connection.execute("SELECT host, pid, user, started, run, command, since, plan_digest FROM lock").fetchone()
    return Holding(Holder(*row[:4]), *row[4:]) if row else None


def _run(
    id_: str,
    command: str,
    plan_digest: str | None,
    started: float,
    ended: float | None,
    user: str,
    host: str,
    pid: int,
    exit_code: int | None,
    serial: int | None,
    counts: str | None,
) -> Run:
    said = json.loads(counts) if counts else {}
    return Run(id_, command, plan_digest, started, ended, user, host, pid, exit_code, said, serial)


def _records(connection: sqlite3.Connection, path: Path) -> dict[Address, Recorded]:
    records = {record.address: record for record in codec.records_of(connection.execute(_RECORDS).fetchall())}
    owners: dict[tuple[str, str, str, str], Address] = {}
    for address, record in records.items():
        place = (record.connection, address.provider, address.type, record.id)
        if owners.setdefault(place, address) is not address:
            raise corrupt(path, f"holds one live object, {record.id}, twice: {owners[place]} and {address}")
    return records


def _intents(connection: sqlite3.Connection, rows: Iterable[tuple[object, ...]]) -> tuple[Intent, ...]:
    listings: dict[object, tuple[str, ...]] = {None: ()}
    intents = []
    for row in list(rows):
        reference = row[-1]
        if reference not in listings:
            found = connection.execute("SELECT ids FROM listings WHERE reference = ?", (reference,)).fetchone()
            listings[reference] = tuple(json.loads(found[0])) if found else ()
        intents.append(codec.intent_of(row, listings[reference]))
    return tuple(intents)


def _text(value: str | None) -> str:
    if value is None:
        raise ValueError("a value is missing")
    return value
