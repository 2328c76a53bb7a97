"""`state pull`, `push` and `migrate`: the whole state out, in, and to another store."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from reconciler.schema import schemas_folder
from tests.cli.desk import Desk
from tests.cli.test_plan import ADDRESSES
from tests.cli.test_state_changes import last_run, open_create, pulled

LEEDS = "optimum/Location/leeds"
Edit = Callable[[dict[str, Any]], object]


def test_pull(applied: Desk) -> None:
    """The whole state as one document of the published shape, the same each time, and without asking a vendor."""
    document = applied.ok("state", "pull").json
    Draft202012Validator(json.loads((schemas_folder() / "state.json").read_text("utf-8"))).validate(document)
    assert [record["address"] for record in document["records"]] == ADDRESSES
    assert (document["format_version"], document["project"], document["environment"]) == ("1.0", "desk", None)
    assert [run["command"] for run in document["runs"]] == ["apply"]
    assert applied.ok("state", "pull", "--json").json == document == pulled(applied)
    assert applied.requests() == []


def test_push_what_was_pulled(applied: Desk) -> None:
    """A push of what was pulled changes nothing but the serial, keeps a backup, and stands in the history."""
    before = pulled(applied)
    applied.write("state.json", json.dumps(before))
    done = applied.ok("state", "push", "state.json", "--json").json["pushed"]
    assert (done["lineage"], done["serial"], done["records"]) == (before["lineage"], before["serial"] + 1, 5)
    after = pulled(applied)
    assert {**after, "serial": 0, "runs": []} == {**before, "serial": 0, "runs": []}
    assert after["runs"][:-1] == before["runs"]
    run = last_run(applied)
    assert (run["command"], run["exit_code"], run["serial"]) == ("state push", 0, before["serial"] + 1)
    backup = Path(done["backup"])
    assert backup.parent == applied.folder / ".reconciler/backups"
    assert json.loads(backup.read_text("utf-8"))["records"] == before["records"]
    assert (stat.S_IMODE(backup.stat().st_mode), stat.S_IMODE(backup.parent.stat().st_mode)) == (0o600, 0o700)
    assert applied.ok("plan", "--json").json["applyable"] is False


def test_push_from_a_pipe(applied: Desk) -> None:
    """What was mended on the way is what the state holds; two pushes make two backups."""
    done = applied.shell("reconciler state pull | sed s/LS1/LS9/ | reconciler state push -")
    assert done.code == 0, done
    assert '= "LS9 8EQ"' in applied.ok("state", "show", LEEDS).out
    applied.shell("reconciler state pull | reconciler state push -")
    assert len(list((applied.folder / ".reconciler/backups").iterdir())) == 2


def edited(desk: Desk, edit: Edit) -> dict[str, Any]:
    """The state as pulled, with something changed."""
    document: dict[str, Any] = pulled(desk)
    edit(document)
    desk.write("edited.json", json.dumps(document))
    return document


@pytest.mark.parametrize(
    ("edit", "code", "words", "reason"),
    [
        (lambda d: d.update(lineage="other"), "RCN0822", ("other",), "another state"),
        (lambda d: d.update(serial=0), "RCN0823", ("serial 1", "has 0"), "an older one"),
        (lambda d: d.update(project="another"), "RCN0802", ("'another'", "'desk'"), "another project's"),
        (lambda d: d.update(environment="live"), "RCN0803", ("'live'", "no environment"), "another environment's"),
        (lambda d: d["origins"].update(optimum="https://x:443"), "RCN0804", ("https://x:443",), "another server's"),
        (lambda d: d.update(format_version="2.0"), "RCN0824", ("format_version",), "a later form"),
        (lambda d: d.pop("ledger"), "RCN0824", ("ledger",), "a part is missing"),
        (lambda d: d.update(extra=1), "RCN0824", ("extra",), "a part nobody knows"),
        (lambda d: d["records"][0].pop("id"), "RCN0824", ("id",), "a record without an id"),
        (lambda d: d["records"][0].update(address="leeds"), "RCN0824", ("address",), "no address"),
        (lambda d: d["records"].append(d["records"][0]), "RCN0824", ("twice",), "one address in two records"),
        (
            lambda d: d["records"].append({**d["records"][4], "address": "optimum/Location/twin"}),
            "RCN0824",
            ("twice",),
            "one live object in two records",
        ),
        (lambda d: d["records"][0].update(address="optimum/Nothing/x"), "RCN0824", ("Nothing",), "an unknown kind"),
        (lambda d: d["records"][0].update(source="1:2"), "RCN0824", ("source",), "a source that is none"),
        (lambda d: d["intents"][0].update(listing="gone"), "RCN0824", ("listing",), "a listing that is not there"),
        (lambda d: d["intents"].append(d["intents"][0]), "RCN0824", ("twice",), "one write twice"),
    ],
)
def test_push_refused(applied: Desk, edit: Edit, code: str, words: tuple[str, ...], reason: str) -> None:
    """What may not take the state's place is told, with both sides named, and the state stays byte for byte."""
    edited(applied, edit)
    file = applied.folder / ".reconciler/state.db"
    before = file.read_bytes()
    done = applied.run("state", "push", "edited.json")
    assert (done.code, code in done.err) == (3, True), (reason, done.err)
    assert all(word in done.err for word in words), done.err
    assert file.read_bytes() == before
    assert not (applied.folder / ".reconciler/backups").exists()


@pytest.mark.parametrize("text", ["", "[]", "{", "lineage: 1", '{"a": 1, "a": 2}', '{"serial": NaN}', "[" * 100_000])
def test_push_of_no_json(applied: Desk, text: str) -> None:
    """Anything else is told as what it is not."""
    applied.write("no.json", text)
    done = applied.run("state", "push", "no.json")
    assert (done.code, "RCN0824" in done.err) == (3, True), done
    assert applied.run("state", "push", "missing.json").code == 3


@pytest.mark.parametrize("change", [{"lineage": "other"}, {"serial": 0}])
def test_push_by_force(applied: Desk, change: dict[str, Any]) -> None:
    """Another lineage or an older serial only by force; the serial rises all the same, and the backup is kept."""
    document = edited(applied, lambda d: d.update(change))
    before = pulled(applied)
    done = applied.ok("state", "push", "edited.json", "--force", "--json").json["pushed"]
    assert (done["lineage"], done["serial"]) == (document["lineage"], before["serial"] + 1)
    assert json.loads(Path(done["backup"]).read_text("utf-8"))["lineage"] == before["lineage"]
    applied.ok("plan")


def test_push_never_loses_an_open_write(applied: Desk) -> None:
    """An older state, by force: the write that it does not know stays open, and is settled by the next apply."""
    document = pulled(applied)
    address = open_create(applied)
    applied.write("old.json", json.dumps(document))
    done = applied.ok("state", "push", "old.json", "--force")
    assert f"{address}: a write is open" in done.err
    applied.ok("apply", "--auto-approve")
    assert [item["name"] for item in applied.live("optimum", "locations")].count("Store york") == 1


def test_a_lost_state_from_its_copy(applied: Desk) -> None:
    """What was pulled yesterday brings a lost state back, with its lineage; the plan has nothing to do."""
    document = pulled(applied)
    applied.write("copy.json", json.dumps(document))
    for file in (applied.folder / ".reconciler").glob("state.db*"):
        file.unlink()
    assert applied.run("plan").code == 1
    done = applied.ok("state", "push", "copy.json", "--json").json["pushed"]
    assert (done["lineage"], done["backup"]) == (document["lineage"], None)
    assert applied.ok("plan", "--json").json["applyable"] is False


# --- migrate ------------------------------------------------------------------------------------------------------


def test_migrate(applied: Desk) -> None:
    """Everything goes to the other store, the old one says where it went, and the advice is what is needed."""
    before = pulled(applied)
    done = applied.ok("state", "migrate", "sqlite:///.reconciler/new.db")
    assert "Now set spec.state in reconciler.yaml to: sqlite:///.reconciler/new.db" in done.out
    old = applied.folder / ".reconciler/state.db"
    content = old.read_bytes()
    for command in (("plan",), ("apply", "--auto-approve"), ("drift",), ("destroy", "--auto-approve"),
                    ("state", "list"), ("state", "mv", LEEDS, "optimum/Location/x"),
                    ("state", "migrate", "sqlite:///.reconciler/third.db")):  # fmt: skip
        refused = applied.run(*command)
        assert (refused.code, "RCN0820" in refused.err, "new.db" in refused.err) == (3, True, True), command
    assert old.read_bytes() == content
    assert applied.requests() == []
    shown = applied.ok("state", "pull")
    assert "was migrated" in shown.err
    assert shown.json["records"] == before["records"]
    assert applied.ok("state", "history", "--json").json["runs"][-1]["command"] == "state migrate"
    applied.edit("reconciler.yaml", "spec:\n", "spec:\n  state: sqlite:///.reconciler/new.db\n")
    after = pulled(applied, "new.db")
    assert (after["lineage"], after["serial"] > before["serial"]) == (before["lineage"], True)
    assert after["records"] == before["records"]
    assert [run["command"] for run in after["runs"]] == ["apply", "state migrate"]
    assert applied.ok("plan", "--json").json["applyable"] is False
    applied.ok("apply", "--auto-approve")


def test_migrate_with_an_open_write_and_back(applied: Desk) -> None:
    """Open writes go along and are settled there; a way back needs --force, since the old state is an older copy."""
    open_create(applied)
    applied.ok("state", "migrate", "sqlite:///.reconciler/new.db", "--json")
    new = {"RECONCILER_STATE": "sqlite:///.reconciler/new.db"}
    applied.ok("apply", "--auto-approve", env=new)
    assert [item["name"] for item in applied.live("optimum", "locations")].count("Store york") == 1
    done = applied.run("state", "migrate", "sqlite:///.reconciler/state.db", env=new)
    assert (done.code, "RCN0825" in done.err) == (3, True)
    done = applied.ok("state", "migrate", "sqlite:///.reconciler/state.db", "--force", env=new)
    assert "RECONCILER_STATE" in done.out
    assert applied.ok("plan", "--json").json["applyable"] is False


@pytest.mark.parametrize(
    ("target", "code", "reason"),
    [
        ("sqlite:///.reconciler/state.db", "RCN0825", "there it is"),
        ("mysql://user:hunter2@host/db", "RCN0811", "no store"),
        ("env:NOWHERE", "RCN0204", "no such variable"),
    ],
)
def test_migrate_refused(applied: Desk, target: str, code: str, reason: str) -> None:
    """A target that is none is told, without its password, and the state stays in use."""
    done = applied.run("state", "migrate", target)
    assert (done.code, code in done.err) == (3, True), (reason, done.err)
    assert "hunter2" not in done.err + done.out
    applied.ok("plan")


def test_migrate_to_a_taken_store(applied: Desk) -> None:
    """Another state is never written over, not even by force; what was an empty one may be."""
    other = applied.folder / ".reconciler/other.db"
    applied.ok("state", "pull")
    env = {"RECONCILER_STATE": f"sqlite:///{other}"}
    document = edited(applied, lambda d: d.update(lineage="other"))
    applied.ok("state", "push", "edited.json", env=env)
    (applied.folder / ".reconciler/last-seen.json").unlink()  # as if it had been somebody else's push
    before = other.read_bytes()
    for force in ((), ("--force",)):
        done = applied.run("state", "migrate", f"sqlite:///{other}", *force)
        assert (done.code, "RCN0825" in done.err) == (3, True)
    assert other.read_bytes() == before
    assert document["lineage"] == "other"


def test_migrate_to_a_database_and_back(applied: Desk, new_schema: Callable[[], str]) -> None:
    """A laptop's state goes to the team's database and, if need be, back; no password is shown or kept on the way."""
    url = new_schema()
    password = urlsplit(url).password or "no password"
    applied.env["TEAM_STATE"] = url
    before = pulled(applied)
    done = applied.ok("state", "migrate", "env:TEAM_STATE")
    assert "spec.state in reconciler.yaml to: {env: TEAM_STATE}" in done.out
    applied.edit("reconciler.yaml", "spec:\n", "spec:\n  state: {env: TEAM_STATE}\n")
    assert applied.ok("plan", "--json").json["applyable"] is False
    after = applied.ok("state", "pull").json
    assert (after["lineage"], after["records"]) == (before["lineage"], before["records"])
    applied.ok("state", "mv", LEEDS, "optimum/Location/loidis")
    back = applied.ok("state", "migrate", "sqlite:///.reconciler/state.db", "--force")
    assert "optimum/Location/loidis" in {record["address"] for record in pulled(applied)["records"]}
    assert applied.run("plan").code == 3
    assert password not in done.out + done.err + back.out + back.err
    assert not [f for f in applied.folder.rglob("*") if f.is_file() and password.encode() in f.read_bytes()]
