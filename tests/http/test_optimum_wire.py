"""Optimum's locations and accounts, call by call: exact verb, path, headers and body, and every documented answer."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date

import httpx
import pytest
import respx

from reconciler.errors import (
    CREDENTIALS_REFUSED,
    LISTING_INCOMPLETE,
    READ_REFUSED,
    UNREADABLE,
    WRITE_INVALID,
    WRITE_NOT_FOUND,
    WRITE_UNPAID,
    ReconcilerError,
    Uncertain,
)
from reconciler.model import JSON, Calls, Impact, Observed
from reconciler.model.figures import Window
from tests.http.vendors import TOKEN, body, headers, sent, vendor

BASE = "https://optimumfeedback.com/api/v1"
LOCATIONS, ACCOUNTS = f"{BASE}/locations", f"{BASE}/accounts"
READ_HEADERS = {
    "accept": "application/json",
    "user-agent": "reconciler/0.1.0",
    "authorization": "Basic " + base64.b64encode(f"{TOKEN}:".encode()).decode(),
}
WRITE_HEADERS = {**READ_HEADERS, "content-type": "application/json"}

APPLE: dict[str, JSON] = {
    "id": "gd7TdO",
    "created": 1544659200,
    "name": "Apple Park",
    "address_line_1": "The Spaceship, 1 Apple Park Way",
    "address_line_2": "Cupertino",
    "address_line_3": "CA",
    "postal_code": "90210",
    "country_code": "US",
}
APPLE_FIELDS = {key: value for key, value in APPLE.items() if key not in ("id", "created")}
SAVASTANO: dict[str, JSON] = {
    "id": "gd7TdO",
    "created": 1544659200,
    "name": "Savastano and Son",
    "active": True,
    "max_locations": 10,
    "max_users": 3,
    "max_campaigns": 1,
    "sms_allowance": 100,
    "active_locations": 5,
    "active_users": 1,
}
SAVASTANO_FIELDS = {key: value for key, value in SAVASTANO.items() if key not in ("id", "created")}
# optimum.txt, List all Locations: page 1 although none was asked for.
LISTED = {
    "page": 1,
    "total_count": 3,
    "total_returned": 3,
    "data": [
        {**APPLE, "id": "gse4Ry", "name": "Acme Inc", "address_line_2": None},
        APPLE,
        {**APPLE, "id": "dfar5V", "name": "B613 UK Branch", "country_code": "GB"},
    ],
}
OPTIMUM_LOCATION = Observed("optimum/Location", "optimum", "gd7TdO", APPLE_FIELDS)
OPTIMUM_ACCOUNT = Observed("optimum/Account", "optimum", "gd7TdO", SAVASTANO_FIELDS)

Rule = Callable[[httpx.QueryParams], httpx.Response | None]


def refusing(param: str, words: str, when: Callable[[httpx.QueryParams], bool]) -> Rule:
    def rule(asked: httpx.QueryParams) -> httpx.Response | None:
        error = {"type": "invalid_request_error", "message": words, "param": param}
        return httpx.Response(400, json={"error": error} if param else error) if when(asked) else None

    return rule


def serve(
    count: int, *, url: str = LOCATIONS, most: int = 100, base: int = 0, rules: tuple[Rule, ...] = ()
) -> respx.Route:
    """A list of ``count`` objects; ``base`` 1 counts pages from 1 and takes page 0 for page 1."""
    items = [{**APPLE, "id": f"L{number:04}", "active": number % 3 > 0} for number in range(count)]

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        refused = next((found for rule in rules if (found := rule(asked)) is not None), None)
        if refused is not None:
            return refused
        chosen = [item for item in items if "active" not in asked or (asked["active"] == "true") is item["active"]]
        size, page = min(int(asked["limit"]), most), max(int(asked["page"]) - base, 0)
        data = chosen[page * size : (page + 1) * size]
        return httpx.Response(
            200, json={"page": page, "total_count": len(chosen), "total_returned": len(data), "data": data}
        )

    return respx.get(url).mock(side_effect=answer)


def listed(kind: str = "optimum/Location", times: int = 1) -> list[str]:
    with vendor("optimum") as optimum:
        for _ in range(times):
            ids = [item.id for item in optimum.list(kind).objects]
    return ids


def every(count: int) -> list[str]:
    return [f"L{number:04}" for number in range(count)]


@respx.mock
def test_list_sends_and_reads_the_documented_example() -> None:
    """Parameters in the query, oldest first, from page 0; "page":1 in the answer means nothing (traps 27, 28, 30)."""
    route = respx.get(LOCATIONS).respond(json=LISTED)
    with vendor("optimum") as optimum:
        listing = optimum.list("optimum/Location")
        assert optimum.calls() == Calls(read=1, write=0)
    assert headers(sent(route)) == READ_HEADERS
    assert sent(route).content == b""
    assert sent(route).url.raw_path == b"/api/v1/locations?limit=100&page=0&sort_by=created-asc"
    assert [item.id for item in listing.objects] == ["gse4Ry", "gd7TdO", "dfar5V"]
    assert listing.objects[1] == OPTIMUM_LOCATION


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2), (1234, 13)])
@respx.mock
def test_all_pages_are_read_and_no_other(count: int, requests: int) -> None:
    """As many requests as pages, every object once, whatever the document means by a maximum page (trap 29)."""
    route = serve(count)
    assert listed() == every(count)
    assert route.call_count == requests


@pytest.mark.parametrize(("most", "requests"), [(10, 25), (30, 9), (99, 3)])
@respx.mock
def test_a_server_that_gives_less_than_asked_is_read_to_the_end(most: int, requests: int) -> None:
    """The first page tells the real size (trap 29)."""
    route = serve(250, most=most)
    assert listed() == every(250)
    assert route.call_count == requests


@respx.mock
def test_a_server_that_counts_from_one_is_noticed_and_remembered() -> None:
    """Page 1 repeats page 0: one page more the first time, none the second (trap 28)."""
    route = serve(250, base=1)
    assert listed(times=2) == every(250)
    assert route.call_count == 4 + 3
    assert [call.request.url.params["page"] for call in route.calls][-3:][0] == "1"


@respx.mock
def test_an_empty_page_0_before_a_full_page_1_is_a_count_from_one() -> None:
    """Another way to count from one."""

    def empty(asked: httpx.QueryParams) -> httpx.Response | None:
        body = {"page": 0, "total_count": 250, "total_returned": 0, "data": []}
        return httpx.Response(200, json=body) if asked["page"] == "0" else None

    route = serve(250, base=1, rules=(empty,))
    assert listed() == every(250)
    assert route.call_count == 4


@pytest.mark.parametrize(
    ("rules", "base", "first", "reason"),
    [
        ((refusing("page", "page must be positive", lambda q: q["page"] == "0"),), 1, 1, "page 0 refused"),
        ((refusing("sort_by", "unknown field", lambda q: "sort_by" in q),), 0, 1, "sort_by refused"),
        (
            (
                refusing("sort_by", "unknown field", lambda q: "sort_by" in q),
                refusing("page", "no", lambda q: q["page"] == "0"),
            ),
            1,
            2,
            "both refused, one after the other",
        ),
        ((refusing("", "bad request", lambda q: "sort_by" in q),), 0, 1, "nothing is blamed: sort_by goes first"),
        ((refusing("", "bad request", lambda q: q["page"] == "0"),), 1, 2, "nothing is blamed, and it was the page"),
    ],
)
@respx.mock
def test_a_refused_parameter_teaches_how_to_ask(rules: tuple[Rule, ...], base: int, first: int, reason: str) -> None:
    """What the server does not take is left out, and remembered for the next listing."""
    route = serve(250, base=base, rules=rules)
    assert listed() == every(250), reason
    assert route.call_count == 3 + first
    with vendor("optimum") as optimum:
        optimum.list("optimum/Location")
        before = route.call_count
        optimum.list("optimum/Location")
    assert route.call_count == before + 3


NEEDS = refusing("name", "name is required", lambda q: "name" not in q and "active" not in q)
NEEDS_ACTIVE = refusing("active", "active is required", lambda q: "active" not in q)


@pytest.mark.parametrize("rule", [NEEDS, NEEDS_ACTIVE])
@respx.mock
def test_an_account_list_that_wants_a_filter_is_read_in_two_halves(rule: Rule) -> None:
    """active=true and active=false together are everything (traps 35, 50)."""
    route = serve(250, url=ACCOUNTS, rules=(rule,))
    assert sorted(listed("optimum/Account")) == every(250)
    assert route.call_count == 1 + 2 + 1
    assert [call.request.url.params.get("active") for call in route.calls][:2] == [None, "true"]


@respx.mock
def test_an_account_list_that_insists_on_a_name_cannot_be_listed() -> None:
    """Nobody can name what he does not know: an error, not an empty list (trap 35)."""
    serve(3, url=ACCOUNTS, rules=(refusing("name", "name is required", lambda q: "name" not in q),))
    with pytest.raises(ReconcilerError) as caught:
        listed("optimum/Account")
    assert caught.value.code == READ_REFUSED
    assert "name is required" in caught.value.message


@respx.mock
def test_locations_are_never_asked_by_active() -> None:
    """The filter belongs to accounts alone."""
    serve(3, rules=(refusing("active", "active is required", lambda q: True),))
    with pytest.raises(ReconcilerError) as caught:
        listed()
    assert caught.value.code == READ_REFUSED


@pytest.mark.parametrize(
    ("total", "data", "reason"),
    [
        (5, [APPLE], "more counted than shown"),
        (0, [APPLE], "fewer counted than shown"),
        (2, [APPLE, APPLE], "one object twice"),
        (10**9, [APPLE], "pages beyond belief"),
        (5, [], "counted, and nothing shown"),
    ],
)
@respx.mock
def test_pages_that_do_not_add_up_are_no_listing(total: int, data: list[JSON], reason: str) -> None:
    """Read three times, then given up; nothing is concluded (trap 28)."""
    respx.get(LOCATIONS).respond(json={"page": 0, "total_count": total, "total_returned": len(data), "data": data})
    with pytest.raises(ReconcilerError) as caught:
        listed()
    assert (caught.value.code, caught.value.exit_code) == (LISTING_INCOMPLETE, 5), reason


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda items: items.append({**APPLE, "id": "new"}), [*every(250), "new"]),
        (lambda items: items.pop(0), every(250)[1:]),
    ],
    ids=["created", "deleted"],
)
@respx.mock
def test_a_change_during_the_listing_neither_hides_nor_keeps_an_object(
    change: Callable[[list[dict[str, JSON]]], None], expected: list[str]
) -> None:
    """The count changes between two pages, so the whole is read again; the last count alone would fit by chance."""
    items = [{**APPLE, "id": id} for id in every(250)]
    requests = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal requests
        requests += 1
        if requests == 2:
            change(items)
        page = int(request.url.params["page"])
        data = items[page * 100 : page * 100 + 100]
        return httpx.Response(200, json={"page": 0, "total_count": len(items), "total_returned": 0, "data": data})

    respx.get(LOCATIONS).mock(side_effect=answer)
    with vendor("optimum", concurrency=1) as optimum:
        assert [item.id for item in optimum.list("optimum/Location").objects] == expected
    assert requests == 6


@respx.mock
def test_a_list_that_settles_is_read_again() -> None:
    """A delete between two pages shifts them; the second reading adds up."""
    readings = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal readings
        first = request.url.params["page"] == "0"
        readings += first
        data = [APPLE] if first else []
        total = 2 if readings == 1 else 1
        return httpx.Response(200, json={"page": 0, "total_count": total, "total_returned": len(data), "data": data})

    respx.get(LOCATIONS).mock(side_effect=answer)
    assert listed() == ["gd7TdO"]
    assert readings == 2


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ([APPLE], "not an object"),
        ({"data": [], "total_returned": 0}, "'total_count'"),
        ({"total_count": 0}, "'data'"),
        ({"total_count": "many", "data": []}, "'total_count'"),
        ({"total_count": 1, "data": [{"name": "x"}]}, "'id'"),
        ({"total_count": 1, "data": [{"id": "x"}]}, "'name'"),
        ({"total_count": 1, "data": {"id": "x"}}, "not a list"),
        ({"res": False, "msg": "invalid token"}, "invalid token"),
    ],
)
@respx.mock
def test_a_list_of_another_shape_is_unreadable(answer: JSON, named: str) -> None:
    """What is missing is named; an error inside a success is an error."""
    respx.get(LOCATIONS).respond(json=answer)
    with pytest.raises(ReconcilerError) as caught:
        listed()
    assert caught.value.code == UNREADABLE
    assert named in caught.value.message


@respx.mock
def test_optional_keys_may_be_missing_and_unknown_ones_there() -> None:
    """Missing is null, unknown is let pass (trap 48), counts may be text."""
    data = [{"id": "x", "name": "n", "colour": "red"}]
    respx.get(LOCATIONS).respond(json={"total_count": "1", "data": data})
    with vendor("optimum") as optimum:
        (only,) = optimum.list("optimum/Location").objects
    assert only.fields == {**dict.fromkeys(APPLE_FIELDS), "name": "n"}


@pytest.mark.parametrize(
    ("kind", "url", "shown", "observed"),
    [
        ("optimum/Location", LOCATIONS, APPLE, OPTIMUM_LOCATION),
        ("optimum/Account", ACCOUNTS, SAVASTANO, OPTIMUM_ACCOUNT),
    ],
)
@respx.mock
def test_retrieve_sends_and_reads_the_documented_example(
    kind: str, url: str, shown: dict[str, JSON], observed: Observed
) -> None:
    """GET /x/{id} (trap 62), one flat object (trap 59); 404 is the only absence."""
    route = respx.get(f"{url}/gd7TdO").respond(json=shown)
    respx.get(f"{url}/gone").respond(404, json={"error": {"type": "invalid_request_error"}})
    with vendor("optimum") as optimum:
        assert optimum.read(kind, "gd7TdO") == observed
        assert optimum.read(kind, "gone") is None
    assert headers(sent(route)) == READ_HEADERS


CREATED_ACCOUNT = {
    **SAVASTANO,
    **dict.fromkeys(("max_locations", "max_users", "max_campaigns", "sms_allowance")),
    "active_locations": 0,
    "active_users": 0,
}


@pytest.mark.parametrize(
    ("kind", "url", "fields", "answer"),
    [
        ("optimum/Location", LOCATIONS, APPLE_FIELDS, APPLE),
        ("optimum/Account", ACCOUNTS, {"name": "Savastano and Son", "active": True, "verb": "use"}, CREATED_ACCOUNT),
    ],
)
@respx.mock
def test_create_sends_and_reads_the_documented_example(
    kind: str, url: str, fields: dict[str, JSON], answer: dict[str, JSON]
) -> None:
    """POST of JSON with exactly the fields given (traps 32, 50); verb is sent and never shown (trap 37)."""
    route = respx.post(url).respond(json=answer)
    with vendor("optimum") as optimum:
        written = optimum.create(kind, fields)
        assert optimum.calls() == Calls(read=0, write=1)
    assert headers(sent(route)) == WRITE_HEADERS
    assert body(sent(route)) == fields
    assert written.id == "gd7TdO"
    assert written.fields == {key: value for key, value in answer.items() if key not in ("id", "created")}


@respx.mock
def test_update_location_sends_and_reads_the_documented_example() -> None:
    """POST, not PUT, to the object (trap 54)."""
    route = respx.post(f"{LOCATIONS}/gd7TdO").respond(json={**APPLE, "name": "The HyperRing"})
    with vendor("optimum") as optimum:
        written = optimum.update("optimum/Location", "gd7TdO", {"name": "The HyperRing"})
    assert headers(sent(route)) == WRITE_HEADERS
    assert body(sent(route)) == {"name": "The HyperRing"}
    assert written.fields["name"] == "The HyperRing"


@respx.mock
def test_update_account_keeps_the_vendors_spelling() -> None:
    """L971: sms_allowance comes back as text (trap 33); null is sent as null (trap 34)."""
    answer = {**CREATED_ACCOUNT, "max_locations": 100, "sms_allowance": "2000"}
    route = respx.post(f"{ACCOUNTS}/gd7TdO").respond(json=answer)
    with vendor("optimum") as optimum:
        written = optimum.update("optimum/Account", "gd7TdO", {"max_locations": 100, "max_users": None})
    assert body(sent(route)) == {"max_locations": 100, "max_users": None}
    assert written.fields["sms_allowance"] == "2000"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200),
        httpx.Response(204),
        httpx.Response(200, text="<!doctype html>"),
        httpx.Response(200, json={"res": False, "msg": "no"}),
        httpx.Response(200, json={"name": "x"}),
        httpx.Response(503),
    ],
)
@pytest.mark.parametrize("operation", ["create", "update"])
@respx.mock
def test_a_write_without_the_documented_answer_is_uncertain(operation: str, answer: httpx.Response) -> None:
    """Nobody knows; a create is sent once, an update, though a POST too (trap 54), as long as it is allowed."""
    respx.post(url__startswith=LOCATIONS).mock(return_value=answer)
    with vendor("optimum") as optimum, pytest.raises(Uncertain):
        if operation == "create":
            optimum.create("optimum/Location", APPLE_FIELDS)
        else:
            optimum.update("optimum/Location", "gd7TdO", {"name": "x"})


@respx.mock
def test_an_update_answered_with_another_object_is_uncertain() -> None:
    """An id that is not the one asked for proves nothing."""
    respx.post(f"{LOCATIONS}/gd7TdO").respond(json={**APPLE, "id": "other"})
    with vendor("optimum") as optimum, pytest.raises(Uncertain):
        optimum.update("optimum/Location", "gd7TdO", {"name": "x"})


@pytest.mark.parametrize(
    ("status", "error", "code", "words"),
    [
        (
            400,
            {"type": "invalid_request_error", "message": "No such country", "param": "country_code"},
            WRITE_INVALID,
            "No such country [country_code]",
        ),
        (400, {"error": {"type": "invalid_request_error", "param": "name"}}, WRITE_INVALID, "[name]"),
        (401, {"error": {"type": "authentication_error"}}, CREDENTIALS_REFUSED, "authentication_error"),
        (402, {"type": "api_error", "message": "Limit reached"}, WRITE_UNPAID, "Limit reached"),
        (404, {"type": "invalid_request_error"}, WRITE_NOT_FOUND, "404"),
    ],
)
@respx.mock
def test_a_refused_write_tells_the_vendors_words(status: int, error: JSON, code: str, words: str) -> None:
    """The envelope is at the top or under error (trap 58); the refusal is definite, a 402 too (trap 56)."""
    respx.post(f"{LOCATIONS}/gd7TdO").respond(status, json=error)
    with vendor("optimum") as optimum, pytest.raises(ReconcilerError) as caught:
        optimum.update("optimum/Location", "gd7TdO", {"country_code": "XX"})
    assert caught.value.code == code
    assert words in caught.value.message
    assert not isinstance(caught.value, Uncertain)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"id": "gd7TdO", "deleted": True}),
        httpx.Response(200),
        httpx.Response(201, json={"id": "gd7TdO", "deleted": True}),
        httpx.Response(204),
        httpx.Response(404, json={"type": "invalid_request_error"}),
    ],
)
@pytest.mark.parametrize(("kind", "url"), [("optimum/Location", LOCATIONS), ("optimum/Account", ACCOUNTS)])
@respx.mock
def test_delete_sends_and_reads_the_documented_example(kind: str, url: str, answer: httpx.Response) -> None:
    """DELETE without a body; the documented answer, an empty one (trap 55), and not found are all done."""
    route = respx.delete(f"{url}/gd7TdO").mock(return_value=answer)
    with vendor("optimum") as optimum:
        assert optimum.delete(kind, "gd7TdO").id == "gd7TdO"
    assert headers(sent(route)) == READ_HEADERS
    assert sent(route).content == b""


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"id": "gd7TdO", "deleted": False}),
        httpx.Response(200, json={"error": {"message": "no"}}),
        httpx.Response(200, json={"res": False}),
        httpx.Response(200, text="<html>"),
        httpx.Response(500),
    ],
)
@respx.mock
def test_a_delete_that_does_not_say_done_is_uncertain(answer: httpx.Response) -> None:
    """It is read again by who asked."""
    respx.delete(f"{LOCATIONS}/gd7TdO").mock(return_value=answer)
    with vendor("optimum") as optimum, pytest.raises(Uncertain):
        optimum.delete("optimum/Location", "gd7TdO")


def counting(total: int, location: str = "gd7TdO") -> dict[str, JSON]:
    data = [{"id": "r", "location": location}] if total else []
    return {"page": 0, "total_count": total, "total_returned": len(data), "data": data}


@respx.mock
def test_impact_of_a_location_counts_reviews_and_feedback() -> None:
    """Two requests with limit=1, read for their totals; campaigns are not readable, and that is told (trap 60c)."""
    reviews = respx.get(f"{BASE}/reviews").respond(json=counting(12))
    feedback = respx.get(f"{BASE}/feedback").respond(json=counting(0))
    with vendor("optimum") as optimum:
        impact = optimum.impact("optimum/Location", OPTIMUM_LOCATION)
    assert sent(reviews).url.raw_path == b"/api/v1/reviews?location=gd7TdO&limit=1"
    assert sent(feedback).url.raw_path == b"/api/v1/feedback?location=gd7TdO&limit=1"
    assert impact == Impact({"reviews": 12, "feedback": 0}, ("campaigns",))


@pytest.mark.parametrize(
    "answer", [httpx.Response(500), httpx.Response(200, json=[]), httpx.Response(200, json=counting(9, "other"))]
)
@respx.mock
def test_an_impact_that_cannot_be_counted_says_so(answer: httpx.Response) -> None:
    """A broken answer, or a filter that was not obeyed, is never zero."""
    respx.get(f"{BASE}/reviews").mock(return_value=answer)
    respx.get(f"{BASE}/feedback").respond(json=counting(0))
    with vendor("optimum") as optimum:
        impact = optimum.impact("optimum/Location", OPTIMUM_LOCATION)
    assert impact.failed
    assert impact.loses_data


@pytest.mark.parametrize(
    ("answer", "counts", "failed"),
    [
        (
            httpx.Response(200, json={**SAVASTANO, "active_users": "2"}),
            {"active_locations": 5, "active_users": 2},
            False,
        ),
        (httpx.Response(404), {"active_locations": 0, "active_users": 0}, False),
        (httpx.Response(200, json={**SAVASTANO, "active_users": None}), {}, True),
        (httpx.Response(500), {}, True),
    ],
)
@respx.mock
def test_impact_of_an_account_is_read_afresh(answer: httpx.Response, counts: dict[str, int], failed: bool) -> None:
    """Not from the listing, which may be old; one that is gone destroys nothing."""
    respx.get(f"{ACCOUNTS}/gd7TdO").mock(return_value=answer)
    with vendor("optimum") as optimum:
        impact = optimum.impact("optimum/Account", OPTIMUM_ACCOUNT)
    assert (dict(impact.counts), bool(impact.failed), impact.unknowable) == (counts, failed, ("campaigns",))


def belonging(total: int, location: str = "gd7TdO") -> Callable[[httpx.Request], httpx.Response]:
    """A list of so many objects of a location, which obeys limit and page."""

    def answer(request: httpx.Request) -> httpx.Response:
        page, limit = (int(request.url.params[name]) for name in ("page", "limit"))
        items = [{"id": f"r{n}", "location": location, "extra": n} for n in range(total)]
        shown = items[page * limit : (page + 1) * limit]
        return httpx.Response(
            200, json={"page": page, "total_count": total, "total_returned": len(shown), "data": shown}
        )

    return answer


@respx.mock
def test_evidence_is_every_review_and_all_feedback() -> None:
    """Page by page, filtered by the location, oldest first, as the vendor shows them."""
    reviews = respx.get(f"{BASE}/reviews").mock(side_effect=belonging(203))
    feedback = respx.get(f"{BASE}/feedback").mock(side_effect=belonging(0))
    with vendor("optimum") as optimum:
        evidence = optimum.evidence("optimum/Location", OPTIMUM_LOCATION)
    assert evidence == {
        "reviews": [{"id": f"r{n}", "location": "gd7TdO", "extra": n} for n in range(203)],
        "feedback": [],
    }
    assert (reviews.call_count, feedback.call_count) == (3, 1)
    assert dict(sent(reviews).url.params) == {
        "limit": "100",
        "page": "0",
        "location": "gd7TdO",
        "sort_by": "created-asc",
    }


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(403),
        httpx.Response(200, json=counting(9, "other")),
        httpx.Response(200, json=counting(9)),
        httpx.Response(200, json={"total_count": 1, "data": [{"location": "gd7TdO"}]}),
    ],
    ids=["broken", "forbidden", "another's", "not all", "no id"],
)
@respx.mock
def test_evidence_that_is_not_complete_is_an_error(answer: httpx.Response) -> None:
    """Half of it is none."""
    respx.get(f"{BASE}/reviews").mock(side_effect=belonging(3))
    respx.get(f"{BASE}/feedback").mock(return_value=answer)
    with vendor("optimum") as optimum, pytest.raises(ReconcilerError):
        optimum.evidence("optimum/Location", OPTIMUM_LOCATION)


@respx.mock
def test_an_account_shows_no_more_than_its_fields() -> None:
    """Nothing is asked."""
    with vendor("optimum") as optimum:
        assert optimum.evidence("optimum/Account", OPTIMUM_ACCOUNT) == {}


@respx.mock
def test_figures_read_both_spellings_of_a_score_and_ratings_as_numbers() -> None:
    """A hyphen as in L730 or an underscore as in L683 (trap 47); a rating is 5 as well as 4.5 (trap 52)."""
    made: dict[str, JSON] = {"created": 1705000000, "location": "gd7TdO"}
    reviews: list[JSON] = [
        {**made, "id": f"r{number}", "rating": rating} for number, rating in enumerate((5, 4.5, "4"))
    ]
    scores: tuple[tuple[str, JSON], ...] = (("nps-score", 10), ("nps_score", 9), ("nps_score", 2))
    feedback: list[JSON] = [
        {**made, "id": f"f{number}", "type": "nps", key: score, "campaign_step_type": "sms"}
        for number, (key, score) in enumerate(scores)
    ]
    for name, data in (("reviews", reviews), ("feedback", feedback)):
        respx.get(f"{BASE}/{name}").respond(json={"page": 0, "total_count": 3, "total_returned": 3, "data": data})
    with vendor("optimum") as optimum:
        shown = optimum.figures((), Window(date(2024, 1, 1), date(2024, 1, 31))).whole.shown()
    assert (shown["reviews"], shown["rating"], shown["scored"], shown["nps"]) == (3, 4.5, 3, 33)
