"""What a state holds, put together from the rows of any store. Pure; what this tool did not write is told as damage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reconciler.errors import STATE_CORRUPT, ReconcilerError
from reconciler.model import Address, Intent, LedgerLine, Recorded, Snapshot, Tombstone, parsed
from reconciler.state import codec
from reconciler.state.contents import Contents, Run

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class About:
    """What a state says of itself. ``moved_to`` is the label of the store it was migrated to."""

    lineage: str
    serial: int
    project: str
    environment: str | None
    born_of: str | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of a state: records and ledger by address, journal and runs oldest first, in the codec's columns.

    ``listings`` are (reference, ids as JSON) of the journal's lines in ``journal``.
    """

    origins: Sequence[Row]
    records: Sequence[Row]
    tombstones: Sequence[Row]
    journal: Sequence[Row]
    listings: Sequence[Row]
    ledger: Sequence[Row] = ()


def snapshot(label: str, about: About, held: Held) -> Snapshot:
    """Everything a plan needs; ``held.journal`` are the open writes. Raises STATE_CORRUPT for a contradiction."""
    with undamaged(label):
        return Snapshot(
            exists=True,
            lineage=about.lineage,
            serial=about.serial,
            project=about.project,
            environment=about.environment,
            origins=dict(held.origins),  # type: ignore[arg-type]
            records=records(label, held.records),
            tombstones=frozenset(Tombstone(*row) for row in held.tombstones),
            open_intents=intents(held.journal, held.listings),
            ledger={line.address: line for line in map(ledger_line, held.ledger)},
            born_of=about.born_of,
        )


def contents(label: str, about: About, held: Held, lines: Iterable[Row]) -> Contents:
    """Everything; ``held.journal`` is the whole journal, ``lines`` the history's. Raises STATE_CORRUPT."""
    with undamaged(label):
        return Contents(
            lineage=about.lineage,
            serial=about.serial,
            project=about.project,
            environment=about.environment,
            born_of=about.born_of,
            origins=dict(held.origins),  # type: ignore[arg-type]
            records=tuple(record for _, record in sorted(records(label, held.records).items())),
            tombstones=frozenset(Tombstone(*row) for row in held.tombstones),
            ledger=tuple(sorted(map(ledger_line, held.ledger), key=lambda line: line.address)),
            journal=intents(held.journal, held.listings),
            runs=runs(lines),
            moved_to=about.moved_to,
        )


def records(label: str, rows: Sequence[Row]) -> dict[Address, Recorded]:
    """Records by address; raises STATE_CORRUPT where two hold one live object."""
    found = {record.address: record for record in codec.records_of(rows)}
    owners: dict[tuple[str, str, str, str], Address] = {}
    for address, record in found.items():
        place = (record.connection, address.provider, address.type, record.id)
        if owners.setdefault(place, address) is not address:
            raise corrupt(label, f"holds one live object, {record.id}, twice: {owners[place]} and {address}")
    return found


def intents(rows: Iterable[Row], listings: Iterable[Row]) -> tuple[Intent, ...]:
    """Intents with the ids of their listings; one whose listing was let go of has seen nothing."""
    ids = {reference: tuple(codec.texts(text)) for reference, text in listings}
    return tuple(codec.intent_of(row, ids.get(row[-1], ())) for row in rows)


def runs(rows: Iterable[Row]) -> tuple[Run, ...]:
    """The history from its columns, in the order of ``Run``."""
    return tuple(map(_run, rows))


def ledger_line(row: Row) -> LedgerLine:
    """A line of the ledger from its columns."""
    codec.fit(row, "ttTt#tT")
    return LedgerLine(codec.address_of(row[0]), *row[1:])


def satisfied(rows: Iterable[Row]) -> frozenset[tuple[Address, str]]:
    """Addresses and steps that are done."""
    return frozenset((codec.address_of(address), step) for address, step in rows)


def made(rows: Iterable[Row]) -> Mapping[tuple[str, str, str], float]:
    """When objects were made, by connection, kind and id."""
    return {(place, codec.address_of(address).kind, id_): at for place, address, id_, at in rows}


def _run(row: Row) -> Run:
    codec.fit(row, "ttT#?tt#?T?t")
    id_, command, plan_digest, started, ended, user, host, pid, exit_code, counts, serial, version = row
    said = parsed(counts) if counts else {}
    if not isinstance(said, dict) or not all(isinstance(number, int) for number in said.values()):
        raise ValueError("the counts of a run are no numbers")
    return Run(id_, command, plan_digest, started, ended, user, host, pid, exit_code, said, serial, version)


@contextmanager
def undamaged(label: str) -> Iterator[None]:
    """Tell a value that does not parse as damage."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise corrupt(label, f"holds what this tool did not write ({error})") from error


def corrupt(label: str, what: str) -> ReconcilerError:
    """The error for a state that cannot be used."""
    return ReconcilerError(STATE_CORRUPT, f"the state {label} {what}")
