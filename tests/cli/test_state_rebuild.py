"""`state rebuild`: the records of a lost state, found again from pins and keys."""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk, location
from tests.cli.test_plan import ADDRESSES
from tests.cli.test_state_changes import last_run, pulled


def lose(desk: Desk) -> None:
    """The state is gone, and with it the lock beside it."""
    for file in (desk.folder / ".reconciler").glob("state.db*"):
        file.unlink()


def pin(desk: Desk, id: str) -> None:
    """Say which live object the Location is."""
    desk.edit("manifests/all.yaml", "{name: leeds, depends", f"{{name: leeds, externalId: {id}, depends")


def test_a_lost_state(applied: Desk) -> None:
    """Everything that the keys tell apart comes back, a question inside a survey too; then no plan creates anything."""
    before = pulled(applied)
    lose(applied)
    assert applied.run("plan").code == 1
    done = applied.ok("state", "rebuild", "--auto-approve", "--json").json
    assert [item["address"] for item in done["found"]] == ADDRESSES
    assert (done["written"], done["unclear"], done["absent"]) == (5, [], [])
    assert [item["unverified"] for item in done["found"] if "Account" in item["address"]] == [["verb"]]
    after = pulled(applied)
    assert {r["address"]: r["id"] for r in after["records"]} == {r["address"]: r["id"] for r in before["records"]}
    assert after["lineage"] != before["lineage"]
    plan = applied.ok("plan", "--json").json
    assert (plan["applyable"], plan["summary"]["no-op"]) == (False, 5)
    run = last_run(applied)
    assert (run["command"], run["counts"], run["exit_code"]) == ("state rebuild", {"rebuilt": 5}, 0)
    assert applied.writes == []


def test_a_dry_run_and_no_yes(applied: Desk) -> None:
    """Nothing is written before somebody said yes; what would be is shown."""
    lose(applied)
    done = applied.ok("state", "rebuild", "--dry-run")
    assert all(address in done.out for address in ADDRESSES)
    assert "dry run" in done.out
    assert "unverified: verb" in done.out
    refused = applied.run("state", "rebuild")
    assert (refused.code, "RCN0603" in refused.err) == (6, True)
    assert not (applied.folder / ".reconciler/state.db").exists()
    assert applied.answer("yes\n", "state", "rebuild").code == 0
    assert applied.ok("plan", "--json").json["applyable"] is False


def test_what_cannot_be_told_apart(applied: Desk) -> None:
    """Twins are listed with their ids and left alone; an externalId settles which is ours."""
    twin = {"name": "Acme Leeds", "address_line_1": "1 The Headrow", "postal_code": "LS1 8EQ", "country_code": "GB"}
    ids = [item["id"] for item in applied.live("optimum", "locations")]
    other = applied.sandbox.store.insert("optimum", "locations", twin)["id"]
    lose(applied)
    done = applied.ok("state", "rebuild", "--auto-approve", "--json").json
    assert done["written"] == 4
    (unclear,) = done["unclear"]
    assert (unclear["address"], unclear["candidates"]) == ("optimum/Location/leeds", sorted([*ids, other]))
    applied.edit(
        "manifests/all.yaml",
        "metadata: {name: leeds, depends",
        f"metadata: {{name: leeds, externalId: {other}, depends",
    )
    done = applied.ok("state", "rebuild", "--auto-approve", "--json").json
    assert ([item["id"] for item in done["found"]], done["written"], len(done["kept"])) == ([other], 1, 4)
    assert applied.ok("plan", "--json").json["applyable"] is False


def test_records_that_are_there_stay(applied: Desk) -> None:
    """Beside a state that lives nothing is found and nothing is overwritten; a forgotten record comes back."""
    before = pulled(applied)
    done = applied.ok("state", "rebuild", "--auto-approve", "--json").json
    assert (done["found"], done["written"], len(done["kept"])) == ([], 0, 5)
    assert pulled(applied) == before
    applied.ok("state", "rm", "optimum/Location/leeds", "--auto-approve")
    done = applied.ok("state", "rebuild", "--auto-approve", "--json").json
    assert [item["address"] for item in done["found"]] == ["optimum/Location/leeds"]


def test_what_moved_meanwhile_is_an_update(applied: Desk) -> None:
    """Where a pinned object is not as declared, the record says what is live, and the plan what git wants."""
    (live,) = applied.live("optimum", "locations")
    applied.edit(
        "manifests/all.yaml",
        "metadata: {name: leeds, depends",
        f"metadata: {{name: leeds, externalId: {live['id']}, depends",
    )
    applied.sandbox.store.change("optimum", "locations", live["id"], {"name": "Acme Loidis"})
    applied.manifest(location("york"), "york.yaml")
    lose(applied)
    done = applied.ok("state", "rebuild", "--auto-approve", "--json").json
    assert (done["written"], done["absent"]) == (5, ["optimum/Location/york"])
    plan = applied.ok("plan", "--json").json
    assert {word: n for word, n in plan["summary"].items() if n} == {"create": 1, "update": 1, "no-op": 4}
    (change,) = [c for c in plan["resource_changes"] if c["change"]["actions"] == ["update"]]
    assert [(f["path"], f["before"], f["after"], f["cause"]) for f in change["fields"]] == [
        ("name", "Acme Loidis", "Acme Leeds", "config")
    ]


@pytest.mark.parametrize("status", [500, 401])
def test_a_vendor_that_cannot_be_read(applied: Desk, status: int) -> None:
    """What could not be read is told with its exit code and not recorded; the other vendors' records are."""
    lose(applied)
    applied.fault({"status": status}, vendor="optimum", method="GET")
    done = applied.run("state", "rebuild", "--auto-approve", "--retry-seconds", "0", "--json")
    assert done.code == {500: 5, 401: 4}[status]
    assert done.json["written"] == 3
    assert {error["type"] for error in done.json["errors"]} == {"Account", "Location"}
    applied.sandbox.faults.clear()
    assert applied.ok("state", "rebuild", "--auto-approve", "--json").json["written"] == 2
