"""Faults, lag, wrong totals, pace and console of the two vendors of records: Buenno and B2S."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

SURVEY = "102a525c-0ce3-4182-a504-aad595425233"
PERIOD: dict[str, Any] = {
    "is_enps": "false",
    "date_start": "2020-01-01",
    "date_end": "2030-01-01",
    "limit": 50,
    "offset": 0,
}
DAYS = {"from": "2020-12-17T00:00:00Z", "to": "2020-12-19T00:00:00Z"}
ANSWER = {"nps": 5, "created_at": "2024-06-01 10:00:00", "search_id": SURVEY, "response_channel": "Web"}


def invite(buenno: httpx.Client) -> httpx.Response:
    return buenno.post("/invitations", data={"email": "ann@example.com"})


def total(b2s: httpx.Client) -> int:
    return int(b2s.get("/api/answers", params=PERIOD).json()["total"])


def test_addresses(sandbox: RunningSandbox) -> None:
    """The running server tells where the two are."""
    assert sandbox.buenno_url == f"{sandbox.url}/buenno/api/v01"
    assert sandbox.b2s_url == f"{sandbox.url}/b2s"


@pytest.mark.parametrize("fault", ["drop_after", {"status": 503, "processed": True}, {"delay": 0.3, "processed": True}])
def test_an_unknown_outcome_leaves_the_record(
    sandbox: RunningSandbox, buenno: httpx.Client, b2s: httpx.Client, fault: Any
) -> None:
    """The connection breaks, errs or drags on after the work: the record exists, and a second try makes another."""
    sandbox.faults.replace([{"match": {"method": "POST"}, "when": {"count": None}, "fault": fault}])
    for client, path, body in (
        (buenno, "/invitations", {"data": {"email": "ann@example.com"}}),
        (b2s, "/api/answers", {"json": ANSWER}),
    ):
        for _ in range(2):
            with suppress(httpx.TransportError):
                assert client.post(path, **body, timeout=0.1).status_code == 503
    assert len(sandbox.store.objects("buenno", "invitations")) == 3
    assert len(sandbox.store.objects("b2s", "answers")) == 6


def test_lag(sandbox: RunningSandbox, buenno: httpx.Client, b2s: httpx.Client) -> None:
    """What was just created is missing from the next listing, and from its total."""
    sandbox.faults.replace([{"match": {"method": "POST"}, "when": {"count": 2}, "fault": "stale_list"}])
    invite(buenno)
    b2s.post("/api/answers", json=ANSWER)
    assert [len(buenno.get("/invitations").json()["invitations"]) for _ in range(2)] == [1, 2]
    assert [total(b2s) for _ in range(2)] == [2, 3]


def test_wrong_totals(sandbox: RunningSandbox, buenno: httpx.Client, b2s: httpx.Client) -> None:
    """A total that does not add up keeps its type."""
    sandbox.faults.replace([{"fault": {"wrong_total": 5}, "when": {"count": None}}])
    assert buenno.get("/replies", params=DAYS).json()["total"] == "6"
    assert total(b2s) == 7


def test_a_page_shifts(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """An answer that comes in between two pages pushes a row onto the second page again."""
    for number in range(3):
        values = {"created_at": f"2024-05-0{number + 1}T00:00:00Z", "nps": number, "search": {"id": SURVEY}}
        sandbox.store.insert("b2s", "answers", values)
    newest = {"created_at": "2024-06-01T00:00:00Z", "nps": 8, "search": {"id": SURVEY}}
    sandbox.faults.replace([{"fault": {"shift_page": "insert", "object": newest}}])
    pages = [b2s.get("/api/answers", params=PERIOD | {"limit": 2, "offset": offset}).json() for offset in (0, 2)]
    assert [[item["nps"] for item in body["data"]] for body in pages] == [[2, 1], [1, 0]]


@pytest.mark.parametrize(("vendor", "word"), [("buenno", "error_message"), ("b2s", "message")])
def test_rate_limits(sandbox: RunningSandbox, buenno: httpx.Client, b2s: httpx.Client, vendor: str, word: str) -> None:
    """Beyond the burst each answers 429 in its own words."""
    client, path = (buenno, "/token-info") if vendor == "buenno" else (b2s, "/api/searches")
    sandbox.options.update({"rate_limit": {vendor: {"requests_per_second": 0.01, "burst": 1, "retry_after": 3}}})
    answers = [client.get(path) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert (answers[1].headers["Retry-After"], list(answers[1].json())) == ("3", [word])


def test_the_console(control: httpx.Client, buenno: httpx.Client, b2s: httpx.Client) -> None:
    """Somebody renames a form, moves a survey, adds and removes: the reads follow."""
    control.patch("/objects/buenno/forms/1", json={"name": "Renamed", "company_name": "Other Oy"})
    control.post("/objects/buenno/forms", json={"name": "New", "company_name": "Waffle House Oy"})
    control.delete("/objects/buenno/forms/2")
    forms = buenno.get("/token-info").json()["api_token"]["forms"]
    assert [(form["id"], form["name"]) for form in forms] == [(1, "Renamed"), (3, "New")]
    company = control.post("/objects/b2s/companies", json={"name": "Waffle House Portugal"}).json()["id"]
    control.patch(f"/objects/b2s/searches/{SURVEY}", json={"company_id": company})
    added = control.post("/objects/b2s/searches", json={"name": "Delivery", "company_id": company}).json()
    assert [search["company_id"] for search in b2s.get("/api/searches").json()][:2] == [company, company]
    assert b2s.post("/api/answers", json=ANSWER | {"search_id": added["id"]}).json()["company_id"] == company


def test_a_store_can_be_taken_out_and_put_back(control: httpx.Client, buenno: httpx.Client, b2s: httpx.Client) -> None:
    """What GET /store gives, PUT /store takes; ids go on where they were, and are the same in every run."""
    assert invite(buenno).json()["invitation"]["id"] == 2
    first = b2s.post("/api/answers", json=ANSWER).json()["id"]
    dump = control.get("/store").json()
    control.put("/store", json="empty")
    assert buenno.get("/token-info").json()["api_token"]["forms"] == b2s.get("/api/searches").json() == []
    control.put("/store", json=dump)
    assert control.get("/store").json() == dump
    assert invite(buenno).json()["invitation"]["id"] == 3
    assert b2s.post("/api/answers", json=ANSWER).json()["id"] != first
