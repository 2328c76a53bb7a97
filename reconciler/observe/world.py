"""Everything that is live, listed once: what could be read, and what could not and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from reconciler.errors import ReconcilerError
from reconciler.model import Calls, Observed, Trouble, canonical
from reconciler.observe.parts import derived, whole_of
from reconciler.providers.base import Listing, Provider, trouble_of
from reconciler.schema import Registry

Place = tuple[str, str]  # connection, kind
_MOST_THREADS = 32


@dataclass(frozen=True, slots=True)
class World:
    """Complete listings by connection and kind. What is in none of them and not among the troubles was not asked for.

    A part kind stands beside its whole: who asks for questions gets the surveys' listing as well.
    """

    listings: Mapping[Place, Listing] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    warnings: tuple[str, ...] = ()
    calls: Mapping[str, Calls] = field(default_factory=dict)
    _index: dict[Place, dict[str, Observed]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def objects(self, connection: str, kind: str) -> tuple[Observed, ...]:
        """The live objects of a kind; empty where it was not, or could not be, listed: see ``unreadable``."""
        listing = self.listings.get((connection, kind))
        return listing.objects if listing else ()

    def find(self, connection: str, kind: str, id: str) -> Observed | None:
        """A live object by its id."""
        place = (connection, kind)
        if place not in self._index:
            self._index[place] = {item.id: item for item in self.objects(connection, kind)}
        return self._index[place].get(id)

    def unreadable(self, connection: str, kind: str) -> Trouble | None:
        """Why a kind could not be listed; None where it was. Unreadable is never absent."""
        return next((it for it in self.troubles if (it.connection, it.kind) == (connection, kind)), None)


def observe(providers: Mapping[str, Provider], wanted: Iterable[Place], registry: Registry) -> World:
    """List every wanted kind of every connection, each once and all at the same time.

    An error of one listing becomes a ``Trouble``; the others go on. When interrupted, connections are closed so that
    no request waits for another try.
    """
    asked = sorted(set(wanted))
    whole = {place: whole_of(registry, place[1]) for place in asked}
    sources = sorted({(place[0], whole[place] or place[1]) for place in asked})
    listings, troubles = _listed(providers, sources)
    for place, parent in whole.items():
        if parent is None:
            continue
        source = (place[0], parent)
        if source in listings:
            listings[place] = derived(registry, place[1], listings[source])
        else:
            troubles[place] = _of_kind(troubles[source], place[1])
    connections = sorted({place[0] for place in asked})
    return World(
        listings={place: listings[place] for place in sorted(listings)},
        troubles=tuple(troubles[place] for place in sorted(troubles)),
        warnings=tuple(dict.fromkeys(text for place in sorted(listings) for text in listings[place].warnings)),
        calls={name: providers[name].calls() for name in connections},
    )


def _listed(
    providers: Mapping[str, Provider], places: list[Place]
) -> tuple[dict[Place, Listing], dict[Place, Trouble]]:
    listings: dict[Place, Listing] = {}
    troubles: dict[Place, Trouble] = {}
    if not places:
        return listings, troubles
    with ThreadPoolExecutor(min(len(places), _MOST_THREADS), thread_name_prefix="observe") as pool:
        futures: dict[Place, Future[Listing]] = {
            place: pool.submit(providers[place[0]].list, place[1]) for place in places
        }
        try:
            for place, future in futures.items():
                try:
                    listings[place] = future.result()
                except ReconcilerError as error:
                    troubles[place] = trouble_of(*place, error)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for name in {place[0] for place in places}:
                providers[name].close()
            raise
    return listings, troubles


def _of_kind(told: Trouble, kind: str) -> Trouble:
    return Trouble(told.connection, kind, told.code, told.message, told.exit_code, told.hint)


def listing_digest(listing: Listing) -> str:
    """SHA-256 over ids and fields of a listing, whatever the order the vendor gave; ``sha256:<hex>``."""
    lines = sorted(canonical([item.id, item.fields]) for item in listing.objects)
    text = "\n".join([listing.connection, listing.kind, *lines])
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
