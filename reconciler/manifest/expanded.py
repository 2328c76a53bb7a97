"""A manifest that a template makes of a row, and the places of its parts: cells, or lines of the template."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from reconciler import errors
from reconciler.document import Document, Path, Place, Places
from reconciler.errors import ReconcilerError
from reconciler.manifest.gathering import RowFault
from reconciler.manifest.inputs import Inputs
from reconciler.manifest.table import Row
from reconciler.manifest.template import Template, columns_of
from reconciler.model import Source

_AS_JSON: Final = "write the cell as JSON does: 12, -1.5, true; no blanks, leading zeros, exponent or other signs"


@dataclass(frozen=True, slots=True)
class Expanded(Document):
    """One manifest of a ResourceSet: its value, and where that came from; all else is as in the ResourceSet."""

    origin: Document
    template: Template
    inputs: Inputs
    row: Row

    @property
    def source(self) -> Source:
        """Where the template begins, and the row."""
        return Source(self.text.name, self.template.line, self.template.column, self.inputs.source(self.row))


class PartPlaces(Places):
    """The places of a part of a document, by paths that begin in that part."""

    def __init__(self, outer: Places, prefix: Path) -> None:
        self.document, self._outer, self._prefix = outer.document, outer, prefix

    @property
    def size(self) -> int:
        """Nothing is held here."""
        return 0

    def key(self, path: Path) -> Place:
        """The key at a path."""
        return self._outer.key(self._written(path))

    def value(self, path: Path) -> Place:
        """The value at a path."""
        return self._outer.value(self._written(path))

    def error(
        self, code: str, message: str, path: Path, *, on: str = "key", hint: str = "", hide: bool = False
    ) -> ReconcilerError:
        """An error that points into the part."""
        return self._outer.error(code, message, self._written(path), on=on, hint=hint, hide=hide)

    def _written(self, path: Path) -> Path:
        return (*self._prefix, *path)


class RowPlaces(PartPlaces):
    """The places of an expanded manifest: a value that has cells in it stands where the first of them does."""

    def __init__(self, one: Expanded, outer: Places) -> None:
        super().__init__(outer, one.template.path)
        self._one = one

    def value(self, path: Path) -> Place:
        """The cell, or the value in the template."""
        columns = self._columns(path)
        return self._one.inputs.cell(self._one.row, columns[0])[1] if columns else super().value(path)

    def value_source(self, path: Path) -> Source:
        """The place of the cell, or of the value in the template, as a source."""
        columns = self._columns(path)
        if not columns:
            return super().value_source(path)
        text, place = self._one.inputs.cell(self._one.row, columns[0])
        return Source(text.name, place.line, place.column)

    def error(
        self, code: str, message: str, path: Path, *, on: str = "key", hint: str = "", hide: bool = False
    ) -> ReconcilerError:
        """An error at the cell, else in the template."""
        columns, written = self._columns(path), self._written(path)
        if columns and (on == "value" or isinstance(path[-1], int)):
            return self.at_cell(code, message, written, columns, hint=hint, hide=hide)
        told = super().error(code, message, path, on=on, hint=hint, hide=hide)
        aside = f"row {self._row.where}" if len(self._one.inputs.rows) > 1 else ""
        return self._fault(told, (written, code, message), aside)

    def at_cell(
        self, code: str, message: str, written: Path, columns: tuple[str, ...], *, hint: str = "", hide: bool = False
    ) -> ReconcilerError:
        """An error at the first of the cells that make up the text at a path of the ResourceSet."""
        one = self._one
        text, place = one.inputs.cell(one.row, columns[0])
        hint = _AS_JSON if code == errors.WRONG_TYPE and one.inputs.textual else hint
        told = text.error(code, message, place.line, place.column, span=place.span, hint=hint, hide=hide)
        aside = f"{_named(columns)}, used in {one.text.name}:{self._outer.key(written).line}"
        return self._fault(told, (written, code), aside)

    @property
    def _row(self) -> Source:
        return self._one.inputs.source(self._one.row)

    def _fault(self, told: ReconcilerError, mark: Hashable, aside: str) -> RowFault:
        """The error with what its place does not tell."""
        return RowFault(told, (id(self._one.origin), mark), self._row, aside, len(self._one.inputs.rows))

    def _written(self, path: Path) -> Path:
        inner, _ = self._one.template.root.below(path, self._one.row.cells)
        return (*self._prefix, *inner)

    def _columns(self, path: Path) -> tuple[str, ...]:
        """The columns that make up the text at a path."""
        _, node = self._one.template.root.below(path, self._one.row.cells)
        names = tuple(self._one.inputs.columns)
        return tuple(dict.fromkeys(names[number] for number in columns_of(node)))


def _named(columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"column{'s' if len(columns) > 1 else ''} {names}"
