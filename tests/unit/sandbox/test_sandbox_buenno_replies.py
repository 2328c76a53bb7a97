"""Buenno's replies against buenno.txt L138-L240; traps 99, 100, 106, 107 and 107b by number."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

DAYS = {"from": "2020-12-17T00:00:00+00:00", "to": "2020-12-19T00:00:00+00:00"}
REPLY = [
    *("id", "name", "email", "phone", "first_name", "last_name", "pf_timestamp", "pf_store", "pf_seller_name"),
    *("pf_seller_id", "pf_product_category", "pf_target", "pf_gender", "pf_age", "pf_external_id"),
    *("preferred_language", "question_count", "score_sum", "avg_score", "answers", "updated_at", "created_at"),
]


def ids(buenno: httpx.Client, **query: Any) -> list[int]:
    return [reply["id"] for reply in buenno.get("/replies", params=DAYS | query).json()["replies"]]


def _reply(sandbox: RunningSandbox, number: int, created: str, updated: str) -> None:
    values = {"id": number, "created_at": created, "updated_at": updated}
    sandbox.store.insert("buenno", "replies", values)


def test_documented_answer(buenno: httpx.Client) -> None:
    """L148-L200: the fields in their order, times with Z (106), scores of the main questions alone (107)."""
    body = buenno.get("/replies", params=DAYS).json()
    assert list(body) == ["replies", "total", "limit", "offset"]
    reply = body["replies"][0]
    assert list(reply) == REPLY
    assert (reply["question_count"], reply["score_sum"], reply["avg_score"]) == (2, 125, 62.5)
    assert (reply["created_at"], reply["updated_at"]) == ("2020-12-18T00:00:00Z", "2020-12-19T00:00:00Z"), "106"
    assert (reply["email"], reply["first_name"]) == ("", None), "107: empty text beside null"
    assert [list(answer) for answer in reply["answers"]] == [
        ["question", "points", "answer", "question_id", "question_type_id"]
    ] * 3
    assert [answer["question_type_id"] for answer in reply["answers"]] == [1, 1, 13]


@pytest.mark.parametrize(
    ("option", "figures"),
    [("text", ("1", "500", "0")), ("number", (1, 500, 0))],
    ids=["100: text", "100: numbers"],
)
def test_trap_100_figures(sandbox: RunningSandbox, buenno: httpx.Client, option: str, figures: tuple[Any, ...]) -> None:
    """Trap 100: total, limit and offset are text (L197-L199); numbers are an option."""
    sandbox.options.update({"buenno_figures": option})
    body = buenno.get("/replies", params=DAYS).json()
    assert (body["total"], body["limit"], body["offset"]) == figures


BODIES = [
    ("ignored", {}, 400, "99: nothing of the body counts, so from is missing"),
    ("read", {}, 200, "99: the example as it stands"),
    ("refused", {}, 400, "99: a GET has no body"),
    ("ignored", DAYS, 200, "99: what counts is the query"),
    ("refused", DAYS, 400, "99: even so"),
]


@pytest.mark.parametrize(("option", "query", "status", "reason"), BODIES)
def test_trap_99_a_get_with_a_body(
    sandbox: RunningSandbox, buenno: httpx.Client, option: str, query: dict[str, str], status: int, reason: str
) -> None:
    """Trap 99: the example of L141-L146 sends its parameters in a GET's body; what becomes of them is an option."""
    sandbox.options.update({"buenno_get_body": option})
    form = httpx.QueryParams({} if query else DAYS | {"limit": "1000"})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    content = str(form) or "limit=1000"
    answer = buenno.request("GET", "/replies", params=query, content=content, headers=headers)
    assert answer.status_code == status, reason
    if option == "read":
        assert answer.json()["limit"] == "1000"
    if (option, status) == ("ignored", 200):
        assert answer.json()["limit"] == "500", "99: the limit of the body is not echoed (L198)"


REFUSED = [
    ({"from": None}, "from", "L204: mandatory"),
    ({"to": None}, "to", "L205: mandatory"),
    ({"from": "2020-12-17"}, "from", "a date and a time"),
    ({"from": "2020-12-20T00:00:00Z"}, "to", "in this order"),
    ({"limit": 1001}, "limit", "L206: at most 1000"),
    ({"limit": 0}, "limit", "at least one"),
    ({"offset": "x"}, "offset", "an integer"),
    ({"form_id": 1}, "form_id", "replies have lost this filter"),
    ({"created_after": "2020-12-17T00:00:00Z"}, "created_after", "that is the invitations' parameter"),
]


@pytest.mark.parametrize(("change", "name", "reason"), REFUSED)
def test_replies_refuse(buenno: httpx.Client, change: dict[str, Any], name: str, reason: str) -> None:
    """What the table does not allow is refused by its name."""
    query = {key: value for key, value in (DAYS | change).items() if value is not None}
    answer = buenno.get("/replies", params=query)
    assert (answer.status_code, answer.json()["error_message"].split(":")[0]) == (400, name), reason


def test_a_limit_may_be_cut(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """With the option, what is echoed is the maximum."""
    sandbox.options.update({"buenno_over_limit": "clamp"})
    assert buenno.get("/replies", params=DAYS | {"limit": 5000}).json()["limit"] == "1000"


def test_slices(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """Rows from an offset, with the total of all."""
    for number in range(2, 6):
        _reply(sandbox, number, f"2020-12-18T0{number}:00:00Z", "2020-12-30T00:00:00Z")
    body = buenno.get("/replies", params=DAYS | {"limit": 2, "offset": 2}).json()
    assert ([reply["id"] for reply in body["replies"]], body["total"], body["offset"]) == ([3, 4], "5", "2")


BOUNDS: list[tuple[dict[str, Any], list[int], str]] = [
    ({}, [2, 1, 3], "from and to belong to it"),
    ({"buenno_bounds": "exclusive"}, [1, 3], "or do not"),
    ({"buenno_replies_by": "updated_at"}, [3, 1], "by the time of the last change"),
    ({"buenno_sort": "newest"}, [3, 1, 2], "the newest first"),
]


@pytest.mark.parametrize(("options", "expected", "reason"), BOUNDS)
def test_trap_107b_what_from_means(
    sandbox: RunningSandbox, buenno: httpx.Client, options: dict[str, Any], expected: list[int], reason: str
) -> None:
    """Trap 107b: created or updated, with the ends or without: not documented."""
    _reply(sandbox, 2, "2020-12-17T00:00:00Z", "2020-12-20T00:00:00Z")
    _reply(sandbox, 3, "2020-12-18T12:00:00Z", "2020-12-18T12:00:00Z")
    _reply(sandbox, 4, "2020-12-20T00:00:00Z", "2020-12-21T00:00:00Z")
    sandbox.options.update(options)
    assert ids(buenno) == expected, reason


def test_trap_107_locale(buenno: httpx.Client) -> None:
    """Trap 107: the locale changes a question's text (L208) and not its id; an unknown one changes nothing."""

    def questions(**query: str) -> list[tuple[int, str]]:
        reply = buenno.get("/replies", params=DAYS | query).json()["replies"][0]
        return [(answer["question_id"], answer["question"]) for answer in reply["answers"]]

    plain, finnish = questions(), questions(locale="fi")
    assert [number for number, _ in plain] == [number for number, _ in finnish]
    assert finnish[2][1] == "Suosittelisitko meitä?" != plain[2][1]
    assert questions(locale="xx") == plain


def test_scores_of_a_seed_stay(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """A reply without main questions has no average, and figures that are given are shown."""
    _reply(sandbox, 2, "2020-12-18T01:00:00Z", "2020-12-18T01:00:00Z")
    sandbox.store.change("buenno", "replies", "1", {"avg_score": 99.5})
    replies = buenno.get("/replies", params=DAYS).json()["replies"]
    assert [(reply["question_count"], reply["avg_score"]) for reply in replies] == [(2, 99.5), (0, None)]


def test_trap_107d_question_types_are_open(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """Trap 107d: type ids have gaps (L224-L240), and others may come."""
    answer = {"question": "Rated elsewhere", "points": 4, "question_id": 1, "question_type_id": 77}
    sandbox.store.change("buenno", "replies", "1", {"answers": [answer]})
    reply = buenno.get("/replies", params=DAYS).json()["replies"][0]
    assert (reply["answers"][0]["question_type_id"], reply["question_count"]) == (77, 0)
