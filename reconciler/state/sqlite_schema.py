"""The tables of a SQLite state, their version, and the steps from older versions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache

APPLICATION_ID = 0x52434E52  # "RCNR": tells our file from any other SQLite database
VERSION = 3

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE origins (connection TEXT PRIMARY KEY, origin TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE records (
  address TEXT PRIMARY KEY, connection TEXT NOT NULL, id TEXT NOT NULL, fields TEXT NOT NULL, origin TEXT NOT NULL,
  depends_on TEXT, lifecycle TEXT, source TEXT
);
CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, run TEXT NOT NULL, address TEXT NOT NULL,
  action TEXT NOT NULL, step TEXT NOT NULL, connection TEXT NOT NULL, object_id TEXT, request TEXT NOT NULL,
  request_digest TEXT NOT NULL, plan_digest TEXT NOT NULL, at REAL NOT NULL, phase TEXT NOT NULL, after TEXT,
  detail TEXT NOT NULL, listing TEXT, identity TEXT
);
CREATE INDEX journal_open ON journal (sequence) WHERE phase IN ('INTENT', 'UNKNOWN');
CREATE INDEX journal_run ON journal (run);
CREATE TABLE listings (
  reference TEXT PRIMARY KEY, connection TEXT NOT NULL, kind TEXT NOT NULL, ids TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tombstones (
  kind TEXT NOT NULL, connection TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, connection, id)
) WITHOUT ROWID;
CREATE TABLE runs (
  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, command TEXT NOT NULL, plan_digest TEXT, started REAL NOT NULL,
  ended REAL, user TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, exit_code INTEGER, counts TEXT,
  serial INTEGER, version TEXT NOT NULL DEFAULT ''
);
CREATE TABLE ledger (
  address TEXT PRIMARY KEY, identity TEXT NOT NULL, key_id TEXT, run TEXT NOT NULL, at REAL NOT NULL,
  connection TEXT NOT NULL DEFAULT '', object_id TEXT
) WITHOUT ROWID;
CREATE TABLE lock (
  one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT NOT NULL, run TEXT NOT NULL, host TEXT NOT NULL,
  pid INTEGER NOT NULL, user TEXT NOT NULL, started TEXT, command TEXT NOT NULL, since REAL NOT NULL, plan_digest TEXT
);
"""

# From a version to the next one. A script runs in one transaction, after a backup of the file.
# 1: the version of the tool in the history. It also keeps tools that know version 1 alone, and nothing of a state that
#    was migrated away (`moved_to` in meta), from using one.
# 2: what was sent: the identity beside the open write, connection and object beside the ledger's line.
STEPS: dict[int, str] = {
    1: "ALTER TABLE runs ADD COLUMN version TEXT NOT NULL DEFAULT ''",
    2: "ALTER TABLE journal ADD COLUMN identity TEXT;"
    "ALTER TABLE ledger ADD COLUMN connection TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE ledger ADD COLUMN object_id TEXT",
}


def create(connection: sqlite3.Connection, meta: dict[str, str | None]) -> None:
    """Make the tables of the present version in an empty database."""
    connection.executescript(
        f"BEGIN;{TABLES}PRAGMA application_id={APPLICATION_ID};PRAGMA user_version={VERSION};COMMIT;"
    )
    connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))


def altered(connection: sqlite3.Connection) -> str:
    """What keeps a database from having the tables of the present version, in a few words; empty where they are ours.

    Other tables beside ours do no harm.
    """
    odd = connection.execute("SELECT type, name FROM sqlite_schema WHERE type NOT IN ('table', 'index')").fetchone()
    if odd is not None:
        return f"it has the {odd[0]} {odd[1]}"
    ours, found = _columns_of(TABLES), _columns(connection)
    wrong = sorted(name for name in ours if found.get(name) != ours[name])
    return f"the table {wrong[0]} is missing or another" if wrong else ""


def _columns(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Columns by table: name, type, whether it must be filled, and its place in the primary key."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for table, *column in connection.execute(
        'SELECT t.name, c.name, c.type, c."notnull", c.pk FROM sqlite_schema t, pragma_table_info(t.name) c '
        "WHERE t.type = 'table' ORDER BY t.name, c.cid"
    ):
        found.setdefault(table, []).append(tuple(column))
    return found


@cache
def _columns_of(tables: str) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(tables)
        return _columns(connection)


def version_of(connection: sqlite3.Connection) -> int:
    """The version a database was written with."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring an older database to the present version, a step at a time, each in a transaction of its own."""
    for version in range(version_of(connection), VERSION):
        connection.executescript(f"BEGIN IMMEDIATE;{STEPS[version]};PRAGMA user_version={version + 1};COMMIT;")
