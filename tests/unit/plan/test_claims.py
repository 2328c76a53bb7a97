"""Who holds which live object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings

from reconciler.model import Address, Change, Lifecycle, Tombstone
from reconciler.plan import build
from reconciler.plan.claims import dependency_order, resolve_claims
from tests.unit.plan.world import World, question
from tests.unit.plan.worlds import made, seeds

SITE = {"site_code": "hq", "name": "Head Office"}
LEEDS = {"name": "Acme Leeds", "country_code": "GB"}
ALLOW = Lifecycle(replace="allow")


@dataclass(frozen=True)
class Case:
    """A world, and for each address the live id it holds (None: none), or `!` and the code that blocks it."""

    name: str
    reason: str
    world: World
    held: dict[str, str | None]


def site(code: str, name: str = "Head Office") -> dict[str, Any]:
    return {"site_code": code, "name": name}


CASES = [
    Case("record before pin before key", "each rule takes what the one before it left",
         World().desire("optimum/Location/a", spec=LEEDS).desire("optimum/Location/b", spec=LEEDS, pin="y")
         .desire("optimum/Location/c", spec=LEEDS).record("optimum/Location/a", "x", LEEDS)
         .live("optimum/Location", "x", LEEDS).live("optimum/Location", "y", LEEDS)
         .live("optimum/Location", "z", LEEDS),
         {"optimum/Location/a": "x", "optimum/Location/b": "y", "optimum/Location/c": "z"}),
    Case("a record outlives its key", "the recorded id counts, whatever the object is called now",
         World().desire("customersure/Site/a", spec=SITE).record("customersure/Site/a", "hq", SITE)
         .live("customersure/Site", "hq", site("hq", "Renamed")), {"customersure/Site/a": "hq"}),
    Case("a record without manifest holds on", "its object is nobody else's",
         World().desire("optimum/Location/b", spec=LEEDS).record("optimum/Location/a", "x", LEEDS)
         .live("optimum/Location", "x", LEEDS),
         {"optimum/Location/a": "!possible_rename", "optimum/Location/b": "!already_claimed"}),
    Case("gone and recognised", "the recorded object is gone, an equal one is adopted",
         World().desire("optimum/Location/a", spec=LEEDS).record("optimum/Location/a", "x", LEEDS)
         .live("optimum/Location", "y", LEEDS), {"optimum/Location/a": "y"}),
    Case("gone and buried", "what we deleted ourselves is never matched again",
         World(tombstones={Tombstone("optimum/Location", "optimum", "y")}).desire("optimum/Location/a", spec=LEEDS)
         .record("optimum/Location/a", "x", LEEDS).live("optimum/Location", "y", LEEDS), {"optimum/Location/a": None}),
    Case("buried elsewhere", "an id counts in its connection and kind only",
         World(tombstones={Tombstone("optimum/Location", "north", "y"), Tombstone("optimum/Account", "optimum", "y")})
         .desire("optimum/Location/a", spec=LEEDS).live("optimum/Location", "y", LEEDS), {"optimum/Location/a": "y"}),
    Case("two records of one id", "an id of the user's own moved: the address that wants it has it",
         World().desire("customersure/Site/a", spec=site("york")).desire("customersure/Site/b", spec=site("hull", "B"))
         .record("customersure/Site/a", "york", site("york")).record("customersure/Site/b", "york", site("york", "B"))
         .live("customersure/Site", "york", site("york")),
         {"customersure/Site/a": "york", "customersure/Site/b": None}),
    Case("two records, the other way about", "the order of names does not decide it",
         World().desire("customersure/Site/b", spec=site("york")).desire("customersure/Site/a", spec=site("hull", "B"))
         .record("customersure/Site/b", "york", site("york")).record("customersure/Site/a", "york", site("york", "B"))
         .live("customersure/Site", "york", site("york")),
         {"customersure/Site/b": "york", "customersure/Site/a": None}),
    Case("a code that is taken", "an update would give two sites one code",
         World().desire("customersure/Site/a", spec=site("york")).record("customersure/Site/a", "hq", SITE)
         .live("customersure/Site", "hq", SITE).live("customersure/Site", "york", site("york", "Y")),
         {"customersure/Site/a": "!already_claimed"}),
    Case("moved where it is known already", "gone there and equal here: adopted, not made again",
         World().desire("optimum/Location/a", spec=LEEDS, connection="north", lifecycle=ALLOW)
         .record("optimum/Location/a", "x", LEEDS).live("optimum/Location", "y", LEEDS, "north"),
         {"optimum/Location/a": "y"}),
    Case("moved by a pin", "the old object would be left behind: said, not done",
         World().desire("optimum/Location/a", spec=LEEDS, connection="north", pin="y", lifecycle=ALLOW)
         .record("optimum/Location/a", "x", LEEDS).live("optimum/Location", "x", LEEDS)
         .live("optimum/Location", "y", LEEDS, "north"), {"optimum/Location/a": "!connection_moved"}),
    Case("a name is claimed by the equal one", "equal beats near, whoever comes first by name",
         World().desire("optimum/Location/a", spec={**LEEDS, "postal_code": "1"})
         .desire("optimum/Location/b", spec={**LEEDS, "postal_code": "2"})
         .live("optimum/Location", "x", {**LEEDS, "postal_code": "2"}),
         {"optimum/Location/a": None, "optimum/Location/b": "x"}),
    Case("two previous names", "the first one that was recorded gives its record",
         World().desire("optimum/Location/c", spec=LEEDS, previous=["optimum/Location/a", "optimum/Location/b"])
         .record("optimum/Location/b", "x", LEEDS).live("optimum/Location", "x", LEEDS), {"optimum/Location/c": "x"}),
    Case("a previous name that is declared", "a manifest of that name keeps its record",
         World().desire("optimum/Location/a", spec=LEEDS).record("optimum/Location/a", "x", LEEDS)
         .desire("optimum/Location/b", spec={**LEEDS, "name": "B"}, previous=["optimum/Location/a"])
         .live("optimum/Location", "x", LEEDS), {"optimum/Location/a": "x", "optimum/Location/b": None}),
]  # fmt: skip


def holds(change: Change) -> str | None:
    """The live id a change is about, or what blocks it."""
    return f"!{change.blocked.code}" if change.blocked is not None else change.id


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_claims(case: Case) -> None:
    """Each live object has the claimant that the rules give it, and nobody holds two."""
    plan = build(case.world.inputs())
    found = {str(c.address): holds(c) for c in plan.changes}
    gone = {str(c.address) for c in plan.changes if c.action.value == "create"}
    expected = {a: case.held[a] for a in found}
    assert {a: None if a in gone and h and h[0] != "!" else h for a, h in found.items()} == expected, case.reason


@settings(max_examples=200)
@given(recipe=seeds())
def test_each_object_has_one_claimant(recipe: dict[str, Any]) -> None:
    """In any world no live object is held by two addresses, and a buried one by none."""
    world = made(**recipe)
    claims = resolve_claims(world.inputs())
    held = [claim.observed for claim in claims.held.values() if claim.observed is not None]
    places = [(o.connection, o.kind, o.id) for o in held]
    assert len(places) == len(set(places))
    assert not {Tombstone(kind, connection, id) for connection, kind, id in places} & world.tombstones
    for address, claim in claims.held.items():
        if claim.observed is not None:
            place = (claim.observed.connection, claim.observed.kind, claim.observed.id)
            assert claims.owners[place] == address


@settings(max_examples=200)
@given(recipe=seeds())
def test_dependencies_come_first(recipe: dict[str, Any]) -> None:
    """Addresses are visited after all they refer to, each once."""
    desired = made(**recipe).manifests
    order = dependency_order(desired)
    assert sorted(order) == sorted(desired)
    place = {address: n for n, address in enumerate(order)}
    assert all(place[other] < place[a] for a, d in desired.items() for other in d.depends_on if other in place)


def test_dependency_order_of_a_long_chain() -> None:
    """A chain of thousands is no deep recursion."""
    world, before = World(), []
    for number in range(3000):
        world.desire(f"optimum/Location/l{number:04}", spec=LEEDS, depends_on=before)
        before = [f"optimum/Location/l{number:04}"]
    assert dependency_order(dict(reversed(world.manifests.items())))[0] == Address("optimum", "Location", "l0000")


def test_a_question_is_recognised_by_meaning() -> None:
    """A padded live question in other letters is the one meant; its claimant says so to the survey."""
    world = World().desire("enco/Question/nl", spec={"survey": "id:8", **question("nl-BE", "Hoe?")})
    survey = {"name": "waffles", "interactionType": "general", "questions": [question(" NL-be ", " Hoe? ", "14")]}
    change = build(world.live("enco/Survey", "8", survey).inputs()).changes[0]
    assert change.importing == "14"


def test_a_language_may_have_several_questions() -> None:
    """The body tells two tones of one language apart; two that are equal are for a person to tell (trap 5)."""
    live = [question("en", "How?", "11"), question("en", "Hi! How?", "12")]
    world = World().desire("enco/Question/casual", spec={"survey": "id:8", **question("en", "Hi! How?")})
    world.live("enco/Survey", "8", {"name": "waffles", "interactionType": "general", "questions": live})
    (change,) = build(world.inputs()).changes
    assert (change.importing, change.blocked) == ("12", None)
    world.live("enco/Question", "13", {"survey": "8", **question(" EN ", "Hi! How? ")})
    (change,) = build(world.inputs()).changes
    assert change.blocked is not None
    assert (change.blocked.code, change.blocked.candidates) == ("ambiguous", ("12", "13"))
