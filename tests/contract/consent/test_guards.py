"""Guards and claims end to end: what stops an apply, what lets it pass, and that nothing is written before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.server import RunningSandbox
from tests.contract.consent.project import Project, location, manifest, site, survey
from tests.scenarios.world import World

LEEDS, YORK, HULL = (f"optimum/Location/{name}" for name in ("leeds", "york", "hull"))


def locations(count: int, *, first: int = 0) -> list[dict[str, Any]]:
    """So many locations."""
    return [location(f"l{number}") for number in range(first, count)]


def live(project: Project) -> list[str]:
    """The names of the live locations."""
    return sorted(o["name"] for o in project.world.held("optimum", "locations"))


def stopped(project: Project, options: str, says: str, *, code: int = 6) -> None:
    """An apply that ends with this code, says this, and writes nothing."""
    ended = project.apply(options)
    assert (ended.code, project.world.writes()) == (code, []), ended.text
    assert says in ended.text


def blocked(project: Project) -> dict[str, str]:
    """The blocked addresses of the plan, and why."""
    return {c["address"]: c["blocked"]["code"] for c in project.plan()["resource_changes"] if c["blocked"]}


# --- numbers --------------------------------------------------------------------------------------------------------


def test_more_than_five_deletes_have_to_be_said(project: Project) -> None:
    """Six of nine; a smaller number is a limit of its own; the number said lets them pass."""
    project.settle(*locations(9))
    project.declare(*locations(9, first=6))
    stopped(project, "", "--max-deletes 6")
    stopped(project, "--max-deletes 5", "--max-deletes 6")
    assert project.apply("--max-deletes 6").code == 0
    assert len(live(project)) == 3
    assert len(project.archived) == 6


def test_five_replacements_and_a_delete_are_six(project: Project) -> None:
    """A replacement deletes as well."""
    allow = {"replace": "allow"}
    project.settle(*(survey(f"s{number}", allow) for number in range(5)), *locations(2))
    changed = [survey(f"s{number}", allow, interactionType="delivery") for number in range(5)]
    project.declare(*changed, *locations(1))
    stopped(project, "", "--max-deletes 6")


def test_emptying_a_kind_has_to_be_said(project: Project) -> None:
    """Both of two go: said, or stopped. The last one alone may go."""
    project.settle(*locations(2), site("shop", "a"))
    project.declare(site("shop", "a"))
    stopped(project, "", "--max-deletes 2")
    assert project.apply("--max-deletes 2").code == 0
    project.settle(location("only"), site("shop", "a"))
    project.declare(site("shop", "a"))
    assert project.apply().code == 0


def test_what_is_left_after_one_vanished_is_counted_alone(project: Project) -> None:
    """Two of three are deleted and the third is gone already: the kind is emptied all the same."""
    project.settle(*locations(3), site("shop", "a"))
    found = project.world.held("optimum", "locations")[0]["id"]
    project.sandbox.store.remove("optimum", "locations", found)
    project.declare(site("shop", "a"))
    stopped(project, "", "--max-deletes 2")


def test_second_halves_empty_nothing(project: Project) -> None:
    """Two surveys whose replacement was cut in half: the new ones are there, so that deleting the old needs no word."""
    allow = {"replace": "allow"}
    project.settle(survey("a", allow), survey("b", allow))
    project.declare(survey("a", allow, interactionType="delivery"), survey("b", allow, interactionType="delivery"))
    refuse = {"match": {"vendor": "enco", "method": "DELETE"}, "when": {"count": 2}, "fault": {"status": 403}}
    project.sandbox.faults.add(refuse)
    assert project.apply().code != 0
    assert len(project.world.held("enco", "surveys")) == 4
    ended = project.apply()
    assert ended.code == 0, ended.text
    assert {o["interactionType"] for o in project.world.held("enco", "surveys")} == {"delivery"}


def test_no_manifests_at_all_is_an_error(project: Project) -> None:
    """An empty folder is a mistake, not the wish to delete everything."""
    project.settle(*locations(2))
    project.declare()
    ended = project.apply("--max-deletes 99")
    assert (ended.code, project.world.writes()) == (3, [])
    assert "RCN0126" in ended.text


# --- mass disappearance ---------------------------------------------------------------------------------------------


def vanish(project: Project, *names: str) -> None:
    """Locations go in the vendor's console."""
    for item in project.world.held("optimum", "locations"):
        if item["name"] in {f"Acme {name}" for name in names}:
            project.sandbox.store.remove("optimum", "locations", item["id"])


def test_all_gone_at_once_is_not_created_again_unsaid(project: Project) -> None:
    """Each address has to be named; a part of them is not enough."""
    project.settle(location("leeds"), location("york"), site("shop", "a"))
    vanish(project, "leeds", "york")
    stopped(project, "", "wrong token")
    stopped(project, f"--allow-recreate {LEEDS}", f"--allow-recreate {YORK}")
    stopped(project, "--allow-recreate 'optimum/Location/*'", "not an address", code=3)
    ended = project.apply(f"--allow-recreate {LEEDS} --allow-recreate {YORK}")
    assert ended.code == 0, ended.text
    assert live(project) == ["Acme leeds", "Acme york"]


def test_a_wrong_token_does_not_make_the_state_forget(project: Project) -> None:
    """Everything is gone and nothing is declared (or destroyed): that would forget all, and is stopped too."""
    project.settle(location("leeds"), location("york"), site("shop", "a"))
    vanish(project, "leeds", "york")
    project.declare(site("shop", "a"))
    stopped(project, "", "gone at once")
    ended = project.run("destroy --auto-approve --retry-seconds 0")
    assert (ended.code, project.world.writes()) == (6, [])
    assert project.recorded() == ["customersure/Site/shop", LEEDS, YORK]
    assert project.apply(f"--allow-recreate {LEEDS} --allow-recreate {YORK}").code == 0
    assert project.recorded() == ["customersure/Site/shop"]


def test_one_gone_is_created_again(project: Project) -> None:
    """A single one of several is no mass."""
    project.settle(location("leeds"), location("york"))
    vanish(project, "leeds")
    assert project.apply().code == 0
    assert live(project) == ["Acme leeds", "Acme york"]


# --- preventDestroy, retain -----------------------------------------------------------------------------------------


def test_prevent_destroy_outlives_its_manifest(project: Project) -> None:
    """No option lets it go; an explicit false, applied, does."""
    project.settle(location("leeds", {"preventDestroy": True}), location("york"))
    project.declare(location("york"))
    assert blocked(project) == {LEEDS: "prevent_destroy"}
    stopped(project, f"--allow-data-loss {LEEDS} --max-deletes 9", "preventDestroy")
    project.settle(location("leeds", {"preventDestroy": False}), location("york"))
    project.declare(location("york"))
    assert project.apply().code == 0
    assert live(project) == ["Acme york"]


def test_prevent_destroy_outlives_its_line(project: Project) -> None:
    """Taken out by the very edit that replaces the object, it still holds; applied first as false, it lets it go."""
    project.settle(survey("waffles", {"replace": "allow", "preventDestroy": True}))
    project.declare(survey("waffles", {"replace": "allow"}, interactionType="delivery"))
    assert blocked(project) == {"enco/Survey/waffles": "prevent_destroy"}
    stopped(project, "", "preventDestroy")
    project.settle(survey("waffles", {"replace": "allow", "preventDestroy": False}))
    project.declare(survey("waffles", {"replace": "allow"}, interactionType="delivery"))
    assert project.apply().code == 0


def test_prevent_destroy_holds_against_destroy(project: Project) -> None:
    """What is protected stays, and the rest goes."""
    project.settle(location("leeds", {"preventDestroy": True}), location("york"))
    ended = project.run("destroy --auto-approve --retry-seconds 0")
    assert ended.code == 9, ended.text
    assert live(project) == ["Acme leeds"]


def test_retained_is_forgotten_and_kept(project: Project) -> None:
    """No write, no consent, no archive; and it is unmanaged afterwards."""
    project.settle(location("leeds", {"onRemove": "retain"}), location("york"))
    leeds = project.world.held("optimum", "locations")
    for item in leeds:
        project.sandbox.store.insert("optimum", "reviews", {"location": item["id"]})
    project.declare(location("york"))
    ended = project.apply()
    assert (ended.code, project.world.writes()) == (0, []), ended.text
    assert (live(project), project.recorded(), project.archived) == (["Acme leeds", "Acme york"], [YORK], [])
    assert [item["key"] for item in project.plan()["unmanaged"]] == ["Acme leeds"]


# --- renames and claims ---------------------------------------------------------------------------------------------


def test_a_possible_rename_deletes_nothing_until_it_is_said(project: Project) -> None:
    """The same object under another name: blocked, and with previousNames nothing is written."""
    project.settle(location("leeds"), location("york"))
    renamed = location("leeds-centre", None, name="Acme leeds")
    project.declare(renamed, location("york"))
    assert blocked(project)[LEEDS] == "possible_rename"
    ended = project.apply()
    assert project.world.writes() == [], ended.text
    assert len(live(project)) == 2
    project.declare(location("leeds-centre", None, name="Acme leeds", _previousNames=["leeds"]), location("york"))
    ended = project.apply()
    assert (ended.code, project.world.writes()) == (0, []), ended.text
    assert project.recorded() == ["optimum/Location/leeds-centre", YORK]


def test_maybe_renamed_by_hand_is_not_created_again(project: Project) -> None:
    """A site that is gone beside an unclaimed one of its name under another code."""
    project.settle(site("shop", "old"), site("hall", "hall"))
    project.sandbox.store.remove("customersure", "sites", "old")
    project.sandbox.store.insert("customersure", "sites", {"site_code": "old-2", "name": "Acme shop"})
    assert blocked(project) == {"customersure/Site/shop": "maybe_renamed"}
    stopped(project, "", "every operation is blocked")


def test_a_pin_that_does_not_exist_or_contradicts(project: Project) -> None:
    """Nothing is created in its place, and the record is not turned to another object."""
    project.settle(location("leeds"), location("york"))
    other = project.sandbox.store.insert("optimum", "locations", {"name": "Acme Hull", "country_code": "GB"})["id"]
    project.declare(
        location("leeds", _externalId=other),
        location("york"),
        location("hull", None, name="Hull", _externalId="nosuch"),
    )
    assert blocked(project) == {LEEDS: "pin_conflict", HULL: "pin_not_found"}
    stopped(project, "", "every operation is blocked")


def test_one_object_has_one_claimant(project: Project) -> None:
    """Two pins on one object: one address holds it, the other is blocked, and nothing is written."""
    shared = project.sandbox.store.insert("optimum", "locations", {"name": "Acme x", "country_code": "GB"})["id"]
    twins = [location(name, None, name="Acme x", _externalId=shared) for name in ("leeds", "york")]
    project.declare(*twins)
    ended = project.run("plan --json --retry-seconds 0")
    if ended.code == 0:
        assert list(blocked(project).values()) == ["already_claimed"]
    project.apply()
    assert project.world.writes() == []
    assert len(project.recorded()) <= 1


@pytest.mark.parametrize("deleted", ["hidden", "ghost"])
def test_a_deleted_object_is_never_matched_again(project: Project, deleted: str) -> None:
    """The same manifest after the delete makes a new object, also where the vendor still shows the old one."""
    project.sandbox.options.update({"deleted_locations": deleted})
    project.settle(location("leeds"), location("york"))
    old = {o["id"] for o in project.world.held("optimum", "locations") if o["name"] == "Acme leeds"}
    project.settle(location("york"))
    project.settle(location("leeds"), location("york"))
    new = {o["id"] for o in project.world.held("optimum", "locations") if o["name"] == "Acme leeds"}
    assert len(new) == 1
    assert not new & old
    ended = project.run(f"plan --json --retry-seconds 0 --target {LEEDS}")
    assert ended.document["applyable"] is False


# --- moved connections ----------------------------------------------------------------------------------------------


@pytest.fixture
def two(sandbox: RunningSandbox, tmp_path: Path, project: Project) -> Project:
    """Two Optimum connections (to one account: the sandbox has one) and a location in the first, with a review."""
    del project  # its environment is wanted
    folder = tmp_path / "two"
    folder.mkdir()
    found = Project(World(folder, sandbox, {"north": {"provider": "optimum"}}))
    found.settle(location("leeds", _connection="optimum"), location("york", _connection="optimum"))
    (id,) = (o["id"] for o in sandbox.store.objects("optimum", "locations") if o["name"] == "Acme leeds")
    sandbox.store.insert("optimum", "reviews", {"location": id})
    return found


def test_a_moved_connection_needs_both_words(two: Project) -> None:
    """replace: allow, and the consent to the loss of what the old object holds; then the old one is archived."""
    york = location("york", _connection="optimum")
    two.declare(location("leeds", _connection="north"), york)
    assert blocked(two) == {LEEDS: "connection_moved"}
    stopped(two, f"--allow-data-loss {LEEDS}", "every operation is blocked")
    two.declare(location("leeds", {"replace": "allow"}, _connection="north"), york)
    assert two.change(LEEDS)["impact"]["reviews"] == 1
    stopped(two, "", f"--allow-data-loss {LEEDS}")
    ended = two.apply(f"--allow-data-loss {LEEDS}")
    assert (ended.code, [w.split()[0] for w in two.world.writes()]) == (0, ["POST", "DELETE"]), ended.text
    assert len(two.archived) == 1


def test_a_move_cut_in_half_asks_in_the_old_connection(two: Project) -> None:
    """What is left to delete is counted where it is: in the connection that the manifest no longer names."""
    two.declare(location("leeds", {"replace": "allow"}, _connection="north"), location("york", _connection="optimum"))
    refuse = {"match": {"vendor": "optimum", "method": "DELETE"}, "when": {"count": 1}, "fault": {"status": 403}}
    two.sandbox.faults.add(refuse)
    assert two.apply(f"--allow-data-loss {LEEDS}").code != 0
    change = two.change(LEEDS)
    assert (change["action_reason"], change["impact"]["reviews"]) == ("recover", 1)
    stopped(two, "", f"--allow-data-loss {LEEDS}")
    ended = two.apply(f"--allow-data-loss {LEEDS}")
    assert (ended.code, [w.split()[0] for w in two.world.writes()]) == (0, ["DELETE"]), ended.text
    assert live(two) == ["Acme leeds", "Acme york"]


# --- a fresh runner -------------------------------------------------------------------------------------------------


def test_a_state_made_on_a_runner_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With CI set a SQLite state is not made, and nothing is asked of a vendor; one that is there is used."""
    monkeypatch.setenv("CI", "true")
    project.declare(location("leeds"), location("york"))
    ended = project.apply()
    assert ended.code not in (0, 9), ended.text
    assert project.sandbox.log.entries() == []
    assert not list((project.folder / ".reconciler").glob("state.db*"))
    assert project.apply("--allow-ephemeral-state").code == 0
    project.declare(location("leeds", address_line_1="1 The Headrow"), location("york"))
    assert project.apply().code == 0


def test_a_wrong_kind_is_not_taken_for_a_consent(project: Project) -> None:
    """An address of the same name and another kind is another address."""
    acme = manifest("optimum/Account", "leeds", None, **{"name": "Acme", "active": True, "verb": "use"})
    project.settle(location("leeds"), location("york"), acme)
    (leeds,) = (o["id"] for o in project.world.held("optimum", "locations") if o["name"] == "Acme leeds")
    project.sandbox.store.insert("optimum", "feedback", {"location": leeds})
    project.declare(location("york"), acme)
    stopped(project, "--allow-data-loss optimum/Account/leeds", f"--allow-data-loss {LEEDS}")
