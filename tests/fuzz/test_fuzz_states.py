"""State files that were cut, flipped, altered, or never were states: a snapshot, or an error of the state, and a file
that is refused stays as it is, to the byte."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import note

from reconciler.model import Action, Address, Intent, Lifecycle, Phase, Recorded, Source, Tombstone
from reconciler.state import Holder
from reconciler.state.sqlite import SqliteStore
from tests.fuzz import projects
from tests.fuzz.conftest import Command
from tests.fuzz.figures import FIGURES
from tests.fuzz.measure import Verdict, cases, tried
from tests.fuzz.odd import BYTES, WORDS, value
from tests.fuzz.tape import Tape

GROUP = "state files"
LEEDS, OLD = Address("optimum", "Location", "leeds"), Address("enco", "Survey", "old")
HERE = Holder("host", 1, "ann", "7")


def intent(number: int, phase: Phase, after: Recorded | None = None) -> Intent:
    """A write of the journal, with what the listing before it held."""
    request = {"name": "Acme", "questions": [{"language": "en", "body": "How?"}]}
    more: dict[str, Any] = {"request_digest": "sha256:1", "plan_digest": "sha256:2", "at": 1.5, "phase": phase}
    return Intent(
        f"i{number}",
        "r1",
        LEEDS,
        Action.CREATE,
        "create",
        "opt",
        "xd3S6",
        request,
        seen=("a", "b"),
        after=after,
        **more,
    )


def good(path: Path) -> bytes:
    """A state with something in every table."""
    record = Recorded(
        LEEDS, "opt", "xd3S6", {"name": "Acme"}, "https://x", (OLD,), Lifecycle(True), Source("a.yaml", 3)
    )
    store = SqliteStore(path, "acme", None)
    for _ in range(2):
        with store.lock(HERE, "apply", "sha256:2") as session:
            session.put(
                [record, *(Recorded(Address("enco", "Survey", f"s{n}"), "enco", str(n), {}) for n in range(60))]
            )
            session.bind({"opt": "https://optimumfeedback.com:443"})
            session.intend([intent(1, Phase.INTENT, record), intent(2, Phase.INTENT), intent(3, Phase.INTENT)])
            session.finish(intent(2, Phase.INTENT), Phase.DONE, tombstones=[Tombstone("enco/Survey", "enco", "9")])
            session.finish(intent(3, Phase.INTENT), Phase.UNKNOWN, detail="lost")
            session.end(0, {"create": 1})
    return path.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project, and the good state beside it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = projects.made(tmp_path_factory.mktemp("states"), monkeypatch)
        (folder / "good.db").write_bytes(good(folder / "making" / "state.db"))
        shutil.rmtree(folder / "making")
        yield folder


def place(folder: Path, data: bytes) -> Path:
    """The state file of a case, alone in its folder."""
    home = folder / "case"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    path = home / "state.db"
    path.write_bytes(data)
    return path


def check(path: Path) -> Verdict[Any]:
    """Read everything, then write if reading went well; who refuses changes nothing."""
    store = SqliteStore(path, "acme", None)
    before = path.read_bytes()
    readers: list[Callable[[], Any]] = [store.runs, lambda: store.journal("r1"), store.contents, store.snapshot]
    verdicts = [tried(GROUP, reader) for reader in readers]
    assert path.read_bytes() == before
    refused = [verdict for verdict in verdicts if verdict.errors]
    for verdict in refused:
        assert {code[:5] for code in verdict.codes} == {"RCN08"}
    entered = tried(GROUP, lambda: enter(store))
    if entered.errors:
        assert path.read_bytes() == before, f"a file that was refused was changed: {entered.errors}"
    elif not verdicts[-1].errors:
        tried(GROUP, lambda: written(store))
    return verdicts[-1]


def enter(store: SqliteStore) -> None:
    """Take the lock and give it back."""
    with store.lock(HERE, "apply"):
        pass


def written(store: SqliteStore) -> None:
    """One run that writes, as an apply does."""
    with store.lock(HERE, "apply") as session:
        session.snapshot()
        session.bind({"opt": "https://optimumfeedback.com:443"})
        session.satisfied("sha256:2")
        session.made_since(0)
        session.intend([intent(9, Phase.INTENT)])
        session.finish(intent(9, Phase.INTENT), Phase.DONE, record=Recorded(OLD, "enco", "77", {}))
        session.move(OLD, Address("enco", "Survey", "new"))
        session.end(0, {})


@cases(0.08)
def test_bytes_of_the_file(folder: Path, tape: Tape) -> None:
    """Cut anywhere, bits flipped, stretches exchanged, anything in place of them."""
    data = bytearray((folder / "good.db").read_bytes())
    for _ in range(1 + tape.below(4)):
        at = tape.below(len(data)) if tape.below(3) else tape.below(100)
        match tape.below(6):
            case 0:
                data[at] ^= 1 << tape.below(8)
            case 1:
                data[at : at + 4] = tape.bytes(8)
            case 2:
                data[at : at + 512] = b"\xff" * 512
            case 3:
                data[at : at + 4096] = data[: min(4096, len(data) - at)]
            case 4:
                data[at : at + len(part)] = part if (part := tape.pick(BYTES)) else b""
            case _:
                del data[at:]
        if not data:
            break
    check(place(folder, bytes(data)))


TABLES = ["meta", "origins", "records", "journal", "listings", "tombstones", "runs", "ledger", "lock"]
TEXTS = [
    *WORDS,
    "{",
    "{}",
    "[]",
    "null",
    "3",
    '"x"',
    "[1]",
    '{"a": NaN}',
    "[" * 100_000,
    "[" * 300 + "]" * 300,
    "1:2",
    "x:y:z",
]


def sql_value(tape: Tape) -> Any:
    """What a column may hold although it should not."""
    match tape.below(8):
        case 0:
            return None
        case 1:
            return tape.pick([0, -1, 2**63 - 1, 1e308, float("inf"), 1.5])
        case 2:
            return tape.bytes(8)
        case 3:
            return tape.pick([b"\xff\xfe", b"", b"{", "x" * 100_000])
        case 4:
            import json

            return json.dumps(value(tape))
    return tape.pick(TEXTS).replace("\ud800", "")


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns."""
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def again(path: Path) -> None:
    """Give the file back the write-ahead log that every state has."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection, suppress(sqlite3.Error):
        connection.execute("PRAGMA journal_mode=WAL")


@cases(0.12)
def test_values_of_its_rows(folder: Path, tape: Tape) -> None:
    """Any column of any table with any value of any type, as far as SQLite lets it in."""
    path = place(folder, (folder / "good.db").read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        for _ in range(1 + tape.below(2)):
            table = tape.pick(TABLES)
            column = tape.pick(columns(connection, table))
            which = tape.pick(["", "", " WHERE rowid = 1", f" WHERE {column} IS NOT NULL LIMIT 1"])
            with suppress(sqlite3.Error, OverflowError):
                connection.execute(f"UPDATE {table} SET {column} = ?{which}", (sql_value(tape),))
            with suppress(sqlite3.Error, OverflowError):
                if tape.rarely(4):
                    connection.execute(f"DELETE FROM {table}")
                    names = columns(connection, table)
                    connection.execute(
                        f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", [sql_value(tape) for _ in names]
                    )
    again(path)
    check(path)


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
SCHEMAS = [
    "DROP TABLE {table}",
    "ALTER TABLE {table} RENAME TO other",
    "ALTER TABLE {table} RENAME COLUMN {column} TO other",
    "ALTER TABLE {table} DROP COLUMN {column}",
    "ALTER TABLE {table} ADD COLUMN other TEXT",
    "CREATE TABLE other (a)",
    "CREATE TRIGGER t BEFORE INSERT ON {table} BEGIN DELETE FROM records; END",
    "CREATE TRIGGER t AFTER INSERT ON runs BEGIN UPDATE records SET id = 'x'; END",
    "DROP TABLE {table}; CREATE VIEW {table} AS SELECT 1 AS {column}",
    f"DROP TABLE records; CREATE VIEW records AS {ENDLESS} 'enco/Survey/s' || i AS address, 'enco' AS connection, "
    "i AS id, '{{}}' AS fields, '' AS origin, NULL AS depends_on, NULL AS lifecycle, NULL AS source FROM n",
    f"DROP TABLE meta; CREATE VIEW meta AS {ENDLESS} i AS key, i AS value FROM n",
    "DROP TABLE {table}; CREATE TABLE {table} ({column} TEXT)",
    "PRAGMA user_version = {number}",
    "PRAGMA application_id = {number}",
    "PRAGMA auto_vacuum = 1; VACUUM",
    "PRAGMA page_size = 512; VACUUM",
    "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = 'nonsense' WHERE name = '{table}'",
    "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage = {number} WHERE name = '{table}'",
    "UPDATE meta SET value = 'other' WHERE key = 'project'",
    "UPDATE meta SET value = 'other' WHERE key = 'environment'",
    "UPDATE meta SET value = 'other' WHERE key = 'lineage'",
    "UPDATE meta SET value = '-{number}' WHERE key = 'serial'",
    "DELETE FROM meta WHERE key = 'serial'",
]


@cases(0.1)
def test_its_tables(folder: Path, tape: Tape) -> None:
    """Tables, columns and versions that are others than ours, triggers, and views that never end."""
    path = place(folder, (folder / "good.db").read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        for _ in range(1 + tape.below(2)):
            table = tape.pick(TABLES)
            names = columns(connection, table) or ["x"]
            script = tape.pick(SCHEMAS).format(table=table, column=tape.pick(names), number=tape.pick([0, 1, 2, 7, -5]))
            note(script)
            with suppress(sqlite3.Error):
                connection.executescript(script)
    again(path)
    check(path)


@cases(0.03)
def test_no_state_at_all(folder: Path, tape: Tape) -> None:
    """Text, the beginning of a state, and logs and locks of nobody beside it."""
    data = (folder / "good.db").read_bytes()
    texts = [b"", b"x", b"SQLite format 3\0", data[:100], data[:4096], b"<html>", b"PK\x03\x04", data[::-1]]
    path = place(folder, tape.pick(texts) + tape.bytes(4))
    if tape.below(3):
        path.write_bytes(data)
        name = tape.pick(["state.db-wal", "state.db-shm", "state.db-journal", "state.db.lock", "state.db.new"])
        path.with_name(name).write_bytes(tape.pick([b"", data[:4096], b"x" * 40, tape.bytes(40)]))
    check(path)


@cases(0.05)
def test_commands_on_it(folder: Path, command: Command, tape: Tape) -> None:
    """What reads a state, as a user starts it; each ends with a result or an error of the state."""
    path = folder / "state.db"
    shutil.copyfile(folder / "good.db", path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        table = tape.pick(["records", "journal", "runs", "runs", "meta", "lock"])
        with suppress(sqlite3.Error, OverflowError):
            column = tape.pick(columns(connection, table))
            connection.execute(f"UPDATE {table} SET {column} = ?", (sql_value(tape),))
    before = path.read_bytes()
    arguments = tape.pick(
        [
            ("state", "list"),
            ("state", "history"),
            ("state", "show", "enco/Survey/s1"),
            ("state", "show", str(LEEDS), "--json"),
            ("plan", "--retry-seconds", "0", "--destroy"),
        ]
    )
    verdict = tried(GROUP, lambda: command(folder, *arguments))
    assert verdict.value is not None
    code, told = verdict.value
    assert code in (0, 1, 5) or "error[RCN08" in told, told
    if code:
        tally = FIGURES.of(GROUP)
        tally.refused += 1
        tally.codes.update({line[6:13] for line in told.splitlines() if line.startswith("error[")})
    assert path.read_bytes() == before
