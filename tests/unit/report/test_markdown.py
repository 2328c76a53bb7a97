"""Markdown for a pull request: the summary first and whole, details as many as fit, code that nothing can leave."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.model import Action, Address, Drift, Impact, Plan, Unmanaged
from reconciler.report.drift_markdown import drift_markdown
from reconciler.report.markdown import LIMIT, Section, assembled, code, fenced, table, units
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.visible import visible
from tests.unit.report import samples as s

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
PARSER = MarkdownIt("commonmark").enable("table")


def many(count: int, action: Action = Action.DELETE, name: str = "Acme") -> Plan:
    """A plan of so many changes of one sort, each with data at stake."""
    fields = {"name": name, "address_line_1": "1 The Headrow"}
    return s.plan(
        *(
            s.change(
                Address("optimum", "Location", f"store-{number:05}"),
                action,
                id=f"x{number}",
                before=fields,
                after=None if action is Action.DELETE else fields,
                impact=Impact({"reviews": number}),
            )
            for number in range(count)
        )
    )


@given(ANY_TEXT)
def test_code_is_one_span_that_says_the_text(text: str) -> None:
    """Whatever the text, a parser sees one piece of inline code with it inside."""
    (paragraph,) = [token for token in PARSER.parse(f"a {code(text)} b") if token.type == "inline"]
    kinds = [(leaf.type, leaf.content) for leaf in paragraph.children or []]
    assert [kind for kind, _ in kinds] == ["text", "code_inline", "text"]
    assert kinds[1][1] == (visible(text) or " ") or not visible(text).strip(" ")


@given(st.lists(ANY_TEXT, min_size=1, max_size=5))
def test_a_cell_stays_a_cell(texts: list[str]) -> None:
    """Pipes and backticks of a text open no other cell."""
    tokens = PARSER.parse(table(["A", "B"], [[code(text, cell=True), "ours"] for text in texts]))
    assert [token.type for token in tokens].count("td_open") == 2 * len(texts)


@given(st.lists(ANY_TEXT, max_size=8))
def test_a_fence_is_closed_by_its_own_end_alone(texts: list[str]) -> None:
    """Lines of text with fences of their own stay inside."""
    lines = [f"+ {visible(text)}" for text in texts] or ["x"]
    tokens = PARSER.parse(f"{fenced(lines, 'diff')}\n\nafter")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]
    assert tokens[0].content.rstrip("\n") == "\n".join(lines).rstrip("\n")


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (many(3), "little"),
        (many(2_000), "much"),
        (many(2_000, name="😀" * 150), "characters that count twice"),
        (many(300, name="`" * 500), "backticks, which make the fences long"),
        (many(1_000, name="\U000e0041" * 160), "text that is spelled in ten characters each"),
        (replace(s.EVERYTHING, changes=many(5_000).changes), "with everything beside it"),
        (replace(many(2_000), warnings=tuple("w" * 5_000 + str(n) for n in range(50))), "long warnings"),
        (replace(many(1), unmanaged=(Unmanaged("o", "optimum/Location", "i", "k" * 10_000),) * 500), "unmanaged"),
    ],
)
def test_a_comment_fits_and_its_summary_is_whole(plan: Plan, reason: str) -> None:
    """Below the limit, with totals and what is destroyed; the details that are left out are counted."""
    text = plan_markdown(plan, s.REGISTRY)
    assert units(text) < LIMIT < 65_536, reason
    head = text.partition("<details")[0]
    total = sum(change.action is Action.DELETE for change in plan.changes)
    assert f"| `-` | destroy | {total:,} |" in head
    assert "optimum/Location/store-00000" in head
    blocks = text.count("@@ optimum/Location/store-")
    left = 0 if blocks == total else total - blocks
    if left and len(plan.changes) == total and not plan.drift:
        assert f"**The details of {left:,} addresses are left out here**" in text
    assert text.count("<details") == text.count("</details>")


def test_destruction_comes_first_and_is_counted() -> None:
    """The first lines say how many, what is lost, and which addresses lose it."""
    lines = plan_markdown(many(3), s.REGISTRY).split("\n")
    assert lines[0] == "## Plan for `acme-feedback`: 0 to add, 0 to change, 3 to destroy"
    assert lines[2:4] == ["> [!CAUTION]", "> **Applying this destroys or cuts off `3 reviews`.**"]
    assert "| `optimum/Location/store-00002` | will be destroyed | `destroys 2 reviews` |" in lines


def test_a_change_is_a_diff() -> None:
    """Before with a minus, after with a plus, the cause beside it, so that it is coloured."""
    text = plan_markdown(s.plan(s.UPDATE, s.CREATE_PENDING), s.REGISTRY)
    assert "@@ optimum/Location/leeds will be updated in-place @@\n" in text
    assert '- name = "Acme Leeds"\n+ name = "Acme Leeds Central"   # config\n' in text
    assert "+ survey = (known after apply)\n" in text
    assert "<details><summary><b>Update</b> (1)</summary>" in text


def test_nothing_to_do_is_said() -> None:
    """A plan without changes is three lines and no details."""
    text = plan_markdown(s.plan(s.STILL), s.REGISTRY)
    assert "**No changes.**" in text and "| unchanged | 1 |" in text and "<details" not in text


def test_drift_says_what_cannot_be_put_back_first() -> None:
    """The report of drift has a table of what moved, the gone ones first, and the way on."""
    text = drift_markdown(s.EVERYTHING, s.REGISTRY)
    head = text.partition("<details")[0]
    assert "> **The API cannot put back 1 of these.**" in head
    assert (
        head.index("optimum/Location/york") < head.index("enco/Survey/waffles") < head.index("customersure/Site/leeds")
    )
    assert "`reconciler plan --env staging --target 'optimum/*'`" in head


def test_no_drift_is_said() -> None:
    """Nothing moved, nothing is listed."""
    assert "**No drift.**" in drift_markdown(s.plan(s.STILL), s.REGISTRY)


def test_drift_fits_too() -> None:
    """Thousands of drifted objects are counted, and as many shown as fit."""
    drift = tuple(
        Drift(Address("optimum", "Location", f"s{n}"), "optimum", f"x{n}", {"name": "a" * 150}, {"name": "b" * 150},
              (s.field("name", "a" * 150, "b" * 150),), True)
        for n in range(3_000)
    )  # fmt: skip
    text = drift_markdown(s.plan(drift=drift), s.REGISTRY)
    assert units(text) < LIMIT and "3000 changed" in text and "left out here" in text


def test_a_block_that_is_too_long_is_cut() -> None:
    """One address with thousands of lines does not push out the others."""
    sections = [Section("Update", 2, [[f"+ line {n}" for n in range(5_000)], ["+ other"]])]
    text = assembled(["## head"], sections, "")
    assert "4,880 more lines" in text and "+ other" in text
