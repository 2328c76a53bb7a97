"""What only a SQLite state has to promise: its files, their modes, damage, versions, kills."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.errors import ReconcilerError
from reconciler.model import Address, Recorded
from reconciler.state import Holder, sqlite_file, sqlite_schema
from reconciler.state.sqlite import SqliteStore

LEEDS = Address("optimum", "Location", "leeds")
HERE = Holder("host-a", 41, "ann", "7")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the state is to be."""
    return tmp_path / ".reconciler" / "state.db"


def made(path: Path, records: int = 1) -> SqliteStore:
    """A store whose file holds some records."""
    store = SqliteStore(path, "acme", None)
    with store.lock(HERE, "apply") as session:
        session.put(
            Recorded(Address("optimum", "Location", f"l{n}"), "optimum", f"id{n}", {"name": "n" * 50})
            for n in range(records)
        )
    return store


def test_files_and_modes(path: Path) -> None:
    """The folder is for its owner alone, and so is every file; the log is synced; leaving cleans the log away."""
    store = SqliteStore(path, "acme", None)
    assert not path.parent.exists()
    with store.lock(HERE, "apply") as session:
        session.put([Recorded(LEEDS, "optimum", "x", {})])
        modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in path.parent.iterdir()}
        assert session.rows.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)  # type: ignore[attr-defined]
        assert session.rows.connection.execute("PRAGMA synchronous").fetchone() == (2,)  # type: ignore[attr-defined]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes == dict.fromkeys((".gitignore", "state.db", "state.db-wal", "state.db-shm", "state.db.lock"), 0o600)
    assert sorted(f.name for f in path.parent.iterdir()) == [".gitignore", "state.db", "state.db.lock"]


def test_reading_makes_nothing(path: Path) -> None:
    """A plan reads the state and leaves the folder as it found it, absent or present."""
    assert SqliteStore(path, "acme", None).snapshot().exists is False
    assert not path.parent.exists()
    store = made(path)
    before = {f.name: f.stat().st_mtime_ns for f in path.parent.iterdir()}
    assert len(store.snapshot().records) == 1
    assert store.holding() is None
    assert {f.name: f.stat().st_mtime_ns for f in path.parent.iterdir()} == before


def test_reading_beside_a_writer(path: Path) -> None:
    """A reader sees what is committed, and only that, while the writer holds the lock."""
    store = made(path)
    with store.lock(HERE, "apply") as session:
        session.put([Recorded(LEEDS, "optimum", "x", {})])
        with session.batch():
            session.drop([LEEDS])
            assert LEEDS in store.snapshot().records
        assert LEEDS not in store.snapshot().records


def test_reading_disturbed_by_a_writer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading during which a writer came and went is made again, so that no half picture is used."""
    from reconciler.state import sqlite_rows

    store, real, calls = made(path), sqlite_rows.snapshot, []

    def disturbed(connection: sqlite3.Connection, where: Path) -> object:
        if not calls:
            calls.append(1)
            with SqliteStore(path, "acme", None).lock(HERE, "apply") as session:
                session.put([Recorded(LEEDS, "optimum", "x", {})])
        return real(connection, where)

    monkeypatch.setattr(sqlite_rows, "snapshot", disturbed)
    assert LEEDS in store.snapshot().records


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _zero_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE a (b)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")


def _nonsense(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE records SET fields = '{' WHERE address LIKE '%l0'")


def _log_alone(path: Path) -> None:
    path.rename(path.with_name("state.db-wal"))


@pytest.mark.parametrize(
    ("damage", "code", "word", "reason"),
    [
        (lambda p: p.write_bytes(b""), "RCN0806", "empty", "an empty file is not an empty state"),
        (lambda p: p.write_bytes(b"SQL"), "RCN0806", "cut", "the header itself is cut"),
        (lambda p: p.write_text("lineage: 1\n" * 90), "RCN0806", "no SQLite", "some other file"),
        (_cut, "RCN0806", "cut", "half the pages are gone"),
        (_zero_page, "RCN0806", "state.db", "pages were overwritten"),
        (_foreign, "RCN0806", "another program", "a database, but not a state"),
        (_newer, "RCN0805", "99", "a later version knows things that this one would lose"),
        (_log_alone, "RCN0806", "log", "a new file would be filled from the old log"),
    ],
)
def test_damage_is_told_and_left_alone(path: Path, damage: object, code: str, word: str, reason: str) -> None:
    """A state that cannot be used is told with its code by readers and writers, and never overwritten."""
    store = made(path, 300)
    damage(path)  # type: ignore[operator]
    before = {f.name: f.read_bytes() for f in path.parent.iterdir() if f.name != "state.db.lock"}
    for use in (store.snapshot, lambda: store.lock(HERE, "apply").__enter__()):
        with pytest.raises(ReconcilerError) as caught:
            use()
        assert (caught.value.code, caught.value.exit_code) == (code, 1), reason
        assert word in caught.value.message
    assert {f.name: f.read_bytes() for f in path.parent.iterdir() if f.name in before} == before
    assert store.holding() is None


def test_a_record_that_is_not_ours_is_told(path: Path) -> None:
    """A column that does not parse is damage, not a traceback."""
    store = made(path)
    _nonsense(path)
    with pytest.raises(ReconcilerError) as caught:
        store.snapshot()
    assert caught.value.code == "RCN0806"


def version_1(path: Path) -> SqliteStore:
    """A state that version 1 wrote."""
    path.parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("version-1.sql").read_text("utf-8"))
    return SqliteStore(path, "acme", None)


def test_older_version_is_migrated_after_a_backup(path: Path) -> None:
    """Readers bring an older state up to date in memory; the first writer backs it up, then migrates the file."""
    store = version_1(path)
    original, before = path.read_bytes(), store.contents()
    assert before is not None
    assert [str(record.address) for record in before.records] == ["customersure/Site/leeds", "optimum/Location/leeds"]
    assert [(i.id, i.phase, i.seen) for i in before.open_intents] == [("i2", "UNKNOWN", ("a", "xd3S6"))]
    assert [(run.command, run.version) for run in before.runs] == [("apply", "")]
    assert [str(line.address) for line in before.ledger] == ["enco/Send/hello"]
    assert path.read_bytes() == original
    with store.lock(HERE, "apply") as session:
        assert len(session.snapshot().records) == 2
    after = store.contents()
    assert after is not None
    assert replace(after, runs=after.runs[:1]) == before
    assert after.runs[1].version == __version__
    backup = path.with_name("state.db.v1.backup")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(sqlite3.connect(backup)) as old, closing(sqlite3.connect(":memory:")) as kept:
        kept.deserialize(original)
        assert list(old.iterdump()) == list(kept.iterdump())
        assert old.execute("PRAGMA user_version").fetchone() == (1,)


def test_every_version_has_its_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps are taken one after the other, each once."""
    store = made(path)
    assert list(sqlite_schema.STEPS) == list(range(1, sqlite_schema.VERSION))
    version = sqlite_schema.VERSION
    steps = {version: "ALTER TABLE records ADD COLUMN note TEXT", version + 1: "UPDATE records SET id = id || 'later'"}
    monkeypatch.setattr(sqlite_schema, "VERSION", version + 2)
    monkeypatch.setattr(sqlite_schema, "STEPS", steps)
    tables = sqlite_schema.TABLES.replace("lifecycle TEXT, source TEXT\n", "lifecycle TEXT, source TEXT, note TEXT\n")
    monkeypatch.setattr(sqlite_schema, "TABLES", tables)
    with closing(sqlite_file.writable(path)) as connection:
        assert connection.execute("SELECT id, note FROM records").fetchall() == [("id0later", None)]
    assert store.holding() is None


def test_failed_migration_leaves_the_old_version(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that fails is rolled back and told; the state still has its old version and content."""
    store = made(path)
    version = sqlite_schema.VERSION
    monkeypatch.setattr(sqlite_schema, "VERSION", version + 1)
    monkeypatch.setattr(sqlite_schema, "STEPS", {version: "DELETE FROM records; SELECT nothing FROM nowhere"})
    with pytest.raises(ReconcilerError):
        store.lock(HERE, "apply").__enter__()
    monkeypatch.undo()
    assert len(store.snapshot().records) == 1


def test_disk_full_is_told_and_undone(path: Path) -> None:
    """Without room nothing is written in part, and the message says so; room later, work goes on."""
    store = made(path)
    with store.lock(HERE, "apply") as session:
        connection = session.rows.connection  # type: ignore[attr-defined]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
        big = Recorded(LEEDS, "optimum", "x", {"name": "n" * 100_000})
        with pytest.raises(ReconcilerError) as caught:
            session.put([big])
        assert (caught.value.code, caught.value.exit_code) == ("RCN0809", 1)
        assert LEEDS not in session.snapshot().records
        connection.execute("PRAGMA max_page_count=1000000")
        session.put([big])
    assert LEEDS in store.snapshot().records


def test_read_only_is_told(path: Path) -> None:
    """A database that refuses to be written is told as read-only."""
    store = made(path)
    with store.lock(HERE, "apply") as session:
        session.rows.connection.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]
        with pytest.raises(ReconcilerError) as caught:
            session.put([Recorded(LEEDS, "optimum", "x", {})])
    assert caught.value.code == "RCN0808"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folder_is_told(tmp_path: Path) -> None:
    """A folder that may not be written is told before anything is sent."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ReconcilerError) as caught:
            SqliteStore(tmp_path / "x" / "state.db", "acme", None).lock(HERE, "apply").__enter__()
    finally:
        tmp_path.chmod(0o700)
    assert caught.value.code == "RCN0808"


def test_a_folder_in_the_way_is_told(path: Path) -> None:
    """A folder where the file should be, or a file where the folder should be, is an error and no traceback."""
    path.mkdir(parents=True)
    for where in (path, path / "state.db"):
        store = SqliteStore(where, "acme", None)
        if where == path:
            with pytest.raises(ReconcilerError) as caught:
                store.snapshot()
            assert caught.value.code == "RCN0807"
    in_the_way = path.parent / "file"
    in_the_way.write_text("x")
    store = SqliteStore(in_the_way / "state.db", "acme", None)
    assert not store.snapshot().exists
    with pytest.raises(ReconcilerError) as caught:
        store.lock(HERE, "apply").__enter__()
    assert caught.value.code == "RCN0807"


def test_killed_while_being_made(path: Path) -> None:
    """What a kill left of a state that was being made is no state, and does not stop the next run."""
    path.parent.mkdir()
    path.with_name("state.db.new").write_bytes(b"half")
    path.with_name("state.db.new-wal").write_bytes(b"half")
    store = SqliteStore(path, "acme", None)
    assert not store.snapshot().exists
    with store.lock(HERE, "apply"):
        pass
    assert store.snapshot().exists
    assert not path.with_name("state.db.new").exists()


_CHILD = """
import sys, time
from pathlib import Path
from reconciler.model import Address, Recorded
from reconciler.state import Holder
from reconciler.state.sqlite import SqliteStore
with SqliteStore(Path(sys.argv[1]), "acme", None).lock(Holder.here(), "apply") as session:
    session.put([Recorded(Address("optimum", "Location", "leeds"), "optimum", "x", {})])
    print("holding", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(("stop", "reason"), [(False, "killed"), (True, "stopped first, then killed")])
def test_killed_holder_leaves_no_lock(path: Path, stop: bool, reason: str) -> None:
    """SIGKILL gives the lock back by itself, what was committed is there; a stopped process still holds it."""
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "holding\n"
    store = SqliteStore(path, "acme", None)
    if stop:
        child.send_signal(signal.SIGSTOP)
    with pytest.raises(ReconcilerError) as caught:
        store.lock(HERE, "apply").__enter__()
    assert f"process {child.pid}" in caught.value.message
    child.kill()
    child.wait()
    child.stdout.close()
    assert store.holding() is None, reason
    assert LEEDS in store.snapshot().records, "read from the log that the dead process left"
    left = store.unlock()
    assert left is not None
    assert left.holder.pid == child.pid
    with store.lock(HERE, "apply") as session:
        session.end(0)
    assert [run.ended is None for run in store.runs()] == [True, False]


def test_many_at_once_one_writes(path: Path) -> None:
    """Of many processes that ask at the same moment exactly one gets the lock, also when the state is new."""
    code = _CHILD.replace("time.sleep(60)", "sys.stdin.readline()")
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(6)
    ]  # fmt: skip
    deadline = time.monotonic() + 20
    while sum(child.poll() is None for child in children) > 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    answers = [child.communicate("\n") for child in children]
    assert sum(out == "holding\n" for out, _ in answers) == 1
    assert sum("is locked by" in err for _, err in answers) == 5


def test_snapshot_of_ten_thousand_is_quick(path: Path) -> None:
    """Reading 10,000 records takes a small part of what a plan may take."""
    store = made(path, 10_000)
    started = time.process_time()
    assert len(store.snapshot().records) == 10_000
    assert time.process_time() - started < 0.5
