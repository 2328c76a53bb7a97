"""The scanner finds what it looks for: every canary, planted in every spelling, wherever it falls."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.canary.canaries import PEOPLE, SECRETS
from tests.canary.scanner import ALL, Scanner, scan

PLANTED: list[tuple[str, Callable[[str], bytes]]] = [
    ("plain", lambda value: f"x {value} y".encode()),
    ("upper case", lambda value: value.upper().encode()),
    ("reversed", lambda value: value[::-1].encode()),
    ("latin-1", lambda value: value.encode("latin-1")),
    ("base64", lambda value: base64.b64encode(value.encode())),
    ("base64 with a user and a colon", lambda value: base64.b64encode(f"{value}:".encode())),
    ("base64 behind one letter", lambda value: base64.b64encode(f"u{value}:p".encode())),
    ("base64 behind two letters", lambda value: base64.b64encode(f"u:{value}".encode())),
    (
        "urlsafe base64 in a document",
        lambda value: base64.urlsafe_b64encode(json.dumps({"k": value}).encode("latin-1")),
    ),
    ("URL", lambda value: quote(value, safe="").encode()),
    ("URL in lower case", lambda value: quote(value, safe="").lower().encode()),
    ("form", lambda value: quote_plus(value).encode()),
    ("JSON", lambda value: json.dumps({"message": value}).encode()),
    ("JSON, not ASCII", lambda value: json.dumps({"message": value}, ensure_ascii=False).encode()),
    ("JSON in JSON", lambda value: json.dumps(json.dumps(value)).encode()),
    ("hex", lambda value: value.encode().hex().encode()),
    ("repr", lambda value: repr([value]).encode()),
]


@pytest.mark.parametrize(("name", "plant"), PLANTED, ids=[name for name, _ in PLANTED])
def test_every_canary_is_found_in_every_spelling(name: str, plant: Callable[[str], bytes]) -> None:
    """Each value of both tables; base64 of JSON is searched for what JSON leaves as it is."""
    values = (*SECRETS.values(), *PEOPLE)
    missed = [value for value in values if not any(found for found in scan(b"lead " + plant(value) + b" tail"))]
    assert not missed, name


def test_half_a_token_is_found() -> None:
    """Cut behind its own part, or before it."""
    for value in SECRETS.values():
        at = value.index("Canary")
        assert scan(value[: at + 14].encode()), value
        assert scan(value[at:].encode()), value


def test_nothing_is_found_where_nothing_is() -> None:
    """Ordinary text has no canary in it."""
    assert scan(Path(__file__).read_bytes().replace(b"canar", b"sparr")) == []
    assert len(ALL) > len(SECRETS) + len(PEOPLE)


def test_a_canary_in_a_file_or_its_name_is_found(tmp_path: Path) -> None:
    """Files are searched as bytes: also a database, its free pages included."""
    place = tmp_path / "below"
    place.mkdir()
    with sqlite3.connect(place / "x.db") as connection:
        connection.execute("CREATE TABLE t (v TEXT)")
        connection.execute("INSERT INTO t VALUES (?)", (SECRETS["OPTIMUM_TOKEN"],))
    connection.close()
    with pytest.raises(AssertionError, match=r"x\.db holds"):
        counted_apart(place)
    (place / "x.db").unlink()
    counted_apart(place)
    (place / PEOPLE[0]).touch()
    with pytest.raises(AssertionError, match="a name holds"):
        counted_apart(place)


def counted_apart(folder: Path) -> None:
    """Search a folder; what is planted here is no finding of the suite."""
    from tests.canary.figures import FIGURES

    before = FIGURES.found
    try:
        Scanner().files(folder)
    finally:
        FIGURES.found = before
