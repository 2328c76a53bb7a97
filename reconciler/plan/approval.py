"""The approval: what of a plan a reviewer said yes to, and whether a later plan is still that.

It holds the selection, the state's lineage, the schemas' digest, and for each operation its address, actions,
connection, id, changed paths and the digest of what is sent. Impact, unmanaged objects and drift without an operation
are not part of it. Open writes of an earlier run are settled before anything else, so they are not part of it either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from reconciler.model import JSON, Action, Address, Change, Pending, Plan, digest

Digest = Callable[[str, JSON], str]


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval as plain data; ``operations`` by address."""

    project: str
    environment: str | None
    lineage: str | None
    schema_digest: str
    selection: Mapping[str, JSON]
    operations: Mapping[str, Mapping[str, JSON]]

    @property
    def sends(self) -> frozenset[Address]:
        """The addresses whose messages were approved to be sent."""
        send = Action.SEND.actions
        return frozenset(Address.parse(at) for at, what in self.operations.items() if what.get("actions") == send)

    @property
    def digest(self) -> str:
        """What names this approval in the journal and the history."""
        return digest(asdict(self))


def plain_digest(_kind: str, value: JSON) -> str:
    """The digest of a value of a kind without personal data."""
    return digest(value)


def approve(plan: Plan, digest_of: Digest = plain_digest) -> Approval:
    """The approval of a plan as it stands. ``digest_of`` is given a kind and a value: personal data takes a key, or its
    digest would be guessed."""
    ids = {c.address: c.id for c in plan.changes if c.id is not None}
    return Approval(
        project=plan.project,
        environment=plan.environment,
        lineage=plan.lineage,
        schema_digest=plan.schema_digest,
        selection={
            "files": list(plan.selection.files),
            "targets": list(plan.selection.targets),
            "excludes": list(plan.selection.excludes),
            "complete": plan.selection.complete,
            "destroy": plan.selection.destroy,
        },
        operations={
            str(c.address): operation(c, ids, digest_of) for c in plan.changes if c.operates and c.reason != "recover"
        },
    )


def operation(change: Change, ids: Mapping[Address, str], digest_of: Digest = plain_digest) -> dict[str, JSON]:
    """What is approved of one change; ``ids`` are the live ids that the plan's addresses hold."""
    sent = {**change.request, **change.then}
    request = {name: _by_address(value, change, ids) for name, value in sent.items()}
    return {
        "actions": change.action.actions,
        "connection": change.connection,
        "id": change.id,
        "importing": change.importing,
        "previous": str(change.previous_address) if change.previous_address else None,
        "paths": [field.path for field in change.fields],
        "request": digest_of(change.address.kind, request),
        "before": digest_of(change.address.kind, dict(change.expected)),
        "deactivates": change.deactivates,
    }


def _by_address(value: JSON, change: Change, ids: Mapping[Address, str]) -> JSON:
    """A reference as the address it names: approved while that was still to be created, it is the same afterwards."""
    if isinstance(value, list | tuple):
        return [_by_address(item, change, ids) for item in value]
    if not isinstance(value, str):
        return value
    return next((Pending(other) for other in change.depends_on if ids.get(other) == value), value)


def differences(approved: Approval, now: Approval, satisfied: Collection[Address]) -> tuple[str, ...]:
    """What keeps a plan from being the approved one, a sentence each; empty when it is.

    ``satisfied`` are addresses whose approved operation this very approval already did.
    """
    found = [
        f"{name} was {_text(before)}, now it is {_text(after)}"
        for name, before, after in (
            ("the project", approved.project, now.project),
            ("the environment", approved.environment, now.environment),
            ("the selection", approved.selection, now.selection),
            ("the state's lineage", approved.lineage, now.lineage),
            ("the schemas' digest", approved.schema_digest, now.schema_digest),
        )
        if before != after
    ]
    done = {str(address) for address in satisfied}
    for address in sorted({*approved.operations, *now.operations}):
        was, is_now = approved.operations.get(address), now.operations.get(address)
        if was != is_now and not (is_now is None and address in done):
            found.append(_operation_difference(address, was, is_now))
    return tuple(found)


def _operation_difference(address: str, was: Mapping[str, JSON] | None, is_now: Mapping[str, JSON] | None) -> str:
    if was is None:
        return f"{address}: {_actions(is_now)} was not approved"
    if is_now is None:
        return f"{address}: {_actions(was)} was approved, and now there is nothing to do"
    from deepdiff import DeepDiff

    changed = sorted({str(path[0]) for path in _paths(DeepDiff(was, is_now, view="tree"))})
    return f"{address}: differs from what was approved in {', '.join(_WORDS.get(name, name) for name in changed)}"


def _paths(difference: Mapping[str, Collection[object]]) -> list[list[object]]:
    items: list[Any] = [item for group in difference.values() for item in group]
    return [item.path(output_format="list") for item in items]


_WORDS = {"request": "what is sent", "before": "the live object", "paths": "the changed fields", "id": "the live id"}


def _actions(change: Mapping[str, JSON] | None) -> str:
    actions = (change or {}).get("actions")
    return " and ".join(str(action) for action in actions) if isinstance(actions, list) else "an operation"


def _text(value: JSON) -> str:
    return "none" if value is None else str(value)
