"""Many at once, on each store: one writes, the others are told who; a holder that dies or stands still does no harm.

``RECONCILER_CONTENTION_ROUNDS`` sets how many rounds of sixteen processes there are (ten in the ordinary run).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.server import RunningSandbox, start
from reconciler.state import StateStore, open_store
from tests.cli.conftest import SEED
from tests.cli.desk import ROOT, Desk, location
from tests.database import Server

ROUNDS = int(os.environ.get("RECONCILER_CONTENTION_ROUNDS", "10"))
CROWD = 16
NAMES = ("leeds", "york")
STORES = ("sqlite", "postgresql")
PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {{name: desk}}
spec:
  connections:
    optimum:
      provider: optimum
      token: {{env: OPTIMUM_TOKEN}}
      baseUrl: {url}/optimum/api/v1
      timeout: 300
      settle: 0.3
"""


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """The vendors, holding nothing."""
    with start(seed=SEED) as running:
        yield running


@pytest.fixture(params=STORES)
def desk(request: pytest.FixtureRequest, tmp_path: Path, sandbox: RunningSandbox) -> Desk:
    """A project with two locations, and its state in one of the stores."""
    made = Desk(tmp_path / "project", sandbox, tmp_path / "home")
    if request.param == "postgresql":
        made.env["RECONCILER_STATE"] = request.getfixturevalue("new_schema")()
    made.write("reconciler.yaml", PROJECT.format(url=sandbox.url))
    _declare(made, 0)
    return made


def _declare(desk: Desk, number: int) -> None:
    desk.manifest("---\n".join(location(name, postal_code=f"LS{number}") for name in NAMES))


def _state(desk: Desk) -> StateStore:
    url = desk.env.get("RECONCILER_STATE", "sqlite:///.reconciler/state.db")
    return open_store(url, "desk", None, desk.folder)


class Crowd:
    """The process that forks."""

    def __init__(self, desk: Desk) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.state.crowd"],
            cwd=ROOT,
            env=desk.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def command(self, count: int, *arguments: str) -> dict[str, Any]:
        """What becomes of as many processes that run a command at once."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"arguments": list(arguments), "count": count}) + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=20)


@pytest.fixture
def crowd(desk: Desk) -> Iterator[Crowd]:
    """A crowd at the desk."""
    made = Crowd(desk)
    yield made
    made.close()


def test_sixteen_at_once_one_writes(desk: Desk, crowd: Crowd) -> None:
    """In each round, the first of which makes the state: one applies, fifteen exit 8 and name it; none else writes."""
    for number in range(ROUNDS):
        _declare(desk, number)
        desk.sandbox.log.clear()
        done = crowd.command(CROWD, "-C", str(desk.folder), "apply", "--auto-approve")
        told = f"round {number}: {done}"
        assert done["writers"] == 1, told
        (winner,) = [child for child in done["children"] if child["code"] == 0]
        others = [child for child in done["children"] if child is not winner]
        assert [child["code"] for child in others] == [8] * (CROWD - 1), told
        assert all(f"process {winner['pid']}" in child["text"] for child in others), told
        assert all("RCN0801" in child["text"] and "'apply" in child["text"] for child in others), told
        assert len(desk.writes) == len(NAMES), told
    assert [(run.exit_code, run.serial) for run in _state(desk).runs()] == [(0, n + 1) for n in range(ROUNDS)]
    assert {item["postal_code"] for item in desk.live("optimum", "locations")} == {f"LS{ROUNDS - 1}"}
    assert desk.ok("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("desk", ["postgresql"], indirect=True)
def test_sixteen_commands_at_once(desk: Desk) -> None:
    """The same with sixteen commands as users type them, while the vendor takes its time over the first write."""
    desk.fault({"delay": 300}, vendor="optimum", method="POST", times=1)
    running = [desk.start("apply", "--auto-approve", "--parallelism", "1") for _ in range(CROWD)]
    try:
        _until(lambda: sum(process.poll() is None for process in running) == 1 and len(desk.writes) == 1, running)
        (winner,) = [process for process in running if process.poll() is None]
        for process in running:
            if process is not winner:
                _, told = process.communicate()
                assert (process.returncode, f"process {winner.pid}" in told) == (8, True), told
        assert len(desk.writes) == 1
    finally:
        for process in running:
            process.kill()
            process.communicate()


def _until(happened: Callable[[], bool], running: list[subprocess.Popen[str]] | None = None) -> None:
    until = time.monotonic() + 100
    while not happened():
        assert time.monotonic() < until, [process.poll() for process in running or ()]
        time.sleep(0.02)


@pytest.fixture
def holder(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """An apply whose first create the vendor carried out, and sends the answer slowly; the second is to come."""
    desk.fault({"slow_body": 5.0}, vendor="optimum", method="POST", times=1)
    running = desk.start("apply", "--auto-approve", "--parallelism", "1")
    _until(lambda: len(desk.live("optimum", "locations")) == 1, [running])
    yield running
    with suppress(ProcessLookupError):
        running.send_signal(signal.SIGCONT)
    running.kill()
    running.communicate()


def _taken_over(desk: Desk) -> None:
    """Another apply goes on: it settles the create that was under way, and makes what is missing, once each."""
    desk.ok("apply", "--auto-approve")
    assert sorted(item["name"] for item in desk.live("optimum", "locations")) == ["Store leeds", "Store york"]


def test_a_killed_holder_is_taken_over_at_once(desk: Desk, holder: subprocess.Popen[str]) -> None:
    """After SIGKILL nobody has to unlock anything: the next apply has the lock, and settles what was left open."""
    holder.kill()
    holder.wait()
    assert _state(desk).holding() is None
    _taken_over(desk)


def test_a_holder_that_stood_still_writes_no_more(desk: Desk, holder: subprocess.Popen[str]) -> None:
    """While it is stopped it holds the lock; once that was taken by force, it wakes up, writes nothing, and ends."""
    holder.send_signal(signal.SIGSTOP)
    refused = desk.run("apply", "--auto-approve")
    assert (refused.code, f"process {holder.pid}" in refused.err) == (8, True)
    assert desk.run("state", "unlock").code == 8
    desk.ok("state", "unlock", "--force")
    _taken_over(desk)
    _wakes_up_and_ends(desk, holder)


@pytest.mark.parametrize("desk", ["postgresql"], indirect=True)
def test_a_holder_whose_session_ended_while_it_stood_still(
    desk: Desk, own_postgres: Server, holder: subprocess.Popen[str]
) -> None:
    """A server that ended the sessions of a stopped holder gives the lock to the next one, and no write overlaps."""
    holder.send_signal(signal.SIGSTOP)
    own_postgres.end_sessions(desk.env["RECONCILER_STATE"], holding=True)
    _taken_over(desk)
    _wakes_up_and_ends(desk, holder)


def _wakes_up_and_ends(desk: Desk, holder: subprocess.Popen[str]) -> None:
    written, history = list(desk.writes), _state(desk).runs()
    holder.send_signal(signal.SIGCONT)
    out, err = holder.communicate(timeout=50)
    assert (holder.returncode, "RCN0813" in out + err) == (130, True), out + err
    assert "Traceback" not in out + err
    assert desk.writes == written, "the one that woke up wrote"
    assert _state(desk).runs() == history
    assert desk.ok("plan", "--detailed-exitcode").code == 0
