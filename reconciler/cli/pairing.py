"""The stores among imported objects: paired, named alike, and proved as one ResourceSet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import PurePosixPath

from reconciler.adoption.draft import Draft
from reconciler.adoption.pairing import Near, Pair, paired
from reconciler.adoption.storesheet import Row, fits
from reconciler.cli.proving import Picture, Proof, Stores
from reconciler.errors import IMPORT_NAME_TAKEN, ReconcilerError
from reconciler.model import Address

_FILE = "stores"


def sheet_path(picture: Picture, folder: PurePosixPath, *, merge: bool) -> PurePosixPath:
    """Where the ResourceSet goes. Raises RCN0354 where it or its table is there, unless ``merge`` lets it go on."""
    number = 1
    while True:
        path = folder / (f"{_FILE}.yaml" if number == 1 else f"{_FILE}-{number}.yaml")
        there = [one for one in (path, path.with_suffix(".csv")) if picture.has_file(one)]
        if not there:
            return path
        if not merge:
            raise ReconcilerError(IMPORT_NAME_TAKEN, f"the stores would be written to {there[0]}, which is there")
        number += 1


def paired_stores(
    proof: Proof, kept: Mapping[Address, Draft], taken: Collection[Address], place: Callable[[], PurePosixPath]
) -> Stores:
    """The stores among the drafts, to be written to ``place``; ``taken`` are the addresses that nobody may get but who
    has them."""
    pairs, near = paired(kept.values())
    names = {id(draft): address for address, draft in kept.items()}
    rows, left, drafts = [], [*near], dict[Address, Draft]()
    used = set(taken)
    for pair in pairs:
        own = names[id(pair.site)], names[id(pair.location)]
        name = _name(own, used) if fits(pair) else None
        if name is None:
            left.append(Near((pair.site,), (pair.location,), _obstacle(pair)))
            continue
        both = [address._replace(name=name) for address in own]
        used.update(both)
        drafts |= dict(zip(both, (pair.site, pair.location), strict=True))
        rows.append(Row(name, pair))
    if not rows:
        return Stores(near=tuple(left))
    return _proved(proof, kept, Stores(tuple(rows), place(), drafts, tuple(left)))


def _name(own: tuple[Address, Address], used: Collection[Address]) -> str | None:
    """A name that both can have: the site's, else the location's."""
    for wanted in own:
        both = (address._replace(name=wanted.name) for address in own)
        if all(address in own or address not in used for address in both):
            return wanted.name
    return None


def _obstacle(pair: Pair) -> str:
    if fits(pair):
        return "they are the same store, and no name is free for both"
    return "they are the same store, and a spreadsheet would not give its texts back as they are"


def _proved(proof: Proof, kept: Mapping[Address, Draft], found: Stores) -> Stores:
    """The stores, if all of them load and are adopted as they are; else none, with a word on why."""
    faults = proof.faults(found.without(kept), found)
    if not faults:
        return found
    address, why = min(faults.items())
    return Stores(near=found.near, notes=(f"no stores are paired: {address}: {why}",))
