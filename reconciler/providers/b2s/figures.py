"""What B2S counts over a period: the answers of customers and of employees, and the score of their NPS ratings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from reconciler.http import fan_out
from reconciler.model import JSON, Observed
from reconciler.model.figures import ANSWERED, SCORED, Figures, Measured, Number, Window, net_promoters
from reconciler.providers.b2s.translation import ANSWER, SURVEY
from reconciler.providers.base import Reckoning

# Whether date_end belongs to the period, and by which clock, is not documented (b2s.txt L25, L97): more days are asked
# for at each end.
_SPARE = timedelta(days=1)
_NOTE = (
    "B2S does not document the time zone of its answers, so that they are counted as UTC; the connection's figures "
    "hold customers' and employees' answers together"
)
Reading = Callable[[str | None, date, date], Sequence[Mapping[str, JSON]]]


def measured(name: str, observed: Sequence[Observed], window: Window, read: Reading, work: int) -> Measured:
    """Each survey's answers and all of them. ``read`` lists answers from one day to another, of a survey or of None."""
    reckoning = Reckoning(name)
    surveys = [item for item in observed if item.kind == SURVEY]
    first, last = window.first - _SPARE, window.last + 2 * _SPARE

    def count(survey: str | None) -> Figures:
        return reckoning.of(ANSWER, ANSWERED, lambda: _counted(read(survey, first, last), window))

    whole, *each = fan_out(count, [None, *(item.id for item in surveys)], work)
    found = {(item.kind, item.id): figures for item, figures in zip(surveys, each, strict=True)}
    return Measured(found, whole, (f"{name}: {_NOTE}",), reckoning.troubles)


def _counted(answers: Sequence[Mapping[str, JSON]], window: Window) -> Figures:
    found = [answer for answer in answers if window.holds(_moment(answer.get("created_at")))]
    given = [answer.get("nps") for answer in found]
    scores = [score for score in given if isinstance(score, int | float) and not isinstance(score, bool)]
    counts: dict[str, Number] = {"responses": len(found)}
    if len(scores) < len(given):
        return Figures(counts, dict.fromkeys(SCORED, "there are answers without an nps"))
    return Figures({**counts, **net_promoters(scores)})


def _moment(value: JSON) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
