"""A kind's schema as editors hold it against a template of a ResourceSet: where a number, a choice or a pattern is due,
a text with a placeholder will do. What it comes to is checked when it is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.document.placeholder import SIGN
from reconciler.model import JSON

PLACEHOLDER: Final = "template.placeholder"
_REFERENCE: Final[dict[str, JSON]] = {"$ref": f"#/$defs/{PLACEHOLDER}"}
_STRICT: Final = frozenset({"pattern", "enum", "const", "maxLength", "format"})
_BESIDE: Final = ("description", "default", "examples", "readOnly", "writeOnly")
_HEADERS: Final = ("apiVersion", "kind")


def placeholder() -> dict[str, JSON]:
    """The schema of a text that holds a placeholder."""
    about = f"A text with {SIGN}input.COLUMN}} or {SIGN}value.NAME}} in it."
    return {"type": "string", "pattern": r"\$\{", "description": about}


def outline(document: Mapping[str, Any]) -> dict[str, JSON]:
    """A kind's schema for its templates; the words for the tool itself (``x-``) are left out."""
    kept = {key: value for key, value in document.items() if key not in ("$schema", "$id") and not key.startswith("x-")}
    properties = document["properties"]
    parts = {name: part if name in _HEADERS else _opened(part) for name, part in properties.items()}
    return {**kept, "title": f"{kept['title']}, as a template", "properties": parts}


def _opened(schema: Mapping[str, Any]) -> dict[str, JSON]:
    """A field's schema that takes a placeholder too, and so do all fields in it."""
    inner: dict[str, Any] = {key: _part(key, value) for key, value in schema.items() if not key.startswith("x-")}
    if "properties" in inner or "additionalProperties" in inner:
        if "oneOf" in inner:  # which of several fields is left out depends on the row
            inner["anyOf"] = inner.pop("oneOf")
        return inner
    if "items" in inner or _takes_any_text(inner):
        return inner
    about: dict[str, Any] = {key: inner.pop(key) for key in _BESIDE if key in inner}
    return {**about, "anyOf": [*(inner.get("oneOf") or [inner]), _REFERENCE]}


def _part(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: _opened(part) for name, part in value.items()}
    if key in ("items", "additionalProperties") and isinstance(value, dict):
        return _opened(value)
    if key == "oneOf":
        return [_opened(branch) if "properties" in branch else branch for branch in value]
    return value


def _takes_any_text(schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type", ())
    return "string" in ([kinds] if isinstance(kinds, str) else kinds) and _STRICT.isdisjoint(schema)
