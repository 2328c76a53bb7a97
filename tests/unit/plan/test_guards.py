"""What stops an apply of a plan, and the consent that each stop names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Address, GuardStop, Impact, Lifecycle, Plan
from reconciler.plan import Consents, at_stake, build, guard, with_impact
from reconciler.plan.guards import exceeds, impact_growth
from tests.unit.plan.world import REGISTRY, World, question

LEEDS = {"name": "Acme Leeds", "country_code": "GB"}
SURVEY = {"name": "waffles", "interactionType": "general", "questions": [question("en-GB", "How likely?")]}
ALLOW = Lifecycle(replace="allow")
RETAIN = Lifecycle(on_remove="retain")


def location(number: int) -> dict[str, Any]:
    return {**LEEDS, "name": f"Acme {number}"}


def recorded(count: int, *, declared: int = 0, there: bool = True, **more: Any) -> World:
    """So many recorded locations, the first ones declared still, and live unless they are gone."""
    world = World()
    for number in range(count):
        address = f"optimum/Location/l{number}"
        world.record(address, f"x{number}", location(number), **more)
        if number < declared:
            world.desire(address, spec=location(number), **more)
        if there:
            world.live("optimum/Location", f"x{number}", location(number))
    return world


def replaced(count: int) -> World:
    """So many surveys that are replaced."""
    world = World()
    for number in range(count):
        address, before = f"enco/Survey/s{number}", {**SURVEY, "name": f"s{number}"}
        world.record(address, str(number), before, lifecycle=ALLOW)
        world.live(
            "enco/Survey", str(number), {**before, "questions": [question("en-GB", "How likely?", f"9{number}")]}
        )
        world.desire(address, spec={**before, "name": f"t{number}"}, lifecycle=ALLOW)
    return world


def at(*names: str) -> frozenset[Address]:
    return frozenset(Address("optimum", "Location", name) for name in names)


NONE = Consents()


@dataclass(frozen=True)
class Case:
    """A world, consents, and the stops: the code and the consent each names."""

    name: str
    reason: str
    world: World
    stops: list[tuple[str, str]]
    consents: Consents = NONE
    impacts: dict[str, Impact] = field(default_factory=dict)


LOSS = {"optimum/Location/l0": Impact({"reviews": 1, "feedback": 0}, ("campaigns",))}
NO_LOSS = {"optimum/Location/l0": Impact({"reviews": 0})}

CASES = [
    Case("nothing", "a plan without deletes needs no consent", recorded(3, declared=3), []),
    Case("five deletes", "five are allowed", recorded(9, declared=4), []),
    Case("six deletes", "more than five are not", recorded(9, declared=3), [("max_deletes", "--max-deletes 6")]),
    Case("six said", "the number was said", recorded(9, declared=3), [], Consents(max_deletes=6)),
    Case("too few said", "a smaller number is a limit of its own", recorded(9, declared=7),
         [("max_deletes", "--max-deletes 2")], Consents(max_deletes=1)),
    Case("none said", "0 allows none", recorded(9, declared=8), [("max_deletes", "--max-deletes 1")],
         Consents(max_deletes=0)),
    Case("replacements count", "a replacement deletes too", replaced(6), [("max_deletes", "--max-deletes 6")]),
    Case("the last one", "one object of a kind may go: that is how one is removed", recorded(1), []),
    Case("both of two", "a small set has its own guard", recorded(2), [("kind_emptied", "--max-deletes 2")]),
    Case("both said", "emptying it was said", recorded(2), [], Consents(max_deletes=2)),
    Case("one of two", "one stays", recorded(2, declared=1), []),
    Case("emptied and too many", "both are told", recorded(6),
         [("max_deletes", "--max-deletes 6"), ("kind_emptied", "--max-deletes 6")]),
    Case("destroy", "destroy is the consent to the number", recorded(6), [], Consents(destroy_number=True)),
    Case("forgetting", "what is let go is not deleted", recorded(7, lifecycle=RETAIN), []),
    Case("protected", "what is blocked is not deleted", recorded(7, lifecycle=Lifecycle(prevent_destroy=True)), []),
    Case("kept with its answers", "what stays loses nothing", recorded(2, declared=2), [],
         impacts={"optimum/Location/l1": Impact({"reviews": 3})}),
    Case("a delete that loses", "one review is enough", recorded(1),
         [("data_loss", "--allow-data-loss optimum/Location/l0")], impacts=LOSS),
    Case("loss consented", "by its address", recorded(1), [], Consents(data_loss=at("l0")), LOSS),
    Case("another's consent", "a consent counts for its address alone", recorded(1),
         [("data_loss", "--allow-data-loss optimum/Location/l0")], Consents(data_loss=at("l1")), LOSS),
    Case("destroy and loss", "the consent to the number is none to the loss", recorded(1),
         [("data_loss", "--allow-data-loss optimum/Location/l0")], Consents(destroy_number=True), LOSS),
    Case("nothing to lose", "counted, and none", recorded(1), [], impacts=NO_LOSS),
    Case("one gone", "one object may vanish", recorded(3, declared=3, there=False).live(
        "optimum/Location", "x1", location(1)).live("optimum/Location", "x2", location(2)), []),
    Case("the only one gone", "a single object may be the only one", recorded(1, declared=1, there=False), []),
    Case("all of two gone", "all at once is more often a wrong token", recorded(2, declared=2, there=False),
         [("mass_disappearance", "--allow-recreate optimum/Location/l0 --allow-recreate optimum/Location/l1")]),
    Case("one consented", "the others are still named", recorded(2, declared=2, there=False),
         [("mass_disappearance", "--allow-recreate optimum/Location/l1")], Consents(recreate=at("l0"))),
    Case("all consented", "each by its address", recorded(2, declared=2, there=False), [],
         Consents(recreate=at("l0", "l1"))),
    Case("all gone, none declared", "a wrong token must not make the state forget everything",
         recorded(2, there=False),
         [("mass_disappearance", "--allow-recreate optimum/Location/l0 --allow-recreate optimum/Location/l1")]),
]  # fmt: skip


def judged(case: Case) -> Plan:
    inputs = case.world.inputs()
    impacts = {Address.parse(text): impact for text, impact in case.impacts.items()}
    return guard(with_impact(build(inputs), REGISTRY, impacts), inputs.snapshot, REGISTRY, case.consents)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_guards(case: Case) -> None:
    """Each guard stops what it is for, names the consent, and lets it pass with that consent."""
    assert [(stop.code, stop.consent) for stop in judged(case).stops] == case.stops, case.reason


def test_more_than_five_gone() -> None:
    """Six vanished objects of a kind are a mass even where others are left."""
    world = recorded(9, declared=9, there=False)
    for number in (6, 7, 8):
        world.live("optimum/Location", f"x{number}", location(number))
    stops = judged(Case("", "", world, [])).stops
    assert [(stop.code, len(stop.addresses)) for stop in stops] == [("mass_disappearance", 6)]


def test_kinds_and_connections_are_counted_apart() -> None:
    """Emptying is seen for each kind of each connection: an untouched second account does not hide it."""
    world = recorded(2)
    for number in range(3):
        world.record(f"optimum/Location/n{number}", f"y{number}", LEEDS, connection="north")
        world.desire(f"optimum/Location/n{number}", connection="north", spec=LEEDS)
        world.live("optimum/Location", f"y{number}", LEEDS, "north")
    assert [stop.code for stop in judged(Case("", "", world, [])).stops] == ["kind_emptied"]


def test_an_uncounted_impact_blocks() -> None:
    """What should be countable and is not blocks that delete, and only that."""
    world, address = recorded(1), Address("optimum", "Location", "l0")
    plan = with_impact(build(world.inputs()), REGISTRY, {address: Impact(failed="no answer")})
    assert plan.changes[0].blocked is not None
    assert plan.changes[0].blocked.code == "impact_unknown"
    assert not plan.applyable


def test_what_is_at_stake_has_to_be_counted() -> None:
    """Deletes and replacements of live objects are weighed; creates and forgets are not."""
    world = (
        recorded(1).desire("optimum/Location/new", spec=location(8)).record("optimum/Location/gone", "z", location(9))
    )
    assert [str(change.address) for change in at_stake(build(world.inputs()), REGISTRY)] == ["optimum/Location/l0"]


@given(
    count=st.integers(0, 12), declared=st.integers(0, 12), most=st.none() | st.integers(0, 12), destroy=st.booleans()
)
def test_no_consent_no_mass_delete(count: int, declared: int, most: int | None, destroy: bool) -> None:
    """However many are removed: more than the limit, or all of two or more, never pass unsaid; what passes was said."""
    declared = min(declared, count)
    world, gone = recorded(count, declared=declared), count - min(declared, count)
    stops: tuple[GuardStop, ...] = judged(
        Case("", "", world, [], Consents(max_deletes=most, destroy_number=destroy))
    ).stops
    too_many = gone > (5 if most is None else most)
    emptied = most is None and gone == count >= 2
    assert bool(stops) is (not destroy and (too_many or emptied))


@pytest.mark.parametrize(
    ("approved", "now", "stale", "reason"),
    [
        (0, 0, False, "nothing"),
        (0, 1, True, "from zero by nothing"),
        (5, 15, False, "ten at least"),
        (5, 16, True, "more than ten"),
        (1000, 1100, False, "a tenth"),
        (1000, 1101, True, "more than a tenth"),
        (1000, 0, False, "less is never worse"),
    ],
)
def test_impact_may_grow_a_little(approved: int, now: int, stale: bool, reason: str) -> None:
    """An approval of a loss covers a tenth more, at least ten, and from nothing nothing."""
    assert exceeds(approved, now) is stale, reason
    address = Address("optimum", "Location", "l0")
    plan = build(recorded(1).inputs())
    before, after = (with_impact(plan, REGISTRY, {address: Impact({"reviews": n})}) for n in (approved, now))
    assert bool(impact_growth(before, after)) is stale, reason
