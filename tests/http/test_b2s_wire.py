"""B2S, call by call: exact verb, path, headers and body, and every documented answer (b2s.txt and its sibling)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
import respx

from reconciler.errors import (
    CREDENTIALS_FORBIDDEN,
    CREDENTIALS_REFUSED,
    LISTING_INCOMPLETE,
    OUTCOME_UNKNOWN,
    READ_REFUSED,
    UNREADABLE,
    WRITE_INVALID,
    WRITE_NOT_FOUND,
    WRITE_REFUSED,
    ReconcilerError,
    Uncertain,
)
from reconciler.model import JSON, Calls, Impact, Observed
from reconciler.providers.b2s.listing import around
from reconciler.providers.base import Sought
from tests.http.vendors import B2S, TOKEN, body, headers, sent, vendor

HEADERS = {"accept": "application/json", "user-agent": "reconciler/0.1.0", "authorization": f"Bearer {TOKEN}"}
WRITE_HEADERS = {**HEADERS, "content-type": "application/json"}
ANSWERS, SEARCHES = f"{B2S}/api/answers", f"{B2S}/api/searches"
DINE_IN = "102a525c-0ce3-4182-a504-aad595425233"
COMPANY = "203a525c-0ce3-4182-a504-aad595425233"
ID = "03944421-7382-4d05-a278-80b44e7cb742"
# b2s.txt L7-L23, both forms of a question's answer.
SENT: dict[str, JSON] = {
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
    "search_id": DINE_IN,
    "response_channel": "Chatbot",
}
REGISTERED = {"id": "ef9fa264-3850-4bd2-875e-2b40a4dd432f", "company_id": COMPANY}  # L59-L62
# L149-L190.
READ: dict[str, JSON] = {
    "id": ID,
    "created_at": "2023-09-08T23:00:00.000Z",
    "nps": 10,
    "discursive_question": None,
    "company": {"id": COMPANY, "name": "Company Setup - 2"},
    "search": {"id": DINE_IN, "name": "Delivery"},
    "page": {"id": "103a525c-0ce3-4182-a504-aad595425233", "name": "Pickup"},
    "client": {"id": ID, "name": "John", "email": "john@example.com", "phone": None, "born_date": None},
    "consumption": {"id": ID, "order_id": "order_1"},
    "criteria": [{"name": "Lorem", "nick": "Short Answer", "suggestion": None, "type": "Short Answer"}],
}
LOOP = {
    "message": "Customer issue was resolved by providing a discount coupon.",
    "user_email": "support@company.com",
    "user_name": "Support Agent",
}
# L247-L254: the message comes back as description, the name with a mark.
LOOPED = {
    "id": "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "answer_id": ID,
    "description": LOOP["message"],
    "user_email": LOOP["user_email"],
    "user_name": "Support Agent - API",
    "created_at": "2024-04-15T14:30:00.000Z",
}
INVENTORY = [{"id": DINE_IN, "name": "Dine-in", "company_id": COMPANY}]
SURVEY = Observed("b2s/Survey", "b2s", DINE_IN, {"name": "Dine-in", "company_id": COMPANY})
NONE = {"limit": 1, "offset": 0, "total": 0, "data": []}


def asking(call: Callable[[Any], Any], **settings: Any) -> Any:
    """What a call gives."""
    with vendor("b2s", **settings) as b2s:
        return call(b2s)


def query(request: httpx.Request) -> dict[str, str]:
    return dict(request.url.params)


# --- create ---------------------------------------------------------------------------------------------------------


@respx.mock
def test_create_sends_and_reads_the_documented_example() -> None:
    """L4-L62: the body as it stands, both forms of an answer; 201 with the new id."""
    route = respx.post(ANSWERS).respond(201, json=REGISTERED)
    with vendor("b2s") as b2s:
        written = b2s.create("b2s/Answer", SENT)
        assert b2s.calls() == Calls(0, 1)
    assert (body(sent(route)), headers(sent(route))) == (SENT, WRITE_HEADERS)
    assert (written.id, dict(written.fields)) == (REGISTERED["id"], {})


@respx.mock
def test_a_create_sends_neither_nulls_nor_what_comes_later() -> None:
    """The status and closed loops have requests of their own; the engine sends them afterwards."""
    least = {name: SENT[name] for name in ("nps", "created_at", "search_id", "response_channel")}
    route = respx.post(ANSWERS).respond(201, json=REGISTERED)
    more = {"discursive_question": None, "status": "done", "closedLoop": [LOOP]}
    asking(lambda b2s: b2s.create("b2s/Answer", {**least, **more}))
    assert body(sent(route)) == least


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(201),
        httpx.Response(201, json={}),
        httpx.Response(201, json={"id": None}),
        httpx.Response(201, json=[]),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"res": False, "msg": "no"}),
    ],
)
@respx.mock
def test_trap_97c_a_create_in_doubt_is_never_repeated(answer: httpx.Response) -> None:
    """There is no key by which the vendor would know the second of two."""
    route = respx.post(ANSWERS).mock(return_value=answer)
    with pytest.raises(Uncertain) as caught:
        asking(lambda b2s: b2s.create("b2s/Answer", SENT), retry_seconds=60.0)
    assert caught.value.code == OUTCOME_UNKNOWN
    assert len(route.calls) == 1


Call = Callable[[Any], Any]
WRITES: list[tuple[str, str, Call]] = [
    ("POST", ANSWERS, lambda b2s: b2s.create("b2s/Answer", SENT)),
    ("PATCH", f"{ANSWERS}/{ID}", lambda b2s: b2s.update("b2s/Answer", ID, {"status": "done"})),
    ("POST", f"{ANSWERS}/{ID}/description", lambda b2s: b2s.update("b2s/Answer", ID, {"closedLoop": [LOOP]})),
]
NAMES = ["create", "status", "closed loop"]


@pytest.mark.parametrize(("method", "url", "call"), WRITES, ids=NAMES)
@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (400, WRITE_INVALID, "L67, L219; trap 97: of the closed loop's table it is missing"),
        (401, CREDENTIALS_REFUSED, "not documented here, and by the sibling"),
        (403, CREDENTIALS_FORBIDDEN, "trap 92, L68: an invalid token"),
        (404, WRITE_NOT_FOUND, "trap 91, L69: the survey or the answer, once the token is seen to be good"),
        (422, WRITE_INVALID, "not documented"),
    ],
)
@respx.mock
def test_trap_92_a_refused_write_is_definite(
    method: str, url: str, call: Call, status: int, code: str, why: str
) -> None:
    """Nothing was changed, and 403 is about the token."""
    respx.get(ANSWERS).respond(json=NONE)
    respx.request(method, url).respond(status, json={"message": "no such thing"})
    with pytest.raises(ReconcilerError, match="no such thing") as caught:
        asking(call)
    assert caught.value.code == code, why
    assert not isinstance(caught.value, Uncertain)


@pytest.mark.parametrize(("method", "url", "call"), WRITES, ids=NAMES)
@respx.mock
def test_trap_91_a_404_of_a_token_that_nobody_knows_is_no_absence(method: str, url: str, call: Call) -> None:
    """ "Survey or integration token not found": where the list is not found either, it is the token."""
    respx.get(ANSWERS).respond(404)
    respx.request(method, url).respond(404, text="<html>not found</html>")
    with pytest.raises(ReconcilerError) as caught:
        asking(call)
    assert caught.value.code == CREDENTIALS_REFUSED


# --- status and closed loop -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [httpx.Response(201, json={}), httpx.Response(200, json={}), httpx.Response(204), httpx.Response(201)]
)
@respx.mock
def test_trap_93_status_sends_and_reads_the_documented_example(answer: httpx.Response) -> None:
    """L198-L214: a 201 with an empty object, of which nothing can be read back."""
    route = respx.patch(f"{ANSWERS}/{ID}").mock(return_value=answer)
    written = asking(lambda b2s: b2s.update("b2s/Answer", ID, {"status": "in-progress"}))
    assert (body(sent(route)), headers(sent(route))) == ({"status": "in-progress"}, WRITE_HEADERS)
    assert (written.id, dict(written.fields)) == (ID, {})


@respx.mock
def test_a_status_is_repeated() -> None:
    """Set twice it is set."""
    route = respx.patch(f"{ANSWERS}/{ID}").mock(side_effect=[httpx.Response(503), httpx.Response(201, json={})])
    asking(lambda b2s: b2s.update("b2s/Answer", ID, {"status": "done"}), retry_seconds=60.0)
    assert len(route.calls) == 2


@respx.mock
def test_trap_96_closed_loop_sends_and_reads_the_documented_example() -> None:
    """L223-L254: each POST is one more, and its answer says message and name otherwise, so nothing is compared."""
    route = respx.post(f"{ANSWERS}/{ID}/description").respond(201, json=LOOPED)
    written = asking(lambda b2s: b2s.update("b2s/Answer", ID, {"closedLoop": [LOOP]}))
    assert (body(sent(route)), headers(sent(route))) == (LOOP, WRITE_HEADERS)
    assert (written.id, dict(written.fields)) == (ID, {})


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(201), httpx.Response(201, text="ok")])
@respx.mock
def test_trap_96_a_closed_loop_in_doubt_is_never_repeated(answer: httpx.Response) -> None:
    """It would be there twice."""
    route = respx.post(f"{ANSWERS}/{ID}/description").mock(return_value=answer)
    with pytest.raises(Uncertain):
        asking(lambda b2s: b2s.update("b2s/Answer", ID, {"closedLoop": [LOOP]}), retry_seconds=60.0)
    assert len(route.calls) == 1


CANNOT: list[tuple[str, Call]] = [
    ("a survey is not created", lambda b2s: b2s.create("b2s/Survey", {"name": "x"})),
    ("a survey is not changed", lambda b2s: b2s.update("b2s/Survey", DINE_IN, {"name": "x"})),
    ("an answer's score is not changed", lambda b2s: b2s.update("b2s/Answer", ID, {"nps": 3})),
    ("two requests are not one", lambda b2s: b2s.update("b2s/Answer", ID, {"status": "done", "closedLoop": [LOOP]})),
    ("two closed loops are not one", lambda b2s: b2s.update("b2s/Answer", ID, {"closedLoop": [LOOP, LOOP]})),
    ("a closed loop is no text", lambda b2s: b2s.update("b2s/Answer", ID, {"closedLoop": "done"})),
    ("a survey is not deleted", lambda b2s: b2s.delete("b2s/Survey", DINE_IN)),
    ("an answer is not deleted", lambda b2s: b2s.delete("b2s/Answer", ID)),
]


@pytest.mark.parametrize(("reason", "call"), CANNOT, ids=[reason for reason, _ in CANNOT])
@respx.mock
def test_what_the_api_cannot_do_is_refused_unsent(reason: str, call: Call) -> None:
    """respx would fail a request that nobody expects; and there is nothing that a delete could destroy."""
    with pytest.raises(ReconcilerError) as caught:
        asking(call)
    assert caught.value.code == WRITE_REFUSED, reason
    assert asking(lambda b2s: (b2s.impact("b2s/Survey", SURVEY), b2s.evidence("b2s/Survey", SURVEY))) == (Impact(), {})


# --- one answer -----------------------------------------------------------------------------------------------------


@respx.mock
def test_trap_95_read_sends_and_reads_the_documented_example() -> None:
    """Traps 94, 95: the time in another zone, questions under other names, and the status never are not compared."""
    route = respx.get(f"{ANSWERS}/{ID}").respond(json=READ)
    read = asking(lambda b2s: b2s.read("b2s/Answer", ID))
    assert read == Observed("b2s/Answer", "b2s", ID, {"nps": 10, "discursive_question": None})
    assert (headers(sent(route)), sent(route).content, sent(route).url.query) == (HEADERS, b"", b"")


@pytest.mark.parametrize("absent", [None, {}, {"id": None, "name": None}])
@respx.mock
def test_trap_98_parts_that_are_missing_do_not_matter(absent: JSON) -> None:
    """A page of {}, a client of nulls, no search at all; a telephone number or birthday is nobody's business here."""
    odd = {**READ, "page": absent, "client": absent, "consumption": absent}
    respx.get(f"{ANSWERS}/{ID}").respond(json={name: odd[name] for name in odd if name != "search"})
    read = asking(lambda b2s: b2s.read("b2s/Answer", ID))
    assert set(read.fields) == {"nps", "discursive_question"}


@respx.mock
def test_trap_91_an_answer_is_absent_once_the_token_is_known() -> None:
    """The proof is asked for once."""
    one = respx.get(f"{ANSWERS}/{ID}").respond(404, json={"message": "Response or integration token not found"})
    proof = respx.get(ANSWERS).respond(json=NONE)
    with vendor("b2s") as b2s:
        assert b2s.read("b2s/Answer", ID) is None
        assert b2s.read("b2s/Answer", ID) is None
    assert (len(one.calls), len(proof.calls)) == (2, 1)
    assert query(sent(proof)) == {
        "is_enps": "false",
        "date_start": "1970-01-01",
        "date_end": "2100-01-01",
        "limit": "1",
        "offset": "0",
    }


@pytest.mark.parametrize(
    ("status", "code"), [(404, CREDENTIALS_REFUSED), (403, CREDENTIALS_FORBIDDEN), (401, CREDENTIALS_REFUSED)]
)
@respx.mock
def test_trap_91_a_404_proves_nothing_with_an_unknown_token(status: int, code: str) -> None:
    """Where the list knows the token as little, it is exit 4 and no absence."""
    respx.get(f"{ANSWERS}/{ID}").respond(404)
    respx.get(ANSWERS).respond(status)
    with pytest.raises(ReconcilerError) as caught:
        asking(lambda b2s: b2s.read("b2s/Answer", ID))
    assert (caught.value.code, caught.value.exit_code) == (code, 4)


# --- surveys --------------------------------------------------------------------------------------------------------


@respx.mock
def test_the_inventory_is_a_bare_list() -> None:
    """The sibling document's GET /api/searches: id, name, company_id, without pages."""
    route = respx.get(SEARCHES).respond(json=INVENTORY)
    with vendor("b2s") as b2s:
        listing = b2s.list("b2s/Survey")
        assert b2s.read("b2s/Survey", DINE_IN) == SURVEY
        assert b2s.read("b2s/Survey", ID) is None
    assert (listing.objects, listing.complete, listing.warnings) == ((SURVEY,), True, ())
    assert (headers(sent(route)), sent(route).url.query) == (HEADERS, b"")


@pytest.mark.parametrize("shape", [{}, {"data": []}, None, ["x"], [{"name": "x"}], [{"id": DINE_IN}]])
@respx.mock
def test_an_inventory_of_another_shape_is_unreadable(shape: JSON) -> None:
    """It answers, so there is no other way round."""
    respx.get(SEARCHES).mock(return_value=httpx.Response(200, json=shape))
    with pytest.raises(ReconcilerError) as caught:
        asking(lambda b2s: b2s.list("b2s/Survey"))
    assert caught.value.code == UNREADABLE


def shown(created_at: str, **parts: JSON) -> dict[str, JSON]:
    return {**READ, "id": created_at, "created_at": created_at, **parts}


@pytest.mark.parametrize("status", [401, 403, 404])
@respx.mock
def test_without_the_inventory_a_survey_is_what_its_newest_answer_says(status: int) -> None:
    """Both populations are looked at; an answer without its search (98) says nothing."""
    respx.get(SEARCHES).respond(status)
    older = shown("2024-01-01T00:00:00.000Z", search={"id": DINE_IN, "name": "Old name"})
    newest = shown("2024-02-01T00:00:00.000Z", search={"id": DINE_IN, "name": "Dine-in"})
    silent = {name: value for name, value in shown("2024-03-01T00:00:00.000Z").items() if name != "search"}

    def answer(request: httpx.Request) -> httpx.Response:
        asked = query(request)
        rows = [] if "search_id" not in asked or asked["is_enps"] == "true" else [older, newest, silent]
        return httpx.Response(200, json={"limit": 50, "offset": 0, "total": len(rows), "data": rows})

    route = respx.get(ANSWERS).mock(side_effect=answer)
    with vendor("b2s") as b2s:
        b2s.seek("b2s/Survey", Sought(ids=frozenset({DINE_IN})))
        listing = b2s.list("b2s/Survey")
    assert (listing.objects, listing.complete) == ((SURVEY,), False)
    assert "does not answer" in listing.warnings[0]
    asked = [query(call.request) for call in route.calls if "search_id" in query(call.request)]
    assert [one["is_enps"] for one in asked] == ["false", "true"]


@pytest.mark.parametrize("parts", [None, {"search": None}, {"search": {"id": DINE_IN, "name": None}}])
@respx.mock
def test_without_the_inventory_a_survey_without_answers_is_unreadable_and_not_gone(parts: Any) -> None:
    """Nothing shows whether it is there."""
    respx.get(SEARCHES).respond(404)
    rows = [shown("2024-01-01T00:00:00.000Z", **parts)] if parts else []
    respx.get(ANSWERS).respond(json={"limit": 50, "offset": 0, "total": len(rows), "data": rows})
    with vendor("b2s") as b2s, pytest.raises(ReconcilerError, match=DINE_IN) as caught:
        b2s.seek("b2s/Survey", Sought(ids=frozenset({DINE_IN})))
        b2s.list("b2s/Survey")
    assert caught.value.code == UNREADABLE


@pytest.mark.parametrize(("status", "code"), [(404, CREDENTIALS_REFUSED), (403, CREDENTIALS_FORBIDDEN)])
@respx.mock
def test_without_the_inventory_an_unknown_token_is_told(status: int, code: str) -> None:
    """No empty list for somebody who may see nothing."""
    respx.get(SEARCHES).respond(401)
    respx.get(ANSWERS).respond(status)
    with pytest.raises(ReconcilerError) as caught:
        asking(lambda b2s: b2s.list("b2s/Survey"))
    assert caught.value.code == code


# --- the list of answers --------------------------------------------------------------------------------------------

Manner = Callable[[int, int], int | None]  # offset, limit -> the first row; None refuses


def rows(offset: int, limit: int) -> int | None:
    """What the document says: answers to skip (L84)."""
    return offset


def pages(offset: int, limit: int) -> int | None:
    """What clients found: pages from 1; 0 is the first as well."""
    return max(offset - 1, 0) * limit


def pages_from_1(offset: int, limit: int) -> int | None:
    """The same, and 0 is no page."""
    return (offset - 1) * limit if offset else None


def serve(count: int, manner: Manner = rows, most: int = 50, employees: int = 0) -> respx.Route:
    """A list of customers' and employees' answers; ``most`` is the limit that the server goes by."""
    populations = {
        "false": [{**READ, "id": f"c{n}"} for n in range(count)],
        "true": [{**READ, "id": f"e{n}"} for n in range(employees)],
    }

    def answer(request: httpx.Request) -> httpx.Response:
        asked = query(request)
        size = min(int(asked["limit"]), most)
        start = manner(int(asked["offset"]), size)
        if start is None:
            return httpx.Response(400, json={"message": "offset must be at least 1"})
        found = populations[asked["is_enps"]]
        data = found[start : start + size]
        return httpx.Response(200, json={"limit": size, "offset": asked["offset"], "total": len(found), "data": data})

    return respx.get(ANSWERS).mock(side_effect=answer)


def answers(times: int = 1) -> list[str]:
    def call(b2s: Any) -> list[str]:
        found = [b2s.answers(DINE_IN, date(2024, 1, 1), date(2024, 1, 31)) for _ in range(times)]
        return [str(item["id"]) for item in found[-1]]

    ids: list[str] = asking(call)
    return ids


def every(count: int, employees: int = 0) -> list[str]:
    return [f"c{n}" for n in range(count)] + [f"e{n}" for n in range(employees)]


@respx.mock
def test_trap_90_a_list_is_two_passes_with_all_five_parameters() -> None:
    """L86-L92: is_enps is required and splits the population."""
    route = serve(2, employees=1)
    assert answers() == ["c0", "c1", "e0"]
    first, second = [query(call.request) for call in route.calls]
    assert first == {
        "is_enps": "false",
        "date_start": "2024-01-01",
        "date_end": "2024-01-31",
        "search_id": DINE_IN,
        "limit": "50",
        "offset": "0",
    }
    assert second == {**first, "is_enps": "true"}
    assert (headers(sent(route)), sent(route).content) == (HEADERS, b"")


@pytest.mark.parametrize("manner", [rows, pages, pages_from_1])
@pytest.mark.parametrize("count", [0, 1, 2, 50, 51, 52, 100, 101, 250])
@respx.mock
def test_trap_89_an_offset_of_rows_or_of_pages_gives_every_answer_once(manner: Manner, count: int) -> None:
    """Two answers at offset 1 tell which it is; what was learned holds for the second list."""
    serve(count, manner, employees=60)
    assert answers(times=2) == every(count, 60)


@pytest.mark.parametrize(("manner", "offsets"), [(rows, ["0", "1", "50", "100"]), (pages, ["0", "1", "2", "3"])])
@respx.mock
def test_trap_89_the_probe_is_made_once(manner: Manner, offsets: list[str]) -> None:
    """Of a list that fits a page nobody has to know."""
    route = serve(101, manner)
    assert answers() == every(101)
    asked = [query(call.request) for call in route.calls if query(call.request)["is_enps"] == "false"]
    assert sorted((one["offset"] for one in asked), key=int) == offsets
    assert [one["limit"] for one in asked].count("2") == 1


@pytest.mark.parametrize("manner", [rows, pages, pages_from_1])
@respx.mock
def test_trap_97b_a_smaller_limit_than_asked_for_loses_nothing(manner: Manner) -> None:
    """The first page tells the size, whatever was echoed."""
    serve(101, manner, most=20)
    assert answers() == every(101)


@respx.mock
def test_an_offset_that_is_not_obeyed_is_an_error() -> None:
    """Every page is the first: unique answers never reach the total (L93: total 2, one row shown)."""
    serve(101, lambda offset, limit: 0)
    with pytest.raises(ReconcilerError) as caught:
        answers()
    assert caught.value.code == LISTING_INCOMPLETE


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ({"total": 2, "data": [READ]}, LISTING_INCOMPLETE),
        ({"total": 2, "data": []}, LISTING_INCOMPLETE),
        ({"total": None, "data": []}, UNREADABLE),
        ({"data": []}, UNREADABLE),
        ({"total": 0}, UNREADABLE),
        ([], UNREADABLE),
        ({"total": 1, "data": [{"nps": 1}]}, UNREADABLE),
        ({"total": 1, "data": [{**READ, "search": {"id": ID, "name": "x"}}]}, UNREADABLE),
        ({"res": False, "msg": "no"}, UNREADABLE),
    ],
)
@respx.mock
def test_a_list_that_does_not_add_up_is_an_error(shape: JSON, code: str) -> None:
    """Too few, nothing, no count, another shape, another survey's."""
    respx.get(ANSWERS).mock(return_value=httpx.Response(200, json=shape))
    with pytest.raises(ReconcilerError) as caught:
        answers()
    assert caught.value.code == code


@respx.mock
def test_a_refused_parameter_is_an_error_after_both_first_pages() -> None:
    """A 400 may be about offset 0, so 1 is tried; what else it is about stays."""
    route = respx.get(ANSWERS).respond(400, json={"message": "search_id"})
    with pytest.raises(ReconcilerError) as caught:
        answers()
    assert caught.value.code == READ_REFUSED
    assert [query(call.request)["offset"] for call in route.calls] == ["0", "1"]


# --- answers that may be ours ---------------------------------------------------------------------------------------


@respx.mock
def test_trap_94_an_answer_is_sought_on_the_days_around_its_own() -> None:
    """The vendor's time zone, and whether the last day belongs to the period, are not documented."""
    route = serve(1)
    with vendor("b2s") as b2s:
        b2s.seek("b2s/Answer", Sought((SENT, {**SENT, "created_at": "2024-04-17 00:00:00"}, {"nps": 1})))
        listing = b2s.list("b2s/Answer")
    assert ([item.id for item in listing.objects], listing.complete) == (["c0"], False)
    spans = {(one["date_start"], one["date_end"]) for one in (query(call.request) for call in route.calls)}
    assert spans == {("2024-04-14", "2024-04-19")}


@respx.mock
def test_an_answer_that_is_sought_by_its_id_is_read() -> None:
    """Those that are gone are not there; of what has no day nothing is asked."""
    respx.get(f"{ANSWERS}/{ID}").respond(json=READ)
    respx.get(f"{ANSWERS}/gone").respond(404)
    respx.get(ANSWERS).respond(json=NONE)
    with vendor("b2s") as b2s:
        b2s.seek("b2s/Answer", Sought(({"created_at": "2024-99-99 00:00:00"},), frozenset({ID, "gone"})))
        assert [item.id for item in b2s.list("b2s/Answer").objects] == [ID]


def test_days_that_lie_together_are_one_period() -> None:
    """A thousand answers of a week are one list, and none of the years between two of them is read."""
    days = [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3), date(2024, 6, 1), date(2024, 1, 1)]
    assert [(span.start, span.end) for span in around(days)] == [
        ("2023-12-31", "2024-01-05"),
        ("2024-05-31", "2024-06-03"),
    ]
    assert around([]) == ()
