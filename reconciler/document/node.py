"""The values of a document with the exact stretch of its file that each takes, so that one can be rewritten alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
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
from reconciler.document.place import Path

ALIAS, BLOCK, FLOW, PLAIN = "*", "block", "flow", "plain"


@dataclass(frozen=True, slots=True)
class Node:
    """One value: characters ``start`` to ``end`` of the file, without the line break and the blank lines behind it.

    ``style`` is ``'`` ``"`` ``|`` ``>`` or PLAIN of a scalar, BLOCK or FLOW of a list or mapping, ALIAS of an alias;
    ``anchor`` the name of an anchor, or the one that an alias means.
    """

    start: int
    end: int
    style: str
    anchor: str | None = None
    text: str = ""  # of a scalar
    items: tuple[Node, ...] = ()  # of a list
    pairs: tuple[tuple[Node, Node], ...] = ()  # of a mapping: its keys and values

    def get(self, key: str) -> Node | None:
        """The value of a key."""
        wanted = unicodedata.normalize("NFC", key)
        return next((value for name, value in self.pairs if unicodedata.normalize("NFC", name.text) == wanted), None)

    def within(self) -> Iterator[Node]:
        """The node and all nodes in it, keys too."""
        yield self
        for part in (*self.items, *(node for pair in self.pairs for node in pair)):
            yield from part.within()


def compose(document: Document) -> Node:
    """The root of a document that could be read."""
    return _Composer(document).root()


def on_the_way(root: Node, path: Path) -> Iterator[Node]:
    """The nodes from the root to a path, as far as they go."""
    node: Node | None = root
    for part in (*path, None):
        if node is None:
            return
        yield node
        if isinstance(part, int):
            node = node.items[part] if part < len(node.items) else None
        elif part is not None:
            node = node.get(part)


class _Composer:
    def __init__(self, document: Document) -> None:
        self._content = document.text.content
        self._base = document.start
        self._get = PARSER(self._content[document.start : document.end]).get_event

    def root(self) -> Node:
        event = self._get()
        while not isinstance(event, MappingStartEvent):
            event = self._get()
        return self._node(event)

    def _node(self, event: Any) -> Node:
        start, end = self._base + event.start_mark.index, self._base + event.end_mark.index
        if isinstance(event, AliasEvent):
            return Node(start, end, ALIAS, event.anchor)
        if isinstance(event, ScalarEvent):
            style = event.style or PLAIN
            return Node(start, scalar_end(self._content, start, end, style), style, event.anchor, event.value)
        style = FLOW if event.flow_style else BLOCK
        if isinstance(event, SequenceStartEvent):
            items, closing = self._items()
            return Node(start, self._end(style, closing, items, end), style, event.anchor, items=items)
        pairs, closing = self._pairs()
        last = tuple(value for _, value in pairs)
        return Node(start, self._end(style, closing, last, end), style, event.anchor, pairs=pairs)

    def _end(self, style: str, closing: Any, parts: tuple[Node, ...], opened: int) -> int:
        if style == FLOW:
            return self._base + int(closing.end_mark.index)
        return parts[-1].end if parts else opened

    def _items(self) -> tuple[tuple[Node, ...], Any]:
        items = []
        while not isinstance(event := self._get(), SequenceEndEvent):
            items.append(self._node(event))
        return tuple(items), event

    def _pairs(self) -> tuple[tuple[tuple[Node, Node], ...], Any]:
        pairs = []
        while not isinstance(event := self._get(), MappingEndEvent):
            key = self._node(event)
            pairs.append((key, self._node(self._get())))
        return tuple(pairs), event


def scalar_end(content: str, start: int, end: int, style: str) -> int:
    """Where a scalar's own text ends. The parser counts the blank lines behind a block of lines as its own; they are
    that only where its header says to keep them (where it gives the indentation as well, they are left to it)."""
    if style not in ("|", ">"):
        return end
    header, *lines = content[start:end].split("\n")
    if any(sign in "+123456789" for sign in header.partition("#")[0]):
        lines = lines[:-1] if lines and not lines[-1] else lines
    else:
        indent = block_indent(lines)
        while lines and not lines[-1].strip(" \r") and len(lines[-1].rstrip("\r")) <= indent:
            lines.pop()
    return start + len("\n".join([header, *lines]).removesuffix("\r"))


def block_indent(lines: list[str]) -> int:
    """How far the lines of a block stand in: as the first that is not blank, or one before it that is wider."""
    widest = 0
    for line in lines:
        said = line.strip(" \r")
        widest = max(widest, len(line.rstrip("\r")) - len(line.rstrip("\r").lstrip(" ")))
        if said:
            break
    return widest
