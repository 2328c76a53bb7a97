"""What is told of waits and of long readings."""

from __future__ import annotations

import re

import pytest

from reconciler.cli.watching import Watching
from tests.unit.cli.terminals import Clock, said, terminal

WAITS = [
    ("optimum", 429, 12.4, True, "optimum asks to wait 12 s (429, Retry-After)", "as the vendor asks"),
    ("optimum", 429, 3.0, False, "optimum takes no more requests for now (429); waiting 3 s", "of our own accord"),
    ("enco", 503, 8.0, False, "enco answers with an error (503); waiting 8 s", "a server in trouble"),
    ("e\x1b[2J", 503, 8.0, True, "e\\u001b[2J asks to wait 8 s (503, Retry-After)", "a name made visible"),
]


@pytest.mark.parametrize(
    ("connection", "status", "seconds", "asked", "words"), [pytest.param(*case[:5], id=case[5]) for case in WAITS]
)
def test_a_wait_is_explained(
    monkeypatch: pytest.MonkeyPatch, connection: str, status: int, seconds: float, asked: bool, words: str
) -> None:
    """Who waits, how long, why, and when it goes on."""
    shown = terminal(monkeypatch)
    Watching(shown).waits(connection, status, seconds, asked=asked)
    assert re.fullmatch(re.escape(words) + r"; going on at \d\d:\d\d:\d\d\n", said(shown))


def test_a_short_wait_needs_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor any at all in CI."""
    shown, quiet = terminal(monkeypatch), terminal(monkeypatch, quiet=True)
    Watching(shown).waits("optimum", 429, 1.9, asked=True)
    Watching(quiet).waits("optimum", 429, 30.0, asked=True)
    assert said(shown) + said(quiet) == ""


def test_requests_that_wait_together_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen are refused at once; another wait after it, or a much longer one, is news."""
    shown, clock = terminal(monkeypatch), Clock()
    watching = Watching(shown, clock=clock)
    for seconds in (10.0, 9.0, 12.0):
        watching.waits("optimum", 429, seconds, asked=True)
    assert said(shown).count("\n") == 1
    watching.waits("enco", 429, 10.0, asked=True)
    watching.waits("optimum", 429, 30.0, asked=True)
    clock.at += 31.0
    watching.waits("optimum", 429, 10.0, asked=True)
    assert [line.split(" asks to wait ")[0] for line in said(shown).splitlines()] == [
        "optimum",
        "enco",
        *["optimum"] * 2,
    ]


def test_an_outage_is_told_once_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at an empty screen for a minute: said after two seconds, again after thirty, never in CI."""
    shown, quiet, clock = terminal(monkeypatch), terminal(monkeypatch, quiet=True), Clock()
    watching, ci = Watching(shown, clock=clock), Watching(quiet, clock=clock)
    for second in range(60):
        watching.misses("optimum", "no connection\x1b[2J", 60.0 - second)
        ci.misses("optimum", "no connection", 60.0 - second)
        clock.at += 1.0
    line = "optimum gives no answer (no connection\\u001b[2J); trying again for up to {} s\n"
    assert said(shown) == line.format(58) + line.format(28)
    assert said(quiet) == ""


def test_a_stumble_needs_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that fails now and then, and works in between, is not down."""
    shown, clock = terminal(monkeypatch), Clock()
    watching = Watching(shown, clock=clock)
    for _ in range(3):
        watching.misses("optimum", "no connection", 60.0)
        clock.at += 31.0
    assert said(shown) == ""


def read_on(watching: Watching, clock: Clock, pages: int) -> None:
    """Pages that come one a second."""
    for page in range(2, pages + 1):
        clock.at += 1.0
        watching.reads("optimum", "optimum/Location", "pages", page, 20)


def test_a_long_listing_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a short one; at most a line in five seconds, without a carriage return."""
    shown, clock = terminal(monkeypatch), Clock()
    read_on(Watching(shown, clock=clock), clock, 4)
    assert said(shown) == ""
    read_on(Watching(shown, clock=clock), clock, 20)
    assert said(shown).splitlines() == [f"optimum/Location: {page} of 20 pages" for page in (5, 10, 15)]


def test_a_long_listing_stands_at_the_bottom_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that are under way in one line, gone at the end."""
    shown, clock = terminal(monkeypatch, drawn=True), Clock()
    watching = Watching(shown, clock=clock)
    read_on(watching, clock, 5)
    clock.at += 1.0
    watching.reads("second", "customersure/Site", "pages", 3, None)
    assert said(shown).endswith("\r\x1b[Koptimum/Location: 5 of 20 pages, second: customersure/Site: 3 pages so far")
    clock.at += 1.0
    watching.reads("second", "customersure/Site", "pages", 4, 4)
    watching.reads("optimum", "optimum/Location", "pages", 20, 20)
    assert said(shown).endswith("\r\x1b[K")
