"""A report as GitHub takes it: head, text and foot, never too long, nothing left open where it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.report.markdown import LIMIT, units
from reconciler.report.posting import fitted, foot, posting
from tests.unit.report import samples as s

HEAD = "<!-- reconciler:plan acme -->"
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
RUN = "https://github.com/acme/feedback/actions/runs/42"


def test_parts() -> None:
    """The marker first, then the text, then which commit and run it is about."""
    rooms = []
    shown = posting(HEAD, lambda room: rooms.append(room) or "text\n\n", foot(SHA, RUN), 1_000)
    assert shown == f"{HEAD}\ntext\n\n<sub>Commit 6dcb09b5b578, [run]({RUN})</sub>\n"
    assert len(shown) - len("text") + rooms[0] == 1_000
    assert posting(HEAD, lambda room: "text", foot(None, None), 1_000) == f"{HEAD}\ntext\n"


def test_the_text_has_its_own_limit() -> None:
    """What a report keeps free for itself stays free."""
    rooms = []
    posting(HEAD, lambda room: rooms.append(room) or "", "", 10**9)
    assert rooms == [LIMIT]


LINE = "word " * 10
DETAILS = f"<details><summary>more</summary>\n\n```diff\n{LINE}\n```\n\n</details>"


@pytest.mark.parametrize(
    ("text", "kept", "reason"),
    [
        (f"top\n\n{DETAILS}\n{LINE * 20}", f"top\n\n{DETAILS}", "folded details stay whole"),
        (f"top\n\n<details>\n{LINE * 20}\n</details>", "top\n", "details are left out whole"),
        (f"top\n\n```\n{LINE}\n{LINE * 20}\n```", "top\n", "so is a block of code"),
        (f"top\n````\n```\n{LINE * 20}\n````", "top", "a shorter fence inside ends nothing"),
        (f"top\n```\n<details>\n```\nnext\n{LINE * 20}", "top\n```\n<details>\n```\nnext", "code opens no details"),
    ],
)
def test_cut_where_nothing_is_open(text: str, kept: str, reason: str) -> None:
    """What is left out is said."""
    room = len(kept) + 160
    shown = fitted(text, room)
    assert shown.startswith(kept) and shown.endswith("all of it is in the run's summary or log."), reason
    assert shown.partition("\n\n**The rest")[0].rstrip() == kept.rstrip(), reason
    assert units(shown) <= room


@given(st.text(alphabet="`~<>/details \n😀", max_size=600), st.integers(150, 400))
def test_never_too_long(text: str, room: int) -> None:
    """Whatever the text, it fits; one that fits is not touched."""
    shown = fitted(text, room)
    assert units(shown) <= room
    assert shown == text or units(text) > room


def test_a_plan_of_any_size() -> None:
    """A large plan under a long marker stays below GitHub's 65,536 characters, its summary whole."""
    from reconciler.model import Action
    from reconciler.report.plan_markdown import plan_markdown

    name = "n" * 100
    changes = tuple(
        s.change(
            s.LEEDS.__class__("optimum", "Location", f"{name}-{number}"),
            Action.CREATE,
            after={"name": "😀" * 100},
            fields=(s.field("name", None, "😀" * 100),),
        )
        for number in range(400)
    )
    plan = s.plan(*changes)
    shown = posting(HEAD + "x" * 500, lambda room: plan_markdown(plan, s.REGISTRY, limit=room), foot(SHA, RUN), 65_536)
    assert units(shown) <= 65_536
    assert "400 to add" in shown and shown.endswith(f"[run]({RUN})</sub>\n")
