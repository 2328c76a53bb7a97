"""Records and intents as JSON columns, and back. Pure; raises ValueError or KeyError on what it did not write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconciler.model import JSON, Action, Address, Intent, Lifecycle, Phase, Recorded, Source, canonical

# A kind's fields as they are kept: the place where personal data becomes digests. The present kinds have none.
Seal = Callable[[str, Mapping[str, JSON]], Mapping[str, JSON]]


_PLAIN = Lifecycle()


def unsealed(_kind: str, fields: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """The fields as they are; for kinds without personal data."""
    return fields


def record_row(record: Recorded, seal: Seal = unsealed) -> tuple[str | None, ...]:
    """The columns of a record, in the order of ``Recorded``; what is at its default is left empty."""
    source = record.source
    return (
        str(record.address),
        record.connection,
        record.id,
        canonical(seal(record.address.kind, record.fields)),
        record.origin,
        canonical([str(address) for address in record.depends_on]) if record.depends_on else None,
        canonical(_lifecycle_out(record.lifecycle)) if record.lifecycle != Lifecycle() else None,
        f"{source.line}:{source.column}:{source.file}" if source else None,
    )


def record_of(row: Sequence[Any]) -> Recorded:
    """A record from its columns."""
    return _record_of(row, json.loads(row[3]))


def records_of(rows: Sequence[Sequence[Any]]) -> list[Recorded]:
    """Many records from their columns; the JSON of all is read in one go, a third of the time of one by one."""
    fields = json.loads(f"[{','.join(row[3] for row in rows)}]")
    return [_record_of(row, its) for row, its in zip(rows, fields, strict=True)]


def _record_of(row: Sequence[Any], fields: Mapping[str, JSON]) -> Recorded:
    address, connection, id_, _, origin, depends_on, lifecycle, source = row
    return Recorded(
        address_of(address),
        connection,
        id_,
        fields,
        origin,
        tuple(map(address_of, json.loads(depends_on))) if depends_on else (),
        _lifecycle_in(json.loads(lifecycle)) if lifecycle else _PLAIN,
        _source_in(source) if source else None,
    )


def intent_row(intent: Intent, listing: str | None, seal: Seal = unsealed) -> tuple[str | float | None, ...]:
    """The columns of an intent, in the order of ``Intent``; the ids seen before are kept as a listing."""
    return (
        intent.id,
        intent.run,
        str(intent.address),
        intent.action.value,
        intent.step,
        intent.connection,
        intent.object_id,
        canonical(seal(intent.address.kind, intent.request)),
        intent.request_digest,
        intent.plan_digest,
        intent.at,
        intent.phase.value,
        canonical(record_row(intent.after, seal)) if intent.after else None,
        intent.detail,
        listing,
    )


def intent_of(row: Sequence[Any], seen: tuple[str, ...] = ()) -> Intent:
    """An intent from its columns; ``seen`` are the ids of its listing."""
    (
        id_,
        run,
        address,
        action,
        step,
        connection,
        object_id,
        request,
        request_digest,
        plan_digest,
        at,
        phase,
        after,
        detail,
        _listing,
    ) = row
    return Intent(
        id=id_,
        run=run,
        address=address_of(address),
        action=Action(action),
        step=step,
        connection=connection,
        object_id=object_id,
        request=json.loads(request),
        request_digest=request_digest,
        plan_digest=plan_digest,
        at=at,
        phase=Phase(phase),
        seen=seen,
        after=record_of(json.loads(after)) if after else None,
        detail=detail,
    )


def address_of(text: str) -> Address:
    """An address this tool wrote; raises ValueError on any other text. Quicker than parsing what users write."""
    provider, type_, name = text.split("/", 2)
    return Address(provider, type_, name)


def _source_in(text: str) -> Source:
    line, column, file = text.split(":", 2)
    return Source(file, int(line), int(column))


def _lifecycle_out(lifecycle: Lifecycle) -> dict[str, JSON]:
    return {
        "prevent_destroy": lifecycle.prevent_destroy,
        "on_remove": lifecycle.on_remove,
        "replace": lifecycle.replace,
        "ignore_changes": list(lifecycle.ignore_changes),
    }


def _lifecycle_in(value: Mapping[str, Any]) -> Lifecycle:
    return Lifecycle(
        prevent_destroy=value["prevent_destroy"],
        on_remove=value["on_remove"],
        replace=value["replace"],
        ignore_changes=tuple(value["ignore_changes"]),
    )
