"""All objects of a list, page by page, from pages that add up (customersure.txt, Pagination)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reconciler.errors import LISTING_INCOMPLETE, ReconcilerError
from reconciler.http import Answer, Request, Transport, as_list, fan_out, next_link, whole_number
from reconciler.model import JSON, Observed
from reconciler.providers.customersure.translation import REQUEST, SITE, feedback_request, site, sites_named

PER_PAGE = 100
MOST_PAGES = 20_000
_SMALLEST_FULL_PAGE = 30  # the page size where per_page is not obeyed
_READINGS = 3  # a listing that does not add up is read again so many times in all


@dataclass(frozen=True, slots=True)
class Source:
    """A list of the vendor: where it is, its kind and what its objects are called, how one is read, what is asked."""

    path: str
    kind: str
    noun: str
    read: Callable[[JSON, str], Observed]
    query: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


SITES = Source("/sites", SITE, "sites", site)
PENDING = Source("/feedback_requests", REQUEST, "feedback requests", sites_named, {"states[]": "pending"})


def requests_of(surveys: tuple[str, ...]) -> Source:
    """The feedback requests of some surveys, whatever became of them; the latest send_at first (L447)."""
    return Source("/feedback_requests", REQUEST, "feedback requests", feedback_request, {"survey_ids": surveys})


@dataclass(frozen=True, slots=True)
class _Page:
    objects: tuple[Observed, ...]
    total: int | None  # X-Total-Count
    pages: int | None  # X-Total-Pages
    following: str | None  # Link rel="next"
    linked: bool  # whether there was a Link header at all

    @property
    def ids(self) -> set[str]:
        return {item.id for item in self.objects}


def objects(transport: Transport, source: Source) -> tuple[Observed, ...]:
    """Every object once. Raises a ReconcilerError where count, pages and links contradict each other three times."""
    trouble = ""
    for _ in range(_READINGS):
        found, trouble = _Reading(transport, source).all()
        if not trouble:
            return found
    raise ReconcilerError(LISTING_INCOMPLETE, f"{transport.connection.name}: the list of {source.noun} {trouble}")


def count(transport: Transport, path: str) -> int | None:
    """How many objects a list says it holds, by one row of it; None where it does not say."""
    answer = transport.send(Request("GET", path, query={"page": "1", "per_page": "1"}))
    as_list(answer.json, f"{transport.connection.name}: {path}")
    return whole_number(answer.headers.get("x-total-count", "").strip())


def first_objects(transport: Transport, source: Source, enough: Callable[[Observed], bool]) -> tuple[Observed, ...]:
    """The objects of the first pages, to the page whose last one is ``enough`` or to the end: for a list whose order
    says that nothing wanted comes after it. Raises where the pages contradict each other three times."""
    trouble = ""
    for _ in range(_READINGS):
        found, trouble = _Reading(transport, source).until(enough)
        if not trouble:
            return found
    raise ReconcilerError(LISTING_INCOMPLETE, f"{transport.connection.name}: the list of {source.noun} {trouble}")


class _Reading:
    """One reading of a list: what it found, and what does not add up about it."""

    def __init__(self, transport: Transport, source: Source) -> None:
        self._transport, self._source = transport, source
        self._passed = transport.telling(source.kind, None) or (lambda _: None)

    def all(self) -> tuple[tuple[Observed, ...], str]:
        first = self._page(1)
        count = _page_count(first)
        if count is None:
            return self._followed(first) if first.linked else self._numbered(first)
        if count > MOST_PAGES:
            return (), f"claims to have {count} pages"
        passed = self._transport.telling(self._source.kind, count, done=1)
        rest = fan_out(self._page, range(2, count + 1), self._transport.connection.concurrency, passed)
        pages = [first, *rest]
        found = _unique(pages)
        if pages[-1].following:
            return found, "has another page after the last"
        return found, self._count_trouble(found, pages)

    def until(self, enough: Callable[[Observed], bool]) -> tuple[tuple[Observed, ...], str]:
        pages = [self._page(1)]
        last, seen = _page_count(pages[0]), pages[0].ids
        while pages[-1].objects and not enough(pages[-1].objects[-1]):
            more = pages[-1].following is not None if last is None else len(pages) < last
            if not more:
                break
            page = self._page(len(pages) + 1)
            if page.objects and seen.issuperset(page.ids):
                return (), "repeats a page"
            seen |= page.ids
            pages.append(page)
            self._passed(len(pages))
            if len(pages) >= MOST_PAGES:
                return (), f"has more than {MOST_PAGES} pages"
        totals = {page.total for page in pages if page.total is not None}
        if len(totals) > 1:
            return (), f"changed while it was read: the vendor counted {' and '.join(map(str, sorted(totals)))}"
        return _unique(pages), ""

    def _followed(self, first: _Page) -> tuple[tuple[Observed, ...], str]:
        """From link to link, to the page without one. Each page has to bring something new."""
        pages, seen = [first], first.ids
        asked: set[str] = set()
        while (url := pages[-1].following) is not None:
            if url in asked:
                return (), "links back to a page that was read already"
            if len(pages) >= MOST_PAGES or not pages[-1].objects:
                return (), "does not end"
            asked.add(url)
            page = self._read(self._transport.send(Request("GET", url)))
            if page.objects and seen.issuperset(page.ids):
                return (), "repeats a page"
            seen |= page.ids
            pages.append(page)
            self._passed(len(pages))
        found = _unique(pages)
        return found, self._count_trouble(found, pages)

    def _numbered(self, first: _Page) -> tuple[tuple[Observed, ...], str]:
        """No total and no links: a page that is full may have a successor, so ask until one is not."""
        pages, seen = [first], first.ids
        while len(pages[-1].objects) >= min(len(first.objects), PER_PAGE) >= _SMALLEST_FULL_PAGE:
            if len(pages) >= MOST_PAGES:
                return (), "does not end"
            page = self._page(len(pages) + 1)
            if page.objects and seen.issuperset(page.ids):
                return (), "repeats a page"
            seen |= page.ids
            pages.append(page)
            self._passed(len(pages))
        return _unique(pages), ""

    def _count_trouble(self, found: tuple[Observed, ...], pages: list[_Page]) -> str:
        noun = self._source.noun
        totals = {page.total for page in pages if page.total is not None}
        # What goes between two pages moves the next one out of sight, and the last count fits all the same.
        if len(totals) > 1:
            return f"changed while it was read: the vendor counted {' and '.join(map(str, sorted(totals)))} {noun}"
        total = pages[-1].total
        if total is None or len(found) == total:
            return ""
        return f"holds {len(found)} different {noun} where the vendor counts {total}"

    def _page(self, number: int) -> _Page:
        query = {"page": str(number), "per_page": str(PER_PAGE), **self._source.query}
        return self._read(self._transport.send(Request("GET", self._source.path, query=query)))

    def _read(self, answer: Answer) -> _Page:
        connection = self._transport.connection.name
        items = as_list(answer.json, f"{connection}: the list of {self._source.noun}")
        return _Page(
            tuple(self._source.read(item, connection) for item in items),
            whole_number(answer.headers.get("x-total-count", "").strip()),
            whole_number(answer.headers.get("x-total-pages", "").strip()),
            next_link(answer.headers.get("link", ""), answer.url),
            bool(answer.headers.get("link", "").strip()),
        )


def _page_count(first: _Page) -> int | None:
    """How many pages there are; None where only the links can tell."""
    if first.pages is not None:
        return max(first.pages, 1)
    if first.total is None or (first.following and len(first.objects) >= first.total):
        return None
    if not first.objects:
        return 1
    return max(1, -(-first.total // len(first.objects)))


def _unique(pages: list[_Page]) -> tuple[Observed, ...]:
    return tuple({item.id: item for page in pages for item in page.objects}.values())
