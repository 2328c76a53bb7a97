"""What fields mean for comparing: the normalising rules, sets and their item keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.schema import RULES, Field, SetRule

ITEMS = {
    "language": Field("language", normalise=("trim", "casefold")),
    "body": Field("body", normalise=("trim",)),
}
QUESTIONS = Field("questions", set=SetRule(("language", "body"), additive=True), items=ITEMS)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
SPELLINGS = SCALARS | st.sampled_from(
    (
        *("", " ", "2000", " 2000 ", "+5", "1e3", "0x10", "1.50", ".5", "NaN", "Infinity", "٣", "ß", "İ", "ﬁ"),
        *("2020-02-03", "2020-02-03T09:15:00Z", "2020-02-03T09:15:00+0100", " 2020-02-03T09:15 ", "20200203", "24:00"),
    )
)


@dataclass(frozen=True)
class Case:
    """One rule, a value, and what the rule makes of it."""

    rule: str
    value: Any
    expected: Any
    reason: str


CASES = [
    Case("trim", " en-GB ", "en-GB", "trap 1: Enco pads its lists"),
    Case("trim", "0-10 , how", "0-10 , how", "trap 2: inner spaces are the user's"),
    Case("trim", " \t\n", "", "nothing but space is empty text"),
    Case("trim", 7, 7, "only text has ends"),
    Case("trim", None, None, "absent stays absent"),
    Case("casefold", "EN-gb", "en-gb", "trap 3: language tags do not differ by case"),
    Case("casefold", "STRASSE", "strasse", "folding, not lowering"),
    Case("casefold", "straße", "strasse", "folding, not lowering"),
    Case("casefold", True, True, "only text has case"),
    Case("number", "2000", 2000, "Optimum echoes the limit as text"),
    Case("number", " 2000 ", 2000, "padding around a number says nothing"),
    Case("number", "2000.0", 2000, "a whole number has one spelling"),
    Case("number", 2000.0, 2000, "a whole float is that number"),
    Case("number", 4.5, 4.5, "a fraction stays"),
    Case("number", "4.50", 4.5, "trailing zeros mean nothing"),
    Case("number", "-3", -3, "signs are part of a number"),
    Case("number", "12a", "12a", "text that is no number stays text"),
    Case("number", "1e3", "1e3", "an exponent is not how a limit is spelled"),
    Case("number", "", "", "empty text is no number"),
    Case("number", True, True, "true is not 1"),
    Case("number", None, None, "null is unlimited, not 0"),
    Case("number", 0, 0, "0 is none, not unlimited"),
    Case("number", float("inf"), float("inf"), "no number of things"),
    Case("empty-null", "", None, "a vendor shows a cleared text as empty or as null"),
    Case("empty-null", None, None, "already null"),
    Case("empty-null", " ", " ", "a space is a value"),
    Case("empty-null", 0, 0, "0 is a value"),
    Case("empty-null", False, False, "false is a value"),
    Case("instant", "2020-02-03T09:15:00Z", 1580721300.0, "the zone is read"),
    Case("instant", "2020-02-03T10:15:00+01:00", 1580721300.0, "the same instant elsewhere"),
    Case("instant", "2020-02-03T10:15:00+0100", 1580721300.0, "CustomerSure writes the zone without a colon"),
    Case("instant", "2020-02-03T09:15Z", 1580721300.0, "seconds may be missing"),
    Case("instant", "2020-02-03T09:15:00", 1580721300.0, "without a zone it is UTC (customersure.txt L20)"),
    Case("instant", "soon", "soon", "text that is no time stays text"),
    Case("instant", 5, 5, "only text spells a time here"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.value!r}")
def test_rule(case: Case) -> None:
    """Each rule makes one spelling of what a vendor spells in several ways, and leaves the rest alone."""
    found = Field("f", normalise=(case.rule,)).normalised(case.value)
    assert found == case.expected, case.reason
    assert type(found) is type(case.expected), case.reason


@pytest.mark.parametrize("rule", sorted(RULES))
@given(value=SPELLINGS)
def test_rules_are_idempotent(rule: str, value: Any) -> None:
    """A rule applied twice is the rule applied once, with the same type."""
    once = RULES[rule](value)
    twice = RULES[rule](once)
    assert (twice, type(twice)) == (once, type(once))


@given(value=SPELLINGS, rules=st.permutations(["trim", "casefold", "empty-null"]).map(tuple))
def test_fields_normalise_idempotently_in_any_order_that_a_schema_may_name(value: Any, rules: tuple[str, ...]) -> None:
    """Normalising what is normalised changes nothing, as long as trim comes before what looks for empty text."""
    order = tuple(sorted(rules, key=lambda rule: rule == "empty-null"))
    field = Field("f", normalise=order)
    once = field.normalised(value)
    assert field.normalised(once) == once


@given(
    items=st.lists(
        st.fixed_dictionaries({"language": st.sampled_from(["en", " EN ", "nl"]), "body": st.sampled_from("ab")})
    )
)
def test_sets_normalise_without_order_and_keep_repetition(items: list[dict[str, str]]) -> None:
    """A set's order means nothing, how often an item stands in it does, and the value given is left as it was."""
    before = [dict(item) for item in items]
    normalised = QUESTIONS.normalised(items)
    assert normalised == QUESTIONS.normalised(items[::-1])
    assert isinstance(normalised, list)
    assert len(normalised) == len(items)
    assert QUESTIONS.normalised(normalised) == normalised
    assert items == before


@dataclass(frozen=True)
class KeyCase:
    """An item and its key."""

    name: str
    item: Any
    expected: Any
    reason: str


KEY_CASES = [
    KeyCase("plain", {"language": "en", "body": "Hi"}, ("en", "Hi"), "the key's fields in the rule's order"),
    KeyCase("padded", {"body": " Hi ", "language": " EN "}, ("en", "Hi"), "each part by its own rules"),
    KeyCase("with id", {"id": 13, "language": "en", "body": "Hi"}, ("en", "Hi"), "the vendor's id is no identity"),
    KeyCase("body case", {"language": "en", "body": "hi"}, ("en", "hi"), "a body's case is the user's"),
    KeyCase("missing", {"language": "en"}, ("en", None), "a missing part is null"),
    KeyCase("already a key", ("en", "Hi"), ("en", "Hi"), "normalising is idempotent"),
]


@pytest.mark.parametrize("case", KEY_CASES, ids=lambda case: case.name)
def test_item_key(case: KeyCase) -> None:
    """An item is told apart by its key fields, normalised, and by nothing else."""
    assert QUESTIONS.item_key(case.item) == case.expected, case.reason
