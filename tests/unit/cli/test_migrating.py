"""A migration that goes wrong on its way: whichever step fails, exactly one state is in use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.cli.migrating import migrated
from reconciler.errors import ReconcilerError
from reconciler.state import Contents, StateStore, open_store
from reconciler.state.sqlite import SqliteStore
from reconciler.state.writer import Writer
from tests.contract.state.test_state_contract import HERE
from tests.contract.state.test_state_transfer import whole


class Forgetful(SqliteStore):
    """A store that does not give back all that it was given."""

    def contents(self) -> Contents | None:
        found = super().contents()
        return replace(found, records=found.records[1:]) if found is not None else None


def workspace(folder: Path, target: type[SqliteStore] = SqliteStore) -> Any:
    """As much of a workspace as a migration looks at."""

    def remember(contents: Contents, store: StateStore) -> None:
        seen.append(store.label)

    seen: list[str] = []
    return SimpleNamespace(
        store=lambda: open_store("sqlite:///old.db", "acme", None, folder),
        store_at=lambda url, anew: target(folder / url, "acme", None),
        remember=remember,
        seen=seen,
    )


@pytest.fixture
def old(tmp_path: Path) -> StateStore:
    """The state in use."""
    store = open_store("sqlite:///old.db", "acme", None, tmp_path)
    with store.lock(HERE, "apply") as session:
        session.replace(whole())
    return store


def test_what_does_not_read_back_is_not_used(tmp_path: Path, old: StateStore) -> None:
    """Where the copy is not the same, the old state stays in use, and the copy sends everybody back to it."""
    before = old.snapshot()
    space = workspace(tmp_path, Forgetful)
    with pytest.raises(ReconcilerError) as caught:
        migrated(space, "new.db", force=False)
    assert caught.value.code == "RCN0828"
    assert old.snapshot() == before
    assert space.seen == []
    with pytest.raises(ReconcilerError) as caught:
        SqliteStore(tmp_path / "new.db", "acme", None).snapshot()
    assert (caught.value.code, "old.db" in caught.value.message) == ("RCN0820", True)
    assert [run.exit_code for run in old.runs()][-1] == 1


def test_a_migration_cut_off_goes_on(tmp_path: Path, old: StateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill after the copy and before the mark leaves the old state in use; the same command then finishes."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "retire", killed)
        with pytest.raises(KeyboardInterrupt):
            migrated(workspace(tmp_path), "new.db", force=False)
    assert old.snapshot().exists
    done = migrated(space := workspace(tmp_path), "new.db", force=False)
    assert (done.records, done.lineage) == (2, "l-1")
    assert space.seen == [str(tmp_path / "new.db")]
    new = SqliteStore(tmp_path / "new.db", "acme", None).contents()
    assert new is not None
    assert replace(new, serial=40, runs=whole().runs) == whole()
    with pytest.raises(ReconcilerError):
        old.snapshot()


def test_one_migration_at_a_time(tmp_path: Path, old: StateStore) -> None:
    """While somebody writes to either state, nothing is moved; exit 8 names who it is."""
    new = SqliteStore(tmp_path / "new.db", "acme", None)
    for busy in (old, new):
        with busy.lock(HERE, "apply"), pytest.raises(ReconcilerError) as caught:
            migrated(workspace(tmp_path), "new.db", force=False)
        assert (caught.value.exit_code, "host-a" in caught.value.message) == (8, True)
    assert old.snapshot().exists
