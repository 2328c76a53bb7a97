"""Sealed personal data: equal stays equal, nothing can be read back, and keys are told apart."""

from __future__ import annotations

import json

import pytest

from reconciler.model import Seal, Sealed, canonical

SEAL = Seal(b"a key that is long enough")


def test_equal_values_give_equal_seals() -> None:
    """The state can tell that a value did not change."""
    assert SEAL.of("v/K", "email", "ada@example.org") == SEAL.of("v/K", "email", "ada@example.org")


@pytest.mark.parametrize(
    ("kind", "name", "value", "reason"),
    [
        ("v/K", "email", "ada@example.com", "another value"),
        ("v/K", "mail", "ada@example.org", "another field: equal values in two places must not look alike"),
        ("v/L", "email", "ada@example.org", "another kind, for the same reason"),
        ("v/K", "email", None, "null is a value of its own"),
        ("v/K", "email", "", "and so is the empty text"),
    ],
)
def test_what_differs_gives_another_seal(kind: str, name: str, value: str | None, reason: str) -> None:
    """Kind, field and value are all part of the seal."""
    assert SEAL.of(kind, name, value) != SEAL.of("v/K", "email", "ada@example.org"), reason


def test_another_key_gives_another_id_and_another_digest() -> None:
    """A state that was sealed with another key is noticed."""
    other = Seal(b"another key, long enough")
    assert other.id != SEAL.id
    assert other.of("v/K", "email", "x").digest != SEAL.of("v/K", "email", "x").digest


def test_neither_key_nor_value_is_in_what_is_kept_or_shown() -> None:
    """Whoever reads a state, a log or a traceback learns neither."""
    sealed = SEAL.of("v/K", "email", "ada@example.org")
    shown = f"{SEAL!r} {sealed!r} {sealed.spelled}"
    assert "long enough" not in shown
    assert "ada" not in shown


def test_the_spelling_comes_back_as_the_same_value() -> None:
    """What the state wrote is what it reads."""
    sealed = SEAL.of("v/K", "email", "ada@example.org")
    assert Sealed.read(sealed.spelled) == sealed
    assert Sealed.read(json.loads(canonical({"email": sealed}))["email"]) == sealed


@pytest.mark.parametrize(
    "value", [None, "x", {}, {"$hmac": "x"}, {"$hmac": 1, "key": "k"}, {"$hmac": "x", "key": "k", "z": 1}]
)
def test_other_values_are_not_taken_for_sealed_ones(value: object) -> None:
    """A vendor's value stays a vendor's value."""
    assert Sealed.read(value) is None
