"""The same world gives the same plan, to the byte, in whatever order its parts came."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model import Selection, Trouble
from reconciler.plan import Consents, Inputs, approve, build, guard
from reconciler.plan.planfile import dump
from tests.unit.plan.world import REGISTRY, World
from tests.unit.plan.worlds import SELECTIONS, made, seeds

TROUBLES = st.sampled_from(
    [
        (),
        (Trouble("enco", "enco/Survey", "RCN0501", "no answer", 5), Trouble("enco", "enco/Question", "RCN0501", "", 5)),
        (Trouble("optimum", "optimum/Location", "RCN0401", "refused", 4),),
    ]
)


def shuffled(inputs: Inputs, dice: random.Random) -> Inputs:
    """The same inputs with every collection in another order."""

    def turned(mapping: Any) -> dict[Any, Any]:
        items = list(mapping.items())
        dice.shuffle(items)
        return dict(items)

    def mixed(items: Any) -> tuple[Any, ...]:
        return tuple(dice.sample(list(items), len(items)))

    snapshot = replace(
        inputs.snapshot,
        records={a: replace(r, fields=turned(r.fields)) for a, r in turned(inputs.snapshot.records).items()},
        open_intents=mixed(inputs.snapshot.open_intents),
    )
    return replace(
        inputs,
        desired={a: replace(d, spec=turned(d.spec)) for a, d in turned(inputs.desired).items()},
        snapshot=snapshot,
        live={
            place: tuple(replace(o, fields=turned(o.fields)) for o in mixed(objects))
            for place, objects in turned(inputs.live).items()
        },
        troubles=mixed(inputs.troubles),
        warnings=mixed(inputs.warnings),
    )


@settings(max_examples=200)
@given(recipe=seeds(), selection=SELECTIONS, troubles=TROUBLES, order=st.integers(0, 2**32 - 1))
def test_plans_do_not_depend_on_order(
    recipe: dict[str, Any], selection: Selection, troubles: tuple[Trouble, ...], order: int
) -> None:
    """Shuffled manifests, records, live objects and fields give the identical plan, approval and plan file."""
    world = made(**recipe)
    world.selection, world.troubles = selection, list(troubles)
    inputs = world.inputs(warnings=("b", "a", "b"))
    plan = guard(build(inputs), inputs.snapshot, REGISTRY, Consents())
    turned = shuffled(inputs, random.Random(order))
    again = guard(build(turned), turned.snapshot, REGISTRY, Consents())
    assert again == plan
    assert approve(again).digest == approve(plan).digest
    assert dump(again, approve(again), {}) == dump(plan, approve(plan), {})


def test_planning_changes_nothing_that_it_was_given() -> None:
    """Inputs are values: building a plan leaves them as they were."""
    worlds = [made(seed) for seed in range(30)]
    before = [repr(world) for world in worlds]
    inputs = [world.inputs() for world in worlds]
    for each in inputs:
        build(each)
    assert [repr(world) for world in worlds] == before


def test_nothing_in_gives_nothing_out() -> None:
    """An empty world has an empty plan, which would do nothing."""
    plan = build(World().inputs())
    assert (plan.changes, plan.drift, plan.unmanaged, plan.applyable) == ((), (), (), False)
