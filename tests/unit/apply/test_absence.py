"""An object that was made moments ago and that no list shows is not gone yet."""

from __future__ import annotations

import pytest

from reconciler.model import Action, Change, Status
from tests.unit.apply.fakes import LOCATION, SITE, SURVEY, Bench, at, change, creating, unreadable

CONNECTIONS = {LOCATION: "optimum", SURVEY: "enco", SITE: "cs"}
FIELDS = {
    LOCATION: {"name": "Leeds", "country_code": "GB"},
    SURVEY: {"name": "W", "interactionType": "v", "questions": [{"language": "en", "body": "a"}]},
}


def made(bench: Bench, kind: str) -> str:
    """An object that an apply has just made; its id."""
    id = bench.apply(creating(at("it", kind), **FIELDS[kind]))["it"].id
    assert id is not None
    return id


def again(kind: str, id: str) -> Change:
    """It is taken for gone, and made again."""
    return change(
        at("it", kind), Action.CREATE, reason="disappeared", request=FIELDS[kind], recorded=FIELDS[kind], id=None
    )


def forgotten(kind: str, id: str) -> Change:
    """It is taken for gone, and forgotten."""
    return change(at("it", kind), Action.FORGET, reason="gone", id=id)


def adopted(kind: str, id: str) -> Change:
    """It is taken for gone, and an equal one is adopted in its place."""
    return change(at("it", kind), Action.NO_OP, reason="not_recorded", id="x", importing="x", recorded=FIELDS[kind])


@pytest.mark.parametrize("plan", [again, forgotten, adopted])
@pytest.mark.parametrize(
    ("kind", "live", "seconds", "status", "reason"),
    [
        (LOCATION, True, 1.0, Status.FAILED, "reading it alone shows it"),
        (LOCATION, False, 1.0, Status.DONE, "a 404 says that it is gone, at once"),
        (LOCATION, True, 60.0, Status.DONE, "a list that lags for longer than settle is believed"),
        (SURVEY, True, 1.0, Status.FAILED, "the list shows it once settle has passed"),
        (SURVEY, False, 1.0, Status.DONE, "the list does not show it even then"),
    ],
)
def test_made_lately(
    bench: Bench, plan: object, kind: str, live: bool, seconds: float, status: Status, reason: str
) -> None:
    """What is there is neither made again nor forgotten nor given up for another; what is gone is."""
    id = made(bench, kind)
    vendor = bench.vendors[CONNECTIONS[kind]]
    if not live:
        del vendor.live(kind)[id]
    before = len(vendor.writes())
    bench.clock.now += seconds
    outcome = bench.apply(plan(kind, id))["it"]  # type: ignore[operator]
    assert outcome.status is status, outcome
    if status is Status.FAILED:
        assert outcome.code == "RCN0904" and len(vendor.writes()) == before
        assert bench.store.snapshot().records[at("it", kind)].id == id


def test_nothing_is_read_where_nothing_is_gone(bench: Bench) -> None:
    """The second look costs an ordinary apply nothing."""
    made(bench, LOCATION)
    bench.vendors["optimum"].log.clear()
    bench.apply(creating(at("other"), **FIELDS[LOCATION]))
    assert [entry[0] for entry in bench.vendors["optimum"].log] == ["create"]


def test_unreadable_is_not_absent(bench: Bench) -> None:
    """Where the second look fails, nothing is made again."""
    id = made(bench, LOCATION)
    bench.vendors["optimum"].faults["read", "before"] = unreadable()
    assert bench.apply(again(LOCATION, id))["it"].status is Status.FAILED
