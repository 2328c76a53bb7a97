"""Every operation of every kind, against every point where it can be broken off: what the next apply makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from reconciler.model import Address
from tests.simulation.figures import FIGURES
from tests.simulation.machine import Life, lived
from tests.simulation.reaper import Kill
from tests.simulation.scenario import Apply, Edit
from tests.simulation.universe import Declare, Withdraw
from tests.simulation.weather import Fault

BYSTANDER = Declare("optimum/Location/c", 3)  # has nothing to do with it, and must go its way in every case


@dataclass(frozen=True)
class Operation:
    """What is there before, the edit that plans the operation, and the sort of request it makes."""

    name: str
    address: str
    edits: tuple[Edit, ...]
    sort: str
    before: tuple[Edit, ...] = ()
    items: bool = False  # adds something that can never be taken away, so its absence proves nothing
    half: bool = False  # takes two requests, of which the first is broken off


def _operation(
    name: str, address: str, sort: str, *edits: Edit, before: tuple[Edit, ...] = (), **more: bool
) -> Operation:
    return Operation(name, address, edits, sort, before, **more)


SURVEY, QUESTION, SITE = "enco/Survey/a", "enco/Question/a", "customersure/Site/a"
LOCATION, ACCOUNT = "optimum/Location/a", "optimum/Account/a"
OPERATIONS = (
    _operation("create survey", SURVEY, "create", Declare(SURVEY, 1)),
    _operation("create question", QUESTION, "add", Declare(QUESTION, 1), before=(Declare(SURVEY),), items=True),
    _operation("create question elsewhere", QUESTION, "add", Declare(QUESTION, 3), items=True),
    _operation("create site", SITE, "create", Declare(SITE, 2)),
    _operation("create location", LOCATION, "create", Declare(LOCATION, 1)),
    _operation("create account", ACCOUNT, "create", Declare(ACCOUNT, 1)),
    _operation("add to survey", SURVEY, "add", Declare(SURVEY, 1), before=(Declare(SURVEY, 0),), items=True),
    _operation(
        "add two to survey", SURVEY, "add", Declare(SURVEY, 6), before=(Declare(SURVEY, 5),), items=True, half=True
    ),
    _operation("update site", SITE, "update", Declare(SITE, 3), before=(Declare(SITE, 0),)),
    _operation("move site", SITE, "update", Declare(SITE, 2), before=(Declare(SITE, 0),)),
    _operation("update location", LOCATION, "update", Declare(LOCATION, 2), before=(Declare(LOCATION, 1),)),
    _operation("update account", ACCOUNT, "update", Declare(ACCOUNT, 1), before=(Declare(ACCOUNT, 0),)),
    _operation("deactivate account", ACCOUNT, "update", Withdraw(ACCOUNT), before=(Declare(ACCOUNT, 0, life=4),)),
    _operation("delete survey", SURVEY, "delete", Withdraw(SURVEY), before=(Declare(SURVEY),)),
    _operation("delete location", LOCATION, "delete", Withdraw(LOCATION), before=(Declare(LOCATION),)),
    _operation("delete account", ACCOUNT, "delete", Withdraw(ACCOUNT), before=(Declare(ACCOUNT),)),
    _operation("replace survey, new", SURVEY, "create", Declare(SURVEY, 2, 1), before=(Declare(SURVEY, 0, 1),)),
    _operation("replace survey, old", SURVEY, "delete", Declare(SURVEY, 2, 1), before=(Declare(SURVEY, 0, 1),)),
    _operation(
        "move location, new",
        LOCATION,
        "create",
        Declare(LOCATION, 0, 1, "second"),
        before=(Declare(LOCATION, 0, 1),),
    ),
    _operation(
        "move location, old",
        LOCATION,
        "delete",
        Declare(LOCATION, 0, 1, "second"),
        before=(Declare(LOCATION, 0, 1),),
    ),
)
# Where the process dies; the first two are passed once for the round, the others for the write itself.
KILLS = {
    "before the intent": "before intent",
    "after the intent": "after intent",
    "before the bytes left": "before send",
    "after the bytes left": "after send",
    "after the answer": "after answer",
    "before the record": "before record",
    "inside the commit": "before commit",
    "after the record": "after record",
}
DONE = ("answer lost", "answer cut", "late", "502 but done", "page but done", "empty")  # the vendor did it
NOT_DONE = ("dropped", "never answered", "503", "page")  # it did not, and nobody knows
LAGGING = ("lag", "lost and lagging")  # it did, and its lists do not show it for a while
REFUSED = ("refused", "429", "no connection")  # it did not, and says so
# Nothing shows whether it was done, and doing it twice could not be undone.
BY_HAND_KILLS = ("after the intent", "before the bytes left")
BY_HAND_HALF = ("after the bytes left", "after the answer")


@pytest.mark.parametrize("point", KILLS)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_killed(operation: Operation, point: str) -> None:
    """Killed at this point: the next apply settles it by reading back, or stops this address alone and says how."""
    nth = 2 if operation.name.endswith("old") and point in ("before the intent", "after the intent") else 1
    died = Apply(kill=Kill(KILLS[point], nth), pause=60.0)
    unsure = (*BY_HAND_KILLS, *BY_HAND_HALF) if operation.half else BY_HAND_KILLS
    _lives_on(operation, died, by_hand=operation.items and point in unsure)


@pytest.mark.parametrize("times", [1, 99])
@pytest.mark.parametrize("fault", (*DONE, *NOT_DONE, *REFUSED))
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_answered_badly(operation: Operation, fault: str, times: int) -> None:
    """The answer is lost, cut, late, an error, a page or nothing, once or every time: the same."""
    bad = Apply(faults=(Fault(operation.sort, fault, 1, times),), pause=60.0)
    unsure = (*NOT_DONE, *DONE) if operation.half else NOT_DONE
    _lives_on(operation, bad, by_hand=operation.items and fault in unsure)


@pytest.mark.parametrize("pause", [0.0, 60.0])
@pytest.mark.parametrize("fault", LAGGING)
@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.sort in ("create", "add")], ids=lambda o: o.name)
def test_not_shown_yet(operation: Operation, fault: str, pause: float) -> None:
    """The vendor's list lags behind the create, and the next apply comes at once: nothing is made twice."""
    by_hand = operation.half and fault == "lost and lagging"
    _lives_on(operation, Apply(faults=(Fault(operation.sort, fault),)), by_hand=by_hand, pause=pause)


def _lives_on(operation: Operation, bad: Apply, *, by_hand: bool, pause: float = 60.0) -> None:
    FIGURES.cases += 1
    with lived() as life:
        for edit in operation.before:
            life.edit(edit)
        if operation.before:
            assert life.run(Apply()).code == 0
        for edit in (*operation.edits, BYSTANDER):
            life.edit(edit)
        life.run(bad)
        left = life.snapshot().open_intents
        after = life.run(Apply(pause=pause))
        unsettled = [intent for intent in after.after.open_intents if str(intent.address) == operation.address]
        assert bool(unsettled) is (by_hand and bool(left)), "settled by reading back, or left to a person"
        assert Address.parse(BYSTANDER.address) in after.after.records, "the rest goes its way"
        if unsettled:
            _stops_alone(life, operation)
        elif after.code != 0:
            assert life.run(Apply()).code == 0
        life.end_well()


def _stops_alone(life: Life, operation: Operation) -> None:
    """The address is blocked, nothing is sent for it, and the message names the way out."""
    again = life.run(Apply())
    assert again.code in (6, 9) and not again.writes
    change = next(c for c in life.plans[-1].changes if str(c.address) == operation.address)
    assert change.blocked is not None and change.blocked.code == "unsettled"
    assert f"reconciler resolve {operation.address}" in change.blocked.message
