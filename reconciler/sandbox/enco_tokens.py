"""Enco's credentials: client_credentials tokens with an expiry, a permanent token, and the userinfo check."""

from __future__ import annotations

import base64
import json
import time
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote_plus

from reconciler.sandbox.enco_faults import fault
from reconciler.sandbox.endpoints import Call, Endpoint
from reconciler.sandbox.exchange import Answer, Refusal, Request
from reconciler.sandbox.parameters import Parameter, Unfit, read_pairs
from reconciler.sandbox.schemas import COUNT, TEXT, fields, record
from reconciler.sandbox.world import World

FORM = "application/x-www-form-urlencoded"
_NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


def issue(call: Call) -> Answer:
    """POST /enco/token, RFC 6749 section 4.4; refusals have its error bodies."""
    world, request = call.world, call.request
    if request.content_type != FORM:
        raise _oauth(400, "invalid_request", "the body must be a form")
    pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs) or request.query:
        raise _oauth(400, "invalid_request", "a parameter is repeated or is in the address")
    _authenticate(world, request, form)
    try:
        read_pairs(_GRANT, [pair for pair in pairs if pair[0] == "grant_type"])
    except Unfit as unfit:
        error = "invalid_request" if unfit.rule == "missing" else "unsupported_grant_type"
        raise _oauth(400, error, str(unfit)) from unfit
    return _token_answer(world, form.get("scope") or "default")


def _token_answer(world: World, scope: str) -> Answer:
    number = world.store.count("enco/tokens")
    token = blake2b(f"access {number}".encode(), digest_size=16).hexdigest()
    world.access_tokens[token] = time.monotonic() + world.options.token_lifetime
    body = {
        "access_token": token,
        "scope": scope,
        "id_token": _id_token(world),
        "token_type": "Bearer",
        "expires_in": int(world.options.token_lifetime),
    }
    return Answer(200, body, _NO_STORE)


def _id_token(world: World) -> str:
    parts = ({"alg": "none"}, {"sub": world.store.settings["enco"]["client"]["id"]})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return f"{encoded[0]}.{encoded[1]}."


def _authenticate(world: World, request: Request, form: dict[str, str]) -> None:
    client = world.store.settings["enco"]["client"]
    given = _basic(request.headers.get("authorization", ""))
    posted = (form["client_id"], form.get("client_secret", "")) if "client_id" in form else None
    if given and posted:
        raise _oauth(400, "invalid_request", "the client authenticates in two ways at once")
    if not client or (given or posted) != (client["id"], client["secret"]):
        raise _oauth(401, "invalid_client", "unknown client or wrong secret")


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # no base64, or not UTF-8
        return None
    return unquote_plus(name), unquote_plus(secret)


def _oauth(status: int, error: str, description: str) -> Refusal:
    headers = (*_NO_STORE, ("WWW-Authenticate", 'Basic realm="enco"')) if status == 401 else _NO_STORE
    return Refusal(Answer(status, {"error": error, "error_description": description}, headers))


def authorise(world: World, request: Request) -> None:
    """Demand a Bearer token that is the permanent one or an issued one that has not expired; else 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorised("Missing Credentials")
    token = token.strip()
    permanent = world.store.settings["enco"]["token"]
    if (permanent and token == permanent) or world.token_alive(token):
        return
    raise _unauthorised("Invalid Credentials")


def _unauthorised(message: str) -> Refusal:
    hint = "Make sure that you have given the correct access token"
    return fault(401, message, hint, (("WWW-Authenticate", 'Bearer realm="enco"'),))


def userinfo(call: Call) -> Answer:
    """GET /enco/userinfo?schema=openid: who the token belongs to."""
    authorise(call.world, call.request)
    read_pairs(_SCHEMA, call.request.query)
    client = call.world.store.settings["enco"]["client"]
    return Answer(200, {"sub": client["id"] if client else "permanent"})


_GRANT = (Parameter("grant_type", required=True, choices=("client_credentials",)),)
_FORM = (*_GRANT, Parameter("scope"), Parameter("client_id"), Parameter("client_secret"))
_SCHEMA = (Parameter("schema", required=True, choices=("openid",)),)
SCHEMES = {"client": {"type": "http", "scheme": "basic", "description": "The client's id and secret"}}
OAUTH_ERROR = record(fields(TEXT, "error error_description"))
ENDPOINTS = (
    Endpoint(
        "POST",
        "/token",
        issue,
        body=_FORM,
        encoding=FORM,
        source="clients of the API",
        answer=record({**fields(TEXT, "access_token scope id_token token_type"), "expires_in": COUNT}),
        open=True,
        refusals=("a client that authenticates in the header and in the form", "a parameter given twice"),
        scheme="client",
    ),
    Endpoint(
        "GET",
        "/userinfo",
        userinfo,
        query=_SCHEMA,
        source="clients of the API",
        answer=record({"sub": TEXT}),
        scheme="token",
    ),
)
