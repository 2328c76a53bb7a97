"""Enco's reports: the score and the response statistics of one survey or of all (enco.txt L167-L206)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reconciler.sandbox.clock import has_time, parse_instant
from reconciler.sandbox.enco_faults import fault
from reconciler.sandbox.exchange import Answer, Object, Request
from reconciler.sandbox.world import World

_PARAMETERS = {"startDate", "endDate", "channel", "segmentMode", "segments"}


def report(world: World, request: Request, survey: int | None) -> Answer:
    """A report over the requests sent between startDate and endDate, both needed and both included."""
    query = _query(request)
    start, end = _instant(query, "startDate"), _instant(query, "endDate")
    if end < start:
        raise fault(400, "Invalid input", "endDate: lies before startDate")
    mode, segments = _segments(query)
    if query.get("channel", "SMS") != "SMS":
        raise fault(400, "Invalid input", "channel: SMS is the only supported channel")
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


def _query(request: Request) -> dict[str, str]:
    query = dict(request.query)
    for name in query:
        if name not in _PARAMETERS:
            raise fault(400, "Invalid input", f"{name}: unknown parameter")
    if len(query) != len(request.query):
        raise fault(400, "Invalid input", "a parameter is repeated")
    return query


def _instant(query: dict[str, str], name: str) -> datetime:
    value = query.get(name, "")
    try:
        if not has_time(value):
            raise ValueError("no time of day")
        return parse_instant(value)
    except ValueError as error:
        raise fault(400, "Invalid input", f"{name}: an ISO 8601 date and time is needed") from error


def _segments(query: dict[str, str]) -> tuple[str, list[str]]:
    mode = query.get("segmentMode", "ALL")
    if mode not in ("ALL", "ANY"):
        raise fault(400, "Invalid input", "segmentMode: ALL or ANY")
    return mode, [segment for segment in query.get("segments", "").split(",") if segment]


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
