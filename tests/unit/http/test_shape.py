"""Single values of an answer: what is documented as text or a number is never a list or an object."""

from __future__ import annotations

import pytest

from reconciler.errors import UNREADABLE, ReconcilerError
from reconciler.http import id_of, scalar
from reconciler.model import JSON

IDS = [
    ("xd3S6", "xd3S6", "text"),
    (8, "8", "a number"),
    ("é/..", "é/..", "what a path encodes"),
    ("", None, "empty, which would name the collection"),
    (None, None, "null"),
    (True, None, "a boolean"),
    (1.5, None, "a fraction"),
    ([], None, "a list"),
    ({}, None, "an object"),
    ("a\ud800", None, "half a character, which no URL and no state can hold"),
]


@pytest.mark.parametrize(("value", "id", "reason"), IDS, ids=[case[2] for case in IDS])
def test_ids(value: JSON, id: str | None, reason: str) -> None:
    """Text or a whole number, else the answer is unreadable."""
    if id is not None:
        assert id_of({"id": value}, "id", "x") == id, reason
        return
    with pytest.raises(ReconcilerError) as caught:
        id_of({"id": value}, "id", "x")
    assert caught.value.code == UNREADABLE, reason


@pytest.mark.parametrize("value", ["x", "", 3, 1.5, True, None])
def test_scalars(value: JSON) -> None:
    """Whatever stands for itself is taken as it is."""
    assert scalar({"name": value}, "name", "x", needed=True) == value


@pytest.mark.parametrize(
    ("item", "needed", "reason"),
    [
        ({"name": []}, False, "a list cannot be compared with text"),
        ({"name": {"en": "x"}}, False, "nor can an object"),
        ({}, True, "what is documented is there"),
    ],
)
def test_what_is_no_scalar(item: dict[str, JSON], needed: bool, reason: str) -> None:
    """The answer is unreadable, and the message names the key."""
    with pytest.raises(ReconcilerError, match="'name'") as caught:
        scalar(item, "name", "a site", needed=needed)
    assert caught.value.code == UNREADABLE, reason


def test_a_missing_scalar_is_null() -> None:
    """Vendors leave out what is blank."""
    assert scalar({}, "city", "a site") is None
