"""Invitations of a form and replies of a period, from pages that add up (buenno.txt L95-L240).

Parameters go in the query: the example that sends them in a GET's body asked for 1000 rows and was given 500 (L144).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from reconciler.errors import LISTING_INCOMPLETE, ReconcilerError
from reconciler.http import Request, Transport, as_list, as_object, fan_out, id_of, required, unreadable, whole_number
from reconciler.model import JSON, Observed
from reconciler.providers.buenno.translation import invitation

INVITATIONS_LIMIT, REPLIES_LIMIT = 250, 1000
_SMALLEST_FULL_PAGE = 100  # the page size where limit is not obeyed
_READINGS = 3  # a listing that does not add up is read again so many times in all
MOST_PAGES = 20_000


def invitations(
    transport: Transport,
    form: str,
    period: Mapping[str, str] = MappingProxyType({}),
    shown: Callable[[JSON, str], Observed] = invitation,
) -> tuple[Observed, ...]:
    """Every invitation of a form (and of a period, as the query spells it) once, each read by ``shown``. There is no
    total, so a page that cannot be a full one is the last.

    Raises a ReconcilerError where the pages do not end: LISTING_INCOMPLETE.
    """
    name = transport.connection.name
    found: dict[str, Observed] = {}
    offset = 0
    for _ in range(MOST_PAGES):
        query = {"limit": str(INVITATIONS_LIMIT), "offset": str(offset), "form_id": form, **period}
        answer = transport.send(Request("GET", "/invitations", query=query))
        body = as_object(answer.json, f"{name}: the list of invitations")
        rows = as_list(required(body, "invitations", f"{name}: the list of invitations"), f"{name}: invitations")
        page = [shown(row, name) for row in rows]
        strangers = [item.id for item in page if item.fields["form"] != form]
        if strangers:
            raise unreadable(f"{name}: the list of invitations does not obey its filter by form")
        repeated = page and all(item.id in found for item in page)
        found.update((item.id, item) for item in page)
        if len(page) < _SMALLEST_FULL_PAGE:
            return tuple(found.values())
        if repeated:
            break
        offset += len(page)
    raise ReconcilerError(LISTING_INCOMPLETE, f"{name}: the list of invitations of form {form} repeats its pages")


@dataclass(frozen=True, slots=True)
class _Page:
    rows: tuple[Mapping[str, JSON], ...]
    total: int

    @property
    def ids(self) -> list[str]:
        return [id_of(dict(row), "id", "a reply") for row in self.rows]


def replies(transport: Transport, since: datetime, until: datetime) -> tuple[Mapping[str, JSON], ...]:
    """Every reply of a period once, over all forms of the token, as the vendor shows it.

    ``since`` and ``until`` have a time zone. Whether they mean the creation or the last change, and whether they belong
    to the period, is not documented (L201): who puts periods together lets them overlap, and tells replies by id.
    """
    trouble = ""
    for _ in range(_READINGS):
        found, trouble = _reading(transport, {"from": since.isoformat(), "to": until.isoformat()})
        if not trouble:
            return tuple(found.values())
    raise ReconcilerError(LISTING_INCOMPLETE, f"{transport.connection.name}: the list of replies {trouble}")


def _reading(transport: Transport, period: Mapping[str, str]) -> tuple[dict[str, Mapping[str, JSON]], str]:
    """What one reading found, and what does not add up about it."""
    first = _replies_page(transport, period, 0)
    # The server may give fewer than were asked for, so the first page tells the size.
    size = len(first.rows) or 1
    offsets = range(size, first.total, size)
    if len(offsets) > MOST_PAGES:
        return {}, f"claims to have {len(offsets)} more pages"
    work = transport.connection.concurrency
    pages = [first, *fan_out(lambda offset: _replies_page(transport, period, offset), offsets, work)]
    found = {id: row for page in pages for id, row in zip(page.ids, page.rows, strict=True)}
    totals = {page.total for page in pages}
    if len(totals) > 1:
        return found, f"changed while it was read: the vendor counted {' and '.join(map(str, sorted(totals)))}"
    if len(found) != first.total:
        return found, f"holds {len(found)} different replies where the vendor counts {first.total}"
    return found, ""


def _replies_page(transport: Transport, period: Mapping[str, str], offset: int) -> _Page:
    query = {**period, "limit": str(REPLIES_LIMIT), "offset": str(offset)}
    what = f"{transport.connection.name}: the list of replies"
    body = as_object(transport.send(Request("GET", "/replies", query=query)).json, what)
    rows = as_list(required(body, "replies", what), what)
    total = whole_number(required(body, "total", what))  # text in the example (L197)
    if total is None:
        raise unreadable(f"{what} has no usable 'total'")
    return _Page(tuple(as_object(row, "a reply") for row in rows), total)
