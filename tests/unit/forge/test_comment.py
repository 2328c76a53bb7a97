"""The comment on a pull request: made once, edited ever after, nobody else's touched."""

from __future__ import annotations

import pytest

from reconciler.errors import Uncertain
from reconciler.forge.comment import put_comment
from reconciler.forge.marker import Marker
from tests.unit.forge.desk import BOT, Repository, said

MARKER = Marker("plan", ("acme",))
OLD, NEW = f"{MARKER.line()}\nold\n", f"{MARKER.line()}\nnew\n"


@pytest.mark.parametrize(
    ("before", "wanted", "action", "calls", "reason"),
    [
        ([], True, "created", ["comment 7"], "there was none"),
        ([], False, "none", [], "nothing to say, and nothing said before"),
        ([said(1, OLD)], True, "updated", ["edit 1"], "edited in place"),
        ([said(1, OLD)], False, "updated", ["edit 1"], "an old plan does not stand once there is nothing to do"),
        ([said(1, NEW)], True, "unchanged", [], "it says so already"),
        ([said(1, NEW.replace("\n", "\r\n"))], True, "unchanged", [], "ends of lines do not count"),
        ([said(1, OLD, "mallory")], True, "created", ["comment 7"], "a marker that somebody pasted is not believed"),
        ([said(1, OLD, "mallory")], False, "none", [], "nor edited"),
        ([said(1, OLD, "")], True, "created", ["comment 7"], "written by somebody who is gone"),
        ([said(1, f"I saw this:\n{OLD}")], True, "created", ["comment 7"], "quoted by a workflow of the same user"),
        ([said(1, "<!-- reconciler:plan other -->\n")], True, "created", ["comment 7"], "another project's stays"),
        ([said(2, OLD), said(1, OLD)], True, "updated", ["edit 2", "edit 1"], "two runs at once: the newest counts"),
    ],
)
def test_one_comment(before: list, wanted: bool, action: str, calls: list[str], reason: str) -> None:
    """What is there decides what is done."""
    github = Repository(talk=list(before))
    posted = put_comment(github, 7, MARKER, NEW, wanted=wanted)
    assert (posted.action, github.calls) == (action, calls), reason
    if action in ("created", "updated"):
        ours = [one for one in github.talk if one.author == BOT and MARKER.heads(one.body)]
        assert [(one.body, one.url) for one in ours] == [(NEW, posted.url)]


def test_an_older_twin_says_that_it_is_replaced() -> None:
    """No old plan is left to be approved by mistake, and the next run leaves the twin alone."""
    github = Repository(talk=[said(1, OLD), said(2, OLD)])
    put_comment(github, 7, MARKER, NEW, wanted=True)
    assert github.talk[0].body == f"_This plan was replaced by [a newer one]({github.talk[1].url})._"
    github.calls.clear()
    assert put_comment(github, 7, MARKER, NEW, wanted=True).action == "unchanged"
    assert github.calls == []


def test_a_lost_answer_is_looked_for() -> None:
    """A comment that was made although its answer was lost is not made again."""
    github = Repository(lost="after")
    posted = put_comment(github, 7, MARKER, NEW, wanted=True)
    assert (posted.action, posted.number, github.calls) == ("created", 1, ["comment 7"])


def test_a_lost_question_is_told() -> None:
    """Where it is not there, that is said and nothing sent again; the next run makes it."""
    github = Repository(lost="before")
    with pytest.raises(Uncertain):
        put_comment(github, 7, MARKER, NEW, wanted=True)
    assert github.calls == ["comment 7"]
    assert put_comment(github, 7, MARKER, NEW, wanted=True).action == "created"
    assert len(github.talk) == 1
