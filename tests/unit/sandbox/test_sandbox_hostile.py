"""Requests that nobody should send: each is refused in the vendor's own words, and none breaks the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox
from tests.unit.sandbox.conftest import CUSTOMERSURE_HEADERS, ENCO_HEADERS

DIGITS = "9" * 5_000
ENCO = "/enco/survey/1.0.0"
CUSTOMERSURE = CUSTOMERSURE_HEADERS | {"Content-Type": "application/json"}
OPTIMUM = {"Authorization": "Basic c2FuZGJveC1vcHRpbXVtLXRva2VuOg==", "Content-Type": "application/json"}
FORM = {**OPTIMUM, "Content-Type": "application/x-www-form-urlencoded"}
B2S = {"Authorization": "Bearer sandbox-b2s-token", "Content-Type": "application/json"}
QUESTION = b'{"body": "How?", "language": "%s"}'
SITE = b'{"site_code": "x", "name": "%s"}'
LATE = "9999-12-31T23:59:59-05:00"
REQUEST = f'{{"email": "a@b.example", "survey_id": 1, "send_at": "{LATE}"}}'.encode()
ANCIENT = (
    b'{"nps": 9, "created_at": "0294-11-28 00:00:00", "search_id": "102a525c-0ce3-4182-a504-aad595425233", '
    b'"response_channel": "SMS"}'
)
PERIOD = "is_enps=true&limit=1&offset=0&date_start=2024-01-01&date_end="
NOT_ASCII = {"Authorization": "Basic ñ".encode("latin-1")}

CASES: list[tuple[str, str, Any, bytes, int, str]] = [
    ("POST", f"{ENCO}/surveys/8/question", ENCO_HEADERS, QUESTION % rb"\ud800", 400, "half of a surrogate pair"),
    (
        "POST",
        f"{ENCO}/surveys/8/question",
        ENCO_HEADERS,
        QUESTION % rb"\ud83e\uddc7",
        200,
        "a whole one is a character",
    ),
    ("POST", f"{ENCO}/surveys", ENCO_HEADERS, b"[" * 100_000, 400, "endless nesting"),
    ("POST", f"{ENCO}/surveys", ENCO_HEADERS, DIGITS.encode(), 400, "a number of more digits than are read"),
    ("POST", "/enco/token", NOT_ASCII | {"Content-Type": FORM["Content-Type"]}, b"", 401, "credentials not in ASCII"),
    ("GET", f"{ENCO}/surveys/8%0A/report", ENCO_HEADERS, b"", 400, "a line break in a path, and no period"),
    ("DELETE", f"{ENCO}/surveys/8%0A", ENCO_HEADERS, b"", 404, "a line break in an id"),
    ("POST", "/customersure/sites", CUSTOMERSURE, SITE % rb"\udfff", 400, "the other half"),
    ("GET", "/customersure/sites/a%0Ab", CUSTOMERSURE_HEADERS, b"", 404, "a line break in a code"),
    ("GET", f"/customersure/sites?page={DIGITS}", CUSTOMERSURE_HEADERS, b"", 422, "a page beyond numbers"),
    ("GET", f"/customersure/sites?per_page={DIGITS}", CUSTOMERSURE_HEADERS, b"", 422, "as many a page"),
    ("POST", "/customersure/feedback_requests", CUSTOMERSURE, REQUEST, 422, "year 10000 in UTC"),
    ("GET", "/optimum/api/v1/locations", NOT_ASCII, b"", 401, "credentials not in ASCII"),
    ("GET", f"/optimum/api/v1/locations?limit={DIGITS}", OPTIMUM, b"", 400, "a limit beyond numbers"),
    ("GET", f"/optimum/api/v1/locations?created_after={DIGITS}", OPTIMUM, b"", 400, "a time beyond numbers"),
    ("POST", "/optimum/api/v1/accounts/gd7TdO", FORM, b"max_users=" + DIGITS.encode(), 400, "in a form too"),
    ("POST", "/optimum/api/v1/accounts/gd7TdO", OPTIMUM, b'{"max_users": 2.0}', 200, "2.0 is an integer to JSON"),
    ("GET", f"/b2s/api/answers?{PERIOD}9999-12-31", B2S, b"", 400, "no day comes after it"),
    ("POST", "/b2s/api/answers", B2S, b'{"nps": 1e400}', 400, "an infinite number"),
    ("POST", "/b2s/api/answers", B2S, ANCIENT, 201, "a year of three digits is a year"),
    ("GET", "/nobody/at/all", {}, b"", 404, "no vendor"),
]


@pytest.fixture
def lenient(sandbox: RunningSandbox) -> Iterator[None]:
    """Forms are taken, as the documents' examples send them."""
    sandbox.options.update({"allow_forms": True})
    yield
    sandbox.options.update({"allow_forms": False})


@pytest.mark.usefixtures("lenient")
@pytest.mark.parametrize(("method", "path", "headers", "body", "status", "reason"), CASES, ids=[c[-1] for c in CASES])
def test_hostile_requests(
    http: httpx.Client, method: str, path: str, headers: Any, body: bytes, status: int, reason: str
) -> None:
    """A refusal is JSON and of the documented status; what is only odd is taken."""
    answer = http.request(method, path, headers=headers, content=body)
    assert answer.status_code == status, (reason, answer.text)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json()


def test_an_ancient_answer_is_read(http: httpx.Client) -> None:
    """A year below 1000 is stored and shown with its zeros, and the list that holds it is still a list."""
    created = http.post("/b2s/api/answers", headers=B2S, content=ANCIENT).json()
    shown = http.get(f"/b2s/api/answers/{created['id']}", headers=B2S).json()
    assert shown["created_at"] == "0294-11-28T00:00:00.000Z"
    query = PERIOD.replace("2024", "0294").replace("true", "false") + "0294-12-31"
    assert http.get(f"/b2s/api/answers?{query}", headers=B2S).json()["total"] == 1
