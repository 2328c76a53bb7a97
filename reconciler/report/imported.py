"""What an import found and wrote, as text and as a document."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.model import JSON, Address, Trouble
from reconciler.report.columns import columns
from reconciler.report.notice import trouble_notice
from reconciler.report.phrase import number_of
from reconciler.report.shape import FORMAT_VERSION, trouble_document
from reconciler.report.style import Style
from reconciler.report.visible import quoted, sentence, visible

_MOST_TOLD: Final = 50  # objects or fields of a list, beyond which --json has the rest
_MOST_NAMED: Final = 20  # files that are named one by one after an import; of a dry run all are
_NO_FIELDS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Manifest:
    """A live object that got a manifest. ``omitted`` are the fields that it does not declare, and why."""

    address: Address
    connection: str
    id: str
    key: str
    file: str
    omitted: Mapping[str, str] = field(default_factory=lambda: _NO_FIELDS)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A live object that got none: the reason in a word, and in a sentence."""

    connection: str
    kind: str
    id: str
    key: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Objects that may be one store: each with its kind and id, and its key; and why they are not paired."""

    objects: tuple[str, ...]
    keys: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Import:
    """Everything an import has to say. ``managed`` counts by (connection, kind) what has its manifest or record."""

    project: str
    environment: str | None
    imported: tuple[Manifest, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    files: tuple[str, ...] = ()
    managed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    dry_run: bool = False
    folder: str = ""
    stores: int = 0  # that were paired
    near: tuple[NearMiss, ...] = ()


def imported_document(found: Import) -> JSON:
    """The document of ``import --json``."""
    return {
        "format_version": FORMAT_VERSION,
        "project": found.project,
        "environment": found.environment,
        "dry_run": found.dry_run,
        "summary": {
            "imported": len(found.imported),
            "skipped": len(found.skipped),
            "managed": sum(found.managed.values()),
            "paired": found.stores,
        },
        "files": list(found.files),
        "imported": [_manifest_document(one) for one in found.imported],
        "skipped": [_skipped_document(one) for one in found.skipped],
        "managed": [
            {"connection": connection, "type": kind.partition("/")[2], "count": count}
            for (connection, kind), count in sorted(found.managed.items())
        ],
        "near_misses": [{"objects": list(one.objects), "message": one.message} for one in found.near],
        "warnings": list(found.notes),
        "errors": [trouble_document(trouble) for trouble in found.troubles],
    }


def _manifest_document(one: Manifest) -> JSON:
    return {
        "address": str(one.address),
        "connection": one.connection,
        "type": one.address.type,
        "id": one.id,
        "key": one.key,
        "file": one.file,
        "omitted": [{"field": name, "message": one.omitted[name]} for name in sorted(one.omitted)],
    }


def _skipped_document(one: Skipped) -> JSON:
    return {
        "connection": one.connection,
        "type": one.kind.partition("/")[2],
        "id": one.id,
        "key": one.key,
        "reason": one.reason,
        "message": one.message,
    }


def imported_text(found: Import, style: Style) -> str:
    """Tables of what was imported, then what was not and why, and what to do next; ends with a newline."""
    parts = [_head(found, style), _counts(found, style), _named(found, style), _omitted(found), _skipped(found, style)]
    parts += [_near(found, style), _managed(found)]
    parts.append("\n".join(f"note: {sentence(note)}" for note in found.notes))
    parts += [trouble_notice(trouble, style) for trouble in found.troubles]
    parts.append(_next(found))
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(found: Import, style: Style) -> str:
    if not found.imported:
        return style.bold("Nothing was imported." if found.troubles else "Nothing to import.")
    verb = "Would import" if found.dry_run else "Imported"
    objects, files = number_of(len(found.imported), "live object"), number_of(len(found.files), "file")
    stores = f" {number_of(found.stores, 'store is', 'stores are')} paired." if found.stores else ""
    return style.bold(f"{verb} {objects} into {files} below {visible(found.folder)}/.") + stores


def _counts(found: Import, style: Style) -> str:
    counts = Counter((one.connection, one.address.kind) for one in found.imported)
    left = Counter((one.connection, one.kind) for one in found.skipped)
    places = sorted({*counts, *left, *found.managed})
    rows = [
        (connection, kind, f"{counts[place]:,}", f"{left[place]:,}", f"{found.managed.get(place, 0):,}")
        for place in places
        for connection, kind in [place]
    ]
    heads = ("CONNECTION", "KIND", "IMPORTED", "SKIPPED", "MANAGED")
    return "\n".join(columns(heads, rows, style, right=(2, 3, 4))) if rows else ""


def _named(found: Import, style: Style) -> str:
    if len(found.imported) > _MOST_NAMED and not found.dry_run:
        return ""
    rows = [(str(one.address), visible(one.file)) for one in found.imported]
    return "\n".join(columns(("ADDRESS", "FILE"), rows, style)) if rows else ""


def _omitted(found: Import) -> str:
    lines = [
        f"  {one.address}: {name}: {sentence(one.omitted[name])}"
        for one in found.imported
        for name in sorted(one.omitted)
    ]
    return _listed("Fields that could not be declared:", lines)


def _skipped(found: Import, style: Style) -> str:
    lines = [
        f"  {one.kind} {visible(one.id)}{f' ({quoted(one.key)})' if one.key else ''}: {sentence(one.message)}"
        for one in found.skipped
    ]
    return _listed(style.yellow("Not imported:"), lines)


def _near(found: Import, style: Style) -> str:
    lines = []
    for one in found.near:
        pairs = zip(one.objects, one.keys, strict=True)
        lines.append(f"  {', '.join(f'{visible(object)} ({quoted(key)})' for object, key in pairs)}: {one.message}")
    return _listed(style.yellow("Perhaps the same store, and not paired:"), lines)


def _listed(head: str, lines: list[str]) -> str:
    more = [f"  … and {len(lines) - _MOST_TOLD:,} more, which --json lists"] if len(lines) > _MOST_TOLD else []
    return "\n".join([head, *lines[:_MOST_TOLD], *more]) if lines else ""


def _managed(found: Import) -> str:
    count = sum(found.managed.values())
    if not count:
        return ""
    return f"{number_of(count, 'live object has', 'live objects have')} a manifest or a record already."


def _next(found: Import) -> str:
    plan = shlex.join(["reconciler", "plan", *(["--env", found.environment] if found.environment else [])])
    if not found.imported:
        if found.troubles:
            return "Put that right, and run import again."
        return f"See what an apply would do: {plan}" if sum(found.managed.values()) else ""
    if found.dry_run:
        return "Nothing was written: this was a dry run."
    rest = "\nWith the errors put right, import goes on with what it could not read." if found.troubles else ""
    return f"Nothing was changed at a vendor. Read the files, then run: {plan}{rest}"
