"""Optimum's endpoints for locations and accounts: POST creates and updates, DELETE answers with a body."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.errors import OUTCOME_UNKNOWN, ReconcilerError, Uncertain
from reconciler.http import (
    Expect,
    Purpose,
    RefusedRead,
    Request,
    Transport,
    as_list,
    as_object,
    confirming,
    no_error_inside,
    required,
    segment,
    unreadable,
    whole_number,
)
from reconciler.model import JSON, Calls, Connection, Impact, Observed
from reconciler.providers.base import Listing, Sought, Written
from reconciler.providers.optimum.listing import Catalogue, belongings, check_location, demands_name, total_of
from reconciler.providers.optimum.translation import RESOURCES, Resource, reader

_UNKNOWABLE = ("campaigns",)  # no endpoint shows them


class Optimum:
    """One connection to Optimum."""

    kinds = frozenset(RESOURCES)

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self.connection = connection
        self._transport = transport
        self._sought: dict[str, Sought] = {}
        self._catalogues = {kind: Catalogue(transport, resource) for kind, resource in RESOURCES.items()}

    def seek(self, kind: str, sought: Sought) -> None:
        """Remember what matters, for the case that the list shows nothing without a name (optimum.txt L1005)."""
        self._sought[kind] = sought

    def list(self, kind: str) -> Listing:
        """All objects of the kind, oldest first; where the list demands a name, all that are sought."""
        try:
            return Listing(kind, self.connection.name, self._catalogues[kind].objects())
        except RefusedRead as refused:
            sought = self._sought.get(kind)
            if sought is None or not demands_name(RESOURCES[kind], refused):
                raise
        return self._named(kind, sought)

    def _named(self, kind: str, sought: Sought) -> Listing:
        """The sought objects alone: those of a declared name, and those whose id is known."""
        resource, catalogue = RESOURCES[kind], self._catalogues[kind]
        names = sorted({str(fields["name"]) for fields in sought.fields if fields.get("name")})
        found = {item.id: item for name in names for item in catalogue.named(name)}
        for id in sorted(sought.ids - set(found)):
            item = self.read(resource.kind, id)
            if item is not None:
                found[id] = item
        warning = f"{self.connection.name}: {resource.path} is only listed by name, so what is unmanaged is not known"
        return Listing(kind, self.connection.name, tuple(found.values()), (warning,), complete=False)

    def read(self, kind: str, id: str) -> Observed | None:
        """One object; None on 404."""
        resource = RESOURCES[kind]
        answer = self._transport.send(Request("GET", _path(resource, id), absent_on=frozenset({404})))
        return None if answer.status == 404 else reader(resource, self.connection.name)(answer.json)

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        """A new object with exactly the fields given."""
        return self._write(kind, Request("POST", RESOURCES[kind].path, Purpose.ONCE, json=fields))

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        """POST to the object: "any parameters not provided will be left unchanged"."""
        written = self._write(kind, Request("POST", _path(RESOURCES[kind], id), Purpose.REPEATABLE, json=fields))
        if written.id != id:
            message = f"{self.connection.name}: an update of {id} was answered with another object"
            raise Uncertain(OUTCOME_UNKNOWN, message)
        return written

    def delete(self, kind: str, id: str) -> Written:
        """Delete; a location becomes inactive for good, an account is removed."""
        path = _path(RESOURCES[kind], id)
        answer = self._transport.send(
            Request("DELETE", path, Purpose.REPEATABLE, expect=Expect.ANY, absent_on=frozenset({404}))
        )
        if answer.status != 404:
            with confirming(f"{self.connection.name}: DELETE {path}"):
                _deleted(answer.json)
        return Written(id)

    def impact(self, kind: str, observed: Observed) -> Impact:
        """Reviews and feedback of a location; active locations and users of an account. Campaigns cannot be counted."""
        resource = RESOURCES[kind]
        try:
            counts = {name: self._total(name, observed.id) for name in resource.probes}
            return Impact({**counts, **self._own_totals(resource, observed)}, _UNKNOWABLE)
        except ReconcilerError as error:
            return Impact({}, _UNKNOWABLE, error.message)

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        """All reviews and all feedback of a location; of an account nothing but its own fields can be read."""
        name = self.connection.name
        return {
            probe: belongings(self._transport, probe, observed.id, f"{name}: the list /{probe}")
            for probe in RESOURCES[kind].probes
        }

    def calls(self) -> Calls:
        """Requests answered so far."""
        return self._transport.calls()

    def close(self) -> None:
        """Let go of sockets."""
        self._transport.close()

    def _write(self, kind: str, request: Request) -> Written:
        answer = self._transport.send(request)
        with confirming(f"{self.connection.name}: {request.method} {request.path}"):
            no_error_inside(answer.json)
            written = reader(RESOURCES[kind], self.connection.name)(answer.json)
        return Written(written.id, written.fields)

    def _total(self, name: str, location: str) -> int:
        """How many objects of another list belong to a location; not known where the filter was not obeyed."""
        answer = self._transport.send(Request("GET", f"/{name}", query={"location": location, "limit": "1"}))
        what = f"{self.connection.name}: the list /{name}"
        envelope = as_object(answer.json, what)
        for item in as_list(envelope.get("data", []), f"{what}: data"):
            check_location(as_object(item, what), location, what)
        return total_of(envelope, what)

    def _own_totals(self, resource: Resource, observed: Observed) -> dict[str, int]:
        if not resource.totals:
            return {}
        fresh = self.read(resource.kind, observed.id)
        if fresh is None:
            return dict.fromkeys(resource.totals, 0)
        return {name: self._count(fresh, name) for name in resource.totals}

    def _count(self, fresh: Observed, name: str) -> int:
        count = whole_number(required(dict(fresh.fields), name, fresh.id))
        if count is None:
            raise unreadable(f"{self.connection.name}: {fresh.id} does not say its {name}")
        return count


def _path(resource: Resource, id: str) -> str:
    return f"{resource.path}/{segment(id)}"


def _deleted(body: JSON) -> None:
    """The documented answer is ``{"id", "deleted": true}``; nothing at all is taken for it as well."""
    no_error_inside(body)
    if isinstance(body, dict) and (body.get("deleted", True) is not True or "error" in body):
        raise unreadable("the answer to the delete does not say that it was done")
