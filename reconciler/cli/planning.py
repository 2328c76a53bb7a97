"""Making a plan: manifests, state and the live world read, the pure part asked, the impact counted.

1. Manifests are loaded and validated; nothing is sent when one is wrong.
2. The kinds in scope are listed, each once, all connections at the same time.
3. The plan is built from that one picture.
4. What its writes would destroy is counted.
5. The guards say what an apply would have to be told.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.cli.awaiting import awaiting, held_up
from reconciler.cli.workspace import Workspace
from reconciler.model import JSON, Address, Blocked, Change, Desired, Impact, Plan, Selection, Snapshot
from reconciler.plan import Consents, Inputs, at_stake, build, guard, in_scope, with_impact
from reconciler.plan.estimate import estimated
from reconciler.plan.ledger import earlier_identities, identities
from reconciler.plan.opening import opened
from reconciler.providers.base import Provider, Sought
from reconciler.state.binding import check_origins

if TYPE_CHECKING:
    from reconciler.document import Text
    from reconciler.manifest import Manifests
    from reconciler.observe import World
    from reconciler.schema.sealing import Sealing


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and the picture it was made from: ``inputs`` is all that went into it, ``world`` what was observed."""

    plan: Plan
    world: World
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Request:
    """What a plan is asked for."""

    selection: Selection = field(default_factory=Selection)
    consents: Consents = field(default_factory=Consents)
    stdin: bytes | None = None


def load_manifests(
    workspace: Workspace, request: Request, snapshot: Snapshot, *, drafts: Sequence[Text] = ()
) -> Manifests:
    """The manifests of the selection, ``drafts`` as if they were written; a destroy needs none. Raises Problems."""
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
        drafts=drafts,
    )


def make_plan(
    workspace: Workspace,
    request: Request,
    manifests: Manifests,
    snapshot: Snapshot,
    unsettled: Mapping[Address, Blocked] | None = None,
) -> Planned:
    """The plan for one state of the state. Raises STATE_OTHER_ORIGIN where its objects are those of another server."""
    check_origins(snapshot, workspace.origins)
    desired = _desired(request.selection, manifests)
    workspace.sealing.check(snapshot, {address.kind for address in desired})
    wanted = _wanted(workspace, request.selection, desired, snapshot)
    waiting = awaiting(workspace, {connection for connection, _ in wanted}, desired, snapshot)
    wanted = {place for place in wanted if place[0] not in waiting}
    providers = workspace.providers(connection for connection, _ in wanted)
    before = {name: provider.calls().read for name, provider in providers.items()}
    from reconciler.observe import observe

    listed = {place for place in wanted if workspace.registry.get(place[1]).list != "none"}
    seek(providers, listed, desired, snapshot, workspace.sealing)
    world = observe(providers, listed, workspace.registry)
    inputs = Inputs(
        project=workspace.project.name,
        environment=workspace.project.environment,
        registry=workspace.registry,
        desired=desired,
        snapshot=snapshot,
        live={place: listing.objects for place, listing in world.listings.items()},
        filtered=frozenset(place for place, listing in world.listings.items() if not listing.complete),
        identities=identities(desired, workspace.sealing),
        earlier_identities=earlier_identities(desired, workspace.sealing),
        sends=request.consents.sends,
        now=time.time(),
        selection=request.selection,
        troubles=world.troubles,
        unsettled={**held_up(desired, waiting), **(unsettled or {})},
        calls=world.calls,
        warnings=(*world.warnings, *manifests.warnings, *_standing(desired, manifests)),
    )
    plan = build(opened(inputs, workspace.sealing))
    plan = with_impact(plan, workspace.registry, _count(workspace, plan, world))
    plan = _with_calls(workspace, plan, before)
    consents = replace(
        request.consents,
        data_loss=request.consents.data_loss | {r.address for r in manifests.removals if r.allow_data_loss},
    )
    return Planned(guard(plan, snapshot, workspace.registry, consents), world, inputs)


def _with_calls(workspace: Workspace, plan: Plan, before: Mapping[str, int]) -> Plan:
    """The plan with all the reads it took, counting included, and about how long its apply would take."""
    asked = workspace.providers(())  # those that were opened, and no other
    reads = {name: provider.calls().read - before.get(name, 0) for name, provider in asked.items()}
    calls = {name: replace(one, read=reads.get(name, one.read)) for name, one in plan.calls.items()}
    return replace(plan, calls=calls, estimates=estimated(calls, workspace.project.connections))


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
    desired = _desired(selection, manifests)
    connections = {connection for connection, _ in _wanted(workspace, selection, desired, snapshot)}
    workspace.providers(connections - awaiting(workspace, connections, desired, snapshot).keys())


def seek(
    providers: Mapping[str, Provider],
    places: Iterable[tuple[str, str]],
    desired: Mapping[Address, Desired],
    snapshot: Snapshot,
    sealing: Sealing,
) -> None:
    """Tell the vendors what the listings to come are for; some list nothing unasked."""
    for connection, kind in places:
        providers[connection].seek(kind, _sought(connection, kind, desired, snapshot, sealing))


def _sought(
    connection: str, kind: str, desired: Mapping[Address, Desired], snapshot: Snapshot, sealing: Sealing
) -> Sought:
    declared = [d for d in desired.values() if (d.connection, d.address.kind) == (connection, kind)]
    rule = sealing.registry.get(kind).one_time
    recorded = [
        record
        for address, record in snapshot.records.items()
        if (record.connection, address.kind) == (connection, kind)
        # What was seen as sent is history, and not looked at any more.
        if rule is None or rule.state not in record.fields or rule.is_open(record.fields)
    ]
    if sealing.registry.get(kind).list == "none":  # history: only what an open write may have made is sought
        recorded = []
    opened = [i for i in snapshot.open_intents if (i.connection, i.address.kind) == (connection, kind)]
    ids = {d.external_id for d in declared} | {r.id for r in recorded} | {i.object_id for i in opened}
    # An open write holds personal data sealed; as long as its manifest is there, what was sent is known.
    requests = [sealing.opened(kind, i.request, *_specs(desired, i.address)) for i in opened]
    # What was sent is looked up by its id; what is declared is told by the ledger, and sought by nobody.
    specs = () if rule is not None else tuple(d.spec for d in declared)
    fields = (*specs, *requests)
    return Sought(fields, frozenset(id for id in ids if id is not None))


def _specs(desired: Mapping[Address, Desired], address: Address) -> list[Mapping[str, JSON]]:
    return [desired[address].spec] if address in desired else []


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
    impacts = count(providers, ((o.connection, o.kind, o) for o in targets.values()), workspace.watch)
    unseen = Impact(failed="the live object could not be read")
    unlisted = {c.address: unseen for c in changes if (_old_connection(c), c.address.kind) not in world.listings}
    return unlisted | {address: impacts[o.connection, o.kind, o.id] for address, o in targets.items()}


def _old_connection(change: Change) -> str:
    return change.previous_connection or change.connection
