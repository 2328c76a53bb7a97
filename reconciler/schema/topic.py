"""A kind or one of its fields, found by the words that a person writes: ``Location.postal_code``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.schema.shipped import Shipped, named

_WORDS = re.compile(r"(?:(?P<group>\w+)(?:/v\d\w*)?[/ ])?(?P<kind>[A-Za-z]+)(?P<path>(?:\.[^.]+)*)\.?\Z")
_PLACE = re.compile(r"\[[^\]]*\]\Z")  # of an item: questions[0]
SPEC = "spec"


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind (``path`` is empty) or a field of its manifests.

    ``schema`` is the field's own, references followed; of a list it is the list's, and the fields below are its items'.
    """

    kind: Shipped
    path: tuple[str, ...]
    schema: Mapping[str, Any]
    required: bool = False

    @property
    def name(self) -> str:
        """The field's own name."""
        return self.path[-1] if self.path else self.kind.name

    @property
    def title(self) -> str:
        """As a person may write it: the kind, and the way to the field."""
        return ".".join((self.kind.name, *self.path))

    @property
    def description(self) -> str:
        """What the schema says that it is."""
        return str(self.schema.get("description", ""))


@dataclass(frozen=True, slots=True)
class Lost:
    """A path that leads nowhere: the last field on it that is there, and the name that is not."""

    at: Topic
    name: str


def kind_of(word: str) -> tuple[Shipped, ...]:
    """The kinds that a word begins with, whatever field it goes on to."""
    parts = _WORDS.match(word.strip())
    if parts is None:
        return ()
    name = f"{parts['group']}/{parts['kind']}" if parts["group"] else parts["kind"]
    return tuple(one for one in named(name) if one.header is not None)


def found(word: str) -> tuple[Topic, ...]:
    """What a word may mean: one topic, several where vendors have like-named kinds, or none."""
    return tuple(topic for topic in _followed(word) if isinstance(topic, Topic))


def lost(word: str) -> tuple[Lost, ...]:
    """Where the paths of a word end that lead nowhere."""
    return tuple(end for end in _followed(word) if isinstance(end, Lost))


def children(topic: Topic) -> tuple[Topic, ...]:
    """The fields directly below, in the order of the schema."""
    return tuple(_children(topic))


def _followed(word: str) -> Iterator[Topic | Lost]:
    parts = _WORDS.match(word.strip())
    names = [_PLACE.sub("", name) for name in parts["path"].split(".")[1:]] if parts else []
    for kind in kind_of(word):
        topic: Topic | Lost = Topic(kind, (), kind.document)
        for name in names:
            assert isinstance(topic, Topic)
            topic = _below(topic, name)
            if isinstance(topic, Lost):
                break
        yield topic


def _below(topic: Topic, name: str) -> Topic | Lost:
    here = {child.name.lower(): child for child in _children(topic)}
    if name.lower() in here:
        return here[name.lower()]
    _, anything = _properties(topic.kind.document, topic.schema)
    if anything:  # a mapping whose keys are the user's own: its values are meant, whether a key is written or not
        value = Topic(topic.kind, (*topic.path, "*"), resolved(topic.kind.document, anything))
        further = {child.name.lower(): child for child in _children(value)}
        return further.get(name.lower(), value)
    spec = here.get(SPEC) if not topic.path else None
    inner = _below(spec, name) if spec is not None else None
    return inner if inner is not None else Lost(topic, name)


def _children(topic: Topic) -> Iterator[Topic]:
    node = topic.schema
    properties, _ = _properties(topic.kind.document, node)
    required = set(_holder(topic.kind.document, node).get("required", ()))
    for name, schema in properties.items():
        yield Topic(
            topic.kind, (*topic.path, name), {**schema, **resolved(topic.kind.document, schema)}, name in required
        )


def _properties(root: Mapping[str, Any], node: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    """The known fields of a value, and the schema of values under keys of the user's own."""
    holder = _holder(root, node)
    anything = holder.get("additionalProperties")
    return dict(holder.get("properties", {})), anything if isinstance(anything, Mapping) else None


def _holder(root: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema with the fields: a list's items', or of several forms the one that has some."""
    node = resolved(root, node)
    if isinstance(node.get("items"), Mapping):
        return _holder(root, node["items"])
    if "properties" in node or "additionalProperties" in node:
        return node
    forms = [_holder(root, form) for form in (*node.get("oneOf", ()), *node.get("anyOf", ()))]
    return next((form for form in forms if "properties" in form), node)


def resolved(root: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema with what it refers to; words beside a reference win."""
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
        return node
    target = resolved(root, root["$defs"][reference.removeprefix("#/$defs/")])
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}
