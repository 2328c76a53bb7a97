"""What vendors count over a period: figures that can be added up, scores made of them, and what is not known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from reconciler.model.plan import Trouble

Number = int | float
SCORED = ("scored", "promoters", "passives", "detractors")
ANSWERED = ("responses", *SCORED)
_RATED = ("rated", "rating_sum")
_SENT = ("delivered", "replies")
# What is made of counts: each score's name, and the counts it takes.
_SCORES = {"nps": SCORED, "rating": _RATED, "response_rate": _SENT}
_HIDDEN = frozenset({"rating_sum"})  # a sum that means nothing by itself


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in UTC, the first and the last among them."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def holds(self, moment: datetime | None) -> bool:
        """Whether a moment lies in it."""
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by name, all of them sums, so that a total is added up and a score made of the total's counts.

    ``unknown`` says of a count that is missing why: it could not be read, or no endpoint tells it. A missing count is
    never a zero.
    """

    counts: Mapping[str, Number] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, Number | None]:
        """Counts and scores as they are told; None for what ``reasons`` explains."""
        names = [*self.counts, *self.unknown, *(score for score, takes in _SCORES.items() if self._touches(takes))]
        return {name: self._value(name) for name in sorted(dict.fromkeys(names)) if name not in _HIDDEN}

    def reasons(self) -> dict[str, str]:
        """Why each figure that is None is not known."""
        return {name: self._reason(name) for name, value in self.shown().items() if value is None}

    def _touches(self, takes: tuple[str, ...]) -> bool:
        return any(name in self.counts or name in self.unknown for name in takes)

    def _value(self, name: str) -> Number | None:
        if name in self.unknown or name not in _SCORES:
            return None if name in self.unknown else self.counts.get(name)
        if any(part not in self.counts for part in _SCORES[name]):
            return None
        return _score(name, self.counts)

    def _reason(self, name: str) -> str:
        if name in self.unknown:
            return self.unknown[name]
        missing = [part for part in _SCORES.get(name, ()) if part not in self.counts]
        told = (self.unknown[part] for part in missing if part in self.unknown)
        return next(told, "nothing in this period to make it of")


def _score(name: str, counts: Mapping[str, Number]) -> Number | None:
    if name == "nps":
        scored = counts["scored"]
        return round(100 * (counts["promoters"] - counts["detractors"]) / scored) if scored else None
    if name == "rating":
        return round(counts["rating_sum"] / counts["rated"], 2) if counts["rated"] else None
    return round(100 * counts["replies"] / counts["delivered"]) if counts["delivered"] else None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one connection counts: each object by kind and id, and the whole connection, as its vendor tells that."""

    each: Mapping[tuple[str, str], Figures] = field(default_factory=dict)
    whole: Figures = field(default_factory=Figures)
    notes: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def unknown(reason: str, *names: str) -> Figures:
    """Figures of which nothing is known."""
    return Figures(unknown=dict.fromkeys(names, reason))


def merged(*parts: Figures) -> Figures:
    """Figures of one thing, told by several answers."""
    counts: dict[str, Number] = {}
    reasons: dict[str, str] = {}
    for part in parts:
        counts.update(part.counts)
        reasons.update(part.unknown)
    return Figures(counts, reasons)


def net_promoters(scores: Iterable[Number]) -> dict[str, Number]:
    """Counts of scores from 0 to 10: promoters from 9, detractors up to 6."""
    given = list(scores)
    promoters, detractors = sum(score >= 9 for score in given), sum(score <= 6 for score in given)
    passives = len(given) - promoters - detractors
    return dict(zip(SCORED, (len(given), promoters, passives, detractors), strict=True))
