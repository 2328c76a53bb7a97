"""B2S's answers as they are read, against b2s.txt L70-L196; traps 89, 90, 94, 97b and 98 by number."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

ANSWER_ID = "03944421-7382-4d05-a278-80b44e7cb742"
SURVEY = "102a525c-0ce3-4182-a504-aad595425233"
TEAM_SURVEY = "202a525c-0ce3-4182-a504-aad595425233"
COMPANY = {"id": "203a525c-0ce3-4182-a504-aad595425233", "name": "Waffle House Brasil"}
WIDE: dict[str, Any] = {
    "is_enps": "false",
    "date_start": "2020-01-01",
    "date_end": "2030-01-01",
    "limit": 50,
    "offset": 0,
}
NOBODY = "00000000-0000-4000-8000-000000000000"


def page(b2s: httpx.Client, **query: Any) -> dict[str, Any]:
    answer = b2s.get("/api/answers", params=WIDE | query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def numbers(b2s: httpx.Client, **query: Any) -> list[int]:
    return [item["nps"] for item in page(b2s, **query)["data"]]


def test_documented_list(b2s: httpx.Client) -> None:
    """L88-L133: the example as it stands, its envelope in numbers and its fields in their order."""
    query = "is_enps=true&date_start=2024-01-01&date_end=2024-01-31&limit=50&offset=0"
    body = b2s.get(f"/api/answers?{query}").json()
    assert {name: body[name] for name in ("limit", "offset", "total")} == {"limit": 50, "offset": 0, "total": 2}
    assert list(body) == ["limit", "offset", "total", "data"]
    assert list(body["data"][0]) == [
        *("id", "created_at", "nps", "discursive_question"),
        *("consumption", "company", "search", "page", "client", "criteria"),
    ]
    assert [item["created_at"] for item in body["data"]] == ["2024-01-31T23:30:00.000Z", "2024-01-10T12:00:00.000Z"]


def test_documented_read(b2s: httpx.Client) -> None:
    """L141-L191: one answer in its own order, with what it points to by id and name (98: opaque phone and date)."""
    item = b2s.get(f"/api/answers/{ANSWER_ID}").json()
    assert list(item) == [
        *("id", "created_at", "nps", "discursive_question"),
        *("company", "search", "page", "client", "consumption", "criteria"),
    ]
    assert (item["created_at"], item["nps"], item["discursive_question"]) == ("2023-09-08T23:00:00.000Z", 10, None)
    assert (item["company"], item["search"]) == (COMPANY, {"id": SURVEY, "name": "Dine-in"})
    assert list(item["client"]) == ["id", "name", "email", "phone", "born_date"]
    assert (item["client"]["phone"], item["client"]["born_date"]) == ("(00) 0 0000-0000", "25/02/1980")
    assert (list(item["page"]), list(item["consumption"])) == (["id", "name"], ["id", "order_id"])
    assert [sorted(entry) for entry in item["criteria"]] == [["name", "nick", "suggestion", "type"]]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"is_enps": None}, "is_enps", "90: required"),
    ({"date_start": None}, "date_start", "90: required"),
    ({"date_end": None}, "date_end", "90: required"),
    ({"limit": None}, "limit", "90: required"),
    ({"offset": None}, "offset", "90: required"),
    ({"is_enps": "1"}, "is_enps", "a boolean"),
    ({"is_enps": "TRUE"}, "is_enps", "spelled as JSON spells it"),
    ({"date_start": "2024-01-01T00:00:00Z"}, "date_start", "L81: YYYY-MM-DD"),
    ({"date_end": "01/02/2024"}, "date_end", "L82: YYYY-MM-DD"),
    ({"date_end": "2019-01-01"}, "date_end", "in this order"),
    ({"limit": 51}, "limit", "97b: at most 50"),
    ({"limit": 0}, "limit", "at least one"),
    ({"offset": -1}, "offset", "from 0"),
    ({"search_id": "dine-in"}, "search_id", "L85: a UUID"),
    ({"clients_only": "yes"}, "clients_only", "a boolean"),
    ({"page": 2}, "page", "an unknown parameter"),
]


@pytest.mark.parametrize(("change", "name", "reason"), REFUSED)
def test_trap_97_list_refuses(b2s: httpx.Client, change: dict[str, Any], name: str, reason: str) -> None:
    """Traps 90 and 97: all five parameters are required; the list has no error table, and a 400 all the same."""
    query = {key: value for key, value in (WIDE | change).items() if value is not None}
    answer = b2s.get("/api/answers", params=query)
    assert (answer.status_code, answer.json()["message"].split(":")[0]) == (400, name), reason


def test_trap_97b_a_limit_may_be_cut(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """Trap 97b: a limit above 50 is a 400, or is cut to it and echoed so."""
    _fill(sandbox, 60)
    sandbox.options.update({"b2s_over_limit": "clamp"})
    body = page(b2s, limit=1000)
    assert (body["limit"], body["total"], len(body["data"])) == (50, 62, 50)


def test_trap_90_two_populations(b2s: httpx.Client) -> None:
    """Trap 90: customers' and employees' answers never come together."""
    assert [numbers(b2s, is_enps="false"), numbers(b2s, is_enps="true")] == [[7, 10], [3, 9]]


FILTERS: list[tuple[dict[str, Any], list[int], str]] = [
    ({"search_id": SURVEY}, [7, 10], "one survey's"),
    ({"search_id": TEAM_SURVEY}, [], "another's, which is of the other population"),
    ({"search_id": NOBODY}, [], "one that does not exist"),
    ({"clients_only": "true"}, [10], "L86: with a client"),
    ({"clients_only": "false"}, [7, 10], "L86: the default"),
    ({"date_start": "2024-04-14", "date_end": "2024-04-14"}, [7], "a single day"),
    ({"date_start": "2024-04-15"}, [], "from its midnight"),
    ({"limit": 1}, [7], "the newest first"),
    ({"limit": 1, "offset": 1}, [10], "89: one row skipped"),
    ({"offset": 2}, [], "beyond the end"),
]


@pytest.mark.parametrize(("query", "expected", "reason"), FILTERS)
def test_filters(b2s: httpx.Client, query: dict[str, Any], expected: list[int], reason: str) -> None:
    """Survey, clients, period and slice."""
    assert numbers(b2s, **query) == expected, reason


DAYS: list[tuple[dict[str, Any], list[int], str]] = [
    ({}, [3, 9], "94: the last day belongs to it"),
    ({"b2s_date_end": "excluded"}, [9], "94: or does not"),
    ({"b2s_utc_offset": 2}, [9], "94: late in January in UTC is February further east"),
]


@pytest.mark.parametrize(("options", "expected", "reason"), DAYS)
def test_trap_94_days(
    sandbox: RunningSandbox, b2s: httpx.Client, options: dict[str, Any], expected: list[int], reason: str
) -> None:
    """Trap 94: neither the zone of a day nor the end of a period is documented."""
    sandbox.options.update(options)
    assert numbers(b2s, is_enps="true", date_start="2024-01-01", date_end="2024-01-31") == expected, reason


def test_order_is_an_option(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """The order is not documented."""
    sandbox.options.update({"b2s_sort": "oldest"})
    assert numbers(b2s) == [10, 7]


def _fill(sandbox: RunningSandbox, number: int) -> None:
    for index in range(number):
        at = f"2024-05-01T{index // 60:02}:{index % 60:02}:00Z"
        values = {"created_at": at, "nps": index, "search": {"id": SURVEY, "name": "Dine-in"}}
        sandbox.store.insert("b2s", "answers", values)


OFFSETS = [
    ("rows", 0, [29, 28], "89: L84 skips rows"),
    ("rows", 1, [28, 27], "89: one of them"),
    ("rows", 2, [27, 26], "89: two"),
    ("pages", 1, [29, 28], "89: in the field the first page is 1"),
    ("pages", 2, [27, 26], "89: the second 2"),
    ("pages", 0, [29, 28], "89: and 0 the first again"),
    ("pages_from_1", 1, [29, 28], "89: or pages from 1"),
    ("pages_from_1", 0, None, "89: and no page 0"),
]


@pytest.mark.parametrize(("option", "offset", "expected", "reason"), OFFSETS)
def test_trap_89_offset(
    sandbox: RunningSandbox, b2s: httpx.Client, option: str, offset: int, expected: list[int] | None, reason: str
) -> None:
    """Trap 89: offset skips rows as documented, or counts pages from 1 as clients found; the total is the same."""
    _fill(sandbox, 30)
    sandbox.options.update({"b2s_offset": option})
    if expected is None:
        assert b2s.get("/api/answers", params=WIDE | {"limit": 2, "offset": offset}).status_code == 400, reason
        return
    body = page(b2s, limit=2, offset=offset)
    assert [item["nps"] for item in body["data"]] == expected, reason
    assert (body["total"], body["offset"]) == (32, offset), reason


@pytest.mark.parametrize(("option", "step", "first"), [("rows", 50, 0), ("pages", 1, 1)])
def test_trap_89_pages_cover_everything(
    sandbox: RunningSandbox, b2s: httpx.Client, option: str, step: int, first: int
) -> None:
    """Trap 89: under either meaning, the pages together are the total."""
    _fill(sandbox, 120)
    sandbox.options.update({"b2s_offset": option})
    pages = [page(b2s, offset=first + index * step) for index in range(3)]
    ids = [item["id"] for body in pages for item in body["data"]]
    assert len(ids) == len(set(ids)) == pages[0]["total"] == 122


ABSENT: list[tuple[str, Any, Any, Any, str]] = [
    (
        "field",
        {},
        {"id": None, "order_id": None},
        dict.fromkeys(("id", "name", "email", "phone", "born_date")),
        "98: as seen",
    ),
    ("null", None, None, None, "98: null"),
    ("empty", {}, {}, {}, "98: empty objects"),
]


@pytest.mark.parametrize(("option", "page_", "consumption", "client", "reason"), ABSENT)
def test_trap_98_absent_parts(
    sandbox: RunningSandbox, b2s: httpx.Client, option: str, page_: Any, consumption: Any, client: Any, reason: str
) -> None:
    """Trap 98: what an answer without a page, a consumption or a client shows is not documented."""
    sandbox.options.update({"b2s_absent": option})
    item = page(b2s)["data"][0]
    assert (item["page"], item["consumption"], item["client"]) == (page_, consumption, client), reason


def test_the_search_may_be_missing(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """In the field answers sometimes come without their search."""
    sandbox.options.update({"b2s_answer_search": "missing"})
    assert "search" not in page(b2s)["data"][0] and "search" not in b2s.get(f"/api/answers/{ANSWER_ID}").json()


def test_answers_follow_their_survey(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """A survey renamed or moved to another company in the console shows in its answers; one that went is remembered."""
    other = sandbox.store.insert("b2s", "companies", {"name": "Waffle House Portugal"})
    sandbox.store.change("b2s", "searches", SURVEY, {"name": "Eat here", "company_id": other["id"]})
    item = b2s.get(f"/api/answers/{ANSWER_ID}").json()
    assert (item["search"]["name"], item["company"]["name"]) == ("Eat here", "Waffle House Portugal")
    sandbox.store.remove("b2s", "searches", SURVEY)
    item = b2s.get(f"/api/answers/{ANSWER_ID}").json()
    assert (item["search"], item["company"]) == ({"id": SURVEY, "name": "Dine-in"}, COMPANY)
    assert len(page(b2s)["data"]) == 2


def test_a_population_of_its_own(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """An answer may be of another population than its survey."""
    sandbox.store.change("b2s", "answers", ANSWER_ID, {"_enps": True})
    assert numbers(b2s, is_enps="true") == [3, 9, 10]
