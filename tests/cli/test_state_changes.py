"""`state mv`, `rm` and `unlock`: the state mended by hand, under the lock, with a line in the history each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.state import open_store
from reconciler.state.transcript import transcript
from tests.cli.desk import Desk

LEEDS, SITE = "optimum/Location/leeds", "customersure/Site/leeds"


def pulled(desk: Desk, name: str = "state.db") -> Any:
    """The whole state, as `state pull` writes it, read without starting a process."""
    contents = open_store(f"sqlite:///.reconciler/{name}", "desk", None, desk.folder).contents()
    assert contents is not None
    return json.loads(json.dumps(transcript(contents)))


def last_run(desk: Desk) -> Any:
    """The newest line of the history."""
    return pulled(desk)["runs"][-1]


def test_mv(applied: Desk) -> None:
    """A record under another name, with those that depend on it: with the manifest renamed too, nothing is to do."""
    before = pulled(applied)["serial"]
    done = applied.ok("state", "mv", SITE, "customersure/Site/leeds-1", "--json").json
    assert done["moved"] == [
        {
            "from": SITE,
            "to": "customersure/Site/leeds-1",
            "connection_before": "customersure",
            "connection_after": "customersure",
        }
    ]
    applied.edit("manifests/all.yaml", "metadata: {name: leeds}\nspec: {site", "metadata: {name: leeds-1}\nspec: {site")
    applied.edit("manifests/all.yaml", "dependsOn: [customersure/Site/leeds]", "dependsOn: [customersure/Site/leeds-1]")
    assert applied.ok("plan", "--json").json["summary"]["no-op"] == 5
    shown = applied.ok("state", "show", LEEDS, "--json").json
    assert shown["depends_on"] == ["customersure/Site/leeds-1"]
    run = last_run(applied)
    assert (run["command"], run["exit_code"], run["counts"], run["serial"]) == ("state mv", 0, {"moved": 1}, before + 1)
    assert f"moved from {SITE}" in applied.ok("state", "history", run["id"]).out
    assert applied.writes == []


@pytest.mark.parametrize(
    ("arguments", "code", "words", "reason"),
    [
        ((LEEDS, "optimum/Account/leeds"), "RCN0826", "keeps its kind", "another kind"),
        ((LEEDS, LEEDS), "RCN0826", "there already", "nowhere"),
        (("enco/Survey/waffles", "enco/Survey/waffles"), "RCN0826", "there already", "nowhere"),
        (("optimum/Location/leed", "optimum/Location/x"), "RCN0302", f'did you mean "{LEEDS}"?', "a slip"),
        ((LEEDS, "--connection", "optimun"), "RCN0826", "enco, optimum", "no such connection"),
        ((LEEDS, "--connection", "enco"), "RCN0826", "connection to enco", "another vendor's"),
        ((LEEDS, "--connection", "optimum"), "RCN0826", "already", "its own"),
        (("optimum/Nothing/*", "--connection", "optimum"), "RCN0302", "no record", "nothing matches"),
        ((LEEDS,), "RCN0301", "--connection", "no target at all"),
        ((LEEDS, "leeds-2"), "RCN0301", "provider/Kind/name", "no address"),
    ],
)
def test_mv_refused(applied: Desk, arguments: tuple[str, ...], code: str, words: str, reason: str) -> None:
    """What cannot be moved there is told, and nothing is written, not even a line of the history."""
    before = pulled(applied)
    done = applied.run("state", "mv", *arguments)
    assert (done.code, code in done.err, words in done.err) == (3, True, True), (reason, done.err)
    assert pulled(applied) == before


def test_mv_onto_another_record(applied: Desk) -> None:
    """One record never takes another's place."""
    applied.manifest("apiVersion: optimum/v1\nkind: Location\nmetadata: {name: york}\nspec: {name: York, "
                     "address_line_1: 1 High Street, country_code: GB}\n", "york.yaml")  # fmt: skip
    applied.ok("apply", "--auto-approve")
    done = applied.run("state", "mv", LEEDS, "optimum/Location/york")
    assert (done.code, "RCN0826" in done.err) == (3, True)


def test_mv_to_a_renamed_connection(applied: Desk) -> None:
    """A connection that was renamed in the project file takes its records along; without it the plan is blocked."""
    applied.edit("reconciler.yaml", "    optimum:\n", "    shops:\n")
    assert applied.ok("plan", "--json").json["summary"]["blocked"] == 2
    applied.ok("state", "mv", "optimum/*/*", "--connection", "shops")
    assert applied.ok("plan", "--json").json["summary"]["no-op"] == 5
    assert pulled(applied)["origins"]["shops"] == pulled(applied)["origins"]["optimum"]


def test_mv_to_another_server_or_account(applied: Desk) -> None:
    """Another server is refused, since an id there is another object; another token is a warning."""
    text = (applied.folder / "reconciler.yaml").read_text("utf-8")
    second = text[text.index("    optimum:\n") :].replace("    optimum:\n", "    second:\n")
    applied.write("reconciler.yaml", text + second.replace("127.0.0.1", "localhost"))
    done = applied.run("state", "mv", LEEDS, "--connection", "second")
    assert (done.code, "RCN0804" in done.err) == (3, True)
    assert "localhost" in done.err and "127.0.0.1" in done.err
    applied.write("reconciler.yaml", text + second.replace("OPTIMUM_TOKEN", "ENCO_TOKEN"))
    done = applied.ok("state", "mv", LEEDS, "--connection", "second")
    assert "different tokens" in done.err


def open_create(desk: Desk, name: str = "york") -> str:
    """A Location whose create was left open: the answer never came."""
    desk.manifest(f"apiVersion: optimum/v1\nkind: Location\nmetadata: {{name: {name}}}\nspec: {{name: Store {name}, "
                  "address_line_1: 1 High Street, country_code: GB}\n", f"{name}.yaml")  # fmt: skip
    desk.fault({"drop_after": True}, vendor="optimum", method="POST", path="locations", times=1)
    desk.run("apply", "--auto-approve", "--retry-seconds", "0")
    desk.sandbox.faults.clear()
    opened = [i for i in pulled(desk)["intents"] if i["phase"] in ("INTENT", "UNKNOWN")]
    assert [intent["address"] for intent in opened] == [f"optimum/Location/{name}"]
    return f"optimum/Location/{name}"


def test_an_open_write_moves_along_and_cannot_be_forgotten(applied: Desk) -> None:
    """rm refuses an address with an open write; mv takes the write along, and apply settles it there: nothing is made
    twice."""
    address = open_create(applied)
    done = applied.run("state", "rm", address, "--auto-approve")
    assert (done.code, "RCN0827" in done.err, "resolve" in done.err) == (6, True, True)
    applied.ok("state", "mv", address, "optimum/Location/jorvik")
    applied.edit("manifests/york.yaml", "name: york", "name: jorvik")
    applied.ok("apply", "--auto-approve")
    assert [item["name"] for item in applied.live("optimum", "locations")].count("Store york") == 1
    assert applied.ok("state", "show", "optimum/Location/jorvik", "--json").json["id"]
    assert applied.ok("plan", "--json").json["applyable"] is False


def test_rm(applied: Desk) -> None:
    """A forgotten record leaves the live object and says what comes next; the plan then adopts it again."""
    done = applied.ok("state", "rm", LEEDS, "enco/Question/waffles-nl", "--auto-approve", "--json")
    assert [item["address"] for item in done.json["forgotten"]] == ["enco/Question/waffles-nl", LEEDS]
    assert "adopts it again" in done.json["forgotten"][1]["consequence"]
    assert len(applied.live("optimum", "locations")) == 1
    run = last_run(applied)
    assert (run["command"], run["counts"]) == ("state rm", {"forgotten": 2})
    writes = applied.ok("state", "history", run["id"], "--json").json["writes"]
    assert [(w["address"], w["step"], w["action"]) for w in writes] == [
        ("enco/Question/waffles-nl", "forget", "forget"),
        (LEEDS, "forget", "forget"),
    ]
    summary = applied.ok("plan", "--json").json["summary"]
    assert (summary["create"], summary["adopt"]) == (0, 2)
    assert applied.writes == []


def test_rm_wants_a_yes(applied: Desk) -> None:
    """Without a terminal and without consent nothing is forgotten; at a terminal only the word yes counts."""
    before = pulled(applied)
    done = applied.run("state", "rm", LEEDS)
    assert (done.code, "RCN0603" in done.err) == (6, True)
    assert applied.answer("no\n", "state", "rm", LEEDS).code == 6
    assert pulled(applied) == before
    assert applied.answer("yes\n", "state", "rm", LEEDS).code == 0
    assert len(pulled(applied)["records"]) == 4


def test_rm_of_what_is_not_there(applied: Desk) -> None:
    """Every unknown address is told, and then none is forgotten."""
    done = applied.run("state", "rm", LEEDS, "optimum/Location/a", "optimum/Location/b", "--auto-approve", "--json")
    assert (done.code, [error["code"] for error in done.json["errors"]]) == (3, ["RCN0302", "RCN0302"])
    assert len(pulled(applied)["records"]) == 5


def test_deleted_ids_and_the_ledger_stay(applied: Desk) -> None:
    """What was deleted is never matched, and what was sent is never sent again, whatever is forgotten or moved."""
    document = pulled(applied)
    document["tombstones"].append({"kind": "optimum/Location", "connection": "optimum", "id": "old"})
    sent = {"address": LEEDS, "identity": "1", "key_id": "k", "run": "r", "at": 1.0}
    document["ledger"].append({**sent, "connection": "", "object_id": None})
    applied.write("mended.json", json.dumps(document))
    applied.ok("state", "push", "mended.json")
    applied.ok("state", "mv", LEEDS, "optimum/Location/loidis")
    applied.ok("state", "rm", "optimum/Location/loidis", "--auto-approve")
    after = pulled(applied)
    assert after["tombstones"] == document["tombstones"]
    assert {line["address"] for line in after["ledger"]} == {LEEDS, "optimum/Location/loidis"}
    done = applied.run("state", "mv", "optimum/Account/acme", "optimum/Account/acme")
    assert done.code == 3
    done = applied.run("state", "mv", "optimum/Location/loidis", LEEDS)
    assert (done.code, "ledger" in done.err) == (3, True)


def test_no_state_to_change(five: Desk) -> None:
    """Where there is no state yet, none is made by a command that would change it."""
    for command in (("mv", LEEDS, "optimum/Location/x"), ("rm", LEEDS, "--auto-approve"), ("pull",)):
        done = five.run("state", *command)
        assert (done.code, "RCN0821" in done.err) == (1, True), command
    assert not (five.folder / ".reconciler/state.db").exists()


def test_unlock_leaves_a_line(applied: Desk) -> None:
    """Who cleared the lock of a dead run stands in the history, beside the run that did not end."""
    applied.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    applied.fault({"delay": 5}, vendor="optimum", method="POST", times=1)
    holder = applied.start("apply", "--auto-approve")
    while not applied.writes:
        assert holder.poll() is None
    assert applied.ok("state", "history").out.splitlines()[-1].endswith("still running")
    assert applied.run("state", "mv", LEEDS, "optimum/Location/x").code == 8
    holder.kill()
    holder.communicate()
    document = applied.ok("state", "unlock", "--json").json
    assert document["unlocked"] is True
    assert str(holder.pid) in document["holder"]
    runs = applied.ok("state", "history", "--json").json["runs"]
    assert [(run["command"], run["exit_code"]) for run in runs[1:]] == [("apply", None), ("state unlock", 0)]
    assert "did not end" in applied.ok("state", "history").out
