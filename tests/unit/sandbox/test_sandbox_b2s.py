"""B2S's stand-in against b2s.txt: front door, writes and the inventory; traps 91 to 98 by number."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

ANSWER_ID = "03944421-7382-4d05-a278-80b44e7cb742"
NOBODY = "00000000-0000-4000-8000-000000000000"
SURVEY = "102a525c-0ce3-4182-a504-aad595425233"
TEAM_SURVEY = "202a525c-0ce3-4182-a504-aad595425233"
COMPANY = "203a525c-0ce3-4182-a504-aad595425233"
DOCUMENTED = {
    "nps": 9,
    "discursive_question": "Great service, very satisfied!",
    "questions": [
        {
            "id": "103a525c-0ce3-4182-a504-aad595425233",
            "name": "10",
            "suggestion": "Congratulations on the service",
        },
        {
            "id": "203a525c-0ce3-4182-a504-aad595425234",
            "name": [{"option": "Service"}, {"option": "Quality"}],
        },
    ],
    "created_at": "2024-04-15 14:30:00",
    "search_id": SURVEY,
    "response_channel": "Chatbot",
}
LEAST = {key: DOCUMENTED[key] for key in ("nps", "created_at", "search_id", "response_channel")}
LOOP = {
    "message": "Customer issue was resolved by providing a discount coupon.",
    "user_email": "support@company.com",
    "user_name": "Support Agent",
}
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def test_documented_create(b2s: httpx.Client) -> None:
    """L11-L63: the example, a 201 with id and company_id and nothing else."""
    answer = b2s.post("/api/answers", json=DOCUMENTED)
    assert answer.status_code == 201
    assert list(answer.json()) == ["id", "company_id"]
    assert re.fullmatch(UUID, answer.json()["id"]) and answer.json()["company_id"] == COMPANY


def test_trap_95_questions_are_read_as_criteria(b2s: httpx.Client) -> None:
    """Trap 95: a question's `name` is its answer, read as a criterion without an id; options are joined."""
    created = b2s.post("/api/answers", json=DOCUMENTED).json()["id"]
    item = b2s.get(f"/api/answers/{created}").json()
    assert item["criteria"] == [
        {"nick": "Service", "name": "10", "suggestion": "Congratulations on the service", "type": "Rating"},
        {"nick": "Liked", "name": "Service, Quality", "suggestion": None, "type": "Checkbox"},
    ]
    assert "questions" not in item and "response_channel" not in item, "write-only"


def test_trap_97c_a_create_is_never_the_same(b2s: httpx.Client) -> None:
    """Trap 97c: nothing tells two answers apart, so the same body twice is two answers."""
    assert len({b2s.post("/api/answers", json=LEAST).json()["id"] for _ in range(2)}) == 2


@pytest.mark.parametrize(
    ("hours", "shown"),
    [(0, "2024-04-15T14:30:00.000Z"), (-3, "2024-04-15T17:30:00.000Z")],
    ids=["UTC", "94: Brazil"],
)
def test_trap_94_naive_times(sandbox: RunningSandbox, b2s: httpx.Client, hours: int, shown: str) -> None:
    """Trap 94: a time is sent without a zone and read with a Z; what zone was meant is an option."""
    sandbox.options.update({"b2s_utc_offset": hours})
    created = b2s.post("/api/answers", json=LEAST).json()["id"]
    assert b2s.get(f"/api/answers/{created}").json()["created_at"] == shown


CREATE_REFUSALS = [
    (without(DOCUMENTED, "nps"), 400, "L30: required"),
    (without(DOCUMENTED, "created_at"), 400, "L33: required"),
    (without(DOCUMENTED, "search_id"), 400, "L34: required"),
    (without(DOCUMENTED, "response_channel"), 400, "L35: required"),
    (DOCUMENTED | {"nps": 11}, 400, "L30: 0 to 10"),
    (DOCUMENTED | {"nps": -1}, 400, "L30: 0 to 10"),
    (DOCUMENTED | {"nps": "9"}, 400, "a number"),
    (DOCUMENTED | {"nps": True}, 400, "a boolean is no number"),
    (DOCUMENTED | {"created_at": "2024-04-15T14:30:00Z"}, 400, "L33: YYYY-MM-DD HH:mm:ss"),
    (DOCUMENTED | {"created_at": "2024-04-15"}, 400, "with a time"),
    (DOCUMENTED | {"created_at": "2024-02-30 10:00:00"}, 400, "a day that exists"),
    (DOCUMENTED | {"search_id": "102a"}, 400, "L34: a UUID"),
    (DOCUMENTED | {"search_id": NOBODY}, 404, "L69: survey not found"),
    (DOCUMENTED | {"response_channel": "email"}, 400, "L35: spelled Email"),
    (DOCUMENTED | {"response_channel": "Fax"}, 400, "L35: one of seven"),
    (DOCUMENTED | {"discursive_question": 5}, 400, "text"),
    (DOCUMENTED | {"questions": {}}, 400, "an array"),
    (DOCUMENTED | {"questions": ["10"]}, 400, "of objects"),
    (DOCUMENTED | {"questions": [{"id": "q1", "name": "10"}]}, 400, "L39: a UUID"),
    (DOCUMENTED | {"questions": [{"id": NOBODY, "name": "10"}]}, 400, "a question of the survey"),
    (DOCUMENTED | {"questions": [without(DOCUMENTED["questions"][0], "name")]}, 400, "L40: required"),  # type: ignore[index]
    (DOCUMENTED | {"questions": [DOCUMENTED["questions"][0] | {"name": 10}]}, 400, "text or array"),  # type: ignore[index]
    (DOCUMENTED | {"questions": [DOCUMENTED["questions"][0] | {"name": ["a"]}]}, 400, "of options"),  # type: ignore[index]
    (DOCUMENTED | {"questions": [DOCUMENTED["questions"][0] | {"nick": "a"}]}, 400, "unknown"),  # type: ignore[index]
    (DOCUMENTED | {"status": "done"}, 400, "the PATCH's alone"),
    (DOCUMENTED | {"client": {"name": "Ann"}}, 400, "unknown"),
    ([DOCUMENTED], 400, "one object"),
]


@pytest.mark.parametrize(("body", "status", "reason"), CREATE_REFUSALS)
def test_create_refuses(sandbox: RunningSandbox, b2s: httpx.Client, body: Any, status: int, reason: str) -> None:
    """A body that the document does not allow registers nothing."""
    answer = b2s.post("/api/answers", json=body)
    assert (answer.status_code, list(answer.json())) == (status, ["message"]), reason
    assert len(sandbox.store.objects("b2s", "answers")) == 4


def test_unknown_questions_may_be_taken(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """Whether a question must be the survey's, the document does not say: an option."""
    sandbox.options.update({"b2s_unknown_question": "taken"})
    body = LEAST | {"questions": [{"id": NOBODY, "name": "x"}]}
    created = b2s.post("/api/answers", json=body).json()["id"]
    expected = [{"nick": None, "name": "x", "suggestion": None, "type": None}]
    assert b2s.get(f"/api/answers/{created}").json()["criteria"] == expected


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"{", "application/json", "malformed"),
        (b"", "application/json", "empty"),
        (b"nps=9", "application/x-www-form-urlencoded", "a form"),
        (b"{}", "text/plain", "another type"),
        (b"{}", "", "no type"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", ""), ("PATCH", f"/{ANSWER_ID}"), ("POST", f"/{ANSWER_ID}/description")],
    ids=["create", "status", "97: closed loop"],
)
def test_bodies_are_json(b2s: httpx.Client, method: str, path: str, content: bytes, kind: str, reason: str) -> None:
    """Trap 97: a malformed request is a 400 (L67, L219), in the closed loop too, whose table has none."""
    answer = b2s.request(method, f"/api/answers{path}", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400, reason


CALLS = [
    ("GET", "/api/answers", None),
    ("POST", "/api/answers", DOCUMENTED),
    ("GET", f"/api/answers/{ANSWER_ID}", None),
    ("PATCH", f"/api/answers/{ANSWER_ID}", {"status": "done"}),
    ("POST", f"/api/answers/{ANSWER_ID}/description", LOOP),
]
HEADERS = ["", "Bearer wrong", "Bearer", "Token sandbox-b2s-token", "sandbox-b2s-token"]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_trap_92_tokens(
    sandbox: RunningSandbox, b2s: httpx.Client, method: str, path: str, body: Any, header: str
) -> None:
    """Trap 92: an invalid token is a 403 (L68), never a 401, before anything else is looked at."""
    answer = b2s.request(method, path, json=body, headers={"Authorization": header})
    assert (answer.status_code, answer.json()) == (403, {"message": "Invalid token or unauthorized user"})
    assert sandbox.store.objects("b2s", "closed_loops") == []


def test_trap_91_an_unknown_token_may_be_a_404(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """Trap 91: "Survey or integration token not found" (L69), so a 404 proves nothing until the token is proven."""
    sandbox.options.update({"b2s_unknown_token": 404})
    statuses = [b2s.get("/api/answers", headers={"Authorization": value}).status_code for value in HEADERS[:2]]
    assert statuses == [403, 404]


PATHS = [
    ("GET", f"/api/answers/{NOBODY}", 404, "an unknown answer"),
    ("GET", "/api/answers/1", 404, "no UUID"),
    ("DELETE", f"/api/answers/{ANSWER_ID}", 404, "nothing is deleted"),
    ("PUT", f"/api/answers/{ANSWER_ID}", 404, "nothing is replaced"),
    ("GET", f"/api/answers/{ANSWER_ID}/description", 404, "closed loops are never read"),
    ("GET", "/api/answers/", 404, "an id is not empty"),
    ("POST", "/api/searches", 404, "surveys are read only"),
    ("GET", "/answers", 404, "the path has /api"),
    ("GET", f"/api/answers/{ANSWER_ID}?expand=client", 400, "an unknown parameter"),
    ("GET", f"/api/searches/{NOBODY}", 404, "an unknown survey"),
    ("GET", "/api/searches?page=1", 400, "an unknown parameter"),
]


@pytest.mark.parametrize(("method", "path", "status", "reason"), PATHS)
def test_paths(b2s: httpx.Client, method: str, path: str, status: int, reason: str) -> None:
    """What is not documented is not there."""
    assert b2s.request(method, path).status_code == status, reason


ERROR_BODIES = [
    ("message", {"message": "Response or integration token not found"}),
    ("error", {"error": "Response or integration token not found"}),
    ("empty", None),
    ("html", None),
]


@pytest.mark.parametrize(("option", "expected"), ERROR_BODIES)
def test_error_bodies(sandbox: RunningSandbox, b2s: httpx.Client, option: str, expected: Any) -> None:
    """The document shows no error body: it may be anything."""
    sandbox.options.update({"b2s_error_body": option})
    answer = b2s.get(f"/api/answers/{NOBODY}")
    assert answer.status_code == 404
    if expected is None:
        assert (answer.content == b"") is (option == "empty")
        return
    assert answer.json() == expected


@pytest.mark.parametrize("status", ["to-do", "in-progress", "done"])
def test_trap_93_status(sandbox: RunningSandbox, b2s: httpx.Client, status: str) -> None:
    """Trap 93: a PATCH is a 201 with {} (L214), may be sent again, and no read shows what it did."""
    before = b2s.get(f"/api/answers/{ANSWER_ID}").json()
    for _ in range(2):
        answer = b2s.patch(f"/api/answers/{ANSWER_ID}", json={"status": status})
        assert (answer.status_code, answer.json()) == (201, {})
    assert b2s.get(f"/api/answers/{ANSWER_ID}").json() == before
    assert sandbox.store.objects("b2s", "answers")[0]["_status"] == status


STATUS_REFUSALS = [
    (ANSWER_ID, {"status": "closed"}, 400, "L209: one of three"),
    (ANSWER_ID, {"status": "In-Progress"}, 400, "spelled so"),
    (ANSWER_ID, {"status": None}, 400, "never null"),
    (ANSWER_ID, {}, 400, "required"),
    (ANSWER_ID, {"status": "done", "nps": 9}, 400, "the status alone"),
    (NOBODY, {"status": "done"}, 404, "an unknown answer"),
    ("1", {"status": "done"}, 404, "no UUID"),
]


@pytest.mark.parametrize(("key", "body", "status", "reason"), STATUS_REFUSALS)
def test_status_refuses(b2s: httpx.Client, key: str, body: Any, status: int, reason: str) -> None:
    """What a PATCH may not say."""
    assert b2s.patch(f"/api/answers/{key}", json=body).status_code == status, reason


def test_trap_96_closed_loop(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """Trap 96: `message` comes back as `description`, the name gains " - API" (L248-L255), and each POST appends."""
    answers = [b2s.post(f"/api/answers/{ANSWER_ID}/description", json=LOOP) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    item = answers[0].json()
    assert list(item) == ["id", "answer_id", "description", "user_email", "user_name", "created_at"]
    assert (item["answer_id"], item["description"]) == (ANSWER_ID, LOOP["message"])
    assert (item["user_email"], item["user_name"]) == (LOOP["user_email"], "Support Agent - API")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", item["created_at"])
    assert len(sandbox.store.objects("b2s", "closed_loops")) == 2


LOOP_REFUSALS = [
    (ANSWER_ID, without(LOOP, "message"), 400, "L236: required"),
    (ANSWER_ID, without(LOOP, "user_email"), 400, "L237: required"),
    (ANSWER_ID, without(LOOP, "user_name"), 400, "L238: required"),
    (ANSWER_ID, LOOP | {"message": ""}, 400, "not blank"),
    (ANSWER_ID, LOOP | {"user_email": "support"}, 400, "an email"),
    (ANSWER_ID, LOOP | {"description": "x"}, 400, "sent as message"),
    (NOBODY, LOOP, 404, "an unknown answer"),
]


@pytest.mark.parametrize(("key", "body", "status", "reason"), LOOP_REFUSALS)
def test_closed_loop_refuses(
    sandbox: RunningSandbox, b2s: httpx.Client, key: str, body: Any, status: int, reason: str
) -> None:
    """What a closed loop must be."""
    assert b2s.post(f"/api/answers/{key}/description", json=body).status_code == status, reason
    assert sandbox.store.objects("b2s", "closed_loops") == []


def test_searches(b2s: httpx.Client) -> None:
    """The sibling document's inventory: a bare array of id, name and company_id."""
    assert b2s.get("/api/searches").json() == [
        {"id": SURVEY, "name": "Dine-in", "company_id": COMPANY},
        {"id": TEAM_SURVEY, "name": "Team", "company_id": COMPANY},
    ]


def test_search_with_questions(b2s: httpx.Client) -> None:
    """A survey's questions, on pages where it has any; its name is in the list alone."""
    plain, paged = b2s.get(f"/api/searches/{SURVEY}").json(), b2s.get(f"/api/searches/{TEAM_SURVEY}").json()
    assert list(plain) == ["has_page", "nps", "discursive_question", "questions"]
    assert list(paged) == ["has_page", "nps", "discursive_question", "pages"]
    assert (plain["has_page"], paged["has_page"]) == (False, True)
    assert plain["questions"][0]["id"] == DOCUMENTED["questions"][0]["id"]  # type: ignore[index]
    assert [question["nick"] for page in paged["pages"] for question in page["questions"]] == ["Breaks"]


def test_searches_know_a_401(b2s: httpx.Client) -> None:
    """The sibling document has a 401 for a missing or invalid token."""
    for header in HEADERS:
        assert b2s.get("/api/searches", headers={"Authorization": header}).status_code == 401


def test_searches_may_be_missing(sandbox: RunningSandbox, b2s: httpx.Client) -> None:
    """Where the inventory does not answer, the rest does."""
    sandbox.options.update({"b2s_searches": "missing"})
    assert [b2s.get(f"/api/searches{path}").status_code for path in ("", f"/{SURVEY}")] == [404, 404]
    assert b2s.get(f"/api/answers/{ANSWER_ID}").status_code == 200
