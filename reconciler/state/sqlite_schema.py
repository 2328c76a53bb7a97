"""The tables of a SQLite state, their version, and the steps from older versions."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x52434E52  # "RCNR": tells our file from any other SQLite database
VERSION = 1

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
  detail TEXT NOT NULL, listing TEXT
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
  serial INTEGER
);
CREATE TABLE ledger (
  address TEXT PRIMARY KEY, identity TEXT NOT NULL, key_id TEXT, run TEXT NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE lock (
  one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT NOT NULL, run TEXT NOT NULL, host TEXT NOT NULL,
  pid INTEGER NOT NULL, user TEXT NOT NULL, started TEXT, command TEXT NOT NULL, since REAL NOT NULL, plan_digest TEXT
);
"""

# From a version to the next one. A script runs in one transaction, after a backup of the file.
STEPS: dict[int, str] = {}


def create(connection: sqlite3.Connection, meta: dict[str, str | None]) -> None:
    """Make the tables of the present version in an empty database."""
    connection.executescript(
        f"BEGIN;{TABLES}PRAGMA application_id={APPLICATION_ID};PRAGMA user_version={VERSION};COMMIT;"
    )
    connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))


def version_of(connection: sqlite3.Connection) -> int:
    """The version a database was written with."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring an older database to the present version, a step at a time, each in a transaction of its own."""
    for version in range(version_of(connection), VERSION):
        connection.executescript(f"BEGIN IMMEDIATE;{STEPS[version]};PRAGMA user_version={version + 1};COMMIT;")
