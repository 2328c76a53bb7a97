"""Optimum's objects between the wire and the engine. Values keep the vendor's spelling ("2000" stays text)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler.http import as_list, as_object, id_of, required, scalar
from reconciler.model import JSON, Observed

LOCATION = "optimum/Location"
ACCOUNT = "optimum/Account"
SUBSCRIBER = "optimum/Subscriber"
CONTACTS = ("email", "mobile_number")  # either tells a subscriber, together with a location


@dataclass(frozen=True, slots=True)
class Resource:
    """Where a kind lives and what of it is readable.

    ``split`` are the queries that together list everything where the plain listing is refused.
    ``probes`` are the lists, filtered by ``owner``, whose totals say what a delete destroys; ``totals`` are fields
    of the object itself that do. ``demanded`` are the fields without which an object is unreadable. ``sought`` says
    that there are too many to list them all.
    """

    kind: str
    path: str
    fields: tuple[str, ...]
    split: tuple[Mapping[str, str], ...] = ()
    probes: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    owner: str = "location"
    demanded: tuple[str, ...] = ("name",)
    lists: tuple[str, ...] = ()  # of ids
    sought: bool = False


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
    SUBSCRIBER: Resource(
        SUBSCRIBER,
        "/subscribers",
        (
            *CONTACTS,
            "fname",
            "sname",
            "country_code",
            "opt_out",
            "last_sms",
            "last_email",
            "invalid",
        ),
        probes=("feedback",),
        owner="subscriber",
        demanded=(*CONTACTS, "locations"),
        lists=("locations",),
        sought=True,
    ),
}


def reader(resource: Resource, connection: str) -> Callable[[JSON], Observed]:
    """What turns one object of the wire into an Observed; raises ``unreadable`` naming a missing id or name."""
    kind, names = resource.kind, resource.fields
    what = f"{connection}: an object of {resource.path}"

    def read(value: JSON) -> Observed:
        item = as_object(value, what)
        id = id_of(item, "id", what)
        for name in resource.demanded:
            required(item, name, what)
        lists = {name: [_id(id, what) for id in as_list(item[name], f"{what}: {name}")] for name in resource.lists}
        return Observed(kind, connection, id, {name: scalar(item, name, what) for name in names} | lists)

    return read


def _id(value: JSON, what: str) -> str:
    return id_of({"id": value}, "id", what)
