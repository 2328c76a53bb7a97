"""What Enco's reports count over a period (enco.txt L167-L206): of one survey, and of the whole account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from reconciler.http import as_object, fan_out, no_error_inside, required, unreadable, whole_number
from reconciler.model import JSON, Observed
from reconciler.model.figures import ANSWERED, SCORED, Figures, Measured, Number, Window
from reconciler.providers.base import Reckoning
from reconciler.providers.enco.translation import SURVEY

NAMES = (*ANSWERED, "requests", "failed")


def measured(
    name: str,
    observed: Sequence[Observed],
    window: Window,
    ask: Callable[[str | None, Mapping[str, str]], JSON],
    work: int,
) -> Measured:
    """Each survey's report and the account's. ``ask`` reads a report: of a survey's id, or of None."""
    reckoning, period = Reckoning(name), dates(window)
    surveys = [item for item in observed if item.kind == SURVEY]

    def read(survey: str | None) -> Figures:
        what = f"{name}: the report of {'all surveys' if survey is None else f'survey {survey}'}"
        return reckoning.of(SURVEY, NAMES, lambda: report(ask(survey, period), what))

    whole, *each = fan_out(read, [None, *(item.id for item in surveys)], work)
    found = {(item.kind, item.id): figures for item, figures in zip(surveys, each, strict=True)}
    return Measured(found, whole, troubles=reckoning.troubles)


def dates(window: Window) -> dict[str, str]:
    """Both ends, always; the last belongs to the period, so it is the last millisecond."""
    return {"startDate": _spelled(window.start), "endDate": _spelled(window.end - timedelta(milliseconds=1))}


def _spelled(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def report(value: JSON, what: str) -> Figures:
    """The counts of a report. Passives are what is left of the good responses; the score is made anew of the counts,
    since what it is without responses is not documented."""
    no_error_inside(value)
    body = as_object(value, what)
    statistics = as_object(required(body, "responseStatistics", what), what)
    nps = as_object(required(body, "nps", what), what)
    counts: dict[str, Number] = {
        "requests": _count(statistics, "totalRequests", what),
        "responses": _count(statistics, "totalResponses", what),
        "failed": _count(statistics, "failed", what),
    }
    promoters, detractors = _count(nps, "promoters", what), _count(nps, "detractors", what)
    scored = _count(statistics, "goodResponses", what)
    if promoters + detractors > scored:
        reason = f"{what} counts more promoters and detractors than good responses"
        return Figures(counts, dict.fromkeys(SCORED, reason))
    numbers = (scored, promoters, scored - promoters - detractors, detractors)
    return Figures({**counts, **dict(zip(SCORED, numbers, strict=True))})


def _count(item: dict[str, JSON], key: str, what: str) -> int:
    count = whole_number(required(item, key, what))
    if count is None:
        raise unreadable(f"{what} has no usable {key!r}")
    return count
