"""Optimum's stand-in against optimum.txt: front door, locations, accounts and subscribers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

LOCATION = {
    "name": "Apple Park",
    "address_line_1": "The Spaceship, 1 Apple Park Way",
    "address_line_2": "Cupertino",
    "address_line_3": "CA",
    "postal_code": "90210",
    "country_code": "US",
}
ACCOUNT = {"name": "Savastano and Son", "active": True, "verb": "use"}
SUBSCRIBER = {"email": "jane@example.com", "country_code": "US", "location": "xd3S6"}


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


CREDENTIALS = [
    (None, "no key"),
    (httpx.BasicAuth("wrong", ""), "a wrong key"),
    (httpx.BasicAuth("sandbox-optimum-token", "secret"), "a password beside the key"),
    (httpx.BasicAuth("", "sandbox-optimum-token"), "the key as the password"),
    ("Bearer sandbox-optimum-token", "another scheme"),
    ("Basic sandbox-optimum-token", "a key that is not encoded"),
    (httpx.BasicAuth("sandbox-optimum-client-9", ""), "a client nobody knows"),
]


@pytest.mark.parametrize(("auth", "reason"), CREDENTIALS)
def test_credentials(sandbox: RunningSandbox, http: httpx.Client, auth: Any, reason: str) -> None:
    """The key is the user name of HTTP Basic, without a password (L19); else 401."""
    headers = {"Authorization": auth} if isinstance(auth, str) else {}
    given = None if isinstance(auth, str) else auth
    answer = http.get(f"{sandbox.optimum_url}/locations", auth=given, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "authentication_error"), reason


PATHS = [
    ("GET", "/location", 404, "collections are plural"),
    ("GET", "/subscriber/", 404, "L21's singular is a slip"),
    ("GET", "/locations/nope", 404, "an unknown id"),
    ("GET", "/locations/XD3S6", 404, "ids are matched exactly"),
    ("PUT", "/locations/xd3S6", 404, "an update is a POST (L460)"),
    ("PATCH", "/locations/xd3S6", 404, "an update is a POST"),
    ("DELETE", "/locations", 404, "no collection is deleted"),
    ("POST", "/reviews", 404, "reviews are read only"),
    ("DELETE", "/feedback/gd7TdO", 404, "feedback is read only"),
    ("POST", "/accounts/nope", 404, "an unknown account cannot be updated"),
    ("DELETE", "/subscribers/nope", 404, "nor an unknown subscriber deleted"),
    ("GET", "/locations/xd3S6?expand=all", 400, "a read takes no parameters"),
    ("GET", "/campaigns", 404, "campaigns have no endpoint"),
]


@pytest.mark.parametrize(("method", "path", "status", "reason"), PATHS)
def test_paths(optimum: httpx.Client, method: str, path: str, status: int, reason: str) -> None:
    """What is not documented is not there (traps 31, 54); errors have the documented fields."""
    answer = optimum.request(method, path, json={} if method in ("POST", "PUT", "PATCH") else None)
    assert answer.status_code == status, reason
    assert answer.json()["type"] == "invalid_request_error"


BODIES: list[tuple[dict[str, Any], str]] = [
    ({"data": LOCATION}, "L9: not in form parameters"),
    ({"params": LOCATION}, "L9: not in the query string"),
    ({"json": LOCATION, "params": {"notify": "no"}}, "nor some of them there"),
    ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, "the media types of L11"),
    ({"content": b"{}"}, "a media type is needed"),
    ({"content": b"{", "headers": {"Content-Type": "application/json"}}, "JSON that is whole"),
    ({"content": b"", "headers": {"Content-Type": "application/json"}}, "no body is no JSON"),
    ({"json": [LOCATION]}, "one object"),
    ({"json": {"data": {"attributes": LOCATION}}}, "modelled after JSON:API, yet flat"),
]


@pytest.mark.parametrize(("request_", "reason"), BODIES)
def test_bodies(optimum: httpx.Client, request_: dict[str, Any], reason: str) -> None:
    """Arguments come as JSON in the body, flat (trap 59); anything else is a 400 and creates nothing."""
    answer = optimum.post("/locations", **request_)
    assert (answer.status_code, answer.json()["type"]) == (400, "invalid_request_error"), reason
    assert optimum.get("/locations").json()["total_count"] == 3


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.api+json", "application/json; charset=utf-8"])
def test_media_types(optimum: httpx.Client, kind: str) -> None:
    """Both media types of L11 are taken, and a last slash on a create (trap 32)."""
    answer = optimum.post("/locations/", content=b'{"name":"A","country_code":"GB"}', headers={"Content-Type": kind})
    assert answer.status_code == 200


def test_forms_can_be_allowed(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """With the option, the document's own `curl -d` examples work."""
    sandbox.options.update({"allow_forms": True})
    created = optimum.post("/accounts/", data={"name": "Savastano and Son", "active": "true", "verb": "use"})
    assert (created.status_code, created.json()["active"]) == (200, True)
    changed = optimum.post(f"/accounts/{created.json()['id']}", data={"max_locations": "100", "sms_allowance": "2000"})
    assert (changed.json()["max_locations"], changed.json()["sms_allowance"]) == (100, "2000")
    added = optimum.post("/subscribers/gone", data={"location_add[]": "xd3S6"})
    assert added.status_code == 404


def test_errors_can_be_wrapped(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """Trap 58: the document does not say where an error's fields are; they can be put inside `error`."""
    sandbox.options.update({"wrap_errors": True})
    assert optimum.get("/locations/nope").json()["error"]["type"] == "invalid_request_error"


def test_the_token_decides_the_account(sandbox: RunningSandbox, optimum: httpx.Client, http: httpx.Client) -> None:
    """Objects carry no account: a client's token shows, changes and refers to what was made with it, and no other."""
    client = {"auth": httpx.BasicAuth("sandbox-optimum-client-1", "")}
    other = {"auth": httpx.BasicAuth("sandbox-optimum-client-2", "")}
    url = f"{sandbox.optimum_url}/locations"
    assert http.get(url, **client).json()["total_count"] == 0
    made = http.post(url, json={"name": "Leeds", "country_code": "GB"}, **client).json()
    assert made.keys() == optimum.get("/locations/xd3S6").json().keys()
    assert http.get(url, **client).json()["total_count"] == 1
    assert http.get(f"{url}/{made['id']}", **client).status_code == 200
    assert made["id"] not in {item["id"] for item in optimum.get("/locations").json()["data"]}
    for stranger in (other, {"auth": httpx.BasicAuth("sandbox-optimum-token", "")}):
        assert http.get(f"{url}/{made['id']}", **stranger).status_code == 404
        assert http.post(f"{url}/{made['id']}", json={"name": "Mine"}, **stranger).status_code == 404
        assert http.delete(f"{url}/{made['id']}", **stranger).status_code == 404
    person = {**SUBSCRIBER, "location": made["id"]}
    subscribers = f"{sandbox.optimum_url}/subscribers"
    assert http.post(subscribers, json=person, **other).status_code == 400
    jane = http.post(subscribers, json=person, **client).json()
    assert http.get(subscribers, params={"email": jane["email"]}, **client).json()["total_count"] == 1
    assert optimum.get("/subscribers", params={"email": jane["email"]}).json()["total_count"] == 0


def test_location_round_trip(optimum: httpx.Client) -> None:
    """Create, read, update in part, delete: every field is there, blank ones as null."""
    created = optimum.post("/locations", json=LOCATION)
    assert created.status_code == 200
    item = created.json()
    assert list(item) == ["id", "created", *LOCATION]
    assert len(item["id"]) == 6 and isinstance(item["created"], int)
    path = f"/locations/{item['id']}"
    assert optimum.get(path).json() == item
    assert optimum.post(path, json={"name": "The HyperRing"}).json() == item | {"name": "The HyperRing"}
    assert optimum.post(path, json={"postal_code": None}).json()["postal_code"] is None
    assert optimum.delete(path).json() == {"id": item["id"], "deleted": True}
    assert optimum.get(path).status_code == 404
    assert optimum.post(path, json={"name": "Again"}).status_code == 404
    assert item["id"] not in [entry["id"] for entry in optimum.get("/locations?limit=100").json()["data"]]


def test_names_are_not_unique(optimum: httpx.Client) -> None:
    """The same create twice makes two locations with an id each."""
    assert len({optimum.post("/locations", json=LOCATION).json()["id"] for _ in range(2)}) == 2


def test_deleted_locations_may_linger(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """A delete "makes inactive" (L479): as a ghost it is still read and listed, and can no longer be changed."""
    sandbox.options.update({"deleted_locations": "ghost"})
    assert optimum.delete("/locations/xd3S6").json() == {"id": "xd3S6", "deleted": True}
    assert optimum.get("/locations/xd3S6").status_code == 200
    assert optimum.get("/locations").json()["total_count"] == 3
    assert optimum.post("/locations/xd3S6", json={"name": "Back"}).status_code == 402


WRITE_REFUSALS = [
    ("/locations", without(LOCATION, "name"), "name", "L404: required"),
    ("/locations", without(LOCATION, "country_code"), "country_code", "L418: required"),
    ("/locations", LOCATION | {"name": ""}, "name", "an empty name is none"),
    ("/locations", LOCATION | {"name": 7}, "name", "a name is a string"),
    ("/locations", LOCATION | {"postal_code": 90210}, "postal_code", "a postal code is a string"),
    ("/locations", LOCATION | {"country_code": "USA"}, "country_code", "two letters"),
    ("/locations", LOCATION | {"country_code": "U1"}, "country_code", "letters"),
    ("/locations", LOCATION | {"active": True}, "active", "locations have no such parameter"),
    ("/locations", LOCATION | {"id": "abc123"}, "id", "ids are the server's"),
    ("/locations/xd3S6", {"name": None}, "name", "a required field cannot be cleared"),
    ("/locations/xd3S6", {"country_code": None}, "country_code", "nor this one"),
    ("/locations/xd3S6", {"created": 1}, "created", "the server's"),
    ("/accounts", without(ACCOUNT, "name"), "name", "L875: required"),
    ("/accounts", without(ACCOUNT, "active"), "active", "L879: required"),
    ("/accounts", without(ACCOUNT, "verb"), "verb", "L883: required"),
    ("/accounts", ACCOUNT | {"verb": "buy"}, "verb", "use or visit"),
    ("/accounts", ACCOUNT | {"active": "true"}, "active", "a boolean, not its name"),
    ("/accounts", ACCOUNT | {"active": 1}, "active", "a boolean, not a number"),
    ("/accounts", ACCOUNT | {"max_users": "3"}, "max_users", "an integer"),
    ("/accounts", ACCOUNT | {"max_users": 1.5}, "max_users", "a whole one"),
    ("/accounts", ACCOUNT | {"max_users": -1}, "max_users", "not negative"),
    ("/accounts", ACCOUNT | {"max_users": True}, "max_users", "a boolean is no integer"),
    ("/accounts", ACCOUNT | {"sms_allowance": "many"}, "sms_allowance", "digits at least"),
    ("/accounts", ACCOUNT | {"account_template": 5}, "account_template", "a template's id is a string"),
    ("/accounts", ACCOUNT | {"active_users": 5}, "active_users", "the server's"),
    ("/accounts/gd7TdO", {"verb": "use"}, "verb", "not among the update's arguments (L939-L962)"),
    ("/accounts/gd7TdO", {"account_template": "x"}, "account_template", "nor this one"),
    ("/accounts/gd7TdO", {"active": None}, "active", "an account is active or not"),
    ("/subscribers", without(SUBSCRIBER, "country_code"), "country_code", "L191: required"),
    ("/subscribers", without(SUBSCRIBER, "location"), "location", "L195: required"),
    ("/subscribers", without(SUBSCRIBER, "email"), "email", "an email or a mobile number (L177)"),
    ("/subscribers", SUBSCRIBER | {"email": "jane"}, "email", "an email address"),
    ("/subscribers", SUBSCRIBER | {"mobile_number": "0781"}, "mobile_number", "E.164"),
    ("/subscribers", SUBSCRIBER | {"location": "nope"}, "location", "a location of ours"),
    ("/subscribers", SUBSCRIBER | {"locations": ["xd3S6"]}, "locations", "one at first, in `location`"),
    ("/subscribers", SUBSCRIBER | {"opt_out": True}, "opt_out", "only an update can opt out"),
    ("/subscribers", SUBSCRIBER | {"invalid": True}, "invalid", "the server's"),
]


@pytest.mark.parametrize(("path", "body", "param", "reason"), WRITE_REFUSALS)
def test_write_refusals(
    sandbox: RunningSandbox, optimum: httpx.Client, path: str, body: dict[str, Any], param: str, reason: str
) -> None:
    """An argument unknown (trap 60), missing or of the wrong type is a 400 that names it, and changes nothing."""
    before = sandbox.store.dump()
    answer = optimum.post(path, json=body)
    assert answer.status_code == 400, reason
    assert (answer.json()["type"], answer.json()["param"]) == ("invalid_request_error", param), reason
    assert sandbox.store.dump() == before


def test_account_round_trip(optimum: httpx.Client) -> None:
    """L914: null limits and no verb (traps 34, 37); a delete removes, as L976 has it and L815 has not (trap 38)."""
    created = optimum.post("/accounts", json=ACCOUNT | {"account_template": "tmpl"}).json()
    limits = dict.fromkeys(("max_locations", "max_users", "max_campaigns", "sms_allowance"))
    expected = {"name": ACCOUNT["name"], "active": True, **limits, "active_locations": 0, "active_users": 0}
    assert {key: created[key] for key in created if key not in ("id", "created")} == expected
    path = f"/accounts/{created['id']}"
    assert optimum.post(path, json={"active": False, "max_users": 0}).json()["max_users"] == 0
    assert optimum.post(path, json={"max_users": None}).json()["max_users"] is None
    assert optimum.delete(path).json() == {"id": created["id"], "deleted": True}
    assert optimum.get(path).status_code == 404


LIMIT_ECHOES = [
    (True, {"sms_allowance": 2000}, "2000", 2000, "every update's answer is text (L971)"),
    (True, {"max_users": 5}, "100", 100, "an update of something else too"),
    (True, {"sms_allowance": None}, None, None, "unlimited stays null"),
    (False, {"sms_allowance": 2000}, 2000, 2000, "without the option an integer stays one"),
    (False, {"sms_allowance": "2000"}, "2000", 2000, "and text is echoed as text"),
]


@pytest.mark.parametrize(("option", "body", "echo", "stored", "reason"), LIMIT_ECHOES)
def test_limits_are_echoed_as_text(
    sandbox: RunningSandbox, optimum: httpx.Client, option: bool, body: Any, echo: Any, stored: Any, reason: str
) -> None:
    """Trap 33: the update's answer shows the allowance as text, a read as the integer it is."""
    sandbox.options.update({"echo_limits_as_strings": option})
    assert optimum.post("/accounts/gd7TdO", json=body).json()["sms_allowance"] == echo, reason
    assert optimum.get("/accounts/gd7TdO").json()["sms_allowance"] == stored, reason


def test_ids_repeat_across_types(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """Ids are unique per type only (gd7TdO in the document is everything), and the same in every run."""
    sandbox.store.load({"optimum": {"token": "sandbox-optimum-token"}})
    location = optimum.post("/locations", json=LOCATION).json()
    assert optimum.post("/accounts", json=ACCOUNT).json()["id"] == location["id"]
    assert location["created"] == 1_600_000_060


def test_subscriber_create_is_an_upsert(optimum: httpx.Client) -> None:
    """The same contact at the same location is the same subscriber (L172), at another it is another."""
    first = optimum.post("/subscribers/", json=SUBSCRIBER).json()
    assert first["locations"] == ["xd3S6"] and first["opt_out"] is False and first["last_sms"] is None
    again = optimum.post("/subscribers", json=SUBSCRIBER | {"fname": "Jane", "mobile_number": "+1813555555"}).json()
    assert (again["id"], again["fname"], again["created"]) == (first["id"], "Jane", first["created"])
    by_number = {"mobile_number": "+1813555555", "country_code": "US", "location": "xd3S6"}
    assert optimum.post("/subscribers", json=by_number).json()["id"] == first["id"]
    assert optimum.post("/subscribers", json=SUBSCRIBER | {"location": "iF56sC"}).json()["id"] != first["id"]


def test_deleted_subscriber_comes_back(optimum: httpx.Client) -> None:
    """A deleted subscriber is inactive, not gone (L279): adding it again revives it, opted out as it was."""
    created = optimum.post("/subscribers", json=SUBSCRIBER).json()
    path = f"/subscribers/{created['id']}"
    optimum.post(path, json={"opt_out": True})
    assert optimum.delete(path).json() == {"id": created["id"], "deleted": True}
    assert optimum.get(path).status_code == 404
    assert optimum.get("/subscribers").json()["total_count"] == 0
    revived = optimum.post("/subscribers", json=SUBSCRIBER).json()
    assert (revived["id"], revived["opt_out"]) == (created["id"], True)
    assert optimum.get("/subscribers").json()["total_count"] == 1


SUBSCRIBER_UPDATES = [
    ({"opt_out": True, "fname": "Ciro"}, 200, {"opt_out": True, "fname": "Ciro"}, "L270"),
    ({"opt_out": False}, 200, {"opt_out": False}, "in or out (L255)"),
    ({"location_add": ["iF56sC", "xd3S6"]}, 200, {"locations": ["xd3S6", "iF56sC"]}, "one there is ignored (L259)"),
    ({"location_remove": ["gse4Ry"]}, 200, {"locations": ["xd3S6"]}, "one not there is ignored (L263)"),
    ({"location_add": ["gse4Ry"], "location_remove": ["xd3S6"]}, 200, {"locations": ["gse4Ry"]}, "both"),
    ({"location_add": ["nope"]}, 400, {}, "a location of ours"),
    ({"location_add": "iF56sC"}, 400, {}, "an array"),
    ({"location": "iF56sC"}, 400, {}, "the create's argument alone"),
    ({"locations": ["iF56sC"]}, 400, {}, "never written whole"),
    ({"email": None}, 400, {}, "some contact must stay"),
    (
        {"email": None, "mobile_number": "+447810123456"},
        200,
        {"email": None, "mobile_number": "+447810123456"},
        "as here",
    ),
    ({"opt_out": "true"}, 400, {}, "a boolean"),
    ({"email": "bobby@example.com"}, 402, {}, "valid, and taken at the location (L91)"),
]


@pytest.mark.parametrize(("body", "status", "expected", "reason"), SUBSCRIBER_UPDATES)
def test_subscriber_updates(
    optimum: httpx.Client, body: dict[str, Any], status: int, expected: dict[str, Any], reason: str
) -> None:
    """What an update may and may not do."""
    optimum.post("/subscribers", json=SUBSCRIBER | {"email": "bobby@example.com"})
    created = optimum.post("/subscribers", json=SUBSCRIBER).json()
    answer = optimum.post(f"/subscribers/{created['id']}", json=body)
    assert answer.status_code == status, reason
    assert optimum.get(f"/subscribers/{created['id']}").json() == created | expected, reason
