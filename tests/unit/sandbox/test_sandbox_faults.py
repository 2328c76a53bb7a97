"""Faults on real sockets: what the client sees, and whether the vendor had done the work."""

from __future__ import annotations

import base64
import json
import socket
import time
from typing import Any

import httpx
import pytest

from reconciler.sandbox.faults import Faults, parse_rule
from reconciler.sandbox.server import RunningSandbox

KEY = base64.b64encode(b"sandbox-optimum-token:").decode()
NEW = {"name": "Acme Leeds", "country_code": "GB"}


def raw(sandbox: RunningSandbox, method: str = "GET", body: Any = None, timeout: float = 2) -> bytes:
    """One request on a socket of its own and everything that comes back; raises what the socket raises."""
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} /optimum/api/v1/locations HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout) as connection:
        connection.sendall(head.encode() + content)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def count(sandbox: RunningSandbox) -> int:
    return len(sandbox.store.objects("optimum", "locations"))


def rule(fault: Any, match: dict[str, Any] | None = None, **when: Any) -> dict[str, Any]:
    return {"match": match or {}, "when": when, "fault": fault}


def test_drop_before_closes_without_work(sandbox: RunningSandbox) -> None:
    """The connection ends without a byte, and nothing was created."""
    sandbox.faults.replace([rule("drop_before")])
    assert raw(sandbox, "POST", NEW) == b""
    assert count(sandbox) == 3
    assert sandbox.log.entries()[0].as_dict()["status"] is None


def test_drop_after_resets_with_the_work_done(sandbox: RunningSandbox) -> None:
    """The connection is reset without a byte, and the object exists."""
    sandbox.faults.replace([rule("drop_after")])
    with pytest.raises(ConnectionResetError):
        raw(sandbox, "POST", NEW)
    assert count(sandbox) == 4


def test_cut_sends_half(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """Half of the promised body arrives, then the end; a client notices."""
    sandbox.faults.replace([rule("cut", count=2)])
    head, _, body = raw(sandbox).partition(b"\r\n\r\n")
    promised = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert 0 < len(body) == promised // 2
    with pytest.raises(httpx.RemoteProtocolError):
        optimum.get("/locations")


def test_hang_says_nothing(sandbox: RunningSandbox) -> None:
    """No answer comes; with a number of seconds the connection ends then."""
    sandbox.faults.replace([rule({"hang": True}), rule({"hang": 0.05}, nth=2)])
    with pytest.raises(TimeoutError):
        raw(sandbox, timeout=0.1)
    assert raw(sandbox) == b""


def test_hang_after_the_work(sandbox: RunningSandbox) -> None:
    """A processed request may stay unanswered too."""
    sandbox.faults.replace([rule({"hang": True, "processed": True})])
    with pytest.raises(TimeoutError):
        raw(sandbox, "POST", NEW, timeout=0.1)
    assert count(sandbox) == 4


ANSWERS: list[tuple[Any, int, str, bytes, int, str]] = [
    ({"status": 429, "headers": {"Retry-After": "2"}}, 429, "application/json", b"fault", 3, "a plain status"),
    ({"status": 503, "body": "<html>busy</html>"}, 503, "text/html", b"<html>busy", 3, "a gateway's page"),
    ({"status": 500, "body": {"type": "api_error"}}, 500, "application/json", b"api_error", 3, "the vendor's error"),
    ({"status": 503, "processed": True}, 503, "application/json", b"fault", 4, "an error after the work"),
    ("html", 200, "text/html", b"maintenance", 3, "a page where JSON is due"),
    ({"html": "<p>login</p>", "processed": True}, 200, "text/html", b"<p>login</p>", 4, "a page after the work"),
    ("empty_body", 200, "application/json", b"", 4, "an answer without its body"),
]


@pytest.mark.parametrize(("fault", "status", "kind", "text", "after", "reason"), ANSWERS)
def test_replaced_answers(
    sandbox: RunningSandbox,
    optimum: httpx.Client,
    fault: Any,
    status: int,
    kind: str,
    text: bytes,
    after: int,
    reason: str,
) -> None:
    """Another answer takes the vendor's place, before or after the work."""
    sandbox.faults.replace([rule(fault)])
    answer = optimum.post("/locations", json=NEW)
    assert answer.status_code == status, reason
    assert answer.headers["Content-Type"].startswith(kind), reason
    assert text in answer.content, reason
    assert (count(sandbox), answer.content == b"") == (after, text == b""), reason
    assert optimum.get("/locations").status_code == 200


def test_headers_of_a_status(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """A 429 carries its Retry-After."""
    sandbox.faults.replace([rule({"status": 429, "headers": {"Retry-After": "2"}})])
    assert optimum.get("/locations").headers["Retry-After"] == "2"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects(sandbox: RunningSandbox, optimum: httpx.Client, status: int) -> None:
    """A redirect goes where it is told, by default to the same address; nothing is processed."""
    sandbox.faults.replace([rule({"redirect": status}), rule({"redirect": status, "location": "/x{path}"}, nth=2)])
    answer = optimum.post("/locations", json=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (status, "/optimum/api/v1/locations")
    assert optimum.get("/locations?limit=5").headers["Location"] == "/x/optimum/api/v1/locations?limit=5"
    assert count(sandbox) == 3


def test_delays(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """A delay before or after the work, a slow body and the latency option take their time."""
    sandbox.faults.replace(
        [rule({"delay": 0.05}), rule({"delay": 0.05, "processed": True}, nth=2), rule({"slow_body": 0.05}, nth=3)]
    )
    for _ in range(3):
        before = time.monotonic()
        assert optimum.get("/locations").json()["total_count"] == 3
        assert time.monotonic() - before >= 0.05
    sandbox.options.update({"latency": 30})
    before = time.monotonic()
    optimum.get("/locations")
    assert time.monotonic() - before >= 0.03


def test_a_timeout_after_the_work(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """The client gives up while the answer is delayed; the object exists all the same."""
    sandbox.faults.replace([rule({"delay": 1, "processed": True})])
    with pytest.raises(httpx.ReadTimeout):
        optimum.post("/locations", json=NEW, timeout=0.1)
    assert count(sandbox) == 4


def test_stale_list_by_reads(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """A created object is missing from the next two listings and their totals, and readable by id."""
    sandbox.faults.replace([rule({"stale_list": {"reads": 2}}, {"method": "POST"})])
    created = optimum.post("/locations", json=NEW).json()
    assert optimum.get(f"/locations/{created['id']}").status_code == 200
    assert [optimum.get("/locations").json()["total_count"] for _ in range(4)] == [3, 3, 4, 4]


def test_stale_list_by_time(sandbox: RunningSandbox, enco: httpx.Client) -> None:
    """The same for a time."""
    sandbox.faults.replace([rule({"stale_list": {"seconds": 0.05}}, {"vendor": "enco", "method": "POST"})])
    question = {"body": "How?", "language": "en"}
    enco.post("/surveys", json={"name": "a", "interactionType": "b", "questions": [question]})
    assert len(enco.get("/surveys").json()) == 2
    time.sleep(0.06)
    assert len(enco.get("/surveys").json()) == 3


def _read_all(optimum: httpx.Client) -> list[str]:
    pages = [optimum.get(f"/locations?limit=1&sort_by=created-asc&page={page}").json() for page in range(4)]
    return [item["id"] for page in pages for item in page["data"]]


@pytest.mark.parametrize(
    ("fault", "seen", "reason"),
    [
        ({"shift_page": "delete"}, ["xd3S6", "gse4Ry"], "one is skipped when an earlier one goes"),
        (
            {"shift_page": "insert", "object": {"id": "new", "name": "N", "created": 1}},
            ["xd3S6", "xd3S6", "iF56sC", "gse4Ry"],
            "one comes twice when an earlier one comes in",
        ),
    ],
)
def test_shift_page(
    sandbox: RunningSandbox, optimum: httpx.Client, fault: dict[str, Any], seen: list[str], reason: str
) -> None:
    """The collection moves while its pages are read."""
    sandbox.faults.replace([rule(fault, {"path": "/locations"})])
    assert _read_all(optimum) == seen, reason


def test_shift_page_makes_up_a_twin(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """Without an object of its own, an insert puts a copy of the page's first beside it."""
    sandbox.faults.replace([rule({"shift_page": "insert"})])
    first = customersure.get("/sites?per_page=1").json()
    second = customersure.get("/sites?per_page=1&page=2").json()
    assert second == [first[0] | {"site_code": "hq-shifted", "name": "Head Office (shifted)"}]


def test_wrong_totals(sandbox: RunningSandbox, optimum: httpx.Client, customersure: httpx.Client) -> None:
    """A total that does not add up, in the body or in the header."""
    sandbox.faults.replace([rule({"wrong_total": 2}, count=None)])
    assert optimum.get("/locations").json()["total_count"] == 5
    assert customersure.get("/sites").headers["X-Total-Count"] == "4"


WHEN: list[tuple[dict[str, Any], list[int], str]] = [
    ({}, [503, 200, 200, 200], "once by default"),
    ({"nth": 3}, [200, 200, 503, 200], "the third"),
    ({"nth": 2, "count": 2}, [200, 503, 503, 200], "the second and third"),
    ({"count": None}, [503, 503, 503, 503], "for ever"),
    ({"probability": 0.5, "seed": 1}, [503, 200, 200, 503], "by a repeatable chance"),
    ({"probability": 0}, [200, 200, 200, 200], "never"),
]


@pytest.mark.parametrize(("when", "statuses", "reason"), WHEN)
def test_when(
    sandbox: RunningSandbox, optimum: httpx.Client, when: dict[str, Any], statuses: list[int], reason: str
) -> None:
    """How often and from which request on a rule strikes."""
    sandbox.faults.replace([{"when": when, "fault": {"status": 503}}])
    assert [optimum.get("/locations").status_code for _ in range(4)] == statuses, reason
    assert sandbox.faults.report()[0]["fired"] == statuses.count(503)


MATCHES = [
    ({"vendor": "optimum"}, 503, "its vendor"),
    ({"vendor": "enco"}, 200, "another vendor"),
    ({"method": "get"}, 503, "its method, in any case"),
    ({"method": "POST"}, 200, "another method"),
    ({"path": r"/locations$"}, 503, "its path"),
    ({"path": r"/accounts"}, 200, "another path"),
    ({"vendor": "optimum", "method": "GET", "path": "api/v1"}, 503, "all three"),
]


@pytest.mark.parametrize(("match", "status", "reason"), MATCHES)
def test_match(sandbox: RunningSandbox, optimum: httpx.Client, match: Any, status: int, reason: str) -> None:
    """Which requests a rule is about."""
    sandbox.faults.replace([rule({"status": 503}, match)])
    assert optimum.get("/locations").status_code == status, reason


BAD_RULES: list[tuple[Any, str]] = [
    ([], "not an object"),
    ({}, "no fault"),
    ({"fault": "explode"}, "an unknown fault"),
    ({"fault": {"status": 500, "hang": True}}, "two faults"),
    ({"fault": {"status": "500"}}, "a status is a number"),
    ({"fault": {"status": True}}, "and not a boolean"),
    ({"fault": {"redirect": 200}}, "no redirect"),
    ({"fault": {"shift_page": "swap"}}, "insert or delete"),
    ({"fault": {"stale_list": {"times": 2}}}, "reads or seconds"),
    ({"fault": "hang", "unless": {}}, "an unknown part"),
    ({"fault": "hang", "match": {"url": "x"}}, "an unknown match"),
    ({"fault": "hang", "when": {"every": 2}}, "an unknown when"),
    ({"fault": "hang", "when": {"nth": 0}}, "counting from 1"),
    ({"fault": {"status": 500, "delay_ms": 2}}, "an unknown extra"),
]


@pytest.mark.parametrize(("source", "reason"), BAD_RULES)
def test_bad_rules(source: Any, reason: str) -> None:
    """A rule that means nothing is refused, not ignored."""
    with pytest.raises(ValueError):
        parse_rule(source)
    assert reason


def test_bad_pattern_keeps_the_old_rules() -> None:
    """A list with one bad rule changes nothing."""
    faults = Faults([rule("hang")])
    with pytest.raises(ValueError, match="unusable fault rule"):
        faults.replace([rule("html", {"path": "("})])
    assert [entry["fault"] for entry in faults.report()] == ["hang"]


@pytest.mark.parametrize("vendor", ["optimum", "enco", "customersure"])
def test_rate_limit(
    sandbox: RunningSandbox, optimum: httpx.Client, enco: httpx.Client, customersure: httpx.Client, vendor: str
) -> None:
    """Beyond the burst a vendor answers 429 in its own words, and the other vendors go on."""
    calls = {
        "optimum": lambda: optimum.get("/locations"),
        "enco": lambda: enco.get("/surveys"),
        "customersure": lambda: customersure.get("/sites"),
    }
    limit = {"requests_per_second": 0.01, "burst": 2, "retry_after": 7}
    sandbox.options.update({"rate_limit": {vendor: limit}})
    answers = [calls[vendor]() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "7"
    words = {"optimum": "rate_limit_error", "enco": "fault", "customersure": "message"}
    assert words[vendor] in answers[2].text
    assert all(call().status_code == 200 for name, call in calls.items() if name != vendor)


def test_rate_limit_refills(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """The bucket fills again with time; a plain number is requests a second."""
    sandbox.options.update({"rate_limit": {"optimum": 50}})
    statuses = [optimum.get("/locations").status_code for _ in range(80)]
    assert 429 in statuses
    time.sleep(0.05)
    assert optimum.get("/locations").status_code == 200
