"""schemas/*.json read into resource types; the one place where the files' keywords are spelled out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.schema.field import Field, SetRule, UnusualRule
from reconciler.schema.kind import ImpactRule, KeyRule, NearRule, OneTimeRule, PartRule, ResourceType


@dataclass(frozen=True, slots=True)
class Registry:
    """All kinds, by ``provider/Type``, and the digest of the files they were read from."""

    types: Mapping[str, ResourceType]
    digest: str

    def get(self, kind: str) -> ResourceType:
        """The type of a kind; raises KeyError for an unknown one."""
        return self.types[kind]

    def find(self, api_version: str, kind: str) -> ResourceType | None:
        """The type a manifest names, or None."""
        return next((t for t in self.types.values() if t.api_version == api_version and t.type == kind), None)


def schemas_folder() -> Path:
    """Where the schema files are: inside the installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"


@cache
def load() -> Registry:
    """Read every kind once per process."""
    texts = {path: path.read_bytes() for path in sorted(schemas_folder().glob("*/*.json"))}
    types = [resource_type(json.loads(text)) for text in texts.values()]
    together = hashlib.sha256(b"\0".join(texts.values())).hexdigest()
    return Registry({t.kind: t for t in sorted(types, key=lambda t: t.kind)}, f"sha256:{together}")


def resource_type(document: Mapping[str, Any]) -> ResourceType:
    """A kind's meaning from its schema document."""
    api_version: str = document["properties"]["apiVersion"]["const"]
    spec = document["properties"]["spec"]["properties"]
    impact = document.get("x-impact")
    part = document.get("x-part-of")
    fields = {name: _field(name, schema) for name, schema in spec.items()}
    return ResourceType(
        provider=api_version.partition("/")[0],
        type=document["properties"]["kind"]["const"],
        api_version=api_version,
        description=document["description"],
        document=document,
        fields=fields,
        plain=not any(field.ref or field.set or field.write_only for field in fields.values()),
        key=_key(document["x-key"]),
        operations=frozenset(document["x-operations"]),
        id_type=document["x-id"]["type"],
        id_field=document["x-id"].get("field"),
        list=document["x-list"],
        readback=document["x-readback"],
        delete=document["x-delete"],
        replace=document.get("x-replace"),
        impact=_impact(impact) if impact else None,
        part_of=PartRule(part["reference"], part["set"]) if part else None,
        deactivate=document.get("x-deactivate", {}),
        one_time=_one_time(document["x-one-time"]) if "x-one-time" in document else None,
        observed_only=document.get("x-observed-only", False),
        upsert=document.get("x-upsert", False),
        figures=document.get("x-figures", False),
    )


def _key(rule: Mapping[str, Any]) -> KeyRule:
    near = rule.get("near")
    return KeyRule(
        fields=tuple(rule["fields"]),
        match=rule["match"],
        near=NearRule(tuple(near["fields"]), tuple(near["normalise"])) if near else None,
        repeats=rule.get("repeats", False),
        twin=tuple(rule.get("twin", ())),
        overlap=rule.get("overlap"),
    )


def _one_time(rule: Mapping[str, Any]) -> OneTimeRule:
    pending = rule.get("pending", {})
    return OneTimeRule(tuple(rule.get("identity", ())), pending.get("field"), tuple(pending.get("values", ())))


def _impact(rule: Mapping[str, Any]) -> ImpactRule:
    return ImpactRule(tuple(rule["counts"]), tuple(rule.get("unknowable", ())), tuple(rule.get("on", ())))


def _set(rule: Mapping[str, Any]) -> SetRule:
    return SetRule(
        tuple(rule["key"]), rule.get("additive", False), tuple(rule.get("value", ())), rule.get("created-with")
    )


def _field(name: str, schema: Mapping[str, Any]) -> Field:
    rule = schema.get("x-set")
    items = schema.get("items", {}).get("properties", {})
    return Field(
        name=name,
        title=schema.get("description", ""),
        read_only=schema.get("readOnly", False),
        write_only=schema.get("writeOnly", False),
        immutable=schema.get("x-immutable", False),
        volatile=schema.get("x-volatile", False),
        personal=schema.get("x-personal", False),
        ref=schema.get("x-ref"),
        set=_set(rule) if rule else None,
        normalise=tuple(schema.get("x-normalise", ())),
        clear=schema.get("x-clear", "null"),
        one_way=schema.get("x-one-way"),
        follow_up=schema.get("x-follow-up", False),
        future=schema.get("x-future", False),
        bills=schema.get("x-bills"),
        unusual=UnusualRule(**schema["x-unusual"]) if "x-unusual" in schema else None,
        send_with=tuple(schema.get("x-send-with", ())),
        items={key: _field(key, item) for key, item in items.items()},
    )
