"""What a plan tells besides its changes: drift, unmanaged live objects, and the requests an apply would make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from reconciler.diff import Difference, items_of
from reconciler.model import Address, Calls, Change, Drift, Recorded, Tombstone, Unmanaged
from reconciler.plan.claims import Claims
from reconciler.plan.graph import CREATE, DELETE, UPDATE, step_names
from reconciler.plan.inputs import Inputs
from reconciler.plan.spelling import Spelling
from reconciler.schema import Registry, ResourceType


def find_drift(
    inputs: Inputs, claims: Claims, changes: Mapping[Address, Change], differences: Mapping[Address, Difference]
) -> tuple[Drift, ...]:
    """Managed objects that moved away from what was recorded, or that hold what nobody declared."""
    drifted = []
    for address in sorted(changes):
        change, record = changes[address], claims.records.get(address)
        rtype = inputs.registry.get(address.kind)
        difference = differences.get(address)
        spelling = Spelling(rtype, change.connection, claims.owners)
        declared = address in inputs.desired and not inputs.selection.destroy
        if record is not None and (change.reason == "disappeared" or (change.reason == "gone" and declared)):
            drifted.append(_vanished(spelling, change, record, once=bool(rtype.one_time)))
        elif difference is not None and difference.drift:
            drifted.append(_moved(spelling, claims, change, record, difference))
    return tuple(drifted)


def _vanished(spelling: Spelling, change: Change, record: Recorded, *, once: bool) -> Drift:
    return Drift(
        address=change.address,
        connection=record.connection,
        id=record.id,
        before=spelling.fields(record.fields),
        after=None,
        fields=(),
        repairable=change.blocked is None and not once,
        message="gone from the vendor" + (", and not sent again" if once else ""),
        source=change.source,
    )


def _moved(
    spelling: Spelling, claims: Claims, change: Change, record: Recorded | None, difference: Difference
) -> Drift:
    observed = claims.held[change.address].observed
    assert observed is not None
    managed = record.fields if record is not None else change.recorded or {}
    fields = spelling.rtype.fields
    readable = {name: observed.fields.get(name) for name in managed if not fields[name].write_only}
    return Drift(
        address=change.address,
        connection=change.connection,
        id=observed.id,
        before=spelling.fields(record.fields) if record is not None else None,
        after=spelling.fields(readable),
        fields=tuple(spelling.change(drifted) for drifted in difference.drift),
        repairable=difference.repairable,
        message=_surplus(difference.surplus),
        source=change.source,
    )


def _surplus(count: int) -> str | None:
    if not count:
        return None
    return f"{count} live {'item' if count == 1 else 'items'} that nobody declared; the API cannot remove that"


def find_unmanaged(inputs: Inputs, claims: Claims) -> tuple[Unmanaged, ...]:
    """Live objects that nobody claims; only where everything was looked at. Parts are told with their whole."""
    if not inputs.selection.everything or inputs.selection.destroy:
        return ()
    found = []
    for (connection, kind), objects in inputs.live.items():
        rtype = inputs.registry.get(kind)
        if rtype.part_of is not None or (connection, kind) in inputs.filtered:
            continue
        for o in objects:
            buried = Tombstone(kind, connection, o.id) in inputs.snapshot.tombstones
            if (connection, kind, o.id) not in claims.owners and not buried:
                found.append(Unmanaged(connection, kind, o.id, rtype.key_text(o.fields)))
    return tuple(sorted(found, key=lambda u: (u.connection, u.kind, u.key, u.id)))


def predict_calls(inputs: Inputs, changes: Iterable[Change]) -> dict[str, Calls]:
    """Per connection the reads this plan made and the writes its apply would make."""
    writes = predict_writes(inputs.registry, changes)
    names = sorted({*inputs.calls, *(name for name, count in writes.items() if count)})
    return {name: Calls(inputs.calls.get(name, Calls()).read, writes.get(name, 0)) for name in names}


def predict_writes(registry: Registry, changes: Iterable[Change]) -> dict[str, int]:
    """Per connection the writes that an apply would make."""
    writes: dict[str, int] = defaultdict(int)
    for change in changes:
        for step in step_names(change):
            connection = change.connection
            if step == DELETE and change.previous_connection is not None:
                connection = change.previous_connection
            writes[connection] += _writes(registry.get(change.address.kind), change, step)
    return writes


def _writes(rtype: ResourceType, change: Change, step: str) -> int:
    if step in (CREATE, DELETE):
        return 1
    if step != UPDATE:
        return 0
    request = change.then or change.request
    one_by_one = [name for name in request if rtype.fields[name].grows or rtype.fields[name].append_only]
    plain = len(request) > len(one_by_one)
    return plain + sum(len(items_of(request[name])) for name in one_by_one)
