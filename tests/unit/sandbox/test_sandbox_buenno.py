"""Buenno's stand-in against buenno.txt: the front door, token-info and new invitations; traps 101 to 107d by number."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PHONE = "00358441234567"
INVITATION = [
    *("id", "email", "phone", "first_name", "last_name", "form_id", "pf_timestamp", "pf_store", "pf_seller_name"),
    *("pf_product_category", "pf_target", "pf_gender", "pf_age", "pf_external_id"),
    *("scheduled_at", "sent_at", "opened_at", "answered_at", "created_at", "updated_at"),
]


def invite(buenno: httpx.Client, **form: Any) -> httpx.Response:
    return buenno.post("/invitations", data=form)


def created(buenno: httpx.Client, **form: Any) -> dict[str, Any]:
    answer = invite(buenno, **form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["invitation"])


def listed(buenno: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    return list(buenno.get("/invitations", params=query).json()["invitations"])


def test_token_info(buenno: httpx.Client) -> None:
    """L13-L26: the token's name and its forms, each with the three fields and no more."""
    assert buenno.get("/token-info").json() == {
        "api_token": {
            "name": "Sandbox CRM token",
            "forms": [
                {"id": 1, "name": "Waffle House 2020", "company_name": "Waffle House Oy"},
                {"id": 2, "name": "Waffle Truck 2020", "company_name": "Waffle House Oy"},
            ],
        }
    }


def test_inactive_forms_may_be_hidden(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """Whether an inactive form is among the accessible ones, L8 does not say: an option."""
    sandbox.store.change("buenno", "forms", "1", {"_active": False})
    assert len(buenno.get("/token-info").json()["api_token"]["forms"]) == 2
    sandbox.options.update({"buenno_inactive_forms": "hidden"})
    assert [form["id"] for form in buenno.get("/token-info").json()["api_token"]["forms"]] == [2]


TOKENS = [
    ({"api-auth-token": ""}, "an empty token"),
    ({"api-auth-token": "wrong"}, "a wrong token"),
    ({"api-auth-token": "Bearer sandbox-buenno-token"}, "a scheme before it"),
]


@pytest.mark.parametrize(("headers", "reason"), TOKENS)
@pytest.mark.parametrize("path", ["/token-info", "/invitations", "/replies", "/nowhere"])
def test_tokens(buenno: httpx.Client, path: str, headers: dict[str, str], reason: str) -> None:
    """L31: 401 for a token that is missing or invalid, before anything else is looked at."""
    answer = buenno.get(path, headers=headers)
    assert (answer.status_code, list(answer.json())) == (401, ["error_message"]), reason


def test_the_authorization_header_is_no_token(sandbox: RunningSandbox, http: httpx.Client) -> None:
    """The key is in api-auth-token (L4), nowhere else."""
    headers = {"Authorization": "Bearer sandbox-buenno-token"}
    assert http.get(f"{sandbox.buenno_url}/token-info", headers=headers).status_code == 401


PATHS = [
    ("GET", "/nowhere", 404, "an unknown path"),
    ("GET", "/invitations/1", 404, "no invitation is read alone"),
    ("PUT", "/invitations", 404, "L34: a method that is not allowed is a 404"),
    ("DELETE", "/invitations", 404, "nothing is deleted"),
    ("PATCH", "/invitations/1", 404, "nothing is changed"),
    ("POST", "/replies", 404, "replies are read only"),
    ("POST", "/token-info", 404, "so is the token"),
    ("GET", "/token-info/", 404, "105: only invitations take a slash at the end"),
    ("GET", "/replies/", 404, "105: replies do not"),
    ("GET", "/invitations/", 200, "105: L101 has it"),
    ("GET", "/invitations", 200, "105: L100 has it not"),
    ("GET", "/token-info?expand=forms", 400, "an unknown parameter"),
]


@pytest.mark.parametrize(("method", "path", "status", "reason"), PATHS)
def test_paths(buenno: httpx.Client, method: str, path: str, status: int, reason: str) -> None:
    """Traps 104 and 105: 404 is an unknown path and a method that is not allowed alike."""
    answer = buenno.request(method, path)
    assert answer.status_code == status, reason
    assert status == 200 or list(answer.json()) == ["error_message"]


def test_a_method_may_be_405(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """Trap 104: a method that is not allowed was once a 405; an unknown path stays a 404."""
    sandbox.options.update({"buenno_method_status": 405})
    assert [buenno.put("/invitations").status_code, buenno.put("/nowhere").status_code] == [405, 404]


def test_other_versions_are_elsewhere(sandbox: RunningSandbox, http: httpx.Client) -> None:
    """Only v01 is served."""
    headers = {"api-auth-token": "sandbox-buenno-token"}
    assert http.get(f"{sandbox.url}/buenno/api/v02/token-info", headers=headers).status_code == 404


def test_documented_create(buenno: httpx.Client) -> None:
    """L45-L73: the example's form, slash and answer; the link is the create's alone."""
    answer = buenno.post("/invitations/", content=f"phone={PHONE}", headers=FORM)
    item = answer.json()["invitation"]
    assert answer.status_code == 200
    assert list(answer.json()) == ["invitation"] and set(item) == {*INVITATION, "invitation_link"}
    assert re.fullmatch(r"https://buenno\.fi/i/[0-9a-f]{20}", item["invitation_link"])
    assert (item["id"], item["phone"], item["form_id"], item["email"]) == (2, PHONE, 1, None)
    assert item["sent_at"] == item["created_at"] and item["answered_at"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", item["created_at"]), "106: invitations say +00:00"
    assert listed(buenno)[1] == {name: item[name] for name in INVITATION}


def test_every_parameter(buenno: httpx.Client) -> None:
    """L82-L97: all of them; the seller's id and the language are write-only, and numbers are numbers."""
    form = {
        **dict.fromkeys(("first_name", "last_name", "pf_store", "pf_seller_name", "pf_seller_id"), "text"),
        **dict.fromkeys(("pf_product_category", "pf_target", "pf_gender", "pf_external_id"), "text"),
        **{"email": "ann@example.com", "pf_timestamp": 1608249600, "pf_age": 41, "preferred_language": "fi"},
    }
    item = created(buenno, **form)
    assert {name: item[name] for name in form if name in item} == {
        name: value for name, value in form.items() if name not in ("pf_seller_id", "preferred_language")
    }
    assert item["phone"] is None


@pytest.mark.parametrize(
    ("option", "shown"), [("seconds", 1608249600), ("text", "2020-12-18T00:00:00+00:00")], ids=["seconds", "text"]
)
def test_trap_107d_timestamps(sandbox: RunningSandbox, buenno: httpx.Client, option: str, shown: Any) -> None:
    """Trap 107d: pf_timestamp is written in seconds; how it is read is not documented."""
    sandbox.options.update({"buenno_timestamps": option})
    created(buenno, phone=PHONE, pf_timestamp=1608249600)
    assert [item["pf_timestamp"] for item in listed(buenno)] == [None, shown]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "phone", "L84: phone or email is mandatory"),
    ({"first_name": "Ann"}, "phone", "a name is no contact"),
    ({"phone": "+358441234567"}, "phone", "L84: + is replaced with 00"),
    ({"phone": "0441234567"}, "phone", "a country code is included"),
    ({"phone": ""}, "phone", "an empty phone is none"),
    ({"email": "ann"}, "email", "an email address"),
    ({"phone": PHONE, "email": "ann@example.com"}, "email", "L43: either email or phone"),
    ({"phone": PHONE, "pf_age": "old"}, "pf_age", "an integer"),
    ({"phone": PHONE, "pf_age": "41.5"}, "pf_age", "a whole one"),
    ({"phone": PHONE, "pf_timestamp": "2020-12-18"}, "pf_timestamp", "L88: seconds"),
    ({"phone": PHONE, "preferred_language": "finnish"}, "preferred_language", "L97: ISO 639-1"),
    ({"phone": PHONE, "pf_shop": "x"}, "pf_shop", "an unknown parameter"),
    ({"phone": [PHONE, PHONE]}, "phone", "one twice"),
]


@pytest.mark.parametrize(("form", "name", "reason"), REFUSED)
@pytest.mark.parametrize("status", [400, 422])
def test_trap_107c_create_refuses(
    sandbox: RunningSandbox, buenno: httpx.Client, form: dict[str, Any], name: str, reason: str, status: int
) -> None:
    """Trap 107c: a wrong parameter is refused by its name, with a status that is not documented."""
    sandbox.options.update({"buenno_parameter_status": status})
    answer = buenno.post("/invitations", data=form, headers=FORM)
    assert answer.status_code == status, reason
    assert answer.json()["error_message"].startswith(name), reason
    assert len(sandbox.store.objects("buenno", "invitations")) == 1


ENCODINGS: list[tuple[dict[str, Any], int, str]] = [
    ({"json": {"phone": PHONE}}, 415, "L2: form-encoded request bodies"),
    ({"content": f"phone={PHONE}"}, 415, "said to be so"),
    ({"files": {"phone": (None, PHONE)}}, 415, "and not multipart"),
    ({"params": {"phone": PHONE}, "data": {"email": "a@example.com"}}, 400, "105: URL Parameters go in the body"),
]


@pytest.mark.parametrize(("request_", "status", "reason"), ENCODINGS)
def test_trap_105_encodings(
    sandbox: RunningSandbox, buenno: httpx.Client, request_: dict[str, Any], status: int, reason: str
) -> None:
    """Trap 105: a POST's parameters are a form in the body."""
    assert buenno.post("/invitations", **request_).status_code == status, reason
    assert len(sandbox.store.objects("buenno", "invitations")) == 1


def test_trap_106_a_bare_plus_is_a_space(buenno: httpx.Client) -> None:
    """Trap 106: in a query and a form a plus sign is a space, so an offset is percent-encoded."""
    assert buenno.get("/invitations?created_after=2020-12-17T00:00:00+00:00").status_code == 400
    assert buenno.get("/invitations?created_after=2020-12-17T00:00:00%2B00:00").status_code == 200


def test_trap_101_email(buenno: httpx.Client) -> None:
    """Trap 101: the row of L85 has lost its name; it is `email`."""
    assert created(buenno, email="ann@example.com")["email"] == "ann@example.com"


def test_both_contacts_may_be_taken(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """What both at once do, L43 leaves open: an option."""
    sandbox.options.update({"buenno_both_contacts": "taken"})
    item = created(buenno, phone=PHONE, email="ann@example.com")
    assert (item["phone"], item["email"]) == (PHONE, "ann@example.com")


FORM_IDS = [
    ("taken", "2", 200, 2, "102: the exceptions of L80 know form_id"),
    ("taken", "9", 404, None, "L80: an invalid one"),
    ("taken", "first", 404, None, "L33: or one that is no id"),
    ("ignored", "2", 200, 1, "102: the first active form takes it all"),
    ("ignored", "9", 200, 1, "102: even so"),
    ("refused", "2", 400, None, "102: the table has no such parameter"),
]


@pytest.mark.parametrize(("option", "given", "status", "form_id", "reason"), FORM_IDS)
def test_trap_102_form_id(
    sandbox: RunningSandbox,
    buenno: httpx.Client,
    option: str,
    given: str,
    status: int,
    form_id: int | None,
    reason: str,
) -> None:
    """Trap 102: the create's 404 speaks of a form_id that its table does not have."""
    sandbox.options.update({"buenno_create_form_id": option})
    answer = invite(buenno, phone=PHONE, form_id=given)
    assert answer.status_code == status, reason
    assert answer.json().get("invitation", {}).get("form_id") == form_id, reason


def test_trap_104_no_active_form(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """Trap 104: 403 is "not right now", for a create and a list alike, and says nothing of a form's being gone."""
    sandbox.store.change("buenno", "forms", "1", {"_active": False})
    assert created(buenno, phone=PHONE)["form_id"] == 2, "L137: the first active form"
    sandbox.store.change("buenno", "forms", "2", {"_active": False})
    answers = [invite(buenno, phone=PHONE), invite(buenno, phone=PHONE, form_id=1), buenno.get("/invitations")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert len(listed(buenno, form_id=1)) == 1


IDENTIFIERS = [
    ("pf_external_id", {"phone": "00358400000001", "pf_external_id": "order-1"}, 409, "the external id"),
    ("pf_external_id", {"phone": PHONE, "pf_external_id": "order-2"}, 200, "not the contact"),
    ("pf_external_id", {"phone": PHONE}, 200, "nothing is no identifier"),
    ("pf_external_id", {"phone": PHONE, "pf_external_id": "order-1", "form_id": 2}, 200, "each form has its own"),
    ("contact", {"phone": PHONE, "pf_external_id": "order-2"}, 409, "the contact"),
    ("contact", {"email": "ann@example.com", "pf_external_id": "order-1"}, 200, "not the external id"),
    ("none", {"phone": PHONE, "pf_external_id": "order-1"}, 200, "nothing at all"),
]


@pytest.mark.parametrize(("option", "form", "status", "reason"), IDENTIFIERS)
def test_trap_103_conflicts(
    sandbox: RunningSandbox, buenno: httpx.Client, option: str, form: dict[str, Any], status: int, reason: str
) -> None:
    """Trap 103: 409 where the "given identifier" exists (L76), whatever that is; nothing is created then."""
    created(buenno, phone=PHONE, pf_external_id="order-1")
    sandbox.options.update({"buenno_identifier": option})
    answer = invite(buenno, **form)
    assert answer.status_code == status, reason
    assert len(sandbox.store.objects("buenno", "invitations")) == (2 if status == 409 else 3)


def test_create_status(sandbox: RunningSandbox, buenno: httpx.Client) -> None:
    """The success of a create has no status in the document: 200 by default, or 201."""
    sandbox.options.update({"buenno_create_status": 201})
    assert invite(buenno, phone=PHONE).status_code == 201


def test_the_log_keeps_no_token(sandbox: RunningSandbox, buenno: httpx.Client, http: httpx.Client) -> None:
    """The header api-auth-token is digested in the log of requests."""
    invite(buenno, phone=PHONE)
    log = http.get("/_sandbox/requests?vendor=buenno").json()
    assert log["requests"][0]["headers"]["api-auth-token"].startswith("sha256:")
    assert "sandbox-buenno-token" not in json.dumps(log)
