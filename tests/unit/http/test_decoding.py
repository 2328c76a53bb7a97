"""What a JSON text of a vendor means."""

from __future__ import annotations

import pytest

from reconciler.http.decoding import decoded
from reconciler.model import JSON

READ: list[tuple[bytes, JSON, str]] = [
    (b'{"a": [1, 2.5, "x", true, null]}', {"a": [1, 2.5, "x", True, None]}, "JSON"),
    (b'\xef\xbb\xbf{"a": 1}', {"a": 1}, "a byte order mark before it"),
    (b' \r\n{"a": 1}\n', {"a": 1}, "blanks around it"),
    (b'{"score": NaN}', {"score": None}, "a score of nothing"),
    (b"[Infinity, -Infinity, 1e999, -1e999]", [None, None, None, None], "numbers that are none"),
    (b'{"a": 1, "a": 1}', {"a": 1}, "a key twice, saying the same"),
    (b'{"n": 123456789012345678901234567890}', {"n": 123456789012345678901234567890}, "a number of any length"),
    (b'{"a": "\\ud83e\\uddc7 \\u202e"}', {"a": "\U0001f9c7 \u202e"}, "escapes; what they hide is made visible later"),
    (b'{"a": "\\ud800"}', {"a": "\ud800"}, "half a character"),
    (b'{"__proto__": 1, "": 2}', {"__proto__": 1, "": 2}, "odd keys"),
    (b"0", 0, "a number alone"),
]
REFUSED = [
    (b'{"a": 1, "a": 2}', "a key twice with two values"),
    (b'[{"id": 1, "x": {"n": 1, "n": null}}]', "the same, further down"),
    (b"{'a': 1}", "single quotes"),
    (b'{"a": 1,}', "a comma too many"),
    (b'{"a": 1} {"b": 2}', "two texts"),
    (b'{"a": 1', "cut"),
    (b'{"a": 01}', "a zero before a number"),
    (b'{"a": "\x01"}', "a control character"),
    (b'{"a": "caf\xe9"}', "another encoding"),
    ('{"a": 1}'.encode("utf-16"), "UTF-16"),
    (b"<html></html>", "a web page"),
    (b'{"n": ' + b"9" * 5000 + b"}", "a number without end"),
    (b")]}',\n{}", "a guard against scripts before it"),
]


@pytest.mark.parametrize(("body", "value", "reason"), READ, ids=[case[2] for case in READ])
def test_read(body: bytes, value: JSON, reason: str) -> None:
    """JSON, and what vendors are known to take for it."""
    assert decoded(body) == value, reason


@pytest.mark.parametrize(("body", "reason"), REFUSED, ids=[case[1] for case in REFUSED])
def test_refused(body: bytes, reason: str) -> None:
    """What is no JSON, or could be read in two ways, is no answer."""
    with pytest.raises(ValueError):
        decoded(body)


BOUNDS = [
    (b"[" * 1_000_000, "nested without end"),
    (b"[" * 65 + b"]" * 65, "a level too deep"),
    (b'{"a":' * 65 + b"1" + b"}" * 65, "a level too deep, in mappings"),
    (b"[" + b"[]," * 1_000_001 + b"[]]", "more lists than any listing has"),
]


@pytest.mark.parametrize(("body", "reason"), BOUNDS, ids=[case[1] for case in BOUNDS])
def test_bounds(body: bytes, reason: str) -> None:
    """What would take the memory, or break whatever walks through it, is refused before it is parsed."""
    with pytest.raises(ValueError, match=r"nested|kept"):
        decoded(body)


def test_brackets_in_texts_do_not_count() -> None:
    """An answer about brackets is an answer."""
    assert decoded(b'{"a": "' + b"[{" * 99 + b'"}') == {"a": "[{" * 99}
