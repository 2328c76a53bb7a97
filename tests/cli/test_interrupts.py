"""Signals in the middle of an apply: what was under way is recorded, and the next apply completes it."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from tests.cli.desk import Desk, Finished, checked
from tests.cli.test_apply import many


def end(process: subprocess.Popen[str]) -> Finished:
    """Wait for a process that was told to end."""
    out, err = process.communicate(timeout=30)
    return Finished(process.returncode, out, err)


def wait_for_writes(desk: Desk, process: subprocess.Popen[str], count: int) -> None:
    """Until the vendors have received so many writes."""
    deadline = time.monotonic() + 20
    while len(desk.writes) < count:
        assert process.poll() is None, end(process)
        assert time.monotonic() < deadline
        time.sleep(0.005)


def one_each(desk: Desk, names: list[str]) -> None:
    """One live object a name, each recorded, and nothing left to do."""
    live = {item["id"]: item["name"] for item in desk.live("optimum", "locations")}
    assert sorted(live.values()) == [f"Store {name}" for name in names]
    resources = desk.ok("state", "list", "--json").json["resources"]
    assert {item["id"] for item in resources} == set(live)
    assert desk.ok("plan", "--json").json["summary"]["no-op"] == len(names)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_lets_what_is_under_way_finish(desk: Desk, number: signal.Signals) -> None:
    """Exit 130, every object that was made is recorded, nothing more was begun, and the next apply does the rest."""
    names = many(desk, 12)
    desk.sandbox.options.update({"latency": 120})
    process = desk.start("apply", "--auto-approve", "--parallelism", "2", "--json")
    wait_for_writes(desk, process, 3)
    process.send_signal(number)
    done = checked(end(process))
    assert done.code == 130
    last = done.events[-1]
    assert (last["type"], last["interrupted"], last["exit_code"]) == ("summary", True, 130)
    assert number.name in done.err
    desk.sandbox.options.update({"latency": 0})
    made = {item["id"] for item in desk.live("optimum", "locations")}
    assert 3 <= len(made) < len(names)
    assert {item["id"] for item in desk.ok("state", "list", "--json").json["resources"]} == made
    runs = desk.ok("state", "history", "--json").json["runs"]
    assert runs[0]["exit_code"] == 130
    desk.ok("apply", "--auto-approve")
    one_each(desk, names)
    assert len(desk.writes) == len(names)


def test_a_second_signal_stops_at_once(desk: Desk) -> None:
    """Twice Ctrl-C does not wait for the vendor; the next apply settles what the journal holds open."""
    names = many(desk, 4)
    desk.fault({"delay": 8}, vendor="optimum", method="POST", times=2)
    process = desk.start("apply", "--auto-approve", "--parallelism", "2")
    wait_for_writes(desk, process, 2)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert end(process).code == 130
    assert time.monotonic() - begun < 2
    desk.sandbox.faults.clear()
    done = desk.ok("apply", "--auto-approve")
    assert "Settling 2 open writes of an earlier run" in done.err
    one_each(desk, names)


@pytest.mark.parametrize("after", [1, 4, 7])
def test_a_kill_leaves_one_live_object_a_key(desk: Desk, after: int) -> None:
    """SIGKILL at some moment of an apply, then apply again: one object a key, all of them in the state."""
    names = many(desk, 8)
    desk.sandbox.options.update({"latency": 60})
    process = desk.start("apply", "--auto-approve", "--parallelism", "3")
    wait_for_writes(desk, process, after)
    process.kill()
    end(process)
    desk.sandbox.options.update({"latency": 0})
    time.sleep(0.1)  # requests that were on their way arrive
    assert desk.ok("plan").code == 0
    desk.ok("apply", "--auto-approve")
    one_each(desk, names)


def test_a_kill_before_the_answer(desk: Desk) -> None:
    """The vendor made the object and the process died before it heard: it is found again, and not made twice."""
    names = many(desk, 3)
    desk.fault({"slow_body": 10}, vendor="optimum", method="POST", times=3)
    process = desk.start("apply", "--auto-approve")
    deadline = time.monotonic() + 20
    while len(desk.live("optimum", "locations")) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    end(process)
    desk.sandbox.faults.clear()
    shown = desk.ok("plan", "--json").json
    assert {change["action_reason"] for change in shown["resource_changes"]} == {"recover"}
    desk.ok("apply", "--auto-approve")
    one_each(desk, names)
    assert len(desk.writes) == 3


def test_an_interrupted_plan(five: Desk) -> None:
    """Ctrl-C while a plan reads ends it at once, whatever the vendor does: exit 130, no plan, no traceback."""
    five.sandbox.options.update({"latency": 10_000})
    # A connection that was being made at that very moment is left to the system, which Python would warn of.
    process = five.start("plan", env={"PYTHONWARNINGS": "ignore"})
    deadline = time.monotonic() + 20
    while len(five.requests()) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    done = checked(end(process))
    assert time.monotonic() - begun < 5
    assert done.code == 130
    assert done.out == ""
