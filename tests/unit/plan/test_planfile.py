"""Saved plans: read back to the same values, or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import PLAN_UNREADABLE, ReconcilerError
from reconciler.model import Address, Impact, Pending, Trouble, digest
from reconciler.plan import Consents, approve, build, guard, with_impact
from reconciler.plan.planfile import dump, load
from tests.unit.plan.world import REGISTRY, World, question
from tests.unit.plan.worlds import SELECTIONS, made, seeds

SURVEY = {"name": "wafels é ☃", "interactionType": "general", "questions": [question("en-GB", "How\nlikely?")]}


def saved(world: World, **more: Any) -> str:
    plan = build(world.inputs(**more))
    return dump(plan, approve(plan), {"format_version": "1.0"})


SMALL = saved(
    World()
    .desire("enco/Survey/waffles", spec=SURVEY)
    .desire("enco/Question/nl", spec={"survey": "ref:waffles", **question("nl-BE", "Hoe?")})
)


@settings(max_examples=200)
@given(recipe=seeds(), selection=SELECTIONS, lost=st.integers(0, 3))
def test_round_trip(recipe: dict[str, Any], selection: Any, lost: int) -> None:
    """A plan with everything it can hold is read back equal, and its approval with it."""
    world = made(**recipe)
    world.selection = selection
    world.troubles = [Trouble("optimum", "optimum/Account", "RCN0501", "no answer", 5, "later")]
    inputs = world.inputs(warnings=("careful",))
    plan = build(inputs)
    impacts = {c.address: Impact({"reviews": lost, "responses": lost}, ("campaigns",)) for c in plan.changes}
    plan = guard(with_impact(plan, REGISTRY, impacts), inputs.snapshot, REGISTRY, Consents(max_deletes=0))
    text = dump(plan, approve(plan), {"any": ["document", 1, None]})
    assert load(text) == (plan, approve(plan))
    assert dump(*load(text), {"any": ["document", 1, None]}) == text


def refused(text: str) -> bool:
    try:
        load(text)
    except ReconcilerError as error:
        return error.code == PLAN_UNREADABLE and error.exit_code == 7
    return False


@given(place=st.integers(0, len(SMALL) - 1), character=st.characters(codec="utf-8"))
def test_an_edited_character_is_refused(place: int, character: str) -> None:
    """Any character put in place of another makes the file unusable, white space too."""
    edited = SMALL[:place] + character + SMALL[place + 1 :]
    assert refused(edited) or edited == SMALL


@given(place=st.integers(0, len(SMALL) - 1))
def test_a_cut_file_is_refused(place: int) -> None:
    """A file that ends early can do nothing."""
    assert refused(SMALL[:place])


@given(place=st.integers(0, len(SMALL) - 1), more=st.text(min_size=1, max_size=8))
def test_inserted_text_is_refused(place: int, more: str) -> None:
    """Nothing can be slipped in."""
    assert refused(SMALL[:place] + more + SMALL[place:])


def test_a_key_said_twice_is_refused() -> None:
    """The last one would count and the first one be read, so a file with both is none of ours."""
    assert refused(SMALL.replace('"lineage": null', '"lineage": "l2",\n  "lineage": null', 1))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("null", "no object"),
        ("[]", "a list"),
        ("{}", "no plan in it"),
        ('{"format": "reconciler-plan/2"}', "another version"),
        ('{"format": "reconciler-plan/1"}', "no checksum"),
        ('{"format_version": "1.0", "resource_changes": []}', "the output of plan --json is no saved plan"),
        ("[" * 100_000, "nested beyond reason"),
        ("PK\x03\x04", "an archive"),
    ],
)
def test_what_is_no_plan_is_refused(text: str, reason: str) -> None:
    """Whatever else the file holds, it is told as an unusable plan file and never as a traceback."""
    assert refused(text), reason


@pytest.mark.parametrize("path", [("plan", "lineage"), ("plan", "changes"), ("approval", "operations"), ("document",)])
def test_each_part_is_under_the_checksum(path: tuple[str, ...]) -> None:
    """The plan, the approval and the document shown to a reviewer stand and fall together."""
    body = json.loads(SMALL)
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = {"edited": True}
    assert refused(json.dumps(body))


def test_a_checksum_of_ones_own_does_not_make_nonsense_a_plan() -> None:
    """A well-signed file whose plan is not one is refused too."""
    body = {"format": "reconciler-plan/1", "approval": {}, "plan": {"changes": "x"}, "document": {}}
    assert refused(json.dumps({**body, "checksum": digest(body)}))


def test_an_id_to_come_is_kept_as_such() -> None:
    """An id that is not known yet is read back as the address it waits for."""
    plan, _ = load(SMALL)
    change = next(c for c in plan.changes if c.address.type == "Question")
    assert change.request["survey"] == Pending(Address("enco", "Survey", "waffles"))


def signed(body: dict[str, Any]) -> str:
    """A plan file with a checksum of its own, as anybody can make one."""
    body.pop("checksum", None)
    return json.dumps({**body, "checksum": digest(body)}, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


NONSENSE = [
    (("plan", "project"), 5, "a number for a name"),
    (("plan", "warnings"), "careful", "text for a list of texts"),
    (("plan", "changes", 0, "id"), ["x"], "a list for an id"),
    (("plan", "changes", 0, "address"), "enco", "no address"),
    (("plan", "changes", 0, "action"), "destroy-all", "no action"),
    (("plan", "changes", 0, "deactivates"), 1, "a number for a truth"),
    (("plan", "changes", 0, "lifecycle"), None, "nothing for a lifecycle"),
    (("plan", "changes", 0, "fields"), {}, "a mapping for a list"),
    (("plan", "calls"), [], "a list for a mapping"),
    (("plan", "estimates"), {"enco": {"requests": 1, "seconds": 1, "limit": "1"}}, "text for a number"),
    (("plan", "changes", 0, "more"), 1, "a field that no change has"),
    (("approval", "operations"), 5, "a number for the operations"),
    (("approval", "project"), "other", "an approval of another project's plan"),
    (("approval", "operations"), {}, "an approval of less than the plan shows"),
    (("document",), [[[]]] * 3 + [json.loads("[" * 90 + "]" * 90)], "deeper than any plan"),
]


@pytest.mark.parametrize(("path", "value", "reason"), NONSENSE, ids=[case[2] for case in NONSENSE])
def test_a_forged_file_that_is_no_plan_is_refused(path: tuple[Any, ...], value: object, reason: str) -> None:
    """The checksum is no secret, so that what it covers is looked at all the same: every type, and that the approval is
    the plan's own."""
    body = json.loads(SMALL)
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    assert refused(signed(body)), reason
    assert not refused(signed(json.loads(SMALL)))
