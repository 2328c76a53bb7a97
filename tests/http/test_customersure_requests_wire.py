"""CustomerSure's feedback requests, call by call: exact verb, path, headers and body, and every documented answer."""

from __future__ import annotations

import httpx
import pytest
import respx

from reconciler import schema
from reconciler.diff import matches
from reconciler.errors import (
    LISTING_INCOMPLETE,
    OUTCOME_UNKNOWN,
    UNREADABLE,
    WRITE_INVALID,
    WRITE_REFUSED,
    ReconcilerError,
    Uncertain,
)
from reconciler.model import JSON, Observed
from reconciler.providers.base import Sought, Written
from tests.http.test_customersure_wire import READ_HEADERS, WRITE_HEADERS
from tests.http.vendors import CUSTOMERSURE, body, headers, sent, vendor

KIND = "customersure/FeedbackRequest"
REQUESTS = f"{CUSTOMERSURE}/feedback_requests"
# customersure.txt L318-L337, the comma of L326 put in, and an id of its own for the item that shares one (trap 80).
CREATED: dict[str, JSON] = {
    "id": 208073,
    "email": "john.smith@example.com",
    "state": "pending",
    "first_name": "John",
    "surname": "Smith",
    "survey_id": 1484,
    "email_template_id": None,
    "reference": "#1041",
    "machine_id": "8736245",
    "send_at": "2014-08-20T17:00:00Z",
    "sent_at": None,
    "created_at": "2014-08-19T16:30:14Z",
    "updated_at": "2014-08-19T16:30:14Z",
    "not_sent_reason": None,
    "delivery_failure": None,
    "data": [
        {"id": 256777, "key": "staff_code", "value": "luke"},
        {"id": 256778, "key": "site_code", "value": "newcastle"},
        {"id": 256779, "key": "category", "value": "api-support"},
        {"id": 256780, "key": "ticket_date", "value": "20th Aug 2014"},
    ],
}
DECLARED: dict[str, JSON] = {
    "email": "john.smith@example.com",
    "send_at": "2014-08-20T18:00:00+0100",
    "survey_id": "1484",
    "first_name": "John",
    "surname": "Smith",
    "reference": "#1041",
    "machine_id": "8736245",
    "site": "newcastle",
    "data": [
        {"key": "staff_code", "value": "luke"},
        {"key": "category", "value": "api-support"},
        {"key": "ticket_date", "value": "20th Aug 2014"},
    ],
}
OBSERVED = {
    **{name: CREATED[name] for name in ("email", "state", "first_name", "surname", "survey_id", "email_template_id")},
    **{name: CREATED[name] for name in ("reference", "machine_id", "send_at", "sent_at")},
    "site": "newcastle",
    "data": [item for item in CREATED["data"] if item["key"] != "site_code"],  # type: ignore[attr-defined]
}


@respx.mock
def test_create_sends_and_reads_the_documented_example() -> None:
    """The site goes among the data; instants and numbers are compared, not their spelling (traps 70, 84)."""
    route = respx.post(REQUESTS).respond(201, json=CREATED)
    with vendor("customersure") as provider:
        written = provider.create(KIND, DECLARED)
    assert headers(sent(route)) == WRITE_HEADERS
    assert body(sent(route)) == {
        "email": "john.smith@example.com",
        "send_at": "2014-08-20T18:00:00+0100",
        "survey_id": "1484",
        "first_name": "John",
        "surname": "Smith",
        "reference": "#1041",
        "machine_id": "8736245",
        "data": [
            {"key": "site_code", "value": "newcastle"},
            {"key": "staff_code", "value": "luke"},
            {"key": "category", "value": "api-support"},
            {"key": "ticket_date", "value": "20th Aug 2014"},
        ],
    }
    assert written == Written("208073", OBSERVED)
    assert matches(schema.load().get(KIND), DECLARED, written.fields)


@respx.mock
def test_nothing_declared_is_nothing_sent() -> None:
    """No data, no site: no list at all."""
    route = respx.post(REQUESTS).respond(201, json=CREATED | {"data": []})
    with vendor("customersure") as provider:
        provider.create(KIND, {"email": "a@example.com", "send_at": "2099-01-01T00:00:00Z", "survey_id": 1})
    assert body(sent(route)) == {"email": "a@example.com", "send_at": "2099-01-01T00:00:00Z", "survey_id": 1}


@respx.mock
def test_a_422_tells_the_fields() -> None:
    """The documented error (L159-L177), the limit that it lets out among it (trap 79); nothing personal is told."""
    errors = [
        {
            "resource": "/feedback_requests/33",
            "field": "machine_id",
            "error": "wrong_length",
            "extra_info": {"maximum": "36"},
        },
        {
            "resource": "/feedback_requests/33",
            "field": "email",
            "error": "custom",
            "extra_info": {"message": "a@b.example bounced"},
        },
    ]
    respx.post(REQUESTS).respond(422, json={"message": "Validation error", "errors": errors})
    with vendor("customersure") as provider, pytest.raises(ReconcilerError) as caught:
        provider.create(KIND, DECLARED)
    assert caught.value.code == WRITE_INVALID and not isinstance(caught.value, Uncertain)
    assert "machine_id: wrong_length (maximum 36)" in caught.value.message
    assert "a@b.example" not in caught.value.message


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.Response(201, json={"ok": True}), httpx.ReadTimeout("late")], ids=str
)
@respx.mock
def test_an_answer_that_is_none_leaves_the_outcome_open(answer: httpx.Response | Exception) -> None:
    """Sent once, whatever came back; nobody knows."""
    route = respx.post(REQUESTS)
    route.mock(side_effect=[answer])
    with vendor("customersure", retry_seconds=5) as provider, pytest.raises(Uncertain) as caught:
        provider.create(KIND, DECLARED)
    assert (caught.value.code, route.call_count) == (OUTCOME_UNKNOWN, 1)


@respx.mock
def test_read_one() -> None:
    """By its id; the vendor's answer may be of another spelling of it (trap 85), and 404 alone is absence."""
    found = respx.get(f"{REQUESTS}/208073").respond(json=CREATED)
    respx.get(f"{REQUESTS}/1").respond(404, json={"message": "Not found"})
    respx.get(f"{REQUESTS}/2").respond(403, json={"message": "Missing or invalid User Agent string"})
    respx.get(f"{REQUESTS}/3").respond(json={"id": 3})
    with vendor("customersure") as provider:
        assert provider.read(KIND, "208073") == Observed(KIND, "customersure", "208073", OBSERVED)
        assert provider.read(KIND, "1") is None
        for id in ("2", "3"):
            with pytest.raises(ReconcilerError):
                provider.read(KIND, id)
    assert headers(sent(found)) == READ_HEADERS


@respx.mock
def test_an_update_of_plain_fields_is_one_repeatable_request() -> None:
    """PATCH with those fields alone; its answer, `data: []` in the document's example (L442, trap 81), is not read."""
    route = respx.patch(f"{REQUESTS}/208073")
    route.mock(side_effect=[httpx.Response(503), httpx.Response(200, json=CREATED | {"data": []})])
    with vendor("customersure", retry_seconds=30) as provider:
        assert provider.update(KIND, "208073", {"email": "kate@example.com"}) == Written("208073")
    assert [body(sent(route, n)) for n in range(2)] == [{"email": "kate@example.com"}] * 2
    assert headers(sent(route)) == WRITE_HEADERS


@respx.mock
def test_data_items_are_changed_by_their_ids() -> None:
    """Looked up right before: what is there gets its id along, what is new is added (L399, trap 82)."""
    respx.get(f"{REQUESTS}/208073").respond(json=CREATED)
    route = respx.patch(f"{REQUESTS}/208073").respond(json=CREATED | {"data": []})
    new = [{"key": "category", "value": "sales"}, {"key": "colour", "value": "red"}]
    with vendor("customersure") as provider:
        provider.update(KIND, "208073", {"site": "leeds", "data": new})
    assert body(sent(route)) == {
        "data": [
            {"id": 256778, "key": "site_code", "value": "leeds"},
            {"id": 256779, "key": "category", "value": "sales"},
            {"key": "colour", "value": "red"},
        ]
    }


@respx.mock
def test_an_added_item_is_sent_once() -> None:
    """Without an id it would be added a second time, so a lost answer leaves the outcome open."""
    respx.get(f"{REQUESTS}/208073").respond(json=CREATED)
    route = respx.patch(f"{REQUESTS}/208073").respond(503)
    with vendor("customersure", retry_seconds=30) as provider, pytest.raises(Uncertain):
        provider.update(KIND, "208073", {"data": [{"key": "colour", "value": "red"}]})
    assert route.call_count == 1


@respx.mock
def test_of_two_items_with_one_key_the_first_is_changed() -> None:
    """The document's own example holds an id twice (trap 80); which one is meant is the first."""
    twice = [{"id": 1, "key": "a", "value": "x"}, {"id": 2, "key": "a", "value": "y"}]
    respx.get(f"{REQUESTS}/7").respond(json=CREATED | {"data": twice})
    route = respx.patch(f"{REQUESTS}/7").respond(json={})
    with vendor("customersure") as provider:
        provider.update(KIND, "7", {"data": [{"key": "a", "value": "z"}]})
    assert body(sent(route)) == {"data": [{"id": 1, "key": "a", "value": "z"}]}


def test_no_delete_is_invented() -> None:
    """L181 promises one and documents none (trap 83): nothing is sent."""
    with vendor("customersure") as provider, pytest.raises(ReconcilerError) as caught:
        provider.delete(KIND, "1")
    assert caught.value.code == WRITE_REFUSED


# --- what is sought -------------------------------------------------------------------------------------------------


def request(number: int, send_at: str) -> dict[str, JSON]:
    """One of many."""
    return {**CREATED, "id": number, "send_at": send_at}


@respx.mock
def test_nothing_sought_is_nothing_asked() -> None:
    """Everybody's requests are no business of a plan."""
    with vendor("customersure") as provider:
        found = provider.list(KIND)
        assert (found.objects, found.complete, provider.calls().read) == ((), False, 0)
        provider.seek(KIND, Sought(({"email": "a@example.com"},)))
        assert provider.list(KIND).objects == ()


@respx.mock
def test_known_ids_are_read_one_by_one() -> None:
    """Each with a request of its own; one that is gone is in no listing."""
    respx.get(f"{REQUESTS}/1").respond(json=request(1, "2099-01-01T00:00:00Z"))
    respx.get(f"{REQUESTS}/2").respond(404)
    with vendor("customersure") as provider:
        provider.seek(KIND, Sought(ids=frozenset({"1", "2"})))
        assert [item.id for item in provider.list(KIND).objects] == ["1"]


def listed(pages: list[list[dict[str, JSON]]], **more: str) -> respx.Route:
    """The list of a survey, a page each, the latest send_at first."""
    total = sum(map(len, pages))

    def answer(asked: httpx.Request) -> httpx.Response:
        told = {"X-Total-Pages": str(len(pages)), "X-Total-Count": str(total), **more}
        return httpx.Response(200, json=pages[int(asked.url.params["page"]) - 1], headers=told)

    return respx.get(REQUESTS).mock(side_effect=answer)


SOUGHT = Sought(({"email": "a@example.com", "survey_id": 1484, "send_at": "2099-06-01T12:00:00+0200"},))


@respx.mock
def test_what_a_create_may_have_made_is_looked_for_from_its_time_on() -> None:
    """The list of its survey (L447, traps 68 and 69), page by page, to the first that is sent earlier."""
    pages = [
        [request(4, "2099-12-01T00:00:00Z"), request(3, "2099-07-01T00:00:00Z")],
        [request(2, "2099-06-01T10:00:00Z"), request(1, "2099-05-01T00:00:00Z")],
        [request(0, "2014-01-01T00:00:00Z")],
    ]
    route = listed(pages)
    with vendor("customersure") as provider:
        provider.seek(KIND, SOUGHT)
        found = provider.list(KIND)
    assert [item.id for item in found.objects] == ["4", "3", "2", "1"]
    assert not found.complete
    assert [sent(route, n).url.query for n in range(route.call_count)] == [
        b"page=1&per_page=100&survey_ids[]=1484",
        b"page=2&per_page=100&survey_ids[]=1484",
    ]


@respx.mock
def test_a_list_in_another_order_is_read_whole() -> None:
    """Its first pages prove nothing then."""
    pages = [
        [request(1, "2014-01-01T00:00:00Z"), request(2, "2099-07-01T00:00:00Z")],
        [request(3, "2099-06-01T10:00:00Z")],
    ]
    listed(pages)
    with vendor("customersure") as provider:
        provider.seek(KIND, SOUGHT)
        assert {item.id for item in provider.list(KIND).objects} == {"1", "2", "3"}


@respx.mock
def test_a_list_that_changes_under_the_reading_is_none() -> None:
    """Counted otherwise on the next page, three times over: nothing is said of what was made."""
    counts = iter(range(100))

    def answer(asked: httpx.Request) -> httpx.Response:
        number = int(asked.url.params["page"])
        told = {"X-Total-Pages": "3", "X-Total-Count": str(next(counts))}
        return httpx.Response(200, json=[request(number, f"2099-0{9 - number}-01T00:00:00Z")], headers=told)

    respx.get(REQUESTS).mock(side_effect=answer)
    with vendor("customersure") as provider:
        provider.seek(KIND, Sought(({"survey_id": "1", "send_at": "2099-01-01T00:00:00Z"},)))
        with pytest.raises(ReconcilerError) as caught:
            provider.list(KIND)
    assert caught.value.code == LISTING_INCOMPLETE


@respx.mock
def test_a_request_of_another_shape_is_unreadable() -> None:
    """What lacks a documented field is no request."""
    listed([[{"id": 1, "state": "pending", "data": []}]])
    with vendor("customersure") as provider:
        provider.seek(KIND, SOUGHT)
        with pytest.raises(ReconcilerError) as caught:
            provider.list(KIND)
    assert caught.value.code == UNREADABLE
