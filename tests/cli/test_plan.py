"""`plan` and `show`: forms, exit codes, selections, saved plans, and the same bytes for the same input."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.cli.main import run
from reconciler.model import digest
from tests.cli.desk import FIVE_KINDS, ROOT, TOKENS, Desk, location

ADDRESSES = [
    "customersure/Site/leeds",
    "enco/Question/waffles-nl",
    "enco/Survey/waffles",
    "optimum/Account/acme",
    "optimum/Location/leeds",
]


def fits(document: Any, schema: str) -> None:
    """Hold a document against a published schema."""
    described = json.loads((ROOT / "schemas" / f"{schema}.json").read_text("utf-8"))
    Draft202012Validator(described).validate(document)


def actions(document: Any) -> dict[str, list[str]]:
    """Each address of a plan with its actions."""
    return {change["address"]: change["change"]["actions"] for change in document["resource_changes"]}


def test_a_plan_reads_as_terraform_users_expect(five: Desk) -> None:
    """Legend, one block a resource, totals and the next command on stdout; nothing on stderr; nothing written."""
    done = five.ok("plan")
    assert done.out.startswith("Actions are indicated with the following symbols:\n  + create\n")
    assert [f"  # {address} will be created" in done.out for address in ADDRESSES] == [True] * 5
    assert "\nPlan: 5 to add, 0 to change, 0 to destroy.\n" in done.out
    assert 'Run "reconciler apply" to perform these actions.' in done.out
    assert done.err == ""
    assert five.writes == []
    assert not (five.folder / ".reconciler").exists()


def test_the_json_plan_keeps_its_contract(five: Desk) -> None:
    """--json is one document that fits schemas/plan.json, with the very shape that scripts rely on."""
    document = five.ok("plan", "--json").json
    fits(document, "plan")
    assert (document["format_version"], document["project"], document["environment"]) == ("1.0", "desk", None)
    assert document["applyable"] is True
    assert document["summary"]["create"] == 5
    assert actions(document) == {address: ["create"] for address in ADDRESSES}
    leeds = document["resource_changes"][-1]
    assert (leeds["provider_name"], leeds["connection"], leeds["type"], leeds["name"], leeds["id"]) == (
        "optimum",
        "optimum",
        "Location",
        "leeds",
        None,
    )
    assert leeds["depends_on"] == ["customersure/Site/leeds"]
    assert leeds["source"] == {"file": "manifests/all.yaml", "line": 19}
    assert leeds["fields"][0] == {"path": "address_line_1", "before": None, "after": "1 The Headrow", "cause": "config"}
    assert five.ok("plan", "--format", "json").json == document


def test_each_cause_is_told(applied: Desk) -> None:
    """Git moved, the live object moved, or both: every field of an update says which."""
    found = applied.live("optimum", "locations")[0]
    applied.sandbox.store.change("optimum", "locations", found["id"], {"address_line_1": "2 Elsewhere", "name": "Acme"})
    applied.edit("manifests/all.yaml", "name: Acme Leeds, address_line_1", "name: Acme Leeds II, address_line_1")
    applied.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    document = applied.ok("plan", "--json").json
    fits(document, "plan")
    change = next(c for c in document["resource_changes"] if c["address"] == "optimum/Location/leeds")
    assert change["change"]["actions"] == ["update"]
    assert {field["path"]: field["cause"] for field in change["fields"]} == {
        "address_line_1": "drift",
        "name": "conflict",
        "postal_code": "config",
    }
    assert [item["address"] for item in document["resource_drift"]] == ["optimum/Location/leeds"]


def test_an_edited_question_is_blocked_and_said_so(applied: Desk) -> None:
    """What the API cannot change keeps its intended actions, is counted as blocked alone, and is not applyable."""
    applied.edit("manifests/all.yaml", "our waffles?", "our famous waffles?")
    document = applied.run("plan", "--json", "--detailed-exitcode")
    assert document.code == 2
    fits(document.json, "plan")
    change = next(c for c in document.json["resource_changes"] if c["address"] == "enco/Survey/waffles")
    assert change["change"]["actions"] == ["create", "delete"]
    assert change["blocked"]["code"] == "immutable"
    assert (document.json["summary"]["blocked"], document.json["summary"]["replace"]) == (1, 0)
    assert document.json["applyable"] is False
    assert applied.run("apply", "--auto-approve").code == 6
    assert applied.writes == []


DETAILED = [
    ((), 0, 0, "without the option, changes are no exit code"),
    (("--detailed-exitcode",), 2, 0, "with it, changes are 2 and none are 0"),
    (("--detailed-exitcode", "--json", "--out", "x.plan"), 2, 0, "neither form nor saving matters"),
]


@pytest.mark.parametrize(("options", "before", "after", "reason"), DETAILED, ids=[reason for *_, reason in DETAILED])
def test_detailed_exitcode(five: Desk, options: tuple[str, ...], before: int, after: int, reason: str) -> None:
    """2 means that there are changes, and only where it was asked for."""
    assert five.run("plan", *options).code == before
    five.ok("apply", "--auto-approve")
    assert five.run("plan", *options).code == after


SELECTIONS = [
    (("--target", "optimum/*/*"), ADDRESSES[3:], "one vendor"),
    (("--target", "*/*/leeds"), [ADDRESSES[0], ADDRESSES[4]], "one name"),
    (("--target", "optimum/Location/leeds"), [ADDRESSES[4]], "one address, without what it depends on"),
    (("--exclude", "optimum/*/*"), ADDRESSES[:3], "all but one vendor"),
    (("--target", "optimum/*/*", "--exclude", "*/Account/*"), [ADDRESSES[4]], "an exclude beats a target"),
    (("--target", "optimum/*/*", "--target", "customersure/*/*"), [ADDRESSES[0], *ADDRESSES[3:]], "two targets"),
]


@pytest.mark.parametrize(("options", "expected", "reason"), SELECTIONS, ids=[reason for *_, reason in SELECTIONS])
def test_what_is_not_selected_is_out_of_scope(
    five: Desk, options: tuple[str, ...], expected: list[str], reason: str
) -> None:
    """Only what the globs select is planned, and a vendor that is out of scope is not asked at all."""
    done = five.run("plan", "--json", *options)
    assert done.code == 0, done.err
    assert list(actions(done.json)) == expected
    asked = {request.split("/")[1] for request in five.requests()}
    assert asked == {address.split("/")[0] for address in expected}


MISSES = [
    (("--target", "optimum/Location/leds"), 'did you mean "optimum/Location/leeds"?', "a mistyped name"),
    (("--target", "optimun/*/*"), 'did you mean "optimum/*/*"?', "a mistyped vendor"),
    (("--target", "buenno/*/*"), "provider/Kind/name", "a vendor without any manifest"),
    (("--target", "optimum/*/*", "--target", "leeds"), "provider/Kind/name", "one of two, and no address"),
    (("--exclude", "optimum/Location/leds"), 'did you mean "optimum/Location/leeds"?', "an exclude of nothing"),
]


@pytest.mark.parametrize("command", ["plan", "drift", "destroy", "apply"])
@pytest.mark.parametrize(("options", "hint", "reason"), MISSES, ids=[reason for *_, reason in MISSES])
def test_a_selection_of_nothing_is_told(
    five: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str,
    options: tuple[str, ...], hint: str, reason: str,
) -> None:  # fmt: skip
    """It would read as "no changes", or let through what it was to keep out; no vendor is asked."""
    for name in TOKENS:
        monkeypatch.delenv(name, raising=False)
    consent = ["--yes"] if command in ("apply", "destroy") else []
    assert run([command, *options, "-C", str(five.folder), *consent]) == 3
    told = capsys.readouterr().err
    assert "error[RCN0302]" in told, reason
    assert hint in told, reason
    assert five.requests() == []


def test_a_glob_may_exclude_nothing(five: Desk) -> None:
    """A pattern kept in a script stays good when the last object that it excluded is gone."""
    assert list(actions(five.ok("plan", "--json", "--exclude", "buenno/*/*").json)) == ADDRESSES


def test_targets_delete_nothing_outside(applied: Desk) -> None:
    """A manifest that was removed is not deleted while it is not selected."""
    applied.manifest(FIVE_KINDS.rsplit("---\n", 2)[0])
    document = applied.ok("plan", "--json", "--exclude", "optimum/*/*").json
    assert document["summary"]["delete"] == 0
    assert applied.ok("plan", "--json").json["summary"]["delete"] == 2


def test_a_file_alone_plans_no_deletes_unless_complete(applied: Desk) -> None:
    """-f is a part of the project: what it does not hold is left alone, until --complete says that it is all."""
    other = applied.write("part/site.yaml", FIVE_KINDS.split("---\n")[2])
    part = applied.ok("plan", "--json", "-f", str(other)).json
    assert actions(part) == {"customersure/Site/leeds": ["no-op"]}
    whole = applied.ok("plan", "--json", "-f", str(other), "--complete").json
    assert whole["summary"]["delete"] == 3
    assert whole["summary"]["forget"] == 1


def test_manifests_from_a_pipe(desk: Desk) -> None:
    """`kustomize build | reconciler plan -f - --complete` reads standard input."""
    desk.write("elsewhere.yaml", FIVE_KINDS)
    done = desk.shell("cat elsewhere.yaml | reconciler plan -f - --complete --json")
    assert done.code == 0
    assert list(actions(done.json)) == ADDRESSES
    assert {change["source"]["file"] for change in done.json["resource_changes"]} == {"<stdin>"}


def test_destroy_is_planned_like_anything_else(applied: Desk) -> None:
    """plan --destroy shows what destroy would do: deletes, and what can only be forgotten."""
    done = applied.ok("plan", "--destroy", "--json")
    fits(done.json, "plan")
    assert actions(done.json) == {
        "customersure/Site/leeds": ["forget"],
        "enco/Question/waffles-nl": ["forget"],
        "enco/Survey/waffles": ["delete"],
        "optimum/Account/acme": ["delete"],
        "optimum/Location/leeds": ["delete"],
    }
    shown = applied.ok("plan", "--destroy").out
    assert "Plan: 0 to add, 0 to change, 3 to destroy, 2 to forget." in shown
    assert "no manifest declares" not in shown, "they are declared, and go all the same"
    assert {change["action_reason"] for change in done.json["resource_changes"]} >= {"destroyed"}


def test_the_calls_are_those_that_were_made(applied: Desk) -> None:
    """Reads, with what it took to count what a delete destroys; the estimate rests on them, also of a saved plan."""
    planned = applied.ok("plan", "--destroy", "--json", "--out", "x.plan").json
    asked = {name: sum(f"/{name}" in request for request in applied.requests()) for name in planned["calls"]}
    assert {name: calls["read"] for name, calls in planned["calls"].items()} == asked
    assert asked["optimum"] > 2  # a list of each kind, and the counts
    assert {name: one["requests"] for name, one in planned["estimate"].items()} == {
        name: sum(calls.values()) for name, calls in planned["calls"].items() if calls["write"]
    }
    said = f"Destroy will send 3 writes: enco 1, optimum 2; a few seconds, its {asked['enco'] + asked['optimum']} reads"
    assert said in applied.ok("show", "x.plan").out
    assert applied.ok("show", "x.plan", "--json").json["estimate"] == planned["estimate"]


def test_a_removed_site_is_forgotten_and_named(applied: Desk) -> None:
    """What no API can delete stays, and the plan says so."""
    documents = FIVE_KINDS.replace(", dependsOn: [customersure/Site/leeds]", "").split("---\n")
    applied.manifest("---\n".join(documents[:2] + documents[3:]))
    done = applied.ok("plan")
    assert "# customersure/Site/leeds will no longer be managed, but will not be destroyed" in done.out
    assert "1 to forget" in done.out


def test_a_surplus_live_question_is_drift_that_cannot_be_repaired(applied: Desk) -> None:
    """A question that somebody added at the vendor is told, and no update is planned for it, today or tomorrow."""
    survey = applied.live("enco", "surveys")[0]
    extra = [*survey["questions"], {"id": 99, "language": "fr", "body": "Et alors ?"}]
    applied.sandbox.store.change("enco", "surveys", str(survey["id"]), {"questions": extra})
    done = applied.ok("plan", "--json")
    fits(done.json, "plan")
    assert done.json["applyable"] is False
    [item] = [item for item in done.json["resource_drift"] if item["address"] == "enco/Survey/waffles"]
    assert item["repairable"] is False
    assert "Et alors ?" in applied.ok("plan").out


def test_the_same_input_gives_the_same_bytes(five: Desk) -> None:
    """Run twice, and with the manifests in other files and another order, a plan is byte-identical."""
    for form in ((), ("--json",)):
        first = five.ok("plan", *form).out
        assert five.ok("plan", *form, env={"PYTHONHASHSEED": "7"}).out == first
    assert shape(first) == shape(reshuffled(five))


def reshuffled(desk: Desk) -> str:
    """The JSON plan after the documents went to files of their own, the last one first."""
    (desk.folder / "manifests/all.yaml").unlink()
    for number, document in enumerate(reversed(FIVE_KINDS.split("---\n"))):
        desk.manifest(document, f"{number}.yaml")
    return desk.ok("plan", "--json").out


def shape(text: str) -> str:
    """A JSON plan without the places of its manifests, which did move."""
    document = json.loads(text)
    for change in document["resource_changes"]:
        change["source"] = None
    return json.dumps(document)


def test_the_order_of_files_does_not_show(desk: Desk) -> None:
    """Neither the order in which files came to be nor their order on the command line changes a byte."""
    for name in ("b", "a", "c"):
        desk.manifest(location(name), f"{name}.yaml")
    first = desk.ok("plan", "--json").out
    files = [desk.folder / f"manifests/{name}.yaml" for name in "abc"]
    texts = [file.read_text("utf-8") for file in files]
    for file in files:
        file.unlink()
    for file, text in reversed(list(zip(files, texts, strict=True))):
        file.write_text(text, "utf-8")
    assert desk.ok("plan", "--json").out == first
    one, other = (
        [argument for file in order for argument in ("-f", str(file))] for order in (files, list(reversed(files)))
    )
    without = [json.loads(desk.ok("plan", "--json", *each).out) for each in (one, other)]
    assert without[0]["resource_changes"] == without[1]["resource_changes"]


# --- saved plans --------------------------------------------------------------------------------------------------


def test_a_saved_plan_is_shown_without_asking_anybody(five: Desk) -> None:
    """`show` repeats the plan, as text and as the same JSON, and sends nothing."""
    planned = five.ok("plan", "--json", "--out", "x.plan").json
    five.sandbox.log.clear()
    assert five.ok("show", "x.plan", "--json").json == planned
    assert "Plan: 5 to add, 0 to change, 0 to destroy." in five.ok("show", "x.plan").out
    assert five.requests() == []


def test_a_plan_file_is_for_its_owner_alone(five: Desk) -> None:
    """It holds what the manifests hold: mode 0600, written whole."""
    assert "reconciler apply x.plan" in five.ok("plan", "--out", "x.plan").out
    assert (five.folder / "x.plan").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in five.folder.iterdir() if "x.plan" in path.name] == ["x.plan"]


DAMAGE: list[tuple[Callable[[str], str], str]] = [
    (lambda text: text[: len(text) // 2], "cut"),
    (lambda text: text.replace("Acme Leeds", "Acme London"), "edited"),
    (lambda text: "", "empty"),
    (lambda text: "{}", "another JSON file"),
    (lambda text: "[" * 100_000, "nested without end"),
    (lambda text: "apiVersion: v1\n", "a YAML file"),
]


def test_a_plan_file_of_another_version_is_refused(five: Desk) -> None:
    """A file that is whole, with a field that this version does not know, is not called damaged."""
    five.ok("plan", "--out", "five.plan")
    path = five.folder / "five.plan"
    body = json.loads(path.read_text("utf-8"))
    del body["checksum"]
    body["plan"]["mood"] = "good"
    body["checksum"] = digest(body)
    path.write_text(json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1) + "\n", "utf-8")
    done = five.run("show", "five.plan")
    assert (done.code, done.out) == (7, "")
    assert done.err.startswith("error[RCN0701]: the plan file was made by another version of reconciler")


def test_a_damaged_plan_file_is_refused(five: Desk) -> None:
    """Cut, edited or of another kind, a plan file can be neither shown nor applied: exit 7, and nothing is sent."""
    five.ok("plan", "--out", "x.plan")
    whole = (five.folder / "x.plan").read_text("utf-8")
    five.sandbox.log.clear()
    for damage, reason in DAMAGE:
        five.write("x.plan", damage(whole))
        for command in ("show", "apply") if reason == "edited" else ("show",):
            done = five.run(command, "x.plan")
            assert (done.code, "error[RCN0701]" in done.err) == (7, True), (reason, done)
    assert five.requests() == []


def test_a_plan_file_that_is_not_there(five: Desk) -> None:
    """A wrong path is told as such."""
    assert five.run("show", "nowhere.plan").code == 7
    assert "nowhere.plan" in five.run("apply", "nowhere.plan").err


def test_out_into_a_folder_that_is_not_there(five: Desk) -> None:
    """The plan file that cannot be written is an error of the command line."""
    done = five.run("plan", "--out", "no/such/x.plan")
    assert done.code == 3
    assert "RCN0304" in done.err
