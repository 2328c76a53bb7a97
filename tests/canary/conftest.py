"""The vendors, the project after its first apply, and a bench for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.options import Options
from reconciler.sandbox.server import RunningSandbox, start
from tests.canary.bench import SEED, Bench, Ended
from tests.canary.scanner import Scanner
from tests.cli.desk import FIVE_KINDS, location


@dataclass(frozen=True, slots=True)
class Before:
    """The project's folder and the live world after an apply, a pull request and a plan saved of that; and the same
    folder with a create whose answer was lost."""

    folder: Path
    live: dict[str, Any]
    unsettled: Path
    live_unsettled: dict[str, Any]

    @property
    def york(self) -> str:
        """The id of what that create made."""
        return next(it["id"] for it in self.live_unsettled["optimum"]["locations"] if it["name"] == "Store york")


@pytest.fixture(scope="session")
def server() -> Iterator[RunningSandbox]:
    """One server for all tests."""
    with start(seed=SEED) as running:
        yield running


@pytest.fixture(scope="session")
def scanner() -> Scanner:
    """One for all tests, so that what did not change is searched once."""
    return Scanner()


@pytest.fixture(scope="session")
def before(server: RunningSandbox, scanner: Scanner, tmp_path_factory: pytest.TempPathFactory) -> Before:
    """Applied once; people came after that."""
    bench = Bench(tmp_path_factory.mktemp("before"), server, scanner)
    bench.declare()
    done(bench.here("apply", "--auto-approve"))
    bench.people()
    bench.declare(location("york"), text=FIVE_KINDS.replace("1 The Headrow", "2 The Headrow"))
    done(bench.here("plan", "--out", "saved.plan"))
    bench.write("pulled.json", bench.here("state", "pull").out)
    bench.write("drift.json", bench.here("drift", "--json").out)
    live = server.store.dump()
    folder = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(bench.folder, folder)
    lost = {"match": {"method": "POST", "path": "locations$"}, "fault": {"drop_after": True}}
    server.faults.replace([lost])
    ended = bench.here("apply", "--auto-approve", "--retry-seconds", "0")
    assert ended.code == 9, ended.text
    return Before(folder, live, bench.folder, server.store.dump())


def done(ended: Ended) -> None:
    """It went through."""
    assert ended.code == 0, ended.text


@pytest.fixture
def sandbox(server: RunningSandbox, before: Before) -> RunningSandbox:
    """The server as it was then."""
    reset(server, before)
    return server


@pytest.fixture
def bench(sandbox: RunningSandbox, before: Before, scanner: Scanner, tmp_path: Path) -> Bench:
    """The project as it was then."""
    return fresh(tmp_path / "bench", sandbox, before, scanner)


def reset(server: RunningSandbox, before: Before, *, unsettled: bool = False) -> None:
    """The vendors as they were after the apply."""
    server.faults.clear()
    server.store.load(before.live_unsettled if unsettled else before.live)
    server.options.update(Options().as_dict())
    server.app.world.access_tokens.clear()
    server.log.clear()


def fresh(top: Path, server: RunningSandbox, before: Before, scanner: Scanner, *, unsettled: bool = False) -> Bench:
    """A bench with the project as it was then, in a folder that is not there yet."""
    bench = Bench(top, server, scanner)
    bench.copy_of(before.unsettled if unsettled else before.folder)
    bench.project()
    return bench
