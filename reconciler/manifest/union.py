"""schemas/manifest.json: every kind in one schema, for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping

from reconciler.manifest.removal import API_VERSION, REMOVAL, removal_shape
from reconciler.model import JSON
from reconciler.schema import Registry, load, schemas_folder

_ABOUT = "A manifest of any kind. Generated from the schemas of the kinds; it stands alone."


def union_schema(registry: Registry) -> dict[str, JSON]:
    """One schema for every kind: apiVersion and kind choose which one holds."""
    kinds = {(t.api_version, t.type): t.document for t in registry.types.values()}
    kinds[(API_VERSION, REMOVAL)] = removal_shape().schema
    pairs = sorted(kinds)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:reconciler:schema:manifest",
        "title": "reconciler manifest",
        "description": _ABOUT,
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": {"enum": sorted({version for version, _ in pairs}), "description": "The vendor's format."},
            "kind": {"enum": sorted({kind for _, kind in pairs}), "description": "The kind of resource."},
        },
        "anyOf": [_header(*pair) for pair in pairs],
        "allOf": [{"if": _header(*pair), "then": {"$ref": f"#/$defs/{_name(*pair)}"}} for pair in pairs],
        "$defs": {_name(*pair): _embedded(kinds[pair]) for pair in pairs},
    }


def _header(version: str, kind: str) -> JSON:
    return {
        "required": ["apiVersion", "kind"],
        "properties": {"apiVersion": {"const": version}, "kind": {"const": kind}},
    }


def _name(version: str, kind: str) -> str:
    return f"{version.replace('/', '.')}.{kind}"  # no slash: editors differ in how they read an escaped one


def _embedded(document: Mapping[str, JSON]) -> dict[str, JSON]:
    return {key: value for key, value in document.items() if key not in ("$schema", "$id")}


def union_text(registry: Registry) -> str:
    """The file's text."""
    return json.dumps(union_schema(registry), indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write the file anew after a kind's schema was changed."""
    (schemas_folder() / "manifest.json").write_text(union_text(load()), encoding="utf-8")
