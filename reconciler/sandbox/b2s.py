"""B2S's API as b2s.txt has it, and the survey inventory of its sibling document: the front door and the endpoints."""

from __future__ import annotations

from reconciler.sandbox import b2s_answers, b2s_lists, b2s_searches
from reconciler.sandbox.b2s_rules import error_answer, refuse
from reconciler.sandbox.endpoints import Answered, Call, Endpoint, matching, offered
from reconciler.sandbox.exchange import Answer, Object, Refusal, Request
from reconciler.sandbox.fields import B2S_ANSWER, B2S_QUESTION
from reconciler.sandbox.openapi import JSON, Api
from reconciler.sandbox.options import Options
from reconciler.sandbox.parameters import Unfit, read_object, read_pairs
from reconciler.sandbox.schemas import BOOLEAN, COUNT, TEXT, TEXT_OR_NULL, Schema, array, fields, record
from reconciler.sandbox.shapes import shape_of
from reconciler.sandbox.world import World

_ID = {"id": TEXT, "company_id": TEXT_OR_NULL}
_PAGE_OF_A_SURVEY = record({**fields(TEXT, "id name"), "questions": array(record(B2S_QUESTION))})
_SURVEY = record(
    {
        "has_page": BOOLEAN,
        **fields(TEXT_OR_NULL, "nps discursive_question"),
        "questions": array(record(B2S_QUESTION)),
        "pages": array(_PAGE_OF_A_SURVEY),
    },
    optional=("questions", "pages"),
)


def _answer(options: Options) -> Schema:
    return record(B2S_ANSWER, optional=("search",) if options.b2s_answer_search == "missing" else ())


def _answers(options: Options) -> Answered:
    return 200, record({**fields(COUNT, "limit offset total"), "data": array(_answer(options), maxItems=50)})


def _has_inventory(options: Options) -> bool:
    return options.b2s_searches != "missing"


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/answers",
        b2s_answers.create_answer,
        body=b2s_answers.CREATE,
        encoding=JSON,
        statuses=(201, 400, 403, 404),
        source="b2s.txt L4",
        answer=record(_ID),
        refusals=("a survey that is not there (404)", "a question that the survey has not"),
    ),
    Endpoint(
        "GET",
        "/api/answers",
        b2s_lists.list_answers,
        query=b2s_lists.LIST,
        source="b2s.txt L71",
        answer=_answers,
        refusals=("a date_end before date_start",),
    ),
    Endpoint(
        "GET",
        "/api/answers/{id}",
        b2s_lists.read_answer,
        statuses=(200, 403, 404),
        source="b2s.txt L134",
        answer=lambda options: (200, _answer(options)),
    ),
    Endpoint(
        "PATCH",
        "/api/answers/{id}",
        b2s_answers.update_status,
        body=b2s_answers.STATUS,
        encoding=JSON,
        statuses=(201, 400, 403, 404),
        source="b2s.txt L198",
        answer=record({}),
    ),
    Endpoint(
        "POST",
        "/api/answers/{id}/description",
        b2s_answers.close_loop,
        body=b2s_answers.CLOSED_LOOP,
        encoding=JSON,
        statuses=(201, 403, 404),
        source="b2s.txt L223",
        answer=shape_of("b2s", "closed_loops").schema,
    ),
    Endpoint(
        "GET",
        "/api/searches",
        b2s_searches.list_searches,
        statuses=(200, 401, 403, 404),
        source="the sibling document",
        answer=array(shape_of("b2s", "searches").schema),
        when=_has_inventory,
    ),
    Endpoint(
        "GET",
        "/api/searches/{id}",
        b2s_searches.read_search,
        statuses=(200, 401, 403, 404),
        source="the sibling document",
        answer=_SURVEY,
        when=_has_inventory,
    ),
)
"""Every call under /b2s."""


def _refused(endpoint: Endpoint, options: Options) -> tuple[int, ...]:
    """What the document lists, 400 for any parameter (its tables do not agree on it), and the token's status."""
    return *endpoint.statuses[1:], 400, 403, *((404,) if options.b2s_unknown_token == 404 else ())


def _error(options: Options, _: Endpoint) -> Schema | None:
    """The document shows no body, so the option says what it is; a page and nothing have no schema."""
    shape = options.b2s_error_body
    return record({shape: TEXT}) if shape in ("message", "error") else None


API = Api(
    title="B2S answers and surveys",
    version="1",
    base="/b2s",
    endpoints=ENDPOINTS,
    schemes={"token": {"type": "http", "scheme": "bearer"}},
    refused=_refused,
    error=_error,
)


def handle(world: World, request: Request) -> Answer:
    """Answer one request under /b2s."""
    try:
        return _dispatch(world, request)
    except Unfit as error:
        return error_answer(world, 400, str(error))
    except Refusal as refusal:
        answer = refusal.answer
        return error_answer(world, answer.status, answer.data)


def _dispatch(world: World, request: Request) -> Answer:
    path = request.segments[1:]
    _authorise(world, request, inventory=path[:2] == ("api", "searches"))
    found = matching(offered(ENDPOINTS, world.options), path)
    if request.method not in found:
        raise refuse(404, f"Cannot {request.method} {request.raw_path.removeprefix('/b2s')}")
    endpoint, values = found[request.method]
    clamped = ("limit",) if world.options.b2s_over_limit == "clamp" else ()
    query = read_pairs(endpoint.query, request.query, clamped=clamped)
    body = read_object(endpoint.body, _json(request)) if endpoint.encoding else {}
    return endpoint.handler(Call(world, request, values, query, body))


def _authorise(world: World, request: Request, *, inventory: bool) -> None:
    """403 for an invalid token (L68), or 404 by the option (L69); the inventory's document knows a 401 too."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    known = world.store.settings["b2s"]["token"]
    if scheme.lower() == "bearer" and known is not None and token.strip() == known:
        return
    if inventory:
        raise refuse(401, "Missing or invalid token")
    if token.strip() and world.options.b2s_unknown_token == 404:
        raise refuse(404, "Integration token not found")
    raise refuse(403, "Invalid token or unauthorized user")


def _json(request: Request) -> Object:
    if request.content_type != JSON:
        raise Unfit("body", f"the Content-Type must be {JSON}")
    try:
        body: Object = request.json
    except ValueError as error:
        raise Unfit("body", "malformed JSON") from error
    return body
