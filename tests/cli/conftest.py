"""A desk for each test, with a sandbox of its own; at the end no token may lie in any file of the desk."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.server import RunningSandbox, start
from tests.cli.desk import FIVE_KINDS, TOKENS, Desk, leaks

SEED: dict[str, Any] = {
    "enco": {"token": TOKENS["ENCO_TOKEN"]},
    "customersure": {"token": TOKENS["CUSTOMERSURE_TOKEN"]},
    "optimum": {"token": TOKENS["OPTIMUM_TOKEN"]},
}


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """A test run that ignores SIGINT (as pytest-xdist's workers do) would have commands that ignore it too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@dataclass(frozen=True, slots=True)
class Finished:
    """A project with one manifest of each kind after its apply: the port it is bound to, its state, the live world."""

    port: int
    state: Path
    live: dict[str, Any]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The apply that many tests begin after, done once: a state is bound to its server's port, so that is kept too."""
    folder = tmp_path_factory.mktemp("once")
    with start(seed=SEED) as running:
        desk = Desk(folder / "project", running, folder / "home")
        desk.manifest(FIVE_KINDS)
        desk.ok("apply", "--auto-approve")
        return Finished(running.port, desk.folder / ".reconciler", running.store.dump())


@pytest.fixture
def sandbox(once: Finished) -> Iterator[RunningSandbox]:
    """The vendors, holding nothing; on the port of that apply where it is still free."""
    try:
        running = start(port=once.port, seed=SEED)
    except OSError:
        running = start(seed=SEED)
    with running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, sandbox: RunningSandbox) -> Iterator[Desk]:
    """A project without manifests."""
    desk = Desk(tmp_path / "project", sandbox, tmp_path / "home")
    yield desk
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert not leaks(file.read_bytes()), f"a token lies in {file.relative_to(tmp_path)}"
    left = [path.name for path in (desk.home / "tmp").iterdir()]
    assert not left, f"left behind in TMPDIR: {left}"


@pytest.fixture
def five(desk: Desk) -> Desk:
    """A project with one manifest of each kind, nothing applied."""
    desk.manifest(FIVE_KINDS)
    return desk


@pytest.fixture
def applied(five: Desk, once: Finished) -> Desk:
    """The same, applied; the sandbox's log is empty."""
    if five.sandbox.port == once.port:
        shutil.copytree(once.state, five.folder / ".reconciler")
        five.sandbox.store.load(once.live)
    else:
        five.ok("apply", "--auto-approve")
        five.sandbox.log.clear()
    return five
