"""How everything stands: a plan held against the live world, the vendors' figures, and what the state remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.cli.planning import Planned, make_plan
from reconciler.cli.running import prepare
from reconciler.cli.workspace import Workspace
from reconciler.model import Action, Address, Change, Drift, Observed, Phase, Selection, Snapshot
from reconciler.model.figures import Figures, Measured, Window, unknown
from reconciler.report.overview import NOT_LIVE, LastApplied, Overview, Standing, Whole
from reconciler.report.view import view_of

if TYPE_CHECKING:
    from reconciler.state.contract import Contents, StateStore

_MOST_THREADS = 32
_NONE = ("responses", "nps")


def overview(
    workspace: Workspace, store: StateStore, glob: str | None, window: Window, tell: Callable[[str], None]
) -> Overview:
    """Everything of the addresses that the glob names; without one, of every kind that vendors count something of.

    ``tell`` is called with a connection's name once its figures are read. Raises Problems for a glob that names none.
    """
    snapshot = store.snapshot()
    planned = _planned(workspace, snapshot, glob)
    live = {change.address: _live(planned, change) for change in planned.plan.changes}
    registry = workspace.registry
    counted = [item for item in live.values() if item is not None and registry.get(item.kind).figures]
    told = {change.connection for change in planned.plan.changes if not change.awaits_token}
    asked = told & set(workspace.project.connections)
    measured = _measured(workspace, asked, counted, window, tell)
    contents, plan = store.contents(), view_of(planned.plan, registry, whole=False)  # personal data masked
    drift = {item.address: item for item in plan.drift}
    last = _last_applied(contents) if contents is not None else {}
    return Overview(
        project=plan.project,
        environment=plan.environment,
        window=window,
        standings=tuple(
            _standing(change, drift.get(change.address), live[change.address], measured, last.get(change.address))
            for change in plan.changes
        ),
        wholes=tuple(
            Whole(name, workspace.project.connections[name].provider, measured[name].whole) for name in sorted(measured)
        ),
        notes=tuple(dict.fromkeys((*plan.warnings, *(note for one in measured.values() for note in one.notes)))),
        troubles=(*plan.troubles, *(trouble for name in sorted(measured) for trouble in measured[name].troubles)),
    )


def _planned(workspace: Workspace, snapshot: Snapshot, glob: str | None) -> Planned:
    """A plan of these addresses alone; it says of each how it stands."""
    kinds = tuple(f"{kind}/*" for kind, rtype in sorted(workspace.registry.types.items()) if rtype.figures)
    named = Selection(targets=(glob,) if glob is not None else ())
    request, manifests = prepare(workspace, named, {}, snapshot, option="ADDRESS")
    if glob is None:
        request = replace(request, selection=Selection(targets=kinds))
    return make_plan(workspace, request, manifests, snapshot)


def _live(planned: Planned, change: Change) -> Observed | None:
    id = change.importing or change.id
    where = change.previous_connection or change.connection
    return planned.world.find(where, change.address.kind, id) if id is not None else None


# --- figures ------------------------------------------------------------------------------------------------------


def _measured(
    workspace: Workspace, names: Iterable[str], live: Iterable[Observed], window: Window, tell: Callable[[str], None]
) -> Mapping[str, Measured]:
    """What each connection counts, all of them at the same time, each within its own limits."""
    wanted = sorted(names)
    if not wanted:
        return {}
    providers = workspace.providers(wanted)
    objects: dict[str, list[Observed]] = {name: [] for name in wanted}
    for item in live:
        objects[item.connection].append(item)

    def one(name: str) -> Measured:
        found = providers[name].figures(objects[name], window)
        tell(name)
        return found

    with ThreadPoolExecutor(min(len(wanted), _MOST_THREADS), thread_name_prefix="figures") as pool:
        futures = {name: pool.submit(one, name) for name in wanted}
        try:
            return {name: future.result() for name, future in futures.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            workspace.close()
            raise


# --- one address --------------------------------------------------------------------------------------------------


def _standing(
    change: Change,
    drift: Drift | None,
    live: Observed | None,
    measured: Mapping[str, Measured],
    last: LastApplied | None,
) -> Standing:
    sync, why = _sync(change, drift)
    figures = Figures()
    if live is not None and live.connection in measured:
        figures = measured[live.connection].each.get((live.kind, live.id), figures)
    elif live is None:
        figures = unknown(why if sync == "unknown" else NOT_LIVE, *_NONE)
    return Standing(change.address, change.connection, change.importing or change.id, sync, why, figures, last)


def _sync(change: Change, drift: Drift | None) -> tuple[str, str]:
    """How an address stands, and what there is to say of it."""
    blocked = change.blocked
    if blocked is not None and blocked.code in ("unreadable", "unsettled"):
        return "unknown", blocked.message
    if change.reason == "recover":
        return "unknown", "an earlier run left a write open; apply settles it"
    if change.adopts and blocked is None:
        return "not_applied", _intended(change)
    if drift is not None and drift.after is None:
        return "gone", drift.message or "the live object is not there any more"
    if drift is not None and not drift.ignored:
        return "drifted", ", ".join(sorted({item.path for item in drift.fields if not item.ignored}))
    if blocked is not None:
        return "not_applied", blocked.message
    if change.operates:
        return "not_applied", _intended(change)
    return "in_sync", ""


def _intended(change: Change) -> str:
    if change.adopts:
        return "it is live and not yet managed; apply adopts it"
    if change.action in (Action.DELETE, Action.FORGET):
        return "no manifest declares it any more"
    if change.action is Action.CREATE:
        return "it is not made yet"
    return "the manifest has changes that are not applied"


def _last_applied(contents: Contents) -> Mapping[Address, LastApplied]:
    """The latest write to each address that is known to be done."""
    runs = {run.id: run for run in contents.runs}
    found: dict[Address, LastApplied] = {}
    for intent in contents.journal:
        run = runs.get(intent.run)
        if intent.phase is Phase.DONE and run is not None:
            found[intent.address] = LastApplied(intent.at, run.id, run.command, run.user, run.host, intent.step)
    return found
