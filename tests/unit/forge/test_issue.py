"""The issue about drift: when it is opened, told of, closed and opened again; unreadable is never mended."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.errors import Uncertain
from reconciler.forge.issue import Reported, Step, Texts, Verdict, decided, tell_drift
from reconciler.forge.marker import Marker, read
from tests.unit.forge.desk import Repository, raised

MARKER = Marker("drift", ("acme",))
A, B = {"optimum/Location": "a1"}, {"optimum/Location": "b2"}
BOTH = {**A, "enco/Survey": "c3"}
CLEAN, FOUND = Reported({}), Reported(A)
BLIND = Reported({}, frozenset({"optimum/"}))  # all of optimum could not be read
HALF = Reported({}, frozenset({"optimum/Location"}))
ELSEWHERE = Reported({}, frozenset({"enco/"}))


@pytest.mark.parametrize(
    ("told", "is_open", "report", "step", "digests", "kept", "reason"),
    [
        (None, False, CLEAN, Step.NONE, {}, (), "no drift, no issue"),
        (None, False, FOUND, Step.CREATED, A, (), "the first drift"),
        (None, False, BLIND, Step.NONE, {}, (), "unreadable is no drift either"),
        (A, True, FOUND, Step.UNCHANGED, A, (), "the same drift says nothing again"),
        (A, True, Reported(B), Step.UPDATED, B, (), "another drift"),
        (A, True, Reported(BOTH), Step.UPDATED, BOTH, (), "more drift"),
        (BOTH, True, FOUND, Step.UPDATED, A, (), "less drift"),
        (A, True, CLEAN, Step.CLOSED, {}, (), "no drift any more"),
        ({}, True, CLEAN, Step.CLOSED, {}, (), "opened again by hand, and nothing is wrong"),
        (A, True, BLIND, Step.UNCHANGED, A, (), "unreadable closes nothing"),
        (A, True, HALF, Step.UNCHANGED, A, (), "nor does one kind that is unreadable"),
        (A, True, ELSEWHERE, Step.CLOSED, {}, (), "what was told could be read, and is well"),
        (BOTH, True, BLIND, Step.UPDATED, A, ("optimum/Location",), "one part is well, the other unreadable"),
        (BOTH, True, Reported({"enco/Survey": "c3"}, BLIND.unread), Step.UNCHANGED, BOTH, (), "as far as can be read"),
        (A, True, Reported(B, HALF.unread), Step.UNCHANGED, A, (), "half a reading of a part changes nothing"),
        (A, False, FOUND, Step.UNCHANGED, A, (), "somebody closed it: this drift is known"),
        (A, False, Reported(B), Step.REOPENED, B, (), "another drift than the known one"),
        (A, False, CLEAN, Step.CLEARED, {}, (), "the known drift is gone; should it come again, it is told"),
        ({}, False, FOUND, Step.REOPENED, A, (), "drift again"),
        ({}, False, CLEAN, Step.UNCHANGED, {}, (), "closed, and all is well"),
        (A, False, BLIND, Step.UNCHANGED, A, (), "known, and unreadable now"),
    ],
)
def test_what_is_done(
    told: Mapping[str, str] | None,
    is_open: bool,
    report: Reported,
    step: Step,
    digests: Mapping[str, str],
    kept: tuple[str, ...],
    reason: str,
) -> None:
    """The table: what the issue told before, whether it is open, what the report says."""
    found = decided(told, is_open, report)
    shown = Verdict(found.step, found.digests, ())
    assert shown == Verdict(step, digests, ()), reason
    assert set(kept) <= set(found.kept), reason


def texts(report: Reported) -> Texts:
    """Texts that tell what they were made from."""
    return Texts(
        "Drift in acme",
        ("drift", "night"),
        report=lambda room: "report",
        body=lambda marker, kept: f"{marker.line()}\n{sorted(report.digests)} kept {kept}\n",
        note=lambda step: f"note: {step}",
    )


def told(github: Repository, report: Reported) -> str:
    """One night's run."""
    github.calls.clear()
    return tell_drift(github, MARKER, report, texts(report)).action


def test_the_life_of_an_issue() -> None:
    """Opened, unchanged, another drift, unreadable, closed, again: one issue and a comment for each change."""
    github = Repository(labels={"drift"})
    assert told(github, CLEAN) == "none"
    assert (told(github, FOUND), github.calls) == ("created", ["open 'Drift in acme' drift"])
    assert (told(github, FOUND), github.calls) == ("unchanged", [])
    assert (told(github, Reported(BOTH)), github.calls) == ("updated", ["comment 1", "change 1"])
    assert (told(github, BLIND), github.calls) == ("updated", ["comment 1", "change 1"])
    assert github.board[0].body.endswith("[] kept ('optimum/Location',)\n")
    assert (told(github, BLIND), github.calls) == ("unchanged", [])
    assert (told(github, CLEAN), github.calls) == ("closed", ["comment 1", "change 1 closed completed"])
    assert (told(github, CLEAN), github.calls) == ("unchanged", [])
    assert (told(github, FOUND), github.calls) == ("reopened", ["comment 1", "change 1 open reopened"])
    assert [one.body for one in github.talk] == ["note: updated", "note: updated", "note: closed", "note: reopened"]
    assert len(github.board) == 1


def test_somebody_closes_it() -> None:
    """A closed issue is not opened for the drift it told of; once that is gone, it forgets it without a word."""
    github = Repository(board=[raised(1, f"{Marker('drift', ('acme',), A).line()}\n", is_open=False)])
    assert (told(github, FOUND), github.calls) == ("unchanged", [])
    assert (told(github, CLEAN), github.calls) == ("cleared", ["change 1"])
    marker = read(github.board[0].body)
    assert marker is not None and marker.digests == {} and not github.board[0].open
    assert told(github, FOUND) == "reopened"


def test_markers_of_others_are_not_believed() -> None:
    """An issue that somebody else opened with the marker is neither touched nor taken for ours."""
    forged = raised(1, f"{MARKER.line()}\n", "mallory")
    github = Repository(board=[forged])
    assert told(github, CLEAN) == "none"
    assert told(github, FOUND) == "created"
    assert github.board[0] == forged


def test_labels_that_it_did_not_get() -> None:
    """An unknown label is left out, since GitHub may refuse the whole issue for it; it is told."""
    github = Repository(labels={"drift"})
    assert tell_drift(github, MARKER, FOUND, texts(FOUND)).missing == ("night",)


def test_an_open_one_counts_before_a_newer_closed_one() -> None:
    """Of several, the open one is kept in step."""
    line = f"{Marker('drift', ('acme',), A).line()}\n"
    github = Repository(board=[raised(1, line), raised(2, line, is_open=False)])
    assert (told(github, CLEAN), github.calls) == ("closed", ["comment 1", "change 1 closed completed"])


@pytest.mark.parametrize(("lost", "found"), [("after", True), ("before", False)])
def test_a_lost_answer(lost: str, found: bool) -> None:
    """An issue whose answer was lost is looked for, and never opened twice."""
    github = Repository(labels={"drift"}, lost=lost)
    if found:
        assert told(github, FOUND) == "created"
    else:
        with pytest.raises(Uncertain):
            told(github, FOUND)
    assert len(github.calls) == 1
