"""Buenno's API as buenno.txt has it: the token's forms, invitations and replies."""

from __future__ import annotations

from urllib.parse import parse_qsl

from reconciler.sandbox import buenno_invitations, buenno_replies
from reconciler.sandbox.buenno_rules import refuse, unfit
from reconciler.sandbox.endpoints import Answered, Call, Endpoint, matching
from reconciler.sandbox.exchange import Answer, Refusal, Request
from reconciler.sandbox.openapi import FORM, Api
from reconciler.sandbox.options import Options
from reconciler.sandbox.parameters import Unfit, read_pairs
from reconciler.sandbox.schemas import COUNT, TEXT, array, fields, record
from reconciler.sandbox.shapes import public, shape_of
from reconciler.sandbox.world import World

_BASE = ("api", "v01")


def _token_info(call: Call) -> Answer:
    """GET /token-info: the token's name and the forms that it reaches (L7-L26)."""
    store = call.world.store
    forms = store.collection("buenno", "forms").listed("id")
    if call.world.options.buenno_inactive_forms == "hidden":
        forms = [form for form in forms if form["_active"]]
    store.touch("listed", "buenno", "forms", *(str(form["id"]) for form in forms))
    name = store.settings["buenno"]["token_name"]
    return Answer(200, {"api_token": {"name": name, "forms": [public(form) for form in forms]}})


_INVITATION = shape_of("buenno", "invitations").schema
_TOKEN = {"api_token": record({"name": TEXT, "forms": array(shape_of("buenno", "forms").schema)})}


def _replies(options: Options) -> Answered:
    """L148-L200: total, limit and offset are text, or numbers by the option."""
    figure = {"type": "string", "pattern": "^[0-9]+$"} if options.buenno_figures == "text" else COUNT
    replies = array(shape_of("buenno", "replies").schema, maxItems=1000)
    return 200, record({"replies": replies, **fields(figure, "total limit offset")})


ENDPOINTS = (
    Endpoint("GET", "/token-info", _token_info, statuses=(200, 401), source="buenno.txt L9", answer=record(_TOKEN)),
    Endpoint(
        "POST",
        "/invitations",
        buenno_invitations.create_invitation,
        body=buenno_invitations.CREATE,
        encoding=FORM,
        statuses=(200, 401, 403, 404, 409),
        source="buenno.txt L44",
        answer=lambda options: (
            options.buenno_create_status,
            record({"invitation": record({**_INVITATION["properties"], "invitation_link": TEXT})}),
        ),
        any_of=("phone", "email"),
        refusals=("a phone and an email at once (L43)", "an identifier that was invited before (L76)"),
    ),
    Endpoint(
        "GET",
        "/invitations",
        buenno_invitations.list_invitations,
        query=buenno_invitations.LIST,
        statuses=(200, 401, 403, 404),
        source="buenno.txt L100",
        answer=record({"invitations": array(_INVITATION, maxItems=250)}),
    ),
    Endpoint(
        "GET",
        "/replies",
        buenno_replies.list_replies,
        query=buenno_replies.LIST,
        statuses=(200, 401),
        source="buenno.txt L141",
        answer=_replies,
        refusals=("a `to` before `from`",),
    ),
)
"""Every call under /buenno/api/v01."""


def _refused(endpoint: Endpoint, options: Options) -> tuple[int, ...]:
    """What the document lists, the status for a parameter, and 415 for a body that is no form."""
    return *endpoint.statuses[1:], options.buenno_parameter_status, *((415,) if endpoint.body else ())


API = Api(
    title="Buenno API",
    version="v01",
    base="/buenno/api/v01",
    endpoints=ENDPOINTS,
    schemes={"key": {"type": "apiKey", "in": "header", "name": "api-auth-token"}},
    refused=_refused,
    error=lambda *_: record({"error_message": TEXT}),
)


def handle(world: World, request: Request) -> Answer:
    """Answer one request under /buenno."""
    try:
        _authorise(world, request)
        return _dispatch(world, request)
    except Unfit as error:
        return unfit(world, error)
    except Refusal as refusal:
        return refusal.answer


def _authorise(world: World, request: Request) -> None:
    """L4: the key in the header api-auth-token."""
    token = world.store.settings["buenno"]["token"]
    if token is None or request.headers.get("api-auth-token") != token:
        raise refuse(401, "api-auth-token not found or invalid")


def _dispatch(world: World, request: Request) -> Answer:
    path = request.segments[1:]
    if path[:2] != _BASE:
        raise refuse(404, "Not found")
    found = matching(ENDPOINTS, _without_slash(path[2:]))
    if not found:
        raise refuse(404, "Not found")
    if request.method not in found:
        raise refuse(world.options.buenno_method_status, f"Method {request.method} is not allowed")
    endpoint, values = found[request.method]
    clamped = ("limit",) if world.options.buenno_over_limit == "clamp" else ()
    query = read_pairs(endpoint.query, _query(world, request), clamped=clamped)
    body = read_pairs(endpoint.body, _form(request)) if endpoint.encoding else {}
    return endpoint.handler(Call(world, request, values, query, body))


def _without_slash(path: tuple[str, ...]) -> tuple[str, ...]:
    """Invitations are called with a slash at the end too (L45, L101); nothing else is."""
    return path[:1] if path == ("invitations", "") else path


def _query(world: World, request: Request) -> list[tuple[str, str]]:
    """The query's pairs; those of a GET's body (L144) count where the option says so."""
    pairs = list(request.query)
    if request.method != "GET" or not request.body:
        return pairs
    manner = world.options.buenno_get_body
    if manner == "refused":
        raise Unfit("body", "a GET has none")
    return [*pairs, *_pairs(request)] if manner == "read" else pairs


def _form(request: Request) -> list[tuple[str, str]]:
    if request.content_type != FORM:
        raise refuse(415, f"The request body must be {FORM}")
    return _pairs(request)


def _pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
