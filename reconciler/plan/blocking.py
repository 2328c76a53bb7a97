"""What stands on a blocked address is blocked by it, and names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.model import Action, Address, Blocked, Change, Desired, pending_in
from reconciler.plan.graph import leaves
from reconciler.plan.inputs import Inputs, in_scope
from reconciler.plan.reference import references
from reconciler.schema import Registry


def block_referenced(
    registry: Registry, desired: Mapping[Address, Desired], changes: Mapping[Address, Change]
) -> dict[Address, Change]:
    """The changes with every delete blocked of an object that a manifest still names by its live id."""
    named = {
        (item.connection, registry.get(address.kind).fields[name].ref, value.external_id): address
        for address, item in sorted(desired.items(), reverse=True)
        for name, field in item.spec.items()
        for value in references(field)
        if value.external_id is not None
    }
    result = dict(changes)
    for address, change in changes.items() if named else ():
        by = named.get((change.previous_connection or change.connection, address.kind, change.id or ""))
        if by is not None and change.blocked is None and change.action.destroys:
            message = f"{by} still refers to {change.id} by externalId"
            result[address] = replace(change, blocked=Blocked("still_referenced", message, because=by))
    return result


def block_dependents(inputs: Inputs, changes: Mapping[Address, Change]) -> dict[Address, Change]:
    """The changes with every operation blocked that cannot be reached; the reason names the address at the root."""
    result = dict(changes)
    held = {address for address, change in changes.items() if change.held}
    for address, change in changes.items():
        waits = next((other for other in change.depends_on if other in held), None)
        if waits is not None and change.operates and not leaves(change):
            blocked = Blocked("dependency_held", f"{waits} is held, and comes first", because=waits)
            result[address] = replace(change, blocked=blocked)
            continue
        missing = _out_of_scope(inputs, change)
        if missing is not None:
            message = f"{missing} does not exist yet and is not selected"
            result[address] = replace(change, blocked=Blocked("dependency_not_selected", message, because=missing))
    return spread(result)


def spread(changes: Mapping[Address, Change]) -> dict[Address, Change]:
    """The changes with everything blocked that stands on a blocked one."""
    result = dict(changes)
    dependents: dict[Address, list[Address]] = {}
    for address, change in changes.items():
        for other in change.depends_on:
            if other in changes:
                dependents.setdefault(other, []).append(address)
    waiting = [address for address in sorted(result) if result[address].blocked is not None]
    while waiting:
        root = waiting.pop()
        for address in _held_up(result, root, dependents):
            result[address] = replace(result[address], blocked=_because(result, root))
            waiting.append(address)
    return result


def _out_of_scope(inputs: Inputs, change: Change) -> Address | None:
    """The address a request waits for although this plan does not create it."""
    if change.blocked is not None:
        return None
    sent = (*change.request.values(), *change.then.values())
    pending = (item.address for value in sent for item in pending_in(value))
    return next((other for other in pending if other not in inputs.desired or not in_scope(inputs, other)), None)


def _held_up(
    changes: Mapping[Address, Change], root: Address, dependents: Mapping[Address, list[Address]]
) -> list[Address]:
    """The addresses whose operation needs the blocked one: dependents to come, or the object under a stuck part."""
    blocked = changes[root]
    if leaves(blocked):
        under = [other for other in blocked.depends_on if other in changes and changes[other].action is Action.DELETE]
        return [other for other in under if changes[other].blocked is None]
    return [
        other
        for other in sorted(dependents.get(root, ()))
        if changes[other].blocked is None and changes[other].operates and not leaves(changes[other])
    ]


def _because(changes: Mapping[Address, Change], root: Address) -> Blocked:
    reason = changes[root].blocked
    first = root
    if reason is not None and reason.code == "dependency_blocked" and reason.because is not None:
        first = reason.because
    return Blocked("dependency_blocked", f"{first} is blocked", because=first)
