"""Buenno's replies with their answers and scores, over all forms of the token (buenno.txt L138-L240)."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.buenno_rules import rows, within
from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.parameters import Parameter, Unfit
from reconciler.sandbox.shapes import public

MAIN_QUESTION = 1
"""The question_type_id whose points make the score (L226)."""
LIST = (
    Parameter("from", "instant", required=True),
    Parameter("to", "instant", required=True),
    Parameter("limit", "integer", default=500, lowest=1, highest=1000),
    Parameter("offset", "integer", default=0, lowest=0),
    Parameter("locale"),
)


def list_replies(call: Call) -> Answer:
    """GET /replies; total, limit and offset are text (L197-L199)."""
    query, world = call.query, call.world
    start, end, limit, offset = query["from"], query["to"], query["limit"], query["offset"]
    if end < start:
        raise Unfit("to", "it lies before from")
    field = world.options.buenno_replies_by
    found = [item for item in rows(world, "replies", field) if within(world, item, field, start, end)]
    shown = found[offset : offset + limit]
    world.store.touch("listed", "buenno", "replies", *(str(item["id"]) for item in shown))
    figures: dict[str, Any] = {"total": len(found), "limit": limit, "offset": offset}
    if world.options.buenno_figures == "text":
        figures = {name: str(value) for name, value in figures.items()}
    return Answer(200, {"replies": [_shown(item, query.get("locale")) for item in shown]} | figures)


def _shown(item: Object, locale: str | None) -> Object:
    """The reply with its scores counted where it does not carry them, and its questions in the locale."""
    answers = [_answer(answer, locale) for answer in item["answers"]]
    points = [answer["points"] for answer in answers if answer["question_type_id"] == MAIN_QUESTION]
    points = [value for value in points if value is not None]
    counted = {
        "question_count": len(points),
        "score_sum": sum(points),
        "avg_score": sum(points) / len(points) if points else None,
    }
    scores = {name: value if item[name] is None else item[name] for name, value in counted.items()}
    return public(item) | scores | {"answers": answers}


def _answer(answer: Object, locale: str | None) -> Object:
    """An answer of L171-L177; `_questions` holds the question's text by locale."""
    question = answer.get("_questions", {}).get(locale, answer.get("question"))
    names = ("points", "answer", "question_id", "question_type_id")
    return {"question": question} | {name: answer.get(name) for name in names}
