"""A manifest made up from its kind's schema: every field that has an example, and every one that is due. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from reconciler.model import JSON
from reconciler.schema.shipped import Shipped
from reconciler.schema.topic import SPEC, Topic, children, found, resolved

_ID = "ID"  # stands for an id that only the vendor knows
_BY_TYPE: Mapping[str, JSON] = {"string": "text", "integer": 1, "number": 1, "boolean": True, "null": None}
_MADE_FROM_KEY = re.compile(r"[^a-z0-9]+")


def example(kind: Shipped) -> dict[str, JSON]:
    """A manifest of the kind that is valid against its schema; empty for what stands in no manifest."""
    if kind.header is None:
        return {}
    (root,) = found(kind.name)
    spec = next(child for child in children(root) if child.name == SPEC)
    values = _fields(spec)
    metadata = {"metadata": _metadata(root, values)} if "metadata" in root.schema["properties"] else {}
    return {"apiVersion": kind.header[0], "kind": kind.header[1], **metadata, SPEC: values}


def value_of(topic: Topic) -> JSON:
    """A value that a field may have."""
    schema = topic.schema
    for known in (*schema.get("examples", ()), *schema.get("enum", ())):
        return known
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    forms = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    if forms and "type" not in schema:
        return value_of(Topic(topic.kind, topic.path, resolved(topic.kind.document, forms[0])))
    if schema.get("type") == "array":
        items = Topic(topic.kind, topic.path, resolved(topic.kind.document, schema.get("items", {})))
        return [_fields(topic) or value_of(items)]
    if schema.get("type") == "object":
        return _fields(topic)
    types = schema.get("type", "string")
    return _BY_TYPE[types if isinstance(types, str) else types[0]]


def _fields(topic: Topic) -> dict[str, JSON]:
    """The fields of a mapping that are due or have an example; of those that exclude each other the first."""
    below = children(topic)
    chosen = [child for child in below if child.required or _told(child)]
    excluded = _excluded(topic.schema, {child.name for child in chosen})
    return {
        child.name: value_of(child)
        for child in chosen
        if child.name not in excluded and not child.schema.get("readOnly", False)
    }


def _told(topic: Topic) -> bool:
    """Whether a field has an example, or one of the fields below it."""
    return bool(topic.schema.get("examples")) or any(_told(child) for child in children(topic))


def _excluded(schema: Mapping[str, Any], names: set[str]) -> set[str]:
    """What gives way to the first of several forms that exclude each other."""
    forms = [set(form.get("required", ())) for form in schema.get("oneOf", ())]
    kept = next((form for form in forms if form and form <= names), set())
    return {name for form in forms for name in form} - kept


def _metadata(root: Topic, spec: Mapping[str, JSON]) -> dict[str, JSON]:
    """A name as a person would give it: from the first field of the key, where that is nobody's."""
    document = root.schema
    rule = document.get("x-key", {"fields": (), "match": ""})
    own = next((value_of(t) for t in found(f"{root.kind.name}.metadata.name") if t.schema.get("examples")), None)
    personal = {t.name for t in children(_spec(root)) if t.schema.get("x-personal", False)}
    keys = [_slug(str(spec[name])) for name in rule["fields"] if name not in personal and name in spec]
    metadata: dict[str, JSON] = {"name": own or next((key for key in keys if key[:1].isalpha()), "example")}
    if rule["match"] == "pinned" and document.get("x-observed-only", False):
        metadata["externalId"] = _ID
    return metadata


def _spec(root: Topic) -> Topic:
    return next(child for child in children(root) if child.name == SPEC)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _MADE_FROM_KEY.sub("-", plain.lower()).strip("-")[:60]
