"""What a plan looks at: targets, excludes, partial files, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from reconciler.model import Address, Selection, Trouble
from reconciler.plan import build, selects
from tests.unit.plan.world import World, question

LEEDS = {"name": "Acme Leeds", "country_code": "GB"}
AT = Address("optimum", "Location", "leeds")


@pytest.mark.parametrize(
    ("selection", "selected", "reason"),
    [
        (Selection(), True, "nothing narrows"),
        (Selection(targets=("optimum/Location/leeds",)), True, "the address itself"),
        (Selection(targets=("optimum/*",)), True, "a glob crosses slashes"),
        (Selection(targets=("*/leeds",)), True, "from the end"),
        (Selection(targets=("enco/*", "*leeds")), True, "one of several"),
        (Selection(targets=("leeds",)), False, "the whole address has to match"),
        (Selection(targets=("optimum/location/*",)), False, "case counts"),
        (Selection(excludes=("*",)), False, "excluded"),
        (Selection(targets=("*",), excludes=("*/Location/*",)), False, "an exclude is stronger than a target"),
        (Selection(excludes=("enco/*",)), True, "another's exclude"),
    ],
)
def test_selects(selection: Selection, selected: bool, reason: str) -> None:
    """Globs match whole addresses; targets let in, excludes keep out."""
    assert selects(selection, AT) is selected, reason


def world() -> World:
    """One to create, one to delete, one unmanaged."""
    made = (
        World().desire("optimum/Location/new", spec=LEEDS).record("optimum/Location/old", "x", {**LEEDS, "name": "Old"})
    )
    made.live("optimum/Location", "x", {**LEEDS, "name": "Old"})
    return made.live("optimum/Location", "y", {**LEEDS, "name": "Other"})


@dataclass(frozen=True)
class Case:
    """A selection and what is planned and told under it."""

    name: str
    reason: str
    selection: Selection
    actions: dict[str, str]
    unmanaged: list[str]


CASES = [
    Case("everything", "all is planned and told", Selection(), {"new": "create", "old": "delete"}, ["y"]),
    Case("a target", "the rest is neither deleted nor told", Selection(targets=("*/new",)), {"new": "create"}, []),
    Case("a removed target", "a removal can be aimed at", Selection(targets=("*/old",)), {"old": "delete"}, []),
    Case("an exclude", "what is excluded stays", Selection(excludes=("*/old",)), {"new": "create"}, []),
    Case("some files", "files are partial: no deletes", Selection(files=("a.yaml",)), {"new": "create"}, []),
    Case("complete files", "files that are all", Selection(files=("-",), complete=True),
         {"new": "create", "old": "delete"}, ["y"]),
    Case("destroy", "all that is recorded, nothing else", Selection(destroy=True), {"old": "delete"}, []),
    Case("destroy a target", "none of it is recorded", Selection(destroy=True, targets=("*/new",)), {}, []),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_scope(case: Case) -> None:
    """What is not selected is out of scope: neither deleted nor reported."""
    made = world()
    made.selection = case.selection
    plan = build(made.inputs())
    assert {c.address.name: c.action.value for c in plan.changes} == case.actions, case.reason
    assert [u.id for u in plan.unmanaged] == case.unmanaged, case.reason
    assert plan.selection == case.selection


def test_an_unselected_record_still_holds_its_object() -> None:
    """Planning one address does not make another's object free for adoption."""
    made = World().desire("optimum/Location/a", spec=LEEDS).record("optimum/Location/b", "x", LEEDS)
    made.live("optimum/Location", "x", LEEDS)
    made.selection = Selection(targets=("*/a",))
    (change,) = build(made.inputs()).changes
    assert change.blocked is not None
    assert change.blocked.code == "already_claimed"


def test_trouble_of_a_whole_is_trouble_of_its_parts() -> None:
    """A question cannot be read where the surveys cannot; another connection's trouble is its own."""
    trouble = Trouble("enco", "enco/Survey", "RCN0501", "no answer", 5)
    inputs = World(troubles=[trouble]).inputs()
    assert inputs.trouble("enco", "enco/Question") == trouble
    assert inputs.trouble("north", "enco/Survey") is None
    assert inputs.trouble("optimum", "optimum/Location") is None


def test_what_was_not_read_is_left_alone() -> None:
    """A kind in trouble blocks its own addresses; the rest of the plan goes on."""
    made = World(troubles=[Trouble("optimum", "optimum/Location", "RCN0501", "no answer", 5)])
    made.desire("optimum/Location/a", spec=LEEDS).record("optimum/Location/b", "x", LEEDS)
    made.desire("enco/Survey/w", spec={"name": "w", "interactionType": "g", "questions": [question("en", "?")]})
    plan = build(made.inputs())
    codes = {c.address.name: c.blocked.code if c.blocked else None for c in plan.changes}
    assert codes == {"a": "unreadable", "b": "unreadable", "w": None}
    assert plan.troubles == tuple(made.troubles)
    assert plan.unmanaged == ()
