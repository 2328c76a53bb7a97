"""Optimum's subscribers, call by call: exact verb, path and body, every documented answer (optimum.txt L110-L350)."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest
import respx

from reconciler.errors import UNREADABLE, WRITE_NOT_FOUND, ReconcilerError, Uncertain
from reconciler.model import JSON, Impact, Observed, Sealed
from reconciler.providers.base import Provider, Sought, Upserting
from tests.http.test_optimum_wire import READ_HEADERS, WRITE_HEADERS
from tests.http.vendors import body, headers, sent, vendor

BASE = "https://optimumfeedback.com/api/v1"
SUBSCRIBERS, FEEDBACK = f"{BASE}/subscribers", f"{BASE}/feedback"
KIND = "optimum/Subscriber"
JANE: dict[str, JSON] = {
    "id": "gd7TdO",
    "created": 1544659200,
    "email": "subscriber@optimumfeedback.com",
    "mobile_number": "+1813555555",
    "fname": "Jane",
    "sname": "Doe",
    "last_sms": 1544686176,
    "last_email": None,
    "country_code": "US",
    "invalid": False,
    "opt_out": False,
    "locations": ["xd3S6", "iF56sC"],
}
JANE_FIELDS = {key: value for key, value in JANE.items() if key not in ("id", "created")}
OBSERVED = Observed(KIND, "optimum", "gd7TdO", JANE_FIELDS)
# optimum.txt L341: the example's page is 1 although none was asked for.
LISTED = [
    JANE,
    {
        **JANE,
        "id": "gse4Ry",
        "email": "subscriber2@optimumfeedback.com",
        "mobile_number": None,
        "locations": ["iF56sC"],
    },
    {**JANE, "id": "dfar5V", "email": "subscriber3@optimumfeedback.com", "mobile_number": "+447810123456"},
]


def page(*objects: Mapping[str, JSON], total: int | None = None) -> httpx.Response:
    """A page as the document shows it."""
    count = len(objects) if total is None else total
    return httpx.Response(
        200, json={"page": 1, "total_count": count, "total_returned": len(objects), "data": list(objects)}
    )


def filtering(request: httpx.Request) -> httpx.Response:
    """The list with its filters by email and mobile number."""
    asked = request.url.params
    found = [o for o in LISTED if all(o[name] == asked[name] for name in ("email", "mobile_number") if name in asked)]
    start, limit = int(asked["page"]) * int(asked["limit"]), int(asked["limit"])
    return page(*found[start : start + limit], total=len(found))


@respx.mock
def test_a_create_sends_one_location() -> None:
    """L186-L214: the location is an argument of its own, and a number too short for E.164 goes as it is (trap 26)."""
    route = respx.post(SUBSCRIBERS).mock(httpx.Response(200, json={**JANE, "locations": ["xS4rtY"]}))
    fields = {"mobile_number": "+1813555555", "email": "subscriber@optimumfeedback.com", "country_code": "US"}
    with vendor("optimum") as optimum:
        written = optimum.create(KIND, {**fields, "locations": ["xS4rtY"]})
    assert body(sent(route)) == {**fields, "location": "xS4rtY"}
    assert headers(sent(route)) == WRITE_HEADERS
    assert (written.id, written.fields) == ("gd7TdO", {**JANE_FIELDS, "locations": ["xS4rtY"]})


@respx.mock
def test_one_is_read_by_its_id() -> None:
    """L218-L231: a GET of the plural (traps 31, 62), every field but created; a 404 is nobody."""
    route = respx.get(f"{SUBSCRIBERS}/gd7TdO").mock(httpx.Response(200, json=JANE))
    respx.get(f"{SUBSCRIBERS}/nobody").mock(httpx.Response(404, json={"type": "invalid_request_error"}))
    with vendor("optimum") as optimum:
        assert optimum.read(KIND, "gd7TdO") == OBSERVED
        assert optimum.read(KIND, "nobody") is None
    assert headers(sent(route)) == READ_HEADERS


# (wanted fields, the body that is sent, why)
UPDATES = [
    ({"opt_out": True, "fname": "Ciro"}, {"opt_out": True, "fname": "Ciro"}, "the example of the document"),
    ({"sname": None}, {"sname": None}, "a null clears"),
    (
        {"locations": ["iF56sC", "xS4rtY"]},
        {"location_add": ["xS4rtY"], "location_remove": ["xd3S6"]},
        "the difference, both ways in one request",
    ),
    ({"locations": ["xd3S6", "iF56sC", "new"]}, {"location_add": ["new"]}, "nothing to remove is not said"),
    ({"locations": ["xd3S6"], "fname": "J"}, {"fname": "J", "location_remove": ["iF56sC"]}, "with other fields"),
]


@pytest.mark.parametrize(("wanted", "expected", "reason"), UPDATES, ids=[reason for *_, reason in UPDATES])
@respx.mock
def test_an_update_sends_what_differs(wanted: dict[str, JSON], expected: dict[str, JSON], reason: str) -> None:
    """L235-L272: fields as they are, locations as what to add and what to remove (trap 41)."""
    respx.get(f"{SUBSCRIBERS}/gd7TdO").mock(httpx.Response(200, json=JANE))
    route = respx.post(f"{SUBSCRIBERS}/gd7TdO").mock(httpx.Response(200, json=JANE))
    with vendor("optimum") as optimum:
        assert optimum.update(KIND, "gd7TdO", wanted).id == "gd7TdO"
    assert body(sent(route)) == expected, reason


@respx.mock
def test_locations_that_are_so_already_need_no_write() -> None:
    """Somebody else did it between the look and the write."""
    respx.get(f"{SUBSCRIBERS}/gd7TdO").mock(httpx.Response(200, json=JANE))
    with vendor("optimum") as optimum:
        written = optimum.update(KIND, "gd7TdO", {"locations": ["iF56sC", "xd3S6"]})
        assert (written.id, optimum.calls().write) == ("gd7TdO", 0)


@respx.mock
def test_an_update_of_nobody_is_a_definite_refusal() -> None:
    """Gone between the look and the write: nothing was changed, and that is certain."""
    respx.get(f"{SUBSCRIBERS}/gone").mock(httpx.Response(404, json={}))
    respx.post(f"{SUBSCRIBERS}/gone").mock(httpx.Response(404, json={"type": "invalid_request_error"}))
    with vendor("optimum") as optimum, pytest.raises(ReconcilerError) as caught:
        optimum.update(KIND, "gone", {"locations": ["a"]})
    assert caught.value.code == WRITE_NOT_FOUND
    assert not isinstance(caught.value, Uncertain)


@respx.mock
def test_a_delete_is_answered_with_the_id() -> None:
    """L276-L290."""
    route = respx.delete(f"{SUBSCRIBERS}/gd7TdO").mock(httpx.Response(200, json={"id": "gd7TdO", "deleted": True}))
    with vendor("optimum") as optimum:
        assert optimum.delete(KIND, "gd7TdO").id == "gd7TdO"
    assert headers(sent(route)) == READ_HEADERS


@respx.mock
def test_impact_and_evidence_are_the_feedback_of_this_subscriber() -> None:
    """L793: the list of feedback filters by subscriber; campaigns cannot be counted."""
    item = {"id": "f1", "created": 1, "type": "nps", "nps-score": 9, "subscriber": "gd7TdO", "location": "xd3S6"}
    route = respx.get(FEEDBACK).mock(page(item))
    with vendor("optimum") as optimum:
        assert optimum.impact(KIND, OBSERVED) == Impact({"feedback": 1}, ("campaigns",))
        assert optimum.evidence(KIND, OBSERVED) == {"feedback": [item]}
    assert dict(sent(route).url.params) == {"subscriber": "gd7TdO", "limit": "1"}
    assert dict(sent(route, 1).url.params) == {
        "limit": "100",
        "page": "0",
        "subscriber": "gd7TdO",
        "sort_by": "created-asc",
    }


@respx.mock
def test_feedback_of_somebody_else_is_not_counted() -> None:
    """A filter that is not obeyed would call everybody's feedback this subscriber's."""
    respx.get(FEEDBACK).mock(page({"id": "f1", "subscriber": "other"}))
    with vendor("optimum") as optimum:
        assert "does not obey its filter by subscriber" in str(optimum.impact(KIND, OBSERVED).failed)


def asked(route: respx.Route) -> list[dict[str, str]]:
    """The queries of a list, without what every one has."""
    queries = [dict(call.request.url.params) for call in route.calls]
    return [{key: query[key] for key in query if key not in ("limit", "page", "sort_by")} for query in queries]


def seek(optimum: Provider, *ids: str, fields: tuple[Mapping[str, JSON], ...] = ()) -> list[str]:
    """The ids that a listing for these gives."""
    optimum.seek(KIND, Sought(fields, frozenset(ids)))
    listing = optimum.list(KIND)
    assert not listing.complete
    return [item.id for item in listing.objects]


@respx.mock
def test_few_are_read_by_id_and_searched_by_contact() -> None:
    """What is recorded is read; what is only declared is searched by both contacts, in the declared spelling and in
    small letters; a contact that a read object has is not searched again."""
    route = respx.get(SUBSCRIBERS).mock(side_effect=filtering)
    one = respx.get(f"{SUBSCRIBERS}/gd7TdO").mock(httpx.Response(200, json=JANE))
    new = {"email": "Subscriber3@optimumfeedback.com", "mobile_number": "+4400"}
    with vendor("optimum") as optimum:
        assert seek(optimum, "gd7TdO", fields=(JANE_FIELDS, new)) == ["gd7TdO", "dfar5V"]
    assert one.call_count == 1
    assert asked(route) == [
        {"email": "Subscriber3@optimumfeedback.com"},
        {"email": "subscriber3@optimumfeedback.com"},
        {"mobile_number": "+4400"},
    ]


@respx.mock
def test_a_contact_that_two_manifests_declare_is_searched_although_one_was_read() -> None:
    """The same person may be two subscribers at two locations; the second must not be overlooked."""
    route = respx.get(SUBSCRIBERS).mock(side_effect=filtering)
    respx.get(f"{SUBSCRIBERS}/gd7TdO").mock(httpx.Response(200, json=JANE))
    only = {"email": JANE["email"]}
    with vendor("optimum") as optimum:
        assert seek(optimum, "gd7TdO", fields=(only, only)) == ["gd7TdO"]
    assert asked(route) == [{"email": JANE["email"]}]


@respx.mock
def test_many_are_listed_where_the_list_takes_fewer_requests() -> None:
    """Three pages are less than a thousand reads; what was not sought is not shown all the same."""
    many = [{**JANE, "id": f"s{n}", "email": f"p{n}@example.org", "mobile_number": None} for n in range(250)]

    def paging(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["page"]) * 100
        return page(*many[start : start + 100], total=250)

    route = respx.get(SUBSCRIBERS).mock(side_effect=paging)
    with vendor("optimum") as optimum:
        found = seek(optimum, *(f"s{n}" for n in range(150)), fields=({"email": "P200@example.org"},))
    assert sorted(found) == sorted([*(f"s{n}" for n in range(150)), "s200"])
    assert route.call_count == 3


@respx.mock
def test_few_of_very_many_are_not_listed() -> None:
    """One request tells that the list is long: then it is left alone (trap 44: it has no filter by location)."""
    route = respx.get(SUBSCRIBERS).mock(page(*LISTED, total=900))
    for n in range(5):
        respx.get(f"{SUBSCRIBERS}/s{n}").mock(httpx.Response(200, json={**JANE, "id": f"s{n}"}))
    with vendor("optimum") as optimum:
        assert seek(optimum, *(f"s{n}" for n in range(5))) == [f"s{n}" for n in range(5)]
    assert route.call_count == 1


@respx.mock
def test_a_filter_that_is_not_obeyed_is_not_used_again() -> None:
    """Then the whole list is read, once, instead of once for every search."""
    route = respx.get(SUBSCRIBERS).mock(side_effect=lambda request: page(*LISTED))
    with vendor("optimum") as optimum:
        wanted = ({"email": "subscriber3@optimumfeedback.com"},)
        assert seek(optimum, fields=wanted) == ["dfar5V"]
        assert seek(optimum, fields=wanted) == ["dfar5V"]
    assert asked(route) == [{"email": "subscriber3@optimumfeedback.com"}, {}]


@respx.mock
def test_what_is_only_known_sealed_is_looked_for_among_all() -> None:
    """An open write whose manifest is gone: its contact cannot be searched, so everybody is shown to who can tell."""
    respx.get(SUBSCRIBERS).mock(page(*LISTED))
    with vendor("optimum") as optimum:
        assert seek(optimum, fields=({"email": Sealed("key", "digest")},)) == ["gd7TdO", "gse4Ry", "dfar5V"]


@respx.mock
def test_alike_asks_for_both_contacts_right_away() -> None:
    """Before an upsert: whoever has the email or the number, wherever they belong, and nobody else (trap 43)."""
    route = respx.get(SUBSCRIBERS).mock(side_effect=filtering)
    with vendor("optimum") as optimum:
        assert isinstance(optimum, Upserting)
        wanted = {"email": "subscriber2@optimumfeedback.com", "mobile_number": "+447810123456", "locations": ["x"]}
        assert {item.id for item in optimum.alike(KIND, wanted)} == {"gse4Ry", "dfar5V"}
        assert optimum.alike("optimum/Location", {"name": "x"}) == ()
    assert sorted(map(str, asked(route))) == sorted(
        map(str, [{"email": "subscriber2@optimumfeedback.com"}, {"mobile_number": "+447810123456"}])
    )


# (what is wrong with an object, what is told)
UNFIT = [
    ({"locations": None}, "locations"),
    ({"locations": [None]}, "id"),
    ({"email": ["a"]}, "email"),
]


@pytest.mark.parametrize(("wrong", "told"), UNFIT, ids=[str(wrong) for wrong, _ in UNFIT])
@respx.mock
def test_an_unreadable_subscriber_is_no_subscriber(wrong: dict[str, JSON], told: str) -> None:
    """Half an object is never compared: it is said what is missing."""
    respx.get(f"{SUBSCRIBERS}/gd7TdO").mock(httpx.Response(200, json={**JANE, **wrong}))
    with vendor("optimum") as optimum, pytest.raises(ReconcilerError, match=told) as caught:
        optimum.read(KIND, "gd7TdO")
    assert caught.value.code == UNREADABLE
