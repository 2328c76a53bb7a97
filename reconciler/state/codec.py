"""Records and intents as JSON columns, and back. Pure; raises ValueError or KeyError on what it did not write."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconciler.model import (
    JSON,
    Action,
    Address,
    Intent,
    LedgerLine,
    Lifecycle,
    Phase,
    Recorded,
    Sealed,
    Source,
    canonical,
    parsed,
)
from reconciler.model.jsontext import DEEPEST
from reconciler.model.value import SEALED

# A kind's fields as they are kept: the place where personal data becomes digests.
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
    return _record_of(row, _fields(row[3], _object(parsed(row[3]))))


def records_of(rows: Sequence[Sequence[Any]]) -> list[Recorded]:
    """Many records from their columns; the JSON of all is read in one go, a third of the time of one by one."""
    fields: Any = parsed(f"[{','.join(row[3] for row in rows)}]", deepest=DEEPEST + 1)
    return [_record_of(row, _fields(row[3], _object(its))) for row, its in zip(rows, fields, strict=True)]


def _record_of(row: Sequence[Any], fields: Mapping[str, JSON]) -> Recorded:
    fit(row, "tttttTTT")
    address, connection, id_, _, origin, depends_on, lifecycle, source = row
    return Recorded(
        address_of(address),
        connection,
        id_,
        fields,
        origin,
        tuple(map(address_of, texts(depends_on))) if depends_on else (),
        _lifecycle_in(_object(parsed(lifecycle))) if lifecycle else _PLAIN,
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
        f"{intent.identity.key}:{intent.identity.digest}" if intent.identity else None,
        listing,
    )


def intent_of(row: Sequence[Any], seen: tuple[str, ...] = ()) -> Intent:
    """An intent from its columns; ``seen`` are the ids of its listing."""
    fit(row, "ttttttTttt#tTtTT")
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
        identity,
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
        request=_fields(request, _object(parsed(request))),
        request_digest=request_digest,
        plan_digest=plan_digest,
        at=at,
        phase=Phase(phase),
        seen=seen,
        after=record_of(_list(parsed(after))) if after else None,
        detail=detail,
        identity=Sealed(*identity.split(":", 1)) if identity else None,
    )


def ledger_row(line: LedgerLine) -> tuple[str | float | None, ...]:
    """The columns of a line of the ledger, in the order of ``LedgerLine``."""
    return (
        str(line.address), line.identity, line.key_id, line.run, line.at, line.connection, line.object_id
    )  # fmt: skip


def listing_row(connection: str, kind: str, ids: Sequence[str]) -> tuple[str, str, str, str]:
    """The columns of a listing: its reference (a digest of all that follows), connection, kind and ids."""
    text = canonical(ids)
    reference = hashlib.sha256(f"{connection}\0{kind}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
    return reference, connection, kind, text


def _fields(text: str, fields: dict[str, JSON]) -> Mapping[str, JSON]:
    """Fields that were read from ``text``, with what is sealed in them as the seals they are."""
    return {name: _unspelled(value) for name, value in fields.items()} if f'"{SEALED}"' in text else fields


def _unspelled(value: JSON) -> JSON:
    if isinstance(value, list):
        return [_unspelled(item) for item in value]
    if not isinstance(value, dict):
        return value
    return Sealed.read(value) or {name: _unspelled(item) for name, item in value.items()}


def texts(text: str) -> list[str]:
    """A JSON list of texts; raises ValueError on any other."""
    found = _list(parsed(text))
    if not all(isinstance(item, str) for item in found):
        raise ValueError("a list holds something else than text")
    return found


def fit(row: Sequence[Any], kinds: str) -> None:
    """Hold columns against what they were made for: ``t`` text, ``#`` a number, ``T`` and ``?`` the same or nothing.

    SQLite keeps whatever is put into a column. Raises ValueError.
    """
    for value, kind in zip(row, kinds, strict=True):
        if value is None and kind in "T?":
            continue
        if not (isinstance(value, str) if kind in "tT" else _is_number(value)):
            raise ValueError("a column holds a value of another type than its own")


def _is_number(value: object) -> bool:
    """Whether it is a number that a time, a count or a process can have; the largest time is in the year 5138."""
    return isinstance(value, int | float) and abs(value) < 1e11


def _object(value: JSON) -> dict[str, JSON]:
    if not isinstance(value, dict):
        raise ValueError("an object is due")
    return value


def _list(value: JSON) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("a list is due")
    return value


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
    lifecycle = Lifecycle(
        prevent_destroy=value["prevent_destroy"],
        on_remove=value["on_remove"],
        replace=value["replace"],
        ignore_changes=tuple(value["ignore_changes"]),
    )
    fit((lifecycle.prevent_destroy, lifecycle.on_remove, lifecycle.replace), "#tt")
    fit(lifecycle.ignore_changes, "t" * len(lifecycle.ignore_changes))
    return lifecycle
