"""Random worlds, planned, applied in pure code and planned again: after an apply there is nothing to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.diff import items_of, matches
from reconciler.model import Address, Blocked, Change, Observed, Pending, Plan
from reconciler.plan import approve, build, differences
from tests.unit.plan.rehearsal import Rehearsal, live, live_ids
from tests.unit.plan.world import REGISTRY, World
from tests.unit.plan.worlds import made, seeds

EXAMPLES = settings(max_examples=200)
ROUNDS = 5


def told(plan: Plan) -> list[tuple[str, str, str, Blocked | None]]:
    """A plan in short, for a failure that can be read."""
    return [(str(c.address), c.action.value, c.reason, c.blocked) for c in plan.changes]


def planned(world: World) -> Plan:
    return build(world.inputs())


@EXAMPLES
@given(recipe=seeds())
def test_after_an_apply_there_is_nothing_to_do(recipe: dict[str, Any]) -> None:
    """What was decided and done needs no second time; only what was blocked may move, and in the end all rests."""
    world = made(**recipe)
    first = planned(world)
    blocked = _blocked(first)
    after = Rehearsal(world, first).run().world
    second = planned(after)
    again = [c for c in second.changes if c.operates and not _waited(c, blocked)]
    assert again == [], (told(first), told(second))
    plan = second
    for _ in range(ROUNDS):
        if not plan.applyable:
            break
        after = Rehearsal(after, plan).run().world
        plan = planned(after)
    assert not plan.applyable, told(plan)


def _waited(change: Change, blocked: set[Address]) -> bool:
    return change.address in blocked or any(other in blocked for other in change.depends_on)


@EXAMPLES
@given(recipe=seeds())
def test_an_apply_writes_what_the_plan_announced(recipe: dict[str, Any]) -> None:
    """Writes are counted right, only what the plan destroys is deleted, and nothing that nobody manages is touched."""
    world = made(**recipe)
    plan = planned(world)
    rehearsal = Rehearsal(world, plan).run()
    announced = Counter({place: calls.write for place, calls in plan.calls.items() if calls.write})
    assert rehearsal.vendors.writes == announced
    doomed = {
        (c.previous_connection or c.connection, c.address.kind, c.id)
        for c in plan.changes
        if c.operates and c.action.destroys
    }
    assert set(rehearsal.vendors.deleted) == doomed
    after = rehearsal.world
    for stranger in plan.unmanaged:
        place = (stranger.connection, stranger.kind, stranger.id)
        assert _own(live(after, *place)) == _own(live(world, *place)), "a stranger is left alone"


def _own(observed: Observed | None) -> dict[str, Any]:
    """An object's fields but for its sets: a manifest may add a question to a survey that nobody manages."""
    assert observed is not None
    sets = {name for name, field in REGISTRY.get(observed.kind).fields.items() if field.set is not None}
    return {name: value for name, value in observed.fields.items() if name not in sets}


@EXAMPLES
@given(recipe=seeds())
def test_each_address_ends_with_one_object_as_declared(recipe: dict[str, Any]) -> None:
    """After an apply every declared address that was not blocked holds one live object, its own, as declared."""
    world = made(**recipe)
    plan = planned(world)
    after = Rehearsal(world, plan).run().world
    held: dict[tuple[str, str, str], Address] = {}
    for change in plan.changes:
        record = after.records.get(change.address)
        if change.blocked is not None or change.address not in world.manifests or change.reason == "shared":
            continue
        assert record is not None, change
        place = (record.connection, change.address.kind, record.id)
        assert held.setdefault(place, change.address) == change.address, "two addresses hold one object"
        observed = live(after, *place)
        assert observed is not None, (change.address, told(plan))
        desired = world.manifests[change.address]
        kept = {n: v for n, v in record.fields.items() if n not in desired.lifecycle.ignore_changes}
        assert matches(REGISTRY.get(change.address.kind), kept, observed.fields), change.address


@EXAMPLES
@given(recipe=seeds(), stop=st.integers(0, 12))
def test_a_partly_applied_plan_is_still_approved(recipe: dict[str, Any], stop: int) -> None:
    """Stopped between two operations, the rest is what was approved and what is done is satisfied.

    Where an object that was let go stands in the way of what is left, or makes way for what was blocked, refusing is
    right.
    """
    world = made(**recipe)
    plan = planned(world)
    rehearsal = Rehearsal(world, plan).run(stop)
    now = planned(rehearsal.world)
    if rehearsal.halfway or _blocked(now) != _blocked(plan):
        return
    approved, later = approve(plan), replace(approve(now), lineage=plan.lineage)
    assert differences(approved, later, rehearsal.satisfied) == (), (told(plan), told(now))


def _blocked(plan: Plan) -> set[Address]:
    return {change.address for change in plan.changes if change.blocked is not None}


@EXAMPLES
@given(recipe=seeds())
def test_plans_hold_together(recipe: dict[str, Any]) -> None:
    """Every plan keeps its own promises: sorted, one change an address, no id to come that nothing makes."""
    world = made(**recipe)
    plan = planned(world)
    addresses = [change.address for change in plan.changes]
    assert addresses == sorted(set(addresses))
    assert sum(plan.summary().values()) == len(plan.changes)
    creating = {c.address for c in plan.changes if c.operates and "create" in c.action.actions}
    there = live_ids(world)
    for change in plan.changes:
        if not change.operates:
            continue
        awaited = {value.address for value in change.request.values() if isinstance(value, Pending)}
        assert awaited <= creating, change
        if change.action.destroys:
            assert (change.previous_connection or change.connection, change.address.kind, change.id) in there
            assert not change.lifecycle.prevent_destroy
    assert all(drift.address in set(addresses) for drift in plan.drift)
    shown = [value for c in plan.changes for field in c.fields for value in (field.before, field.after)]
    assert not any("id" in item for value in shown for item in items_of(value)), (
        "a vendor's item ids are not the user's"
    )


def test_the_worlds_are_varied() -> None:
    """The strategy meets every decision; a property over worlds that never decide anything would prove nothing."""
    seen: Counter[str] = Counter()
    codes: Counter[str] = Counter()

    @settings(max_examples=400, database=None, derandomize=True)
    @given(recipe=seeds())
    def look(recipe: dict[str, Any]) -> None:
        for change in planned(made(**recipe)).changes:
            seen[change.tally] += 1
            seen[change.reason] += 1
            if change.blocked is not None:
                codes[change.blocked.code] += 1

    look()
    assert {"create", "update", "replace", "delete", "adopt", "forget", "no-op", "blocked"} <= set(seen)
    assert {"disappeared", "shared", "parent_replaced", "retained", "undeletable", "gone", "drift", "config"} <= set(
        seen
    )
    assert {"ambiguous", "near_match", "already_claimed", "pin_not_found", "pin_conflict", "immutable"} <= set(codes)
    assert {"connection_moved", "possible_rename", "prevent_destroy", "dependency_blocked"} <= set(codes)
