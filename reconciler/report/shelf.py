"""The shipped schemas, listed; and what to tell other programs once they are written."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model import JSON
from reconciler.report.columns import columns
from reconciler.report.style import Style
from reconciler.schema.shipped import MANIFEST, Shipped, shipped

_PLAIN = Style()
TEMPLATE = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"  # as kubeconform chooses a schema


def shelf_text(schemas: Sequence[Shipped], style: Style = _PLAIN) -> str:
    """A line for each schema; ends with a newline."""
    rows = [(one.name, _first_sentence(one.description) or one.title) for one in schemas]
    return "\n".join(columns(("Schema", "What it describes"), rows, style)) + "\n"


def shelf_document(schemas: Sequence[Shipped]) -> dict[str, JSON]:
    """The same for programs; ``file`` is where ``schema --out`` puts it."""
    rows: list[JSON] = [
        {"name": one.name, "title": one.title, "description": one.description, "file": one.place} for one in schemas
    ]
    return {"format_version": "1.0", "schemas": rows}


def written_text(folder: str, files: Sequence[str]) -> str:
    """What was written, and the lines for other programs; ends with a newline."""
    manifest = f"{folder}/{shipped()[MANIFEST].place}"
    return (
        f"Wrote {len(files)} schemas to {folder}.\n\n"
        "In the first line of a manifest, for editors (the path is from the manifest's folder):\n"
        f"  # yaml-language-server: $schema={_from_below(manifest)}\n"
        "For check-jsonschema:\n"
        f"  check-jsonschema --schemafile {manifest} manifests/*.yaml\n"
        "For kubeconform:\n"
        f"  kubeconform -strict -schema-location '{folder}/{TEMPLATE}' manifests/\n"
    )


def _from_below(path: str) -> str:
    return path if path.startswith("/") else f"../{path}"


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".")
