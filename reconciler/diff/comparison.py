"""Whether values mean the same to a vendor: normalised, never the other way about."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model import JSON, Pending
from reconciler.schema import Field, ResourceType


def equal(field: Field, one: JSON, other: JSON) -> bool:
    """Whether two values of a field are the same once normalised; an id not yet known equals nothing else."""
    if isinstance(one, Pending) or isinstance(other, Pending):
        return one == other
    if one == other and isinstance(one, bool) is isinstance(other, bool):
        return True
    one, other = field.normalised(one), field.normalised(other)
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def matches(rtype: ResourceType, fields: Mapping[str, JSON], observed: Mapping[str, JSON]) -> bool:
    """Whether every given readable field equals the observed one.

    An additive set matches when each given item is there; more items do not matter.
    """
    for name, value in fields.items():
        field = rtype.fields[name]
        if field.write_only or field.volatile:
            continue
        if field.set is not None and field.set.additive:
            if added_items(field, value, observed.get(name)):
                return False
        elif not equal(field, value, observed.get(name)):
            return False
    return True


def items_of(value: JSON) -> list[Mapping[str, JSON]]:
    """The items of a set field's value; none where there is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def added_items(field: Field, wanted: JSON, there: JSON) -> list[Mapping[str, JSON]]:
    """The wanted items of a set that are not there, each live item standing for one wanted item."""
    left = [field.item_key(item) for item in items_of(there)]
    added = []
    for item in items_of(wanted):
        key = field.item_key(item)
        if key in left:
            left.remove(key)
        else:
            added.append(item)
    return added
