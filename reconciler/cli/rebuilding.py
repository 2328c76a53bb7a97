"""A state found again: the live world read, held against the manifests, and what is beyond doubt written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.cli.planning import Request, load_manifests, make_plan
from reconciler.cli.workspace import Workspace
from reconciler.cli.writing import note
from reconciler.plan.rebuild import Rebuild, rebuilt

if TYPE_CHECKING:
    from reconciler.state import Session, StateStore

__all__ = ["Rebuild", "find", "write"]


def find(workspace: Workspace, store: StateStore) -> Rebuild:
    """What there is to be found beside the records that are left. Nothing is written, to nobody."""
    snapshot = store.snapshot()
    request = Request()
    manifests = load_manifests(workspace, request, snapshot)
    made = make_plan(workspace, request, manifests, snapshot)
    return rebuilt(made.plan, snapshot, workspace.registry, made.world.find, workspace.origins)


def write(session: Session, found: Rebuild) -> int:
    """Write the records that were found, but none over another; how many."""
    held = session.snapshot().records
    taken = {(record.connection, address.kind, record.id) for address, record in held.items()}
    free = [
        record
        for record in found.records
        if record.address not in held and (record.connection, record.address.kind, record.id) not in taken
    ]
    with session.batch():
        for record in free:
            note(session, record.address, "rebuild", record.connection, record.id, "found again", record=record)
    return len(free)
