"""What a connection tells to whoever watches: waits, and how far a reading has come."""

from __future__ import annotations

import pytest

from reconciler.errors import ReconcilerError
from reconciler.http import Request, fan_out
from reconciler.http.retry import Event
from tests.unit.http.scripted import Outcome, Script, Told, raw, transport

READ = Request("GET", "/things")


WAITS: list[tuple[list[Outcome], list[tuple[int, bool]], str]] = [
    ([raw(200, {})], [], "an answer"),
    ([raw(429, **{"retry-after": "12"}), raw(200, {})], [(429, True)], "a limit, with its time"),
    ([raw(429), raw(200, {})], [(429, False)], "a limit without one"),
    ([raw(503), raw(503), raw(200, {})], [(503, False)] * 2, "a server in trouble, twice"),
    ([Event.NOT_SENT, raw(200, {})], [], "no answer at all, which is told by itself"),
    ([raw(422)], [], "a refusal that no wait puts right"),
]


@pytest.mark.parametrize(("outcomes", "waits"), [pytest.param(o, w, id=why) for o, w, why in WAITS])
def test_each_wait_is_told(outcomes: list[Outcome], waits: list[tuple[int, bool]]) -> None:
    """Before it begins, with the status that led to it."""
    told = Told()
    try:
        transport(Script(outcomes), watch=told).send(READ)
    except ReconcilerError:
        assert not waits
    assert [(status, asked) for _, status, _, asked in told.waited] == waits
    assert all(name == "main" for name, *_ in told.waited)


def test_no_answer_is_told() -> None:
    """With how long it is still tried; a trouble that an answer tells is a wait and not this."""
    told = Told()
    transport(Script([Event.NOT_SENT, Event.LOST, raw(503), raw(200, {})]), watch=told).send(READ)
    assert [name for name, _, _ in told.missed] == ["main", "main"]
    assert all(0 < left <= 60 for _, _, left in told.missed)


def test_what_is_told_is_what_is_waited() -> None:
    """The seconds that Retry-After asks for."""
    told = Told()
    transport(Script([raw(429, **{"retry-after": "12"}), raw(200, {})]), watch=told).send(READ)
    assert told.waited == [("main", 429, 12.0, True)]


@pytest.mark.parametrize(("workers", "items"), [(4, 20), (1, 3), (4, 1)])
def test_a_fan_tells_how_many_are_done(workers: int, items: int) -> None:
    """One more each time, from what was read before it to the end."""
    told = Told()
    watched = transport(Script(), watch=told)
    passed = watched.telling("optimum/Location", items + 1, done=1)
    assert fan_out(str, range(items), workers, passed) == [str(number) for number in range(items)]
    assert told.read == [("main", "optimum/Location", "pages", number, items + 1) for number in range(2, items + 2)]


def test_where_nobody_watches_nothing_is_told() -> None:
    """No listener, no call for every page."""
    assert transport(Script()).telling("optimum/Location", 9) is None
