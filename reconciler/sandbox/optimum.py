"""Optimum's API as optimum.txt has it: the front door, locations and accounts."""

from __future__ import annotations

import base64
import binascii

from reconciler.sandbox import optimum_rules as rules
from reconciler.sandbox.exchange import Answer, Object, Refusal, Request
from reconciler.sandbox.optimum_lists import list_objects, shown_as
from reconciler.sandbox.optimum_rules import Arguments, refuse
from reconciler.sandbox.optimum_subscribers import create_subscriber, update_subscriber
from reconciler.sandbox.world import World

_READ_ONLY = ("reviews", "feedback")
_COLLECTIONS = ("locations", "accounts", "subscribers", *_READ_ONLY)

_LOCATION_CHECKS = {
    "name": rules.filled,
    "address_line_1": rules.text,
    "address_line_2": rules.text,
    "address_line_3": rules.text,
    "postal_code": rules.text,
    "country_code": rules.country,
}
_ACCOUNT_CHECKS = {
    "name": rules.filled,
    "active": rules.boolean,
    "max_locations": rules.limit,
    "max_users": rules.limit,
    "max_campaigns": rules.limit,
    "sms_allowance": rules.allowance,
}
_CREATE = {
    "locations": Arguments(_LOCATION_CHECKS, required=("name", "country_code")),
    "accounts": Arguments(
        _ACCOUNT_CHECKS | {"verb": rules.verb, "account_template": rules.text}, required=("name", "active", "verb")
    ),
}
_UPDATE = {
    "locations": Arguments(_LOCATION_CHECKS, never_null=frozenset({"name", "country_code"})),
    "accounts": Arguments(_ACCOUNT_CHECKS, never_null=frozenset({"name", "active"})),
}


def handle(world: World, request: Request) -> Answer:
    """Answer one request under /optimum."""
    try:
        _authorise(world, request)
        return _dispatch(world, request)
    except Refusal as refusal:
        answer = refusal.answer
        if world.options.wrap_errors:
            return Answer(answer.status, {"error": answer.data}, answer.headers)
        return answer


def _authorise(world: World, request: Request) -> None:
    """L19: the key as the user name of HTTP Basic, no password."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    token = world.store.settings["optimum"]["token"]
    try:
        given = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        given = ""
    if not token or given != f"{token}:":
        challenge = (("WWW-Authenticate", 'Basic realm="Optimum Feedback API"'),)
        raise refuse(401, "No valid API key provided.", kind="authentication_error", headers=challenge)


def _dispatch(world: World, request: Request) -> Answer:
    path = request.segments[1:]
    if path[:2] != ("api", "v1") or len(path) < 3 or path[2] not in _COLLECTIONS:
        raise refuse(404, f"Unrecognized request URL ({request.method}: {request.raw_path})")
    name, rest = path[2], path[3:]
    if rest in ((), ("",)):
        return _on_collection(world, request, name)
    if len(rest) == 1:
        return _on_member(world, request, name, rest[0])
    raise refuse(404, f"Unrecognized request URL ({request.method}: {request.raw_path})")


def _on_collection(world: World, request: Request, name: str) -> Answer:
    if request.method == "GET":
        if name == "accounts":
            _check_account_filters(world, request)
        return list_objects(world, request, name)
    if request.method == "POST" and name not in _READ_ONLY:
        body = rules.body_of(request, world.options.allow_forms)
        return Answer(200, shown_as(world, name, _create(world, name, body)))
    raise refuse(404, f"Unrecognized request URL ({request.method}: {request.raw_path})")


def _on_member(world: World, request: Request, name: str, key: str) -> Answer:
    if request.method not in ("GET", "POST", "DELETE") or (request.method != "GET" and name in _READ_ONLY):
        raise refuse(404, f"Unrecognized request URL ({request.method}: {request.raw_path})")
    found = _find(world, name, key)
    if request.method == "POST":
        body = rules.body_of(request, world.options.allow_forms)
        return _update(world, name, found, body)
    if request.query:
        raise refuse(400, f"Received unknown parameter: {request.query[0][0]}", request.query[0][0])
    if request.method == "DELETE":
        return _delete(world, name, key)
    return Answer(200, shown_as(world, name, found))


def _check_account_filters(world: World, request: Request) -> None:
    """L1005-L1011 call name and active required, L1015 sends neither; an option decides."""
    demanded = {"none": (), "active": ("active",), "name": ("name",), "both": ("name", "active")}
    sent = dict(request.query)
    for param in demanded[world.options.accounts_list_requires]:
        if param not in sent:
            raise refuse(400, f"Missing required param: {param}", param)


def _create(world: World, name: str, body: Object) -> Object:
    if name == "subscribers":
        return create_subscriber(world, body)
    values = _CREATE[name].apply(body)
    # The verb and the template shape the account's texts and are never shown again (L883-L889).
    for hidden in ("verb", "account_template"):
        if hidden in values:
            values[f"_{hidden}"] = values.pop(hidden)
    return world.store.insert("optimum", name, values)


def _update(world: World, name: str, found: Object, body: Object) -> Answer:
    if found.get("_deleted"):
        raise refuse(402, f"The {name.removesuffix('s')} is inactive")
    if name == "subscribers":
        return Answer(200, shown_as(world, name, update_subscriber(world, found, body)))
    values = _UPDATE[name].apply(body)
    changed = world.store.change("optimum", name, found["id"], values)
    echo = shown_as(world, name, changed)
    as_text = isinstance(body.get("sms_allowance"), str) or world.options.echo_limits_as_strings
    if name == "accounts" and as_text and echo["sms_allowance"] is not None:
        echo["sms_allowance"] = str(echo["sms_allowance"])
    return Answer(200, echo)


def _delete(world: World, name: str, key: str) -> Answer:
    """Accounts are removed (L976); locations and subscribers become inactive (L279, L479)."""
    if name == "accounts":
        world.store.remove("optimum", name, key)
    else:
        world.store.change("optimum", name, key, {"_deleted": True})
        world.store.touch("deleted", "optimum", name, key)
    return Answer(200, {"id": key, "deleted": True})


def _find(world: World, name: str, key: str) -> Object:
    found = world.store.collection("optimum", name).get(key)
    ghost = name == "locations" and world.options.deleted_locations == "ghost"
    if found is None or (found.get("_deleted") and not ghost):
        raise refuse(404, f"No such {name.removesuffix('s')}: {key}", "id")
    return found
