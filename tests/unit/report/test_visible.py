"""Nothing in a vendor's text can act on a terminal, hide, or look like something else."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.report.document import dumps, line
from reconciler.report.visible import quoted, shortened, visible, window

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)

CASES = [
    ("plain", "Acme Leeds", "Acme Leeds", "ordinary text is left alone"),
    ("accents", "C'était comment ? 日本 🧇", "C'était comment ? 日本 🧇", "any script may be read"),
    ("escape", "\x1b[31mred", "\\u001b[31mred", "an escape would colour or move"),
    ("newline", "a\nPlan: 0 to add", "a\\nPlan: 0 to add", "a line of its own could pose as ours"),
    ("tab and return", "a\tb\r", "a\\tb\\r", "a carriage return overwrites the line"),
    ("c1", "\x9b31m", "\\u009b31m", "the one-byte CSI is an escape too"),
    ("bidi", "abc\u202edcba", "abc\\u202edcba", "right-to-left override reorders what is read"),
    ("isolate", "\u2066x\u2069", "\\u2066x\\u2069", "isolates reorder too"),
    ("separators", "a\u2028b\u2029", "a\\u2028b\\u2029", "some programs break lines there"),
    ("zero width", "Ac\u200bme", "Ac\\u200bme", "two names must not look the same"),
    ("hangul filler", "\u3164", "\\u3164", "a letter that prints as nothing"),
    ("tag characters", "x\U000e0041", "x\\U000e0041", "hidden text"),
    ("lone surrogate", "\ud800", "\\ud800", "it could not be written at all"),
    ("replacement", "caf\ufffd", "caf\ufffd", "what a decoder gave up on is shown as such"),
    ("markup", "[bold]x[/bold] <b>", "[bold]x[/bold] <b>", "markup is text here, nobody interprets it"),
]


@pytest.mark.parametrize(("given_text", "shown"), [pytest.param(c[1], c[2], id=f"{c[0]}: {c[3]}") for c in CASES])
def test_unseen_characters_are_spelled_out(given_text: str, shown: str) -> None:
    """What cannot be seen is shown as an escape, all else as it is."""
    assert visible(given_text) == shown


@given(ANY_TEXT)
def test_visible_is_idempotent_and_leaves_nothing_unseen(text: str) -> None:
    """Once is enough, and the result is printable in every encoding that knows the script."""
    shown = visible(text)
    assert visible(shown) == shown
    shown.encode("utf-8")
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


def test_every_control_and_format_character_is_known() -> None:
    """The table covers the whole of Unicode as this Python knows it."""
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    missed = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) in unseen and visible(c) == c]
    assert missed == []


@given(ANY_TEXT, ANY_TEXT)
def test_quoted_texts_look_alike_only_if_they_are(one: str, other: str) -> None:
    """A newline and a backslash-n in the data never print the same."""
    assert (quoted(one) == quoted(other)) == (one == other)


def test_quotes_and_backslashes_are_escaped() -> None:
    """Text cannot close its own quotes."""
    assert quoted('a" -> "b\\n') == '"a\\" -> \\"b\\\\n"'


@given(st.text(max_size=30), st.integers(1, 20))
def test_shortened_keeps_to_its_limit(text: str, limit: int) -> None:
    """Never longer than asked, and whole where it fits."""
    short = shortened(text, limit)
    assert len(short) <= max(limit, 0)
    assert len(text) > limit or short == text


def test_a_window_says_where_it_was_cut() -> None:
    """An ellipsis stands at each end that is missing."""
    assert window("abcdef", 2, 3) == "…cd…"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | ANY_TEXT, lambda v: st.lists(v) | st.dictionaries(ANY_TEXT, v)
    )
)
def test_documents_are_exact_and_safe(value: object) -> None:
    """JSON text gives the very value back, and carries nothing a terminal obeys."""
    for text in (dumps(value), line(value)):
        assert json.loads(text) == value
        assert text.endswith("\n")
        text.encode("utf-8")
        assert not [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"a": {}, "b": []},
        {"a": [1, 2.5, -0.0, 1e300, True, None, "x\n"], "b": {"c": [[], [{}]]}},
        "x",
        (1, (2,)),
    ],
    ids=repr,
)
def test_the_layout_is_that_of_json(value: object) -> None:
    """Two columns a level, as every tool writes it."""
    assert dumps(value) == json.dumps(value, indent=2, ensure_ascii=False) + "\n"
