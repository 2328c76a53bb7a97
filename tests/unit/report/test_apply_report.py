"""How an apply ends: what was done, what failed and why, what was skipped because of what, how to go on."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from reconciler.model import Action, Address, Outcome, Plan, Status
from reconciler.report.apply_report import apply_document, apply_text
from reconciler.report.document import line
from reconciler.report.progress import event_document, progress_line
from reconciler.report.style import Style
from tests.unit.report import samples as s

DONE = Outcome(s.WAFFLES, Action.CREATE, Status.DONE, "9", 0.25)
FAILED = Outcome(s.LEEDS, Action.UPDATE, Status.FAILED, code="RCN0001", message="name required\x1b[31m")
UNKNOWN = Outcome(s.YORK, Action.DELETE, Status.UNKNOWN, message="the connection was reset")
SKIPPED = Outcome(s.QUESTION, Action.CREATE, Status.SKIPPED, because=s.WAFFLES)

SENTENCES = [
    (s.plan(s.CREATE), [DONE], "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.", "as Terraform says it"),
    (s.plan(), [], "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.", "nothing to do"),
    (
        s.plan(s.REPLACE),
        [Outcome(s.WAFFLES, Action.CREATE_DELETE, Status.DONE)],
        "Apply complete! Resources: 1 added, 0 changed, 1 destroyed.",
        "a replacement adds and destroys",
    ),
    (
        s.plan(s.ADOPT, s.FORGET, s.MOVED, s.SEND),
        [
            Outcome(s.ACME, Action.UPDATE, Status.DONE),
            Outcome(s.SITE, Action.FORGET, Status.DONE),
            Outcome(s.SITE, Action.NO_OP, Status.DONE),
            Outcome(s.SEND.address, Action.SEND, Status.DONE),
        ],
        "Apply complete! Resources: 0 added, 0 changed, 0 destroyed, 1 adopted, 1 forgotten, 1 sent, 1 moved.",
        "each under its own word",
    ),
    (
        s.plan(s.CREATE, s.UPDATE, s.DELETE, s.CREATE_PENDING, replace(s.BLOCKED, address=s.ACME)),
        [DONE, FAILED, UNKNOWN, SKIPPED, Outcome(s.ACME, Action.CREATE, Status.BLOCKED)],
        "Apply incomplete! Resources: 1 added, 0 changed, 0 destroyed, 1 blocked, 1 failed, "
        "1 with an unknown outcome, 1 skipped.",
        "in part",
    ),
]


@pytest.mark.parametrize(
    ("plan", "outcomes", "sentence"), [pytest.param(p, o, t, id=why) for p, o, t, why in SENTENCES]
)
def test_the_closing_line(plan: Plan, outcomes: list[Outcome], sentence: str) -> None:
    """The counts are true, and a partial apply never reads as a complete one."""
    assert sentence in apply_text(plan, outcomes)


def test_a_partial_apply_in_full() -> None:
    """Failures with their reason and help, skips with theirs, blocked ones, and the command that goes on."""
    plan = s.plan(s.CREATE, s.UPDATE, replace(s.BLOCKED, address=s.ACME))
    assert apply_text(plan, [SKIPPED, UNKNOWN, FAILED, DONE], command="reconciler apply p.plan") == (
        "error[RCN0001]: optimum/Location/leeds was not updated: name required\\u001b[31m\n"
        "help: Run again with -v; if it stays, report it with the debug log that the message names.\n"
        "\n"
        "unknown: nobody knows whether optimum/Location/york was deleted: the connection was reset\n"
        "  It is not sent again blindly: the next apply reads back and settles it.\n"
        "\n"
        "Skipped:\n"
        "  enco/Question/waffles-fr: it depends on enco/Survey/waffles\n"
        "\n"
        "Blocked:\n"
        "  optimum/Account/acme: several live objects match (b, a)\n"
        "\n"
        "Apply incomplete! Resources: 1 added, 0 changed, 0 destroyed, 1 blocked, 1 failed, "
        "1 with an unknown outcome, 1 skipped.\n"
        "\n"
        'What was applied is recorded. Run "reconciler apply p.plan" to go on.\n'
    )


def test_an_interrupted_apply_says_so() -> None:
    """Even where all that was begun is done."""
    shown = apply_text(s.plan(s.CREATE), [DONE], interrupted=True)
    assert shown.startswith("Apply interrupted! Resources: 1 added") and 'Run "reconciler apply" to go on.' in shown


def test_where_only_blocked_ones_are_left_running_again_does_not_help() -> None:
    """The way on is to put right what blocks them."""
    assert "Put right what blocks the others" in apply_text(s.plan(s.CREATE, s.BLOCKED), [DONE])


def test_the_summary_document() -> None:
    """The last line of the stream: counts, outcomes in order, what is blocked."""
    outcomes = [SKIPPED, UNKNOWN, FAILED, DONE]
    written = line(apply_document(s.plan(s.CREATE, s.UPDATE, s.BLOCKED), outcomes, exit_code=9))
    assert written.count("\n") == 1
    document = json.loads(written)
    assert (document["type"], document["complete"], document["exit_code"]) == ("summary", False, 9)
    assert {word: number for word, number in document["summary"].items() if number} == {
        "added": 1,
        "blocked": 1,
        "failed": 1,
        "unknown": 1,
        "skipped": 1,
    }
    assert [o["address"] for o in document["outcomes"]] == sorted(o["address"] for o in document["outcomes"])
    assert document["outcomes"][1] == {
        "address": "enco/Survey/waffles",
        "actions": ["create"],
        "status": "done",
        "id": "9",
        "seconds": 0.25,
        "code": None,
        "message": None,
        "because": None,
    }
    assert document["blocked"] == [
        {"address": "optimum/Location/leeds", "code": "ambiguous", "message": "several live objects match (b, a)"}
    ]


@dataclass(frozen=True)
class Happened:
    """An event as the executor tells it."""

    kind: str = "done"
    address: Address = s.LEEDS
    action: Action = Action.CREATE
    step: str = "create"
    index: int = 12
    total: int = 48
    seconds: float = 0.312
    id: str | None = "xd3S6"
    message: str | None = ""


LINES = [
    (Happened(), "[12/48] optimum/Location/leeds created in 0.3s (id xd3S6)", "the documented line"),
    (Happened("started", id=None), "[12/48] optimum/Location/leeds creating...", "begun"),
    (Happened(step="delete", seconds=65.4), "[12/48] optimum/Location/leeds deleted in 1m05s (id xd3S6)", "minutes"),
    (
        Happened("failed", message="no\n"),
        "[12/48] optimum/Location/leeds failed (creating, after 0.3s): no\\n",
        "failed",
    ),
    (
        Happened("unknown", step="", action=Action.UPDATE, message="reset"),
        "[12/48] optimum/Location/leeds outcome unknown (updating, after 0.3s): reset",
        "unknown, and the step told by the action",
    ),
    (
        Happened("skipped", message="enco/Survey/waffles failed"),
        "[12/48] optimum/Location/leeds skipped: enco/Survey/waffles failed",
        "skipped because of what",
    ),
    (Happened(step="settle"), "[12/48] optimum/Location/leeds settle done in 0.3s (id xd3S6)", "a step not known here"),
]


@pytest.mark.parametrize(("event", "shown"), [pytest.param(e, t, id=why) for e, t, why in LINES])
def test_progress_lines(event: Happened, shown: str) -> None:
    """One line an event, no newline in it."""
    assert progress_line(event) == shown
    assert "\x1b[" in progress_line(event, Style(on=True))


def test_an_event_as_json() -> None:
    """One line, one object, the plan's words for the actions."""
    written = line(event_document(Happened(action=Action.CREATE_DELETE)))
    assert json.loads(written) == {
        "type": "done",
        "address": "optimum/Location/leeds",
        "actions": ["create", "delete"],
        "step": "create",
        "index": 12,
        "total": 48,
        "seconds": 0.312,
        "id": "xd3S6",
        "message": None,
    }
    assert written.count("\n") == 1
