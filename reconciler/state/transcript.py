"""A whole state as one JSON document, and back, strictly: what `state pull` writes and `state push` takes.

The document's shape is schemas/state.json. What the ids seen before a write were is kept once for all writes that share
it. Personal data is in the document as in the state: as digests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from reconciler.model import JSON, Intent, LedgerLine, Recorded, Tombstone
from reconciler.state import codec
from reconciler.state.contents import OPEN, Contents, Run

FORMAT_VERSION = "1.0"
T = TypeVar("T")

_RECORD = ("address", "connection", "id", "fields", "origin", "depends_on", "lifecycle", "source")
_INTENT = (
    "id",
    "run",
    "address",
    "action",
    "step",
    "connection",
    "object_id",
    "request",
    "request_digest",
    "plan_digest",
    "at",
    "phase",
    "after",
    "detail",
    "identity",
    "listing",
)
_JSON_COLUMNS = frozenset({"fields", "depends_on", "lifecycle", "request"})
_RUN = (
    "id",
    "command",
    "plan_digest",
    "started",
    "ended",
    "user",
    "host",
    "pid",
    "exit_code",
    "counts",
    "serial",
    "version",
)


class Unfit(ValueError):
    """The document is no state; the message says why, for people."""


def transcript(contents: Contents) -> dict[str, JSON]:
    """The document; the same state gives the same document."""
    listings: dict[str, list[str]] = {}
    return {
        "format_version": FORMAT_VERSION,
        "lineage": contents.lineage,
        "serial": contents.serial,
        "project": contents.project,
        "environment": contents.environment,
        "born_of": contents.born_of,
        "origins": dict(sorted(contents.origins.items())),
        "records": [_named(_RECORD, codec.record_row(record)) for record in contents.records],
        "tombstones": [
            {"kind": t.kind, "connection": t.connection, "id": t.id}
            for t in sorted(contents.tombstones, key=lambda t: (t.kind, t.connection, t.id))
        ],
        "ledger": [
            {
                "address": str(line.address),
                "identity": line.identity,
                "key_id": line.key_id,
                "run": line.run,
                "at": line.at,
                "connection": line.connection,
                "object_id": line.object_id,
            }
            for line in contents.ledger
        ],
        "intents": [_intent(intent, listings) for intent in contents.journal],
        "listings": dict(sorted(listings.items())),
        "runs": [{name: getattr(run, name) for name in _RUN} for run in contents.runs],
    }


def contents_of(document: Mapping[str, Any]) -> Contents:
    """The state of a document of the right shape; raises Unfit where it contradicts itself."""
    if document["format_version"] != FORMAT_VERSION:
        raise Unfit(f"its format_version is {document['format_version']}, and this version knows {FORMAT_VERSION}")
    listings = {reference: tuple(ids) for reference, ids in document["listings"].items()}
    contents = Contents(
        lineage=document["lineage"],
        serial=document["serial"],
        project=document["project"],
        environment=document["environment"],
        born_of=document["born_of"],
        origins=dict(document["origins"]),
        records=_each("records", document["records"], _record_of),
        tombstones=frozenset(Tombstone(t["kind"], t["connection"], t["id"]) for t in document["tombstones"]),
        ledger=_each("ledger", document["ledger"], _ledger_line_of),
        journal=_each("intents", document["intents"], lambda item: _intent_of(item, listings)),
        runs=_each("runs", document["runs"], lambda item: Run(**item)),
    )
    _consistent(contents)
    return contents


def _consistent(contents: Contents) -> None:
    _once("the address", (str(record.address) for record in contents.records))
    _once("the live object", (_place(record) for record in contents.records))
    _once("the ledger's address", (str(line.address) for line in contents.ledger))
    _once("the write", (intent.id for intent in contents.journal))
    _once("the run", (run.id for run in contents.runs))


def _place(record: Recorded) -> str:
    return f"{record.address.kind} {record.id} of {record.connection}"


def _once(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Unfit(f"it holds {what} {name} twice")
        seen.add(name)


def _each(what: str, items: Sequence[Mapping[str, Any]], reader: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    values = []
    for number, item in enumerate(items):
        try:
            values.append(reader(item))
        except Unfit:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unfit(f"{what}[{number}] is nothing that this tool wrote") from error
    return tuple(values)


def _named(names: Sequence[str], row: Sequence[Any]) -> dict[str, JSON]:
    """A row of the codec as a mapping; its JSON columns are spelled out, and an empty one is null."""
    return {
        name: json.loads(value) if name in _JSON_COLUMNS and value is not None else value
        for name, value in zip(names, row, strict=True)
    }


def _row(names: Sequence[str], item: Mapping[str, Any]) -> list[Any]:
    return [
        json.dumps(item[name]) if name in _JSON_COLUMNS and item[name] is not None else item[name] for name in names
    ]


def _record_of(item: Mapping[str, Any]) -> Recorded:
    return codec.record_of(_row(_RECORD, item))


def _ledger_line_of(item: Mapping[str, Any]) -> LedgerLine:
    return LedgerLine(**{**item, "address": codec.address_of(item["address"])})


def _intent(intent: Intent, listings: dict[str, list[str]]) -> dict[str, JSON]:
    reference = None
    if intent.seen and intent.phase in OPEN:
        reference = codec.listing_row(intent.connection, intent.address.kind, intent.seen)[0]
        listings.setdefault(reference, list(intent.seen))
    after = _named(_RECORD, codec.record_row(intent.after)) if intent.after is not None else None
    return {**_named(_INTENT, codec.intent_row(intent, reference)), "after": after}


def _intent_of(item: Mapping[str, Any], listings: Mapping[str, tuple[str, ...]]) -> Intent:
    after, listing = item["after"], item["listing"]
    if listing is not None and listing not in listings:
        raise Unfit(f"the listing of the write {item['id']} is missing")
    row = _row(_INTENT, {**item, "after": json.dumps(_row(_RECORD, after)) if after is not None else None})
    return codec.intent_of(row, listings[listing] if listing is not None else ())
