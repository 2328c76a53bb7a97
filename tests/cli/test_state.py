"""`state list|show|history|unlock`, the lock, and what the state is bound to."""

from __future__ import annotations

import shutil

from reconciler import __version__
from tests.cli.desk import Desk
from tests.cli.test_plan import ADDRESSES


def test_list(applied: Desk) -> None:
    """Address, live id and connection of every record, as a table and as JSON, and without asking a vendor."""
    lines = applied.ok("state", "list").out.splitlines()
    assert lines[0].split() == ["ADDRESS", "ID", "CONNECTION"]
    assert [line.split()[0] for line in lines[1:]] == ADDRESSES
    document = applied.ok("state", "list", "--json").json
    assert [item["address"] for item in document["resources"]] == ADDRESSES
    assert document["resources"][0]["id"] == "leeds-1"
    assert applied.requests() == []


def test_list_by_glob(applied: Desk) -> None:
    """Globs on addresses narrow the list."""
    document = applied.ok("state", "list", "enco/*/*", "*/Account/*", "--json").json
    assert [item["address"] for item in document["resources"]] == ADDRESSES[1:4]


def test_list_before_any_apply(five: Desk) -> None:
    """No state is no error, and asking makes none."""
    assert five.ok("state", "list", "--json").json["resources"] == []
    five.ok("state", "list")
    five.ok("state", "history")
    assert not (five.folder / ".reconciler").exists()


def test_show(applied: Desk) -> None:
    """One record: what was last applied, and where it was declared."""
    done = applied.ok("state", "show", "optimum/Location/leeds")
    assert 'address_line_1 = "1 The Headrow"' in done.out
    document = applied.ok("state", "show", "optimum/Location/leeds", "--json").json
    assert document["address"] == "optimum/Location/leeds"
    assert applied.requests() == []


def test_show_of_an_unknown_address(applied: Desk) -> None:
    """A misspelled address gets a suggestion, a malformed one the form that is due."""
    done = applied.run("state", "show", "optimum/Location/leed")
    assert (done.code, 'did you mean "optimum/Location/leeds"?' in done.err) == (3, True)
    done = applied.run("state", "show", "leeds")
    assert (done.code, "provider/Kind/name" in done.err) == (3, True)


def test_history(applied: Desk) -> None:
    """Every run that took the lock, with its end; the plans and drifts in between left no line."""
    applied.ok("plan")
    applied.run("drift")
    applied.ok("destroy", "--auto-approve")
    runs = applied.ok("state", "history", "--json").json["runs"]
    assert sorted(run["command"] for run in runs) == ["apply", "destroy"]
    assert {run["exit_code"] for run in runs} == {0}
    heading, *lines = applied.ok("state", "history").out.splitlines()
    assert heading.split("  ")[0] == "RUN"
    assert [line.split()[3] for line in lines] == ["apply", "destroy"]
    assert "5 added" in lines[0] and "done" in lines[0]
    assert runs[0]["plan_digest"].startswith("sha256:"), "also of an apply whose plan nobody saved"


def test_history_of_one_run(applied: Desk) -> None:
    """A run by the first letters of its id: who, when, which plan, how it ended, and every write with its live id."""
    (run,) = applied.ok("state", "history", "--json").json["runs"]
    document = applied.ok("state", "history", run["id"][:6], "--json").json
    assert (document["run"]["id"], document["run"]["running"]) == (run["id"], False)
    assert {(w["address"], w["phase"]) for w in document["writes"]} == {(address, "DONE") for address in ADDRESSES}
    text = applied.ok("state", "history", run["id"]).out
    assert "serial" in text and "sha256:" in text and f"reconciler {__version__}" in text
    assert len([line for line in text.splitlines() if line.startswith("  DONE")]) == 5
    done = applied.run("state", "history", "nope")
    assert (done.code, "RCN0310" in done.err) == (3, True)


def test_list_by_connection_and_kind(applied: Desk) -> None:
    """Connection and kind narrow the list too, the kind with or without its vendor."""
    for filters, expected in (
        (("--connection", "customersure"), ["customersure/Site/leeds"]),
        (("--kind", "Location"), ["optimum/Location/leeds"]),
        (("--kind", "enco/Survey"), ["enco/Survey/waffles"]),
        (("--kind", "Survey", "--connection", "optimum"), []),
        (("*/*/leeds", "--connection", "optimum"), ["optimum/Location/leeds"]),
    ):
        document = applied.ok("state", "list", *filters, "--json").json
        assert [item["address"] for item in document["resources"]] == expected, filters


def test_one_writer_at_a_time_and_the_holder_is_named(applied: Desk) -> None:
    """While an apply holds the state, a second one exits 8, names the holder and its command, and sends nothing."""
    applied.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    applied.fault({"delay": 5}, vendor="optimum", method="POST", times=1)
    holder = applied.start("apply", "--auto-approve")
    while not applied.writes:
        assert holder.poll() is None
    before = len(applied.requests())
    done = applied.run("apply", "--auto-approve")
    assert done.code == 8
    assert "RCN0801" in done.err
    assert str(holder.pid) in done.err
    assert "apply" in done.err
    assert len(applied.requests()) == before
    refused = applied.run("state", "unlock")
    assert (refused.code, str(holder.pid) in refused.err) == (8, True)
    holder.kill()
    holder.communicate()
    applied.sandbox.faults.clear()
    applied.ok("apply", "--auto-approve")


def test_unlock_where_nobody_holds_it(applied: Desk) -> None:
    """Nothing to clear is no error."""
    assert applied.ok("state", "unlock").out == "Nobody holds the lock.\n"
    assert applied.ok("state", "unlock", "--json").json == {"unlocked": False, "holder": None}


def test_the_state_is_bound_to_its_project(applied: Desk) -> None:
    """Another project over the same state is an error before any request: it would delete what it does not own."""
    applied.edit("reconciler.yaml", "name: desk", "name: another")
    for command in (("plan",), ("apply", "--auto-approve"), ("drift",), ("state", "list")):
        done = applied.run(*command)
        assert (done.code, "RCN0802" in done.err) == (3, True), command
    assert applied.requests() == []


def test_the_state_is_bound_to_the_servers(applied: Desk) -> None:
    """A connection that points elsewhere is refused by apply: the recorded ids mean other objects there."""
    applied.edit(
        "reconciler.yaml",
        f"{applied.sandbox.url}/optimum",
        f"{applied.sandbox.url}/optimum".replace("127.0.0.1", "localhost"),
    )
    done = applied.run("apply", "--auto-approve")
    assert (done.code, "RCN0804" in done.err) == (3, True)
    assert applied.writes == []


def test_a_damaged_state_is_left_as_it_is(applied: Desk) -> None:
    """No guess is made from a state that is cut: exit 1, nothing sent, the file untouched."""
    file = applied.folder / ".reconciler/state.db"
    for leftover in file.parent.glob("state.db-*"):
        leftover.unlink()
    content = file.read_bytes()[:4096]
    file.write_bytes(content)
    for command in (("plan",), ("apply", "--auto-approve"), ("state", "list")):
        done = applied.run(*command)
        assert (done.code, "RCN080" in done.err) == (1, True), (command, done)
    assert applied.requests() == []
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written(five: Desk) -> None:
    """Where nothing can be recorded, nothing is sent."""
    five.write(".reconciler", "in the way")
    done = five.run("apply", "--auto-approve")
    assert done.code == 1
    assert "RCN080" in done.err
    assert five.writes == []


def test_the_state_may_be_elsewhere(five: Desk) -> None:
    """RECONCILER_STATE overrides where the state is kept."""
    other = five.home / "elsewhere.db"
    five.ok("apply", "--auto-approve", env={"RECONCILER_STATE": f"sqlite:///{other}"})
    assert other.is_file()
    assert not (five.folder / ".reconciler/state.db").exists()
    assert five.ok("plan", "--json", env={"RECONCILER_STATE": f"sqlite:///{other}"}).json["applyable"] is False


def test_a_copied_project_goes_on_where_it_stopped(applied: Desk) -> None:
    """The state belongs to the project, not to its folder."""
    shutil.copytree(applied.folder, applied.home / "copy")
    assert applied.ok("plan", "--json", cwd=applied.home / "copy").json["summary"]["no-op"] == 5
