"""CSV for a spreadsheet: a row a field, and no cell that a spreadsheet program takes for a formula.

A cell can be read back: one apostrophe at its start is taken off; then ``""`` is the empty text, and ``\\\\``, ``\\n``,
``\\uXXXX`` are spelled escapes. An empty cell is null or says that there is nothing.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reconciler.model import JSON, Action, Change, Drift, FieldChange, Pending, Plan, Trouble
from reconciler.model.figures import Figures
from reconciler.report.document import plain
from reconciler.report.fields import drifted_fields, shown_fields
from reconciler.report.history import moment
from reconciler.report.masking import Hidden
from reconciler.report.outline import groups
from reconciler.report.overview import Overview, Standing, Whole
from reconciler.report.phrase import impact_sentence
from reconciler.report.remark import drift_headline, drift_remarks, remarks
from reconciler.report.value import KNOWN_AFTER_APPLY, SENSITIVE
from reconciler.report.view import view_of
from reconciler.report.visible import shortened, visible
from reconciler.schema import Registry

MARK: Final = "\ufeff"  # tells Excel that what follows is UTF-8
LONGEST: Final = 32_000  # characters; Excel takes 32,767 in a cell
# What begins a formula, also in its full-width form, and the quotes that this module gives a meaning at the start.
_GUARDED: Final = tuple("=+-@\t\r\n＝＋－＠'\"")
_PLACE: Final = ("connection", "provider", "kind", "name", "id", "address")
STATUS_COLUMNS: Final = ("state", *_PLACE, "reason", "last_applied", "applied_by", "run")
PLAN_COLUMNS: Final = ("action", *_PLACE, "field", "before", "after", "cause", "data_destroyed", "remarks", "source")
DRIFT_COLUMNS: Final = ("state", *_PLACE, "field", "recorded", "observed", "can_be_put_back", "remarks", "source")


def plan_csv(plan: Plan, registry: Registry, *, reveal: bool = False) -> str:
    """The shown changes by gravity, then what could not be read. What is unchanged has no row."""
    view = view_of(plan, registry, reveal=reveal, whole=False)
    rows = [row for group in groups(view) for change in group.changes for row in _change_rows(change, registry)]
    return _written(PLAN_COLUMNS, [*rows, *_unread(view.troubles, "action")])


def drift_csv(plan: Plan, registry: Registry, *, reveal: bool = False) -> str:
    """The objects that moved, then the unmanaged ones, then what could not be read."""
    view = view_of(plan, registry, reveal=reveal, whole=False)
    rows = [row for drift in view.drift for row in _drift_rows(drift)]
    for item in view.unmanaged:
        provider, _, kind = item.kind.partition("/")
        place = {"connection": item.connection, "provider": provider, "kind": kind, "id": item.id}
        rows.append({"state": "unmanaged", **place, "name": item.key})
    return _written(DRIFT_COLUMNS, [*rows, *_unread(view.troubles, "state")])


def status_csv(overview: Overview) -> str:
    """A row an address, then one a connection; a column for each figure there is. A figure that is not known has an
    empty cell, and its reason in ``not_known``."""
    figures = [one.figures for one in overview.standings] + [one.figures for one in overview.wholes]
    names = sorted({name for one in figures for name in one.shown()})
    rows = [*map(_standing_row, overview.standings), *map(_whole_row, overview.wholes)]
    return _written((*STATUS_COLUMNS, *names, "not_known"), [*rows, *_unread(overview.troubles, "state")])


def _standing_row(one: Standing) -> dict[str, JSON]:
    last, address = one.last, one.address
    applied: dict[str, JSON] = {}
    if last is not None:
        applied = {"last_applied": f"{moment(last.at)} UTC", "applied_by": last.user, "run": last.run}
    return {
        "state": one.sync,
        "connection": one.connection,
        "provider": address.provider,
        "kind": address.type,
        "name": address.name,
        "id": one.id,
        "address": str(address),
        "reason": one.why or None,
        **applied,
        **_counts(one.figures),
    }


def _whole_row(one: Whole) -> dict[str, JSON]:
    return {"state": "connection", "connection": one.connection, "provider": one.provider, **_counts(one.figures)}


def _counts(figures: Figures) -> dict[str, JSON]:
    known = {name: value for name, value in figures.shown().items() if value is not None}
    return {**known, "not_known": _said(f"{name}: {why}" for name, why in figures.reasons().items())}


def cell(value: JSON) -> str:
    """A value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, Hidden):
        return SENSITIVE
    if isinstance(value, Pending):
        return KNOWN_AFTER_APPLY
    if isinstance(value, str):
        return _text(value)
    spelled = json.dumps(plain(value), ensure_ascii=False)
    return spelled if isinstance(value, int | float) else _text(spelled)  # -5 is a number, "-5" would be a text


def _text(text: str) -> str:
    if not text:
        return '""'
    shown = shortened(visible(text.replace("\\", "\\\\")), LONGEST)
    return f"'{shown}" if shown.lstrip().startswith(_GUARDED) or text[0] in "\t\r\n" else shown


def _change_rows(change: Change, registry: Registry) -> Iterator[dict[str, JSON]]:
    address, impact = change.address, change.impact
    once: dict[str, JSON] = {
        "action": "move" if change.tally == "no-op" else change.tally,
        "connection": change.connection,
        "provider": address.provider,
        "kind": address.type,
        "name": address.name,
        "id": change.id,
        "address": str(address),
        "data_destroyed": impact_sentence(impact, registry, address.kind) if impact is not None else None,
        "remarks": _said(remark.whole for remark in remarks(change, registry)),
        "source": None if change.source is None else change.source.where,
    }
    caused = change.action is not Action.DELETE
    yield from _by_field(once, shown_fields(change), ("before", "after"), caused=caused)


def _drift_rows(drift: Drift) -> Iterator[dict[str, JSON]]:
    address = drift.address
    once: dict[str, JSON] = {
        "state": "ignored" if drift.ignored else "gone" if drift.after is None else "changed",
        "connection": drift.connection,
        "provider": address.provider,
        "kind": address.type,
        "name": address.name,
        "id": drift.id,
        "address": str(address),
        "can_be_put_back": "yes" if drift.repairable else "no",
        "remarks": _said([drift_headline(drift), *(remark.whole for remark in drift_remarks(drift))]),
        "source": None if drift.source is None else drift.source.where,
    }
    yield from _by_field(once, drifted_fields(drift), ("recorded", "observed"), caused=False)


def _by_field(
    once: Mapping[str, JSON], fields: Iterable[FieldChange], sides: tuple[str, str], *, caused: bool
) -> Iterator[dict[str, JSON]]:
    """A row a field; what is said of the whole object stands in each, so that rows can be filtered and sorted."""
    none = True
    for change in fields:
        none = False
        after: JSON = KNOWN_AFTER_APPLY if change.after_unknown else change.after
        row = {**once, "field": change.path, sides[0]: change.before, sides[1]: after}
        yield {**row, "cause": change.cause.value} if caused else row
    if none:
        yield dict(once)


def _unread(troubles: Iterable[Trouble], first: str) -> Iterator[dict[str, JSON]]:
    for trouble in troubles:
        provider, _, kind = trouble.kind.partition("/")
        said = f"{trouble.code}: {trouble.message}"
        yield {first: "unread", "connection": trouble.connection, "provider": provider or None, "kind": kind or None,
               "remarks": said}  # fmt: skip


def _said(texts: Iterable[str]) -> str | None:
    return "; ".join(texts) or None


def _written(columns: tuple[str, ...], rows: Iterable[Mapping[str, JSON]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return MARK + file.getvalue()
