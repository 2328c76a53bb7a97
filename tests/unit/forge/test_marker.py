"""The hidden line: what it looks like, what it is not fooled by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.forge.marker import Marker, read

ACME = Marker("plan", ("acme", "staging"))


def test_spelling() -> None:
    """Project and environment, then what was told of each part, in a fixed order."""
    assert ACME.line() == "<!-- reconciler:plan acme staging -->"
    told = Marker("drift", ("acme",), {"optimum/Location": "9f", "enco/Survey": "01"})
    assert told.line() == "<!-- reconciler:drift acme enco/Survey=01 optimum/Location=9f -->"


@pytest.mark.parametrize(
    ("text", "ours", "reason"),
    [
        ("<!-- reconciler:plan acme staging -->\n## Plan", True, "as it is written"),
        ("<!-- reconciler:plan acme staging -->\r\n## Plan", True, "a web form ends lines otherwise"),
        ("<!-- reconciler:plan acme staging -->", True, "nothing below it"),
        ("<!-- reconciler:plan acme -->\n", False, "another environment: none"),
        ("<!-- reconciler:plan acme staging eu -->\n", False, "another one"),
        ("<!-- reconciler:drift acme staging -->\n", False, "a text about something else"),
        ("Look:\n<!-- reconciler:plan acme staging -->\n", False, "quoted further down"),
        ("> <!-- reconciler:plan acme staging -->\n", False, "quoted"),
        (" <!-- reconciler:plan acme staging -->\n", False, "not at the very beginning"),
        ("<!-- reconciler:plan acme staging --> x\n", False, "more on the line"),
        ("", False, "nothing at all"),
    ],
)
def test_a_text_with_the_marker(text: str, ours: bool, reason: str) -> None:
    """Only a text that begins with this very line is one of ours."""
    assert ACME.heads(text) is ours, reason


WORDS = st.text(max_size=20)


@given(st.lists(WORDS.filter(bool), min_size=1, max_size=3), st.dictionaries(WORDS.filter(bool), WORDS.filter(bool)))
def test_whatever_the_names_are(words: list[str], digests: dict[str, str]) -> None:
    """Any name comes back as it was, and none ends the comment."""
    marker = Marker("drift", tuple(words), digests)
    line = marker.line()
    assert line.isascii() and line.isprintable() and line.count("-->") == 1
    assert read(line + "\nrest") == marker
