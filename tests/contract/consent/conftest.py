"""A project against the sandbox for each test, driven by the command line in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import executor
from reconciler.sandbox.options import Options
from reconciler.sandbox.seed import EMPTY
from reconciler.sandbox.server import RunningSandbox, start
from tests.contract.consent.project import Project
from tests.scenarios.world import TOKENS, World

Happening = Callable[[Callable[[], object]], None]


@pytest.fixture(scope="session")
def server() -> Iterator[RunningSandbox]:
    """One server for all tests."""
    with start(seed="empty") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server: RunningSandbox) -> RunningSandbox:
    """The server without objects, faults or log."""
    server.store.load(EMPTY)
    server.faults.clear()
    server.options.update(Options().as_dict())
    server.log.clear()
    return server


@pytest.fixture
def project(sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project without manifests; a second Optimum account is at the same place."""
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CI", raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(World(folder, sandbox, {}))


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Happening:
    """Something that happens after apply has planned and passed the guards, and before its first write."""

    def arrange(happens: Callable[[], object]) -> None:
        real = executor.execute

        def later(*args: Any, **kwargs: Any) -> Any:
            monkeypatch.setattr(executor, "execute", real)
            happens()
            return real(*args, **kwargs)

        monkeypatch.setattr(executor, "execute", later)

    return arrange
