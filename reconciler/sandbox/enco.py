"""Enco's Customer Survey API as enco.txt has it: surveys, questions and sends; no update, no single read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from reconciler.sandbox import enco_reports, enco_tokens
from reconciler.sandbox.enco_faults import fault
from reconciler.sandbox.exchange import Answer, Object, Refusal, Request
from reconciler.sandbox.world import World

Handler: TypeAlias = Callable[[World, Request, tuple[str, ...]], Answer]

_E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)
_ROUTES: tuple[tuple[tuple[str, ...], dict[str, Handler]], ...]


def handle(world: World, request: Request) -> Answer:
    """Answer one request under /enco."""
    path = request.segments[1:]
    try:
        if path == ("token",):
            return enco_tokens.issue(world, request)
        if path == ("userinfo",):
            return enco_tokens.userinfo(world, request)
        if path[:2] != ("survey", "1.0.0"):
            raise fault(404, "No matching resource found", request.raw_path)
        enco_tokens.authorise(world, request)
        return _dispatch(world, request, path[2:])
    except Refusal as refusal:
        return refusal.answer


def _dispatch(world: World, request: Request, path: tuple[str, ...]) -> Answer:
    for pattern, methods in _ROUTES:
        values = _match(pattern, path)
        if values is None:
            continue
        if request.method not in methods:
            raise fault(405, "Method not allowed", f"{request.method} {request.raw_path}")
        if request.content_type != "application/json":
            raise fault(415, "Unsupported media type", "Content-Type must be application/json, on every method")
        return methods[request.method](world, request, values)
    raise fault(404, "No matching resource found", request.raw_path)


def _match(pattern: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, ...] | None:
    if len(pattern) != len(path):
        return None
    if any(expected not in ("*", given) for expected, given in zip(pattern, path, strict=True)):
        return None
    return tuple(given for expected, given in zip(pattern, path, strict=True) if expected == "*")


def _create_survey(world: World, request: Request, _: tuple[str, ...]) -> Answer:
    body = _body(request, {"name", "interactionType", "questions"})
    name, interaction = _text(body, "name"), _text(body, "interactionType")
    questions = body.get("questions")
    if not isinstance(questions, list) or not questions:
        raise fault(400, "Invalid input", "questions: at least one question is needed")
    sent = [_question(entry, f"questions[{index}].") for index, entry in enumerate(questions)]
    survey = world.store.insert("enco", "surveys", {"name": name, "interactionType": interaction, "questions": sent})
    echo = sorted(survey["questions"], key=lambda question: int(question["id"]))
    return Answer(int(world.options.create_status), survey | {"questions": echo})


def _list_surveys(world: World, request: Request, _: tuple[str, ...]) -> Answer:
    _no_query(request)
    surveys = world.store.collection("enco", "surveys").listed("id", descending=True)
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


def _delete_survey(world: World, request: Request, values: tuple[str, ...]) -> Answer:
    _no_query(request)
    survey = _find(world, values[0])
    world.store.remove("enco", "surveys", values[0])
    for response in world.store.collection("enco", "responses"):
        if response["survey"] == survey["id"]:
            world.store.remove("enco", "responses", str(response["id"]))
    return Answer(int(world.options.delete_status))


def _add_question(world: World, request: Request, values: tuple[str, ...]) -> Answer:
    survey = _find(world, values[0])
    question = _question(_body(request, {"body", "language"}), "")
    changed = world.store.change("enco", "surveys", values[0], {"questions": [*survey["questions"], question]})
    newest = max(changed["questions"], key=lambda entry: int(entry["id"]))
    status = int(world.options.create_status)
    return Answer(status, newest if world.options.question_answer == "object" else None)


def _send(world: World, request: Request, values: tuple[str, ...]) -> Answer:
    survey = _find(world, values[0])
    entries = _body(request, {"requests"}).get("requests")
    if not isinstance(entries, list) or not entries:
        raise fault(400, "Invalid input", "requests: at least one request is needed")
    sends = [_send_entry(entry, f"requests[{index}].") for index, entry in enumerate(entries)]
    _not_too_soon(world, [entry["destination"] for entry in sends])
    stored = [world.store.insert("enco", "responses", entry | {"survey": survey["id"]}) for entry in sends]
    if world.options.send_answer == "empty":
        return Answer(200)
    return Answer(200, {"requests": [{"id": item["id"], "referenceId": item["referenceId"]} for item in stored]})


def _send_entry(entry: Any, where: str) -> Object:
    if not isinstance(entry, dict):
        raise fault(400, "Invalid input", f"{where.rstrip('.')}: an object is needed")
    _known(entry, {"channel", "segments", "destination", "referenceId", "language"}, where)
    if entry.get("channel") != "SMS":
        raise fault(400, "Invalid input", f"{where}channel: mandatory, and SMS is the only supported channel")
    destination = _text(entry, "destination", where)
    if not _E164.fullmatch(destination):
        raise fault(400, "Invalid input", f"{where}destination: not an international number")
    segments = entry.get("segments", [])
    if not isinstance(segments, list) or not all(isinstance(segment, str) and segment for segment in segments):
        raise fault(400, "Invalid input", f"{where}segments: a list of text is needed")
    texts = {name: _text(entry, name, where) for name in ("referenceId", "language") if name in entry}
    return {"channel": "SMS", "destination": destination, "segments": segments} | texts


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


def _report(world: World, request: Request, values: tuple[str, ...]) -> Answer:
    survey = _find(world, values[0])["id"] if values else None
    return enco_reports.report(world, request, survey)


def _find(world: World, key: str) -> Object:
    survey = world.store.collection("enco", "surveys").get(key)
    if survey is None:
        raise fault(404, "Not found", f"there is no survey {key}")
    return survey


def _body(request: Request, known: set[str]) -> dict[str, Any]:
    _no_query(request)
    try:
        body = request.json
    except ValueError as error:
        raise fault(400, "Malformed JSON", "the body is not JSON") from error
    if not isinstance(body, dict):
        raise fault(400, "Invalid input", "the body must be an object")
    _known(body, known, "")
    return body


def _known(body: dict[str, Any], known: set[str], where: str) -> None:
    for name in body:
        if name not in known:
            raise fault(400, "Invalid input", f"{where}{name}: unknown property")


def _question(entry: Any, where: str) -> Object:
    if not isinstance(entry, dict):
        raise fault(400, "Invalid input", f"{where.rstrip('.')}: an object is needed")
    _known(entry, {"body", "language"}, where)
    return {"body": _text(entry, "body", where), "language": _text(entry, "language", where)}


def _text(body: dict[str, Any], name: str, where: str = "") -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise fault(400, "Invalid input", f"{where}{name}: non-empty text is needed")
    return value


def _no_query(request: Request) -> None:
    if request.query:
        raise fault(400, "Invalid input", f"{request.query[0][0]}: unknown parameter")


_ROUTES = (
    (("surveys",), {"GET": _list_surveys, "POST": _create_survey}),
    (("surveys", "*"), {"DELETE": _delete_survey}),
    (("surveys", "*", "question"), {"POST": _add_question}),
    (("surveys", "*", "send"), {"POST": _send}),
    (("surveys", "*", "report"), {"GET": _report}),
    (("report",), {"GET": _report}),
)
