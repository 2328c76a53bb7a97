"""What a blocked address keeps from being done, and what goes on beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from reconciler.model import Lifecycle, Plan, Selection
from reconciler.plan import build
from tests.unit.plan.world import World, question

LEEDS = {"name": "Acme Leeds", "country_code": "GB"}
EN, NL = question("en-GB", "How likely?"), question("nl-BE", "Hoe?")
SURVEY = {"name": "waffles", "interactionType": "general", "questions": [EN]}
LIVE = {**SURVEY, "questions": [{**EN, "id": "13"}]}
PROTECTED = Lifecycle(prevent_destroy=True)


def location(name: str) -> dict[str, str]:
    return {**LEEDS, "name": name}


def chain(*, blocked: bool = True) -> World:
    """Locations c on b on a, all to create; a is blocked by a near match."""
    world = World().desire("optimum/Location/a", spec={**location("A"), "postal_code": "1"})
    world.desire("optimum/Location/b", spec=location("B"), depends_on=["optimum/Location/a"])
    world.desire("optimum/Location/c", spec=location("C"), depends_on=["optimum/Location/b"])
    world.desire("optimum/Location/free", spec=location("F"))
    return world.live("optimum/Location", "x", location("A")) if blocked else world


def leaving(lifecycle: Lifecycle) -> World:
    """Locations b on a, both removed from git; b with this lifecycle."""
    world = World().record("optimum/Location/a", "1", location("A"))
    world.record("optimum/Location/b", "2", location("B"), depends_on=["optimum/Location/a"], lifecycle=lifecycle)
    return world.live("optimum/Location", "1", location("A")).live("optimum/Location", "2", location("B"))


def in_sync_behind_a_blocked_one() -> World:
    world = chain().record("optimum/Location/b", "2", location("B"))
    return world.live("optimum/Location", "2", location("B"))


def referred(lifecycle: Lifecycle) -> World:
    """A survey removed from git (or replaced), to which a Question still refers by its live id."""
    world = World().record("enco/Survey/w", "8", SURVEY, lifecycle=lifecycle).live("enco/Survey", "8", LIVE)
    return world.desire("enco/Question/nl", spec={"survey": "id:8", **NL})


def unselected(target: str) -> World:
    world = World(selection=Selection(targets=(target,))).desire("enco/Survey/w", spec=SURVEY)
    return world.desire("enco/Question/nl", spec={"survey": "ref:w", **NL})


@dataclass(frozen=True)
class Case:
    """A world, and for each address what blocks it and because of whom (None: it goes on)."""

    name: str
    reason: str
    world: World
    expected: dict[str, tuple[str, str | None] | None]


CASES = [
    Case("nothing blocked", "all goes on", chain(blocked=False), {"a": None, "b": None, "c": None, "free": None}),
    Case("a chain", "all that stands on it waits and names the root, what is free goes on", chain(),
         {"a": ("near_match", None), "b": ("dependency_blocked", "a"), "c": ("dependency_blocked", "a"), "free": None}),
    Case("a no-op in between", "what has nothing to do is not held up, nor what only stands on it",
         in_sync_behind_a_blocked_one(), {"a": ("near_match", None), "b": None, "c": None, "free": None}),
    Case("a protected part", "what it stands on cannot go before it", leaving(PROTECTED),
         {"a": ("dependency_blocked", "b"), "b": ("prevent_destroy", None)}),
    Case("a retained part", "it is let go of, so the other can go", leaving(Lifecycle(on_remove="retain")),
         {"a": None, "b": None}),
    Case("named by its live id", "a manifest still refers to what would be deleted", referred(Lifecycle()),
         {"w": ("still_referenced", "nl"), "nl": None}),
    Case("named, but retained", "what stays can be referred to", referred(Lifecycle(on_remove="retain")),
         {"w": None, "nl": None}),
    Case("not selected", "what it waits for is not made by this plan", unselected("enco/Question/*"),
         {"nl": ("dependency_not_selected", "w")}),
    Case("selected alone", "what others wait for can be made", unselected("enco/Survey/*"), {"w": None}),
]  # fmt: skip


def blocks(plan: Plan) -> dict[str, tuple[str, str | None] | None]:
    return {
        c.address.name: (c.blocked.code, c.blocked.because.name if c.blocked.because else None) if c.blocked else None
        for c in plan.changes
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_blocking(case: Case) -> None:
    """What stands on a blocked address is blocked by it and names it; the rest is not."""
    assert blocks(build(case.world.inputs())) == case.expected, case.reason


def test_a_blocked_change_keeps_its_intention() -> None:
    """A reviewer sees what would have been done, counted as blocked alone."""
    plan = build(chain().inputs())
    assert [c.action.value for c in plan.changes] == ["create"] * 4
    assert plan.summary()["blocked"] == 3
    assert plan.summary()["create"] == 1
    assert plan.applyable
