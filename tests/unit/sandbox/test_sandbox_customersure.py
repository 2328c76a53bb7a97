"""CustomerSure's stand-in against customersure.txt: every documented rule and every refusal."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

SITE = {"site_code": "leeds", "name": "Acme Leeds", "city": "Leeds", "region": "West Yorkshire", "country_code": "GB"}
HQ = {
    "site_code": "hq",
    "name": "Head Office",
    "city": "Ghent",
    "region": "East Flanders",
    "country_code": "BE",
}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in names}


FRONT_DOOR = [
    ({"User-Agent": ""}, 403, "Missing or invalid User Agent string", "L24: a User-Agent is demanded"),
    ({"User-Agent": "python-httpx/0.28.1"}, 403, "Missing or invalid User Agent string", "a library is no company"),
    ({"User-Agent": "python-requests/2"}, 403, "Missing or invalid User Agent string", "nor is another library"),
    ({"User-Agent": "curl/8.1"}, 403, "Missing or invalid User Agent string", "nor curl"),
    ({"User-Agent": "Python-urllib/3.11"}, 403, "Missing or invalid User Agent string", "nor urllib"),
    ({"Authorization": ""}, 401, "HTTP Token: Access denied.", "no token"),
    ({"Authorization": 'Token token="fake"'}, 401, "HTTP Token: Access denied.", "a wrong token (L71)"),
    ({"Authorization": "Bearer sandbox-customersure-token"}, 401, "HTTP Token: Access denied.", "a wrong scheme"),
    ({"Accept": "*/*"}, 406, "The Accept header must be", "L9: the version must be explicit"),
    ({"Accept": "application/json"}, 406, "The Accept header must be", "plain JSON has no version"),
    ({"Accept": "application/vnd.customersure.v2+json"}, 406, "The Accept header must be", "a version to come"),
]


@pytest.mark.parametrize(("headers", "status", "message", "reason"), FRONT_DOOR)
def test_front_door(
    customersure: httpx.Client, headers: dict[str, str], status: int, message: str, reason: str
) -> None:
    """Who asks, with what token and in what version is checked on every request."""
    answer = customersure.get("/sites", headers=headers)
    assert answer.status_code == status, reason
    assert answer.json()["message"].startswith(message), reason
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Token realm="Application"'


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Token token=sandbox-customersure-token"},
        {"Authorization": 'Token token="sandbox-customersure-token"'},
        {"Accept": "application/vnd.customersure.v1+json;"},
        {"Accept": "application/vnd.customersure.v1+json; charset=utf-8"},
    ],
)
def test_documented_spellings(customersure: httpx.Client, headers: dict[str, str]) -> None:
    """The token with quotes (L43) or not (L69), the media type with a semicolon (L42) or not (L12; traps 63, 64)."""
    assert customersure.get("/sites", headers=headers).status_code == 200


def test_company_must_be_the_accounts(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """Where the account's company is known, the User-Agent must be it."""
    sandbox.store.settings["customersure"]["company"] = "Waffle House"
    assert customersure.get("/sites").status_code == 403
    assert customersure.get("/sites", headers={"User-Agent": "Waffle House"}).status_code == 200


PATHS = [
    ("GET", "/sites/nowhere", 404, "an unknown site"),
    ("GET", "/sites/HQ", 404, "codes are matched exactly (trap 87b)"),
    ("DELETE", "/sites/hq", 404, "sites are never deleted (trap 73)"),
    ("PUT", "/sites/hq", 404, "there is no PUT endpoint (trap 87e)"),
    ("POST", "/sites/hq", 404, "an update is a PATCH"),
    ("GET", "/site", 404, "no such resource"),
    ("GET", "/feedback_requests/1", 404, "an unknown request"),
    ("DELETE", "/feedback_requests/1", 404, "a delete is promised (L181) and not documented"),
    ("POST", "/feedback_responses", 404, "responses are read only (L513)"),
    ("GET", "/feedback_responses/1", 404, "an unknown response"),
    ("GET", "/sites?state=open", 403, "an unpermitted parameter (L150)"),
    ("GET", "/feedback_requests?state=pending", 403, "the parameter is states[] (L454)"),
    ("GET", "/sites/hq?fields=name", 403, "a read takes no parameters"),
    ("GET", "/sites?page=0", 422, "pages count from 1"),
    ("GET", "/sites?per_page=many", 422, "a size is a number"),
    ("GET", "/feedback_requests?states[]=open", 422, "an unknown state"),
    ("GET", "/nps?from_time=yesterday", 422, "a time is ISO 8601"),
]


@pytest.mark.parametrize(("method", "path", "status", "reason"), PATHS)
def test_paths(customersure: httpx.Client, method: str, path: str, status: int, reason: str) -> None:
    """What is not documented is not there, and parameters are permitted by name."""
    content = "{}" if method in ("POST", "PUT") else None
    answer = customersure.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, reason
    assert "message" in answer.json()


BODIES = [
    (b"{}", "text/plain", 415, "L38: JSON with its content type"),
    (b"site_code=x&name=y", "application/x-www-form-urlencoded", 415, "no forms"),
    (b'{"site_code":', "application/json", 400, "L146: malformed JSON"),
    (b"", "application/json", 400, "no body is no JSON"),
    (b"[]", "application/json", 400, "a body is an object"),
]


@pytest.mark.parametrize(("content", "kind", "status", "reason"), BODIES)
def test_bodies(customersure: httpx.Client, content: bytes, kind: str, status: int, reason: str) -> None:
    """A write has a JSON body."""
    answer = customersure.post("/sites", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, reason


def test_site_round_trip(customersure: httpx.Client) -> None:
    """Create answers 201 and the site, which can be read, listed and changed."""
    answer = customersure.post("/sites", json=SITE)
    assert (answer.status_code, answer.json()) == (201, SITE)
    assert customersure.get("/sites/leeds").json() == SITE
    changed = customersure.patch("/sites/leeds", json={"name": "Acme Headrow"})
    assert (changed.status_code, changed.json()) == (200, SITE | {"name": "Acme Headrow"})
    assert SITE | {"name": "Acme Headrow"} in customersure.get("/sites").json()


def test_blank_fields_are_null(customersure: httpx.Client) -> None:
    """L18: blank fields are null, never left out; an empty text is blank (trap 76)."""
    customersure.post("/sites", json={"site_code": "x", "name": "X", "city": ""})
    expected = {"site_code": "x", "name": "X", "city": None, "region": None, "country_code": None}
    assert customersure.get("/sites/x").json() == expected


def test_country_of_the_documents_example(customersure: httpx.Client) -> None:
    """L839 sends UK, which no standard lists: any two letters do (trap 72)."""
    assert customersure.post("/sites", json=SITE | {"country_code": "UK"}).status_code == 201


SITE_PROBLEMS = [
    (without(SITE, "site_code"), [("site_code", "required")], "L811"),
    (without(SITE, "name"), [("name", "required")], "L813"),
    ({}, [("site_code", "required"), ("name", "required")], "all problems at once (L86)"),
    (SITE | {"name": None}, [("name", "required")], "null is blank"),
    (SITE | {"name": ""}, [("name", "required")], "empty is blank"),
    (SITE | {"site_code": 7}, [("site_code", "invalid_format")], "a code is text"),
    (SITE | {"city": ["Leeds"]}, [("city", "invalid_format")], "a city is text"),
    (SITE | {"country_code": "GBR"}, [("country_code", "wrong_length")], "two letters (L802)"),
    (SITE | {"country_code": "G1"}, [("country_code", "invalid_format")], "letters"),
    (without(SITE, "region"), [("region", "required")], "L818: a country needs a region (trap 71)"),
    (SITE | {"site_code": "hq"}, [("site_code", "custom")], "the code is unique (trap 75)"),
]


@pytest.mark.parametrize(("body", "expected", "reason"), SITE_PROBLEMS)
def test_site_create_problems(
    customersure: httpx.Client, body: dict[str, Any], expected: list[tuple[str, str]], reason: str
) -> None:
    """A site that breaks a rule is a 422 with an entry per problem, in the documented shape."""
    answer = customersure.post("/sites", json=body)
    assert answer.status_code == 422, reason
    content = answer.json()
    assert content["message"] == "Validation error"
    assert [(entry["field"], entry["error"]) for entry in content["errors"]] == expected, reason
    assert all(set(entry) == {"resource", "field", "error", "extra_info"} for entry in content["errors"])
    assert {entry["resource"] for entry in content["errors"]} == {"/sites/"}
    assert customersure.get("/sites").headers["X-Total-Count"] == "2"


PATCH_CASES = [
    ({"site_code": "head"}, 200, "the code can change (L888)"),
    ({"site_code": "hq"}, 200, "to itself too"),
    ({"site_code": "ghent-korenmarkt"}, 422, "not to another site's"),
    ({"site_code": None}, 422, "not to nothing"),
    ({"country_code": "FR"}, 422, "L895: with a country comes the region, in the same request"),
    ({"country_code": "FR", "region": "Nord"}, 200, "both"),
    ({"country_code": None}, 200, "no country needs no region"),
    ({"region": None}, 422, "a region cannot go while the country stays"),
    ({"region": None, "country_code": None}, 200, "both can go"),
    ({"region": "Flanders"}, 200, "a region alone"),
    ({}, 200, "nothing changes nothing"),
    ({"postcode": "9000"}, 403, "an unpermitted parameter (L150)"),
    ({"name": ""}, 422, "a name cannot be blank"),
]


@pytest.mark.parametrize(("body", "status", "reason"), PATCH_CASES)
def test_site_patch(customersure: httpx.Client, body: dict[str, Any], status: int, reason: str) -> None:
    """What may change does, what may not is refused and leaves the site alone."""
    answer = customersure.patch("/sites/hq", json=body)
    assert answer.status_code == status, reason
    if status == 200:
        assert answer.json() == HQ | body, reason
        assert customersure.get(f"/sites/{body.get('site_code', 'hq')}").json() == HQ | body
    else:
        assert customersure.get("/sites/hq").json() == HQ
    if status == 422:
        assert answer.json()["errors"][0]["resource"] == "/sites/hq"


def test_codes_with_special_characters(customersure: httpx.Client) -> None:
    """A code with a slash and a space is reached by its percent-encoded path."""
    customersure.post("/sites", json={"site_code": "a/b c", "name": "Odd"})
    assert customersure.get("/sites/a%2Fb%20c").json()["name"] == "Odd"


def test_renamed_site_is_gone_under_its_old_code(customersure: httpx.Client) -> None:
    """After a rename the URL is another."""
    customersure.patch("/sites/hq", json={"site_code": "head"})
    assert customersure.get("/sites/hq").status_code == 404


def _fill(sandbox: RunningSandbox, number: int) -> None:
    for index in range(number):
        sandbox.store.insert(
            "customersure", "sites", {"site_code": f"s{index:03}", "name": f"Shop {number - index:03}"}
        )


def test_pages(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """30 a page by default, in the order of names, with links and totals (L671-L674)."""
    _fill(sandbox, 63)
    names, url = [], "/sites"
    for _ in range(3):
        answer = customersure.get(url)
        names += [site["name"] for site in answer.json()]
        assert (answer.headers["X-Total-Count"], answer.headers["X-Total-Pages"]) == ("65", "3")
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    assert url == "" and len(names) == 65
    assert names == sorted(names)


def test_links_keep_the_query(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """Links are whole addresses with the size that was asked."""
    _fill(sandbox, 63)
    links = customersure.get("/sites?per_page=20&page=2").links
    base = f"{sandbox.customersure_url}/sites"
    assert {name: link["url"] for name, link in links.items()} == {
        "first": f"{base}?page=1&per_page=20",
        "prev": f"{base}?page=1&per_page=20",
        "next": f"{base}?page=3&per_page=20",
        "last": f"{base}?page=4&per_page=20",
    }


PAGES = [
    ("/sites", 2, {"first", "last"}, "one page has no neighbours (L947)"),
    ("/sites?page=2", 0, {"first", "prev", "last"}, "beyond the end there is nothing"),
    ("/sites?per_page=100", 2, {"first", "last"}, "100 is the most"),
    ("/feedback_requests", 0, {"first", "last"}, "an empty collection is one empty page"),
]


@pytest.mark.parametrize(("path", "length", "links", "reason"), PAGES)
def test_single_pages(customersure: httpx.Client, path: str, length: int, links: set[str], reason: str) -> None:
    """The edges of paging."""
    answer = customersure.get(path)
    assert (len(answer.json()), set(answer.links)) == (length, links), reason


def test_page_size_is_cut_to_the_maximum(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """More than 100 a page is given as 100 (L932)."""
    _fill(sandbox, 120)
    assert len(customersure.get("/sites?per_page=500").json()) == 100
