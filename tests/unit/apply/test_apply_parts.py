"""The executor's parts on their own: schedule, entries, shared readings."""

from __future__ import annotations

import threading

import pytest

from reconciler.apply.entry import Unresolved, differing, resolved
from reconciler.apply.readings import Readings
from reconciler.apply.schedule import Schedule
from reconciler.errors import ReconcilerError
from reconciler.model import Pending
from reconciler.plan import Step, steps
from reconciler.providers.base import Listing
from tests.unit.apply.fakes import LOCATION, REGISTRY, SURVEY, Kill, Vendor, at, creating, unreadable


def step(name: str) -> Step:
    """A create step."""
    return Step(at(name), "create")


def test_schedule_gives_what_is_ready_by_address() -> None:
    """Steps come by address as soon as all before them are done, each once."""
    schedule = Schedule(
        {step("a"): frozenset({step("c")}), step("b"): frozenset(), step("c"): frozenset(), step("d"): frozenset()}
    )
    assert [schedule.take() for _ in range(4)] == [step("b"), step("c"), step("d"), None]
    schedule.done(step("d"))
    schedule.done(step("c"))
    assert [schedule.take(), schedule.take()] == [step("a"), None]
    schedule.done(step("a"))
    schedule.done(step("b"))
    assert schedule.rest() == []


def test_schedule_skips_through_the_graph_once() -> None:
    """A failure takes all that rests on it, at any distance, once each, naming the root."""
    schedule = Schedule(
        {
            step("a"): frozenset(),
            step("b"): frozenset({step("a")}),
            step("c"): frozenset({step("a"), step("b")}),
            step("z"): frozenset(),
        }
    )
    schedule.take()
    assert schedule.failed(step("a")) == [(step("b"), at("a")), (step("c"), at("a"))]
    assert (schedule.take(), schedule.take()) == (step("z"), None)
    schedule.done(step("z"))
    assert schedule.rest() == []


def test_schedule_of_a_real_graph() -> None:
    """The plan's own graph is what is scheduled."""
    changes = (creating(at("a"), depends_on=(at("b"),)), creating(at("b")))
    schedule = Schedule(steps(changes))
    assert schedule.take() == step("b")
    assert schedule.rest() == [step("a"), step("b")]


def test_resolved_reaches_every_depth() -> None:
    """Pending ids are filled in anywhere in a value; everything else stays as it is."""
    known = {at("a"): "1"}
    value = {"x": [Pending(at("a")), {"y": Pending(at("a"))}], "s": "text", "n": None}
    assert resolved(value, known.get) == {"x": ["1", {"y": "1"}], "s": "text", "n": None}
    with pytest.raises(Unresolved):
        resolved(Pending(at("b")), known.get)


def test_differing_names_only_what_can_be_read() -> None:
    """Fields compare by their meaning (trap 33); what no endpoint shows is never said to differ (trap 37)."""
    account = REGISTRY.get("optimum/Account")
    sent = {"name": "A", "sms_allowance": 2000, "verb": "visit", "active": True}
    assert differing(account, sent, {"name": "B", "sms_allowance": "2000", "active": True}) == ("name",)
    survey = REGISTRY.get(SURVEY)
    asked = {"questions": [{"language": "en", "body": "a"}]}
    more = {"questions": [{"language": " EN", "body": "a "}, {"language": "fr", "body": "b"}]}
    assert differing(survey, asked, more) == ()


def test_readings_are_shared_and_never_too_old() -> None:
    """Those that wait while a listing runs share the next one; nobody gets one that began before the asking."""
    vendor, gate, entered = Vendor(), threading.Event(), threading.Event()
    begun: list[int] = []

    def slow(_: object) -> None:
        begun.append(len(begun))
        if len(begun) == 1:
            entered.set()
            gate.wait(5)

    vendor.faults["list", "before"] = slow
    readings, answers = Readings(lambda _: None), []

    def ask() -> None:
        answers.append(readings.listing(vendor, LOCATION))

    first = threading.Thread(target=ask)
    first.start()
    assert entered.wait(5)
    vendor.add(LOCATION, "new")
    late = [threading.Thread(target=ask) for _ in range(5)]
    for thread in late:
        thread.start()
    while threading.active_count() < 7 and any(not t.is_alive() for t in late):
        pass
    gate.set()
    for thread in [first, *late]:
        thread.join(5)
    assert len(answers) == 6
    assert 2 <= len(begun) <= 6
    assert all(len(answer.objects) == 1 for answer in answers[1:] if isinstance(answer, Listing))


@pytest.mark.parametrize("fault", [unreadable(), Kill()])
def test_reading_that_fails_frees_the_line(fault: BaseException) -> None:
    """A listing that fails or is killed does not hold up the next one."""
    vendor, readings = Vendor(), Readings(lambda _: None)
    vendor.faults["list", "before"] = fault
    with pytest.raises((ReconcilerError, Kill)):
        readings.listing(vendor, LOCATION)
    vendor.faults.clear()
    assert readings.listing(vendor, LOCATION).objects == ()
