"""What a kind's schema asks of one field of a template, before any row is filled in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.document import Path
from reconciler.document.violation import schema_at

Schema = Mapping[str, Any]
_TYPES: Mapping[type, str] = {bool: "boolean", int: "number", float: "number", str: "string"}


def due(schema: Schema, path: Path) -> frozenset[str]:
    """What a text is read as for the field at a path: ``number``, ``boolean``. Nothing where the field takes text, or
    where the schema does not say."""
    kinds = {kind for branch in _branches(schema_at(schema, path)) for kind in _kinds(branch)}
    return frozenset() if "string" in kinds else frozenset(kinds & {"number", "boolean"})


def required(schema: Schema, path: Path) -> bool:
    """Whether the field at a path has to be there. An item of a list never has."""
    name = path[-1]
    branches = _branches(schema_at(schema, path[:-1]))
    return any(name in branch.get("required", ()) and name in branch.get("properties", ()) for branch in branches)


def _branches(schema: Schema) -> list[Schema]:
    """A schema and its alternatives."""
    return [schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())]


def _kinds(schema: Schema) -> Iterator[str]:
    """The types of values that a schema takes."""
    named = schema.get("type", [])
    for kind in [named] if isinstance(named, str) else named:
        yield "number" if kind == "integer" else kind
    for value in [*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])]:
        yield _TYPES.get(type(value), "")
