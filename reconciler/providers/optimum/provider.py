"""Optimum's endpoints for locations, accounts and subscribers: POST creates and updates, DELETE answers with a body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

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
from reconciler.model.checkup import Checkup, Vitals
from reconciler.model.figures import Measured, Window
from reconciler.providers.base import Listing, Sought, Written, seen
from reconciler.providers.optimum import figures, membership
from reconciler.providers.optimum.directory import Directory
from reconciler.providers.optimum.listing import Catalogue, belongings, check_owner, count, demands_name, total_of
from reconciler.providers.optimum.translation import RESOURCES, SUBSCRIBER, Resource, reader

_UNKNOWABLE = ("campaigns",)  # no endpoint shows them


class Optimum:
    """One connection to Optimum."""

    kinds = frozenset(RESOURCES)

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self.connection = connection
        self._transport = transport
        self._sought: dict[str, Sought] = {}
        self._catalogues = {kind: Catalogue(transport, resource) for kind, resource in RESOURCES.items()}
        self._directory = Directory(
            self._catalogues[SUBSCRIBER], partial(self.read, SUBSCRIBER), transport.connection.concurrency
        )

    def seek(self, kind: str, sought: Sought) -> None:
        """Remember what matters: subscribers are looked for, and a list may show nothing without a name (L1005)."""
        self._sought[kind] = sought

    def list(self, kind: str) -> Listing:
        """All objects of the kind; of subscribers, and where the list demands a name, all that are sought."""
        if RESOURCES[kind].sought:
            found = self._directory.found(self._sought.get(kind))
            return Listing(kind, self.connection.name, found, complete=False)
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

    def alike(self, kind: str, fields: Mapping[str, JSON]) -> tuple[Observed, ...]:
        """The subscribers with this email address or mobile number, wherever they belong."""
        return self._directory.alike(fields) if RESOURCES[kind].sought else ()

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        """A new object with exactly the fields given; a subscriber may be an existing one (L172)."""
        resource = RESOURCES[kind]
        body = membership.creation(fields) if resource.lists else fields
        return self._write(kind, Request("POST", resource.path, Purpose.ONCE, json=body))

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        """POST to the object: "any parameters not provided will be left unchanged"."""
        resource = RESOURCES[kind]
        if any(name in fields for name in resource.lists):
            there = self.read(kind, id)
            fields = membership.alteration(fields, there.fields if there is not None else {})
            if there is not None and not fields:
                return Written(id, there.fields)
        written = self._write(kind, Request("POST", _path(resource, id), Purpose.REPEATABLE, json=fields))
        if written.id != id:
            message = f"{self.connection.name}: an update of {id} was answered with another object"
            raise Uncertain(OUTCOME_UNKNOWN, message)
        return written

    def delete(self, kind: str, id: str) -> Written:
        """Delete; a location and a subscriber become inactive, an account is removed."""
        path = _path(RESOURCES[kind], id)
        answer = self._transport.send(
            Request("DELETE", path, Purpose.REPEATABLE, expect=Expect.ANY, absent_on=frozenset({404}))
        )
        if answer.status != 404:
            with confirming(f"{self.connection.name}: DELETE {path}"):
                _deleted(answer.json)
        return Written(id)

    def impact(self, kind: str, observed: Observed) -> Impact:
        """Reviews and feedback of a location, feedback of a subscriber, active locations and users of an account.
        Campaigns cannot be counted."""
        resource = RESOURCES[kind]
        try:
            counts = {name: self._total(name, (resource.owner, observed.id)) for name in resource.probes}
            return Impact({**counts, **self._own_totals(resource, observed)}, _UNKNOWABLE)
        except ReconcilerError as error:
            return Impact({}, _UNKNOWABLE, error.message)

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        """All reviews and all feedback of a location, all feedback of a subscriber; of an account nothing but its own
        fields can be read."""
        resource, name = RESOURCES[kind], self.connection.name
        owner = (resource.owner, observed.id)
        return {
            probe: belongings(self._transport, probe, owner, f"{name}: the list /{probe}") for probe in resource.probes
        }

    def check(self) -> Checkup:
        """A row of each list, with how many there are."""
        names = ("locations", "accounts", "subscribers", "reviews", "feedback")
        return seen({name: partial(count, self._transport, name) for name in names})

    def vitals(self) -> Vitals:
        """What the answers so far showed beside their bodies."""
        return self._transport.vitals()

    def figures(self, observed: Sequence[Observed], window: Window) -> Measured:
        """Reviews and feedback of the period by location, and what accounts say of themselves."""
        return figures.measured(self._transport, observed, window)

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

    def _total(self, name: str, owner: tuple[str, str]) -> int:
        """How many objects of another list belong to an object; not known where the filter was not obeyed."""
        answer = self._transport.send(Request("GET", f"/{name}", query={**dict([owner]), "limit": "1"}))
        what = f"{self.connection.name}: the list /{name}"
        envelope = as_object(answer.json, what)
        for item in as_list(envelope.get("data", []), f"{what}: data"):
            check_owner(as_object(item, what), owner, what)
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
