"""The executor and the recovery under the real planner: what it makes of states that a fault left."""

from __future__ import annotations

from typing import Any

from reconciler.model import Desired, Lifecycle, Plan, Reference, Source, Status
from reconciler.plan import Inputs
from reconciler.plan.builder import build
from tests.unit.apply.fakes import QUESTION, REGISTRY, SURVEY, Bench, at, refusal

WAFFLES, EXTRA = at("waffles", SURVEY), at("extra", QUESTION)


def desired(body: str, **lifecycle: Any) -> dict[Any, Desired]:
    """A survey with one question of its own and one declared beside it."""
    survey = {"name": "W", "interactionType": "v", "questions": [{"language": "en", "body": body}]}
    question = {"survey": Reference(WAFFLES), "language": "fr", "body": "Quoi?"}
    source = Source("a.yaml", 1)
    return {
        WAFFLES: Desired(WAFFLES, "enco", survey, source, lifecycle=Lifecycle(**lifecycle)),
        EXTRA: Desired(EXTRA, "enco", question, source, depends_on=(WAFFLES,)),
    }


def planned(bench: Bench, wanted: dict[Any, Desired]) -> Plan:
    """The plan as it would be made now."""
    live = {(n, k): v.list(k).objects for n, v in bench.vendors.items() for k in (SURVEY, QUESTION) if n == "enco"}
    return build(Inputs("acme", None, REGISTRY, wanted, bench.store.snapshot(), live))


def applied(bench: Bench, wanted: dict[Any, Desired]) -> dict[str, Any]:
    """Settle, plan, apply."""
    bench.settle()
    return bench.apply(*planned(bench, wanted).changes)


def test_nothing_to_do_after_an_apply(bench: Bench) -> None:
    """What was just applied plans empty."""
    assert {o.status for o in applied(bench, desired("a")).values()} == {Status.DONE}
    assert not planned(bench, desired("a")).applyable


def test_replacement_whose_delete_failed_makes_nothing_twice(bench: Bench) -> None:
    """The old survey is still to be deleted, the new one and its question are there: only the delete is made up for."""
    vendor = bench.vendors["enco"]
    applied(bench, desired("a"))
    vendor.faults["delete", "before"] = refusal()
    wanted = desired("b", replace="allow")
    outcomes = applied(bench, wanted)
    assert (outcomes["waffles"].status, outcomes["extra"].status) == (Status.FAILED, Status.DONE)
    assert len(vendor.live(SURVEY)) == 2
    vendor.faults.clear()
    vendor.log.clear()
    assert applied(bench, wanted)["waffles"].status is Status.DONE
    assert [write[0] for write in vendor.writes()] == ["delete"]
    new = bench.store.snapshot().records[WAFFLES].id
    assert list(vendor.live(SURVEY)) == [new]
    vendor.objects[QUESTION] = {i: q for i, q in vendor.live(QUESTION).items() if q["survey"] == new}
    assert len(vendor.live(QUESTION)) == 1
    again = planned(bench, wanted)
    assert not again.applyable, [c for c in again.changes if c.operates]
