"""The spellings under which a value could slip out. What is searched is folded to lower case, and so are these."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 8  # bytes; a shorter spelling would be found by chance


def forms(value: str) -> dict[bytes, str]:
    """Every spelling of a value with its name, folded to lower case."""
    found: dict[bytes, str] = {}
    for name, spelled in _spelled(value):
        if len(spelled) >= SHORTEST:
            found.setdefault(spelled.lower(), name)
    return found


def _spelled(value: str) -> Iterator[tuple[str, bytes]]:
    for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
        raw = value.encode(encoding)
        yield f"plain ({encoding})", raw
        yield f"hex ({encoding})", raw.hex().encode()
        yield from _in_base64(raw, encoding)
    yield "reversed", value[::-1].encode()
    yield from _in_a_url(value)
    yield from _in_text(value)


def _in_base64(raw: bytes, encoding: str) -> Iterator[tuple[str, bytes]]:
    """However the value falls on the groups of three bytes: with a user before it, a colon behind it, in a document."""
    for shift, lead in enumerate((0, 2, 3)):
        for name, encode in (("base64", base64.b64encode), ("urlsafe base64", base64.urlsafe_b64encode)):
            yield f"{name} at {shift} ({encoding})", encode(b"\0" * shift + raw).rstrip(b"=")[lead:-1]


def _in_a_url(value: str) -> Iterator[tuple[str, bytes]]:
    for name, url in (
        ("quote", quote(value)),
        ("quote, all", quote(value, safe="")),
        ("quote_plus", quote_plus(value)),
        ("every byte quoted", "".join(f"%{byte:02x}" for byte in value.encode())),
        ("quoted twice", quote(quote(value, safe=""), safe="")),
    ):
        yield f"URL ({name})", url.encode()


def _in_text(value: str) -> Iterator[tuple[str, bytes]]:
    escaped = json.dumps(value)[1:-1]
    yield "JSON", escaped.encode()
    yield "JSON, slashes escaped", escaped.replace("/", "\\/").encode()
    yield "JSON, not ASCII", json.dumps(value, ensure_ascii=False)[1:-1].encode()
    yield "JSON in JSON", json.dumps(escaped)[1:-1].encode()
    yield "HTML", html.escape(value).encode()
    yield "repr", repr(value)[1:-1].encode()
    yield "unicode escapes", "".join(f"\\u{ord(letter):04x}" for letter in value).encode()
