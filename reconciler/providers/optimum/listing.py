"""All objects of a list, from pages that add up (optimum.txt, Pagination).

The document says that pages begin at 0, and its example answers 1 to a request without a page; it names no sort field
but ``created-asc``; it calls parameters of the account list required that its example leaves out. So a first request is
made as the document's prose has it, and a refusal or a repeated page teaches the rest; what was learned is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from reconciler.errors import LISTING_INCOMPLETE, ReconcilerError
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
    said,
    unreadable,
    whole_number,
)
from reconciler.model import JSON, Observed
from reconciler.providers.optimum.translation import Resource, reader

LIMIT = 100
MOST_PAGES = 20_000
_READINGS = 3  # a listing that does not add up is read again so many times in all
_SORT = "created-asc"


@dataclass(frozen=True, slots=True)
class Manner:
    """How this server wants its list asked for."""

    start: int = 0
    sorted: bool = True
    filters: tuple[Mapping[str, str], ...] = ({},)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how many objects the vendor counts in all."""

    objects: tuple[Observed, ...]
    total: int

    @property
    def pages(self) -> int:
        """How many pages the list has: the server may give fewer than were asked for, so the first one tells."""
        return -(-self.total // len(self.objects)) if self.objects else 1

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(item.id for item in self.objects)


class Catalogue:
    """The list of one kind. Thread-safe: what is learned is one immutable value, replaced whole."""

    def __init__(
        self,
        transport: Transport,
        resource: Resource,
        read: Callable[[JSON], Observed] | None = None,
        query: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._transport, self._resource = transport, resource
        self._read = read or reader(resource, transport.connection.name)
        self._manner = Manner(filters=(query,))

    def telling(self, total: int) -> Callable[[int], None] | None:
        """What is called with how many objects of so many were read one by one."""
        return self._transport.telling(self._resource.kind, total, noun="objects")

    def opening(self) -> Page:
        """The first page: how long the list is, for a single request."""
        return self._opening(None)

    def objects(self, first: Page | None = None) -> tuple[Observed, ...]:
        """Every object once; ``first`` is its opening, where that was read already. Raises a ReconcilerError where the
        list does not add up three times."""
        first = first or self._opening(None)
        found: dict[str, Observed] = {}
        for number, query in enumerate(self._manner.filters):
            found |= self._complete(query, first if number == 0 else None)
        return tuple(found.values())

    def filtered(self, query: Mapping[str, str]) -> tuple[Observed, ...]:
        """Everything that the list gives for a filter, obeyed or not."""
        return tuple(self._complete(query, self._opening(query)).values())

    def named(self, name: str) -> tuple[Observed, ...]:
        """Every object of exactly this name, active or not."""
        found: dict[str, Observed] = {}
        for query in self._resource.split or ({},):
            found |= self._complete({"name": name, **query}, None)
        return tuple(item for item in found.values() if str(item.fields.get("name")).strip() == name.strip())

    def _opening(self, query: Mapping[str, str] | None) -> Page:
        """The first page, asked for in ever other ways until the server takes one."""
        while True:
            try:
                return self._page(self._manner.start, self._manner.filters[0] if query is None else query)
            except RefusedRead as refused:
                manner = _adapted(self._manner, self._resource, said(refused.body).casefold())
                if refused.status not in (400, 422) or manner is None:
                    raise
                self._manner = manner

    def _complete(self, query: Mapping[str, str], first: Page | None) -> dict[str, Observed]:
        trouble = ""
        for _ in range(_READINGS):
            found, trouble = self._reading(query, first or self._page(self._manner.start, query))
            if not trouble:
                return found
            first = None
        name = self._transport.connection.name
        raise ReconcilerError(LISTING_INCOMPLETE, f"{name}: the list {self._resource.path} {trouble}")

    def _reading(self, query: Mapping[str, str], first: Page) -> tuple[dict[str, Observed], str]:
        """Everything that one reading found, and what does not add up about it."""
        start = self._manner.start
        if first.total and not first.objects and start == 0:
            first, start = self._page(1, query), 1
        count = first.pages
        if count > MOST_PAGES:
            return {}, f"claims to have {count} pages"
        rest = fan_out(
            lambda number: self._page(number, query),
            range(start + 1, start + count),
            self._transport.connection.concurrency,
            self._transport.telling(self._resource.kind, count, done=1),
        )
        pages = [first, *rest]
        following = start + len(pages)
        if start == 0 and rest and rest[0].ids == first.ids:
            start = 1  # page 0 was page 1: everything is one page further on
        found = {item.id: item for page in pages for item in page.objects}
        last = self._beyond(query, pages[-1], following, found)
        trouble = _trouble(found, {page.total for page in (*pages, last)})
        if not trouble and start != self._manner.start:
            self._manner = replace(self._manner, start=start)
        return found, trouble

    def _beyond(self, query: Mapping[str, str], last: Page, number: int, found: dict[str, Observed]) -> Page:
        """Pages after the computed last, as long as some are missing and each brings something new."""
        while len(found) < last.total and number <= MOST_PAGES:
            try:
                page = self._page(number, query)
            except RefusedRead:
                break
            before = len(found)
            found.update((item.id, item) for item in page.objects)
            if len(found) == before:
                break
            last, number = page, number + 1
        return last

    def _page(self, number: int, query: Mapping[str, str]) -> Page:
        asked = {"limit": str(LIMIT), "page": str(number), **query}
        if self._manner.sorted:
            asked["sort_by"] = _SORT
        answer = self._transport.send(Request("GET", self._resource.path, query=asked))
        return _page_of(answer.json, self._read, f"{self._transport.connection.name}: the list {self._resource.path}")


def count(transport: Transport, name: str) -> int:
    """How many objects a list says it holds, by one row of it."""
    answer = transport.send(Request("GET", f"/{name}", query={"limit": "1"}))
    no_error_inside(answer.json)
    what = f"{transport.connection.name}: the list /{name}"
    return total_of(as_object(answer.json, what), what)


def belongings(transport: Transport, name: str, owner: tuple[str, str], what: str) -> list[JSON]:
    """Everything of another list that belongs to an object, as the vendor shows it, oldest first. ``owner`` is the
    object's field there (``location``), and its id.

    Raises where the list does not add up, or does not obey its filter.
    """

    def read(value: JSON) -> Observed:
        item = as_object(value, what)
        check_owner(item, owner, what)
        return Observed(name, transport.connection.name, id_of(item, "id", what), item)

    catalogue = Catalogue(transport, Resource(name, f"/{name}", ()), read, dict([owner]))
    return [dict(item.fields) for item in catalogue.objects()]


def check_owner(item: Mapping[str, JSON], owner: tuple[str, str], what: str) -> None:
    """Raise ``unreadable`` for an object that belongs to another one: the filter was not obeyed."""
    field, id = owner
    if item.get(field, id) not in (id, None):
        raise unreadable(f"{what} does not obey its filter by {field}, so it cannot be counted")


def _trouble(found: Mapping[str, Observed], totals: set[int]) -> str:
    # An object that goes between two pages moves the next one out of sight, and the last count fits all the same.
    if len(totals) > 1:
        return f"changed while it was read: the vendor counted {' and '.join(map(str, sorted(totals)))}"
    (total,) = totals
    return "" if len(found) == total else f"holds {len(found)} different objects where the vendor counts {total}"


def _page_of(body: JSON, read: Callable[[JSON], Observed], what: str) -> Page:
    no_error_inside(body)
    envelope = as_object(body, what)
    data = as_list(required(envelope, "data", what), f"{what}: data")
    return Page(tuple(map(read, data)), total_of(envelope, what))


def total_of(envelope: dict[str, JSON], what: str) -> int:
    """``total_count`` of a list answer; raises ``unreadable`` where it is missing or no count."""
    total = whole_number(required(envelope, "total_count", what))
    if total is None:
        raise unreadable(f"{what} has no usable 'total_count'")
    return total


def demands_name(resource: Resource, refused: RefusedRead) -> bool:
    """Whether a list was refused for want of a name, which "required" may mean (optimum.txt L1005)."""
    words = said(refused.body).casefold()
    return bool(resource.split) and refused.status in (400, 422) and re.search(r"\bname\b", words) is not None


def _adapted(manner: Manner, resource: Resource, words: str) -> Manner | None:
    """Another way to ask, by what the refusal blames, else the next one untried; None where nothing is left."""
    ways: dict[str, Manner] = {}
    if manner.filters == ({},) and resource.split:
        ways[r"\b(name|active)\b"] = replace(manner, filters=resource.split)
    if manner.sorted:
        ways[r"sort"] = replace(manner, sorted=False)
    if manner.start == 0:
        ways[r"\bpage\b"] = replace(manner, start=1)
    blamed = [way for pattern, way in ways.items() if re.search(pattern, words)]
    untold = [] if re.search(r"\b(name|active|page|limit)\b|sort", words) else list(ways.values())
    return next(iter(blamed + untold), None)
