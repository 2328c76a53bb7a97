"""Credentials taken out of what a vendor repeats, in every spelling; data that only looks like them stays."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from reconciler.http.redaction import cleaned, repeats, without

TOKEN = 'tök+Hush7/a=&"q\\'
BASIC = "Basic " + base64.b64encode(b"key-hush-77:pass/word+9").decode()

SPELLED = [
    (TOKEN, "plain"),
    (quote(TOKEN, safe=""), "URL"),
    ("t%f6k%2bHush7%2fa%3d%26%22q%5c", "URL of latin-1, lower digits"),
    (quote_plus(TOKEN), "form"),
    (json.dumps(TOKEN), "JSON"),
    (json.dumps(TOKEN).replace("/", "\\/"), "JSON with slashes escaped"),
    (base64.b64encode(TOKEN.encode()).decode(), "base64"),
    (base64.b64encode(f"u:{TOKEN}:p".encode()).decode(), "base64 of more"),
    (f"Authorization: Bearer {TOKEN}", "the header"),
]


@pytest.mark.parametrize(("text", "reason"), SPELLED, ids=[reason for _, reason in SPELLED])
def test_a_token_is_found_in_every_spelling(text: str, reason: str) -> None:
    """Nothing of it is left, and what stood around it is."""
    told = cleaned(f"refused: {text}, sorry", f"Bearer {TOKEN}")
    assert told.startswith("refused: ")
    assert told.endswith(", sorry")
    assert "***" in told
    assert not [part for part in ("Hush7", "SHVzaDc", "h1c2g3") if part in told]


@pytest.mark.parametrize("text", ["key-hush-77", "pass/word+9", "key-hush-77:pass/word+9", BASIC.split()[1]])
def test_of_basic_both_halves_and_the_whole(text: str) -> None:
    """User, password, both with their colon, and their base64."""
    assert without(f"no {text}!".encode(), BASIC) == b"no ***!"


def test_a_short_token_hides_nothing() -> None:
    """Three letters stand everywhere."""
    assert without(b"abc abcd", "Bearer abc") == b"abc abcd"


@pytest.mark.parametrize(
    ("body", "token", "found", "reason"),
    [
        (b'{"name": "optimum"}', "optimum", False, "a short one stands in data by chance"),
        (b'{"name": "a-long-token"}', "a-long-token", True, "a long one does not"),
        (b'{"name": "other"}', "a-long-token", False, "not there"),
    ],
)
def test_data_is_only_touched_where_it_repeats_a_credential(body: bytes, token: str, found: bool, reason: str) -> None:
    """An answer that is data stays as it is, byte by byte, unless a credential of some length is in it."""
    assert repeats(body, f"Bearer {token}") is found, reason


def test_a_key_without_a_scheme_is_found_as_well() -> None:
    """The whole header is the secret where nothing stands before it."""
    assert cleaned("no key hush-key-4711 here", "hush-key-4711") == "no key *** here"
    assert repeats(b'{"x": "hush-key-4711"}', "hush-key-4711")
