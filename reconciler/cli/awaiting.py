"""Connections that are declared before their token exists: the account is made first, and a person fetches its token.

Only a connection that has never been used can wait: where the state knows of anything in it, a missing secret is a
mistake like any other, since nothing may be taken for absent that could not be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.cli.workspace import Workspace
from reconciler.errors import SECRET_MISSING, Problems, ReconcilerError
from reconciler.model import Address, Blocked, Connection, Desired, Snapshot
from reconciler.model.plan import AWAITING_TOKEN


def awaiting(
    workspace: Workspace, names: Iterable[str], desired: Mapping[Address, Desired], snapshot: Snapshot
) -> Mapping[str, Blocked]:
    """The named connections that wait for their first token, and what is to be said of it. The others are as they are:
    whose secret is missing without an ``awaits`` is told when it is opened.

    Raises Problems (RCN0204) where what is awaited never comes: then the secret is simply missing.
    """
    found = {}
    for name in sorted(names):
        connection = workspace.project.connections[name]
        missing = first_token_missing(workspace, connection, snapshot)
        if connection.awaits is None or missing is None:
            continue
        awaited = Address.parse(connection.awaits)
        trouble = _never_comes(connection, awaited, desired, snapshot)
        if trouble:
            message = f"{missing.message}; connection {name} awaits {awaited}, {trouble}"
            raise Problems([ReconcilerError(SECRET_MISSING, message, hint=missing.hint)])
        found[name] = Blocked(AWAITING_TOKEN, _message(connection, awaited, missing, snapshot))
    return found


def held_up(desired: Mapping[Address, Desired], waiting: Mapping[str, Blocked]) -> dict[Address, Blocked]:
    """Everything that is declared in a connection that waits."""
    return {address: waiting[item.connection] for address, item in desired.items() if item.connection in waiting}


def first_token_missing(workspace: Workspace, connection: Connection, snapshot: Snapshot) -> ReconcilerError | None:
    """Why the secret of a connection that awaits something is not there; None where it is or is unfit, and for a
    connection that was used already."""
    if connection.awaits is None or _used(connection.name, snapshot):
        return None
    try:
        workspace.provider(connection.name)
    except ReconcilerError as error:
        return error if error.code == SECRET_MISSING else None
    return None


def _used(name: str, snapshot: Snapshot) -> bool:
    """Whether the state holds anything of the connection."""
    return (
        any(record.connection == name for record in snapshot.records.values())
        or any(intent.connection == name for intent in snapshot.open_intents)
        or any(line.connection == name for line in snapshot.ledger.values())
        or any(tombstone.connection == name for tombstone in snapshot.tombstones)
    )


def _never_comes(
    connection: Connection, awaited: Address, desired: Mapping[Address, Desired], snapshot: Snapshot
) -> str:
    """Why what is awaited is not made by this project through another connection; "" where it is."""
    made = snapshot.records.get(awaited) or desired.get(awaited)
    if made is None:
        return "which no manifest declares and no record holds"
    return "which is declared in this very connection" if made.connection == connection.name else ""


def _message(connection: Connection, awaited: Address, missing: ReconcilerError, snapshot: Snapshot) -> str:
    lead = f"connection {connection.name} waits for its first token ({missing.message})"
    record = snapshot.records.get(awaited)
    if record is None:
        return f"{lead}: {awaited} is to be applied first, then its token can be fetched from the vendor's console"
    way = missing.hint or "set the secret and run again"
    return f"{lead}: {awaited} is applied (id {record.id}), so fetch its token from the vendor's console, then {way}"
