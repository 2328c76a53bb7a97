"""A state that cannot be trusted is told with its code by every command, never used, and never written over."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.state import sqlite_schema
from tests.cli.desk import Desk

COMMANDS = (("plan",), ("apply", "--auto-approve"), ("drift",), ("state", "list"), ("state", "pull"))


def execute(statement: str) -> Callable[[Path], object]:
    """Damage done by a statement of SQL."""

    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(statement)

    return damage


def cut(path: Path) -> None:
    """Only the beginning is left."""
    path.write_bytes(path.read_bytes()[:4096])


TWICE = """
INSERT INTO records SELECT 'optimum/Location/twin', connection, id, fields, origin, depends_on, lifecycle, source
FROM records WHERE address = 'optimum/Location/leeds'
"""
BROKEN = [
    ("missing", lambda path: path.unlink(), 1, "RCN0821", ("there is no state in", "serial 1")),
    ("empty", lambda path: path.write_bytes(b""), 1, "RCN0806", ("is empty",)),
    ("cut", cut, 1, "RCN0806", ("is cut",)),
    ("no database", lambda path: path.write_text("lineage: 1\n" * 99), 1, "RCN0806", ("no SQLite database",)),
    ("newer", execute("PRAGMA user_version=99"), 1, "RCN0805", ("version 99",)),
    ("one id in two records", execute(TWICE), 1, "RCN0806", ("optimum/Location/leeds", "optimum/Location/twin")),
    ("no lineage", execute("UPDATE meta SET value = NULL WHERE key = 'lineage'"), 1, "RCN0806", ("did not write",)),
    ("another project's", execute("UPDATE meta SET value = 'acme' WHERE key = 'project'"), 3, "RCN0802",
     ("'acme'", "'desk'")),
    ("another environment's", execute("UPDATE meta SET value = 'live' WHERE key = 'environment'"), 3, "RCN0803",
     ("'live'", "no environment")),
    ("another lineage", execute("UPDATE meta SET value = 'l-2' WHERE key = 'lineage'"), 3, "RCN0822",
     ("l-2", "last used")),
    ("rolled back", execute("UPDATE meta SET value = '0' WHERE key = 'serial'"), 3, "RCN0823",
     ("serial 0", "serial 1")),
    ("migrated", execute("INSERT INTO meta VALUES ('moved_to', 'the-other.db')"), 3, "RCN0820", ("the-other.db",)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "damage", "code", "told", "words"), BROKEN, ids=[case[0] for case in BROKEN])
def test_told_and_left_alone(
    applied: Desk, name: str, damage: Callable[[Path], object], code: int, told: str, words: tuple[str, ...]
) -> None:
    """Every command says what is wrong and ends; nothing is asked of a vendor, and the file stays as it was."""
    file = applied.folder / ".reconciler/state.db"
    damage(file)
    for log in file.parent.glob("state.db-*"):
        log.unlink()
    before = file.read_bytes() if file.exists() else None
    for command in COMMANDS:
        if name == "migrated" and command == ("state", "pull"):
            continue  # it may still be looked at
        done = applied.run(*command)
        assert (done.code, told in done.err) == (code, True), (command, done)
        assert all(word in done.err for word in words), done.err
    assert (file.read_bytes() if file.exists() else None) == before
    assert applied.requests() == []


def test_an_older_version(applied: Desk) -> None:
    """Readers take an older version as it is; the first writer keeps a backup and brings it up to date."""
    file = applied.folder / ".reconciler/state.db"
    added = re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", ";".join(sqlite_schema.STEPS.values()))
    for table, column in added:
        execute(f"ALTER TABLE {table} DROP COLUMN {column}")(file)
    execute("PRAGMA user_version=1")(file)
    before = file.read_bytes()
    for command in (("plan",), ("drift",), ("state", "list"), ("state", "pull"), ("state", "history")):
        applied.ok(*command)
    assert file.read_bytes() == before
    applied.ok("apply", "--auto-approve")
    assert file.with_name("state.db.v1.backup").is_file()
    runs = applied.ok("state", "history", "--json").json["runs"]
    assert [run["version"] == "" for run in runs] == [True, False]


def test_a_saved_plan_of_another_lineage(applied: Desk) -> None:
    """A plan that was made with another state does nothing."""
    applied.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    applied.ok("plan", "--out", "p.plan")
    execute("UPDATE meta SET value = 'l-2' WHERE key = 'lineage'")(applied.folder / ".reconciler/state.db")
    (applied.folder / ".reconciler/last-seen.json").unlink()
    done = applied.run("apply", "p.plan")
    assert (done.code, "RCN0702" in done.err) == (7, True)
    assert applied.writes == []


def test_nothing_is_expected_where_nothing_was_seen(applied: Desk) -> None:
    """A fresh checkout has no memory, so a state that is not there is a new one; a damaged memory is none."""
    seen = applied.folder / ".reconciler/last-seen.json"
    assert seen.is_file()
    (applied.folder / ".reconciler/state.db").unlink()
    seen.write_text("{", "utf-8")
    assert applied.ok("plan", "--json").json["summary"]["adopt"] > 0


def test_a_state_that_stays_behind(applied: Desk) -> None:
    """Whoever changes spec.state without migrating is told where the state was, and how it is moved."""
    applied.edit("reconciler.yaml", "spec:\n", "spec:\n  state: sqlite:///.reconciler/elsewhere.db\n")
    done = applied.run("plan")
    assert (done.code, "RCN0821" in done.err) == (1, True)
    assert "state.db" in done.err and "reconciler state migrate" in done.err


def test_a_plan_beside_another_server(applied: Desk) -> None:
    """A plan, too, is refused where a connection points at another server than the state's: all would seem gone."""
    applied.edit("reconciler.yaml", f"{applied.sandbox.url}/optimum",
                 f"{applied.sandbox.url}/optimum".replace("127.0.0.1", "localhost"))  # fmt: skip
    for command in (("plan",), ("drift",), ("apply", "--auto-approve")):
        done = applied.run(*command)
        assert (done.code, "RCN0804" in done.err) == (3, True), command
        assert "localhost" in done.err and "127.0.0.1" in done.err
    assert applied.requests() == []
