"""What is in a URL is encoded, and no URL leaves the connection's origin."""

from __future__ import annotations

import pytest

from reconciler.errors import ReconcilerError
from reconciler.http.link import next_link
from reconciler.http.url import query_text, resolve, same_origin, segment, target


@pytest.mark.parametrize(
    ("id", "encoded"),
    [
        ("hq", "hq"),
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("50%", "50%25"),
        ("é", "%C3%A9"),
        ("x?y=1#z", "x%3Fy%3D1%23z"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a.b", "a.b"),
        ("a+b", "a%2Bb"),
        ("...", "%2E%2E%2E"),
        ("../accounts/1", "..%2Faccounts%2F1"),
        ("..%2faccounts", "..%252faccounts"),
        ("%2e%2e", "%252e%252e"),
        ("..\\accounts", "..%5Caccounts"),
        ("/etc/passwd", "%2Fetc%2Fpasswd"),
        ("//evil.example", "%2F%2Fevil.example"),
        ("https://evil.example/", "https%3A%2F%2Fevil.example%2F"),
        ("a;b=c", "a%3Bb%3Dc"),
        ("a&b=c", "a%26b%3Dc"),
        ("a:b@c", "a%3Ab%40c"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil%3A%201"),
        ("a\x00b", "a%00b"),
        ("\u202e", "%E2%80%AE"),
        ("\U0001f9c7", "%F0%9F%A7%87"),
        ("\uff0e\uff0e\uff0f", "%EF%BC%8E%EF%BC%8E%EF%BC%8F"),
        ("\ud800", "%ED%A0%80"),
        (" ", "%20"),
        ("~a-b_c", "~a-b_c"),
    ],
)
def test_an_id_stays_one_segment(id: str, encoded: str) -> None:
    """Nothing in an id can reach another path."""
    assert segment(id) == encoded


def test_an_empty_id_is_no_path() -> None:
    """Without an id the path would be the whole collection."""
    with pytest.raises(ValueError, match="empty id"):
        segment("")


def test_a_query_keeps_plus_and_arrays() -> None:
    """A plus is %2B, a list repeats name[]."""
    assert query_text({"at": "00:00+01:00", "states": ("a b", "c")}) == "at=00%3A00%2B01%3A00&states[]=a%20b&states[]=c"


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://h.example/v1/", "/sites", "https://h.example/v1/sites"),
        ("https://h.example/v1", "/sites", "https://h.example/v1/sites"),
        ("https://h.example/token", "", "https://h.example/token"),
        ("https://h.example/v1", "https://h.example:443/other?page=2", "https://h.example:443/other?page=2"),
    ],
)
def test_a_path_is_below_the_base(base: str, path: str, url: str) -> None:
    """The base's own path is kept; an absolute URL of the same origin is taken as it is."""
    assert target(base, path, {}) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://h.example/x",
        "https://h.example:444/x",
        "https://evil.example/x",
        "https://user@h.example/x",
        "https://h.example@evil.example/x",
        "https://h.example.evil.example/x",
        "https://h.example:bad/x",
        "ftp://h.example/x",
        "https://h.example./x",
        "https://h.example:0/x",
        "https://h.example:99999/x",
        "https://@h.example/x",
        "https://:pw@h.example/x",
        "https://h.example\\@evil.example/x",
        "https://h.example\\.evil.example/x",
        "https://h.example%2eevil.example/x",
        "https://\uff48.example/x",
        "https://[::1]/x",
        "https:///x",
        "HTTP://h.example/x",
        "file://h.example/x",
    ],
)
def test_another_origin_is_another_origin(url: str) -> None:
    """Scheme, host, port or user information: any difference counts."""
    assert not same_origin("https://h.example/v1", url)
    with pytest.raises(ReconcilerError, match="another origin"):
        target("https://h.example/v1", url, {})


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b?x=1", "https://h.example/b?x=1"),
        ("b", "https://h.example/v1/b"),
        ("//evil.example/b", "https://evil.example/b"),
        ("https://h.example/b#part", "https://h.example/b"),
        ("https://[bad/b", ""),
        ("?page=2", "https://h.example/v1/a?page=2"),
        ("../b", "https://h.example/b"),
        ("../../../../b", "https://h.example/b"),
        ("  /b  ", "https://h.example/b"),
        ("#part", "https://h.example/v1/a"),
        ("HTTPS://H.EXAMPLE/b", "https://H.EXAMPLE/b"),
        ("///evil.example/b", "https://h.example/evil.example/b"),
        ("\\\\evil.example\\b", "https://h.example/v1/\\\\evil.example\\b"),
    ],
)
def test_a_location_is_resolved(location: str, url: str) -> None:
    """Relative to the URL that was asked; a fragment goes, nonsense is nothing."""
    assert resolve("https://h.example/v1/a", location) == url


@pytest.mark.parametrize(
    ("header", "url"),
    [
        (
            '<https://h.example/s?page=1>; rel="first", <https://h.example/s?page=2>; rel="next"',
            "https://h.example/s?page=2",
        ),
        ("</s?page=2>; rel=next", "https://h.example/s?page=2"),
        ('<?page=2>; title="a"; rel="last next"', "https://h.example/v1?page=2"),
        ('<https://h.example/s?a=1,2>; REL="Next"', "https://h.example/s?a=1,2"),
        ('<https://h.example/s?page=1>; rel="first", <https://h.example/s?page=1>; rel="last"', None),
        ("", None),
        ("rubbish", None),
    ],
)
def test_the_next_link_is_found(header: str, url: str | None) -> None:
    """Every spelling of rel=next, and nothing else."""
    assert next_link(header, "https://h.example/v1") == url
