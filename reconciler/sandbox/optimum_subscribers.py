"""Optimum's subscribers: a create is an upsert at one location, a delete leaves an inactive record behind."""

from __future__ import annotations

from reconciler.sandbox.exchange import Object
from reconciler.sandbox.optimum_rules import country, refuse
from reconciler.sandbox.parameters import Parameter
from reconciler.sandbox.world import World

_PERSON = (
    Parameter("email", "email", nullable=True),
    # E.164, as loosely as the document's own +1813555555.
    Parameter("mobile_number", pattern=r"\+[1-9]\d{5,14}", nullable=True),
    Parameter("fname", nullable=True),
    Parameter("sname", nullable=True),
)
CONTACTS = ("email", "mobile_number")
CREATE = (*_PERSON, country(required=True), Parameter("location", "filled", required=True))
UPDATE = (
    *_PERSON,
    country(),
    Parameter("opt_out", "boolean"),
    Parameter("location_add", "texts"),
    Parameter("location_remove", "texts"),
)


def create_subscriber(world: World, values: Object) -> Object:
    """Create, or update the one with the same email or mobile number at the location (L172), deleted or not."""
    location = values.pop("location")
    _check_location(world, location, "location")
    _check_contact(values)
    known = _same_contact(world, values, {location})
    if known is None:
        return world.store.insert("optimum", "subscribers", values | {"locations": [location]} | world.mark())
    if known.get("_deleted"):
        values |= {"_deleted": False, "locations": [location]}
    return world.store.change("optimum", "subscribers", known["id"], values)


def update_subscriber(world: World, found: Object, values: Object) -> Object:
    """Change what is passed; locations are added and removed by id, what is already so is ignored (L259, L263)."""
    added, removed = values.pop("location_add", []), values.pop("location_remove", [])
    for location in added:
        _check_location(world, location, "location_add")
    locations = list(dict.fromkeys([*found["locations"], *added]))
    values["locations"] = [location for location in locations if location not in removed]
    merged = found | values
    _check_contact(merged)
    twin = _same_contact(world, merged, set(merged["locations"]), but=found["id"])
    if twin is not None and not twin.get("_deleted"):
        raise refuse(402, "Another subscriber has this email or mobile number at the location")
    return world.store.change("optimum", "subscribers", found["id"], values)


def _check_contact(values: Object) -> None:
    if not values.get("email") and not values.get("mobile_number"):
        raise refuse(400, "Missing required param: email or mobile_number", "email")


def _check_location(world: World, key: str, param: str) -> None:
    location = world.store.collection("optimum", "locations").get(key)
    if location is None or not world.owns(location) or location.get("_deleted"):
        raise refuse(400, f"No such location: {key}", param)


def _same_contact(world: World, values: Object, locations: set[str], but: str | None = None) -> Object | None:
    contacts = [(name, values[name]) for name in CONTACTS if values.get(name)]
    for name, contact in contacts:
        for item in world.store.collection("optimum", "subscribers"):
            if item["id"] != but and item[name] == contact and locations & set(item["locations"]):
                return item
    return None
