"""CustomerSure's front door: who may ask, in what form, and where (customersure.txt L5-L177)."""

from __future__ import annotations

import re

from reconciler.sandbox import customersure_requests, customersure_responses, customersure_sites
from reconciler.sandbox.customersure_rules import ERROR, MAX_PAGE_SIZE, PAGING, plain, read_query
from reconciler.sandbox.endpoints import Call, Endpoint, matching, offered
from reconciler.sandbox.exchange import Answer, Object, Refusal, Request
from reconciler.sandbox.openapi import JSON, Api
from reconciler.sandbox.options import Options
from reconciler.sandbox.schemas import COUNT, Schema, array, fields, record
from reconciler.sandbox.shapes import shape_of
from reconciler.sandbox.world import World

MEDIA_TYPE = "application/vnd.customersure.v1+json"

_LIBRARY_AGENT = re.compile(
    r"(python-httpx|python-requests|curl/|python-urllib|python/|aiohttp|wget|go-http-client|okhttp|java/|axios"
    r"|node-fetch|undici|libwww-perl|ruby|postmanruntime|apache-httpclient)",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(r'Token\s+token=(?:"([^"]*)"|([^",\s]+))\s*', re.IGNORECASE)


def handle(world: World, request: Request) -> Answer:
    """Answer one request under /customersure."""
    try:
        _identify(world, request)
        _authorise(world, request)
        if request.headers.get("accept", "").partition(";")[0].strip() != MEDIA_TYPE:
            raise plain(406, f"The Accept header must be {MEDIA_TYPE}")
        return _dispatch(world, request)
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


def _dispatch(world: World, request: Request) -> Answer:
    found = matching(offered(ENDPOINTS, world.options), request.segments[1:])
    if request.method not in found:
        raise plain(404, "Not found")
    endpoint, keys = found[request.method]
    if endpoint.body:
        return endpoint.handler(Call(world, request, keys, {}, _body(request)))
    return endpoint.handler(Call(world, request, keys, read_query(endpoint.query, request), {}))


def _body(request: Request) -> Object:
    if request.content_type != JSON:
        raise plain(415, "The Content-Type must be application/json")
    try:
        body = request.json
    except ValueError as error:
        raise plain(400, "Problems parsing JSON") from error
    if not isinstance(body, dict):
        raise plain(400, "The body must be a JSON object")
    if request.query:
        raise plain(403, "Parameters of a write belong in the body")
    return body


_REQUEST = shape_of("customersure", "feedback_requests").schema
_RESPONSE = shape_of("customersure", "feedback_responses").schema
_SITE = shape_of("customersure", "sites").schema
_ALONE = record({name: schema for name, schema in _RESPONSE["properties"].items() if name != "updated_at"})
_RATE = record(fields(COUNT, "response_rate_percent sent_count delivered_count reply_count"))
_NPS = record(
    {
        "net_promoter_score": {"type": "integer", "minimum": -100, "maximum": 100},
        **fields(COUNT, "promoter_count passive_count detractor_count"),
    }
)
_SENDING = ("a send_at that is past (L245)", "a survey or a template that the account does not own (L248)")
_COUNTRY = "a country_code without a region (L818)"


def _page(item: Schema) -> Schema:
    return array(item, maxItems=MAX_PAGE_SIZE)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/feedback_requests",
        customersure_requests.create_request,
        body=customersure_requests.CREATE,
        encoding=JSON,
        statuses=(201,),
        source="customersure.txt L287",
        answer=_REQUEST,
        refusals=_SENDING,
    ),
    Endpoint(
        "GET",
        "/feedback_requests/{id}",
        customersure_requests.read_request,
        source="customersure.txt L349",
        answer=_REQUEST,
    ),
    Endpoint(
        "PATCH",
        "/feedback_requests/{id}",
        customersure_requests.update_request,
        body=customersure_requests.UPDATE,
        encoding=JSON,
        source="customersure.txt L415",
        answer=_REQUEST,
        refusals=(*_SENDING, "a request that is not pending (L378)", "a data item that is not there, or not whole"),
    ),
    Endpoint(
        "DELETE",
        "/feedback_requests/{id}",
        customersure_requests.delete_request,
        statuses=(204,),
        source="customersure.txt L181, which documents no more",
        refusals=("a request that is not pending, unless the option says any",),
        when=lambda options: options.feedback_request_delete != "none",
    ),
    Endpoint(
        "GET",
        "/feedback_requests",
        customersure_requests.list_requests,
        query=customersure_requests.LIST,
        source="customersure.txt L473",
        answer=_page(_REQUEST),
    ),
    Endpoint(
        "GET",
        "/feedback_responses/{id}",
        customersure_responses.read_response,
        source="customersure.txt L561",
        answer=_ALONE,
    ),
    Endpoint(
        "GET",
        "/feedback_responses",
        customersure_responses.list_responses,
        query=customersure_responses.LIST,
        source="customersure.txt L664",
        answer=_page(_RESPONSE),
    ),
    Endpoint(
        "GET",
        "/response_rate",
        customersure_responses.response_rate,
        query=customersure_responses.RATE,
        source="customersure.txt L737",
        answer=_RATE,
    ),
    Endpoint(
        "GET",
        "/nps",
        customersure_responses.nps,
        query=customersure_responses.NPS,
        source="customersure.txt L772",
        answer=_NPS,
    ),
    Endpoint(
        "POST",
        "/sites",
        customersure_sites.create_site,
        body=customersure_sites.CREATE,
        encoding=JSON,
        statuses=(201,),
        source="customersure.txt L827",
        answer=_SITE,
        refusals=(_COUNTRY, "a site_code that is taken"),
    ),
    Endpoint("GET", "/sites/{site_code}", customersure_sites.read_site, source="customersure.txt L866", answer=_SITE),
    Endpoint(
        "PATCH",
        "/sites/{site_code}",
        customersure_sites.update_site,
        body=customersure_sites.UPDATE,
        encoding=JSON,
        source="customersure.txt L904",
        answer=_SITE,
        refusals=(_COUNTRY, "a site_code that is taken", "no region where the site keeps its country"),
    ),
    Endpoint(
        "GET",
        "/sites",
        customersure_sites.list_sites,
        query=PAGING,
        source="customersure.txt L939",
        answer=_page(_SITE),
    ),
)
"""Every call under /customersure."""


def _refused(endpoint: Endpoint, _: Options) -> tuple[int, ...]:
    """L136-L159; the 406 and the 415 are what the demanded headers are worth."""
    member = (404,) if "{" in endpoint.path else ()
    return 401, 403, 406, *member, *((400, 415, 422) if endpoint.body else (422,) if endpoint.query else ())


API = Api(
    title="CustomerSure API",
    version="v1",
    base="/customersure",
    endpoints=ENDPOINTS,
    schemes={
        "token": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": 'Token token="..." (L68)',
        }
    },
    refused=_refused,
    error=lambda *_: ERROR,
    blank_is_null=True,
    headers={"Accept": MEDIA_TYPE, "User-Agent": "Acme Ltd"},
)
