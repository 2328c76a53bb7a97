"""Journal entries and records of a change: what is intended, and what the state holds once it is done. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reconciler.diff import matches
from reconciler.model import (
    JSON,
    Action,
    Address,
    Change,
    Intent,
    LedgerLine,
    Pending,
    Phase,
    Recorded,
    Tombstone,
    digest,
)
from reconciler.plan import Step
from reconciler.plan.approval import Digest, plain_digest
from reconciler.schema import ResourceType

_SECOND_HALF = "-old"

Lookup = Callable[[Address], str | None]


class Unresolved(LookupError):
    """A value waits for the id of an address that has none."""


def resolved(value: JSON, id_of: Lookup) -> JSON:
    """The value with every pending id filled in; raises Unresolved where one is not known."""
    if isinstance(value, Pending):
        found = id_of(value.address)
        if found is None:
            raise Unresolved(f"{value.address} has no id yet")
        return found
    if isinstance(value, Mapping):
        return {name: resolved(item, id_of) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [resolved(item, id_of) for item in value]
    return value


def resolved_fields(fields: Mapping[str, JSON], id_of: Lookup) -> dict[str, JSON]:
    """Fields with every pending id filled in."""
    return {name: resolved(value, id_of) for name, value in fields.items()}


def record_for(change: Change, origin: str, id_of: Lookup, id: str | None = None) -> Recorded | None:
    """What the state holds once the change is done (None: nothing). For a create the id follows with the answer."""
    if change.recorded is None:
        return None
    return Recorded(
        address=change.address,
        connection=change.connection,
        id=id or change.importing or change.id or "",
        fields=resolved_fields(change.recorded, id_of),
        origin=origin,
        depends_on=change.depends_on,
        lifecycle=change.lifecycle,
        source=change.source,
    )


def so_far(fields: Mapping[str, JSON], request: Mapping[str, JSON], then: Mapping[str, JSON]) -> dict[str, JSON]:
    """The fields of a record whose create is done and leaves something to an update: that as far as it was sent."""
    return {name: request.get(name, value) for name, value in fields.items() if name not in then or name in request}


def intent_for(
    step: Step,
    change: Change,
    *,
    id: str,
    run: str,
    plan_digest: str,
    at: float,
    request: Mapping[str, JSON],
    digest_of: Digest = plain_digest,
    after: Recorded | None = None,
    seen: tuple[str, ...] = (),
    object_id: str | None = None,
) -> Intent:
    """One write, before it is made. ``object_id`` is the object there now: of a replacement's create the old one, of
    what follows a create the new one."""
    sent = {} if step.name == "delete" and not change.deactivates else request
    moves_away = step.name == "delete" and change.previous_connection is not None
    return Intent(
        id=id,
        run=run,
        address=change.address,
        action=change.action,
        step=step.name,
        connection=(change.previous_connection or change.connection) if moves_away else change.connection,
        object_id=change.id if object_id is None else object_id,
        request=sent,
        request_digest=digest_of(change.address.kind, sent),
        plan_digest=plan_digest,
        at=at,
        seen=seen,
        after=after,
        identity=change.identity,
    )


def line_for(intent: Intent, id: str | None, at: float) -> LedgerLine | None:
    """What the ledger holds once the intent is known to be done; None where nothing was sent for good."""
    if intent.identity is None or intent.step == "delete":
        return None
    identity = intent.identity
    return LedgerLine(intent.address, identity.digest, identity.key, intent.run, at, intent.connection, id)


def second_half_of(create: Intent, connection: str, at: float) -> Intent:
    """The delete of the old object, to be written down together with the outcome of the replacement's create.

    A kill between the two then loses nothing. It is a delete in its own right: the record is the new object already, so
    the next plan must not take the address for one that is replaced again.
    """
    return replace(
        create,
        id=create.id + _SECOND_HALF,
        action=Action.DELETE,
        step="delete",
        connection=connection,
        request={},
        request_digest=digest({}),
        at=at,
        phase=Phase.INTENT,
        seen=(),
        after=None,
        detail="",
    )


def doomed(intent: Intent) -> bool:
    """Whether the intent is the second half of a replacement: the new object is there, the old one is to be deleted."""
    return intent.id.endswith(_SECOND_HALF)


def differing(rtype: ResourceType, sent: Mapping[str, JSON], observed: Mapping[str, JSON]) -> tuple[str, ...]:
    """The readable fields whose observed value is not the one sent."""
    return tuple(name for name in sorted(sent) if not matches(rtype, {name: sent[name]}, observed))


def truthful(record: Recorded, names: Sequence[str], observed: Mapping[str, JSON]) -> Recorded:
    """The record with what is observed in fields that did not take what was sent."""
    fields = dict(record.fields)
    for name in names:
        if name in fields:
            fields[name] = observed.get(name)
    return replace(record, fields=fields)


def tombstone(rtype: ResourceType, connection: str, id: str) -> tuple[Tombstone, ...]:
    """The mark that an id was deleted; none for kinds whose id is the user's own and may come back."""
    return (Tombstone(rtype.kind, connection, id),) if rtype.id_field is None else ()
