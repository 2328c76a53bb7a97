"""Making a plan: manifests, state and the live world read, the pure part asked, the impact counted.

1. Manifests are loaded and validated; nothing is sent when one is wrong.
2. The kinds in scope are listed, each once, all connections at the same time.
3. The plan is built from that one picture.
4. What its deletes would destroy is counted.
5. The guards say what an apply would have to be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.cli.workspace import Workspace
from reconciler.model import Address, Blocked, Change, Desired, Impact, Plan, Selection, Snapshot
from reconciler.plan import Consents, Inputs, build, doomed, guard, in_scope, with_impact

if TYPE_CHECKING:
    from reconciler.manifest import Manifests
    from reconciler.observe import World


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and the picture it was made from."""

    plan: Plan
    world: World


@dataclass(frozen=True, slots=True)
class Request:
    """What a plan is asked for."""

    selection: Selection = field(default_factory=Selection)
    consents: Consents = field(default_factory=Consents)
    stdin: bytes | None = None


def load_manifests(workspace: Workspace, request: Request, snapshot: Snapshot) -> Manifests:
    """The manifests of the selection; a destroy needs none. Raises Problems."""
    from reconciler import manifest

    return manifest.load(
        workspace.project,
        workspace.registry,
        request.selection.files or None,
        request.stdin,
        frozenset(snapshot.records),
        allow_none=request.selection.destroy,
        start=workspace.start,
    )


def make_plan(
    workspace: Workspace,
    request: Request,
    manifests: Manifests,
    snapshot: Snapshot,
    unsettled: Mapping[Address, Blocked] | None = None,
) -> Planned:
    """The plan for one state of the state."""
    desired = _desired(request.selection, manifests)
    wanted = _wanted(workspace, request.selection, desired, snapshot)
    providers = workspace.providers(connection for connection, _ in wanted)
    from reconciler.observe import observe

    world = observe(providers, wanted, workspace.registry)
    inputs = Inputs(
        project=workspace.project.name,
        environment=workspace.project.environment,
        registry=workspace.registry,
        desired=desired,
        snapshot=snapshot,
        live={place: listing.objects for place, listing in world.listings.items()},
        selection=request.selection,
        troubles=world.troubles,
        unsettled=unsettled or {},
        calls=world.calls,
        warnings=world.warnings,
    )
    plan = build(inputs)
    plan = with_impact(plan, workspace.registry, _count(workspace, plan, world))
    consents = replace(
        request.consents,
        data_loss=request.consents.data_loss | {r.address for r in manifests.removals if r.allow_data_loss},
    )
    return Planned(guard(plan, snapshot, workspace.registry, consents), world)


def open_connections(workspace: Workspace, selection: Selection, manifests: Manifests, snapshot: Snapshot) -> None:
    """Resolve the secrets of every connection a plan will ask; a missing one is told before anything is done."""
    wanted = _wanted(workspace, selection, _desired(selection, manifests), snapshot)
    workspace.providers(connection for connection, _ in wanted)


def _desired(selection: Selection, manifests: Manifests) -> dict[Address, Desired]:
    return {} if selection.destroy else {desired.address: desired for desired in manifests.desired}


def _wanted(
    workspace: Workspace, selection: Selection, desired: Mapping[Address, Desired], snapshot: Snapshot
) -> set[tuple[str, str]]:
    """The (connection, kind) pairs to list: those of every address in scope, and of what they refer to."""
    scope = Inputs("", None, workspace.registry, desired, snapshot, {}, selection)
    places = {(d.connection, a.kind) for a, d in desired.items() if in_scope(scope, a)}
    records = {a: r for a, r in snapshot.records.items() if in_scope(scope, a)}
    places |= {(r.connection, a.kind) for a, r in records.items()}
    for address, item in desired.items():
        if in_scope(scope, address):
            places |= {(item.connection, other.kind) for other in item.depends_on if other.provider == address.provider}
    return {(connection, kind) for connection, kind in places if connection in workspace.project.connections}


def _count(workspace: Workspace, plan: Plan, world: World) -> Mapping[Address, Impact]:
    """What each delete of the plan would destroy."""
    targets = {}
    for change in doomed(plan):
        if change.blocked is not None and change.blocked.code == "unreadable":
            continue
        observed = world.find(_old_connection(change), change.address.kind, change.id or "")
        if observed is not None and workspace.registry.get(change.address.kind).impact is not None:
            targets[change.address] = observed
    if not targets:
        return {}
    from reconciler.observe.impact import count

    providers = workspace.providers(o.connection for o in targets.values())
    impacts = count(providers, ((o.connection, o.kind, o) for o in targets.values()))
    return {address: impacts[o.connection, o.kind, o.id] for address, o in targets.items()}


def _old_connection(change: Change) -> str:
    return change.previous_connection or change.connection


def stdin_bytes(selection: Selection) -> bytes | None:
    """Standard input, where ``-f -`` asks for it."""
    if "-" not in selection.files:
        return None
    import sys

    return sys.stdin.buffer.read()
