"""What is told while an apply runs, in every sort of surroundings."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from reconciler.apply.event import Event
from reconciler.cli.progress import Progress
from reconciler.cli.terminal import Terminal
from reconciler.model import Action, Address, Change, Plan
from tests.unit.cli.terminals import Clock, said, terminal
from tests.unit.report import samples as s


def store(number: int) -> Change:
    """A location to be created."""
    return replace(s.change(Address("optimum", "Location", f"s{number}"), Action.CREATE), request={"name": "x"})


def event(change: Change, kind: str = "done", step: str = "create", **more: object) -> Event:
    """A step of it that ended."""
    return Event(kind, change.address, change.action, step, 1, 9, **{"seconds": 0.3, **more})  # type: ignore[arg-type]


MANY = s.plan(*(store(number) for number in range(40)))


def told(shown: Terminal, plan: Plan, *events: Event, as_json: bool = False, clock: Clock | None = None) -> str:
    """What a whole run says on stderr."""
    progress = Progress(shown, plan, as_json=as_json, clock=clock or Clock())
    progress.begin()
    for one in events:
        progress.tell(one)
    progress.end()
    return said(shown)


WORDS = [
    (store(1), "done", "create", "created in 0.3s (id 7)", "a create"),
    (s.ADOPT, "done", "record", "adopted (id 7)", "an adoption, which sends nothing"),
    (s.FORGET, "done", "record", "forgotten (id 7)", "a record let go"),
    (s.MOVED, "done", "record", "moved (id 7)", "a new address"),
    (replace(s.SEND, reason="not_sent"), "done", "create", "sent in 0.3s (id 7)", "a message"),
    (s.DELETE, "failed", "delete", "failed (deleting, after 0.3s)", "a failure"),
    (s.UPDATE, "unknown", "update", "outcome unknown (updating, after 0.3s)", "nobody knows"),
    (s.UPDATE, "skipped", "update", "skipped", "left out on another's account"),
]


@pytest.mark.parametrize(
    ("change", "kind", "step", "words"), [pytest.param(c, k, p, w, id=why) for c, k, p, w, why in WORDS]
)
def test_each_end_has_its_own_word(
    monkeypatch: pytest.MonkeyPatch, change: Change, kind: str, step: str, words: str
) -> None:
    """One line for each operation that ended, with its number out of all."""
    shown = told(terminal(monkeypatch), s.plan(change), event(change, kind, step, id="7"))
    assert shown == f"[1/9] {change.address} {words}\n"


def test_numbers_count_what_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the order in which operations began; beginnings are not told."""
    one, other = MANY.changes[0], MANY.changes[1]
    shown = told(terminal(monkeypatch), MANY, event(one, "started"), replace(event(other), index=2), event(one))
    assert [line.partition(" created")[0] for line in shown.splitlines()] == [
        "[1/9] optimum/Location/s1",
        "[2/9] optimum/Location/s0",
        "In 0.0s: optimum 2 of 40.",
    ]


def test_what_is_left_alone_is_said_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocked and held, each with its reason, and not all of very many."""
    blocked = [replace(s.BLOCKED, address=Address("optimum", "Location", f"b{number}")) for number in range(7)]
    shown = told(terminal(monkeypatch), s.plan(*blocked, s.SEND, store(1)), event(store(1))).splitlines()
    assert len([line for line in shown if " blocked: several live objects match" in line]) == 5
    assert shown[5:7] == ["… and 2 others blocked", f"{s.SEND.address} held: --allow-send sends it"]


def test_in_ci_only_what_went_wrong_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line for what is done, none about the whole, nothing drawn, also at a terminal."""
    ends = [event(MANY.changes[0]), event(MANY.changes[1], "failed", message="no")]
    plan = replace(MANY, changes=(*MANY.changes, s.BLOCKED))
    shown = told(terminal(monkeypatch, drawn=True, quiet=True), plan, *ends)
    assert shown == "[2/9] optimum/Location/s1 failed (creating, after 0.3s): no\n"


def test_with_json_stderr_stays_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The events are the progress: every one of them is a line on stdout."""
    shown = terminal(monkeypatch)
    assert told(shown, MANY, event(store(1), "started"), event(store(1)), as_json=True) == ""
    assert isinstance(shown.out, io.StringIO)
    assert [json.loads(line)["type"] for line in shown.out.getvalue().splitlines()] == ["started", "done"]


def test_the_whole_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain lines where nothing can be drawn over: at most one in ten seconds, once it says something."""
    clock = Clock()
    progress = Progress(terminal(monkeypatch), MANY, as_json=False, clock=clock)
    for change in MANY.changes[:20]:
        clock.at += 2.0
        progress.tell(event(change))
    lines = said(progress.terminal).splitlines()
    assert [line for line in lines if not line.startswith("[")] == [
        "optimum 5/40; about 70 s left",
        "optimum 10/40; about 60 s left",
        "optimum 15/40; about 50 s left",
        "optimum 20/40; about 40 s left",
    ]
    assert "\r" not in said(progress.terminal) and "\x1b" not in said(progress.terminal)


def test_at_a_terminal_the_whole_stands_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that is drawn over; other lines go above it, and at the end it is gone."""
    clock = Clock()
    progress = Progress(terminal(monkeypatch, drawn=True), MANY, as_json=False, clock=clock)
    for change in MANY.changes[:2]:
        clock.at += 1.0
        progress.tell(event(change))
    progress.end()
    assert said(progress.terminal) == (
        "[1/9] optimum/Location/s0 created in 0.3s\n"
        "\r\x1b[Koptimum 1/40"
        "\r\x1b[K[2/9] optimum/Location/s1 created in 0.3s\n"
        "\r\x1b[Koptimum 1/40"
        "\r\x1b[Koptimum 2/40"
        "\r\x1b[KIn 2.0s: optimum 2 of 40.\n"
    )


def test_a_dumb_terminal_is_not_drawn_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """TERM=dumb: plain lines."""
    shown = terminal(monkeypatch, drawn=True)
    monkeypatch.setenv("TERM", "dumb")
    clock = Clock()
    progress = Progress(shown, MANY, as_json=False, clock=clock)
    clock.at += 1.0
    progress.tell(event(MANY.changes[0]))
    assert said(shown) == "[1/9] optimum/Location/s0 created in 0.3s\n"


def test_a_narrow_terminal_cuts_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that wraps could not be drawn over."""
    shown = terminal(monkeypatch, drawn=True)
    shown.status("x" * 200)
    assert said(shown) == "\r\x1b[K" + "x" * 79
    shown.show("result\n")
    assert said(shown).endswith("\r\x1b[K")
