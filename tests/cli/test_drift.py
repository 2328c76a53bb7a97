"""`drift`: what moved since the last apply, and nothing else; its exit codes and its JSON."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.desk import FIVE_KINDS, Desk
from tests.cli.test_plan import fits


def tampered(desk: Desk) -> Desk:
    """A location renamed and an account that is gone."""
    desk.sandbox.store.change("optimum", "locations", desk.live("optimum", "locations")[0]["id"], {"name": "Acme Ldn"})
    desk.sandbox.store.remove("optimum", "accounts", desk.live("optimum", "accounts")[0]["id"])
    return desk


def found(document: Any) -> dict[str, list[str]]:
    """Each address that drifted, with what happened to it."""
    return {item["address"]: item["change"]["actions"] for item in document["resource_drift"]}


def test_no_drift(applied: Desk) -> None:
    """As it was applied: 0, and nothing was written."""
    done = applied.ok("drift")
    assert done.out == "No drift. The live objects are as they were last applied.\n"
    assert done.err == ""
    assert applied.writes == []


def test_drift_is_two(applied: Desk) -> None:
    """A changed and a gone object: exit 2, recorded before observed, the totals last, and the next command."""
    done = tampered(applied).run("drift")
    assert done.code == 2
    assert '~ name           = "Acme Leeds" -> "Acme Ldn"' in done.out or '"Acme Leeds" -> "Acme Ldn"' in done.out
    assert "# optimum/Account/acme" in done.out
    assert "Drift: 1 changed, 1 gone" in done.out
    assert 'Run "reconciler plan"' in done.out
    assert applied.writes == []


def test_drift_as_json_keeps_its_contract(applied: Desk) -> None:
    """--json fits schemas/drift.json: before is recorded, after is observed, and gone is a delete."""
    done = tampered(applied).run("drift", "--json")
    assert done.code == 2
    fits(done.json, "drift")
    assert found(done.json) == {"optimum/Account/acme": ["delete"], "optimum/Location/leeds": ["update"]}
    moved = done.json["resource_drift"][1]
    assert (moved["change"]["before"]["name"], moved["change"]["after"]["name"]) == ("Acme Leeds", "Acme Ldn")
    assert moved["repairable"] is True
    assert (done.json["summary"]["drifted"], done.json["summary"]["gone"]) == (1, 1)


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_exit_zero(applied: Desk, form: tuple[str, ...]) -> None:
    """--exit-zero reports the drift and exits with 0."""
    done = tampered(applied).run("drift", "--exit-zero", *form)
    assert done.code == 0
    assert "Acme Ldn" in done.out


def test_git_is_no_drift(applied: Desk) -> None:
    """An edited manifest is a change to be planned, and not drift."""
    applied.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    assert applied.ok("drift").code == 0


def test_drift_is_repaired(applied: Desk) -> None:
    """Apply puts back what git says, and then there is none."""
    tampered(applied)
    applied.ok("apply", "--auto-approve")
    assert applied.live("optimum", "locations")[0]["name"] == "Acme Leeds"
    assert applied.ok("drift").code == 0


def test_ignored_changes_are_shown_and_are_no_drift(five: Desk) -> None:
    """ignoreChanges: reported as ignored, exit 0, and no update is planned."""
    five.edit(
        "manifests/all.yaml",
        "kind: Location\nmetadata: {name: leeds, dependsOn: [customersure/Site/leeds]}",
        "kind: Location\nmetadata: {name: leeds}\nlifecycle: {ignoreChanges: [name]}",
    )
    five.ok("apply", "--auto-approve")
    five.sandbox.store.change("optimum", "locations", five.live("optimum", "locations")[0]["id"], {"name": "Acme Ldn"})
    done = five.run("drift", "--json")
    fits(done.json, "drift")
    assert (done.code, done.json["summary"]["ignored"], done.json["summary"]["drifted"]) == (0, 1, 0)
    assert five.ok("plan", "--json").json["applyable"] is False


def test_unmanaged_objects_are_listed_and_are_no_drift(applied: Desk) -> None:
    """What nobody declared is shown under the name people know it by."""
    applied.sandbox.store.insert("optimum", "locations", {"name": "Somewhere else", "country_code": "GB"})
    done = applied.run("drift", "--json")
    assert done.code == 0
    fits(done.json, "drift")
    assert [(item["type"], item["key"]) for item in done.json["unmanaged"]] == [("Location", "Somewhere else")]


def test_targets_narrow_the_report(applied: Desk) -> None:
    """What is not selected is not reported, and its vendor is not asked."""
    tampered(applied)
    done = applied.run("drift", "--json", "--target", "optimum/Account/*")
    assert (done.code, found(done.json)) == (2, {"optimum/Account/acme": ["delete"]})
    assert applied.run("drift", "--exclude", "optimum/*/*").code == 0
    assert {request.split("/")[1] for request in applied.requests()} == {"optimum", "enco", "customersure"}


def test_drift_is_the_same_bytes_twice(applied: Desk) -> None:
    """No clock and no chance in a report."""
    tampered(applied)
    for form in ((), ("--json",)):
        assert applied.run("drift", *form).out == applied.run("drift", *form, env={"PYTHONHASHSEED": "5"}).out


def test_drift_before_any_apply(desk: Desk) -> None:
    """With nothing recorded there is nothing that could have moved."""
    desk.manifest(FIVE_KINDS)
    assert desk.ok("drift").code == 0
    assert not (desk.folder / ".reconciler").exists()


def test_drift_while_another_run_holds_the_state(applied: Desk) -> None:
    """plan and drift take no lock: they answer while an apply is under way."""
    applied.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    applied.fault({"delay": 4}, vendor="optimum", method="POST", times=1)
    busy = applied.start("apply", "--auto-approve")
    while not applied.writes:
        assert busy.poll() is None
    assert applied.run("drift").code in (0, 2)
    assert applied.run("plan").code == 0
    busy.kill()
    busy.communicate()
