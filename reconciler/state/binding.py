"""To whom a state belongs: a project, an environment, and for each connection the server it was made with."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.errors import (
    STATE_MIGRATED,
    STATE_OTHER_ENVIRONMENT,
    STATE_OTHER_ORIGIN,
    STATE_OTHER_PROJECT,
    ReconcilerError,
)
from reconciler.model import Snapshot


def check_owner(label: str, held: tuple[str, str | None], asked: tuple[str, str | None]) -> None:
    """Compare (project, environment) of a state with those of this run; raises an error that names both."""
    if held[0] != asked[0]:
        raise ReconcilerError(
            STATE_OTHER_PROJECT, f"the state {label} belongs to project {held[0]!r}, this is project {asked[0]!r}"
        )
    if held[1] != asked[1]:
        raise ReconcilerError(
            STATE_OTHER_ENVIRONMENT,
            f"the state {label} belongs to {_environment(held[1])}, this run is for {_environment(asked[1])}",
        )


def check_in_use(label: str, moved_to: str | None) -> None:
    """Refuse a state that was migrated; raises STATE_MIGRATED naming where it is now."""
    if moved_to is not None:
        message = f"the state {label} was migrated to {moved_to}; nothing is read from here or written here any more"
        raise ReconcilerError(STATE_MIGRATED, message)


def check_origins(snapshot: Snapshot, origins: Mapping[str, str]) -> None:
    """Compare the connections' origins with those the state recorded; raises STATE_OTHER_ORIGIN naming both.

    A connection that holds no record and no open write may move.
    """
    used = {record.connection for record in snapshot.records.values()}
    used.update(intent.connection for intent in snapshot.open_intents)
    for connection, origin in sorted(origins.items()):
        recorded = snapshot.origins.get(connection, origin)
        if recorded != origin and connection in used:
            raise ReconcilerError(
                STATE_OTHER_ORIGIN,
                f"connection {connection!r} points at {origin}, but the state's objects there are those of {recorded}",
            )


def _environment(name: str | None) -> str:
    return f"environment {name!r}" if name is not None else "no environment"
