"""Enco's credentials: client_credentials tokens with an expiry, a permanent token, and the userinfo check."""

from __future__ import annotations

import base64
import binascii
import json
import time
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote_plus

from reconciler.sandbox.enco_faults import fault
from reconciler.sandbox.exchange import Answer, Refusal, Request
from reconciler.sandbox.world import World

_NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


def issue(world: World, request: Request) -> Answer:
    """POST /enco/token, RFC 6749 section 4.4; refusals have its error bodies."""
    if request.method != "POST":
        raise fault(405, "Method not allowed", "tokens are asked for with POST")
    if request.content_type != "application/x-www-form-urlencoded":
        raise _oauth(400, "invalid_request", "the body must be a form")
    pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs) or request.query:
        raise _oauth(400, "invalid_request", "a parameter is repeated or is in the address")
    _authenticate(world, request, form)
    if form.get("grant_type") != "client_credentials":
        known = "grant_type" in form
        raise _oauth(400, "unsupported_grant_type" if known else "invalid_request", "client_credentials is needed")
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
    except (binascii.Error, UnicodeDecodeError):
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


def userinfo(world: World, request: Request) -> Answer:
    """GET /enco/userinfo?schema=openid: who the token belongs to."""
    authorise(world, request)
    if request.method != "GET":
        raise fault(405, "Method not allowed", "userinfo is read with GET")
    if dict(request.query).get("schema") != "openid":
        raise fault(400, "Invalid input", "schema: openid is needed")
    client = world.store.settings["enco"]["client"]
    return Answer(200, {"sub": client["id"] if client else "permanent"})
