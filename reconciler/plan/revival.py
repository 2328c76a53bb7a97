"""What a create may bring back to life: of kinds whose create is an upsert, the vendor keeps what was deleted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from reconciler.model import Action, Address, Change, Observed, Tombstone
from reconciler.plan.claims import Claims
from reconciler.plan.inputs import Inputs
from reconciler.plan.pool import Pool, names

Place = tuple[str, str]  # connection, kind


def with_revivals(
    inputs: Inputs, claims: Claims, changes: Mapping[Address, Change]
) -> tuple[dict[Address, Change], tuple[str, ...]]:
    """The changes with a warning at every create that is known to bring a deleted object back, and warnings of the
    plan where a create may: what was deleted and is not shown any more cannot be compared."""
    upserts = {address: change for address, change in changes.items() if _upserts(inputs, change)}
    graves = _graves(inputs, {_place(change) for change in upserts.values()})
    found = {address: _warned(claims, change, graves[_place(change)]) for address, change in upserts.items()}
    buried = Counter((item.connection, item.kind) for item in inputs.snapshot.tombstones)
    warnings = tuple(_may_revive(*place, buried[place]) for place in sorted(graves) if buried[place])
    return {**changes, **found}, warnings


def _upserts(inputs: Inputs, change: Change) -> bool:
    creates = change.action is Action.CREATE or change.action.replaces
    return creates and change.blocked is None and inputs.registry.get(change.address.kind).upsert


def _place(change: Change) -> Place:
    return change.connection, change.address.kind


def _graves(inputs: Inputs, places: set[Place]) -> dict[Place, Pool]:
    """What an earlier run deleted and the vendor shows all the same."""
    buried = inputs.snapshot.tombstones
    return {
        place: Pool(
            inputs.registry.get(place[1]),
            [o for o in inputs.live.get(place, ()) if Tombstone(place[1], place[0], o.id) in buried],
        )
        for place in places
    }


def _warned(claims: Claims, change: Change, graves: Pool) -> Change:
    record = claims.records.get(change.address)
    shown: list[Observed] = graves.recognised({**change.request, **change.then})
    name = change.address.type
    if shown:
        text = f"brings back what an earlier run deleted, {names(graves.rtype, shown)}: messages may go out to it again"
    elif change.reason == "disappeared" and record is not None:
        text = f"brings back the {name} {record.id} if it was deleted at the vendor: messages may go out to it again"
    else:
        return change
    return replace(change, warnings=(*change.warnings, text))


def _may_revive(connection: str, kind: str, count: int) -> str:
    objects = f"{count:,} {kind} that {'was' if count == 1 else 'were'}"
    return f"{connection}: of the {objects} deleted by earlier runs, a create with the same key brings one back"
