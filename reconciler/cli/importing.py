"""Manifests for live objects, made from one picture of the world and proved before the first file is written.

1. Manifests and state are read, and every kind in question is listed: what belongs to whom is the planner's own word.
2. What is nobody's gets a name, a file and the words of a manifest.
3. All of it is loaded beside the project's own manifests, and planned: what does not load, or would not be adopted just
   as it is, gets none.
4. The files are written, all or none. Nothing is written to a vendor, nor to the state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reconciler.adoption.choice import Choice, Left, chosen, without_parts, without_twins
from reconciler.adoption.draft import Draft, Unfit, drafted
from reconciler.adoption.layout import path_of
from reconciler.adoption.naming import Place, named, place_of
from reconciler.adoption.pairing import Near
from reconciler.adoption.wish import At, Wish, matches, referred
from reconciler.cli.awaiting import awaiting
from reconciler.cli.pairing import paired_stores, sheet_path
from reconciler.cli.proving import Picture, Proof, Stores
from reconciler.cli.workspace import Workspace
from reconciler.errors import (
    IMPORT_NAME_TAKEN,
    IMPORT_NOTHING,
    IMPORT_UNSETTLED,
    Problems,
    ReconcilerError,
)
from reconciler.model import Address, Observed, Snapshot
from reconciler.plan import Inputs
from reconciler.plan.claims import resolve_claims
from reconciler.state.binding import check_origins

if TYPE_CHECKING:
    from reconciler.manifest import Manifests
    from reconciler.observe import World

_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Import:
    """What there is to write, by path below the project's folder, and what is left out; ``managed`` counts the rest."""

    files: Mapping[PurePosixPath, str]
    drafts: Mapping[Address, Draft]
    paths: Mapping[Address, PurePosixPath]
    left: tuple[Left, ...]
    managed: Mapping[At, int]
    world: World
    notes: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()
    stores: int = 0


def find(workspace: Workspace, wish: Wish, folder: PurePosixPath, *, merge: bool, pair: bool = False) -> Import:
    """Everything that can be imported into ``folder`` (below the project's); with ``pair`` the stores that two vendors
    have in one ResourceSet. Raises Problems for what nobody can have meant, and for names that are taken, unless
    ``merge`` lets it look for others."""
    picture = observed(workspace, wish)
    claims = resolve_claims(picture.inputs)
    choice = chosen(picture.inputs, claims, picture.places)
    addresses = _addresses(picture, choice.free, folder, merge=merge)
    free = _wished(picture, choice, addresses, wish)
    fit, twins = without_twins(free, picture.inputs)
    drafts, unfit = _drafts(picture, fit)
    wanted = {addresses[place_of(draft.observed)]: draft for draft in drafts}
    _check_free(picture, folder, wanted)
    proof = Proof(picture, claims.owners, folder)
    kept, refused = proof.proved(wanted)
    stores = Stores()
    if pair:
        used = picture.taken | {*picture.inputs.desired, *addresses.values()}
        stores = paired_stores(proof, kept, used, lambda: sheet_path(picture, folder, merge=merge))
    single = stores.without(kept)
    asked = [left for left in choice.left if not wish.globs or _meant(picture, left.observed, wish)]
    return Import(
        files=proof.files(single, stores),
        drafts=dict(sorted([*single.items(), *stores.drafts.items()], key=lambda item: item[0])),
        paths={**{a: proof.path(a, d) for a, d in single.items()}, **dict.fromkeys(stores.drafts, stores.path)},
        left=tuple(sorted((*asked, *twins, *unfit, *refused), key=lambda left: place_of(left.observed))),
        managed=Counter((connection, kind) for connection, kind, _ in choice.held),
        world=picture.world,
        notes=(*picture.notes, *stores.notes),
        near=stores.near,
        stores=len(stores.rows),
    )


def observed(workspace: Workspace, wish: Wish) -> Picture:
    """The manifests, the state, and all live objects of the kinds in question. Raises Problems."""
    from reconciler import manifest
    from reconciler.observe import observe

    project, registry = workspace.project, workspace.registry
    places = wish.places(registry, project.connections)
    snapshot = workspace.store().snapshot()
    check_origins(snapshot, workspace.origins)
    manifests = manifest.load(project, registry, allow_none=True)
    desired = {item.address: item for item in manifests.desired}
    _check_settled(snapshot, places)
    waiting = awaiting(workspace, {connection for connection, _ in places}, desired, snapshot)
    asked = frozenset(place for place in places if place[0] not in waiting)
    wanted = asked | referred(asked, registry)
    world = observe(workspace.providers(connection for connection, _ in wanted), wanted, registry)
    live = {place: listing.objects for place, listing in world.listings.items()}
    notes = (*world.warnings, *(blocked.message for _, blocked in sorted(waiting.items())))
    inputs = Inputs(project.name, project.environment, registry, desired, snapshot, live, troubles=world.troubles)
    return Picture(workspace, inputs, world, asked, _taken(inputs, manifests), notes)


def _check_settled(snapshot: Snapshot, places: Iterable[At]) -> None:
    """An object that an open create may have made is nobody's yet: to import it would be to settle the write."""
    known = frozenset(places)
    problems = [
        ReconcilerError(IMPORT_UNSETTLED, f"{intent.address}: a {intent.step} is open, whose outcome is not known")
        for intent in snapshot.open_intents
        if (intent.connection, intent.address.kind) in known
    ]
    if problems:
        raise Problems(problems)


# --- names ----------------------------------------------------------------------------------------------------------


def _addresses(
    picture: Picture, free: Iterable[Observed], folder: PurePosixPath, *, merge: bool
) -> dict[Place, Address]:
    """An address for every object that is free; with ``merge`` none of a manifest's, and none whose file is there."""
    objects, used = tuple(free), set(picture.taken)
    while True:
        addresses = named(objects, picture.inputs.registry, used)
        clashes = {a for place, a in addresses.items() if _is_there(picture, folder, place, a)} if merge else set()
        if not clashes:
            return addresses
        used |= clashes


def _is_there(picture: Picture, folder: PurePosixPath, place: Place, address: Address) -> bool:
    return address in picture.inputs.desired or picture.has_file(path_of(folder, place[0], address))


def _check_free(picture: Picture, folder: PurePosixPath, drafts: Mapping[Address, Draft]) -> None:
    """Raise Problems (RCN0354) for manifests that would take the place of others."""
    places = sorted((place_of(draft.observed), address) for address, draft in drafts.items())
    clashes = [(place, address) for place, address in places if _is_there(picture, folder, place, address)]
    if clashes:
        raise Problems(_clash(picture, folder, *clash) for clash in clashes[:_MOST_TOLD])


def _taken(inputs: Inputs, manifests: Manifests) -> frozenset[Address]:
    """Addresses that mean something else already: what the state knows and no manifest declares (the next plan is about
    to let it go), what a manifest was called before, and what a Removal removes."""
    known = {*inputs.snapshot.records, *(intent.address for intent in inputs.snapshot.open_intents)}
    previous = {address for item in inputs.desired.values() for address in item.previous_names}
    return frozenset(known - set(inputs.desired) | previous | {removal.address for removal in manifests.removals})


def _clash(picture: Picture, folder: PurePosixPath, place: Place, address: Address) -> ReconcilerError:
    declared = picture.inputs.desired.get(address)
    if declared is not None:
        what = f"the live object {place[2]} would be called {address}, which stands in {declared.source.file} already"
    else:
        what = f"the live object {place[2]} would be written to {path_of(folder, place[0], address)}, which is there"
    return ReconcilerError(IMPORT_NAME_TAKEN, what)


# --- what is meant --------------------------------------------------------------------------------------------------


def _wished(picture: Picture, choice: Choice, addresses: Mapping[Place, Address], wish: Wish) -> tuple[Observed, ...]:
    """The free objects that the globs name; raises Problems (RCN0352) for a glob that names none."""
    registry = picture.inputs.registry
    missed = [glob for glob in wish.globs if not _names_any(picture, choice, addresses, glob)]
    if missed:
        raise Problems(_nothing(picture, choice, glob) for glob in missed)
    return tuple(o for o in choice.free if matches(wish.globs, o, registry.get(o.kind), addresses[place_of(o)]))


def _names_any(picture: Picture, choice: Choice, addresses: Mapping[Place, Address], glob: str) -> bool:
    registry = picture.inputs.registry
    if any(matches((glob,), o, registry.get(o.kind), addresses[place_of(o)]) for o in choice.free):
        return True
    return any(_meant(picture, left.observed, Wish((glob,))) for left in choice.left)


def _meant(picture: Picture, o: Observed, wish: Wish) -> bool:
    """Whether an object that gets no address is named."""
    rtype = picture.inputs.registry.get(o.kind)
    return matches(wish.globs, o, rtype, Address(rtype.provider, rtype.type, ""))


def _nothing(picture: Picture, choice: Choice, glob: str) -> ReconcilerError:
    """Why a glob names nothing; where it names what is managed, by whom."""
    registry = picture.inputs.registry
    for place, address in sorted(choice.held.items()):
        o = picture.world.find(*place)
        if o is not None and matches((glob,), o, registry.get(o.kind), address):
            return ReconcilerError(IMPORT_NOTHING, f"{glob[:200]}: {address} has this live object already")
    return ReconcilerError(IMPORT_NOTHING, f"{glob[:200]}: no live object that is free has such a name, id or address")


# --- manifests ------------------------------------------------------------------------------------------------------


def _drafts(picture: Picture, objects: Iterable[Observed]) -> tuple[list[Draft], list[Left]]:
    from reconciler.document import Shape

    registry = picture.inputs.registry
    shapes = {kind: Shape(registry.get(kind).document) for _, kind in picture.places}
    drafts, left = [], []
    for o in without_parts(objects, picture.inputs):
        try:
            drafts.append(drafted(o, registry.get(o.kind), shapes[o.kind]))
        except Unfit as unfit:
            left.append(Left(o, "unfit", str(unfit)))
    return drafts, left
