"""Templates as they are written, worked out for filling in: placeholders found, columns and values looked up, and what
each gap has to hold read from the schema of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler import errors
from reconciler.document import Document, Path, did_you_mean, listed, suggest
from reconciler.document.placeholder import SIGN, Placeholder, parts_of, spelled
from reconciler.manifest.expectation import Schema, due, required
from reconciler.manifest.inputs import Inputs
from reconciler.manifest.kinds import Kind
from reconciler.manifest.resourceset import TEMPLATES
from reconciler.manifest.template import Constant, Fields, Gap, Joined, Listing, Node, Template
from reconciler.manifest.values import SECTIONS, Fault, Values
from reconciler.model import JSON

NAMESPACE: Final = "input"


@dataclass(slots=True)
class Drafting:
    """Works out the templates of one ResourceSet; what is wrong is told to ``values``, each place once.

    Without inputs (they could not be read) any column will do.
    """

    document: Document
    inputs: Inputs | None
    values: Values
    used: set[str] = field(default_factory=set)

    def template(self, number: int, kind: Kind) -> Template:
        """The template with that number."""
        written = _templates(self.document)[number]
        path, schema = (*TEMPLATES, number), kind.type.document
        items = tuple((key, self._section(key, value, (*path, key), schema)) for key, value in written.items())
        place = self.values.atlas.places(self.document).key(path)
        return Template(number, kind, Fields(items), place.line, place.column)

    def _section(self, key: str, value: JSON, path: Path, schema: Schema) -> Node:
        if key in SECTIONS:
            return self._node(value, path, schema)
        self.values.check_head(self.document, key, value, path)
        return Constant(value)

    def _node(self, value: JSON, path: Path, schema: Schema) -> Node:
        if isinstance(value, str) and SIGN in value:
            return self._text(value, path, schema)
        if isinstance(value, dict):
            self.values.check_keys(self.document, value, path)
            inner = tuple((key, self._node(item, (*path, key), schema)) for key, item in value.items())
            if all(isinstance(node, Constant) for _, node in inner):
                return Constant({key: node.value for key, node in inner if isinstance(node, Constant)})
            return Fields(inner)
        if isinstance(value, list):
            nodes = tuple(self._node(item, (*path, number), schema) for number, item in enumerate(value))
            if all(isinstance(node, Constant) for node in nodes):
                return Constant([node.value for node in nodes if isinstance(node, Constant)])
            return Listing(nodes)
        return Constant(value)

    def _text(self, text: str, path: Path, schema: Schema) -> Node:
        parts = parts_of(text)
        pieces = [self._piece(part, path, text, whole=len(parts) == 1) for part in parts]
        if len(pieces) > 1:
            return _merged(pieces)
        (piece,) = pieces
        if isinstance(piece, Constant):
            return piece
        own, textual = path[len(TEMPLATES) + 1 :], self.inputs is not None and self.inputs.textual
        return Gap(piece, textual, required(schema, own), due(schema, own))

    def _piece(self, part: str | Placeholder, path: Path, text: str, *, whole: bool) -> Constant | int:
        """A stretch of text, or the number of a column."""
        if isinstance(part, str):
            return Constant(part)
        if part.namespace == NAMESPACE and (self.inputs is None or part.name in self.inputs.columns):
            self.used.add(part.name)
            return 0 if self.inputs is None else self.inputs.columns[part.name]
        fault = self._fault(part, whole=whole)
        if fault is None:
            return Constant(self.values.source.values[part.name])
        self.values.tell(self.document, path, text, part, fault)
        return Constant("")

    def _fault(self, part: Placeholder, *, whole: bool) -> Fault | None:
        if part.namespace == NAMESPACE and self.inputs is not None:
            message = f'there is no column "{part.name}" in {self.inputs.shown}'
            return Fault(errors.COLUMN_UNKNOWN, message, self._column_meant(part.name, self.inputs))
        fault = self.values.fault(part, whole=whole)
        near = part.written.removeprefix(SIGN).rstrip("}").strip()
        if fault is None or part.namespace or self.inputs is None or near not in self.inputs.columns:
            return fault
        return Fault(fault.code, fault.message, f"did you mean {_written(near)}?")

    def _column_meant(self, name: str, inputs: Inputs) -> str:
        """A hint. A first line that has no name a template asks for may be a row, and is nobody's to see."""
        columns = list(inputs.columns)
        same = [column for column in columns if column.casefold() == name.casefold() and _can_be_asked_for(column)]
        if same:
            return did_you_mean(name, same)
        if inputs.textual and not any(asked in inputs.columns for asked in _asked(_templates(self.document))):
            return "the first line has none of the columns that the templates use: it has to be the header line"
        near = suggest(name, columns)
        if near is not None and not _can_be_asked_for(near):
            return f'call the column "{near}" {name}: a placeholder takes letters, digits, _, . and - alone'
        return did_you_mean(name, columns, f"the columns are {listed(columns)}")


def _templates(document: Document) -> list[dict[str, JSON]]:
    spec: Any = document.value["spec"]
    found: list[dict[str, JSON]] = spec["resources"]
    return found


def _written(name: str) -> str:
    return f"{SIGN}{NAMESPACE}.{name}}}"


def _can_be_asked_for(name: str) -> bool:
    """Whether a placeholder can name a column that is called so."""
    return parts_of(_written(name)) == [Placeholder(_written(name), 0, NAMESPACE, name)]


def _asked(value: JSON) -> Iterator[str]:
    """The columns that placeholders in a value name."""
    if isinstance(value, str):
        parts = parts_of(value) if SIGN in value else ()
        yield from (part.name for part in parts if isinstance(part, Placeholder) and part.namespace == NAMESPACE)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _asked(item)


def _merged(pieces: list[Constant | int]) -> Node:
    """The pieces of a text, those that are the same in every row put together."""
    parts: list[str | int] = []
    for piece in pieces:
        if isinstance(piece, int):
            parts.append(piece)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += spelled(piece.value)
        else:
            parts.append(spelled(piece.value))
    return Constant("".join(map(str, parts))) if all(isinstance(part, str) for part in parts) else Joined(tuple(parts))
