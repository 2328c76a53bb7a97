"""Where the parts of a document stand in its file; worked out by reading the document again, only when asked, and only
as far as what is asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconciler.document.builder import PARSER, Document
from reconciler.errors import ReconcilerError
from reconciler.model import Source

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a document's text: line and column from 1, the columns it covers, and the text as written."""

    line: int
    column: int
    span: int
    raw: str = ""


class Places:
    """The places of one document's keys and values by path, for instance ``("spec", "questions", 0, "body")``."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._content = document.text.content[document.start : document.end]
        self._keys: dict[Path, Place] = {}
        self._values: dict[Path, Place] = {}
        self._get = PARSER(self._content).get_event
        self._walking = self._walk()

    @property
    def size(self) -> int:
        """How many places are held so far."""
        return len(self._keys) + len(self._values)

    def key(self, path: Path) -> Place:
        """The key at a path; for an item of a list the item; for what is not there the nearest thing that holds it."""
        return self._nearest(path, self._keys)

    def value(self, path: Path) -> Place:
        """The value at a path; for a list or mapping its key."""
        place = self._found(path, self._values)
        return place if place is not None and place.raw else self.key(path)

    def source(self, path: Path) -> Source:
        """The place of a key as a source."""
        place = self.key(path)
        return Source(self.document.text.name, place.line, place.column)

    def value_source(self, path: Path) -> Source:
        """The place of a value as a source."""
        place = self.value(path)
        return Source(self.document.text.name, place.line, place.column)

    def error(
        self, code: str, message: str, path: Path, *, on: str = "key", hint: str = "", hide: bool = False
    ) -> ReconcilerError:
        """An error that points at the key or the value of a path."""
        place = self.value(path) if on == "value" else self.key(path)
        text = self.document.text
        return text.error(code, message, place.line, place.column, span=place.span, hint=hint, hide=hide)

    def _nearest(self, path: Path, places: Mapping[Path, Place]) -> Place:
        for length in range(len(path), 0, -1):
            place = self._found(path[:length], places)
            if place is not None:
                return place
        return Place(self.document.line, self.document.column, 1)

    def _found(self, path: Path, places: Mapping[Path, Place]) -> Place | None:
        """The place of a path, read on for as far as it takes; None where the document has no such path."""
        while path and path not in places:
            if next(self._walking, None) is None:
                return None
        return places.get(path)

    def _walk(self) -> Iterator[Path]:
        """Read on; yields each path when its value, or the beginning of it, has its place."""
        event = self._get()
        while not isinstance(event, MappingStartEvent):
            event = self._get()
        yield from self._node(event, ())

    def _node(self, event: Any, path: Path) -> Iterator[Path]:
        scalar = isinstance(event, ScalarEvent | AliasEvent)
        self._values.setdefault(path, self._place(event, scalar=scalar))
        yield path
        if isinstance(event, MappingStartEvent):
            yield from self._mapping(path)
        elif isinstance(event, SequenceStartEvent):
            yield from self._sequence(path)

    def _mapping(self, path: Path) -> Iterator[Path]:
        while not isinstance(event := self._get(), MappingEndEvent):
            name = unicodedata.normalize("NFC", event.value) if isinstance(event, ScalarEvent) else ""
            within = (*path, name)
            if isinstance(event, ScalarEvent | AliasEvent):
                self._keys.setdefault(within, self._place(event))
            else:
                yield from self._node(event, within)
            yield from self._node(self._get(), within)

    def _sequence(self, path: Path) -> Iterator[Path]:
        number = 0
        while not isinstance(event := self._get(), SequenceEndEvent):
            within = (*path, number)
            self._keys[within] = self._place(event, scalar=isinstance(event, ScalarEvent))
            yield from self._node(event, within)
            number += 1

    def _place(self, event: Any, *, scalar: bool = False) -> Place:
        start, end = event.start_mark, event.end_mark
        span = end.column - start.column if end.line == start.line else 1
        line = self.document.first_line + start.line + 1
        raw = self._content[start.index : end.index] if scalar else ""
        return Place(line, start.column + 1, max(1, span), raw)
