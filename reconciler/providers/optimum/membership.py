"""A subscriber's locations on the wire: one goes with the create, updates add and remove (optimum.txt L186-L263)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.model import JSON

LOCATIONS = "locations"


def creation(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """A create's body: ``location`` is the one the subscriber starts at; the others follow by an update."""
    body = {name: value for name, value in fields.items() if name != LOCATIONS}
    first = next(iter(_ids(fields.get(LOCATIONS))), None)
    return body if first is None else {**body, "location": first}


def alteration(fields: Mapping[str, JSON], there: Mapping[str, JSON]) -> dict[str, JSON]:
    """An update's body: of the locations wanted and those that are there the difference, each way."""
    body = {name: value for name, value in fields.items() if name != LOCATIONS}
    wanted, held = _ids(fields.get(LOCATIONS)), _ids(there.get(LOCATIONS))
    added, removed = [id for id in wanted if id not in held], [id for id in held if id not in wanted]
    return body | ({"location_add": added} if added else {}) | ({"location_remove": removed} if removed else {})


def _ids(value: JSON) -> Sequence[JSON]:
    return value if isinstance(value, list | tuple) else ()
