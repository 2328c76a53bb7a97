"""Parts: objects that are items of another object's set (a question of a survey), and who claims which item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.diff import items_of
from reconciler.model import JSON, Address, Reference
from reconciler.plan.claims import Claims
from reconciler.plan.inputs import Inputs
from reconciler.schema import Field, ResourceType


@dataclass(frozen=True, slots=True)
class Parts:
    """For each part its whole and its item key; for each whole, by set field, the item keys that parts claim."""

    wholes: Mapping[Address, Address] = field(default_factory=dict)
    keys: Mapping[Address, JSON] = field(default_factory=dict)
    claimed: Mapping[Address, Mapping[str, list[JSON]]] = field(default_factory=dict)


def find_parts(inputs: Inputs, claims: Claims) -> Parts:
    """All parts among the manifests and the records."""
    wholes: dict[Address, Address] = {}
    keys: dict[Address, JSON] = {}
    claimed: dict[Address, dict[str, list[JSON]]] = defaultdict(lambda: defaultdict(list))
    kinds = {kind: rtype for kind, rtype in inputs.registry.types.items() if rtype.part_of is not None}
    for address in sorted({*inputs.desired, *claims.records}):
        rtype = kinds.get(address.kind)
        whole = _whole(rtype, address, inputs, claims) if rtype else None
        if rtype is None or rtype.part_of is None or whole is None:
            continue
        wholes[address] = whole
        keys[address] = _set_field(inputs, rtype).item_key(_item(address, inputs, claims))
        claimed[_live_whole(rtype, address, claims) or whole][rtype.part_of.set].append(keys[address])
    return Parts(wholes, keys, claimed)


def declares(inputs: Inputs, part: ResourceType, fields: Mapping[str, JSON], key: JSON) -> bool:
    """Whether a whole's fields hold the item with this key."""
    assert part.part_of is not None
    meaning = _set_field(inputs, part)
    return key in [meaning.item_key(item) for item in items_of(fields.get(part.part_of.set))]


def _set_field(inputs: Inputs, part: ResourceType) -> Field:
    assert part.part_of is not None
    whole = part.fields[part.part_of.reference].ref
    assert whole is not None
    return inputs.registry.get(whole).fields[part.part_of.set]


def _whole(rtype: ResourceType, address: Address, inputs: Inputs, claims: Claims) -> Address | None:
    assert rtype.part_of is not None
    name = rtype.part_of.reference
    desired, record = inputs.desired.get(address), claims.records.get(address)
    if desired is not None:
        reference = desired.spec.get(name)
        if isinstance(reference, Reference) and reference.address is not None:
            return reference.address
        live = reference.external_id if isinstance(reference, Reference) else None
        return claims.owners.get((desired.connection, rtype.fields[name].ref or "", str(live)))
    if record is None:
        return None
    return claims.owners.get((record.connection, rtype.fields[name].ref or "", str(record.fields.get(name))))


def _live_whole(rtype: ResourceType, address: Address, claims: Claims) -> Address | None:
    """The whole that the part's item hangs on now, whatever the manifest says of its future."""
    assert rtype.part_of is not None
    claim = claims.held.get(address)
    if claim is None or claim.observed is None:
        return None
    kind = rtype.fields[rtype.part_of.reference].ref or ""
    live = str(claim.observed.fields.get(rtype.part_of.reference))
    return claims.owners.get((claim.observed.connection, kind, live))


def _item(address: Address, inputs: Inputs, claims: Claims) -> Mapping[str, JSON]:
    """The fields that tell the part's item: live where it is, else recorded, else declared."""
    claim = claims.held.get(address)
    if claim is not None and claim.observed is not None:
        return claim.observed.fields
    record = claims.records.get(address)
    return record.fields if record is not None else inputs.desired[address].spec
