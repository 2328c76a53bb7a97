"""JSON of others: what is taken, and what is refused though Python's own parser takes it."""

from __future__ import annotations

import pytest

from reconciler.model import parsed
from reconciler.model.jsontext import DEEPEST

TAKEN = [
    (b"[1, 2.5, null, true]", [1, 2.5, None, True], "plain values"),
    (b"\xef\xbb\xbf{}", {}, "a byte order mark"),
    ('{"a": "é"}'.encode("utf-16"), {"a": "é"}, "another Unicode encoding"),
    ('["é"]', ["é"], "text already decoded"),
    (b"[" * DEEPEST + b"]" * DEEPEST, None, "as deep as may be"),
    (b'["' + b"[" * 500 + b'"]', ["[" * 500], "brackets in a text are no depth"),
    (b'["\\"' + b"{" * 500 + b'"]', ['"' + "{" * 500], "nor behind an escaped quote"),
    (b'["\\ud800"]', ["\ud800"], "half a character, which some vendors cut names into"),
]


@pytest.mark.parametrize(("text", "value", "reason"), TAKEN, ids=[case[2] for case in TAKEN])
def test_what_is_json(text: bytes | str, value: object, reason: str) -> None:
    """The value of the text."""
    assert parsed(text) == value or value is None, reason


REFUSED = [
    (b"", "nothing"),
    (b"{", "half of it"),
    (b"\xff", "no text at all"),
    (b"NaN", "not a number, which is equal to nothing and would differ for ever"),
    (b"[-Infinity]", "an infinity"),
    (b"[1e999]", "a number that is one"),
    (b"9" * 5000, "a number of thousands of digits"),
    (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "deeper than any answer"),
    (b"[" * 10_000_000, "ten million brackets"),
    (b'{"a":' * 100_000, "a hundred thousand braces"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[case[1] for case in REFUSED])
def test_what_is_no_json_here(text: bytes, reason: str) -> None:
    """Always the same exception, and never the end of the stack."""
    with pytest.raises(ValueError):
        parsed(text)


MANY = [(b"[" + b"[]," * 101 + b"[]]", "lists"), (b"[" + b"1," * 300 + b"1]", "numbers")]


@pytest.mark.parametrize(("text", "reason"), MANY, ids=[case[1] for case in MANY])
def test_too_many_values(text: bytes, reason: str) -> None:
    """Counted before they are made, where a bound is given."""
    assert parsed(text)
    with pytest.raises(ValueError, match="more than can be kept"):
        parsed(text, most=100)
