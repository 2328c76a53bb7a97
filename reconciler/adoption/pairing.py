"""Stores that two vendors know: which of their objects are one and the same beyond doubt, and which may be. Pure.

What speaks for a pair: the code of the one in the name of the other, equal names, or its postcode beside a word of its
name. A pair is one only where nothing else speaks for either of the two, and nothing speaks against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from reconciler.adoption.draft import Draft
from reconciler.adoption.naming import folded
from reconciler.model import JSON

_SHORTEST: Final = 3  # characters of a code or of a word that says something
_MOST_COMPARED: Final = 250_000  # pairs of names that are looked at for likeness
_ALIKE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Store:
    """What of a kind tells a store: the fields with its name, its code, its postcode and its country."""

    kind: str
    name: str
    code: str = ""
    postcode: str = ""
    country: str = ""


SITE: Final = Store("customersure/Site", "name", code="site_code", country="country_code")
LOCATION: Final = Store("optimum/Location", "name", postcode="postal_code", country="country_code")


@dataclass(frozen=True, slots=True)
class Pair:
    """One store: its site and its location."""

    site: Draft
    location: Draft


@dataclass(frozen=True, slots=True)
class Near:
    """Objects that may be the same store, and why nobody but a person can tell."""

    sites: tuple[Draft, ...]
    locations: tuple[Draft, ...]
    message: str


def paired(drafts: Iterable[Draft]) -> tuple[tuple[Pair, ...], tuple[Near, ...]]:
    """The pairs among the drafts, and the near misses; in the order of the sites' ids."""
    every = sorted(drafts, key=lambda draft: (draft.observed.connection, draft.observed.id))
    sites = [draft for draft in every if draft.observed.kind == SITE.kind]
    locations = [draft for draft in every if draft.observed.kind == LOCATION.kind]
    of_site, of_location = _candidates(sites, locations)
    pairs, near = [], []
    left = {id(draft): draft for draft in (*sites, *locations)}
    for number, site in enumerate(sites):
        found = [locations[n] for n in sorted(of_site[number])]
        others = sorted({n for place in of_site[number] for n in of_location[place]})
        for draft in (site, *found) if found else ():
            left.pop(id(draft), None)
        if len(found) == 1 and len(others) == 1 and not _contradiction(site, found[0]):
            pairs.append(Pair(site, found[0]))
        elif found and others[0] == number:
            near.append(Near(tuple(sites[n] for n in others), tuple(found), _why(found, others)))
    return tuple(pairs), (*near, *_alike(list(left.values())))


def _candidates(sites: list[Draft], locations: list[Draft]) -> tuple[Mapping[int, set[int]], Mapping[int, set[int]]]:
    """By number, the locations that something speaks for of each site, and the other way about."""
    index = _Index(locations)
    of_site: dict[int, set[int]] = defaultdict(set)
    of_location: dict[int, set[int]] = defaultdict(set)
    for number, site in enumerate(sites):
        for place in index.speaking_for(site):
            of_site[number].add(place)
            of_location[place].add(number)
    return of_site, of_location


class _Index:
    """Locations by what a site may say of them, so that each site takes a few look-ups."""

    def __init__(self, locations: list[Draft]) -> None:
        self._names: dict[str, set[int]] = defaultdict(set)
        self._phrases: dict[str, set[int]] = defaultdict(set)
        self._postcodes: dict[str, set[int]] = defaultdict(set)
        self._words: list[frozenset[str]] = []
        for number, draft in enumerate(locations):
            name = _text(draft, LOCATION.name)
            self._names[name].add(number)
            for phrase in _phrases(name):
                self._phrases[phrase].add(number)
            self._postcodes[_text(draft, LOCATION.postcode)].add(number)
            self._words.append(_words(name))

    def speaking_for(self, site: Draft) -> set[int]:
        """The numbers of the locations that may be this site."""
        name, code = _text(site, SITE.name), _text(site, SITE.code)
        found = set(self._names.get(name, ())) if name else set()
        if len(code) >= _SHORTEST:
            telling = any(map(str.isdigit, code)) or code in _phrases(name)  # NEW is a word of many a name
            found |= (self._phrases if telling else self._names).get(code, set())
        words = _words(name)
        for text in (_text(site, field) for field in site.spec if field != SITE.code):  # it may look like one
            for phrase in _phrases(text):
                near = self._postcodes.get(phrase, ()) if len(phrase) >= _SHORTEST else ()
                found.update(number for number in near if words & self._words[number])
        return found


def _text(draft: Draft, name: str) -> str:
    value: JSON = draft.spec.get(name)
    return folded(value) if isinstance(value, str) else ""


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in name.split("-") if len(word) >= _SHORTEST)


def _phrases(name: str) -> Iterator[str]:
    """All runs of words in a name."""
    words = name.split("-")
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + 4) + 1):
            yield "-".join(words[start:end])


def _contradiction(site: Draft, location: Draft) -> bool:
    one, other = _text(site, SITE.country), _text(location, LOCATION.country)
    return bool(one and other and one != other)


def _why(found: list[Draft], others: list[int]) -> str:
    if len(found) == 1 and len(others) == 1:
        return "their countries differ"
    return "more than one of them could be the same store"


def _alike(left: list[Draft]) -> list[Near]:
    """What nothing speaks for but that it sounds alike."""
    sites = [draft for draft in left if draft.observed.kind == SITE.kind]
    locations = {_text(draft, LOCATION.name): draft for draft in left if draft.observed.kind == LOCATION.kind}
    locations.pop("", None)  # names without a Latin letter are not alike for that
    if len(sites) * len(locations) > _MOST_COMPARED:
        return []
    near = []
    for site in sites:
        close = get_close_matches(_text(site, SITE.name), list(locations), n=3, cutoff=_ALIKE)
        if close:
            near.append(Near((site,), tuple(locations[name] for name in close), "their names are alike, not equal"))
    return near
