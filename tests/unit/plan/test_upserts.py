"""Subscribers as the kind that is told by any of its contacts, created in two steps, and never really gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.model import Action, Address, Change, Pending, Reference, Tombstone
from reconciler.plan import build, steps
from reconciler.plan.approval import approve
from reconciler.plan.rebuild import rebuilt
from tests.unit.plan.world import REGISTRY, World

KIND, JANE = "optimum/Subscriber", "optimum/Subscriber/jane"
EMAIL, NUMBER = "jane@example.org", "+441134960000"


def ref(name: str) -> Reference:
    return Reference(Address.parse(f"optimum/Location/{name}"))


def world(*, york: bool = True) -> World:
    """Two locations that are recorded and live (or only one, and the other to come)."""
    made = World()
    for name, id in (("leeds", "L"), ("york", "Y")):
        made.desire(f"optimum/Location/{name}", spec={"name": name, "country_code": "GB"})
        if york or name == "leeds":
            fields = {"name": name, "country_code": "GB"}
            made.record(f"optimum/Location/{name}", id, fields).live("optimum/Location", id, fields)
    return made


def jane(made: World, *locations: str, address: str = JANE, **spec: Any) -> World:
    """A manifest of a subscriber at locations."""
    names = locations or ("leeds",)
    spec = {"email": EMAIL, "country_code": "GB", **spec, "locations": [ref(name) for name in names]}
    return made.desire(address, spec=spec, depends_on=[f"optimum/Location/{name}" for name in names])


def there(made: World, id: str, *locations: str, **fields: Any) -> World:
    """A live subscriber."""
    return made.live(KIND, id, {"country_code": "GB", **fields, "locations": list(locations)})


def planned(made: World, address: str = JANE) -> Change:
    """The change at an address."""
    return next(change for change in build(made.inputs()).changes if str(change.address) == address)


@dataclass(frozen=True)
class Case:
    """Who is live (id, locations, contacts), and what a manifest with email and number at Leeds comes to."""

    reason: str
    live: dict[str, tuple[str, dict[str, Any]]]
    action: Action = Action.CREATE
    blocked: str | None = None
    adopts: str | None = None
    spec: dict[str, Any] = field(default_factory=dict)


RECOGNISED = [
    Case("nobody", {}),
    Case("the email at the location", {"s1": ("L", {"email": EMAIL})}, Action.UPDATE, adopts="s1"),
    Case("the number at the location", {"s1": ("LY", {"mobile_number": NUMBER})}, Action.UPDATE, adopts="s1"),
    Case("both of one", {"s1": ("L", {"email": EMAIL, "mobile_number": NUMBER})}, Action.NO_OP, adopts="s1"),
    Case("the email elsewhere", {"s1": ("Y", {"email": EMAIL})}, blocked="near_match"),
    Case("the email of somebody nowhere", {"s1": ("", {"email": EMAIL})}, blocked="near_match"),
    Case("the email in other letters", {"s1": ("L", {"email": "Jane@Example.org"})}, blocked="near_match"),
    Case("one by email, one by number",
         {"s1": ("L", {"email": EMAIL}), "s2": ("L", {"mobile_number": NUMBER})}, blocked="ambiguous"),
    Case("one here, one elsewhere", {"s1": ("L", {"email": EMAIL}), "s2": ("Y", {"email": EMAIL})},
         Action.UPDATE, adopts="s1"),
    Case("two without an email are not the same", {"s1": ("L", {"mobile_number": "+449"})}, spec={"email": None}),
    Case("an empty email is none", {"s1": ("L", {"email": ""})}, spec={"email": ""}),
]  # fmt: skip


@pytest.mark.parametrize("case", RECOGNISED, ids=[case.reason for case in RECOGNISED])
def test_either_contact_and_a_common_location(case: Case) -> None:
    """The contact alone is a near match; two candidates are for a person to tell. "" and null are one (trap 61)."""
    made = jane(world(), mobile_number=NUMBER, **case.spec)
    for id, (locations, contacts) in case.live.items():
        there(made, id, *locations, **contacts)
    change = planned(made)
    assert (change.action, change.importing) == (case.action, case.adopts)
    assert (change.blocked.code if change.blocked else None) == case.blocked
    if change.blocked is not None:
        assert set(change.blocked.candidates) == set(case.live)
        assert EMAIL not in change.blocked.message and NUMBER not in change.blocked.message


def test_two_locations_of_one_person_are_two_subscribers() -> None:
    """What another manifest recognises exactly is no near match of this one."""
    made = jane(jane(world()), "york", address=f"{KIND}/jane-york")
    there(made, "s1", "L", email=EMAIL)
    assert planned(made).importing == "s1"
    second = planned(made, f"{KIND}/jane-york")
    assert (second.action, second.blocked) == (Action.CREATE, None)


def test_a_create_takes_one_location_and_no_opt_out() -> None:
    """The rest follows in one update; an opt-out that is not wanted is never sent."""
    change = planned(jane(world(), "york", "leeds", opt_out=True, fname=None))
    assert change.request == {"email": EMAIL, "country_code": "GB", "locations": ["Y"]}
    assert change.then == {"opt_out": True, "locations": ["Y", "L"]}
    alone = planned(jane(world(), opt_out=False))
    assert (alone.request["locations"], alone.then) == (["L"], {})
    assert "opt_out" not in alone.request


def test_locations_to_come_are_pending_one_by_one() -> None:
    """The known id and the awaited one stand side by side, and the approval names the awaited by its address."""
    york = Pending(Address.parse("optimum/Location/york"))
    made = jane(world(york=False), "leeds", "york")
    change = planned(made)
    assert change.then == {"locations": ["L", york]}
    assert (change.after or {})["locations"] == ["leeds", "york"]
    assert next(item for item in change.fields if item.path == "locations").after_unknown
    before = approve(build(made.inputs())).operations[JANE]["request"]
    made.live("optimum/Location", "Y", {"name": "york", "country_code": "GB"})
    assert approve(build(made.inputs())).operations[JANE]["request"] == before


# (declared, recorded, live) opt_out -> (update sent, warned, drift, recorded then)
ONE_WAY = [
    (True, None, False, True, False, False, "git opts out"),
    (True, True, False, True, False, True, "somebody undid ours: put back"),
    (False, False, True, None, True, False, "they opted out: never undone, and no drift"),
    (False, True, True, None, True, False, "git takes its own back: not undone either"),
    (False, None, True, None, True, False, "found so when adopted"),
    (False, False, None, None, False, False, "nothing there is nothing to do"),
]


@pytest.mark.parametrize(
    ("declared", "recorded", "live", "sent", "warned", "drifts", "reason"), ONE_WAY, ids=[row[-1] for row in ONE_WAY]
)
def test_an_opt_out_is_never_undone(
    declared: bool, recorded: bool | None, live: bool | None, sent: bool | None, warned: bool, drifts: bool, reason: str
) -> None:
    """From false to true only, and the plan says where git wants it otherwise (trap 42)."""
    made = there(jane(world(), opt_out=declared), "s1", "L", email=EMAIL, opt_out=live)
    if recorded is not None:
        fields = {"email": EMAIL, "country_code": "GB", "opt_out": recorded, "locations": ["L"]}
        made.record(JANE, "s1", fields, depends_on=["optimum/Location/leeds"])
    plan = build(made.inputs())
    change = next(item for item in plan.changes if str(item.address) == JANE)
    assert change.request.get("opt_out") is sent, reason
    assert any("never undone" in text for text in change.warnings) is warned
    assert bool(plan.drift) is drifts
    assert (change.recorded or {})["opt_out"] is (live is True or declared)


def test_what_the_vendor_counts_is_no_drift() -> None:
    """last_sms, last_email and invalid move by themselves."""
    made = there(jane(world()), "s1", "L", email=EMAIL, invalid=True, last_sms=5, last_email=6)
    made.record(JANE, "s1", {"email": EMAIL, "country_code": "GB", "locations": ["L"]})
    plan = build(made.inputs())
    assert (plan.drift, plan.applyable) == ((), False)


def test_the_order_of_locations_means_nothing() -> None:
    """A set: the vendor may show it in any order."""
    made = there(jane(world(), "leeds", "york"), "s1", "Y", "L", email=EMAIL)
    assert planned(made).action is Action.NO_OP


def test_a_location_is_left_before_it_is_deleted() -> None:
    """Else the vendor takes the membership away by itself, and the update finds another subscriber than planned."""
    made = there(jane(world()), "s1", "L", "Y", email=EMAIL)
    made.record(
        JANE,
        "s1",
        {"email": EMAIL, "country_code": "GB", "locations": ["L", "Y"]},
        depends_on=["optimum/Location/leeds", "optimum/Location/york"],
    )
    del made.manifests[Address.parse("optimum/Location/york")]
    plan = build(made.inputs())
    graph = {f"{s.address.name}:{s.name}": {f"{b.address.name}:{b.name}" for b in before}
             for s, before in steps([c for c in plan.changes if c.operates]).items()}  # fmt: skip
    assert graph == {"jane:update": set(), "york:delete": {"jane:update"}}


def test_what_another_manifest_names_by_its_id_is_kept_by_kind() -> None:
    """Ids are shared between types (trap 53): a location that a subscriber names keeps no account of the same id."""
    made = world()
    made.record("optimum/Account/acme", "X", {"name": "A", "active": True})
    made.live("optimum/Account", "X", {"name": "A", "active": True, "active_locations": 0, "active_users": 0})
    spec = {"email": EMAIL, "country_code": "GB", "locations": [Reference(external_id="X"), Reference(external_id="Y")]}
    made.desire(JANE, spec=spec)
    assert planned(made, "optimum/Account/acme").blocked is None
    del made.manifests[Address.parse("optimum/Location/york")]
    kept = planned(made, "optimum/Location/york")
    assert kept.blocked is not None and kept.blocked.code == "still_referenced"


@pytest.mark.parametrize("live", ["LY", "YL", "L"])
def test_a_record_found_again_holds_the_locations_that_are_live(live: str) -> None:
    """Equal as a set they are kept as declared, else as they are: then git's is an update, and nothing is drift."""
    made = there(jane(world(), "leeds", "york"), "s1", *live, email=EMAIL)
    objects = {item.id: item for item in made.objects if item.kind == KIND}
    found = rebuilt(
        build(made.inputs()), made.inputs().snapshot, REGISTRY, lambda _connection, _kind, id: objects.get(id), {}
    )
    (record,) = [item for item in found.records if str(item.address) == JANE]
    assert record.fields["locations"] == (["L", "Y"] if len(live) == 2 else ["L"])


def test_a_create_that_brings_somebody_back_is_warned_of() -> None:
    """Gone at the vendor, shown although deleted (trap 46), or deleted and not shown: said as far as it is known."""
    gone = jane(world()).record(JANE, "s1", {"email": EMAIL, "country_code": "GB", "locations": ["L"]})
    assert "brings back the Subscriber s1 if it was deleted" in planned(gone).warnings[0]

    ghost = there(jane(world()), "s1", "L", email=EMAIL)
    ghost.tombstones.add(Tombstone(KIND, "optimum", "s1"))
    change = planned(ghost)
    assert (change.action, change.importing) == (Action.CREATE, None)
    assert "brings back what an earlier run deleted, s1" in change.warnings[0]

    unseen = jane(world())
    unseen.tombstones |= {Tombstone(KIND, "optimum", "s1"), Tombstone(KIND, "other", "s2")}
    plan = build(unseen.inputs())
    assert plan.warnings == (
        "optimum: of the 1 optimum/Subscriber that was deleted by earlier runs, a create with the same key brings one "
        "back",
    )
    assert next(item for item in plan.changes if str(item.address) == JANE).warnings == ()

    assert build(world().inputs()).warnings == ()


def test_what_came_back_is_ours_although_it_was_deleted_once() -> None:
    """The id is on the list of deleted ones, and on record: it lives."""
    made = there(jane(world()), "s1", "L", email=EMAIL)
    made.record(JANE, "s1", {"email": EMAIL, "country_code": "GB", "locations": ["L"]})
    made.tombstones.add(Tombstone(KIND, "optimum", "s1"))
    assert planned(made).action is Action.NO_OP
