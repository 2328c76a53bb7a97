"""B2S's writes: an answer registered, its status, and a closed loop added to it (b2s.txt L3-L69, L197-L260)."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.b2s_rules import find, milliseconds, named, to_utc
from reconciler.sandbox.clock import utc_text
from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.parameters import Parameter, Unfit
from reconciler.sandbox.world import World

CHANNELS = ("QRcode", "Email", "SMS", "Chatbot", "Web", "Link", "Whatsapp")
STATUSES = ("to-do", "in-progress", "done")
_QUESTION = (
    Parameter("id", "uuid", required=True),
    Parameter("name", "answer", required=True),
    Parameter("suggestion"),
)
CREATE = (
    Parameter("nps", "number", required=True, lowest=0, highest=10),
    Parameter("discursive_question"),
    Parameter("questions", "objects", items=_QUESTION),
    Parameter("created_at", "second", required=True),
    Parameter("search_id", "uuid", required=True),
    Parameter("response_channel", required=True, choices=CHANNELS),
)
STATUS = (Parameter("status", required=True, choices=STATUSES),)
CLOSED_LOOP = (
    Parameter("message", "filled", required=True),
    Parameter("user_email", "email", required=True),
    Parameter("user_name", "filled", required=True),
)


def create_answer(call: Call) -> Answer:
    """POST /api/answers; the same body twice is two answers."""
    body, world = call.body, call.world
    search = find(world, "searches", body["search_id"], "Survey")
    values = {
        "created_at": utc_text(to_utc(world, body["created_at"])),
        "nps": body["nps"],
        "discursive_question": body.get("discursive_question"),
        "search": {"id": search["id"], "name": search["name"]},
        "company": named(world, "companies", search["company_id"]),
        "criteria": [_criterion(world, search, question) for question in body.get("questions", [])],
        "_enps": search["_enps"],
        "_response_channel": body["response_channel"],
    }
    created = world.store.insert("b2s", "answers", values)
    return Answer(201, {"id": created["id"], "company_id": search["company_id"]})


def update_status(call: Call) -> Answer:
    """PATCH /api/answers/{id}: a 201 and an empty object (L214); no read shows the status."""
    find(call.world, "answers", call.path[0], "Response")
    call.world.store.change("b2s", "answers", call.path[0], {"_status": call.body["status"]})
    return Answer(201, {})


def close_loop(call: Call) -> Answer:
    """POST /api/answers/{id}/description: one more closed loop, its user's name marked as the API's (L253)."""
    answer = find(call.world, "answers", call.path[0], "Response")
    values = {
        "answer_id": answer["id"],
        "description": call.body["message"],
        "user_email": call.body["user_email"],
        "user_name": f"{call.body['user_name']} - API",
    }
    created = call.world.store.insert("b2s", "closed_loops", values)
    return Answer(201, created | {"created_at": milliseconds(created["created_at"])})


def _criterion(world: World, search: Object, question: Object) -> Object:
    """What a question's answer is read as: the question's nick and type, and the answer as `name` (L123-L130)."""
    known = next((entry for entry in questions_of(search) if entry["id"] == question["id"]), None)
    if known is None and world.options.b2s_unknown_question == "refused":
        raise Unfit("questions", f"the survey has no question {question['id']}")
    given: Any = question["name"]
    return {
        "nick": known["nick"] if known else None,
        "name": ", ".join(given) if isinstance(given, list) else given,
        "suggestion": question.get("suggestion"),
        "type": known["type"] if known else None,
    }


def questions_of(search: Object) -> list[Object]:
    """A survey's questions, those on its pages too."""
    return [*search["_questions"], *(entry for page in search["_pages"] for entry in page["questions"])]
