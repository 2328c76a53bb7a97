"""The order of work: creates along the dependencies, deletes against them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Action, Address, Blocked, Change
from reconciler.plan import Step, steps
from reconciler.plan.graph import leaves, step_names

CREATE_DELETE, DELETE_CREATE = Action.CREATE_DELETE, Action.DELETE_CREATE


def at(name: str) -> Address:
    return Address("acme", "Thing", name)


def change(name: str, action: Action, *depends_on: str, request: bool = True, **more: bool) -> Change:
    """A change of an address that depends on others."""
    body = {"x": 1} if request else {}
    on = tuple(at(other) for other in depends_on)
    return Change(at(name), "acme", action, "test", depends_on=on, request=body, **more)


def step(text: str) -> Step:
    """A step written as `name:step`."""
    name, _, what = text.partition(":")
    return Step(at(name), what)


def spelled(graph: dict[Step, frozenset[Step]]) -> dict[str, list[str]]:
    """The graph in the tables' words."""
    return {f"{s.address.name}:{s.name}": sorted(f"{b.address.name}:{b.name}" for b in before)
            for s, before in graph.items()}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Changes, and for each step what must be done before it."""

    name: str
    reason: str
    changes: tuple[Change, ...]
    expected: dict[str, list[str]]


CASES = [
    Case("nothing", "no changes, no steps", (), {}),
    Case("independent", "side by side", (change("a", Action.CREATE), change("b", Action.DELETE)),
         {"a:create": [], "b:delete": []}),
    Case("creates along", "what is referred to comes first",
         (change("a", Action.CREATE), change("b", Action.CREATE, "a")), {"a:create": [], "b:create": ["a:create"]}),
    Case("deletes against", "what refers goes first",
         (change("a", Action.DELETE), change("b", Action.DELETE, "a")), {"a:delete": ["b:delete"], "b:delete": []}),
    Case("update without a call", "a change of lifecycle only writes the state",
         (change("a", Action.UPDATE, request=False),), {"a:record": []}),
    Case("no-op", "it brings the record up to date", (change("a", Action.NO_OP),), {"a:record": []}),
    Case("blocked", "nothing is done for it, and nothing waits for it in vain",
         (replace(change("a", Action.CREATE), blocked=Blocked("x", "y")), change("b", Action.UPDATE, "a")),
         {"b:update": []}),
    Case("unknown dependency", "an address outside the plan is no step", (change("a", Action.CREATE, "z"),),
         {"a:create": []}),
    Case("replacement", "dependents move to the new one before the old one goes",
         (change("a", CREATE_DELETE), change("b", Action.UPDATE, "a")),
         {"a:create": [], "b:update": ["a:create"], "a:delete": ["a:create", "b:update"]}),
    Case("replacement, delete first", "the dependent waits for the new one; the old one cannot wait for it",
         (change("a", DELETE_CREATE), change("b", Action.UPDATE, "a")),
         {"a:delete": [], "a:create": ["a:delete"], "b:update": ["a:create"]}),
    Case("two replacements", "new ones along, old ones against",
         (change("a", CREATE_DELETE), change("b", CREATE_DELETE, "a")),
         {"a:create": [], "b:create": ["a:create"], "b:delete": ["b:create"],
          "a:delete": ["a:create", "b:create", "b:delete"]}),
    Case("two replacements, delete first", "old ones against, then new ones along",
         (change("a", DELETE_CREATE), change("b", DELETE_CREATE, "a")),
         {"b:delete": [], "a:delete": ["b:delete"], "a:create": ["a:delete"], "b:create": ["a:create", "b:delete"]}),
    Case("a leaving dependent of a replaced one", "it goes before the old one does",
         (change("a", DELETE_CREATE), change("b", Action.DELETE, "a")),
         {"b:delete": [], "a:delete": ["b:delete"], "a:create": ["a:delete"]}),
    Case("forgotten part", "its record goes before the object it is part of is deleted",
         (change("a", Action.DELETE), change("b", Action.FORGET, "a")), {"b:record": [], "a:delete": ["b:record"]}),
    Case("deactivated", "a removal by update goes against the graph too",
         (change("a", Action.UPDATE, deactivates=True), change("b", Action.DELETE, "a")),
         {"b:delete": [], "a:update": ["b:delete"]}),
    Case("created again beside a replaced whole", "a part is made in the new whole, then the old whole goes",
         (change("a", CREATE_DELETE), change("b", Action.CREATE, "a")),
         {"a:create": [], "b:create": ["a:create"], "a:delete": ["a:create", "b:create"]}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_steps(case: Case) -> None:
    """Each step waits for exactly what must be done before it."""
    assert spelled(dict(steps(case.changes))) == case.expected, case.reason


def test_steps_of_each_action() -> None:
    """An action says its own steps in their order; a blocked change has none."""
    names = {action: step_names(change("a", action)) for action in Action}
    assert names == {
        Action.NO_OP: ("record",),
        Action.CREATE: ("create",),
        Action.UPDATE: ("update",),
        Action.DELETE: ("delete",),
        Action.CREATE_DELETE: ("create", "delete"),
        Action.DELETE_CREATE: ("delete", "create"),
        Action.FORGET: ("record",),
        Action.SEND: ("create",),
    }
    blocked = replace(change("a", Action.DELETE), blocked=Blocked("x", "y"))
    assert step_names(blocked) == ()


@st.composite
def plans(draw: st.DrawFn) -> list[Change]:
    """Changes over a random graph without cycles; what stays never depends on what leaves, as manifests cannot."""
    count = draw(st.integers(1, 9))
    changes: list[Change] = []
    for number in range(count):
        action = draw(st.sampled_from(list(Action)))
        new = change(f"n{number}", action, deactivates=action is Action.UPDATE and draw(st.booleans()))
        allowed = [c.address for c in changes if leaves(new) or not leaves(c)]
        on = draw(st.lists(st.sampled_from(allowed), unique=True)) if allowed else []
        blocked = Blocked("x", "y") if draw(st.integers(0, 5)) == 0 else None
        changes.append(replace(new, depends_on=tuple(sorted(on)), blocked=blocked))
    return draw(st.permutations(changes))


@given(changes=plans())
def test_random_plans_have_an_order(changes: list[Change]) -> None:
    """Whatever the actions, there is an order, it holds every step once, and it respects every dependency."""
    graph = steps(changes)
    order = list(TopologicalSorter(graph).static_order())
    assert sorted(order) == sorted(Step(c.address, name) for c in changes for name in step_names(c))
    place = {s: n for n, s in enumerate(order)}
    by_address = {c.address: c for c in changes}
    for later in changes:
        own = [place[Step(later.address, name)] for name in step_names(later)]
        assert own == sorted(own), "a change's own steps keep their order"
        for other in later.depends_on:
            _respected(place, later, by_address[other])


def _respected(place: dict[Step, int], dependent: Change, base: Change) -> None:
    def at_step(of: Change, name: str) -> int | None:
        return place.get(Step(of.address, name))

    arriving = [p for name in step_names(base) if name != "delete" and (p := at_step(base, name)) is not None]
    mine = [p for name in step_names(dependent) if (p := at_step(dependent, name)) is not None]
    gone = at_step(base, "delete")
    if not leaves(dependent) and not leaves(base):
        new = [p for name in step_names(dependent) if name != "delete" and (p := at_step(dependent, name)) is not None]
        assert all(p > q for p in new for q in arriving), "a dependent builds on what has arrived"
    if gone is not None and base.action is not DELETE_CREATE:
        assert all(p < gone for p in mine), "nothing goes while a dependent still needs it"
    if gone is not None and leaves(dependent):
        assert all(p < gone for p in mine), "deletes go against the graph"


@given(changes=plans())
def test_order_does_not_depend_on_the_order_of_changes(changes: list[Change]) -> None:
    """The graph is a fact of the changes, however they are listed."""
    assert steps(changes) == steps(sorted(changes, key=lambda c: c.address))
