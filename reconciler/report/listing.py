"""What the state holds, as a table, a block or a document."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model import JSON, Lifecycle, Recorded
from reconciler.report.columns import columns
from reconciler.report.document import plain
from reconciler.report.masking import masked_record, sensitive_names
from reconciler.report.rows import Row, created_row, drawn
from reconciler.report.shape import FORMAT_VERSION
from reconciler.report.style import Style
from reconciler.report.value import spelled
from reconciler.report.visible import quoted, visible
from reconciler.schema import Registry

_PLAIN = Style()
_HEADINGS = ("ADDRESS", "ID", "CONNECTION")


def records_text(records: Iterable[Recorded], style: Style = _PLAIN) -> str:
    """A table, a record a line, sorted by address; ends with a newline. The address is the first word of its line."""
    cells = [(str(r.address), visible(r.id), visible(r.connection)) for r in _sorted(records)]
    if not cells:
        return "The state is empty.\n"
    return "\n".join(columns(_HEADINGS, cells, style)) + "\n"


def records_document(records: Iterable[Recorded]) -> dict[str, JSON]:
    """The list of records without their fields."""
    return {"format_version": FORMAT_VERSION, "resources": [_head(record) for record in _sorted(records)]}


def record_text(record: Recorded, registry: Registry, style: Style = _PLAIN, *, reveal: bool = False) -> str:
    """One record as a block; ends with a newline."""
    shown = _shown(record, registry, reveal=reveal)
    rtype = registry.types.get(record.address.kind)
    rows = [Row("", "id", (spelled(shown.id),))]
    rows += [_unsigned(created_row(name, value, rtype, _PLAIN)) for name, value in sorted(shown.fields.items())]
    notes = [f"connection {visible(shown.connection)}" + (f" at {visible(shown.origin)}" if shown.origin else "")]
    notes += [f"depends on {other}" for other in sorted(shown.depends_on)]
    notes += [f"last declared in {visible(str(shown.source))}"] if shown.source is not None else []
    notes += [f"lifecycle.{name} is {spelled(value)}" for name, value in _lifecycle(shown.lifecycle).items()]
    head = [f"{style.bold('#')} {style.bold(str(shown.address))}", *(f"# {note}" for note in notes)]
    body = [line.removeprefix("    ") for line in drawn(rows, style)]
    return "\n".join([*head, f"{shown.address.type} {quoted(shown.address.name)} {{", *body, "}"]) + "\n"


def record_document(record: Recorded, registry: Registry, *, reveal: bool = False) -> dict[str, JSON]:
    """One record with its fields; sensitive ones are marked."""
    shown = _shown(record, registry, reveal=reveal)
    sensitive = sensitive_names(record.address.kind, (), registry) & set(shown.fields)
    return {
        "format_version": FORMAT_VERSION,
        **_head(shown),
        "fields": plain(shown.fields),
        "sensitive": dict.fromkeys(sorted(sensitive), True),
        "lifecycle": plain(_lifecycle(shown.lifecycle)),
    }


def _shown(record: Recorded, registry: Registry, *, reveal: bool) -> Recorded:
    return record if reveal else masked_record(record, registry)


def _sorted(records: Iterable[Recorded]) -> list[Recorded]:
    return sorted(records, key=lambda record: record.address)


def _head(record: Recorded) -> dict[str, JSON]:
    address = record.address
    return {
        "address": str(address),
        "provider_name": address.provider,
        "connection": record.connection,
        "type": address.type,
        "name": address.name,
        "id": record.id,
        "origin": record.origin,
        "depends_on": sorted(str(other) for other in record.depends_on),
        "source": None if record.source is None else {"file": record.source.file, "line": record.source.line},
    }


def _lifecycle(lifecycle: Lifecycle) -> dict[str, JSON]:
    """The settings that are not the default, in the manifest's spelling."""
    default = Lifecycle()
    settings: dict[str, tuple[JSON, JSON]] = {
        "preventDestroy": (lifecycle.prevent_destroy, default.prevent_destroy),
        "onRemove": (lifecycle.on_remove, default.on_remove),
        "replace": (lifecycle.replace, default.replace),
        "ignoreChanges": (list(lifecycle.ignore_changes), list(default.ignore_changes)),
    }
    return {name: value for name, (value, usual) in settings.items() if value != usual}


def _unsigned(row: Row) -> Row:
    """The row as a plain fact: no sign, and none before its items."""
    items = (line.replace("+ ", "  ", 1) if line.lstrip().startswith("+ ") else line for line in row.lines[1:])
    return Row("", row.name, (row.lines[0], *items))
