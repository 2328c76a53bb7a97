"""CustomerSure's answers: feedback responses, response rate and net promoter score (customersure.txt L511-L785)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from reconciler.sandbox.clock import parse_instant
from reconciler.sandbox.customersure_rules import Problems, paginate, plain, query_lists
from reconciler.sandbox.exchange import Answer, Object, Request
from reconciler.sandbox.world import World

Query: TypeAlias = dict[str, list[str]]


def list_responses(world: World, request: Request, _: str) -> Answer:
    """GET /feedback_responses, the newest first; survey_ids with and without brackets (L654)."""
    query = query_lists(request, {"page", "per_page", "updated_since", "email", "survey_ids", "survey_ids[]"})
    problems = Problems("/feedback_responses")
    since = _instant(query, "updated_since", problems)
    problems.settle()
    emails = query.get("email")
    surveys = query.get("survey_ids[]", query.get("survey_ids"))
    found = [
        item
        for item in world.store.collection("customersure", "feedback_responses").listed("submitted_at", descending=True)
        if (since is None or parse_instant(item["updated_at"]) >= since)
        and (emails is None or item["fields"].get("email") in emails)
        and (surveys is None or str(item["survey_id"]) in surveys)
    ]
    return paginate(
        request,
        found,
        lambda item: item,
        lambda shown: world.store.touch(
            "listed", "customersure", "feedback_responses", *(str(item["id"]) for item in shown)
        ),
    )


def read_response(world: World, request: Request, key: str) -> Answer:
    """GET /feedback_responses/:id; unlike a listing it does not show updated_at (L569-L630)."""
    query_lists(request, set())
    found = world.store.collection("customersure", "feedback_responses").get(key)
    if found is None:
        raise plain(404, "Not found")
    return Answer(200, {name: value for name, value in found.items() if name != "updated_at"})


def response_rate(world: World, request: Request, _: str) -> Answer:
    """GET /response_rate: replies by delivered requests, by default from 32 to 2 days ago."""
    query = query_lists(request, {"from_time", "to_time", "survey_ids[]"})
    midnight = _midnight(world)
    inside = _window(query, "/response_rate", midnight - timedelta(days=32), midnight - timedelta(days=2))
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


def nps(world: World, request: Request, _: str) -> Answer:
    """GET /nps over the rating questions (those of nps_question_ids where set), by default the last 30 days."""
    query = query_lists(request, {"from_time", "to_time", "question_ids[]"})
    inside = _window(query, "/nps", _midnight(world) - timedelta(days=30), world.now())
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


def _window(query: Query, resource: str, start: datetime, end: datetime) -> Callable[[str | None], bool]:
    problems = Problems(resource)
    first = _instant(query, "from_time", problems) or start
    last = _instant(query, "to_time", problems) or end
    problems.settle()
    return lambda text: text is not None and first <= parse_instant(text) <= last


def _instant(query: Query, name: str, problems: Problems) -> datetime | None:
    if name not in query:
        return None
    try:
        return parse_instant(query[name][0])
    except ValueError:
        problems.add(name, "invalid_date")
        return None
