"""Buenno, call by call: exact verb, path, headers and body, and every documented answer (buenno.txt)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

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
    WRITE_CONFLICT,
    WRITE_FORBIDDEN,
    WRITE_INVALID,
    WRITE_NOT_FOUND,
    WRITE_REFUSED,
    ReconcilerError,
    Uncertain,
)
from reconciler.model import JSON, Calls, Impact, Observed
from reconciler.providers.base import Sought
from reconciler.providers.buenno import Buenno
from tests.http.vendors import BUENNO, TOKEN, headers, sent, vendor

HEADERS = {"accept": "application/json", "user-agent": "reconciler/0.1.0", "api-auth-token": TOKEN}
WRITE_HEADERS = {**HEADERS, "content-type": "application/x-www-form-urlencoded"}
INFO, INVITATIONS, REPLIES = f"{BUENNO}/token-info", f"{BUENNO}/invitations", f"{BUENNO}/replies"
# buenno.txt L14-L25.
TOKEN_INFO = {
    "api_token": {
        "name": "Example CRM token",
        "forms": [{"id": 1, "name": "Example Form 2021", "company_name": "Example Company Ltd"}],
    }
}
FORM = Observed("buenno/Form", "buenno", "1", {"name": "Example Form 2021", "company_name": "Example Company Ltd"})
# L110-L132; the create's answer (L50-L73) has the link as well.
INVITED: dict[str, JSON] = {
    "id": 1,
    "email": None,
    "phone": "00358441234567",
    "first_name": None,
    "last_name": None,
    "form_id": 1,
    "pf_timestamp": None,
    "pf_store": None,
    "pf_seller_name": None,
    "pf_product_category": None,
    "pf_target": None,
    "pf_gender": None,
    "pf_age": None,
    "pf_external_id": None,
    "scheduled_at": "2020-12-18T00:00:00+00:00",
    "sent_at": "2020-12-18T00:00:00+00:00",
    "opened_at": "2020-12-19T00:00:00+00:00",
    "answered_at": None,
    "created_at": "2020-12-18T00:00:00+00:00",
    "updated_at": "2020-12-18T00:00:00+00:00",
}
LINKED = {**INVITED, "invitation_link": "https://buenno.fi/i/0b6a5ed887f3b89acd08"}
# L148-L200.
REPLY: dict[str, JSON] = {
    "id": 1,
    "name": "Example Survey 12/2020",
    "email": "",
    "phone": "00358441234567",
    "first_name": None,
    "preferred_language": None,
    "question_count": 2,
    "score_sum": 125,
    "avg_score": 62.5,
    "answers": [
        {"question": "Lorem ipsum", "points": 50, "answer": "Sed ut", "question_id": 1234, "question_type_id": 1},
        {"question": "Lorem ipsum 2", "points": 75, "answer": None, "question_id": 1237, "question_type_id": 1},
        {"question": "De finibus", "points": 0, "answer": "qui ratione", "question_id": 2345, "question_type_id": 13},
    ],
    "updated_at": "2020-12-19T00:00:00Z",
    "created_at": "2020-12-18T00:00:00Z",
}
SINCE, UNTIL = datetime(2020, 12, 17, tzinfo=UTC), datetime(2020, 12, 19, tzinfo=UTC)


def asking(call: Callable[[Any], Any], **settings: Any) -> Any:
    """What a call gives."""
    with vendor("buenno", **settings) as buenno:
        return call(buenno)


def inviting(**fields: JSON) -> Callable[[Any], Any]:
    return lambda buenno: buenno.create("buenno/Invitation", {"form": "1", "phone": "00358441234567", **fields})


def posted(request: httpx.Request) -> dict[str, str]:
    pairs = parse_qsl(request.content.decode(), strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


# --- forms ----------------------------------------------------------------------------------------------------------


@respx.mock
def test_token_info_sends_and_reads_the_documented_example() -> None:
    """The key stands alone in its own header (L4), nothing else goes with it; ids are text for the engine."""
    route = respx.get(INFO).respond(json=TOKEN_INFO)
    with vendor("buenno") as buenno:
        listing = buenno.list("buenno/Form")
        assert buenno.read("buenno/Form", "1") == FORM
        assert buenno.read("buenno/Form", "2") is None
        assert buenno.calls() == Calls(3, 0)
    assert (listing.objects, listing.complete, listing.warnings) == ((FORM,), True, ())
    assert headers(sent(route)) == HEADERS
    assert (sent(route).content, sent(route).url.query) == (b"", b"")


SHAPES: list[tuple[JSON, str]] = [
    ([], "a list"),
    ({}, "no api_token"),
    ({"api_token": None}, "a null token"),
    ({"api_token": {"name": "x"}}, "no forms"),
    ({"api_token": {"forms": {}}}, "forms that are no list"),
    ({"api_token": {"forms": [{"name": "x"}]}}, "a form without an id"),
    ({"api_token": {"forms": [{"id": 1}]}}, "a form without a name"),
]


@pytest.mark.parametrize(("shape", "reason"), SHAPES, ids=[reason for _, reason in SHAPES])
@respx.mock
def test_a_token_info_of_another_shape_is_unreadable(shape: JSON, reason: str) -> None:
    """A list that cannot be read is no empty one."""
    respx.get(INFO).respond(json=shape)
    with pytest.raises(ReconcilerError) as caught:
        asking(lambda buenno: buenno.list("buenno/Form"))
    assert caught.value.code == UNREADABLE, reason


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (401, CREDENTIALS_REFUSED, "L32: the key is not found or invalid"),
        (403, CREDENTIALS_FORBIDDEN, "L33: not allowed right now"),
        (404, READ_REFUSED, "trap 104: also a method that is not allowed (L35), so never absence"),
        (405, READ_REFUSED, "trap 104: what a method that is not allowed once was"),
        (400, READ_REFUSED, "trap 107c: a parameter, in one of two statuses"),
        (422, READ_REFUSED, "trap 107c: a parameter, in the other"),
    ],
)
@respx.mock
def test_trap_104_a_refused_read_is_never_absence(status: int, code: str, why: str) -> None:
    """Every documented error, with the vendor's words (L36-L39)."""
    respx.get(INFO).respond(status, json={"error_message": "Whoops! Something went wrong."})
    with pytest.raises(ReconcilerError, match="Something went wrong") as caught:
        asking(lambda buenno: buenno.read("buenno/Form", "1"))
    assert caught.value.code == code, why


# --- create ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201])
@respx.mock
def test_trap_105_create_sends_and_reads_the_documented_example(status: int) -> None:
    """Traps 102, 105: a form body in spite of "URL Parameters", form_id always; the success status is not written."""
    route = respx.post(INVITATIONS).respond(status, json={"invitation": LINKED})
    with vendor("buenno") as buenno:
        written = buenno.create("buenno/Invitation", {"form": "1", "phone": "00358441234567"})
        assert buenno.calls() == Calls(0, 1)
    request = sent(route)
    assert (request.url.path, request.url.query) == ("/api/v01/invitations", b"")
    assert request.content == b"form_id=1&phone=00358441234567"
    assert headers(request) == WRITE_HEADERS
    assert written.id == "1"
    assert (written.fields["form"], written.fields["phone"], written.fields["email"]) == ("1", "00358441234567", None)
    assert not {"pf_seller_id", "preferred_language", "invitation_link"} & set(written.fields)


@respx.mock
def test_trap_101_create_sends_every_documented_parameter() -> None:
    """L83-L94, e-mail too, whose row lost its name; numbers as digits, signs encoded, what is null left out."""
    fields: dict[str, JSON] = {
        "email": "ann+x@example.com",
        "first_name": "Änn & Co",
        "last_name": "O'Hara=%41",
        "pf_timestamp": 1608249600,
        "pf_store": "Store 1/2",
        "pf_seller_name": "Sam",
        "pf_seller_id": "007",
        "pf_product_category": "sofa;bed",
        "pf_target": "new",
        "pf_gender": "f",
        "pf_age": 42,
        "pf_external_id": "#1041",
        "preferred_language": "fi",
    }
    route = respx.post(INVITATIONS).respond(json={"invitation": {**LINKED, "phone": None}})
    asking(lambda buenno: buenno.create("buenno/Invitation", {"form": "1", "phone": None, **fields}))
    assert posted(sent(route)) == {"form_id": "1", **{name: str(value) for name, value in fields.items()}}
    assert b"ann%2Bx%40example.com" in sent(route).content


@pytest.mark.parametrize(
    ("status", "code", "hint", "why"),
    [
        (409, WRITE_CONFLICT, "console", "trap 103: the identifier is not defined, so a conflict is no success"),
        (403, WRITE_FORBIDDEN, "no form is active", "trap 104: nothing active right now, and not the key"),
        (404, WRITE_NOT_FOUND, "run plan", "trap 102: form_id is invalid"),
        (400, WRITE_INVALID, "", "trap 107c: a parameter"),
        (422, WRITE_INVALID, "", "trap 107c: a parameter"),
        (401, CREDENTIALS_REFUSED, "", "the key"),
    ],
)
@respx.mock
def test_trap_103_a_refused_create_is_definite_and_explained(status: int, code: str, hint: str, why: str) -> None:
    """L75-L80: nothing was sent to anybody, and the way out is this vendor's."""
    route = respx.post(INVITATIONS).respond(status, json={"error_message": "not today"})
    with pytest.raises(ReconcilerError, match="not today") as caught:
        asking(inviting(), retry_seconds=60.0)
    assert caught.value.code == code, why
    assert hint in caught.value.hint
    assert not isinstance(caught.value, Uncertain)
    assert len(route.calls) == 1


DOUBTS = [
    (httpx.Response(500), "a server error"),
    (httpx.Response(200, text="<html>"), "a page"),
    (httpx.Response(200), "nothing"),
    (httpx.Response(200, json={"invitation": None}), "no invitation"),
    (httpx.Response(200, json={"id": 1}), "another shape"),
    (httpx.Response(200, json={"invitation": {**LINKED, "id": None}}), "no id"),
]


@pytest.mark.parametrize(("answer", "reason"), DOUBTS, ids=[reason for _, reason in DOUBTS])
@respx.mock
def test_an_answer_that_does_not_say_so_is_uncertain_and_never_repeated(answer: httpx.Response, reason: str) -> None:
    """The message may be out."""
    route = respx.post(INVITATIONS).mock(return_value=answer)
    with pytest.raises(Uncertain) as caught:
        asking(inviting(), retry_seconds=60.0)
    assert caught.value.code == OUTCOME_UNKNOWN, reason
    assert len(route.calls) == 1


@respx.mock
def test_trap_102_an_invitation_to_another_form_is_uncertain_and_the_last_one() -> None:
    """The table does not know form_id: a server that ignores it would send every one of them for the wrong form."""
    route = respx.post(INVITATIONS).respond(json={"invitation": LINKED})
    with vendor("buenno") as buenno:
        with pytest.raises(Uncertain, match="made for form 1 where 2 was asked for"):
            buenno.create("buenno/Invitation", {"form": "2", "phone": "00358441234567"})
        with pytest.raises(ReconcilerError, match="not sent") as caught:
            buenno.create("buenno/Invitation", {"form": "2", "phone": "00358441234568"})
    assert not isinstance(caught.value, Uncertain)
    assert len(route.calls) == 1


CANNOT: list[tuple[str, Callable[[Any], Any]]] = [
    ("a form is not created", lambda buenno: buenno.create("buenno/Form", {"name": "x"})),
    ("a form is not changed", lambda buenno: buenno.update("buenno/Form", "1", {"name": "x"})),
    ("an invitation is not changed", lambda buenno: buenno.update("buenno/Invitation", "1", {"pf_age": 3})),
    ("a form is not deleted", lambda buenno: buenno.delete("buenno/Form", "1")),
    ("an invitation is not deleted", lambda buenno: buenno.delete("buenno/Invitation", "1")),
]


@pytest.mark.parametrize(("reason", "call"), CANNOT, ids=[reason for reason, _ in CANNOT])
@respx.mock
def test_what_the_api_cannot_do_is_refused_unsent(reason: str, call: Callable[[Any], Any]) -> None:
    """respx would fail a request that nobody expects; and there is nothing that a delete could destroy."""
    with pytest.raises(ReconcilerError) as caught:
        asking(call)
    assert caught.value.code == WRITE_REFUSED, reason
    assert asking(lambda buenno: (buenno.impact("buenno/Form", FORM), buenno.evidence("buenno/Form", FORM))) == (
        Impact(),
        {},
    )


# --- invitations listed ---------------------------------------------------------------------------------------------


def serve(rows: list[dict[str, JSON]], most: int = 250, field: str = "invitations", **envelope: str) -> respx.Route:
    """A list that slices; ``most`` is the limit the server goes by whatever was asked for."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        start, size = int(asked["offset"]), min(int(asked["limit"]), most)
        return httpx.Response(200, json={field: rows[start : start + size], **envelope})

    return respx.get(f"{BUENNO}/{field}").mock(side_effect=answer)


def invited(count: int) -> list[dict[str, JSON]]:
    return [{**INVITED, "id": number} for number in range(1, count + 1)]


def listed(*forms: str) -> list[str]:
    def call(buenno: Any) -> list[str]:
        buenno.seek("buenno/Invitation", Sought(tuple({"form": form} for form in forms)))
        listing = buenno.list("buenno/Invitation")
        assert not listing.complete
        return [item.id for item in listing.objects]

    found: list[str] = asking(call)
    return found


@respx.mock
def test_list_sends_and_reads_the_documented_example() -> None:
    """L100-L132: the parameters in the query, the form always named, since the first active one would be taken."""
    route = serve([INVITED])
    with vendor("buenno") as buenno:
        buenno.seek("buenno/Invitation", Sought(({"form": "1"},)))
        (found,) = buenno.list("buenno/Invitation").objects
    assert (found.kind, found.id, found.fields["form"]) == ("buenno/Invitation", "1", "1")
    assert sent(route).url.query == b"limit=250&offset=0&form_id=1"
    assert (headers(sent(route)), sent(route).content) == (HEADERS, b"")


@pytest.mark.parametrize(
    ("count", "most", "pages"),
    [(0, 250, 1), (99, 250, 1), (249, 250, 2), (250, 250, 2), (501, 250, 3), (250, 100, 3), (100, 100, 2)],
)
@respx.mock
def test_trap_108_without_a_total_pages_are_read_to_a_short_one(count: int, most: int, pages: int) -> None:
    """A page as long as the documented default may be a full one of a server that gives no more, so it is no end."""
    route = serve(invited(count), most)
    assert listed("1") == [str(number) for number in range(1, count + 1)]
    assert len(route.calls) == pages


@respx.mock
def test_an_offset_that_is_not_obeyed_is_an_error() -> None:
    """The same page again and again is no list."""
    respx.get(INVITATIONS).respond(json={"invitations": invited(250)})
    with pytest.raises(ReconcilerError) as caught:
        listed("1")
    assert caught.value.code == LISTING_INCOMPLETE


@respx.mock
def test_a_filter_that_is_not_obeyed_is_an_error() -> None:
    """Invitations of another form would be taken for ours."""
    serve(invited(1))
    with pytest.raises(ReconcilerError, match="does not obey its filter") as caught:
        listed("2")
    assert caught.value.code == UNREADABLE


@respx.mock
def test_without_a_declared_form_all_forms_of_the_token_are_listed() -> None:
    """A reference whose form has no id yet asks for nothing by itself."""
    info, route = respx.get(INFO).respond(json=TOKEN_INFO), serve(invited(2))
    assert listed() == ["1", "2"]
    assert (len(info.calls), len(route.calls)) == (1, 1)


@pytest.mark.parametrize(
    ("shown", "read"),
    [(1608249600, 1608249600), ("2020-12-18T00:00:00+00:00", 1608249600), ("1608249600", "1608249600"), ("?", "?")],
)
@respx.mock
def test_trap_107d_a_timestamp_is_read_as_the_seconds_that_were_sent(shown: JSON, read: JSON) -> None:
    """Written in seconds; how it is shown is not documented."""
    serve([{**INVITED, "pf_timestamp": shown}])
    with vendor("buenno") as buenno:
        buenno.seek("buenno/Invitation", Sought(({"form": "1"},)))
        assert buenno.list("buenno/Invitation").objects[0].fields["pf_timestamp"] == read


# --- replies --------------------------------------------------------------------------------------------------------


def replies(since: datetime = SINCE, until: datetime = UNTIL) -> tuple[Any, ...]:
    with vendor("buenno") as buenno:
        assert isinstance(buenno, Buenno)
        return buenno.replies(since, until)


@respx.mock
def test_trap_99_replies_are_asked_for_in_the_query() -> None:
    """Traps 99, 100, 106: the example sends them in a GET's body and gets 500 for 1000; the plus is encoded."""
    route = respx.get(REPLIES).respond(json={"replies": [REPLY], "total": "1", "limit": "500", "offset": "0"})
    (reply,) = replies()
    assert reply == REPLY
    assert sent(route).url.query == (
        b"from=2020-12-17T00%3A00%3A00%2B00%3A00&to=2020-12-19T00%3A00%3A00%2B00%3A00&limit=1000&offset=0"
    )
    assert (headers(sent(route)), sent(route).content) == (HEADERS, b"")


@respx.mock
def test_trap_106_a_local_time_goes_with_its_offset() -> None:
    """L209: "use the +00:00 part to provide the offset to UTC"."""
    route = respx.get(REPLIES).respond(json={"replies": [], "total": "0", "limit": "1000", "offset": "0"})
    assert replies(datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == ()
    assert b"from=2020-01-01T00%3A00%3A00%2B02%3A00&" in sent(route).url.query


@pytest.mark.parametrize(("count", "most"), [(0, 1000), (1000, 1000), (1001, 1000), (2225, 500)])
@pytest.mark.parametrize("spell", [str, int])
@respx.mock
def test_trap_100_replies_add_up_whatever_the_page_size(count: int, most: int, spell: Callable[[int], Any]) -> None:
    """The total is text in the example and may be a number; the server's own limit tells the size of a page."""
    rows = [{**REPLY, "id": number} for number in range(count)]
    serve(rows, most, "replies", total=spell(count), limit=spell(most), offset=spell(0))
    assert [reply["id"] for reply in replies()] == list(range(count))


@pytest.mark.parametrize("total", ["3", "0"])
@respx.mock
def test_replies_that_do_not_add_up_are_an_error(total: str) -> None:
    """Read three times, then refused."""
    route = serve([REPLY], 1000, "replies", total=total, limit="1000", offset="0")
    with pytest.raises(ReconcilerError) as caught:
        replies()
    assert caught.value.code == LISTING_INCOMPLETE
    assert len(route.calls) >= 3


@pytest.mark.parametrize("total", [None, "many", -1, True])
@respx.mock
def test_replies_without_a_count_are_unreadable(total: JSON) -> None:
    """A total that is none proves nothing."""
    respx.get(REPLIES).respond(json={"replies": [REPLY], "total": total})
    with pytest.raises(ReconcilerError) as caught:
        replies()
    assert caught.value.code == UNREADABLE


@respx.mock
def test_trap_107_replies_are_kept_as_they_are_shown() -> None:
    """Traps 101, 107, 107d: an empty e-mail, the score without NPS, and question types that no table knows yet."""
    odd = {**REPLY, "email": "", "answers": [{"question_id": 9, "question_type_id": 3, "points": None}]}
    respx.get(REPLIES).respond(json={"replies": [odd], "total": "1"})
    assert replies() == (odd,)
