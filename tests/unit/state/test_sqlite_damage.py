"""SQLite files that open well and are no states of ours: each is refused as damaged, and stays as it is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.errors import STATE_CORRUPT, STATE_UNREADABLE, ReconcilerError
from reconciler.model import Action, Address, Intent, Phase, Recorded
from reconciler.state import Holder
from reconciler.state.sqlite import SqliteStore

LEEDS = Address("optimum", "Location", "leeds")
HERE = Holder("host-a", 41, "ann", "7")
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
VIEW = f"DROP TABLE meta; CREATE VIEW meta AS {ENDLESS} i AS key, i AS value FROM n"
NESTED = '{"a":' * 500 + "1" + "}" * 500


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """A state with a record, an open write, and two runs."""
    store = SqliteStore(tmp_path / "state.db", "acme", None)
    intent = Intent("i1", "r1", LEEDS, Action.CREATE, "create", "opt", None, {"name": "x"}, "d", "p", 1.0, seen=("a",))
    for phase in (Phase.INTENT, Phase.UNKNOWN):
        with store.lock(HERE, "apply", "p") as session:
            session.put([Recorded(LEEDS, "opt", "id", {"name": "x"})])
            session.finish(intent, phase)
            session.end(0, {"create": 1})
    return store


def altered(store: SqliteStore, script: str) -> None:
    """What another program may have done to the file."""
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.executescript(f"PRAGMA ignore_check_constraints=ON; {script}")


DAMAGE = [
    ("UPDATE records SET id = x'ff'", "bytes where text is due"),
    ("UPDATE records SET fields = '[]'", "a list where fields are due"),
    (f"UPDATE records SET fields = '{NESTED}'", "fields deeper than any manifest"),
    ("UPDATE records SET fields = '{\"a\": NaN}'", "no number"),
    ("UPDATE records SET lifecycle = '[]'", "a list where a lifecycle is due"),
    ("UPDATE records SET depends_on = '[1]'", "a number where an address is due"),
    ("UPDATE journal SET request = '3'", "a number where a request is due"),
    ("UPDATE journal SET at = 'soon'", "text where a time is due"),
    ("UPDATE journal SET at = 1e300", "a time that no clock knows"),
    ("UPDATE journal SET after = 'true'", "a truth where a record is due"),
    ("UPDATE listings SET ids = 'null'", "no list of ids"),
    ("DELETE FROM meta WHERE key = 'serial'", "no serial"),
    ("UPDATE meta SET value = 'many' WHERE key = 'serial'", "a serial that is no number"),
    ("PRAGMA user_version = 0", "no version"),
    ("PRAGMA user_version = -3", "a version before the first"),
    ("DROP TABLE tombstones", "a table that is not there"),
    ("ALTER TABLE records RENAME COLUMN id TO other", "a column of another name"),
    ("ALTER TABLE records ADD COLUMN other TEXT", "a column more"),
    ("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM records; END", "a trigger that writes"),
    (VIEW, "a view that never ends"),
]


@pytest.mark.parametrize(("script", "reason"), DAMAGE, ids=[case[1] for case in DAMAGE])
def test_damage_is_told_and_nothing_is_changed(store: SqliteStore, script: str, reason: str) -> None:
    """Reading refuses it as damaged; where taking the lock refuses it too, the file is the same to the byte."""
    altered(store, script)
    before = store.path.read_bytes()
    with pytest.raises(ReconcilerError) as caught:
        store.snapshot()
    assert caught.value.code == STATE_CORRUPT, reason
    assert store.path.read_bytes() == before
    try:
        with store.lock(HERE, "apply"):
            pass
    except ReconcilerError as error:
        assert error.code == STATE_CORRUPT
        assert store.path.read_bytes() == before


HISTORY = [
    ("UPDATE runs SET counts = '{'", "counts that were cut"),
    ("UPDATE runs SET counts = '[1]'", "a list of counts"),
    ("UPDATE runs SET started = 'yesterday'", "a word for a time"),
    ("UPDATE runs SET started = 1e300", "a time that no clock knows"),
    ("UPDATE runs SET host = x'00'", "bytes for a name"),
]


@pytest.mark.parametrize(("script", "reason"), HISTORY, ids=[case[1] for case in HISTORY])
def test_a_damaged_history_is_told(store: SqliteStore, script: str, reason: str) -> None:
    """The history as well is read with care."""
    altered(store, script)
    with pytest.raises(ReconcilerError) as caught:
        store.runs()
    assert caught.value.code == STATE_CORRUPT, reason


def test_a_row_larger_than_any_manifest_is_refused(store: SqliteStore) -> None:
    """It is not even read."""
    altered(store, "UPDATE records SET fields = zeroblob(40000000)")
    with pytest.raises(ReconcilerError) as caught:
        store.snapshot()
    assert caught.value.code == STATE_UNREADABLE


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["a pipe", "a folder"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Nobody waits for the other end of a pipe."""
    make(tmp_path / "state.db")
    with pytest.raises(ReconcilerError) as caught:
        SqliteStore(tmp_path / "state.db", "acme", None).snapshot()
    assert caught.value.code == STATE_UNREADABLE
