"""A value of a document rewritten in place: its new text spliced in, every other character left as it was.

Lists are changed item by item, so that the items that stay keep their comments; a scalar keeps its quotes where the new
text can stand in them. What is written is never trusted: who splices reads the whole again and compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from reconciler.document.node import BLOCK, FLOW, Node
from reconciler.document.placeholder import SIGN
from reconciler.document.spelling import spelled_key, spelled_value, stands_in_lines
from reconciler.model import JSON, canonical

_COMMA = re.compile(r"(\s*,)[ \t]*")


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``start`` to ``end`` of a file become ``text``; ``node`` is the value that goes, None where one only
    comes."""

    start: int
    end: int
    text: str
    node: Node | None = None


def spliced(content: str, edits: Iterable[Edit]) -> str:
    """The file's text with the edits made; none may overlap another."""
    parts, done = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [content[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, content[done:]])


class Splicing:
    """Works out the edits for the values of one file."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._break = "\r\n" if "\r\n" in content else "\n"

    def values(self, way: Sequence[Node], before: JSON, after: JSON) -> Iterator[Edit]:
        """The edits that make ``after`` of the last node of a way from the root (``node.on_the_way``), a value of the
        mapping before it. Raises Unwritable."""
        *above, node = way
        key = next(name for name, value in above[-1].pairs if value is node)
        flow = any(one.style == FLOW for one in above)
        yield from self.edits(node, before, after, flow=flow, indent=self._column(key.start) + 2)

    def edits(self, node: Node, before: JSON, after: JSON, *, flow: bool = False, indent: int = 0) -> Iterator[Edit]:
        """The edits that make ``after`` of a node whose value is ``before``. ``flow`` says that it stands inside of
        ``[]`` or ``{}``, ``indent`` at which column the lines of a block would stand. Raises Unwritable."""
        if _same(before, after):
            return
        inside = flow or node.style == FLOW
        if node.items and isinstance(before, list | tuple) and isinstance(after, list | tuple) and after:
            yield from self._list(node, before, after, inside)
        elif isinstance(before, Mapping) and isinstance(after, Mapping) and {*before} == {*after} and node.pairs:
            for key, part in node.pairs:
                below = self._column(key.start) + 2
                yield from self.edits(part, before.get(key.text), after.get(key.text), flow=inside, indent=below)
        else:
            yield self._whole(node, after, flow=flow, indent=indent)

    # --- one value ------------------------------------------------------------------------------------------------

    def _whole(self, node: Node, after: JSON, *, flow: bool, indent: int) -> Edit:
        text = self._text(node, after, flow=flow, indent=indent)
        if node.style != BLOCK:
            return Edit(node.start, node.end, text + self._remark(node, text), node)
        lead = len(self._content[: node.start].rstrip())  # behind the colon: a scalar stands in its line
        return Edit(lead, node.end, f" {text}", node)

    def _remark(self, node: Node, text: str) -> str:
        """The comment of a header, where the header goes."""
        header = self._content[node.start : node.end].partition("\n")[0].rstrip("\r")
        return f" {header[header.index('#') :]}" if node.style in "|>" and "#" in header and text[0] != "|" else ""

    def _text(self, node: Node, after: JSON, *, flow: bool, indent: int) -> str:
        if not isinstance(after, str):
            return _flowing(after, flow=flow)
        written = after.replace(SIGN, f"${SIGN}")
        if node.style == "|" and not flow and node.end < len(self._content) and stands_in_lines(written):
            return self._lines(node, written, indent)
        if node.style == "'" and "\n" not in written and written.isprintable():
            return "'" + written.replace("'", "''") + "'"
        safe = spelled_value(after, flow=flow)
        plain = not safe.startswith('"')
        return f'"{_escaped(safe)}"' if plain and node.style == '"' else safe

    def _lines(self, node: Node, text: str, indent: int) -> str:
        """A text in lines as the one before; what else stood in its header stays."""
        header = self._content[node.start : node.end].partition("\n")[0].rstrip("\r")
        rest = header.lstrip("|+-0123456789")
        sign = "|" if text.endswith("\n") else "|-"
        body = text.removesuffix("\n").split("\n")
        return self._break.join([sign + rest, *(" " * indent + line if line else "" for line in body)])

    # --- lists ----------------------------------------------------------------------------------------------------

    def _list(self, node: Node, before: Sequence[JSON], after: Sequence[JSON], flow: bool) -> Iterator[Edit]:
        old, new = [canonical(item) for item in before], [canonical(item) for item in after]
        below = self._column(node.items[0].start)
        for what, low, high, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if what == "equal":
                continue
            paired = min(high - low, last - first)
            for place in range(paired):
                item = node.items[low + place]
                yield from self.edits(item, before[low + place], after[first + place], flow=flow, indent=below)
            for place in range(low + paired, high):
                yield from self._without(node, place, gone=range(low + paired, high))
            if first + paired < last:
                yield self._with(node, low + paired, after[first + paired : last])

    def _without(self, node: Node, place: int, gone: range) -> Iterator[Edit]:
        item = node.items[place]
        if node.style == BLOCK:
            start = self._line(self._dash(item.start))
            yield Edit(start, min(self._line_end(item.end) + 1, len(self._content)), "", item)
            return
        if gone.stop < len(node.items):
            yield Edit(item.start, node.items[place + 1].start, "", item)
            return
        comma = _COMMA.match(self._content, node.items[place - 1].end)
        if comma is not None:  # the spaces behind it go too, unless a comment follows
            yield Edit(comma.start(), comma.end() if comma.end() == item.start else comma.end(1), "")
        yield Edit(item.start, item.end, "", item)

    def _with(self, node: Node, place: int, items: Sequence[JSON]) -> Edit:
        """Items put in before the one at ``place``, or behind the last."""
        if node.style == FLOW:
            texts = [_flowing(item, flow=True) for item in items]
            if place < len(node.items):
                at = node.items[place].start
                return Edit(at, at, "".join(f"{text}, " for text in texts))
            return Edit(node.items[-1].end, node.items[-1].end, "".join(f", {text}" for text in texts))
        pad = " " * self._column(self._dash(node.items[0].start))
        lines = [pad + line for item in items for line in _block(item, node.items[-1])]
        if place < len(node.items):
            at = self._line(self._dash(node.items[place].start))
            return Edit(at, at, "".join(line + self._break for line in lines))
        at = self._line_end(node.end)
        at -= self._content.endswith("\r", 0, at)
        return Edit(at, at, "".join(self._break + line for line in lines))

    # --- places ---------------------------------------------------------------------------------------------------

    def _dash(self, start: int) -> int:
        """The dash of an item in block style: the last one on the way back over blanks and comment lines."""
        at = self._content.rfind("-", 0, start)
        while at > 0 and "#" in self._content[self._line(at) : at]:
            at = self._content.rfind("-", 0, at)
        return at

    def _line(self, index: int) -> int:
        return self._content.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        found = self._content.find("\n", index)
        return len(self._content) if found < 0 else found

    def _column(self, index: int) -> int:
        return index - self._line(index)


def _same(one: JSON, other: JSON) -> bool:
    return one is other or canonical(one) == canonical(other)


def _escaped(plain: str) -> str:
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def _flowing(value: JSON, *, flow: bool = False) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{spelled_key(key)}: {_flowing(item, flow=True)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flowing(item, flow=True) for item in value) + "]"
    return spelled_value(value, flow=flow)


def _block(item: JSON, like: Node) -> list[str]:
    """A new item's lines, in the style of another one."""
    if isinstance(item, Mapping) and item and like.style == BLOCK:
        pairs = [f"{spelled_key(key)}: {_flowing(value)}" for key, value in item.items()]
        return [f"- {pairs[0]}", *(f"  {pair}" for pair in pairs[1:])]
    return [f"- {_flowing(item)}"]
