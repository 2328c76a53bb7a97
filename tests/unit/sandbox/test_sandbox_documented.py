"""Every request that the documents of Enco, CustomerSure and Optimum show, sent as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

HOME = {"id": "gd7TdO", "name": "Apple Park", "country_code": "US"}
ADDRESS = {"address_line_1": "The Spaceship, 1 Apple Park Way", "address_line_2": "Cupertino", "address_line_3": "CA"}
CONTACT = {"email": "subscriber@optimumfeedback.com", "country_code": "US"}
WAFFLES = "On a scale from 0-10 , how likely are you to recommend our waffles to a friend or colleague?"
WORLD: dict[str, Any] = {
    "enco": {
        "token": "t",
        "surveys": [
            {"id": 8, "name": "w", "interactionType": "g", "questions": [{"body": WAFFLES, "language": "en-GB"}]}
        ],
    },
    "customersure": {
        "token": "t",
        "feedback_requests": [
            {"id": key, "email": "john.smith@example.com", "survey_id": 1484, "send_at": "2099-01-01T00:00:00Z"}
            for key in (1, 208073)
        ],
        "feedback_responses": [{"id": 1, "survey_id": 277, "fields": {"email": "kate@example.com"}}],
        "sites": [{"site_code": "hq2", "name": "Head Office"}],
    },
    "optimum": {
        "token": "t",
        "locations": [HOME, HOME | {"id": "xS4rtY"}],
        "subscribers": [{"id": "gd7TdO", "locations": ["xS4rtY"], **CONTACT}],
        "accounts": [{"id": "gd7TdO", "name": "Savastano and Son"}],
        "reviews": [{"id": "gd7TdO", "rating": 5}],
        "feedback": [{"id": "gd7TdO", "type": "nps", "nps-score": 8}],
    },
}
ASKED = {
    "email": "john.smith@example.com",
    "survey_id": 1484,
    "first_name": "John",
    "surname": "Smith",
    "reference": "#1041",
    "machine_id": "8736245",
    "data": [
        {"key": "staff_code", "value": "luke"},
        {"key": "site_code", "value": "newcastle"},
        {"key": "category", "value": "api-support"},
        {"key": "ticket_date", "value": "20th Aug 2014"},
    ],
}
NEWCASTLE = {"site_code": "hq", "name": "Head Office", "city": "Newcastle", "region": "Tyne and Wear"}
REPORT = (
    "endDate=2020-03-31T12%3A12%3A15.982%2B01%3A00&channel=SMS&segmentMode=ANY&segments=hxsyqosx,ifywjutr"
    "&startDate=2019-11-01T12%3A12%3A15.982%2B01%3A00"
)
SENDING = {
    "channel": "SMS",
    "segments": ["male", "customer"],
    "destination": "+32472306705",
    "referenceId": "my-customer-reference",
    "language": "en-GB",
}
DUTCH = "Hoe was jou ervaring met ons support team? Stuur ons je score tussen 0 en 10 door te antwoorden"


@pytest.fixture
def documented(sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """A world in which the documents' ids exist."""
    sandbox.store.load(WORLD)
    yield sandbox


ENCO = [
    ("L47", "POST", "/surveys", {"name": "waffles", "interactionType": "general", "questions": []}, 400),
    (
        "L47",
        "POST",
        "/surveys",
        {
            "name": "waffles",
            "interactionType": "general",
            "questions": [{"body": WAFFLES, "language": "en-GB"}],
        },
        200,
    ),
    ("L82", "GET", "/surveys", None, 200),
    ("L127", "DELETE", "/surveys/8", None, 200),
    ("L135", "POST", "/surveys/8/question", {"body": DUTCH, "language": "nl-BE"}, 200),
    ("L149", "POST", "/surveys/8/send", {"requests": [SENDING]}, 200),
    ("L182", "GET", f"/surveys/8/report?{REPORT}", None, 200),
    ("L172", "GET", f"/report?{REPORT}", None, 200),
]


@pytest.mark.parametrize(("line", "method", "path", "body", "status"), ENCO)
def test_enco(
    documented: RunningSandbox, http: httpx.Client, line: str, method: str, path: str, body: Any, status: int
) -> None:
    """enco.txt: both headers on every call, a GET and a DELETE too."""
    headers = {"Authorization": "Bearer t", "Content-Type": "application/json"}
    answer = http.request(method, f"{documented.enco_url}{path}", json=body, headers=headers)
    assert answer.status_code == status, line


CUSTOMERSURE = [
    ("L44", "GET", "/feedback_requests?state=pending", None, 403),  # 68: not the documented parameter
    ("L454", "GET", "/feedback_requests?states[]=pending&states[]=sent", None, 200),
    ("L461", "GET", "/feedback_requests?survey_ids[]=1234&survey_ids[]=5678", None, 200),
    ("L289", "POST", "/feedback_requests", ASKED | {"send_at": "2014-08-20T18:00:00+0100"}, 422),  # long past
    ("L289", "POST", "/feedback_requests", ASKED | {"send_at": "2099-08-20T18:00:00+0100"}, 201),
    ("L351", "GET", "/feedback_requests/1", None, 200),
    ("L417", "PATCH", "/feedback_requests/208073", {"email": "kate@example.com"}, 200),
    ("L475", "GET", "/feedback_requests", None, 200),
    ("L563", "GET", "/feedback_responses/1", None, 200),
    ("L666", "GET", "/feedback_responses", None, 200),
    ("L654", "GET", "/feedback_responses?survey_ids=20112", None, 200),
    ("L739", "GET", "/response_rate", None, 200),
    ("L726", "GET", "/response_rate?from_time=2015-01-01T00:00Z&to_time=2015-01-31T23:59Z", None, 200),
    ("L730", "GET", "/response_rate?survey_ids[]=1234&survey_ids[]=5678", None, 200),
    ("L774", "GET", "/nps", None, 200),
    ("L761", "GET", "/nps?to_time?2015-01-31T23:59Z", None, 403),  # 87: a slip of the pen
    ("L762", "GET", "/nps?question_ids[]=234&question_ids[]=456", None, 200),
    ("L829", "POST", "/sites", NEWCASTLE | {"country_code": "UK"}, 201),
    ("L868", "GET", "/sites/hq2", None, 200),
    ("L906", "PATCH", "/sites/hq2", {"name": "Main Office"}, 200),
    ("L941", "GET", "/sites", None, 200),
]


@pytest.mark.parametrize(("line", "method", "path", "body", "status"), CUSTOMERSURE)
def test_customersure(
    documented: RunningSandbox, http: httpx.Client, line: str, method: str, path: str, body: Any, status: int
) -> None:
    """customersure.txt: its own headers (63: the media type with its stray semicolon), and a company (65)."""
    headers = {
        "Accept": "application/vnd.customersure.v1+json;",
        "Authorization": 'Token token="t"',
        "User-Agent": "Acme Ltd",
    }
    answer = http.request(method, f"{documented.customersure_url}{path}", json=body, headers=headers)
    assert answer.status_code == status, line


@pytest.mark.parametrize("path", ["/sites", "/feedback_requests/1"])
def test_trap_65_curl_alone_is_refused(documented: RunningSandbox, http: httpx.Client, path: str) -> None:
    """Trap 65: the examples set no User-Agent, and what curl sends by itself names no company."""
    headers = {
        "Accept": "application/vnd.customersure.v1+json;",
        "Authorization": 'Token token="t"',
        "User-Agent": "curl/8.5.0",
    }
    assert http.get(f"{documented.customersure_url}{path}", headers=headers).status_code == 403


OPTIMUM_READS = [
    ("L21", "/subscriber/", 404),  # 31: a slip of the pen
    ("L61", "/subscribers?limit=20&created_after=1544686176", 200),
    ("L220", "/subscribers/gd7TdO", 200),
    ("L336", "/subscribers?limit=20&created_after=1483228800", 200),
    ("L336", "/subscribers?limit=20", 200),  # 27: the shell takes the unquoted ampersand
    ("L445", "/locations/gd7TdO", 200),
    ("L536", "/locations?limit=20&created_after=1483228800", 200),
    ("L618", "/reviews/gd7TdO", 200),
    ("L655", "/reviews?limit=20&created_after=1483228800", 200),
    ("L745", "/feedback/gd7TdO", 200),
    ("L806", "/feedback?limit=20&created_after=1483228800", 200),
    ("L927", "/accounts/gd7TdO", 200),
    ("L1015", "/accounts?limit=20&created_after=1483228800", 200),
]


@pytest.mark.parametrize(("line", "path", "status"), OPTIMUM_READS)
def test_optimum_reads(documented: RunningSandbox, http: httpx.Client, line: str, path: str, status: int) -> None:
    """Reads with the key as the user name; trap 62: without a verb they are a GET; traps 27 and 31 are marked above."""
    assert http.get(f"{documented.optimum_url}{path}", auth=("t", "")).status_code == status, line


OPTIMUM_WRITES: list[tuple[str, str, str, dict[str, Any]]] = [
    (
        "L200",
        "/subscribers/",
        "mobile_number=%2B1813555555&email=subscriber@optimumfeedback.com&country_code=US&location=xS4rtY",
        CONTACT | {"mobile_number": "+1813555555", "location": "xS4rtY"},
    ),
    ("L267", "/subscribers/gd7TdO", "opt_out=true&fname=Ciro", {"opt_out": True, "fname": "Ciro"}),
    (
        "L423",
        "/locations/",
        "name=Apple+Park&address_line_1=The+Spaceship&postal_code=90210&country_code=US",
        {"name": "Apple Park", "postal_code": "90210", "country_code": "US", **ADDRESS},
    ),
    ("L484", "/locations/gd7TdO", "name=The+HyperRing", {"name": "The HyperRing"}),
    (
        "L908",
        "/accounts/",
        "name=Savastano+and+Son&active=true&verb=use",
        {"name": "Savastano and Son", "active": True, "verb": "use"},
    ),
    (
        "L966",
        "/accounts/gd7TdO",
        "max_locations=100&sms_allowance=2000",
        {"max_locations": 100, "sms_allowance": "2000"},
    ),
]


@pytest.mark.parametrize(("line", "path", "form", "body"), OPTIMUM_WRITES)
def test_trap_25_optimum_writes(
    documented: RunningSandbox, http: httpx.Client, line: str, path: str, form: str, body: dict[str, Any]
) -> None:
    """Trap 25: JSON as L9 has it; `curl -d` sends a form, which only the option takes."""
    url = f"{documented.optimum_url}{path}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert http.post(url, content=form, headers=headers, auth=("t", "")).status_code == 400, line
    assert http.post(url, json=body, auth=("t", "")).status_code == 200, line
    documented.options.update({"allow_forms": True})
    assert http.post(url, content=form, headers=headers, auth=("t", "")).status_code == 200, line


def test_trap_26_a_plus_in_a_form_is_a_space(documented: RunningSandbox, http: httpx.Client) -> None:
    """Trap 26: the number of L202, sent as `curl -d` sends it, loses its plus sign."""
    documented.options.update({"allow_forms": True})
    form = "mobile_number=+1813555555&country_code=US&location=xS4rtY"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = http.post(f"{documented.optimum_url}/subscribers/", content=form, headers=headers, auth=("t", ""))
    assert (answer.status_code, answer.json()["param"]) == (400, "mobile_number")


@pytest.mark.parametrize(
    ("line", "path"), [("L286", "/subscribers/gd7TdO"), ("L502", "/locations/gd7TdO"), ("L985", "/accounts/gd7TdO")]
)
def test_optimum_deletes(documented: RunningSandbox, http: httpx.Client, line: str, path: str) -> None:
    """optimum.txt: a delete answers the id (trap 55: a 200 with a body)."""
    answer = http.delete(f"{documented.optimum_url}{path}", auth=("t", ""))
    assert (answer.status_code, answer.json()) == (200, {"id": "gd7TdO", "deleted": True}), line
