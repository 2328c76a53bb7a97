"""CustomerSure's sites, call by call: exact verb, path, headers and body, and every documented answer."""

from __future__ import annotations

import httpx
import pytest
import respx

from reconciler.errors import (
    CREDENTIALS_FORBIDDEN,
    CREDENTIALS_MISSING,
    CREDENTIALS_REFUSED,
    LISTING_INCOMPLETE,
    UNREADABLE,
    USER_AGENT_REFUSED,
    WRITE_FORBIDDEN,
    WRITE_INVALID,
    WRITE_NOT_FOUND,
    WRITE_REFUSED,
    ReconcilerError,
    Uncertain,
)
from reconciler.model import JSON, Calls, Connection, Impact, Observed, Secret
from reconciler.providers import connect
from reconciler.providers.customersure import listing
from tests.http.vendors import CUSTOMERSURE, TOKEN, body, headers, sent, vendor
from tests.unit.http.scripted import Told

READ_HEADERS = {
    "accept": "application/vnd.customersure.v1+json",
    "user-agent": "Acme Ltd",
    "authorization": f'Token token="{TOKEN}"',
}
WRITE_HEADERS = {**READ_HEADERS, "content-type": "application/json"}
# customersure.txt, Create a site.
HQ = {
    "site_code": "hq",
    "name": "Head Office",
    "city": "Newcastle",
    "region": "Tyne and Wear",
    "country_code": "UK",
}
SITES = f"{CUSTOMERSURE}/sites"


def site(number: int) -> dict[str, JSON]:
    return {
        "site_code": f"s{number:03}",
        "name": f"Shop {number:03}",
        "city": None,
        "region": None,
        "country_code": None,
    }


def pages_of(sites: list[dict[str, JSON]], size: int = 100, **extra: str) -> respx.Route:
    """A listing that obeys ``page`` and tells both totals."""

    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        told = {"X-Total-Pages": str(-(-len(sites) // size)), "X-Total-Count": str(len(sites)), **extra}
        told = {name: value for name, value in told.items() if value != "-"}
        return httpx.Response(200, json=sites[(page - 1) * size : page * size], headers=told)

    return respx.get(SITES).mock(side_effect=answer)


def listed(watch: Told | None = None) -> list[str]:
    with vendor("customersure", watch=watch) as provider:
        return [item.id for item in provider.list("customersure/Site").objects]


def incomplete() -> str:
    with pytest.raises(ReconcilerError) as caught:
        listed()
    assert (caught.value.code, caught.value.exit_code) == (LISTING_INCOMPLETE, 5)
    return caught.value.message


@respx.mock
def test_list_sends_and_reads_the_documented_example() -> None:
    """One page, headers as documented: Accept without a semicolon, the token in quotes (traps 63, 64)."""
    link = f'<{SITES}?page=1>; rel="first", <{SITES}?page=1>; rel="last"'
    route = respx.get(SITES).respond(json=[HQ], headers={"Link": link, "X-Total-Pages": "1", "X-Total-Count": "1"})
    with vendor("customersure") as provider:
        listing = provider.list("customersure/Site")
        assert provider.calls() == Calls(read=1, write=0)
    assert headers(sent(route)) == READ_HEADERS
    assert sent(route).url.raw_path == b"/sites?page=1&per_page=100"
    assert listing.objects == (Observed("customersure/Site", "customersure", "hq", HQ),)


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (100, 1), (101, 2), (1050, 11)])
@respx.mock
def test_all_pages_are_read_and_no_other(count: int, requests: int) -> None:
    """As many requests as pages, every site once."""
    route = pages_of([site(number) for number in range(count)])
    assert listed() == [f"s{number:03}" for number in range(count)]
    assert route.call_count == requests


@respx.mock
def test_the_count_alone_tells_the_pages() -> None:
    """Without X-Total-Pages, and with a server that gives fewer a page than asked."""
    route = pages_of([site(number) for number in range(70)], size=30, **{"X-Total-Pages": "-"})
    assert len(listed()) == 70
    assert route.call_count == 3


@respx.mock
def test_links_are_followed_where_no_total_is_told() -> None:
    """rel="next" until there is none, relative or absolute."""
    first = respx.get(SITES, params={"page": "1", "per_page": "100"}).respond(
        json=[site(1)], headers={"Link": f'<{SITES}?cursor=b>; rel="next"'}
    )
    second = respx.get(SITES, params={"cursor": "b"}).respond(
        json=[site(2)], headers={"Link": "</sites?cursor=c>; rel=next"}
    )
    third = respx.get(SITES, params={"cursor": "c"}).respond(json=[site(3)], headers={"Link": '</sites>; rel="first"'})
    told = Told()
    assert listed(told) == ["s001", "s002", "s003"]
    assert told.read == [("customersure", "customersure/Site", "pages", page, None) for page in (2, 3)]
    assert (first.call_count, second.call_count, third.call_count) == (1, 1, 1)
    assert headers(sent(third)) == READ_HEADERS


@respx.mock
def test_a_link_to_itself_is_no_listing() -> None:
    """The same page again and again never ends, so it is an error."""
    respx.get(SITES).respond(json=[site(1)], headers={"Link": f'<{SITES}?page=1&per_page=100>; rel="next"'})
    assert "repeats" in incomplete() or "links back" in incomplete()


@respx.mock
def test_a_link_to_another_origin_is_not_followed() -> None:
    """The token stays at home."""
    elsewhere = respx.get("https://evil.example/sites").respond(json=[])
    respx.get(SITES).respond(json=[site(1)], headers={"Link": '<https://evil.example/sites>; rel="next"'})
    assert "another origin" in incomplete()
    assert elsewhere.call_count == 0


ENDLESS = [
    (100, True, "full pages and links"),
    (1, True, "small pages and links"),
    (0, True, "empty pages and links"),
    (100, False, "full pages and neither total nor link"),
]


@pytest.mark.parametrize(("size", "linked", "reason"), ENDLESS, ids=[case[2] for case in ENDLESS])
@respx.mock
def test_pages_without_end_are_no_listing(
    monkeypatch: pytest.MonkeyPatch, size: int, linked: bool, reason: str
) -> None:
    """Each page leads to a new one, so only a bound ends it; the bound of the test is a smaller one."""
    monkeypatch.setattr(listing, "MOST_PAGES", 5)

    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        following = {"Link": f'<{SITES}?page={number + 1}>; rel="next"'} if linked else {}
        return httpx.Response(200, json=[site(number * size + one) for one in range(size)], headers=following)

    route = respx.get(SITES).mock(side_effect=page)
    incomplete()
    assert route.call_count <= 3 * 5, reason


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"X-Total-Count": "3", "X-Total-Pages": "1"}, "more counted than shown"),
        ({"X-Total-Count": "1", "X-Total-Pages": "1"}, "fewer counted than shown"),
        ({"X-Total-Pages": "1", "Link": f'<{SITES}?page=2>; rel="next"'}, "another page after the last"),
        ({"X-Total-Count": "900", "X-Total-Pages": "3"}, "the same page for every number"),
        ({"X-Total-Pages": "999999999"}, "pages beyond belief"),
    ],
)
@respx.mock
def test_pages_that_do_not_add_up_are_no_listing(told: dict[str, str], reason: str) -> None:
    """Read again twice, then given up."""
    route = respx.get(SITES).respond(json=[site(1), site(2)], headers=told)
    incomplete()
    assert route.call_count >= 3, reason


@respx.mock
def test_a_rename_during_the_listing_is_read_again() -> None:
    """Sites are sorted by name, so a rename can hide one; the count tells (trap 78)."""
    full = [site(number) for number in range(150)]
    answers = [full[:100], full[101:], full[:100], full[100:]]
    route = respx.get(SITES).mock(
        side_effect=[
            httpx.Response(200, json=page, headers={"X-Total-Count": "150", "X-Total-Pages": "2"}) for page in answers
        ]
    )
    assert len(listed()) == 150
    assert route.call_count == 4


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (29, 1), (30, 2), (100, 2), (130, 2), (200, 3)])
@respx.mock
def test_without_totals_and_links_a_full_page_is_not_trusted(count: int, requests: int) -> None:
    """The next page is asked for until one is not full."""
    route = pages_of([site(number) for number in range(count)], **{"X-Total-Pages": "-", "X-Total-Count": "-"})
    assert len(listed()) == count
    assert route.call_count == requests


@respx.mock
def test_a_server_that_ignores_the_page_is_no_listing() -> None:
    """The same full page for every number, and no total: nobody knows what is missing."""
    respx.get(SITES).respond(json=[site(number) for number in range(100)])
    assert "repeats" in incomplete()


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ({"sites": []}, "not a list"),
        ([{"name": "x"}], "'site_code'"),
        ([{"site_code": "x"}], "'name'"),
        ([None], "null"),
    ],
)
@respx.mock
def test_a_list_of_another_shape_is_unreadable(answer: JSON, named: str) -> None:
    """What is missing is named."""
    respx.get(SITES).respond(json=answer)
    with pytest.raises(ReconcilerError) as caught:
        listed()
    assert caught.value.code == UNREADABLE
    assert named in caught.value.message


@respx.mock
def test_read_sends_and_reads_the_documented_example() -> None:
    """GET /sites/hq."""
    route = respx.get(f"{SITES}/hq").respond(json=HQ)
    with vendor("customersure") as provider:
        assert provider.read("customersure/Site", "hq") == Observed("customersure/Site", "customersure", "hq", HQ)
    assert headers(sent(route)) == READ_HEADERS


@pytest.mark.parametrize(
    ("code", "path"), [("a/b", b"/sites/a%2Fb"), ("..", b"/sites/%2E%2E"), ("north east", b"/sites/north%20east")]
)
@respx.mock
def test_a_site_code_is_one_segment_of_the_path(code: str, path: bytes) -> None:
    """Whatever characters it has (trap 74)."""
    route = respx.route(method="GET").respond(404)
    with vendor("customersure") as provider:
        assert provider.read("customersure/Site", code) is None
    assert sent(route).url.raw_path == path


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (401, "Unauthorized", CREDENTIALS_REFUSED),
        (403, "Missing or invalid User Agent string", USER_AGENT_REFUSED),
        (403, "Unpermitted parameter: x", CREDENTIALS_FORBIDDEN),
    ],
)
@respx.mock
def test_only_404_means_absent(status: int, message: str, code: str) -> None:
    """A refused token or User-Agent says nothing about the site; a 403 is told apart by its words (traps 66, 87c)."""
    respx.get(f"{SITES}/hq").respond(status, json={"message": message})
    with vendor("customersure") as provider, pytest.raises(ReconcilerError) as caught:
        provider.read("customersure/Site", "hq")
    assert (caught.value.code, caught.value.exit_code) == (code, 4)


@pytest.mark.parametrize("status", [200, 201])
@respx.mock
def test_create_sends_and_reads_the_documented_example(status: int) -> None:
    """POST with the fields given, 201 and the site; "UK" goes out and comes back as it is (trap 72)."""
    route = respx.post(SITES).respond(status, json=HQ)
    with vendor("customersure") as provider:
        written = provider.create("customersure/Site", HQ)
        assert provider.calls() == Calls(read=0, write=1)
    assert headers(sent(route)) == WRITE_HEADERS
    assert body(sent(route)) == HQ
    assert (written.id, dict(written.fields)) == ("hq", HQ)


@pytest.mark.parametrize(
    ("status", "answer", "code", "words"),
    [
        (
            422,
            {
                "message": "Validation error",
                "errors": [{"resource": "/sites/", "field": "site_code", "error": "custom"}],
            },
            WRITE_INVALID,
            "Validation error; site_code: custom",
        ),
        (400, {"message": "Malformed JSON"}, WRITE_INVALID, "Malformed JSON"),
        (403, {"message": "Unpermitted parameter: colour"}, WRITE_FORBIDDEN, "colour"),
    ],
)
@respx.mock
def test_a_refused_create_tells_the_vendors_words(status: int, answer: JSON, code: str, words: str) -> None:
    """Definite: nothing was created; a custom error without extra_info is told as it is (trap 87d)."""
    respx.post(SITES).respond(status, json=answer)
    with vendor("customersure") as provider, pytest.raises(ReconcilerError) as caught:
        provider.create("customersure/Site", HQ)
    assert caught.value.code == code
    assert words in caught.value.message
    assert not isinstance(caught.value, Uncertain)


@pytest.mark.parametrize("status", [301, 307])
@respx.mock
def test_a_redirected_create_stays_a_post_with_its_body(status: int) -> None:
    """L49: any request may be redirected (trap 67)."""
    respx.post(SITES).respond(status, headers={"Location": f"{CUSTOMERSURE}/v1/sites"})
    route = respx.post(f"{CUSTOMERSURE}/v1/sites").respond(201, json=HQ)
    with vendor("customersure") as provider:
        assert provider.create("customersure/Site", HQ).id == "hq"
    assert body(sent(route)) == HQ
    assert headers(sent(route)) == WRITE_HEADERS


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(200), httpx.Response(201, json={}), httpx.Response(201, text="<html>"), httpx.Response(502)],
)
@respx.mock
def test_a_create_without_the_documented_answer_is_uncertain(answer: httpx.Response) -> None:
    """A 2xx that is not the site proves nothing."""
    route = respx.post(SITES).mock(return_value=answer)
    with vendor("customersure", retry_seconds=30.0) as provider, pytest.raises(Uncertain):
        provider.create("customersure/Site", HQ)
    assert route.call_count == 1


@respx.mock
def test_update_sends_and_reads_the_documented_example() -> None:
    """PATCH with the changed fields only: a site_code that stays is not sent (trap 74)."""
    route = respx.patch(f"{SITES}/hq").respond(json={**HQ, "name": "Main Office"})
    with vendor("customersure") as provider:
        written = provider.update("customersure/Site", "hq", {"name": "Main Office"})
    assert headers(sent(route)) == WRITE_HEADERS
    assert body(sent(route)) == {"name": "Main Office"}
    assert (written.id, written.fields["name"]) == ("hq", "Main Office")


@respx.mock
def test_a_null_clears_and_a_new_site_code_renames() -> None:
    """null is sent as null; the answer's site_code is the new id (traps 74, 76)."""
    route = respx.patch(f"{SITES}/hq").respond(json={**HQ, "site_code": "main", "city": None})
    with vendor("customersure") as provider:
        written = provider.update("customersure/Site", "hq", {"site_code": "main", "city": None})
    assert body(sent(route)) == {"site_code": "main", "city": None}
    assert written.id == "main"


@pytest.mark.parametrize(
    ("answers", "code", "uncertain"),
    [([httpx.Response(404)], WRITE_NOT_FOUND, False), ([httpx.Response(200, json={})], None, True)],
)
@respx.mock
def test_an_update_is_refused_or_uncertain(answers: list[httpx.Response], code: str | None, uncertain: bool) -> None:
    """404 is definite, an answer that is no site is not."""
    respx.patch(f"{SITES}/hq").mock(side_effect=answers)
    with vendor("customersure") as provider, pytest.raises(ReconcilerError) as caught:
        provider.update("customersure/Site", "hq", {"name": "x"})
    assert code in (caught.value.code, None)
    assert isinstance(caught.value, Uncertain) is uncertain


@respx.mock
def test_a_site_is_never_deleted() -> None:
    """No endpoint, no request, nothing to archive (trap 73)."""
    with vendor("customersure") as provider:
        assert provider.evidence("customersure/Site", Observed("customersure/Site", "customersure", "hq", HQ)) == {}
        with pytest.raises(ReconcilerError) as caught:
            provider.delete("customersure/Site", "hq")
    assert caught.value.code == WRITE_REFUSED


def test_company_and_token_are_needed() -> None:
    """The vendor rejects a missing User-Agent, so it is never sent without."""
    connection = Connection(name="cs", provider="customersure", base_url=CUSTOMERSURE)
    with pytest.raises(ReconcilerError) as caught:
        connect(connection, Secret("t"), None)
    assert caught.value.code == USER_AGENT_REFUSED
    with pytest.raises(ReconcilerError) as caught:
        connect(connection, None, None)
    assert caught.value.code == CREDENTIALS_MISSING


REQUESTS = f"{CUSTOMERSURE}/feedback_requests"
SHOP = Observed("customersure/Site", "customersure", "newcastle", {**HQ, "site_code": "newcastle"})


def request_of(number: int, *codes: JSON, state: str = "pending") -> dict[str, JSON]:
    """A feedback request as the document shows one, naming sites in its data."""
    data = [{"id": 1, "key": "staff_code", "value": "newcastle"}]
    data += [{"id": 2 + place, "key": "site_code", "value": code} for place, code in enumerate(codes)]
    return {"id": number, "email": "john.smith@example.com", "state": state, "data": data}


@respx.mock
def test_a_new_code_counts_the_pending_requests_that_name_the_old_one() -> None:
    """Every page of the pending ones; the data item's key has to be site_code, its value this very code."""
    items = [request_of(number, "newcastle") for number in range(3)]
    items += [request_of(3), request_of(4, "Newcastle"), request_of(5, "newcastle-2"), request_of(6, None)]
    items += [
        request_of(7, "newcastle", state="sent"),
        request_of(8, "leeds", "newcastle"),
        {**request_of(9), "data": None},
    ]
    items += [request_of(number, "leeds") for number in range(10, 140)]

    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        told = {"X-Total-Pages": "2", "X-Total-Count": str(len(items))}
        return httpx.Response(200, json=items[(page - 1) * 100 : page * 100], headers=told)

    route = respx.get(REQUESTS).mock(side_effect=answer)
    with vendor("customersure") as provider:
        assert provider.impact("customersure/Site", SHOP) == Impact({"pending_feedback_requests": 4})
    assert sent(route).url.raw_path == b"/feedback_requests?page=1&per_page=100&states[]=pending"
    assert headers(sent(route)) == READ_HEADERS
    assert route.call_count == 2


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(403, json={"message": "no"}),
        httpx.Response(404),
        httpx.Response(200, json={}),
        httpx.Response(200, json=[{"id": 1, "state": "pending"}]),
        httpx.Response(200, json=[{"id": 1, "data": []}]),
        httpx.Response(200, json=[request_of(1)], headers={"X-Total-Count": "2", "X-Total-Pages": "1"}),
    ],
    ids=["broken", "forbidden", "absent", "no list", "no data", "no state", "not all"],
)
@respx.mock
def test_pending_requests_that_cannot_be_counted_are_not_zero(answer: httpx.Response) -> None:
    """Told in ``failed``, which counts as a loss."""
    respx.get(REQUESTS).mock(return_value=answer)
    with vendor("customersure") as provider:
        impact = provider.impact("customersure/Site", SHOP)
    assert impact.failed
    assert impact.loses_data
