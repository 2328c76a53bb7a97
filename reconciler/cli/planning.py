"""Making a plan: manifests, state and the live world read, the pure part asked, the impact counted.

1. Manifests are loaded and validated; nothing is sent when one is wrong.
2. The kinds in scope are listed, each once, all connections at the same time.
3. The plan is built from that one picture.
4. What its writes would destroy is counted.
5. The guards say what an apply would have to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.cli.workspace import Workspace
from reconciler.model import Address, Blocked, Change, Desired, Impact, Plan, Selection, Snapshot
from reconciler.plan import Consents, Inputs, at_stake, build, guard, in_scope, with_impact
from reconciler.providers.base import Provider, Sought

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

    selection = request.selection
    # Where these are all manifests, what is only recorded is about to go, and nothing may refer to it.
    partial = bool(selection.files) and not selection.complete
    return manifest.load(
        workspace.project,
        workspace.registry,
        selection.files or None,
        request.stdin,
        frozenset(snapshot.records) if partial or selection.destroy else frozenset(),
        allow_none=selection.destroy,
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

    seek(providers, wanted, desired, snapshot)
    world = observe(providers, wanted, workspace.registry)
    inputs = Inputs(
        project=workspace.project.name,
        environment=workspace.project.environment,
        registry=workspace.registry,
        desired=desired,
        snapshot=snapshot,
        live={place: listing.objects for place, listing in world.listings.items()},
        filtered=frozenset(place for place, listing in world.listings.items() if not listing.complete),
        selection=request.selection,
        troubles=world.troubles,
        unsettled=unsettled or {},
        calls=world.calls,
        warnings=(*world.warnings, *_standing(desired, manifests)),
    )
    plan = build(inputs)
    plan = with_impact(plan, workspace.registry, _count(workspace, plan, world))
    consents = replace(
        request.consents,
        data_loss=request.consents.data_loss | {r.address for r in manifests.removals if r.allow_data_loss},
    )
    return Planned(guard(plan, snapshot, workspace.registry, consents), world)


def _standing(desired: Mapping[Address, Desired], manifests: Manifests) -> list[str]:
    """Consents to the loss of data at addresses that stay: a Removal may serve a replacement, and then it has to go."""
    return [
        f"{removal.address}: a Removal allows to destroy its data, and it is declared; take the Removal out once the "
        "replacement is done"
        for removal in manifests.removals
        if removal.allow_data_loss and removal.address in desired
    ]


def open_connections(workspace: Workspace, selection: Selection, manifests: Manifests, snapshot: Snapshot) -> None:
    """Resolve the secrets of every connection a plan will ask; a missing one is told before anything is done."""
    wanted = _wanted(workspace, selection, _desired(selection, manifests), snapshot)
    workspace.providers(connection for connection, _ in wanted)


def seek(
    providers: Mapping[str, Provider],
    places: Iterable[tuple[str, str]],
    desired: Mapping[Address, Desired],
    snapshot: Snapshot,
) -> None:
    """Tell the vendors what the listings to come are for; some list nothing unasked."""
    for connection, kind in places:
        providers[connection].seek(kind, _sought(connection, kind, desired, snapshot))


def _sought(connection: str, kind: str, desired: Mapping[Address, Desired], snapshot: Snapshot) -> Sought:
    declared = [d for d in desired.values() if (d.connection, d.address.kind) == (connection, kind)]
    recorded = [r for a, r in snapshot.records.items() if (r.connection, a.kind) == (connection, kind)]
    opened = [i for i in snapshot.open_intents if (i.connection, i.address.kind) == (connection, kind)]
    ids = {d.external_id for d in declared} | {r.id for r in recorded} | {i.object_id for i in opened}
    fields = (*(d.spec for d in declared), *(i.request for i in opened))
    return Sought(fields, frozenset(id for id in ids if id is not None))


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
    # The old object of a replacement that was cut in half may be in another connection than the new one.
    places |= {(i.connection, i.address.kind) for i in snapshot.open_intents if i.address in records}
    for address, item in desired.items():
        if in_scope(scope, address):
            places |= {(item.connection, other.kind) for other in item.depends_on if other.provider == address.provider}
    return {(connection, kind) for connection, kind in places if connection in workspace.project.connections}


def _count(workspace: Workspace, plan: Plan, world: World) -> Mapping[Address, Impact]:
    """What each write of the plan would destroy; of what could not be listed that is not known."""
    changes = [c for c in at_stake(plan, workspace.registry) if c.blocked is None or c.blocked.code != "unreadable"]
    if not changes:
        return {}
    from reconciler.observe.impact import count

    found = {c.address: world.find(_old_connection(c), c.address.kind, c.id or "") for c in changes}
    targets = {address: observed for address, observed in found.items() if observed is not None}
    providers = workspace.providers(o.connection for o in targets.values())
    impacts = count(providers, ((o.connection, o.kind, o) for o in targets.values()))
    unseen = Impact(failed="the live object could not be read")
    unlisted = {c.address: unseen for c in changes if (_old_connection(c), c.address.kind) not in world.listings}
    return unlisted | {address: impacts[o.connection, o.kind, o.id] for address, o in targets.items()}


def _old_connection(change: Change) -> str:
    return change.previous_connection or change.connection


def stdin_bytes(selection: Selection) -> bytes | None:
    """Standard input, where ``-f -`` asks for it."""
    if "-" not in selection.files:
        return None
    import sys

    return sys.stdin.buffer.read()
