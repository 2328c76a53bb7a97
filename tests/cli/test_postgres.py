"""A project whose state is in PostgreSQL, as its team uses it; no output and no file ever holds the password."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from reconciler.state import open_store
from tests.cli.desk import Desk, Finished, location
from tests.database import Server


@pytest.fixture
def team(desk: Desk, own_postgres: Server, new_schema: Callable[[], str]) -> Iterator[Desk]:
    """A desk with two locations and its state in a database."""
    desk.env["RECONCILER_STATE"] = new_schema()
    desk.manifest(f"{location('leeds')}---\n{location('york')}")
    yield desk
    for file in desk.folder.rglob("*"):
        assert not file.is_file() or own_postgres.password.encode() not in file.read_bytes(), file


@pytest.fixture
def hushed(own_postgres: Server) -> Callable[[Finished], Finished]:
    """Holds that a command told no password."""

    def check(done: Finished) -> Finished:
        assert own_postgres.password not in done.out + done.err, done.out + done.err
        return done

    return check


def test_a_life_on_postgresql(team: Desk, hushed: Callable[[Finished], Finished]) -> None:
    """Plan makes nothing; apply, plan, history, list, destroy: the same as with a file, and CI needs no consent."""
    hushed(team.ok("plan"))
    assert hushed(team.ok("state", "list", "--json")).json["resources"] == []
    hushed(team.ok("apply", "--auto-approve", env={"CI": "true"}))
    hushed(team.ok("plan", "--detailed-exitcode"))
    assert len(hushed(team.ok("state", "list", "--json")).json["resources"]) == 2
    hushed(team.ok("destroy", "--auto-approve"))
    runs = hushed(team.ok("state", "history", "--json")).json["runs"]
    assert [run["exit_code"] for run in runs] == [0, 0]
    assert team.live("optimum", "locations") == []
    assert not (team.folder / ".reconciler/state.db").exists()


@pytest.mark.parametrize("holding", [True, False], ids=["the lock", "the writer"])
def test_a_session_ended_in_the_middle_of_an_apply(
    team: Desk, own_postgres: Server, hushed: Callable[[Finished], Finished], holding: bool
) -> None:
    """An administrator ends a session while the first create is at the vendor: exit 130, nothing more is sent, the
    journal is whole; the next apply settles the first create and makes the second."""
    team.fault({"slow_body": 2.0}, vendor="optimum", method="POST", times=1)
    running = team.start("apply", "--auto-approve", "--parallelism", "1")
    while not team.live("optimum", "locations"):
        assert running.poll() is None
    own_postgres.end_sessions(team.env["RECONCILER_STATE"], holding=holding)
    done = hushed(_ended(running))
    assert done.code == 130, done.out + done.err
    assert ("RCN0813" if holding else "RCN0844") in done.out + done.err
    assert len(team.writes) == 1
    left = open_store(team.env["RECONCILER_STATE"], "desk", None, team.folder).snapshot()
    assert (len(left.open_intents), len(left.records)) == (1, 0)
    hushed(team.ok("apply", "--auto-approve"))
    assert len(team.writes) == 2
    team.ok("plan", "--detailed-exitcode")


def _ended(process: subprocess.Popen[str]) -> Finished:
    out, err = process.communicate(timeout=50)
    assert "Traceback" not in out + err
    return Finished(process.returncode, out, err)


def test_trouble_with_the_database_is_told(
    team: Desk, own_postgres: Server, hushed: Callable[[Finished], Finished]
) -> None:
    """Wrong password, no such database, nobody there, a URL that is none: a code, a way out, nothing sent."""
    url = team.env["RECONCILER_STATE"]
    place = f"{urlsplit(url).hostname}:{urlsplit(url).port}"
    for state, code, exit_code in (
        (f"postgresql://tester:hunter2@{place}/postgres", "RCN0841", 1),
        (url.replace("/postgres?", "/nowhere?"), "RCN0842", 1),
        (url.replace(place, "127.0.0.1:1"), "RCN0840", 1),
        ("postgresql://tester:hunter2/x@db/states", "RCN0811", 3),
        ("postgresql://tester:hunter2@db/states?wrong=1", "RCN0811", 3),
    ):
        done = hushed(team.run("apply", "--auto-approve", env={"RECONCILER_STATE": state}))
        assert (done.code, code in done.err, "help: " in done.err) == (exit_code, True, True), done.err
        assert "hunter2" not in done.out + done.err
    assert team.writes == []


def test_environments_in_one_database(team: Desk, hushed: Callable[[Finished], Finished]) -> None:
    """Staging and production share a database: each has its own records, plan and history."""
    team.edit(
        "reconciler.yaml",
        "spec:\n",
        "spec:\n  environments: {staging: {state: {env: TEAM_STATE}}, production: {state: {env: TEAM_STATE}}}\n",
    )
    env = {"TEAM_STATE": team.env.pop("RECONCILER_STATE")}
    hushed(team.ok("--env", "staging", "apply", "--auto-approve", env=env))
    planned = hushed(team.ok("--env", "production", "plan", "--json", env=env)).json
    assert (planned["environment"], planned["summary"]["adopt"]) == ("production", 2), "what staging made is live"
    assert team.ok("--env", "production", "state", "list", "--json", env=env).json["resources"] == []
    assert len(team.ok("--env", "staging", "state", "list", "--json", env=env).json["resources"]) == 2


def test_the_password_may_stay_out_of_the_url(team: Desk, own_postgres: Server) -> None:
    """A URL without a password may stand in the project file; PGPASSWORD gives the password, and a literal one is an
    error."""
    url = team.env.pop("RECONCILER_STATE")
    bare = url.replace(f":{own_postgres.password}@", "@").replace("postgresql://", "postgres://")
    team.edit("reconciler.yaml", "spec:\n", f"spec:\n  state: {bare}\n")
    team.ok("plan", env={"PGPASSWORD": own_postgres.password})
    team.edit("reconciler.yaml", "tester@", "tester:hunter2@")
    done = team.run("plan")
    assert (done.code, "RCN0203" in done.err) == (3, True), done.err
