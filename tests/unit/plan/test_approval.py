"""What makes a saved plan stale, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reconciler.model import Address, Impact, Lifecycle, Plan, Selection
from reconciler.plan import approve, build, differences, with_impact
from tests.unit.plan.world import REGISTRY, World, question

SITE = {"site_code": "hq", "name": "Head Office", "city": "Ghent"}
LEEDS = {"name": "Acme Leeds", "country_code": "GB"}
EN, NL = question("en-GB", "How likely?"), question("nl-BE", "Hoe?")
SURVEY = {"name": "waffles", "interactionType": "general", "questions": [EN]}


def world(**edits: Any) -> World:
    """An update of a Site, a create and a delete of a Location, a Survey that drifted in no way that matters."""
    e = {
        "name": "HQ",
        "city": "Ghent",
        "live_city": "Ghent",
        "live_name": "Head Office",
        "york": True,
        "more": {},
    } | edits
    made = World()
    made.desire("customersure/Site/hq", spec={**SITE, "name": e["name"], "city": e["city"]})
    made.record("customersure/Site/hq", "hq", SITE)
    made.live("customersure/Site", "hq", {**SITE, "city": e["live_city"], "name": e["live_name"], **e["more"]})
    made.desire("optimum/Location/leeds", spec=LEEDS)
    if e["york"]:
        made.record("optimum/Location/york", "x", {**LEEDS, "name": "York"})
        made.live("optimum/Location", "x", {**LEEDS, "name": "York"})
    return made


def planned(made: World) -> Plan:
    return build(made.inputs())


APPROVED = approve(planned(world()))


@dataclass(frozen=True)
class Case:
    """What is different at apply, and a word of each reason the plan is refused for (none: it stands)."""

    name: str
    reason: str
    now: Callable[[], Plan]
    stale: tuple[str, ...] = ()
    satisfied: tuple[str, ...] = ()


SURPLUS = [{**EN, "id": "1"}, {**NL, "id": "2"}]
EAST = {"region": "East"}


def unmanaged() -> Plan:
    return planned(world().live("optimum/Location", "y", {**LEEDS, "name": "Hull"}))


def bystander(observed: list[dict[str, Any]]) -> Plan:
    """The same, beside a survey of which nothing is to be done."""
    made = world().desire("enco/Survey/waffles", spec=SURVEY).record("enco/Survey/waffles", "8", SURVEY)
    return planned(made.live("enco/Survey", "8", {**SURVEY, "questions": observed}))


def heavier() -> Plan:
    return with_impact(planned(world()), REGISTRY, {Address.parse("optimum/Location/york"): Impact({"reviews": 4})})


def pinned() -> Plan:
    made = world().live("optimum/Location", "z", {**LEEDS, "name": "Other"})
    return planned(made.desire("optimum/Location/leeds", spec=LEEDS, pin="z"))


def done(**edits: Any) -> World:
    """The site's update was made already."""
    made = world(live_name="HQ", **edits)
    return made.record("customersure/Site/hq", "hq", {**SITE, "name": "HQ"})


CASES = [
    Case("the same", "nothing changed", lambda: planned(world())),
    Case("unmanaged object", "a stranger is not part of the approval", unmanaged),
    Case("impact", "how much is lost is weighed apart", heavier),
    Case("drift without operation", "a surplus question leads to nothing", lambda: bystander(SURPLUS)),
    Case("new no-op", "an address with nothing to do is no operation", lambda: bystander([{**EN, "id": "1"}])),
    Case("unmanaged field", "a field that nobody declared is not ours", lambda: planned(world(more=EAST))),
    Case("edited value", "another value would be sent", lambda: planned(world(name="Main")), ("what is sent",)),
    Case("edited field", "another field would be sent", lambda: planned(world(city="Leuven")), ("the changed fields",)),
    Case("drifted field", "the live object moved under the plan", lambda: planned(world(live_city="Leuven")),
         ("the live object",)),
    Case("drifted target", "the field to change moved itself", lambda: planned(world(live_name="Office")),
         ("the live object",)),
    Case("operation gone", "nothing is left to do there", lambda: planned(world(york=False)), ("nothing to do",)),
    Case("new operation", "one more was never approved", lambda: planned(
        world().desire("optimum/Location/hull", spec={**LEEDS, "name": "Hull"})), ("was not approved",)),
    Case("another action", "an adoption is not the create that was approved", pinned, ("optimum/Location/leeds",)),
    Case("selection", "another part of the world was looked at", lambda: replace(
        planned(world()), selection=Selection(targets=("*",))), ("the selection",)),
    Case("lineage", "another state", lambda: replace(planned(world()), lineage="l2"), ("lineage",)),
    Case("schemas", "fields may mean something else", lambda: replace(planned(world()), schema_digest="sha256:0"),
         ("schemas",)),
    Case("project", "another project", lambda: replace(planned(world()), project="other"), ("the project",)),
    Case("environment", "another environment", lambda: replace(planned(world()), environment="staging"),
         ("the environment",)),
    Case("satisfied", "what this plan did already is no difference", lambda: planned(done()),
         satisfied=("customersure/Site/hq",)),
    Case("done by another", "what someone else did is a difference", lambda: planned(done()), ("nothing to do",)),
    Case("satisfied but moved again", "what was done and needs doing again was not approved twice",
         lambda: planned(done(name="Third")), ("customersure/Site/hq",), ("customersure/Site/hq",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_staleness(case: Case) -> None:
    """A saved plan stands for its operations: what changes them makes it stale, nothing else does."""
    found = differences(APPROVED, approve(case.now()), {Address.parse(text) for text in case.satisfied})
    assert len(found) == len(case.stale), (case.reason, found)
    for word, sentence in zip(case.stale, found, strict=True):
        assert word in sentence, case.reason


def test_the_approval_lists_operations_alone() -> None:
    """An approval holds what will be done, not what stays."""
    assert sorted(APPROVED.operations) == ["customersure/Site/hq", "optimum/Location/leeds", "optimum/Location/york"]
    assert approve(bystander([{**EN, "id": "1"}])).operations == APPROVED.operations
    assert APPROVED.digest == approve(planned(world())).digest
    assert APPROVED.digest != approve(planned(world(name="Main"))).digest


def test_a_blocked_change_is_not_approved() -> None:
    """What is blocked will not be done, so nobody said yes to it; unblocked later, it needs a new plan."""
    protected = Lifecycle(prevent_destroy=True)
    blocked = World().record("optimum/Location/x", "x", LEEDS, lifecycle=protected).live("optimum/Location", "x", LEEDS)
    free = World().record("optimum/Location/x", "x", LEEDS).live("optimum/Location", "x", LEEDS)
    assert approve(planned(blocked)).operations == {}
    assert differences(approve(planned(blocked)), approve(planned(free)), ()) != ()


def test_a_reference_is_approved_by_address() -> None:
    """A question of a survey that was still to be created is the same operation once the survey is there."""
    before = World().desire("enco/Survey/w", spec=SURVEY).desire("enco/Question/nl", spec={"survey": "ref:w", **NL})
    later = World().desire("enco/Survey/w", spec=SURVEY).desire("enco/Question/nl", spec={"survey": "ref:w", **NL})
    later.record("enco/Survey/w", "8", SURVEY).live("enco/Survey", "8", {**SURVEY, "questions": [{**EN, "id": "1"}]})
    now = replace(approve(planned(later)), lineage=None)
    assert differences(approve(planned(before)), now, {Address("enco", "Survey", "w")}) == ()
    elsewhere = World().desire("enco/Survey/w", spec=SURVEY).desire("enco/Question/nl", spec={"survey": "id:9", **NL})
    elsewhere.live("enco/Survey", "9", {**SURVEY, "name": "other", "questions": [{**EN, "id": "2"}]})
    assert differences(approve(planned(before)), approve(planned(elsewhere)), ()) != ()
