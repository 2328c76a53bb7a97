"""Optimum's API as optimum.txt has it: the front door, locations and accounts."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from reconciler.sandbox import optimum_subscribers
from reconciler.sandbox.endpoints import Call, Endpoint, matching
from reconciler.sandbox.exchange import Answer, Object, Refusal, Request
from reconciler.sandbox.openapi import Api
from reconciler.sandbox.optimum_answers import DELETED, echo_of, object_of, page_of, wrapped
from reconciler.sandbox.optimum_lists import arguments, lingers, list_objects, shown_as
from reconciler.sandbox.optimum_rules import MEDIA_TYPES, body_of, country, held, refuse
from reconciler.sandbox.optimum_subscribers import CONTACTS, create_subscriber, update_subscriber
from reconciler.sandbox.options import Options
from reconciler.sandbox.parameters import Parameter, read_object, read_pairs
from reconciler.sandbox.world import World

_BASE = "/api/v1"
_ADDRESS = tuple(
    Parameter(name, nullable=True) for name in ("address_line_1", "address_line_2", "address_line_3", "postal_code")
)
_LIMITS = (
    *(Parameter(name, "integer", lowest=0, nullable=True) for name in ("max_locations", "max_users", "max_campaigns")),
    # L969 sends it as text.
    Parameter("sms_allowance", "identifier", lowest=0, nullable=True),
)
_CREATE = {
    "locations": (Parameter("name", "filled", required=True), *_ADDRESS, country(required=True)),
    "accounts": (
        Parameter("name", "filled", required=True),
        Parameter("active", "boolean", required=True),
        Parameter("verb", required=True, choices=("use", "visit")),
        Parameter("account_template", nullable=True),
        *_LIMITS,
    ),
    "subscribers": optimum_subscribers.CREATE,
}
_UPDATE = {
    "locations": (Parameter("name", "filled"), *_ADDRESS, country()),
    "accounts": (Parameter("name", "filled"), Parameter("active", "boolean"), *_LIMITS),
    "subscribers": optimum_subscribers.UPDATE,
}


def handle(world: World, request: Request) -> Answer:
    """Answer one request under /optimum."""
    try:
        return _dispatch(replace(world, account=_account(world, request)), request)
    except Refusal as refusal:
        answer = refusal.answer
        if world.options.wrap_errors:
            return Answer(answer.status, {"error": answer.data}, answer.headers)
        return answer


def _account(world: World, request: Request) -> str | None:
    """Whose token it is. L19: the key as the user name of HTTP Basic, no password."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    settings = world.store.settings["optimum"]
    owners: dict[str, str | None] = {settings["token"]: None, **settings["client_tokens"]}
    try:
        given = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except ValueError:  # no base64, or not UTF-8
        given = ""
    token = given.removesuffix(":")
    if token and given != token and token in owners:
        return owners[token]
    challenge = (("WWW-Authenticate", 'Basic realm="Optimum Feedback API"'),)
    raise refuse(401, "No valid API key provided.", kind="authentication_error", headers=challenge)


def _dispatch(world: World, request: Request) -> Answer:
    path = request.segments[1:]
    # L200 calls a collection with a slash at the end, L422 without.
    found = matching(ENDPOINTS, path[:-1] if len(path) == 4 and path[-1] == "" else path)
    if request.method not in found:
        raise refuse(404, f"Unrecognized request URL ({request.method}: {request.raw_path})")
    endpoint, keys = found[request.method]
    query, body = {}, {}
    if endpoint.body:
        body = held(read_object, endpoint.body, body_of(request, world.options.allow_forms))
    else:
        query = held(read_pairs, endpoint.query, _arguments(world, request, endpoint))
    for name in endpoint.needed(world.options) if endpoint.needed else ():
        if name not in query:
            raise refuse(400, f"Missing required param: {name}", name)
    return endpoint.handler(Call(world, request, keys, query, body))


def _arguments(world: World, request: Request, endpoint: Endpoint) -> list[tuple[str, str]]:
    """A list's arguments: the query's as in the examples, or a JSON body's as L9 has it, by the option."""
    if not endpoint.query or world.options.list_arguments == "query":
        return list(request.query)
    given = body_of(request, allow_forms=False) if request.body else {}
    if request.query:
        raise refuse(400, "Parameters must be serialized in JSON in the request body", request.query[0][0])
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in given.items()]


def _demanded(options: Options) -> tuple[str, ...]:
    """L1005-L1011 call name and active required, L1015 sends neither; an option decides."""
    demanded = {"none": (), "active": ("active",), "name": ("name",), "both": ("name", "active")}
    return demanded[options.accounts_list_requires]


def _read(call: Call, name: str) -> Answer:
    return Answer(200, shown_as(call.world, name, _find(call.world, name, call.path[0])))


def _create(call: Call, name: str) -> Answer:
    world, values = call.world, call.body
    if name == "subscribers":
        return Answer(200, shown_as(world, name, create_subscriber(world, values)))
    # The verb and the template shape the account's texts and are never shown again (L883-L889).
    for hidden in ("verb", "account_template"):
        if hidden in values:
            values[f"_{hidden}"] = values.pop(hidden)
    return Answer(200, shown_as(world, name, world.store.insert("optimum", name, values | world.mark())))


def _update(call: Call, name: str) -> Answer:
    world, found = call.world, _find(call.world, name, call.path[0])
    if found.get("_deleted"):
        raise refuse(402, f"The {name.removesuffix('s')} is inactive")
    if name == "subscribers":
        return Answer(200, shown_as(world, name, update_subscriber(world, found, call.body)))
    echo = shown_as(world, name, world.store.change("optimum", name, found["id"], call.body))
    if name == "accounts" and echo["sms_allowance"] is not None and _as_text(call):
        echo["sms_allowance"] = str(echo["sms_allowance"])
    return Answer(200, echo)


def _as_text(call: Call) -> bool:
    """Whether an update's echo shows the allowance as text (L971): by the option, or because it came so."""
    if call.world.options.echo_limits_as_strings or call.request.content_type not in MEDIA_TYPES:
        return True
    return isinstance(call.request.json.get("sms_allowance"), str)


def _delete(call: Call, name: str) -> Answer:
    """Accounts are removed (L976); locations and subscribers become inactive (L279, L479)."""
    key, store = call.path[0], call.world.store
    _find(call.world, name, key)
    if name == "accounts":
        store.remove("optimum", name, key)
    else:
        store.change("optimum", name, key, {"_deleted": True})
        store.touch("deleted", "optimum", name, key)
    return Answer(200, {"id": key, "deleted": True})


def _find(world: World, name: str, key: str) -> Object:
    found = world.store.collection("optimum", name).get(key)
    if found is None or not world.owns(found) or (found.get("_deleted") and not lingers(world, name)):
        raise refuse(404, f"No such {name.removesuffix('s')}: {key}", "id")
    return found


_LINES = {
    "locations": {"create": 422, "read": 445, "update": 483, "delete": 501, "list": 535},
    "accounts": {"create": 908, "read": 927, "update": 965, "delete": 984, "list": 1014},
    "subscribers": {"create": 200, "read": 220, "update": 266, "delete": 285, "list": 335},
    "reviews": {"read": 618, "list": 654},
    "feedback": {"read": 745, "list": 805},
}
"""Where the document has each call."""
_CALLS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "list": ("GET", list_objects),
    "create": ("POST", _create),
    "read": ("GET", _read),
    "update": ("POST", _update),
    "delete": ("DELETE", _delete),
}
_REFUSALS = {
    "subscribers create": ("a location that is not there",),
    "subscribers update": (
        "a location that is not there",
        "an update that leaves neither email nor mobile_number",
        "an email or a mobile number that another subscriber of a location has (402)",
    ),
}


def _endpoints(name: str) -> Iterator[Endpoint]:
    """The calls of a collection, those that it has."""
    answers = {"list": page_of, "create": object_of, "read": object_of, "update": echo_of}
    for call, line in _LINES[name].items():
        method, handler = _CALLS[call]
        body = {"create": _CREATE, "update": _UPDATE}.get(call, {}).get(name, ())
        yield Endpoint(
            method,
            f"{_BASE}/{name}" + ("" if call in ("list", "create") else "/{id}"),
            partial(handler, name=name),
            query=arguments(name) if call == "list" else (),
            body=body,
            encoding=MEDIA_TYPES[0] if body else None,
            source=f"optimum.txt L{line}",
            answer=answers[call](name) if call in answers else DELETED,
            any_of=CONTACTS if (name, call) == ("subscribers", "create") else (),
            needed=_demanded if (name, call) == ("accounts", "list") else None,
            refusals=_REFUSALS.get(f"{name} {call}", ()),
        )


ENDPOINTS = tuple(endpoint for name in _LINES for endpoint in _endpoints(name))
"""Every call under /optimum."""


def _refused(endpoint: Endpoint, _: Options) -> tuple[int, ...]:
    """L88-L94, as far as the sandbox goes."""
    member = (404,) if endpoint.path.endswith("}") else ()
    return (400, 401, *member, *((402,) if member and endpoint.body else ()))


API = Api(
    title="Optimum Feedback API",
    version="v1",
    base="/optimum",
    endpoints=ENDPOINTS,
    schemes={"key": {"type": "http", "scheme": "basic", "description": "The API key as user name, no password (L19)"}},
    refused=_refused,
    error=lambda options, _: wrapped(options),
    also_takes=MEDIA_TYPES[1:],
)
