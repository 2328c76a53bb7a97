"""Enco's Customer Survey API as enco.txt has it: surveys, questions and sends; no update, no single read."""

from __future__ import annotations

import time
from typing import Any

from reconciler.sandbox import enco_reports, enco_tokens
from reconciler.sandbox.enco_faults import FAULT, fault, fault_answer
from reconciler.sandbox.endpoints import Answered, Call, Endpoint, matching
from reconciler.sandbox.exchange import Answer, Object, Refusal, Request
from reconciler.sandbox.fields import ENCO_QUESTION
from reconciler.sandbox.openapi import Api
from reconciler.sandbox.options import Options
from reconciler.sandbox.parameters import Parameter, Unfit, read_object, read_pairs
from reconciler.sandbox.schemas import INTEGER, TEXT_OR_NULL, array, record
from reconciler.sandbox.shapes import shape_of
from reconciler.sandbox.world import World

JSON = "application/json"
_BASE = "/survey/1.0.0"
_QUESTION = (Parameter("body", "filled", required=True), Parameter("language", "filled", required=True))
_SURVEY = (
    Parameter("name", "filled", required=True),
    Parameter("interactionType", "filled", required=True),
    Parameter("questions", "objects", required=True, items=_QUESTION, fewest=1),
)
_SEND = (
    Parameter("channel", required=True, choices=("SMS",)),
    Parameter("segments", "texts"),
    Parameter("destination", required=True, pattern=r"\+[1-9]\d{5,14}"),
    Parameter("referenceId", "filled"),
    Parameter("language", "filled"),
)
_SENDS = (Parameter("requests", "objects", required=True, items=_SEND, fewest=1),)


def handle(world: World, request: Request) -> Answer:
    """Answer one request under /enco."""
    try:
        return _dispatch(world, request)
    except Unfit as unfit:
        return fault_answer(400, "Invalid input", str(unfit))
    except Refusal as refusal:
        return refusal.answer


def _dispatch(world: World, request: Request) -> Answer:
    path = request.segments[1:]
    found = matching(ENDPOINTS, path)
    if path[:2] == ("survey", "1.0.0"):
        enco_tokens.authorise(world, request)
    if not found:
        raise fault(404, "No matching resource found", request.raw_path)
    if request.method not in found:
        allowed = (("Allow", ", ".join(sorted(found))),)
        raise fault(405, "Method not allowed", f"{request.method} {request.raw_path}", allowed)
    endpoint, keys = found[request.method]
    if endpoint.scheme:  # the gateway's own calls, which read their requests themselves
        return endpoint.handler(Call(world, request, keys, {}, {}))
    if request.content_type != JSON:
        raise fault(415, "Unsupported media type", "Content-Type must be application/json, on every method")
    query = read_pairs(endpoint.query, request.query)
    for name in endpoint.needed(world.options) if endpoint.needed else ():
        if name not in query:
            raise Unfit(name, "the parameter is missing", "missing")
    body = read_object(endpoint.body, _json(request)) if endpoint.body else {}
    return endpoint.handler(Call(world, request, keys, query, body))


def _json(request: Request) -> Any:
    try:
        return request.json
    except ValueError as error:
        raise fault(400, "Malformed JSON", "the body is not JSON") from error


def _create_survey(call: Call) -> Answer:
    world, sent = call.world, call.body
    survey = world.store.insert("enco", "surveys", sent)
    echo = sorted(survey["questions"], key=lambda question: int(question["id"]))
    return Answer(int(world.options.create_status), survey | {"questions": echo})


def _list_surveys(call: Call) -> Answer:
    world = call.world
    surveys = world.store.collection("enco", "surveys").listed("id", descending=True)
    surveys = surveys[: int(world.options.survey_list_cap) or None]
    world.store.touch("listed", "enco", "surveys", *(str(survey["id"]) for survey in surveys))
    return Answer(200, [_padded(survey) if world.options.stray_spaces else survey for survey in surveys])


def _padded(survey: Object) -> Object:
    """The stray spaces of L94-L117: a region's question and language are padded, the others' bodies at both ends."""
    questions = []
    for question in survey["questions"]:
        if "-" in question["language"]:
            stray = {"body": f" {question['body']}", "language": f" {question['language']} "}
        else:
            stray = {"body": f" {question['body']} "}
        questions.append(question | stray)
    return survey | {"questions": questions}


def _delete_survey(call: Call) -> Answer:
    world, key = call.world, call.path[0]
    survey = _find(world, key)
    world.store.remove("enco", "surveys", key)
    for response in world.store.collection("enco", "responses"):
        if response["survey"] == survey["id"]:
            world.store.remove("enco", "responses", str(response["id"]))
    return Answer(int(world.options.delete_status))


def _add_question(call: Call) -> Answer:
    world, key = call.world, call.path[0]
    survey = _find(world, key)
    changed = world.store.change("enco", "surveys", key, {"questions": [*survey["questions"], call.body]})
    newest = max(changed["questions"], key=lambda entry: int(entry["id"]))
    status = int(world.options.create_status)
    return Answer(status, newest if world.options.question_answer == "object" else None)


def _send(call: Call) -> Answer:
    world, survey = call.world, _find(call.world, call.path[0])
    sends = call.body["requests"]
    _not_too_soon(world, [entry["destination"] for entry in sends])
    stored = [world.store.insert("enco", "responses", entry | {"survey": survey["id"]}) for entry in sends]
    status = int(world.options.send_status)
    if world.options.send_answer == "empty":
        return Answer(status)
    return Answer(status, {"requests": [{"id": item["id"], "referenceId": item["referenceId"]} for item in stored]})


def _not_too_soon(world: World, destinations: list[str]) -> None:
    """L145: the same person is not surveyed twice in a short amount of time; nothing of the call is sent then."""
    now, interval = time.monotonic(), world.options.send_interval
    recent = {number for number, at in world.destinations.items() if interval > 0 and now - at < interval}
    for index, number in enumerate(destinations):
        if number in recent:
            raise fault(400, "Request refused", f"requests[{index}].destination: was sent a survey a short time ago")
        if interval > 0:
            recent.add(number)
    world.destinations.update(dict.fromkeys(destinations, now))


def _report(call: Call) -> Answer:
    survey = _find(call.world, call.path[0])["id"] if call.path else None
    return enco_reports.report(call.world, call.query, survey)


def _find(world: World, key: str) -> Object:
    survey = world.store.collection("enco", "surveys").get(key)
    if survey is None:
        raise fault(404, "Not found", f"there is no survey {key}")
    return survey


_SURVEY_SHOWN = shape_of("enco", "surveys").schema
_SENT = record({"requests": array(record({"id": INTEGER, "referenceId": TEXT_OR_NULL}))})


def _added(options: Options) -> Answered:
    shown = record(ENCO_QUESTION) if options.question_answer == "object" else None
    return int(options.create_status), shown


def _sent(options: Options) -> Answered:
    return int(options.send_status), _SENT if options.send_answer == "object" else None


ENDPOINTS = (
    Endpoint(
        "GET",
        f"{_BASE}/surveys",
        _list_surveys,
        source="enco.txt L82",
        answer=array(_SURVEY_SHOWN),
    ),
    Endpoint(
        "POST",
        f"{_BASE}/surveys",
        _create_survey,
        body=_SURVEY,
        encoding=JSON,
        source="enco.txt L47",
        answer=lambda options: (int(options.create_status), _SURVEY_SHOWN),
    ),
    Endpoint(
        "DELETE",
        f"{_BASE}/surveys/{{id}}",
        _delete_survey,
        source="enco.txt L127",
        answer=lambda options: (int(options.delete_status), None),
    ),
    Endpoint(
        "POST",
        f"{_BASE}/surveys/{{id}}/question",
        _add_question,
        body=_QUESTION,
        encoding=JSON,
        source="enco.txt L135",
        answer=_added,
    ),
    Endpoint(
        "POST",
        f"{_BASE}/surveys/{{id}}/send",
        _send,
        body=_SENDS,
        encoding=JSON,
        source="enco.txt L149",
        answer=_sent,
        refusals=("a destination that was sent a survey a short time ago (L145)",),
    ),
    Endpoint(
        "GET",
        f"{_BASE}/surveys/{{id}}/report",
        _report,
        query=enco_reports.PERIOD,
        source="enco.txt L182",
        needed=enco_reports.needed,
        answer=enco_reports.REPORT,
        refusals=enco_reports.REFUSALS,
    ),
    Endpoint(
        "GET",
        f"{_BASE}/report",
        _report,
        query=enco_reports.PERIOD,
        source="enco.txt L172",
        needed=enco_reports.needed,
        answer=enco_reports.REPORT,
        refusals=enco_reports.REFUSALS,
    ),
    *enco_tokens.ENDPOINTS,
)
"""Every call under /enco."""


def _refused(endpoint: Endpoint, _: Options) -> tuple[int, ...]:
    """What a gateway like this one answers; the document names no status."""
    if endpoint.scheme:
        return 400, 401
    return 400, 401, 415, *((404,) if "{" in endpoint.path else ())


API = Api(
    title="Enco Customer Survey API",
    version="1.0.0",
    base="/enco",
    endpoints=ENDPOINTS,
    schemes={"token": {"type": "http", "scheme": "bearer"}, **enco_tokens.SCHEMES},
    refused=_refused,
    error=lambda _, endpoint: enco_tokens.OAUTH_ERROR if endpoint.path == "/token" else FAULT,
    headers={"Content-Type": JSON},
)
