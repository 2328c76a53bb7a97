"""A manifest with gaps, worked out once and filled in for every row. Pure.

A text is filled in in one go: what a cell or a value holds is data, and a ``${`` in it is nothing but text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from reconciler.document import Path
from reconciler.document.placeholder import spelled
from reconciler.document.scalar import plain
from reconciler.manifest.kinds import Kind
from reconciler.manifest.resourceset import TEMPLATES
from reconciler.model import JSON

Cells = Sequence[JSON]
LEFT_OUT: Final = object()  # the value of a field that a row leaves out
_TRUTHS: Final = {"true": True, "TRUE": True, "false": False, "FALSE": False}  # as JSON and as spreadsheets write them


class Node(Protocol):
    """A part of a template."""

    def fill(self, cells: Cells) -> object:
        """The value with a row's cells; LEFT_OUT where there is none."""
        ...

    def below(self, path: Path, cells: Cells) -> tuple[Path, Node]:
        """The part of the template from which a path of the filled value comes, as far as it goes, and its own path."""
        ...


@dataclass(frozen=True, slots=True)
class Constant:
    """What is the same in every row."""

    value: JSON

    def fill(self, cells: Cells) -> object:
        return self.value

    def below(self, path: Path, cells: Cells) -> tuple[Path, Node]:
        return path, self


@dataclass(frozen=True, slots=True)
class Gap:
    """A text that is one cell. ``due`` says what else than text the field takes: ``number``, ``boolean``.

    Cells of a CSV file are ``textual``: they are read as what is due, and an empty one leaves the field out, unless it
    has to be there (``required``).
    """

    column: int
    textual: bool
    required: bool
    due: frozenset[str] = frozenset()

    def fill(self, cells: Cells) -> object:
        if self.left_out(cells):
            return LEFT_OUT
        value = cells[self.column]
        return read(value, self.due) if self.due and self.textual and isinstance(value, str) else value

    def left_out(self, cells: Cells) -> bool:
        """Whether a row leaves the field out."""
        return self.textual and not self.required and cells[self.column] == ""

    def below(self, path: Path, cells: Cells) -> tuple[Path, Node]:
        return (), self


@dataclass(frozen=True, slots=True)
class Joined:
    """A text with cells in it: stretches of text and numbers of columns."""

    parts: tuple[str | int, ...]

    def fill(self, cells: Cells) -> object:
        return "".join(part if isinstance(part, str) else spelled(cells[part]) for part in self.parts)

    def below(self, path: Path, cells: Cells) -> tuple[Path, Node]:
        return (), self


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields; those that a row leaves out are not there."""

    items: tuple[tuple[str, Node], ...]

    def fill(self, cells: Cells) -> object:
        filled = {}
        for key, node in self.items:
            value = node.fill(cells)
            if value is not LEFT_OUT:
                filled[key] = value
        return filled

    def below(self, path: Path, cells: Cells) -> tuple[Path, Node]:
        node = next((node for key, node in self.items if path and key == path[0]), None)
        return ((), self) if node is None else _within(path[0], node, path[1:], cells)


@dataclass(frozen=True, slots=True)
class Listing:
    """Items; those that a row leaves out are not there."""

    items: tuple[Node, ...]

    def fill(self, cells: Cells) -> object:
        return [value for value in (node.fill(cells) for node in self.items) if value is not LEFT_OUT]

    def below(self, path: Path, cells: Cells) -> tuple[Path, Node]:
        there = [n for n, node in enumerate(self.items) if not (isinstance(node, Gap) and node.left_out(cells))]
        if not path or not isinstance(path[0], int) or path[0] >= len(there):
            return (), self
        number = there[path[0]]
        return _within(number, self.items[number], path[1:], cells)


def _within(step: str | int, node: Node, path: Path, cells: Cells) -> tuple[Path, Node]:
    inner, found = node.below(path, cells)
    return (step, *inner), found


def columns_of(node: Node) -> tuple[int, ...]:
    """The columns that make up a text, in their order; none for what is no text with gaps."""
    if isinstance(node, Gap):
        return (node.column,)
    return tuple(part for part in node.parts if isinstance(part, int)) if isinstance(node, Joined) else ()


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every part that has none below it, with its path."""
    if isinstance(node, Fields):
        for key, inner in node.items:
            yield from leaves(inner, (*path, key))
    elif isinstance(node, Listing):
        for number, inner in enumerate(node.items):
            yield from leaves(inner, (*path, number))
    else:
        yield path, node


def _size(node: Node) -> int:
    """How many values a part stands for at most, keys among them."""
    if isinstance(node, Fields):
        return 1 + sum(1 + _size(inner) for _, inner in node.items)
    if isinstance(node, Listing):
        return 1 + sum(map(_size, node.items))
    return _values(node.value) if isinstance(node, Constant) else 1


def _values(value: JSON) -> int:
    if isinstance(value, dict):
        return 1 + sum(1 + _values(item) for item in value.values())
    return 1 + sum(map(_values, value)) if isinstance(value, list) else 1


@dataclass(frozen=True, slots=True)
class Template:
    """One of a ResourceSet's templates: its number, its kind and what it is made of."""

    number: int
    kind: Kind
    root: Node
    line: int
    column: int

    @property
    def path(self) -> Path:
        """Where it stands in its document."""
        return (*TEMPLATES, self.number)

    @property
    def size(self) -> int:
        """How many values a manifest of it has at most."""
        return _size(self.root)

    @property
    def required(self) -> tuple[tuple[Path, int], ...]:
        """The gaps that may not be empty, and their columns."""
        gaps = ((path, node) for path, node in leaves(self.root) if isinstance(node, Gap))
        return tuple((path, gap.column) for path, gap in gaps if gap.textual and gap.required)

    @property
    def joined(self) -> tuple[tuple[Path, int], ...]:
        """The columns that stand in the middle of texts, each with the path of such a text."""
        texts = ((path, node) for path, node in leaves(self.root) if isinstance(node, Joined))
        return tuple((path, column) for path, node in texts for column in columns_of(node))

    @property
    def written(self) -> int:
        """How many characters stand around the cells in such texts."""
        texts = (node for _, node in leaves(self.root) if isinstance(node, Joined))
        return sum(len(part) for node in texts for part in node.parts if isinstance(part, str))


def read(text: str, due: frozenset[str]) -> JSON:
    """A cell as what is due, where it is spelled as JSON does; else the text as it stands, for the schema to refuse."""
    if "boolean" in due and text in _TRUTHS:
        return _TRUTHS[text]
    if "number" in due:
        try:
            value = plain(text)
        except OverflowError:
            return text
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
    return text
