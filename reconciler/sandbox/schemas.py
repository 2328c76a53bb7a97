"""JSON Schema's words for what the vendors answer; a `default` is what a new object begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
BOOLEAN: Schema = {"type": "boolean"}


def nullable(schema: Schema, **more: Any) -> Schema:
    """The same, or null."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    extra = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [*types, "null"], **extra, **more}


TEXT_OR_NULL = nullable(TEXT)
INTEGER_OR_NULL = nullable(INTEGER)


def choice(*values: str, **more: Any) -> Schema:
    """One of a few texts."""
    return {"type": "string", "enum": list(values), **more}


def record(properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """An object with exactly these members, those that are optional aside."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def array(items: Schema, **more: Any) -> Schema:
    """An array of one sort of entries."""
    return {"type": "array", "items": items, **more}


def fields(schema: Schema, names: str) -> dict[str, Schema]:
    """Several members of the same sort, by names with spaces between them."""
    return dict.fromkeys(names.split(), schema)


def blank(properties: Mapping[str, Schema]) -> dict[str, Any]:
    """The members as a new object has them: their defaults, else null."""
    return {name: schema.get("default") for name, schema in properties.items()}
