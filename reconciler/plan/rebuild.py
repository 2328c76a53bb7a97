"""Records found again for a state that was lost: what of a plan is beyond doubt, as it is live now.

The plan was made without the records, so its claims rest on pins and keys alone. A record says what was last applied,
which nobody knows any more: what is live is the best witness. Where git says otherwise, the next plan is an update.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler.diff import items_of
from reconciler.model import JSON, Address, Change, Observed, Plan, Recorded, Snapshot, Trouble
from reconciler.schema import Field, Registry

# (connection, kind, id) -> the live object
Find = Callable[[str, str, str], Observed | None]


@dataclass(frozen=True, slots=True)
class Unclear:
    """An address whose live object cannot be told: why, and which ones it may be."""

    address: Address
    message: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What a rebuild finds. ``kept`` are records that are there already, ``absent`` addresses without a live object,
    ``unsure`` one-time records of which nobody can tell whether they were sent; ``unverified`` fields no API shows."""

    records: tuple[Recorded, ...]
    kept: tuple[Address, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    absent: tuple[Address, ...] = ()
    unsure: tuple[Address, ...] = ()
    unverified: Mapping[Address, tuple[str, ...]] | None = None
    unmanaged: int = 0
    troubles: tuple[Trouble, ...] = ()


def rebuilt(plan: Plan, snapshot: Snapshot, registry: Registry, find: Find, origins: Mapping[str, str]) -> Rebuild:
    """Sort out a plan that was made with the records that are left; pure."""
    declared = [change for change in plan.changes if change.source is not None]
    lost = [change for change in declared if change.address not in snapshot.records]
    once = {change.address for change in lost if registry.get(change.address.kind).one_time}
    settled = [change for change in lost if change.address not in once and change.reason != "recover"]
    found = {c.address: o for c in settled if (o := _live(c, find)) is not None}
    return Rebuild(
        records=tuple(_record(c, found[c.address], registry, origins) for c in settled if c.address in found),
        kept=tuple(sorted(snapshot.records)),
        unclear=tuple(
            Unclear(c.address, c.blocked.message, c.blocked.candidates)
            for c in settled
            if c.address not in found and c.blocked is not None and c.blocked.code != "unreadable"
        ),
        absent=tuple(c.address for c in settled if c.address not in found and c.blocked is None),
        unsure=tuple(sorted(once)),
        unverified={c.address: c.unverified for c in settled if c.address in found and c.unverified},
        unmanaged=len(plan.unmanaged),
        troubles=plan.troubles,
    )


def _live(change: Change, find: Find) -> Observed | None:
    """The object that the plan took for this address's own, whatever else it says of it."""
    return find(change.connection, change.address.kind, change.id) if change.id is not None else None


def _record(change: Change, observed: Observed, registry: Registry, origins: Mapping[str, str]) -> Recorded:
    fields = registry.get(change.address.kind).fields
    return Recorded(
        address=change.address,
        connection=change.connection,
        id=observed.id,
        fields={
            name: _witnessed(fields[name], value, observed.fields.get(name))
            for name, value in (change.recorded or {}).items()
            if not fields[name].write_only
        },
        origin=origins.get(change.connection, ""),
        depends_on=change.depends_on,
        lifecycle=change.lifecycle,
        source=change.source,
    )


def _witnessed(field: Field, declared: JSON, live: JSON) -> JSON:
    """The declared value where it is live, in the user's spelling; else what is live. Of a set the items that are."""
    if field.set is not None and field.set.key:
        there = [field.item_key(item) for item in items_of(live)]
        return [item for item in items_of(declared) if field.item_key(item) in there]
    return declared if field.normalised(declared) == field.normalised(live) else live
