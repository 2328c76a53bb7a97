"""An error leads to the very place, and says the way out."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import CATALOGUE, INTERNAL, UNKNOWN_FIELD, ReconcilerError
from reconciler.model import Source
from reconciler.report.document import dumps
from reconciler.report.problem import problem_text, problems_document, problems_text
from reconciler.report.style import Style


def _error(snippet: str = "  titel: Waffles", column: int = 3, span: int = 5, line: int = 12) -> ReconcilerError:
    place = Source("manifests/a.yaml", line, column)
    hint = 'did you mean "title"?'
    return ReconcilerError(UNKNOWN_FIELD, 'unknown field "titel"', hint=hint, source=place, snippet=snippet, span=span)


def test_the_documented_form() -> None:
    """Code and message, file:line:col on a line of its own, the line, the caret, the help."""
    assert problem_text(_error()) == (
        'error[RCN0102]: unknown field "titel"\n'
        "manifests/a.yaml:12:3\n"
        "   |\n"
        "12 |   titel: Waffles\n"
        "   |   ^^^^^\n"
        'help: did you mean "title"?\n'
    )


CARETS = [
    ("  titel: x", 3, 5, "titel", "plain"),
    ("日本: titel", 5, 5, "titel", "wide characters take two columns"),
    ("e\u0301a: titel", 6, 5, "titel", "combining ones take none"),
    ("\ttitel: x", 2, 5, "titel", "a tab is spelled out, and counted as it is shown"),
    ("a\x1bb titel", 5, 5, "titel", "so is an escape"),
    ("x" * 400 + " titel " + "y" * 400, 402, 5, "titel", "a long line is cut around the span"),
    ("titel", 1, 500, "titel", "a span beyond the end stops there"),
    ("ab", 3, 1, "", "just behind the end: one caret"),
    ("ab\n", 99, 1, "", "a column that is not there does no harm"),
]


@pytest.mark.parametrize(
    ("snippet", "column", "span", "marked"), [pytest.param(*case[:4], id=case[4]) for case in CARETS]
)
def test_the_caret_stands_under_the_span(snippet: str, column: int, span: int, marked: str) -> None:
    """Whatever stands before it on the line."""
    lines = problem_text(_error(snippet, column, span)).splitlines()
    shown, carets = lines[3].partition("| ")[2], lines[4].partition("| ")[2]
    start = carets.index("^")
    cells = "".join(
        c + ("\0" if unicodedata.east_asian_width(c) in "WF" else "") for c in shown if not unicodedata.combining(c)
    )
    assert cells[start : start + carets.count("^")].replace("\0", "") == marked
    assert len(shown) < 200


@given(st.text(st.characters(exclude_categories=()), max_size=300), st.integers(-5, 400), st.integers(-5, 400))
def test_any_line_at_any_place_can_be_shown(snippet: str, column: int, span: int) -> None:
    """An error about an error would be the worst of all."""
    shown = problem_text(_error(snippet, column, span))
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


def test_an_error_without_a_place() -> None:
    """No file, no excerpt; the help is the catalogue's."""
    assert problem_text(ReconcilerError(INTERNAL, "odd")) == (
        f"error[RCN0001]: odd\nhelp: {CATALOGUE['RCN0001'].way_out}\n"
    )


def test_many_problems_are_counted() -> None:
    """All at once, a blank line between, the number at the end; a single one needs none."""
    shown = problems_text([_error(), _error(line=3)])
    assert shown.count("error[") == 2 and shown.endswith("\n\n2 problems in 1 file.\n")
    assert problems_text([_error()]) == problem_text(_error())


def test_problems_as_json() -> None:
    """The documented keys; a place is null where there is none."""
    document = json.loads(dumps(problems_document([_error(), ReconcilerError(INTERNAL, "odd")])))
    assert document["errors"][0] == {
        "code": "RCN0102",
        "message": 'unknown field "titel"',
        "file": "manifests/a.yaml",
        "line": 12,
        "column": 3,
        "hint": 'did you mean "title"?',
    }
    assert document["errors"][1]["file"] is None


def test_messages_cannot_draw() -> None:
    """A vendor's message or a file's name arrives as text."""
    evil = ReconcilerError(INTERNAL, "a\nerror[RCN9999]: b\x1b[2J", source=Source("x\x07.yaml", 1), hint="h\u202e")
    shown = problem_text(evil)
    assert [line for line in shown.splitlines() if line.startswith("error[")] == [shown.splitlines()[0]]
    assert re.search("[\x1b\x07\u202e]", shown) is None


def test_colour_is_colour_alone() -> None:
    """The same text under the escapes."""
    coloured = problem_text(_error(), Style(on=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == problem_text(_error())
