"""CustomerSure's answers: feedback responses, response rate and net promoter score (customersure.txt L511-L785)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from reconciler.sandbox.clock import parse_instant
from reconciler.sandbox.customersure_rules import PAGING, paginate, plain
from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.parameters import Parameter
from reconciler.sandbox.world import World

_WINDOW = (Parameter("from_time", "moment"), Parameter("to_time", "moment"))
LIST = (
    *PAGING,
    Parameter("updated_since", "moment"),
    Parameter("email"),
    Parameter("survey_ids"),  # L654 has it without brackets, and one value then
    Parameter("survey_ids[]", "texts"),
)
RATE = (*_WINDOW, Parameter("survey_ids[]", "texts"))
NPS = (*_WINDOW, Parameter("question_ids[]", "texts"))


def list_responses(call: Call) -> Answer:
    """GET /feedback_responses, the newest first; survey_ids with and without brackets (L654)."""
    query, world = call.query, call.world
    since, email = query.get("updated_since"), query.get("email")
    surveys = query.get("survey_ids[]", [query["survey_ids"]] if "survey_ids" in query else None)
    found = [
        item
        for item in world.store.collection("customersure", "feedback_responses").listed("submitted_at", descending=True)
        if (since is None or parse_instant(item["updated_at"]) >= since)
        and (email is None or item["fields"].get("email") == email)
        and (surveys is None or str(item["survey_id"]) in surveys)
    ]
    return paginate(call, [_shown(world, item) for item in found], "feedback_responses")


def read_response(call: Call) -> Answer:
    """GET /feedback_responses/:id; unlike a listing it does not show updated_at (L569-L630)."""
    found = call.world.store.collection("customersure", "feedback_responses").get(call.path[0])
    if found is None:
        raise plain(404, "Not found")
    shown = _shown(call.world, found)
    return Answer(200, {name: value for name, value in shown.items() if name != "updated_at"})


def _shown(world: World, item: Object) -> Object:
    """The response with the request that it answers, without its data and with a field of its own (L612-L629)."""
    known = item["feedback_request"] and world.store.collection("customersure", "feedback_requests").get(
        str(item["feedback_request"]["id"])
    )
    if not known:
        return item
    asked = {name: value for name, value in known.items() if name != "data"} | {"deletion_requested_at": None}
    return item | {"feedback_request": asked | item["feedback_request"]}


def response_rate(call: Call) -> Answer:
    """GET /response_rate: replies by delivered requests, by default from 32 to 2 days ago."""
    query, world = call.query, call.world
    midnight = _midnight(world)
    inside = _window(query, midnight - timedelta(days=32), midnight - timedelta(days=2))
    surveys = query.get("survey_ids[]")
    sent = [
        item
        for item in world.store.collection("customersure", "feedback_requests")
        if item["state"] == "sent"
        and inside(item["sent_at"])
        and (surveys is None or str(item["survey_id"]) in surveys)
    ]
    delivered = {item["id"] for item in sent if not item["delivery_failure"]}
    replied = {
        item["feedback_request"]["id"]
        for item in world.store.collection("customersure", "feedback_responses")
        if item["feedback_request"]
    }
    replies = len(delivered & replied)
    return Answer(
        200,
        {
            "response_rate_percent": round(100 * replies / len(delivered)) if delivered else 0,
            "sent_count": len(sent),
            "delivered_count": len(delivered),
            "reply_count": replies,
        },
    )


def nps(call: Call) -> Answer:
    """GET /nps over the rating questions (those of nps_question_ids where set), by default the last 30 days."""
    query, world = call.query, call.world
    inside = _window(query, _midnight(world) - timedelta(days=30), world.now())
    known = world.store.settings["customersure"]["nps_question_ids"]
    wanted = query.get("question_ids[]", None if known is None else [str(number) for number in known])
    scores = [
        int(answer["answer"])
        for item in world.store.collection("customersure", "feedback_responses")
        if inside(item["submitted_at"])
        for answer in item["answers"]
        if _is_rating(answer) and (wanted is None or str(answer["question_id"]) in wanted)
    ]
    promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    return Answer(
        200,
        {
            "net_promoter_score": round(100 * (promoters - detractors) / len(scores)) if scores else 0,
            "promoter_count": promoters,
            "passive_count": len(scores) - promoters - detractors,
            "detractor_count": detractors,
        },
    )


def _is_rating(answer: Object) -> bool:
    return answer.get("type") == "Rating" and str(answer.get("answer", "")).isdecimal()


def _midnight(world: World) -> datetime:
    return world.now().replace(hour=0, minute=0, second=0, microsecond=0)


def _window(query: Object, start: datetime, end: datetime) -> Callable[[str | None], bool]:
    first, last = query.get("from_time", start), query.get("to_time", end)
    return lambda text: text is not None and first <= parse_instant(text) <= last
