"""Whether two values, or a spec and a live object, mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import added_items, equal, items_of, matches
from reconciler.model import Address, Pending
from reconciler.schema import Field, ResourceType, SetRule, load

SURVEY = load().get("enco/Survey")
ACCOUNT = load().get("optimum/Account")
LOCATION = load().get("optimum/Location")
QUESTIONS = SURVEY.fields["questions"]
PENDING = Pending(Address("enco", "Survey", "waffles"))
OTHER = Pending(Address("enco", "Survey", "biscuits"))
WHOLE = Field("tags", set=SetRule(("name",)), items={"name": Field("name", normalise=("casefold",))})


@dataclass(frozen=True)
class Case:
    """A field, two values, and whether they are the same to the vendor."""

    name: str
    field: Field
    one: Any
    other: Any
    same: bool
    reason: str


TRIMMED, NUMBER = SURVEY.fields["name"], ACCOUNT.fields["max_users"]
EMPTY_NULL, PLAIN = LOCATION.fields["postal_code"], LOCATION.fields["name"]

CASES = [
    Case("identical", PLAIN, "a", "a", True, "nothing to normalise"),
    Case("case", PLAIN, "a", "A", False, "case counts unless the field says otherwise"),
    Case("padding kept", PLAIN, "a", "a ", False, "spaces count unless the field says otherwise"),
    Case("padding dropped", TRIMMED, "a", " a ", True, "trim"),
    Case("address", LOCATION.fields["address_line_3"], "CA", "ca", False, "trap 60d: an address is as it is written"),
    Case("number as text", NUMBER, 2000, "2000", True, "trap 33: number"),
    Case("null and zero", NUMBER, None, 0, False, "unlimited is not none"),
    Case("null and empty", EMPTY_NULL, None, "", True, "a cleared text is shown either way"),
    Case("null and absent text", PLAIN, None, "", False, "a field without the rule tells them apart"),
    Case("true and one", NUMBER, True, 1, False, "Python says they are equal, the vendor does not"),
    Case("false and zero", PLAIN, False, 0, False, "as for true and one"),
    Case("true and true", PLAIN, True, True, True, "plain equality"),
    Case("same id to come", PLAIN, PENDING, PENDING, True, "one address, one id"),
    Case("other id to come", PLAIN, PENDING, OTHER, False, "two addresses, two ids"),
    Case("id to come and an id", PLAIN, PENDING, "8", False, "what does not exist yet equals nothing live"),
    Case("set in another order", WHOLE, [{"name": "a"}, {"name": "b"}], [{"name": "B"}, {"name": "A"}], True, "a set"),
    Case("set with repetition", WHOLE, [{"name": "a"}] * 2, [{"name": "a"}], False, "[a, a] is not [a]"),
    Case("set and nothing", WHOLE, [{"name": "a"}], None, False, "an item is more than none"),
    Case("vendor's ids", WHOLE, [{"name": "a"}], [{"name": "a", "id": "4"}], True, "an item's id is not compared"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_equal(case: Case) -> None:
    """Values are equal when they mean the same to the vendor, whichever side they stand on."""
    assert equal(case.field, case.one, case.other) is case.same, case.reason
    assert equal(case.field, case.other, case.one) is case.same, case.reason


VALUES = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=2) | st.sampled_from([0.0, 1.0, 2.5, "2", " "])
)
FIELDS = st.sampled_from([PLAIN, TRIMMED, NUMBER, EMPTY_NULL])


@given(field=FIELDS, one=VALUES, other=VALUES, third=VALUES)
def test_equal_is_an_equivalence(field: Field, one: Any, other: Any, third: Any) -> None:
    """Equality holds for a value itself, in both directions, and through a third."""
    assert equal(field, one, one)
    assert equal(field, one, other) is equal(field, other, one)
    if equal(field, one, other) and equal(field, other, third):
        assert equal(field, one, third)


def q(language: str, body: str, **more: str) -> dict[str, str]:
    return {"language": language, "body": body, **more}


ONE = {"questions": [q("en", "a")]}


@dataclass(frozen=True)
class MatchCase:
    """Declared fields against a live object of a kind."""

    name: str
    kind: ResourceType
    declared: dict[str, Any]
    observed: dict[str, Any]
    same: bool
    reason: str


MATCHES = [
    MatchCase("nothing declared", ACCOUNT, {}, {"name": "B"}, True, "no field contradicts"),
    MatchCase("write-only", ACCOUNT, {"name": "B", "verb": "use"}, {"name": "B"}, True, "never shown"),
    MatchCase("volatile", ACCOUNT, {"active_users": 3}, {"active_users": 4}, True, "moves by itself"),
    MatchCase("more fields", LOCATION, {"name": "A"}, {"name": "A", "postal_code": "1"}, True, "not declared"),
    MatchCase("one differs", LOCATION, {"name": "A", "postal_code": "2"}, {"name": "A"}, False, "declared"),
    MatchCase("null declared", LOCATION, {"postal_code": None}, {"postal_code": ""}, True, "both are cleared"),
    MatchCase(
        "more questions",
        SURVEY,
        ONE,
        {"questions": [q("EN ", "a"), q("nl", "b")]},
        True,
        "an additive set has the items, more do not matter",
    ),
    MatchCase("fewer questions", SURVEY, {"questions": [q("en", "a"), q("nl", "b")]}, ONE, False, "an item is missing"),
    MatchCase(
        "a question twice", SURVEY, {"questions": [q("en", "a")] * 2}, ONE, False, "each live item stands for one"
    ),
]


@pytest.mark.parametrize("case", MATCHES, ids=lambda case: case.name)
def test_matches(case: MatchCase) -> None:
    """A live object matches when every readable declared field is equal and every declared item is there."""
    assert matches(case.kind, case.declared, case.observed) is case.same, case.reason


@pytest.mark.parametrize("value", [None, "abc", 3, {}, [], ["a", 1], ("x",)])
def test_items_of_what_holds_none(value: Any) -> None:
    """A value that is no list of objects has no items."""
    assert items_of(value) == []


ITEMS = st.lists(st.builds(q, st.sampled_from(["en", "EN", "nl"]), st.sampled_from(["a", "b"])), max_size=5)


@given(wanted=ITEMS, there=ITEMS)
def test_added_items_make_the_set_match(wanted: list[dict[str, str]], there: list[dict[str, str]]) -> None:
    """What is added, and no item fewer, makes a live set match; nothing is added to a set that matches."""
    added = added_items(QUESTIONS, wanted, there)
    assert added_items(QUESTIONS, wanted, [*there, *added]) == []
    if added:
        assert added_items(QUESTIONS, wanted, [*there, *added[1:]]) != []
    assert [item for item in added if item not in wanted] == []
