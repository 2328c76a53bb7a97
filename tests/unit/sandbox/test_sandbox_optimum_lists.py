"""Optimum's listings: paging, order and filters of every resource."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox


@pytest.fixture
def stocked(sandbox: RunningSandbox) -> RunningSandbox:
    """A world with a few of everything."""
    insert = sandbox.store.insert
    for name, extra in (
        ("s1", {"email": "a@example.com", "invalid": True}),
        ("s2", {"email": "b@example.com", "opt_out": True, "country_code": "GB"}),
        ("s3", {"mobile_number": "+447810123456", "fname": "Ciro", "sname": "Marzio"}),
    ):
        insert("optimum", "subscribers", {"id": name, "locations": ["xd3S6"], **extra})
    insert("optimum", "accounts", {"id": "dfar5V", "name": "B613", "active": False})
    insert("optimum", "reviews", {"id": "r2", "rating": 4.5, "location": "iF56sC", "platform": "p2"})
    insert("optimum", "reviews", {"id": "r3", "rating": 1, "location": "iF56sC", "platform": "p2"})
    insert("optimum", "feedback", {"id": "f2", "type": "happy", "happy": False, "location": "iF56sC"})
    insert("optimum", "feedback", {"id": "f3", "type": "star-rating", "star-rating": 4, "campaign": "c1"})
    insert("optimum", "feedback", {"id": "f4", "type": "nps", "nps-score": 3, "subscriber": "s1"})
    return sandbox


def _locations(sandbox: RunningSandbox, number: int) -> None:
    for index in range(number):
        sandbox.store.insert("optimum", "locations", {"name": f"Shop {number - index:03}", "country_code": "GB"})


def test_envelope(optimum: httpx.Client) -> None:
    """The four fields of L43-L58; the first page calls itself 1 (L65)."""
    body = optimum.get("/locations").json()
    assert (body["page"], body["total_count"], body["total_returned"]) == (1, 3, 3)
    assert len(body["data"]) == 3 and list(body) == ["page", "total_count", "total_returned", "data"]


def test_pages_cover_everything_once(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """Ten at a time from page 0; the last page is short and the one after it is empty."""
    _locations(sandbox, 22)
    pages = [optimum.get(f"/locations?page={page}&sort_by=created-asc").json() for page in range(4)]
    assert [page["total_returned"] for page in pages] == [10, 10, 5, 0]
    assert [page["page"] for page in pages] == [1, 2, 3, 4]
    ids = [item["id"] for page in pages for item in page["data"]]
    assert len(ids) == len(set(ids)) == 25


@pytest.mark.parametrize(
    ("options", "query", "page", "first"),
    [
        ({"page_base": 0}, "", 0, True),
        ({"first_page": 1}, "?page=1&limit=1", 2, True),
        ({"first_page": 1, "page_base": 0}, "?page=0&limit=1", 0, True),
        ({}, "?page=1&limit=1", 2, False),
    ],
)
def test_page_numbers_can_be_switched(
    sandbox: RunningSandbox, optimum: httpx.Client, options: dict[str, Any], query: str, page: int, first: bool
) -> None:
    """Where pages begin, and what they call themselves, are options: the document says 0 and shows 1 (trap 28)."""
    sandbox.options.update(options)
    body = optimum.get(f"/locations{query}").json()
    assert (body["page"], body["data"][0]["name"] == "Waffle House Bruges") == (page, first)


REFUSED = [
    ("/locations?limit=0", "limit", "L33: from 1"),
    ("/locations?limit=101", "limit", "to 100"),
    ("/locations?limit=ten", "limit", "a number"),
    ("/locations?page=-1", "page", "from 0"),
    ("/locations?sort_by=created", "sort_by", "with a direction (L41)"),
    ("/locations?sort_by=colour-asc", "sort_by", "a field"),
    ("/locations?sort_by=created-up", "sort_by", "asc or desc"),
    ("/locations?created_after=yesterday", "created_after", "a Unix timestamp"),
    ("/locations?per_page=10", "per_page", "unknown"),
    ("/locations?limit=5&limit=6", "limit", "twice"),
    ("/locations?address_line_1=x", "address_line_1", "no filter of locations"),
    ("/accounts?active=yes", "active", "TRUE or FALSE"),
    ("/subscribers?locations=xd3S6", "locations", "subscribers have no location filter"),
    ("/feedback?type=smile", "type", "one of three types"),
    ("/feedback?nps_score_less_than=11", "nps_score_less_than", "0 to 10"),
    ("/feedback?star_rating_greater_than=0", "star_rating_greater_than", "1 to 5"),
    ("/reviews?rating_less_than=nan", "rating_less_than", "a decimal"),
]


@pytest.mark.parametrize(("path", "param", "reason"), REFUSED)
def test_refused_queries(optimum: httpx.Client, path: str, param: str, reason: str) -> None:
    """A query that the document does not allow is a 400 that names its parameter."""
    answer = optimum.get(path)
    assert (answer.status_code, answer.json()["param"]) == (400, param), reason


SELECTIONS = [
    ("/locations", ["iF56sC", "xd3S6", "gse4Ry"], "by name (L511)"),
    ("/locations?sort_by=created-asc", ["xd3S6", "iF56sC", "gse4Ry"], "the oldest first (L41)"),
    ("/locations?sort_by=postal_code-desc", ["xd3S6", "iF56sC", "gse4Ry"], "any field, falling"),
    ("/locations/?limit=1", ["iF56sC"], "a trailing slash is the same"),
    ("/locations?name=Waffle House Leuven", ["gse4Ry"], "the whole name"),
    ("/locations?name=Waffle", [], "not a part of it"),
    ("/locations?postal_code=8000", ["iF56sC"], "by postal code"),
    ("/locations?country_code=BE&limit=2", ["iF56sC", "xd3S6"], "by country, limited"),
    ("/locations?created_after=1544745600", ["iF56sC", "gse4Ry"], "from, included"),
    ("/locations?created_before=1544745600", ["iF56sC", "xd3S6"], "until, included"),
    ("/accounts", ["dfar5V", "gd7TdO"], "the newest first (L994)"),
    ("/accounts?active=true", ["gd7TdO"], "active"),
    ("/accounts?active=FALSE&name=B613", ["dfar5V"], "inactive, by name"),
    ("/subscribers", ["s3", "s2", "s1"], "the newest first (L295)"),
    ("/subscribers?email=a@example.com", ["s1"], "by email"),
    ("/subscribers?mobile_number=%2B447810123456", ["s3"], "by number, its plus encoded"),
    ("/subscribers?mobile_number=+447810123456", [], "a bare plus is a space"),
    ("/subscribers?fname=Ciro&sname=Marzio", ["s3"], "by names"),
    ("/subscribers?invalid=TRUE", ["s3", "s2"], "L328: TRUE is valid"),
    ("/subscribers?invalid=FALSE", ["s1"], "and FALSE is invalid"),
    ("/subscribers?opt_out=true", ["s2"], "opted out"),
    ("/reviews", ["r3", "r2", "gd7TdO"], "the newest first (L626)"),
    ("/reviews?location=iF56sC", ["r3", "r2"], "by location"),
    ("/reviews?platform=dfar5V", ["gd7TdO"], "by platform"),
    ("/reviews?rating_less_than=4.5", ["r3", "r2"], "L647: or equal"),
    ("/reviews?rating_greater_than=4.5", ["r2", "gd7TdO"], "L651: or equal"),
    ("/feedback", ["f4", "f3", "f2", "gd7TdO"], "the newest first (L753)"),
    ("/feedback?type=nps", ["f4", "gd7TdO"], "by type"),
    ("/feedback?nps_score_less_than=3", ["f4"], "a score, or equal"),
    ("/feedback?nps_score_greater_than=8", ["gd7TdO"], "a score, or equal"),
    ("/feedback?star_rating_less_than=4&star_rating_greater_than=4", ["f3"], "stars"),
    ("/feedback?happy=FALSE", ["f2"], "L786: unhappy, and not what has no mood"),
    ("/feedback?location=xd3S6", ["gd7TdO"], "by location"),
    ("/feedback?subscriber=s1", ["f4"], "by subscriber"),
    ("/feedback?campaign=c1", ["f3"], "by campaign"),
]


@pytest.mark.parametrize(("path", "ids", "reason"), SELECTIONS)
def test_selections(stocked: RunningSandbox, optimum: httpx.Client, path: str, ids: list[str], reason: str) -> None:
    """Filters, whose "less than" means "or equal" (trap 49), and orders (trap 30) of each resource."""
    body = optimum.get(path).json()
    assert [item["id"] for item in body["data"]] == ids, reason
    assert body["total_returned"] == len(ids), reason


DEMANDS = [
    ("none", "", 200, "the document's own example sends neither (L1015)"),
    ("active", "", 400, "L1009 calls active required"),
    ("active", "?active=true", 200, "sent"),
    ("name", "?active=true", 400, "L1005 calls name required"),
    ("name", "?name=Waffle House", 200, "sent"),
    ("both", "?name=Waffle House", 400, "both"),
    ("both", "?name=Waffle House&active=true", 200, "both sent"),
]


@pytest.mark.parametrize(("demand", "query", "status", "reason"), DEMANDS)
def test_account_list_demands(
    sandbox: RunningSandbox, optimum: httpx.Client, demand: str, query: str, status: int, reason: str
) -> None:
    """How much of its contradiction the account list insists on is an option (trap 35)."""
    sandbox.options.update({"accounts_list_requires": demand})
    assert optimum.get(f"/accounts{query}").status_code == status, reason


def test_feedback_shape(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """Keys with hyphens as in L730, or underscores as in L683 (trap 47), and one that is undocumented (trap 48)."""
    item = optimum.get("/feedback/gd7TdO").json()
    assert (item["nps-score"], item["star-rating"], "campaign_step_type" in item) == (8, None, True)
    sandbox.options.update({"feedback_keys": "underscore"})
    assert optimum.get("/feedback/gd7TdO").json()["nps_score"] == 8
    assert "nps-score" not in optimum.get("/feedback").json()["data"][0]


def test_review_shape(optimum: httpx.Client) -> None:
    """A review has every field of L603."""
    assert set(optimum.get("/reviews/gd7TdO").json()) == {
        *("id", "created", "title", "description", "location", "platform", "platform_name", "rating", "url"),
        *("reviewer_name", "reviewer_image", "reviewer_url"),
    }
