"""schemas/manifest.json: every kind in one schema, for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.manifest.outline import PLACEHOLDER, outline, placeholder
from reconciler.manifest.removal import API_VERSION, REMOVAL, removal_shape
from reconciler.manifest.resourceset import RESOURCE_SET, resource_set_shape
from reconciler.model import JSON
from reconciler.schema import Registry, load, schemas_folder

_TEMPLATE = "template."
_ABOUT = "A manifest of any kind. Generated from the schemas of the kinds; it stands alone."


def union_schema(registry: Registry) -> dict[str, JSON]:
    """One schema for every kind: apiVersion and kind choose which one holds."""
    types = {(t.api_version, t.type): t.document for t in registry.types.values()}
    own = {REMOVAL: removal_shape().schema, RESOURCE_SET: _with_templates(resource_set_shape().schema, sorted(types))}
    kinds = types | {(API_VERSION, kind): document for kind, document in own.items()}
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
        **_choice(pairs),
        "$defs": {
            **{_name(*pair): _embedded(kinds[pair]) for pair in pairs},
            **{_TEMPLATE + _name(*pair): outline(types[pair]) for pair in sorted(types)},
            PLACEHOLDER: placeholder(),
        },
    }


def _choice(pairs: Sequence[tuple[str, str]], prefix: str = "") -> dict[str, JSON]:
    """apiVersion and kind choose which of the definitions holds."""
    return {
        "anyOf": [_header(*pair) for pair in pairs],
        "allOf": [{"if": _header(*pair), "then": {"$ref": f"#/$defs/{prefix}{_name(*pair)}"}} for pair in pairs],
    }


def _with_templates(document: Mapping[str, Any], pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The schema of a ResourceSet in which every template is held against its own kind."""
    whole: dict[str, Any] = json.loads(json.dumps(document))
    resources = whole["properties"]["spec"]["properties"]["resources"]
    head = resources["items"]["properties"]
    names = {
        "apiVersion": {"enum": sorted({version for version, _ in pairs})},
        "kind": {"enum": sorted({kind for _, kind in pairs})},
    }
    named = {name: {**names[name], "description": head[name]["description"]} for name in names}
    resources["items"] = {
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": named,
        **_choice(pairs, _TEMPLATE),
    }
    return whole


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
