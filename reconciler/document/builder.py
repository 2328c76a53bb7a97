"""YAML events made into plain values: dicts, lists, text, numbers, true, false and null, nothing else.

Speed matters here (tens of thousands of documents), so the common scalar and the common key take one look-up each, and
a place in the file is worked out only where something is wrong.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconciler import errors
from reconciler.document.scalar import STARTS, plain
from reconciler.document.text import MAX_REPORTED, Text, describe, forbidden, visible
from reconciler.errors import ReconcilerError
from reconciler.model import JSON, Source

MAX_DEPTH = 64
MAX_ANCHORS = 20
MAX_COPIED = 10_000  # values that the aliases of one document may stand for
MAX_VALUES = 800_000  # in one file
MAX_DOCUMENT = 100_000  # values in one document
_DOCUMENT = 5  # values that a document itself counts as, by the time it takes


def _parser() -> Callable[[str], Any]:
    """libyaml's parser where PyYAML was built with it; the pure one is twenty times slower and means the same."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return yaml.SafeLoader
    return CParser


PARSER = _parser()
_OPEN = object()  # the value of an anchor whose collection is not closed yet


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its value, the line and column of its root (from 1), and where its text lies in the file."""

    text: Text
    value: dict[str, JSON]
    line: int
    column: int
    start: int  # index of its first character
    end: int
    first_line: int  # lines before ``start``

    @property
    def source(self) -> Source:
        """Where it begins."""
        return Source(self.text.name, self.line, self.column)


class Abandoned(Exception):
    """The rest of a document is not worth reading; ``index`` is where it was given up."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


class Builder:
    """Reads the documents of a text from ``index`` on, which is ``line`` lines down and ``values`` values in."""

    def __init__(self, text: Text, index: int, line: int, faults: list[ReconcilerError], values: int = 0) -> None:
        content = text.content[index:] if index else text.content
        self._get = PARSER(content).get_event
        self._text, self._index, self._line, self._faults = text, index, line, faults
        self._escapes = "\\" in content
        self._keys: dict[str, str] = {}  # keys already vetted, as written -> normalised
        self._anchors: dict[str, object] = {}
        self._anchored = 0
        self._copied = 0
        self.values = values  # read so far, in all of the file
        self._most = 0  # values that may have been read when the present document ends

    def read(self, documents: list[Document]) -> None:
        """Append every document; raises yaml.YAMLError or Abandoned where the text cannot be read on."""
        get = self._get
        while True:
            event = get()
            if event.__class__ is DocumentStartEvent:
                self._document(event.start_mark, documents)
            elif event.__class__ is StreamEndEvent:
                return

    def _document(self, start: Any, documents: list[Document]) -> None:
        root = self._get()
        self._most = self.values + MAX_DOCUMENT
        self._count(_DOCUMENT, root)
        empty = root.__class__ is ScalarEvent and not root.value and not root.style
        if empty and root.tag is None and root.anchor is None:
            self._get()
            return
        if self._anchored:
            self._anchors, self._anchored, self._copied = {}, 0, 0
        mark = root.start_mark
        value = self._node(root, 1)
        if not isinstance(value, dict):
            what = "a list" if isinstance(value, list) else "a single value"
            self._fault(errors.ROOT_NOT_MAPPING, f"the document is {what}, not a mapping", root)
            self._get()
            return
        base, line = self._index, self._line
        begin, end = base + start.index - start.column, base + self._get().start_mark.index
        documents.append(
            Document(self._text, value, line + mark.line + 1, mark.column + 1, begin, end, line + start.line)
        )

    def _node(self, event: Any, depth: int) -> JSON:
        kind = event.__class__
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            return self._alias(event, depth)
        if depth > MAX_DEPTH:
            self._give_up(errors.TOO_DEEP, f"nested more than {MAX_DEPTH} deep", event)
        if event.tag is not None:
            self._fault(errors.YAML_TAG, "tags are not allowed", event)
        anchor = event.anchor
        if anchor is not None:
            self._anchor(anchor, _OPEN, event)
        value = self._mapping(depth) if kind is MappingStartEvent else self._sequence(event, depth)
        self._count(len(value) + 1, event)
        if anchor is not None:
            self._anchors[anchor] = value
        return value

    def _mapping(self, depth: int) -> dict[str, JSON]:
        get, scalar, keys = self._get, self._scalar, self._keys
        result: dict[str, JSON] = {}
        at = get()
        while at.__class__ is not MappingEndEvent:
            key: str | None = None
            if at.__class__ is ScalarEvent and at.anchor is None and at.tag is None:
                key = keys.get(at.value)
            if key is None:
                key = self._key(at, depth)
            event = get()
            value = scalar(event) if event.__class__ is ScalarEvent else self._node(event, depth + 1)
            if key in result:
                self._fault(errors.DUPLICATE_FIELD, f'"{key}" is written twice', at)
                self._count(1, at)
            elif key is not None:
                result[key] = value
            at = get()
        return result

    def _sequence(self, start: Any, depth: int) -> list[JSON]:
        get, scalar = self._get, self._scalar
        result: list[JSON] = []
        event = get()
        while event.__class__ is not SequenceEndEvent:
            result.append(scalar(event) if event.__class__ is ScalarEvent else self._node(event, depth + 1))
            if len(result) > MAX_DOCUMENT:
                self._count(len(result), start)
            event = get()
        return result

    def _key(self, event: Any, depth: int) -> str | None:
        """A key not met before, vetted; None where it can be no key."""
        self._count(1, event)
        if event.__class__ is not ScalarEvent:
            self._fault(errors.KEY_NOT_TEXT, "a key must be text, not an alias, a list or a mapping", event)
            if event.__class__ in (MappingStartEvent, SequenceStartEvent):
                self._node(event, depth + 1)
            return None
        if event.value == "<<" and not event.style:
            self._fault(errors.MERGE_KEY, "merge keys are not allowed", event)
            return None
        key = self._scalar(event)
        if not isinstance(key, str):
            hint = f'quote it: "{event.value}"' if event.value else ""
            self._fault(errors.KEY_NOT_TEXT, "a key must be text", event, hint)
            return None
        normal = key if key.isascii() else unicodedata.normalize("NFC", key)
        if not event.style:
            self._keys[key] = normal
        return normal

    def _scalar(self, event: Any) -> JSON:
        value: str = event.value
        if event.tag is not None or event.anchor is not None:
            return self._marked(event)
        if event.style:
            return self._checked(event) if self._escapes and event.style == '"' else value
        if value and value[0] not in STARTS:
            return value
        return self._plain(event)

    def _plain(self, event: Any) -> JSON:
        if not event.value:
            self._fault(errors.EMPTY_VALUE, "there is no value here", event)
            return None
        try:
            return plain(event.value)
        except OverflowError:
            message, hint = "the number has more digits than can be kept", f'quote it: "{event.value[:80]}"'
            self._fault(errors.NUMBER_TOO_LONG, message, event, hint)
            return event.value

    def _marked(self, event: Any) -> JSON:
        if event.tag is not None:
            self._fault(errors.YAML_TAG, "tags are not allowed", event)
        value: JSON = event.value
        if event.style == '"':
            value = self._checked(event)
        elif not event.style and event.tag is None:
            value = self._plain(event)
        if event.anchor is not None:
            self._anchor(event.anchor, value, event)
        return value

    def _checked(self, event: Any) -> str:
        """The text of double quotes, whose escapes may not bring in what the raw text may not hold."""
        value: str = event.value
        found = forbidden(value)
        if found is None:
            return value
        message = f"the escapes here make the forbidden character {describe(found[0])}"
        self._fault(errors.FORBIDDEN_CHARACTER, message, event)
        return visible(value)

    def _anchor(self, name: str, value: object, event: Any) -> None:
        self._anchored += 1
        if self._anchored > MAX_ANCHORS:
            self._give_up(errors.YAML_ALIAS, f"more than {MAX_ANCHORS} anchors in one document", event)
        self._anchors[name] = value

    def _alias(self, event: Any, depth: int) -> JSON:
        if event.anchor not in self._anchors:
            self._fault(errors.YAML_ALIAS, f'the alias "*{event.anchor}" names no anchor before it', event)
            return None
        value = self._anchors[event.anchor]
        if value is _OPEN:
            self._give_up(errors.YAML_ALIAS, f'the alias "*{event.anchor}" contains itself', event)
        self._copied += _measure(value, depth, MAX_COPIED - self._copied)
        if self._copied > MAX_COPIED:
            self._give_up(errors.YAML_ALIAS, "the aliases of this document stand for too much, or too deep", event)
        return value

    def _count(self, values: int, event: Any) -> None:
        self.values += values
        if self.values > self._most:
            self._give_up(errors.TOO_LARGE, f"more than {MAX_DOCUMENT:,} values in one document", event)
        if self.values > MAX_VALUES:
            self._fault(errors.TOO_LARGE, f"more than {MAX_VALUES:,} values in one file", event)
            raise Abandoned(len(self._text.content))

    def _fault(self, code: str, message: str, event: Any, hint: str = "") -> None:
        if len(self._faults) >= MAX_REPORTED:
            return
        start, end = event.start_mark, event.end_mark
        span = end.column - start.column if end.line == start.line else 1
        place = (self._line + start.line + 1, start.column + 1)
        self._faults.append(self._text.error(code, message, *place, span=span, hint=hint))

    def _give_up(self, code: str, message: str, event: Any) -> None:
        self._fault(code, message, event)
        raise Abandoned(self._index + event.start_mark.index)


def _measure(value: object, depth: int, budget: int) -> int:
    """How many values an alias stands for; over the budget where they are too many or would lie too deep."""
    if depth > MAX_DEPTH and isinstance(value, dict | list):
        return budget + 1
    total = 1
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        total += _measure(child, depth + 1, budget - total)
        if total > budget:
            break
    return total
