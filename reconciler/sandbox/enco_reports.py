"""Enco's reports: the score and the response statistics of one survey or of all (enco.txt L167-L206)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reconciler.sandbox.clock import from_epoch, parse_instant
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.options import Options
from reconciler.sandbox.parameters import Parameter, Unfit
from reconciler.sandbox.schemas import COUNT, INTEGER, TEXT, array, choice, fields, nullable, record
from reconciler.sandbox.world import World

PERIOD = (
    Parameter("startDate", "instant"),
    Parameter("endDate", "instant"),
    Parameter("channel", choices=("SMS",)),
    Parameter("segmentMode", default="ALL", choices=("ALL", "ANY")),
    Parameter("segments", default=""),
)
REFUSALS = ("an endDate before startDate",)
REPORT = record(
    {
        **fields(TEXT, "date from to"),
        "segments": array(TEXT),
        "segmentMode": choice("ALL", "ANY"),
        "nps": record({**fields(COUNT, "promoters detractors"), "score": nullable(INTEGER)}),
        "responseStatistics": record(
            fields(COUNT, "totalRequests totalResponses goodResponses badResponses failed"),
        ),
    }
)
"""The answer, as JSON Schema."""


def needed(options: Options) -> tuple[str, ...]:
    """Both ends of the period, unless the option does without: L174 calls neither required nor optional."""
    return ("startDate", "endDate") if options.report_period == "required" else ()


def report(world: World, query: Object, survey: int | None) -> Answer:
    """A report over the requests sent between startDate and endDate, both included."""
    start, end = query.get("startDate", from_epoch(0)), query.get("endDate", world.now())
    mode = query["segmentMode"]
    if end < start:
        raise Unfit("endDate", "lies before startDate")
    segments = [segment for segment in query["segments"].split(",") if segment]
    rows = [
        row
        for row in world.store.collection("enco", "responses")
        if survey in (None, row["survey"])
        and start <= parse_instant(row["date"]) <= end
        and _has_segments(row, segments, mode)
    ]
    echoed = (segments, mode) if world.options.report_echo == "request" else ([], "ALL")
    return Answer(
        200,
        {
            "date": _naive(world.now()),
            "from": _naive(start),
            "to": _naive(end),
            "segments": echoed[0],
            "segmentMode": echoed[1],
            **_statistics(rows, world.options.empty_score),
        },
    )


def _has_segments(row: Object, wanted: list[str], mode: str) -> bool:
    if not wanted:
        return True
    found = [segment in row["segments"] for segment in wanted]
    return all(found) if mode == "ALL" else any(found)


def _naive(instant: datetime) -> str:
    """Local time as it was asked, without the offset, to the millisecond (L190)."""
    return instant.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _statistics(rows: Iterable[Object], empty_score: float | None) -> dict[str, Any]:
    rows = list(rows)
    answered = [row["score"] for row in rows if row["score"] is not None]
    good = [score for score in map(_good_score, answered) if score is not None]
    promoters = sum(score >= 9 for score in good)
    detractors = sum(score <= 6 for score in good)
    score = round(100 * (promoters - detractors) / len(good)) if good else empty_score
    return {
        "nps": {"promoters": promoters, "detractors": detractors, "score": score},
        "responseStatistics": {
            "totalRequests": len(rows),
            "totalResponses": len(answered),
            "goodResponses": len(good),
            "badResponses": len(answered) - len(good),
            "failed": sum(bool(row["failed"]) for row in rows),
        },
    }


def _good_score(answer: object) -> int | None:
    """A response counts where it is a whole number from 0 to 10; "bad responses are automatically eliminated" (L16)."""
    text = str(answer).strip()
    return int(text) if text.isdecimal() and 0 <= int(text) <= 10 else None
