"""Manifests that are yet to be written, proved: loaded beside the project's own, and planned as mere adoptions."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reconciler.adoption.choice import Left
from reconciler.adoption.draft import Draft
from reconciler.adoption.layout import path_of, text_of
from reconciler.adoption.naming import Place, place_of
from reconciler.adoption.pairing import Near
from reconciler.adoption.storesheet import Row, sheet
from reconciler.adoption.wish import At
from reconciler.cli.workspace import Workspace
from reconciler.errors import Problems
from reconciler.model import Action, Address, Change
from reconciler.plan import Inputs, build

if TYPE_CHECKING:
    from reconciler.manifest import Manifests
    from reconciler.observe import World

_MOST_PASSES = 20  # each leaves something out that could not be declared beside the rest


@dataclass(frozen=True, slots=True)
class Picture:
    """Desired, recorded and observed as they are before the import, and what of it is asked for; ``taken`` are the
    addresses that no imported object may get."""

    workspace: Workspace
    inputs: Inputs
    world: World
    places: frozenset[At]
    taken: frozenset[Address]
    notes: tuple[str, ...] = ()

    def has_file(self, path: PurePosixPath) -> bool:
        """Whether something of that name is in the project."""
        return os.path.lexists(self.workspace.project.folder / path)


@dataclass(frozen=True, slots=True)
class Stores:
    """Pairs that go into one ResourceSet at ``path``, their drafts by the addresses they get there, and near misses."""

    rows: tuple[Row, ...] = ()
    path: PurePosixPath = field(default_factory=PurePosixPath)
    drafts: Mapping[Address, Draft] = field(default_factory=dict)
    near: tuple[Near, ...] = ()
    notes: tuple[str, ...] = ()

    def without(self, drafts: Mapping[Address, Draft]) -> dict[Address, Draft]:
        """The drafts that are none of the stores."""
        stores = {place_of(draft.observed) for draft in self.drafts.values()}
        return {address: draft for address, draft in drafts.items() if place_of(draft.observed) not in stores}


NO_STORES = Stores()


class Proof:
    """Takes out of a set of drafts what does not load, or would not be adopted as it is, until all the rest does."""

    def __init__(self, picture: Picture, owners: Mapping[Place, Address], folder: PurePosixPath) -> None:
        self._picture, self._folder = picture, folder
        self._owners = {place: address for place, address in owners.items() if address in picture.inputs.desired}
        providers = Counter(c.provider for c in picture.workspace.project.connections.values())
        self._several = frozenset(provider for provider, count in providers.items() if count > 1)

    def proved(self, drafts: Mapping[Address, Draft]) -> tuple[dict[Address, Draft], list[Left]]:
        """The drafts that are good, and the objects of those that are not."""
        kept, refused = dict(drafts), list[Left]()
        for _ in range(_MOST_PASSES):
            faults = self.faults(kept)
            if not faults:
                return kept, refused
            refused += [Left(kept.pop(address).observed, "unfit", why) for address, why in faults.items()]
        refused += [Left(draft.observed, "unfit", "it does not go with the others") for draft in kept.values()]
        return {}, refused

    def path(self, address: Address, draft: Draft) -> PurePosixPath:
        """The file of a draft."""
        return path_of(self._folder, draft.observed.connection, address)

    def files(self, drafts: Mapping[Address, Draft], stores: Stores = NO_STORES) -> dict[PurePosixPath, str]:
        """The files of all drafts, references by the names they have there; those of the stores come last."""
        every = {**drafts, **stores.drafts}
        owners = {**self._owners, **{place_of(draft.observed): address for address, draft in every.items()}}

        def owner(*place: str) -> Address | None:
            return owners.get((place[0], place[1], place[2]))

        files = {}
        for address, draft in sorted(drafts.items(), key=lambda item: item[0]):
            document = draft.document(address, owner=owner, connection=address.provider in self._several)
            path = self.path(address, draft)
            files[path] = text_of(path, document)
        if stores.rows:
            document, table = sheet(stores.rows, stores.path.with_suffix(".csv"), self._several)
            files[stores.path] = text_of(stores.path, document)
            files[stores.path.with_suffix(".csv")] = table
        return files

    def faults(self, drafts: Mapping[Address, Draft], stores: Stores = NO_STORES) -> dict[Address, str]:
        """What is wrong with each draft that is not good."""
        try:
            loaded = self._loaded(self.files(drafts, stores))
        except Problems as found:
            return self._unloadable(drafts, stores, found)
        changes = {change.address: change for change in self._planned(loaded)}
        told = {address: _not_adopted(changes.get(address)) for address in (*drafts, *stores.drafts)}
        return {address: why for address, why in told.items() if why}

    def _loaded(self, files: Mapping[PurePosixPath, str]) -> Manifests:
        from reconciler import manifest
        from reconciler.document import decode

        workspace = self._picture.workspace
        texts = [decode(text.encode(), str(path), closed=path.suffix == ".csv") for path, text in files.items()]
        return manifest.load(workspace.project, workspace.registry, allow_none=True, drafts=texts)

    def _unloadable(self, drafts: Mapping[Address, Draft], stores: Stores, found: Problems) -> dict[Address, str]:
        """The drafts that problems are told of, all stores for one; raises them where they are of something else."""
        paths = {str(self.path(address, draft)): [address] for address, draft in drafts.items()}
        if stores.rows:
            paths |= {str(path): [*stores.drafts] for path in (stores.path, stores.path.with_suffix(".csv"))}
        told = {
            address: error.message
            for error in reversed(found.errors)
            if error.source is not None
            for address in paths.get(error.source.file, ())
        }
        if not told:
            raise found
        return told

    def _planned(self, loaded: Manifests) -> Iterable[Change]:
        registry = self._picture.inputs.registry
        desired = {d.address: d for d in loaded.desired if registry.get(d.address.kind).one_time is None}
        return build(replace(self._picture.inputs, desired=desired)).changes


def _not_adopted(change: Change | None) -> str:
    """Why a plan would not take the live object over just as it is; "" where it does."""
    if change is None:
        return "no plan would show it"
    if change.blocked is not None:
        return change.blocked.message
    if change.importing is None or change.action is not Action.NO_OP:
        fields = ", ".join(item.path for item in change.fields)
        return f"a plan would change {fields}" if fields else "a plan would not adopt it"
    return ""
