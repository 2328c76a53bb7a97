"""Locations and accounts between the wire and the engine. Values keep the vendor's spelling ("2000" stays text)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler.http import as_object, id_of, required
from reconciler.model import JSON, Observed

LOCATION = "optimum/Location"
ACCOUNT = "optimum/Account"


@dataclass(frozen=True, slots=True)
class Resource:
    """Where a kind lives and what of it is readable.

    ``split`` are the queries that together list everything where the plain listing is refused.
    ``probes`` are the lists, filtered by ``location``, whose totals say what a delete destroys; ``totals`` are fields
    of the object itself that do.
    """

    kind: str
    path: str
    fields: tuple[str, ...]
    split: tuple[Mapping[str, str], ...] = ()
    probes: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()


RESOURCES: Mapping[str, Resource] = {
    LOCATION: Resource(
        LOCATION,
        "/locations",
        ("name", "address_line_1", "address_line_2", "address_line_3", "postal_code", "country_code"),
        probes=("reviews", "feedback"),
    ),
    ACCOUNT: Resource(
        ACCOUNT,
        "/accounts",
        (
            "name",
            "active",
            "max_locations",
            "max_users",
            "max_campaigns",
            "sms_allowance",
            "active_locations",
            "active_users",
        ),
        # optimum.txt calls name and active required for the list, and its own example sends neither.
        split=({"active": "true"}, {"active": "false"}),
        totals=("active_locations", "active_users"),
    ),
}


def reader(resource: Resource, connection: str) -> Callable[[JSON], Observed]:
    """What turns one object of the wire into an Observed; raises ``unreadable`` naming a missing id or name."""
    kind, names = resource.kind, resource.fields
    what = f"{connection}: an object of {resource.path}"

    def read(value: JSON) -> Observed:
        item = as_object(value, what)
        id = id_of(item, "id", what)
        required(item, "name", what)
        get = item.get
        return Observed(kind, connection, id, {name: get(name) for name in names})

    return read
