"""All sites, page by page, from pages that add up (customersure.txt, List sites)."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import LISTING_INCOMPLETE, ReconcilerError
from reconciler.http import Answer, Request, Transport, as_list, fan_out, next_link, whole_number
from reconciler.model import Observed
from reconciler.providers.customersure.translation import SITE, site

PER_PAGE = 100
MOST_PAGES = 20_000
_SMALLEST_FULL_PAGE = 30  # the page size where per_page is not obeyed
_READINGS = 3  # a listing that does not add up is read again so many times in all


@dataclass(frozen=True, slots=True)
class _Page:
    sites: tuple[Observed, ...]
    total: int | None  # X-Total-Count
    pages: int | None  # X-Total-Pages
    following: str | None  # Link rel="next"
    linked: bool  # whether there was a Link header at all


def sites(transport: Transport) -> tuple[Observed, ...]:
    """Every site once. Raises a ReconcilerError where count, pages and links contradict each other three times."""
    trouble = ""
    for _ in range(_READINGS):
        found, trouble = _reading(transport)
        if not trouble:
            return found
    raise ReconcilerError(LISTING_INCOMPLETE, f"{transport.connection.name}: the list of {SITE} {trouble}")


def _reading(transport: Transport) -> tuple[tuple[Observed, ...], str]:
    first = _page(transport, 1)
    count = _page_count(first)
    if count is None:
        return _followed(transport, first) if first.linked else _numbered(transport, first)
    if count > MOST_PAGES:
        return (), f"claims to have {count} pages"
    rest = fan_out(lambda number: _page(transport, number), range(2, count + 1), transport.connection.concurrency)
    pages = [first, *rest]
    found = _unique(pages)
    if pages[-1].following:
        return found, "has another page after the last"
    return found, _count_trouble(found, pages)


def _page_count(first: _Page) -> int | None:
    """How many pages there are; None where only the links can tell."""
    if first.pages is not None:
        return max(first.pages, 1)
    if first.total is None or (first.following and len(first.sites) >= first.total):
        return None
    if not first.sites:
        return 1
    return max(1, -(-first.total // len(first.sites)))


def _followed(transport: Transport, first: _Page) -> tuple[tuple[Observed, ...], str]:
    """From link to link, to the page without one. Each page has to bring something new."""
    pages, seen = [first], {site.id for site in first.sites}
    asked: set[str] = set()
    while (url := pages[-1].following) is not None:
        if url in asked or len(pages) >= MOST_PAGES:
            return (), "links back to a page that was read already"
        asked.add(url)
        page = _read(transport.send(Request("GET", url)), transport.connection.name)
        if page.sites and seen.issuperset(site.id for site in page.sites):
            return (), "repeats a page"
        seen.update(site.id for site in page.sites)
        pages.append(page)
    found = _unique(pages)
    return found, _count_trouble(found, pages)


def _numbered(transport: Transport, first: _Page) -> tuple[tuple[Observed, ...], str]:
    """No total and no links: a page that is full may have a successor, so ask until one is not."""
    pages, seen = [first], {site.id for site in first.sites}
    while len(pages[-1].sites) >= min(len(first.sites), PER_PAGE) >= _SMALLEST_FULL_PAGE:
        page = _page(transport, len(pages) + 1)
        if page.sites and seen.issuperset(site.id for site in page.sites):
            return (), "repeats a page"
        seen.update(site.id for site in page.sites)
        pages.append(page)
    return _unique(pages), ""


def _count_trouble(found: tuple[Observed, ...], pages: list[_Page]) -> str:
    totals = {page.total for page in pages if page.total is not None}
    # A site that goes between two pages moves the next one out of sight, and the last count fits all the same.
    if len(totals) > 1:
        return f"changed while it was read: the vendor counted {' and '.join(map(str, sorted(totals)))} sites"
    total = pages[-1].total
    if total is None or len(found) == total:
        return ""
    return f"holds {len(found)} different sites where the vendor counts {total}"


def _unique(pages: list[_Page]) -> tuple[Observed, ...]:
    return tuple({site.id: site for page in pages for site in page.sites}.values())


def _page(transport: Transport, number: int) -> _Page:
    query = {"page": str(number), "per_page": str(PER_PAGE)}
    return _read(transport.send(Request("GET", "/sites", query=query)), transport.connection.name)


def _read(answer: Answer, connection: str) -> _Page:
    items = as_list(answer.json, f"{connection}: the list of sites")
    return _Page(
        tuple(site(item, connection) for item in items),
        whole_number(answer.headers.get("x-total-count", "").strip()),
        whole_number(answer.headers.get("x-total-pages", "").strip()),
        next_link(answer.headers.get("link", ""), answer.url),
        bool(answer.headers.get("link", "").strip()),
    )
