"""CustomerSure's endpoints for sites and feedback requests (customersure.txt, Sites and Feedback Requests)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from reconciler.errors import WRITE_REFUSED, ReconcilerError
from reconciler.http import Purpose, Request, Transport, as_object, confirming, fan_out, segment
from reconciler.model import JSON, Calls, Connection, Impact, Observed
from reconciler.model.checkup import Checkup, Vitals
from reconciler.model.figures import Measured, Window
from reconciler.providers.base import Listing, Sought, Written, seen
from reconciler.providers.customersure import figures, listing, lookup
from reconciler.providers.customersure.translation import (
    REQUEST,
    SITE,
    data_entries,
    feedback_request,
    request_body,
    site,
)

_PATHS = {SITE: "/sites", REQUEST: "/feedback_requests"}
_READERS = {SITE: site, REQUEST: feedback_request}


class CustomerSure:
    """One connection to CustomerSure."""

    kinds = frozenset(_PATHS)

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self.connection = connection
        self._transport = transport
        self._sought = Sought()

    def seek(self, kind: str, sought: Sought) -> None:
        """Remember which feedback requests matter; the list of sites shows everything."""
        if kind == REQUEST:
            self._sought = sought

    def list(self, kind: str) -> Listing:
        """All sites; of feedback requests those that are sought, never everybody's."""
        name = self.connection.name
        if kind == SITE:
            return Listing(kind, name, listing.objects(self._transport, listing.SITES))
        sought = self._sought
        ids = sorted(sought.ids)
        passed = self._transport.telling(kind, len(ids), noun="objects")
        read = fan_out(lambda id: self.read(REQUEST, id), ids, self.connection.concurrency, passed)
        found = [item for item in read if item is not None]
        found += lookup.possibly_made(self._transport, sought.fields)
        return Listing(kind, name, tuple({item.id: item for item in found}.values()), complete=False)

    def read(self, kind: str, id: str) -> Observed | None:
        """One object; None on 404 alone (L154), never on a 403."""
        answer = self._transport.send(Request("GET", _path(kind, id), absent_on=frozenset({404})))
        return None if answer.status == 404 else _READERS[kind](answer.json, self.connection.name)

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        """A new site or feedback request. What the vendor says to a site_code that exists is not documented; 422 is the
        likely refusal. Nothing keeps it from making a second request like the first."""
        body = request_body(fields) if kind == REQUEST else fields
        return self._write(kind, Request("POST", _PATHS[kind], Purpose.ONCE, json=body))

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        """Change the given fields; a new site_code among them renames the site."""
        if kind == REQUEST:
            return self._update_request(id, fields)
        return self._write(kind, Request("PATCH", _path(kind, id), Purpose.REPEATABLE, json=fields))

    def delete(self, kind: str, id: str) -> Written:
        """Refused here: the API cannot delete a site, and documents no way to delete a request (L181 promises one)."""
        noun = kind.partition("/")[2]
        raise ReconcilerError(WRITE_REFUSED, f"{self.connection.name}: CustomerSure cannot delete a {noun}")

    def impact(self, kind: str, observed: Observed) -> Impact:
        """The pending feedback requests whose data name the site's code: a new code cuts them off."""
        if kind != SITE:
            return Impact()
        try:
            requests = listing.objects(self._transport, listing.PENDING)
        except ReconcilerError as error:
            return Impact(failed=error.message)
        pending = (item.fields["site_codes"] for item in requests if item.fields["state"] == "pending")
        return Impact({"pending_feedback_requests": sum(_names(codes, observed.id) for codes in pending)})

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        """Nothing: neither a site nor a request is ever deleted."""
        return {}

    def check(self) -> Checkup:
        """A row of each list, with how many there are."""
        paths = {"sites": "/sites", "feedback_requests": "/feedback_requests", "responses": "/feedback_responses"}
        return seen({name: partial(listing.count, self._transport, path) for name, path in paths.items()})

    def vitals(self) -> Vitals:
        """What the answers so far showed beside their bodies."""
        return self._transport.vitals()

    def figures(self, observed: Sequence[Observed], window: Window) -> Measured:
        """The account's metrics, and of each site what its requests and their responses tell."""
        return figures.measured(self._transport, observed, window)

    def calls(self) -> Calls:
        """Requests answered so far."""
        return self._transport.calls()

    def close(self) -> None:
        """Let go of sockets."""
        self._transport.close()

    def _update_request(self, id: str, fields: Mapping[str, JSON]) -> Written:
        """Data items are changed by their ids, which are looked up right before; one without an id is added, so that a
        request with such an item is made once (L399). The answer is no proof of anything (L442) and is not read."""
        path, what = _path(REQUEST, id), f"feedback request {id}"
        entries: tuple[Mapping[str, JSON], ...] = ()
        if fields.keys() & {"site", "data"}:
            answer = self._transport.send(Request("GET", path))
            entries = tuple(data_entries(as_object(answer.json, what), what))
        body = request_body(fields, entries)
        data = body.get("data")
        adds = isinstance(data, list) and any("id" not in item for item in data)
        self._transport.send(Request("PATCH", path, Purpose.ONCE if adds else Purpose.REPEATABLE, json=body))
        return Written(id)

    def _write(self, kind: str, request: Request) -> Written:
        answer = self._transport.send(request)
        with confirming(f"{self.connection.name}: {request.method} {request.path}"):
            written = _READERS[kind](answer.json, self.connection.name)
        return Written(written.id, written.fields)


def _path(kind: str, id: str) -> str:
    return f"{_PATHS[kind]}/{segment(id)}"


def _names(codes: JSON, wanted: str) -> bool:
    return isinstance(codes, list) and any(str(code) == wanted for code in codes)
