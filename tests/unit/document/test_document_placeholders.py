"""Placeholders taken out of a text, and values put in their place."""

from __future__ import annotations

import pytest

from reconciler.document.placeholder import Placeholder, filled, parts_of
from reconciler.model import JSON

VALUES: dict[str, JSON] = {"a": "x", "n": 5, "f": 1.5, "yes": True, "none": None, "a.b-c_d": "dotted"}


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("plain", "plain", "nothing to fill in"),
        ("", "", "nothing at all"),
        ("${value.n}", 5, "whole: a number stays one"),
        ("${value.yes}", True, "whole: a boolean stays one"),
        ("${value.none}", None, "whole: null stays null"),
        ("${ value.a }", "x", "spaces inside do no harm"),
        ("${value.n} stores", "5 stores", "in part: the number's text"),
        ("is ${value.yes}", "is true", "in part: JSON's spelling"),
        ("${value.f}${value.n}", "1.55", "side by side"),
        ("${value.a.b-c_d}", "dotted", "a name may hold points and dashes"),
        ("$${value.n}", "${value.n}", "doubled: the text itself"),
        ("cost: $$${value.n}", "cost: $${value.n}", "a dollar before a doubled one"),
        ("5 $ {a}", "5 $ {a}", "a dollar and a brace apart mean nothing"),
        ("$ {", "$ {", "nor here"),
        ("a $${ b", "a ${ b", "a lone sign, doubled"),
    ],
)
def test_filled(text: str, value: JSON, reason: str) -> None:
    """A whole placeholder keeps its value's type; in part of a text it becomes text."""
    assert filled(parts_of(text), lambda part: VALUES[part.name]) == value, reason


@pytest.mark.parametrize("value", [None, [1], {"a": 1}])
def test_what_cannot_stand_in_a_text(value: JSON) -> None:
    """null, lists and mappings have no one spelling inside a text."""
    with pytest.raises(TypeError):
        filled(parts_of("a ${value.x}"), lambda part: value)
    assert filled(parts_of("${value.x}"), lambda part: value) == value


@pytest.mark.parametrize(
    ("text", "written", "index", "reason"),
    [
        ("a ${foo} b", "${foo}", 2, "no namespace"),
        ("${", "${", 0, "cut off"),
        ("${value.x", "${value.x", 0, "not closed"),
        ("${value.}", "${value.}", 0, "no name"),
        ("${}", "${}", 0, "nothing in it"),
        ("${a.b ${value.n}", "${a.b $", 0, "not closed before the next one"),
        ("${" + "x" * 60, "${" + "x" * 40, 0, "a long one is shown in part"),
    ],
)
def test_what_cannot_be_read(text: str, written: str, index: int, reason: str) -> None:
    """What begins like a placeholder and is none is kept apart, with its place."""
    first = next(part for part in parts_of(text) if isinstance(part, Placeholder))
    assert (first.namespace, first.written, first.index) == ("", written, index), reason
