"""Answers of a period, both populations, from pages that add up (b2s.txt L70-L132).

The document's offset counts answers to skip (L84); clients in the field found that it counts pages, from 1. So where
one page is not enough, two answers are asked for at offset 1: the first of them tells which of the two it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reconciler.errors import CREDENTIALS_REFUSED, LISTING_INCOMPLETE, ReconcilerError
from reconciler.http import (
    RefusedRead,
    Request,
    Transport,
    as_list,
    as_object,
    fan_out,
    id_of,
    no_error_inside,
    required,
    unreadable,
    whole_number,
)
from reconciler.model import JSON
from reconciler.providers.b2s.translation import ANSWER

LIMIT = 50
MOST_PAGES = 20_000
_READINGS = 3  # a listing that does not add up is read again so many times in all
_ALL_TIME = ("1970-01-01", "2100-01-01")
_POPULATIONS = ("false", "true")  # is_enps is required and splits the answers in two

Answer = dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day asked for, as they are sent."""

    start: str = _ALL_TIME[0]
    end: str = _ALL_TIME[1]


def around(days: Iterable[date]) -> tuple[Period, ...]:
    """Periods that hold these days whatever the vendor's time zone, and whether or not the last day belongs to it."""
    spans: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        start, end = day - timedelta(1), day + timedelta(2)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(Period(start.isoformat(), end.isoformat()) for start, end in spans)


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and the vendor's count of all."""

    answers: tuple[Answer, ...]
    total: int

    @property
    def ids(self) -> list[str]:
        """The ids in the page's order."""
        return [id_of(item, "id", "an answer") for item in self.answers]


@dataclass(frozen=True, slots=True)
class _Manner:
    """What offsets mean: ``first`` is that of the first page; ``pages`` is None until somebody had to know."""

    first: int = 0
    pages: bool | None = None

    def offsets(self, total: int, size: int) -> range:
        """The offsets of all pages but the first."""
        return range(2, -(-total // size) + 1) if self.pages else range(size, total, size)


class Answers:
    """The list of answers. Thread-safe: what is learned is one immutable value, replaced whole."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._manner = _Manner()
        self._what = f"{transport.connection.name}: the list of answers"

    def all(self, search: str | None, period: Period) -> tuple[Answer, ...]:
        """Every answer of a survey (None: of all) in a period once, of customers and of employees.

        Raises a ReconcilerError where the list does not add up three times: LISTING_INCOMPLETE.
        """
        found: dict[str, Answer] = {}
        for query in _queries(search, period):
            found |= self._complete(query)
        return tuple(found.values())

    def newest(self, search: str, period: Period) -> list[Answer]:
        """A page of a survey's answers in each population: whatever the vendor puts first."""
        return [item for query in _queries(search, period) for item in self.first(query, LIMIT).answers]

    def known(self) -> int:
        """How many answers customers gave, by one of them; raises a RefusedRead where the token is not known."""
        return self.first(_queries(None, Period())[0], 1).total

    def first(self, query: Mapping[str, str], limit: int) -> Page:
        """The first page, at offset 0, or at 1 where the vendor refuses that."""
        try:
            return self._page(query, self._manner.first, limit)
        except RefusedRead as refused:
            if refused.status not in (400, 422) or self._manner.first:
                raise
            page = self._page(query, 1, limit)
            self._manner = _Manner(first=1, pages=True)
            return page

    def _complete(self, query: Mapping[str, str]) -> dict[str, Answer]:
        trouble = ""
        for _ in range(_READINGS):
            found, trouble = self._reading(query)
            if not trouble:
                return found
            self._manner = _Manner(self._manner.first)  # what was learned may be what is wrong
        raise ReconcilerError(LISTING_INCOMPLETE, f"{self._what} {trouble}")

    def _reading(self, query: Mapping[str, str]) -> tuple[dict[str, Answer], str]:
        """Everything that one reading found, and what does not add up about it."""
        first = self.first(query, LIMIT)
        size, pages = len(first.answers), [first]
        if size < first.total:
            if size == 0:
                return {}, f"shows nothing where the vendor counts {first.total}"
            if self._manner.pages is None:
                counts_pages = self._probe(query, first)
                if counts_pages is None:
                    return {}, "changed while it was read"
                self._manner = _Manner(self._manner.first, counts_pages)
            offsets = self._manner.offsets(first.total, size)
            if len(offsets) > MOST_PAGES:
                return {}, f"claims to have {len(offsets)} more pages"
            work = self._transport.connection.concurrency
            passed = self._transport.telling(ANSWER, len(offsets) + 1, done=1)
            pages += fan_out(lambda offset: self._page(query, offset, LIMIT), offsets, work, passed)
        found = {id: item for page in pages for id, item in zip(page.ids, page.answers, strict=True)}
        return found, _trouble(len(found), {page.total for page in pages})

    def _probe(self, query: Mapping[str, str], first: Page) -> bool | None:
        """Whether offset 1 means the first page again (True) or the second answer (False); None for neither."""
        ids = first.ids
        if len(ids) < 2:
            return self._manner.first == 1
        probed = self._page(query, 1, 2).ids
        return {ids[0]: True, ids[1]: False}.get(probed[0] if probed else "")

    def _page(self, query: Mapping[str, str], offset: int, limit: int) -> Page:
        asked = {**query, "limit": str(limit), "offset": str(offset)}
        try:
            answer = self._transport.send(Request("GET", "/api/answers", query=asked))
        except RefusedRead as refused:
            if refused.status == 404:
                self._unknown(query, refused)
            raise
        no_error_inside(answer.json)
        body = as_object(answer.json, self._what)
        rows = as_list(required(body, "data", self._what), f"{self._what}: data")
        total = whole_number(required(body, "total", self._what))
        if total is None:
            raise unreadable(f"{self._what} has no usable 'total'")
        answers = tuple(as_object(row, "an answer") for row in rows)
        if not all(_is_of(item, query.get("search_id")) for item in answers):
            raise unreadable(f"{self._what} does not obey its filter by survey")
        return Page(answers, total)

    def _unknown(self, query: Mapping[str, str], refused: RefusedRead) -> None:
        """What a 404 means (b2s.txt L69): the survey where one was asked for and the token is known, else the token."""
        if "search_id" in query:
            self.known()
            return
        message = f"{refused.message}; to B2S that is a token that it does not know, or baseUrl is wrong"
        raise ReconcilerError(CREDENTIALS_REFUSED, message) from None


def _queries(search: str | None, period: Period) -> list[dict[str, str]]:
    span = {"date_start": period.start, "date_end": period.end, **({"search_id": search} if search else {})}
    return [{"is_enps": population, **span} for population in _POPULATIONS]


def _is_of(answer: Answer, search: str | None) -> bool:
    """Whether an answer is of a survey, as far as it says so; now and then one comes without its survey."""
    shown = answer.get("search")
    return search is None or not isinstance(shown, dict) or shown.get("id") in (search, None)


def _trouble(found: int, totals: set[int]) -> str:
    if len(totals) > 1:
        return f"changed while it was read: the vendor counted {' and '.join(map(str, sorted(totals)))}"
    (total,) = totals
    return "" if found == total else f"holds {found} different answers where the vendor counts {total}"
