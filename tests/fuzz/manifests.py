"""Good manifests of every kind, written from the schemas, so that a new kind is among them by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.schema import Registry, ResourceType
from reconciler.schema import load as loaded

REMOVAL = """\
# old ones go
apiVersion: reconciler/v1
kind: Removal
metadata: {name: gone}
spec:
  address: enco/Survey/gone
  allowDataLoss: true
  reason: closed
"""
RESOURCE_SET = """\
apiVersion: reconciler/v1
kind: ResourceSet
metadata: {name: stores}
spec:
  inputs:
    - {code: "0042", town: Leeds, active: true, max: 3}
    - {code: b-1, town: "", active: false, max: null}
  resources:
    - apiVersion: customersure/v1
      kind: Site
      metadata: {name: "${input.code}"}
      spec: {site_code: "${input.code}", name: "Acme ${input.town} $${"}
    - apiVersion: optimum/v1
      kind: Account
      metadata: {name: "a-${input.code}", dependsOn: ["customersure/Site/${input.code}"]}
      spec: {name: "A ${input.code}", active: "${input.active}", verb: visit, max_locations: "${input.max}"}
"""
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SECTIONS = {
    "metadata": ["name", "connection", "externalId", "previousNames", "labels", "dependsOn"],
    "lifecycle": ["preventDestroy", "onRemove", "replace", "ignoreChanges"],
}


@cache
def registry() -> Registry:
    """The kinds, read once."""
    return loaded()


def kinds() -> list[ResourceType]:
    """The kinds in a fixed order."""
    return [registry().types[name] for name in sorted(registry().types)]


@cache
def seeds() -> list[str]:
    """A file for each kind, one with all of them, and those of the examples."""
    each = [skeleton(type_) for type_ in kinds()]
    examples = sorted(EXAMPLES.glob("*/manifests/*.yaml"))
    own = [REMOVAL, RESOURCE_SET]
    return [*each, *own, "---\n".join([*each, *own]), *(path.read_text("utf-8") for path in examples)]


def skeleton(type_: ResourceType, name: str = "a") -> str:
    """A manifest with every field of its kind that may be declared."""
    lines = [f"apiVersion: {type_.api_version}", f"kind: {type_.type}", "metadata:", f"  name: {name}"]
    lines += ["  labels: {region: north}", "  previousNames: [old]", "  dependsOn: []"]
    lines += ["lifecycle:", "  preventDestroy: true", "  onRemove: delete", "  replace: refuse", "spec:"]
    spec = _resolved(type_.document, type_.document["properties"]["spec"])
    for field, schema in spec["properties"].items():
        if not schema.get("readOnly"):
            lines += _field(type_.document, field, schema, "  ")
    return "\n".join(lines) + "\n"


def _field(root: Mapping[str, Any], name: str, schema: Mapping[str, Any], pad: str) -> Iterator[str]:
    schema = _resolved(root, schema)
    sort = _sort(schema)
    if sort == "array":
        item = _resolved(root, schema.get("items", {}))
        yield f"{pad}{name}:"
        if _sort(item) == "object":
            first, *rest = [line for n, s in item.get("properties", {}).items() for line in _field(root, n, s, "")]
            yield from (f"{pad}  - {first}", *(f"{pad}    {line}" for line in rest))
        else:
            yield f"{pad}  - a"
    else:
        yield f"{pad}{name}: {_sample(sort, schema)}"


def _sort(schema: Mapping[str, Any]) -> str:
    sort = schema.get("type", "string")
    return str(sort if isinstance(sort, str) else next(s for s in sort if s != "null"))


def _sample(sort: str, schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return str(next(choice for choice in schema["enum"] if choice is not None))
    samples = {"boolean": "true", "integer": "3", "number": "3", "object": "{a: b}"}
    text = "a" if "x-ref" in schema else str(schema.get("description", "text")).split()[-1].strip(".").lower()
    return samples.get(sort, "GB" if "{2}" in schema.get("pattern", "") else text)


def _resolved(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema
