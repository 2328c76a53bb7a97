"""CustomerSure's front door: who may ask, in what form, and where (customersure.txt L5-L177)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from reconciler.sandbox import customersure_requests, customersure_responses, customersure_sites
from reconciler.sandbox.customersure_rules import plain
from reconciler.sandbox.exchange import Answer, Refusal, Request
from reconciler.sandbox.world import World

Handler: TypeAlias = Callable[[World, Request, str], Answer]

MEDIA_TYPE = "application/vnd.customersure.v1+json"

_LIBRARY_AGENT = re.compile(
    r"(python-httpx|python-requests|curl/|python-urllib|python/|aiohttp|wget|go-http-client|okhttp|java/|axios"
    r"|node-fetch|undici|libwww-perl|ruby|postmanruntime|apache-httpclient)",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(r'Token\s+token=(?:"([^"]*)"|([^",\s]+))\s*', re.IGNORECASE)

_COLLECTION: dict[tuple[str, str], Handler] = {
    ("sites", "GET"): customersure_sites.list_sites,
    ("sites", "POST"): customersure_sites.create_site,
    ("feedback_requests", "GET"): customersure_requests.list_requests,
    ("feedback_requests", "POST"): customersure_requests.create_request,
    ("feedback_responses", "GET"): customersure_responses.list_responses,
    ("response_rate", "GET"): customersure_responses.response_rate,
    ("nps", "GET"): customersure_responses.nps,
}
_MEMBER: dict[tuple[str, str], Handler] = {
    ("sites", "GET"): customersure_sites.read_site,
    ("sites", "PATCH"): customersure_sites.update_site,
    ("feedback_requests", "GET"): customersure_requests.read_request,
    ("feedback_requests", "PATCH"): customersure_requests.update_request,
    ("feedback_responses", "GET"): customersure_responses.read_response,
}


def handle(world: World, request: Request) -> Answer:
    """Answer one request under /customersure."""
    try:
        _identify(world, request)
        _authorise(world, request)
        if request.headers.get("accept", "").partition(";")[0].strip() != MEDIA_TYPE:
            raise plain(406, f"The Accept header must be {MEDIA_TYPE}")
        handler, key = _route(request)
        if request.method in ("POST", "PATCH"):
            _check_body(request)
        return handler(world, request, key)
    except Refusal as refusal:
        return refusal.answer


def _identify(world: World, request: Request) -> None:
    """L22-L32: a User-Agent that is a company, and the account's own where the sandbox knows it."""
    agent = request.headers.get("user-agent", "").strip()
    company = world.store.settings["customersure"]["company"]
    if not agent or _LIBRARY_AGENT.match(agent) or (company is not None and agent != company):
        raise plain(403, "Missing or invalid User Agent string")


def _authorise(world: World, request: Request) -> None:
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    token = world.store.settings["customersure"]["token"]
    if not found or token is None or (found[1] or found[2]) != token:
        raise plain(401, "HTTP Token: Access denied.", (("WWW-Authenticate", 'Token realm="Application"'),))


def _route(request: Request) -> tuple[Handler, str]:
    path = request.segments[1:]
    if len(path) == 1 and (path[0], request.method) in _COLLECTION:
        return _COLLECTION[path[0], request.method], ""
    if len(path) == 2 and path[1] and (path[0], request.method) in _MEMBER:
        return _MEMBER[path[0], request.method], path[1]
    raise plain(404, "Not found")


def _check_body(request: Request) -> None:
    if request.content_type != "application/json":
        raise plain(415, "The Content-Type must be application/json")
    try:
        body = request.json
    except ValueError as error:
        raise plain(400, "Problems parsing JSON") from error
    if not isinstance(body, dict):
        raise plain(400, "The body must be a JSON object")
    if request.query:
        raise plain(403, "Parameters of a write belong in the body")
