"""Who owns which live object: the address that recorded it, else the one that pins it, else the one that recognises it.

The rules, in order (DESIGN section 6):
1. an address keeps the live object whose id it recorded (a renamed one takes over the record of its previous name);
2. a pin (``externalId``) takes its object, unless another address recorded it or the record says otherwise;
3. what is left recognises an object by the kind's key. Several matches, a near match, a match that is taken, or a
   recorded object that seems renamed are blocked and told.
Deleted ids (tombstones) are never matched again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model import JSON, Address, Blocked, Desired, Observed, Pending, Recorded, Tombstone
from reconciler.plan.inputs import Inputs
from reconciler.plan.pool import Pool, names
from reconciler.plan.reference import resolved


@dataclass(frozen=True, slots=True)
class Claim:
    """What an address holds: a live object, or none; or why it may hold none.

    ``adopts`` says that the object was not the recorded one; ``gone`` that the recorded one is no longer there.
    """

    observed: Observed | None = None
    adopts: bool = False
    gone: bool = False
    blocked: Blocked | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims, the records they rest on (renames done), and the live objects nobody claims."""

    held: Mapping[Address, Claim]
    records: Mapping[Address, Recorded]
    renamed: Mapping[Address, Address]  # new address -> the one that recorded it
    owners: Mapping[tuple[str, str, str], Address]  # (connection, kind, id) -> address
    rename_suspects: Mapping[Address, Address]  # recorded without manifest -> the unrecorded one that matches it


def resolve_claims(inputs: Inputs) -> Claims:
    """Settle every claim; pure."""
    return _Ledger(inputs).settle()


class _Ledger:
    """The running account of who holds what."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.records, self.renamed = _renamed_records(inputs)
        self.held: dict[Address, Claim] = {}
        self.owners: dict[tuple[str, str, str], Address] = {}
        self.suspects: dict[Address, Address] = {}
        self.unmatched: list[tuple[Desired, bool]] = []
        # An upsert may have brought a deleted object back: what is recorded is not buried.
        alive = {Tombstone(a.kind, r.connection, r.id) for a, r in self.records.items()}
        buried = inputs.snapshot.tombstones - alive
        self.pools = {
            place: Pool(
                inputs.registry.get(place[1]),
                [o for o in objects if not buried or Tombstone(place[1], place[0], o.id) not in buried],
            )
            for place, objects in inputs.live.items()
        }

    def settle(self) -> Claims:
        for address, record in self.records.items():
            self._claim_recorded(address, record)
        for intent in self.inputs.snapshot.open_intents:
            # The old object of a replacement cut in half is still its address's to delete, and nobody else's.
            if intent.step != "create" and intent.object_id is not None:
                self.owners.setdefault((intent.connection, intent.address.kind, intent.object_id), intent.address)
        order = dependency_order(self.inputs.desired)
        for address in order:
            desired = self.inputs.desired[address]
            if desired.external_id is not None:
                self._claim_pinned(desired)
        for address in order:
            claim = self.held.get(address)
            if claim is None or (claim.gone and claim.blocked is None):
                self._claim_recognised(self.inputs.desired[address], claim)
        # Looser rules come last: what another manifest recognises exactly is no near match of this one.
        for desired, gone in self.unmatched:
            self._near_or_none(desired, gone=gone)
        return Claims(self.held, self.records, self.renamed, self.owners, self.suspects)

    def _claim_recorded(self, address: Address, record: Recorded) -> None:
        # The record owns its object even where this run did not list it: nobody else may take it.
        place = (record.connection, address.kind, record.id)
        other = self.owners.get(place)
        if other is not None:
            # An id of the user's own moved from one address to another: the address that wants it now has it.
            address, other = sorted((address, other), key=lambda a: (not self._wants(a, record.id), a))
            self.held[other] = Claim(gone=True)
        self.owners[place] = address
        pool = self.pools.get((record.connection, address.kind))
        if pool is None:
            return
        observed = pool.by_id.get(record.id)
        self.held[address] = Claim(observed) if observed is not None else Claim(gone=True)

    def _wants(self, address: Address, id: str) -> bool:
        desired, field = self.inputs.desired.get(address), self.inputs.registry.get(address.kind).id_field
        return desired is not None and field is not None and desired.spec.get(field) == id

    def _claim_pinned(self, desired: Desired) -> None:
        place = (desired.connection, desired.address.kind)
        pool, pin = self.pools.get(place), desired.external_id or ""
        record = self.records.get(desired.address)
        if record is not None and record.connection == desired.connection and record.id != pin:
            if self._wants(desired.address, record.id):
                return None  # an id of the user's own, changed since: the pin is the one it had when it was adopted
            return self._block(desired, "pin_conflict", f"externalId says {pin}, but the state recorded {record.id}")
        owner = self.owners.get((*place, pin))
        if pool is None:
            return None
        if owner is not None and owner != desired.address:
            return self._taken(desired, pin, owner)
        if pin not in pool.by_id:
            gone = record is not None and record.connection == desired.connection
            return self._block(desired, "pin_not_found", f"no live {desired.address.type} has the id {pin}", gone=gone)
        return None if owner is not None else self._hold(desired, pool.by_id[pin])

    def _claim_recognised(self, desired: Desired, before: Claim | None) -> None:
        pool = self.pools.get((desired.connection, desired.address.kind))
        if pool is None or (desired.external_id is not None and before is None):
            return
        found = pool.recognised(self.resolved(desired))
        free = [o for o in found if self._owner(o) is None]
        gone = before is not None and before.gone
        if len(free) == 1 and (len(found) == 1 or pool.rtype.key.repeats):
            self._hold(desired, free[0])
        elif len(found) > 1:
            self._ambiguous(desired, found, gone=gone)
        elif found:
            self._already(desired, found[0], gone=gone)
        else:
            self.unmatched.append((desired, gone))

    def _near_or_none(self, desired: Desired, *, gone: bool) -> None:
        pool = self.pools[desired.connection, desired.address.kind]
        near = pool.near(self.resolved(desired))
        free = [o for o in near if self._owner(o) is None]
        suspects = [o for o in near if self._suspect(desired, o)]
        if free:
            message = (
                f"a live {desired.address.type} looks like this one but is not equal: {names(pool.rtype, free)}; "
                "metadata.externalId says which it is"
            )
            self._block(desired, "near_match", message, free, gone=gone)
        elif suspects:
            self._already(desired, suspects[0], gone=gone)
        elif gone:
            self._maybe_renamed(desired, pool)

    def _maybe_renamed(self, desired: Desired, pool: Pool) -> None:
        twins = [o for o in pool.twins(self.records[desired.address].fields) if self._owner(o) is None]
        if twins:
            message = (
                f"the recorded object is gone, and {names(pool.rtype, twins)} is the same under another key; "
                "set metadata.externalId if it was renamed"
            )
            self._block(desired, "maybe_renamed", message, twins, gone=True)

    def _ambiguous(self, desired: Desired, found: list[Observed], *, gone: bool) -> None:
        ids = ", ".join(sorted(o.id for o in found))
        message = f"several live objects match ({ids}); metadata.externalId says which it is"
        self._block(desired, "ambiguous", message, found, gone=gone)

    def _already(self, desired: Desired, observed: Observed, *, gone: bool) -> None:
        owner = self._owner(observed)
        if self._suspect(desired, observed):
            message = (
                f"{owner} recorded the live object {observed.id}; if this is its new name, say so in previousNames"
            )
        else:
            message = f"the live object {observed.id} belongs to {owner}"
        self._block(desired, "already_claimed", message, [observed], gone=gone, because=owner)

    def _suspect(self, desired: Desired, observed: Observed) -> bool:
        owner = self._owner(observed)
        if owner is None or owner in self.inputs.desired or desired.address in self.records:
            return False
        self.suspects.setdefault(owner, desired.address)
        return True

    def _taken(self, desired: Desired, pin: str, owner: Address) -> None:
        message = f"externalId {pin} is the object that {owner} holds"
        self._block(desired, "already_claimed", message, because=owner)

    def _hold(self, desired: Desired, observed: Observed) -> None:
        before = self.held.get(desired.address)
        self.held[desired.address] = Claim(observed, adopts=True, gone=before is not None and before.gone)
        self.owners[observed.connection, observed.kind, observed.id] = desired.address

    def _block(
        self,
        desired: Desired,
        code: str,
        message: str,
        candidates: Iterable[Observed] = (),
        *,
        gone: bool = False,
        because: Address | None = None,
    ) -> None:
        ids = tuple(sorted(o.id for o in candidates))
        self.held[desired.address] = Claim(gone=gone, blocked=Blocked(code, message, ids, because))

    def _owner(self, observed: Observed) -> Address | None:
        return self.owners.get((observed.connection, observed.kind, observed.id))

    def resolved(self, desired: Desired) -> Mapping[str, JSON]:
        """The spec with references as live ids where a claim gives one."""
        return resolved(desired.spec, lambda address: held_id(address, self.held, self.records))


def held_id(address: Address, held: Mapping[Address, Claim], records: Mapping[Address, Recorded]) -> JSON:
    """The id of the object an address holds; the recorded one where nothing was listed; else pending."""
    claim, record = held.get(address), records.get(address)
    if claim is not None and claim.observed is not None:
        return claim.observed.id
    return record.id if record is not None and claim is None else Pending(address)


def _renamed_records(inputs: Inputs) -> tuple[dict[Address, Recorded], dict[Address, Address]]:
    """The records with renames applied: a record moves to the manifest that names its old address, or that says what
    the old one said, where that is a message and sent once."""
    records = dict(inputs.snapshot.records)
    renamed: dict[Address, Address] = {}
    for address in inputs.desired:
        for previous in inputs.previous(address):
            if address not in records and previous in records and previous not in inputs.desired:
                records[address] = records.pop(previous)
                renamed[address] = previous
    return records, renamed


def dependency_order(desired: Mapping[Address, Desired]) -> list[Address]:
    """Addresses so that each comes after those it refers to; by name where nothing decides. There are no cycles."""
    by_name = sorted(desired, key=str)
    if not any(item.depends_on for item in desired.values()):
        return by_name
    done: set[Address] = set()
    order: list[Address] = []
    for root in by_name:
        _visit(root, desired, done, order)
    return order


def _visit(root: Address, desired: Mapping[Address, Desired], done: set[Address], order: list[Address]) -> None:
    stack = [(root, False)]
    while stack:
        address, ready = stack.pop()
        if ready:
            order.append(address)
        elif address not in done and address in desired:
            done.add(address)
            stack.append((address, True))
            stack.extend((other, False) for other in reversed(desired[address].depends_on))
