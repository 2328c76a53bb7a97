"""One address of a report as the page shows it: a line that opens to its remarks and its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model import Action, Address, Change, Drift, FieldChange, Source
from reconciler.report.fields import creates, drifted_fields, hidden_drift, hidden_fields, shown_fields
from reconciler.report.html.comparison import Comparison, compared
from reconciler.report.outline import shown
from reconciler.report.phrase import headline, impact_sentence, symbol
from reconciler.report.remark import Remark, Tone, drift_headline, drift_remarks, remarks, standing
from reconciler.report.rows import field_of
from reconciler.report.visible import sentence, shortened
from reconciler.schema import Registry

_TEXT = 600  # characters of a message
_ID = 120  # of an id or the name of a connection


@dataclass(frozen=True, slots=True)
class Row:
    """A field: its path, the words beside it (cause and flags), its two sides."""

    path: str
    notes: tuple[str, ...]
    sides: Comparison


@dataclass(frozen=True, slots=True)
class Link:
    """Another address, and where on the page it is, if it is there."""

    address: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Card:
    """One address. ``shape`` is new, gone or both: which sides its fields have."""

    anchor: str
    tally: str
    sign: str
    address: Address
    headline: str
    connection: str
    causes: tuple[str, ...]
    remarks: tuple[Remark, ...]
    rows: tuple[Row, ...]
    hidden: int
    shape: str
    loss: str
    id: str
    source: str
    depends: tuple[Link, ...] = ()


def anchors(changes: Iterable[Change]) -> Mapping[Address, str]:
    """Where on the page each change is."""
    return {change.address: f"c{number}" for number, change in enumerate(changes, 1)}


def change_card(change: Change, registry: Registry, places: Mapping[Address, str], after: str = "") -> Card:
    """A change; ``after`` is an anchor for one that is not among the places."""
    fields = shown_fields(change)
    shape = "new" if creates(change) else "gone" if change.action is Action.DELETE else "both"
    impact = change.impact
    loss = impact_sentence(impact, registry, change.address.kind) if impact is not None and impact.loses_data else ""
    said = remarks(change, registry) if shown(change) else standing(change)
    replacing = change.action.replaces or change.blocked is not None
    return Card(
        anchor=places.get(change.address, after),
        tally=change.tally,
        sign=symbol(change),
        address=change.address,
        headline=headline(change),
        connection=sentence(change.connection, _ID),
        causes=_causes(fields if shape == "both" else ()),
        remarks=_said(said),
        rows=_rows(fields, registry, change.address.kind, caused=shape == "both", replacing=replacing),
        hidden=hidden_fields(change),
        shape=shape,
        loss=shortened(loss, _TEXT),
        id=sentence(change.id or "", _ID),
        source=_source(change.source),
        depends=tuple(Link(str(other), places.get(other, "")) for other in sorted(change.depends_on)),
    )


def drift_card(drift: Drift, registry: Registry, anchor: str, tally: str) -> Card:
    """A drift: recorded on the left, observed on the right."""
    gone = drift.after is None
    fields = drifted_fields(drift)
    return Card(
        anchor=anchor,
        tally=tally,
        sign="-" if gone else "~",
        address=drift.address,
        headline=shortened(drift_headline(drift), _TEXT),
        connection=sentence(drift.connection, _ID),
        causes=() if gone else _causes(fields),
        remarks=_said(drift_remarks(drift)),
        rows=_rows(fields, registry, drift.address.kind, caused=False),
        hidden=hidden_drift(drift),
        shape="gone" if gone else "both",
        loss="" if drift.repairable else "the API cannot put this back",
        id=sentence(drift.id, _ID),
        source=_source(drift.source),
    )


def _said(found: Iterable[Remark]) -> tuple[Remark, ...]:
    return tuple(Remark(remark.tone, shortened(remark.text.strip("()") if remark.tone is Tone.NOTE else remark.text,
                                               _TEXT), remark.lead) for remark in found)  # fmt: skip


def _causes(fields: Iterable[FieldChange]) -> tuple[str, ...]:
    return tuple(sorted({change.cause.value for change in fields}))


def _rows(
    fields: Iterable[FieldChange], registry: Registry, kind: str, *, caused: bool, replacing: bool = False
) -> tuple[Row, ...]:
    rtype = registry.types.get(kind)
    return tuple(
        Row(
            sentence(change.path, _TEXT),
            _notes(change, caused, replacing),
            compared(change, field_of(change.path, rtype)),
        )
        for change in fields
    )


def _notes(change: FieldChange, caused: bool, replacing: bool) -> tuple[str, ...]:
    notes = [change.cause.value] if caused else []
    notes += ["ignored"] if change.ignored else []
    notes += ["forces replacement"] if replacing and change.forces_replacement else []
    return tuple(notes)


def _source(source: Source | None) -> str:
    return sentence(source.where, _TEXT) if source is not None else ""
