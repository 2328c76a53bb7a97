"""Ids from vendors and from externalId of manifests: whatever they hold, they are one segment of their own path."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import pytest
import respx

from reconciler.errors import ReconcilerError
from reconciler.model import Observed
from reconciler.providers.base import Provider
from tests.http.vendors import sent, vendor

IDS = [
    ("../accounts/1", "a path to another resource"),
    ("..", "the folder above"),
    (".", "the collection itself"),
    ("1/../2", "another object"),
    ("1?limit=1", "a query"),
    ("1#x", "a fragment"),
    ("..%2faccounts", "an escape that is there already"),
    ("%00", "an escaped NUL"),
    ("\\..\\x", "backslashes"),
    ("//evil.example/x", "another host"),
    ("https://evil.example/x", "another URL"),
    ("1\r\nX-Evil: 1", "a line break"),
    ("é\u202e\U0001f9c7", "letters beyond ASCII"),
    (" ", "a blank"),
    ("x" * 2000, "a long one"),
]
HOSTS = ("optimumfeedback.com", "api.customersure.com", "api.enco.io", "api-b2s.experienciab2s.com")
LOOP = {"message": "done", "user_email": "a@example.com", "user_name": "Ann"}
Call = Callable[[Provider, str], object]
CALLS: list[tuple[str, str, bytes, Call]] = [
    ("optimum", "GET", b"/api/v1/locations/%b", lambda p, id: p.read("optimum/Location", id)),
    ("optimum", "POST", b"/api/v1/locations/%b", lambda p, id: p.update("optimum/Location", id, {"name": "x"})),
    ("optimum", "DELETE", b"/api/v1/accounts/%b", lambda p, id: p.delete("optimum/Account", id)),
    ("customersure", "GET", b"/sites/%b", lambda p, id: p.read("customersure/Site", id)),
    ("customersure", "PATCH", b"/sites/%b", lambda p, id: p.update("customersure/Site", id, {"name": "x"})),
    ("enco", "DELETE", b"/survey/1.0.0/surveys/%b", lambda p, id: p.delete("enco/Survey", id)),
    (
        "enco",
        "POST",
        b"/survey/1.0.0/surveys/%b/question",
        lambda p, id: p.create("enco/Question", {"survey": id, "language": "en", "body": "?"}),
    ),
    (
        "enco",
        "GET",
        b"/survey/1.0.0/surveys/%b/report",
        lambda p, id: p.impact("enco/Survey", Observed("enco/Survey", "enco", id, {})),
    ),
    ("b2s", "GET", b"/api/answers/%b", lambda p, id: p.read("b2s/Answer", id)),
    ("b2s", "PATCH", b"/api/answers/%b", lambda p, id: p.update("b2s/Answer", id, {"status": "done"})),
    ("b2s", "POST", b"/api/answers/%b/description", lambda p, id: p.update("b2s/Answer", id, {"closedLoop": [LOOP]})),
]


@pytest.mark.parametrize(("name", "method", "path", "call"), CALLS, ids=[f"{c[1]} {c[2].decode()}" for c in CALLS])
@pytest.mark.parametrize(("id", "reason"), IDS, ids=[reason for _, reason in IDS])
def test_an_id_reaches_no_other_path(name: str, method: str, path: bytes, call: Call, id: str, reason: str) -> None:
    """One segment, at its place, on the vendor's own host; decoded, it is the id again."""
    with respx.mock(assert_all_called=False) as router, vendor(name) as provider:
        route = router.route().respond(410, json={})
        try:
            call(provider, id)
        except ReconcilerError as refused:
            assert "Evil: 1\n" not in refused.message
        request = sent(route)
    before, after = path.split(b"%b")
    target = request.url.raw_path.partition(b"?")[0]
    assert (request.method, len(route.calls)) == (method, 1)
    assert request.url.host in HOSTS
    assert target.startswith(before) and target.endswith(after), reason
    segment = target[len(before) : len(target) - len(after)]
    assert not set(segment) & set(b"/?#\\ \r\n") and segment.strip(b"."), reason
    assert unquote_to_bytes(segment).decode() == id, reason
    assert "x-evil" not in request.headers


@pytest.mark.parametrize(("name", "method", "path", "call"), CALLS, ids=[f"{c[1]} {c[2].decode()}" for c in CALLS])
def test_an_empty_id_is_never_sent(name: str, method: str, path: bytes, call: Call) -> None:
    """It would name the whole collection; schemas and answers let none through, and neither does a provider."""
    with respx.mock(assert_all_called=False) as router, vendor(name) as provider:
        route = router.route().respond(200, json={})
        with pytest.raises(ValueError, match="empty id"):
            call(provider, "")
    assert not route.called
