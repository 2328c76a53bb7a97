"""Personal data out of what is archived and told: known fields whole, texts without addresses, numbers and names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.redaction import HIDDEN, redacted, scrubbed

TEXTS = [
    ("plain", "No staff, cold soup.", "No staff, cold soup."),
    ("an e-mail address", "write to jane.o'neil+x@mail.example.co.uk!", f"write to {HIDDEN}!"),
    ("an international number", "call +32 472 30 67 05 today", f"call {HIDDEN} today"),
    ("a number in brackets", "my number: (0113) 496-0123.", f"my number: {HIDDEN}."),
    ("a bare number", "0472306705", HIDDEN),
    ("two numbers", "0472306705 or 0032472306705", f"{HIDDEN} or {HIDDEN}"),
    ("two numbers side by side", "0472306705 0472306706", HIDDEN),
    ("a date stays", "we came on 2019-05-01", "we came on 2019-05-01"),
    ("a date and a number", "2019-05-01 0472306705", f"2019-05-01 {HIDDEN}"),
    ("a date as people write it", "01/05/2019", "01/05/2019"),
    ("a time stays", "2020-02-07T16:54:42.179", "2020-02-07T16:54:42.179"),
    ("a small number stays", "table 12 of 40, 100 000", "table 12 of 40, 100 000"),
    ("a link stays", "see https://thereview.site/reviews/12345678", "see https://thereview.site/reviews/12345678"),
    ("a word with digits stays", "order AB12345678", "order AB12345678"),
    ("an address in a link", "https://x.example/?e=jane%40mail.example", f"https://x.example/?e={HIDDEN}"),
    (
        "a number in a link",
        "https://x.example/?p=%2B441134960123&q=+441134960123",
        f"https://x.example/?p={HIDDEN}&q={HIDDEN}",
    ),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("reason", "before", "after"), TEXTS, ids=[case[0] for case in TEXTS])
def test_texts(reason: str, before: str, after: str) -> None:
    """Addresses and numbers go, the rest stays as people wrote it."""
    assert scrubbed(before) == after, reason


FIELDS = [
    ("reviewer_name", "John Doe", HIDDEN),
    ("reviewer_url", "https://site/john", HIDDEN),
    ("reviewer_image", "https://site/john.png", HIDDEN),
    ("subscriber_name", "Jane", HIDDEN),
    ("subscriber_email", "j@x.example", HIDDEN),
    ("subscriberEmail", "none of your business", HIDDEN),
    ("mobile_number", 32472306705, HIDDEN),
    ("fname", "Jane", HIDDEN),
    ("first_name", "Jane", HIDDEN),
    ("reviewer", {"name": "Jane", "rating": 5}, {"name": HIDDEN, "rating": 5}),
    ("emails", ["a@b.example"], HIDDEN),
    ("reviewer_name", None, None),
    ("subscriber", "pl6R4s", "pl6R4s"),
    ("platform_name", "The Review Site", "The Review Site"),
    ("id", "12345678", "12345678"),
    ("url", "https://thereview.site/r/12345", "https://thereview.site/r/12345"),
    ("location", "gse4Ry", "gse4Ry"),
    ("rating", 4.5, 4.5),
    ("happy", False, False),
    ("nps-score", 8, 8),
    ("created", 1544659200, 1544659200),
]


@pytest.mark.parametrize(("name", "before", "after"), FIELDS, ids=[f"{case[0]}-{case[1]!r}" for case in FIELDS])
def test_fields(name: str, before: Any, after: Any) -> None:
    """A field that is personal by its name is hidden whole; ids, links and numbers of other fields stay."""
    assert redacted({name: before}) == {name: after}


def test_names_are_looked_for_in_the_texts_of_their_object() -> None:
    """Whole and word by word, in that object alone, and not inside other words."""
    items = [
        {"reviewer_name": "Jane Roe", "description": "Jane Roe here. -- Jane; Janes stay, Roebuck too"},
        {"reviewer_name": None, "description": "Jane helped me"},
    ]
    first, second = redacted(items)  # type: ignore[misc]
    assert first["description"] == f"{HIDDEN} here. -- {HIDDEN}; Janes stay, Roebuck too"
    assert second["description"] == "Jane helped me"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_the_shape_is_kept_and_a_second_time_changes_nothing(value: Any) -> None:
    """Every object keeps its keys, every list its length unless it is hidden whole; hiding twice is hiding once."""
    once = redacted(value)
    assert redacted(once) == once
    if isinstance(value, dict):
        assert isinstance(once, dict)
        assert once.keys() == value.keys()


def test_a_long_text_takes_no_time() -> None:
    """What people paste cannot make the masking slow."""
    for text in ("1 " * 50_000, "1" + " " * 100_000, "a@" * 50_000, "(" * 100_000 + "1", "1-" * 50_000 + "x"):
        scrubbed(text)
