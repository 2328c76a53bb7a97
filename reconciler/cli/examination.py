"""Looking a project over: each connection asked by reads alone, the state opened, the surroundings read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from reconciler import __version__
from reconciler.cli.awaiting import first_token_missing
from reconciler.cli.workspace import Workspace
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Connection, Selection, Snapshot
from reconciler.project.url import allowed_hosts
from reconciler.report.diagnosis import Ailment, Diagnosis, Examined, Store
from reconciler.state.contract import Holding

_MOST_THREADS = 32
_REFUSED, _MISSING = 4, 4  # exit codes of refused and of missing credentials; all other trouble with a vendor is a 5
_VENDOR = 5


def examined(workspace: Workspace, names: Sequence[str]) -> Diagnosis:
    """The whole diagnosis."""
    store, snapshot = _store(workspace)
    connections = _connections(workspace, names, snapshot)
    kinds, notes = _kinds(workspace, snapshot)
    needed, key_ailment = _key(workspace, snapshot, kinds)
    return Diagnosis(
        project=workspace.project.name,
        environment=workspace.project.environment,
        connections=connections,
        store=store,
        key_set=bool(os.environ.get("RECONCILER_DIGEST_KEY", "").strip()),
        key_needed=needed,
        key_ailment=key_ailment,
        allowed_hosts=tuple(sorted(allowed_hosts(os.environ))),
        versions=_versions(),
        notes=notes,
    )


# --- connections --------------------------------------------------------------------------------------------------


def _connections(workspace: Workspace, names: Sequence[str], snapshot: Snapshot) -> tuple[Examined, ...]:
    """All of them at the same time; when interrupted, sockets are closed so that nothing waits for another try."""
    with ThreadPoolExecutor(min(len(names), _MOST_THREADS), thread_name_prefix="doctor") as pool:
        futures = [pool.submit(_one, workspace, workspace.project.connections[name], snapshot) for name in names]
        try:
            return tuple(future.result() for future in futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            workspace.close()
            raise


def _one(workspace: Workspace, connection: Connection, snapshot: Snapshot) -> Examined:
    row = Examined(connection.name, connection.provider, connection.base_url, "ok")
    try:
        provider = workspace.provider(connection.name)
    except ReconcilerError as error:
        waits = first_token_missing(workspace, connection, snapshot) is not None
        ailment = _ailment(error, 0 if waits else _MISSING)
        return replace(row, status="waiting" if waits else "missing", ailment=ailment)
    try:
        row = replace(row, checkup=provider.check())
    except ReconcilerError as error:
        refused = error.exit_code == _REFUSED
        ailment = _ailment(error, _REFUSED if refused else _VENDOR)
        row = replace(row, status="refused" if refused else "failed", ailment=ailment)
    return replace(row, vitals=provider.vitals())


def _ailment(error: ReconcilerError, exit_code: int | None = None) -> Ailment:
    return Ailment(error.code, error.message, error.hint, error.exit_code if exit_code is None else exit_code)


# --- state and surroundings ---------------------------------------------------------------------------------------


def _store(workspace: Workspace) -> tuple[Store, Snapshot]:
    """The state without a lock, nothing made by asking for it."""
    label, nothing = "the state", Snapshot()
    try:
        store = workspace.store()
        label = store.label
        snapshot, holding = store.snapshot(), store.holding()
    except ReconcilerError as error:
        return Store(label, ailment=_ailment(error)), nothing
    found = Store(
        label=label,
        exists=snapshot.exists,
        lineage=snapshot.lineage,
        serial=snapshot.serial,
        records=len(snapshot.records),
        open_writes=len(snapshot.open_intents),
        holder=_holder(holding) if holding else None,
        since=holding.since if holding else None,
    )
    return found, snapshot


def _holder(holding: Holding) -> str:
    holder = holding.holder
    dead = "" if holder.alive() else ", which is gone: the next run takes over"
    return f"{holder.user}@{holder.host}, process {holder.pid}, for {holding.command}{dead}"


def _kinds(workspace: Workspace, snapshot: Snapshot) -> tuple[frozenset[str], tuple[str, ...]]:
    """The kinds that are declared, as far as the manifests can be read."""
    from reconciler.cli.planning import Request, load_manifests

    try:
        manifests = load_manifests(workspace, Request(Selection()), snapshot)
    except (Problems, ReconcilerError) as error:
        first = error.errors[0] if isinstance(error, Problems) else error
        return frozenset(), (f"the manifests cannot be read ({first.code}: {first.message}); see reconciler validate",)
    return frozenset(desired.address.kind for desired in manifests.desired), ()


def _key(workspace: Workspace, snapshot: Snapshot, declared: Iterable[str]) -> tuple[bool, Ailment | None]:
    """Whether the key for personal data is needed, and what is wrong with it."""
    from reconciler.schema.sealing import Sealing

    recorded = {address.kind for address in (*snapshot.records, *snapshot.ledger)}
    kinds = {*declared, *recorded, *(intent.address.kind for intent in snapshot.open_intents)}
    needed = any(map(Sealing(workspace.registry).private, kinds))
    try:
        workspace.sealing.check(snapshot, declared)
    except ReconcilerError as error:
        return needed, _ailment(error)
    return needed, None


def _versions() -> dict[str, str]:
    import platform

    from reconciler.cli.crash import versions

    return {"reconciler": __version__, "Python": platform.python_version(), **dict(versions())}
