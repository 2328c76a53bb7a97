"""Which live objects are free to be declared: nobody's by the planner's own claims, and not left behind on purpose."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.adoption.naming import Place, place_of
from reconciler.diff import items_of
from reconciler.model import JSON, Address, Observed, Reference, Tombstone, canonical
from reconciler.plan.claims import Claims
from reconciler.plan.inputs import Inputs
from reconciler.schema import Registry, ResourceType


@dataclass(frozen=True, slots=True)
class Left:
    """A live object that is left out: the reason in a word, and what there is to say of it."""

    observed: Observed
    reason: str  # unclear, inactive, deleted, twin, unfit
    message: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The objects that nobody holds, those that are left out all the same, and the addresses that hold the others."""

    free: tuple[Observed, ...] = ()
    left: tuple[Left, ...] = ()
    held: Mapping[Place, Address] = field(default_factory=dict)


def chosen(inputs: Inputs, claims: Claims, places: Iterable[tuple[str, str]]) -> Choice:
    """Sort out the live objects of these places, each a connection and a kind."""
    doubtful = _candidates(claims, inputs)
    free, left, held = [], [], {}
    for place in sorted(places):
        for observed in sorted(inputs.live.get(place, ()), key=lambda o: o.id):
            owner = claims.owners.get(place_of(observed))
            reason = None if owner else _why_not(observed, inputs, doubtful)
            if owner is not None:
                held[place_of(observed)] = owner
            elif reason is not None:
                left.append(reason)
            else:
                free.append(observed)
    return Choice(tuple(free), tuple(left), held)


def without_twins(objects: Iterable[Observed], inputs: Inputs) -> tuple[tuple[Observed, ...], tuple[Left, ...]]:
    """The objects that can each have a manifest, and those that share the key that has to tell them from each other,
    or from a manifest that is there."""
    declared = {_key(inputs.registry, d.address.kind, d.connection, d.spec): d.address for d in inputs.desired.values()}
    groups: dict[object, list[Observed]] = defaultdict(list)
    for o in objects:
        groups[_key(inputs.registry, o.kind, o.connection, o.fields) or place_of(o)].append(o)
    fit, left = [], []
    for key, group in groups.items():
        if len(group) == 1 and key not in declared:
            fit += group
        else:
            left += [Left(o, "twin", _twin(inputs.registry.get(o.kind), group, declared.get(key))) for o in group]
    return tuple(sorted(fit, key=place_of)), tuple(left)


def without_parts(objects: Iterable[Observed], inputs: Inputs) -> Iterator[Observed]:
    """The objects without those parts of theirs that have manifests of their own already."""
    claimed = _claimed_parts(inputs)
    for o in objects:
        for name, keys in claimed.get(place_of(o), {}).items():
            meaning = inputs.registry.get(o.kind).fields[name]
            left = [item for item in items_of(o.fields.get(name)) if meaning.item_key(item) not in keys]
            o = replace(o, fields={**o.fields, name: left})
        yield o


def _claimed_parts(inputs: Inputs) -> Mapping[Place, Mapping[str, list[JSON]]]:
    """Of each live object that a part's manifest names by its id, the items that it claims, by the field of the set."""
    found: dict[Place, dict[str, list[JSON]]] = defaultdict(lambda: defaultdict(list))
    for desired in inputs.desired.values():
        rtype = inputs.registry.get(desired.address.kind)
        whole = desired.spec.get(rtype.part_of.reference) if rtype.part_of is not None else None
        if rtype.part_of is not None and isinstance(whole, Reference) and whole.external_id is not None:
            kind, name = rtype.fields[rtype.part_of.reference].ref or "", rtype.part_of.set
            key = inputs.registry.get(kind).fields[name].item_key(desired.spec)
            found[desired.connection, kind, whole.external_id][name].append(key)
    return found


def _candidates(claims: Claims, inputs: Inputs) -> dict[Place, Address]:
    """The live objects that a manifest may stand for, though the plan cannot tell: to adopt one of them elsewhere would
    decide it."""
    return {
        (inputs.desired[address].connection, address.kind, id): address
        for address, claim in sorted(claims.held.items())
        if claim.blocked is not None and address in inputs.desired
        for id in claim.blocked.candidates
    }


def _why_not(observed: Observed, inputs: Inputs, doubtful: Mapping[Place, Address]) -> Left | None:
    rtype = inputs.registry.get(observed.kind)
    address = doubtful.get(place_of(observed))
    if address is not None:
        message = f"{address} may stand for it; metadata.externalId there says whether it does"
        return Left(observed, "unclear", message)
    if Tombstone(observed.kind, observed.connection, observed.id) in inputs.snapshot.tombstones:
        return Left(observed, "deleted", "this project deleted it, and the vendor still shows it")
    if rtype.deactivate and all(observed.fields.get(name) == value for name, value in rtype.deactivate.items()):
        return Left(observed, "inactive", "it is inactive")
    return None


def _key(registry: Registry, kind: str, connection: str, fields: Mapping[str, object]) -> object | None:
    """What no two manifests of a kind may share; None for kinds where they may."""
    rtype = registry.get(kind)
    if rtype.key.match != "key" or rtype.key.repeats or rtype.part_of is not None or rtype.one_time is not None:
        return None
    return connection, kind, unicodedata.normalize("NFC", canonical(rtype.key_of(fields)))


def _twin(rtype: ResourceType, group: list[Observed], declared: Address | None) -> str:
    what = " and ".join(rtype.key.fields)
    if declared is not None:
        return f"{declared} has the same {what}, which has to tell them apart"
    ids = ", ".join(sorted(o.id for o in group))
    return f"the live objects {ids} have the same {what}, which has to tell them apart; name the one that is meant"
