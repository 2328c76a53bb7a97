"""Subscribers, as far as they are sought: there may be a hundred thousand, and nobody needs them all.

1. What is known by its id is read by its id; what is declared and not found that way is searched by email and number.
2. Where the whole list takes fewer requests than that, it is read instead; what comes of it is the same.
3. Filters are held against what they give (VENDORS: exact or not, in upper case or not, is not said); one that is not
   obeyed is not used again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from reconciler.http import fan_out
from reconciler.model import JSON, Observed, Sealed
from reconciler.providers.base import Sought
from reconciler.providers.optimum.listing import Catalogue
from reconciler.providers.optimum.translation import CONTACTS

Contact = tuple[str, str]  # field and folded value
_FEW = 2  # requests for which nobody asks how long the whole list is


class Directory:
    """The subscribers of one connection. Thread-safe."""

    def __init__(self, catalogue: Catalogue, read: Callable[[str], Observed | None], workers: int) -> None:
        self._catalogue, self._read, self._workers = catalogue, read, workers
        self._obeyed = True

    def found(self, sought: Sought | None) -> tuple[Observed, ...]:
        """The objects sought: by id, and all that have a declared contact. All there are, where it was not said what is
        sought, or only in a form that cannot be searched."""
        if sought is None or any(_is_sealed(fields) for fields in sought.fields):
            return self._catalogue.objects()
        wanted = Counter(contact for fields in sought.fields for contact in contacts(fields))
        requests = max(len(sought.ids), len(sought.fields))
        if requests > _FEW or not self._obeyed:
            opening = self._catalogue.opening()
            if not self._obeyed or opening.pages - 1 < requests:
                return _chosen(self._catalogue.objects(opening), sought.ids, wanted)
        return self._one_by_one(sought, wanted)

    def alike(self, fields: Mapping[str, JSON]) -> tuple[Observed, ...]:
        """All that have one of the contacts."""
        wanted = contacts(fields)
        return _chosen(self._searched(fields), frozenset(), wanted)

    def _one_by_one(self, sought: Sought, wanted: Counter[Contact]) -> tuple[Observed, ...]:
        read = fan_out(self._read, sorted(sought.ids), self._workers, self._catalogue.telling(len(sought.ids)))
        known = {item.id: item for item in read if item is not None}
        held = Counter(contact for item in known.values() for contact in contacts(item.fields))
        missing = {contact for contact, count in wanted.items() if count > held[contact]}
        queries = sorted({query for fields in sought.fields for query in _queries(fields, missing)})
        for found in fan_out(self._search, queries, self._workers):
            known |= {item.id: item for item in found}
        return _chosen(known.values(), sought.ids, wanted)

    def _searched(self, fields: Mapping[str, JSON]) -> Iterable[Observed]:
        queries = _queries(fields, set(contacts(fields)))
        return [item for found in fan_out(self._search, sorted(queries), self._workers) for item in found]

    def _search(self, query: Contact) -> tuple[Observed, ...]:
        name, value = query
        found = self._catalogue.filtered({name: value})
        if any(_folded(value) not in _folded(item.fields.get(name)) for item in found):
            self._obeyed = False
        return found


def contacts(fields: Mapping[str, JSON]) -> list[Contact]:
    """What a subscriber is told by, in one spelling."""
    return [(name, _folded(value)) for name in CONTACTS if isinstance(value := fields.get(name), str) and value.strip()]


def _queries(fields: Mapping[str, JSON], missing: set[Contact]) -> set[Contact]:
    """The searches for a manifest's contacts: as it spells them, and as a vendor may that folds them."""
    wanted = [(name, str(fields[name])) for name, value in contacts(fields) if (name, value) in missing]
    return {(name, text) for name, value in wanted for text in (value, _folded(value))}


def _chosen(objects: Iterable[Observed], ids: frozenset[str], wanted: Iterable[Contact]) -> tuple[Observed, ...]:
    known = set(wanted)
    return tuple({o.id: o for o in objects if o.id in ids or known.intersection(contacts(o.fields))}.values())


def _is_sealed(fields: Mapping[str, JSON]) -> bool:
    return any(isinstance(fields.get(name), Sealed) for name in CONTACTS)


def _folded(value: JSON) -> str:
    return str(value or "").strip().casefold()
