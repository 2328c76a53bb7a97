"""The order of work: creates along the dependencies, deletes against them, what is independent side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.model import Action, Address, Change

CREATE, UPDATE, DELETE, RECORD = "create", "update", "delete", "record"


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One thing to do at an address: ``create``, ``update``, ``delete`` ask the vendor, ``record`` only the state."""

    address: Address
    name: str


def step_names(change: Change) -> tuple[str, ...]:
    """The steps of a change in their own order; none for a blocked one, or one that is held."""
    if change.blocked is not None or change.held:
        return ()
    match change.action:
        case Action.CREATE | Action.SEND:
            return (CREATE, UPDATE) if change.then else (CREATE,)
        case Action.UPDATE:
            return (UPDATE,) if change.request else (RECORD,)
        case Action.DELETE:
            return (DELETE,)
        case Action.CREATE_DELETE:
            return (CREATE, DELETE, UPDATE) if change.then else (CREATE, DELETE)
        case Action.DELETE_CREATE:
            return (DELETE, CREATE, UPDATE) if change.then else (DELETE, CREATE)
        case _:
            return (RECORD,)


def steps(changes: Sequence[Change]) -> Mapping[Step, frozenset[Step]]:
    """Each step with those that must be done before it."""
    planned = {change.address: change for change in changes}
    dependents: dict[Address, list[Change]] = defaultdict(list)
    for change in changes:
        for other in change.depends_on:
            if other in planned:
                dependents[other].append(change)
    released: dict[Address, list[Change]] = defaultdict(list)
    for change in changes:
        # What an object lets go of by an update may only be deleted afterwards.
        for other in change.releases if change.action is Action.UPDATE else ():
            if other in planned and planned[other].action is Action.DELETE:
                released[other].append(change)
    return {
        Step(change.address, name): frozenset(
            _before(change, name, planned, dependents[change.address], released[change.address])
        )
        for change in changes
        for name in step_names(change)
    }


def _before(
    change: Change,
    name: str,
    planned: Mapping[Address, Change],
    dependents: Sequence[Change],
    released: Sequence[Change],
) -> list[Step]:
    own = step_names(change)
    before = [Step(change.address, other) for other in own[: own.index(name)]]
    if name == DELETE:
        clearing = [Step(other.address, step) for other in dependents for step in _clearing(change, other)]
        return before + clearing + [Step(other.address, UPDATE) for other in released if UPDATE in step_names(other)]
    if leaves(change):
        return before + [
            Step(other.address, step) for other in dependents if leaves(other) for step in step_names(other)
        ]
    arriving = (planned[other] for other in change.depends_on if other in planned)
    return before + [Step(other.address, step) for other in arriving for step in _arriving(other)]


def leaves(change: Change) -> bool:
    """Whether the address is on its way out of the state."""
    return change.action in (Action.DELETE, Action.FORGET) or change.deactivates


def _clearing(change: Change, dependent: Change) -> tuple[str, ...]:
    """What a dependent must have done before the object goes.

    Where the new one comes after the old one, what stays cannot move over before; it waits for the new one instead.
    """
    names = step_names(dependent)
    if change.action is not Action.DELETE_CREATE or leaves(dependent):
        return names
    return (DELETE,) if dependent.action is Action.DELETE_CREATE and names else ()


def _arriving(change: Change) -> tuple[str, ...]:
    """What must be done before a dependent can build on an address."""
    if leaves(change):
        return ()
    later = (DELETE, UPDATE) if change.action.replaces else (DELETE,)  # what follows a replacement, nobody waits for
    return tuple(name for name in step_names(change) if name not in later)
