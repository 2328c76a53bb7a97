"""A plan and a drift report as the documents of ``--json``; schemas/plan.json and schemas/drift.json describe them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from reconciler.model import (
    JSON,
    Address,
    Blocked,
    Change,
    Drift,
    Estimate,
    FieldChange,
    GuardStop,
    Impact,
    Plan,
    Selection,
    Source,
    Trouble,
    Unmanaged,
)
from reconciler.model.acceptance import Accepted
from reconciler.report.document import plain, unknown
from reconciler.report.masking import root, sensitive_names
from reconciler.report.view import view_of
from reconciler.schema import Registry

Document: TypeAlias = dict[str, JSON]
FORMAT_VERSION: Final = "1.0"


def plan_document(plan: Plan, registry: Registry, *, reveal: bool = False) -> Document:
    """The document of ``plan --json``. ``reveal`` shows personal data; they stay marked as sensitive."""
    view = view_of(plan, registry, reveal=reveal)
    return {
        "format_version": FORMAT_VERSION,
        "project": view.project,
        "environment": view.environment,
        "applyable": view.applyable,
        "summary": view.summary(),
        "resource_changes": [_change(change, registry) for change in view.changes],
        "resource_drift": [_drift(drift, registry) for drift in view.drift],
        "unmanaged": [_unmanaged(item) for item in view.unmanaged],
        "calls": {name: {"read": calls.read, "write": calls.write} for name, calls in sorted(view.calls.items())},
        "estimate": {name: _estimate(one) for name, one in sorted(view.estimates.items())},
        "errors": [trouble_document(trouble) for trouble in view.troubles],
        "guards": [_guard(stop) for stop in view.stops],
        "warnings": list(view.warnings),
        "selection": _selection(view.selection),
    }


def _estimate(one: Estimate) -> Document:
    return {"requests": one.requests, "seconds": one.seconds, "requests_per_second": one.limit}


def drift_document(
    plan: Plan, registry: Registry, *, reveal: bool = False, accepted: Sequence[Accepted] | None = None
) -> Document:
    """The document of ``drift --json``. ``accepted`` is what ``--accept`` wrote, None where it was not given."""
    view = view_of(plan, registry, reveal=reveal)
    return {
        "format_version": FORMAT_VERSION,
        "project": view.project,
        "environment": view.environment,
        "summary": drift_summary(view),
        "resource_drift": [_drift(drift, registry) for drift in view.drift],
        "unmanaged": [_unmanaged(item) for item in view.unmanaged],
        "errors": [trouble_document(trouble) for trouble in view.troubles],
        "selection": _selection(view.selection),
        **({} if accepted is None else {"accepted": [_accepted(one) for one in accepted]}),
    }


def drift_summary(plan: Plan) -> dict[str, int]:
    """How many objects moved: changed, gone, of these unrepairable; ignored ones and unmanaged ones apart."""
    moved = [drift for drift in plan.drift if not drift.ignored]
    return {
        "drifted": sum(drift.after is not None for drift in moved),
        "gone": sum(drift.after is None for drift in moved),
        "unrepairable": sum(not drift.repairable for drift in moved),
        "ignored": sum(drift.ignored for drift in plan.drift),
        "unmanaged": len(plan.unmanaged),
    }


def path_steps(path: str) -> list[str | int]:
    """A field path as the list of its steps, positions in lists as numbers."""
    steps = path.replace("[", ".").replace("]", "").split(".")
    return [int(step) if step.isdecimal() else step for step in steps if step]


def _change(change: Change, registry: Registry) -> Document:
    address = change.address
    return {
        **_head(address, change.connection, change.id),
        "change": {
            "actions": change.action.actions,
            **({"held": True} if change.held else {}),
            **_sides(
                change.before, change.after, change.fields, sensitive_names(address.kind, change.fields, registry)
            ),
            "importing": None if change.importing is None else {"id": change.importing},
        },
        "fields": [_field(field) for field in change.fields],
        "action_reason": change.reason,
        "blocked": _blocked(change.blocked),
        "impact": _impact(change.impact),
        "depends_on": sorted(str(other) for other in change.depends_on),
        "source": source_document(change.source),
        "previous_address": None if change.previous_address is None else str(change.previous_address),
        "previous_connection": change.previous_connection,
        "deactivates": change.deactivates,
        "given_up": sorted(change.given_up),
        "unverified": sorted(change.unverified),
        "warnings": list(change.warnings),
    }


def _drift(drift: Drift, registry: Registry) -> Document:
    names = sensitive_names(drift.address.kind, drift.fields, registry)
    return {
        **_head(drift.address, drift.connection, drift.id),
        "change": {
            "actions": ["delete"] if drift.after is None else ["update"],
            **_sides(drift.before, drift.after, drift.fields, names),
            "importing": None,
        },
        "fields": [_field(field) for field in drift.fields],
        "ignored": drift.ignored,
        "repairable": drift.repairable,
        "message": drift.message,
        "source": source_document(drift.source),
    }


def _accepted(accepted: Accepted) -> Document:
    fields = [_field(field) for field in accepted.fields]
    return {"address": str(accepted.address), "fields": fields, "source": source_document(accepted.source)}


def _head(address: Address, connection: str, id: str | None) -> Document:
    return {
        "address": str(address),
        "provider_name": address.provider,
        "connection": connection,
        "type": address.type,
        "name": address.name,
        "id": id,
    }


def _sides(
    before: Mapping[str, JSON] | None,
    after: Mapping[str, JSON] | None,
    fields: tuple[FieldChange, ...],
    sensitive: frozenset[str],
) -> Document:
    """Before and after with what is unknown and sensitive of them. A field not yet known is left out of ``after``."""
    pending = {name for name, value in (after or {}).items() if unknown(value)}
    pending |= {root(field.path) for field in fields if field.after_unknown}
    known = None if after is None else {name: value for name, value in after.items() if name not in pending}
    return {
        "before": plain(before),
        "after": plain(known),
        "after_unknown": dict.fromkeys(sorted(pending), True),
        "before_sensitive": dict.fromkeys(sorted(sensitive & set(before or ())), True),
        "after_sensitive": dict.fromkeys(sorted(sensitive & set(after or ())), True),
        "replace_paths": [path_steps(field.path) for field in fields if field.forces_replacement],
    }


def _field(field: FieldChange) -> Document:
    document: Document = {
        "path": field.path,
        "before": plain(field.before),
        "after": None if _unknown_after(field) else plain(field.after),
        "cause": field.cause.value,
    }
    flags = {
        "sensitive": field.sensitive,
        "ignored": field.ignored,
        "forces_replacement": field.forces_replacement,
        "after_unknown": _unknown_after(field),
    }
    return document | {name: True for name, held in flags.items() if held}


def _unknown_after(field: FieldChange) -> bool:
    return field.after_unknown or unknown(field.after)


def _blocked(blocked: Blocked | None) -> Document | None:
    if blocked is None:
        return None
    document: Document = {"code": blocked.code, "message": blocked.message}
    if blocked.candidates:
        document["candidates"] = sorted(blocked.candidates)
    if blocked.because is not None:
        document["because"] = str(blocked.because)
    return document


def _impact(impact: Impact | None) -> Document | None:
    if impact is None:
        return None
    document: Document = dict(sorted(impact.counts.items()))
    if impact.unknowable:
        document["unknowable"] = sorted(impact.unknowable)
    if impact.failed is not None:
        document["failed"] = impact.failed
    return document


def source_document(source: Source | None) -> Document | None:
    """Where something is declared; ``row`` is there only for what a ResourceSet makes."""
    if source is None:
        return None
    row = {} if source.row is None else {"row": {"file": source.row.file, "line": source.row.line}}
    return {"file": source.file, "line": source.line, **row}


def _unmanaged(item: Unmanaged) -> Document:
    return {"connection": item.connection, "type": item.kind.partition("/")[2], "id": item.id, "key": item.key}


def trouble_document(trouble: Trouble) -> Document:
    """A part of the world that could not be read."""
    return {
        "connection": trouble.connection,
        "type": trouble.kind.partition("/")[2] or None,
        "code": trouble.code,
        "message": trouble.message,
        "hint": trouble.hint,
        "exit_code": trouble.exit_code,
    }


def _guard(stop: GuardStop) -> Document:
    return {
        "code": stop.code,
        "message": stop.message,
        "addresses": sorted(str(address) for address in stop.addresses),
        "consent": stop.consent,
    }


def _selection(selection: Selection) -> Document:
    return {
        "files": list(selection.files),
        "targets": list(selection.targets),
        "excludes": list(selection.excludes),
        "complete": selection.complete,
        "destroy": selection.destroy,
    }
