"""The rows of a ResourceSet: written in it, or in a CSV file that lies in the project or that a variable names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final, Protocol

from reconciler import errors
from reconciler.document import Document, Place, Places, Text, decode, read_bytes
from reconciler.document.text import visible
from reconciler.errors import Problems, ReconcilerError
from reconciler.manifest.files import STDIN, Project, lies_within
from reconciler.manifest.resourceset import INPUTS
from reconciler.manifest.table import Row, Table, table_of
from reconciler.model import JSON, Source

ABSENT: Final = object()  # the cell of a row that lacks a key which others have
_UTF_8: Final = 'save the file as UTF-8: in a spreadsheet "CSV UTF-8", with Unicode (UTF-8) as the character set'


class Inputs(Protocol):
    """Rows, however they are written."""

    @property
    def textual(self) -> bool: ...

    @property
    def shown(self) -> str: ...

    @property
    def columns(self) -> Mapping[str, int]: ...

    @property
    def rows(self) -> Sequence[Row]: ...

    def source(self, row: Row) -> Source: ...

    def cell(self, row: Row, column: str) -> tuple[Text, Place]: ...


@dataclass(frozen=True, slots=True)
class Inline:
    """Rows that stand in the ResourceSet itself: cells have the types they are written in."""

    places: Places
    columns: Mapping[str, int]
    rows: tuple[Row, ...]
    textual: bool = False

    @property
    def shown(self) -> str:
        """What people are shown of them."""
        return f"the inputs of {self.places.document.text.name}:{self.places.document.line}"

    def source(self, row: Row) -> Source:
        """Where a row begins."""
        return self.places.source((*INPUTS, row.number))

    def cell(self, row: Row, column: str) -> tuple[Text, Place]:
        """Where a cell stands; the row where it has none."""
        return self.places.document.text, self.places.value((*INPUTS, row.number, column))


def inline(written: Sequence[Mapping[str, JSON]], places: Places) -> Inline:
    """The rows of a list of mappings: a column for each key that any of them has."""
    columns = {name: number for number, name in enumerate(dict.fromkeys(key for row in written for key in row))}
    rows = (Row(n, 0, [row.get(name, ABSENT) for name in columns]) for n, row in enumerate(written))
    return Inline(places, columns, tuple(rows))


@dataclass(slots=True)
class Tables:
    """The CSV files of one run, each read once; ``folders`` says where the file of a text lies, ``drafts`` are texts of
    files that are yet to be written, by what they are shown as."""

    project: Project
    folders: Mapping[Text, FilePath]
    start: FilePath
    drafts: Mapping[str, Text] = field(default_factory=dict)
    _read: dict[str, tuple[Table | None, list[ReconcilerError]]] = field(default_factory=dict)
    _used: dict[str, set[str]] = field(default_factory=dict)

    def read(self, document: Document, places: Places) -> tuple[Table | None, list[ReconcilerError]]:
        """The table that a ResourceSet names. What is wrong with the file as such is told where it is named; what is
        wrong within it, there, and once however many name it."""
        found = self._file(document, places)
        if isinstance(found, ReconcilerError):
            return None, [found]
        path, name = found
        key = os.path.realpath(path)
        if key in self._read:
            return self._read[key][0], []
        if name in self.drafts:
            self._read[key] = table, faults = table_of(self.drafts[name])
            return table, faults
        try:
            data = read_bytes(path, name)
        except Problems as failure:
            return None, [_at_name(places, error.code, error.message, error.hint) for error in failure.errors]
        self._read[key] = table, faults = _decoded(data, name)
        return table, faults

    def use(self, table: Table, columns: set[str]) -> None:
        """Take note of what templates use of a table."""
        self._used.setdefault(table.text.name, set()).update(columns)

    def names(self) -> Iterator[str]:
        """The files that were read, as people are shown them."""
        yield from sorted(table.text.name for table, _ in self._read.values() if table is not None)

    def unused(self) -> Iterator[str]:
        """The columns that no template uses, as warnings. Where none is used at all, the first line may be no header
        line, and is not quoted."""
        for table in sorted((t for t, _ in self._read.values() if t is not None), key=lambda table: table.text.name):
            used = self._used.get(table.text.name, set())
            left = [name for name in table.columns if name not in used]
            if not used:
                yield f"no template uses a column of {table.text.name}"
            elif left:
                yield unused_columns(left, table.text.name)

    def _file(self, document: Document, places: Places) -> tuple[FilePath, str] | ReconcilerError:
        """The path of the file and what it is called."""
        written: Any = document.value["spec"]
        written = written["inputs"]["csv"]
        if isinstance(written, dict):
            return self._named_by(written["env"], places)
        folder = self.folders.get(document.text, self.start)
        path = FilePath(os.path.normpath(folder / written))
        root = self.project.folder if lies_within(path, self.project.folder) else folder
        if not lies_within(FilePath(os.path.realpath(path)), FilePath(os.path.realpath(root))):
            message = f'"{written}" leads out of the project'
            hint = "copy the file into the project, or write csv: {env: NAME} and set NAME to its path"
            return _at_name(places, errors.OUTSIDE_PROJECT, message, hint)
        return path, self._shown(path, document.text.name, written)

    def _named_by(self, variable: str, places: Places) -> tuple[FilePath, str] | ReconcilerError:
        """What an environment variable names; its value is shown to nobody, since it may be another's secret."""
        value = os.environ.get(variable, "")
        if value:
            return self.start / value, f"${variable}"
        message = f"the environment variable {variable} is not set"
        return places.error(errors.CSV_VARIABLE, message, (*INPUTS, "csv", "env"), on="value")

    def _shown(self, path: FilePath, beside: str, written: str) -> str:
        if lies_within(path, self.project.folder):
            return visible(str(path.relative_to(self.project.folder)))
        folder = FilePath() if beside == STDIN else FilePath(beside).parent
        return visible(os.path.normpath(folder / written))


def is_table(name: str) -> bool:
    """Whether a file of this name may be one of rows."""
    return name.lower().endswith((".csv", ".tsv", ".txt"))


def unused_columns(names: Sequence[str], where: str) -> str:
    """A warning about columns that no template uses."""
    quoted = ", ".join(f'"{visible(name)}"' for name in names)
    return f"no template uses the column{'s' if len(names) > 1 else ''} {quoted} of {where}"


def _at_name(places: Places, code: str, message: str, hint: str = "") -> ReconcilerError:
    """A problem told where the file is named."""
    return places.error(code, message, (*INPUTS, "csv"), on="value", hint=hint)


def _decoded(data: bytes, name: str) -> tuple[Table | None, list[ReconcilerError]]:
    """The table of a file's bytes. No line of it is ever shown: which of its cells are somebody's, nobody can know."""
    try:
        return table_of(decode(data, name, closed=True))
    except Problems as failure:
        return None, [_with_hint(error) for error in failure.errors]


def _with_hint(error: ReconcilerError) -> ReconcilerError:
    if error.code != errors.ENCODING:
        return error
    return ReconcilerError(error.code, error.message, hint=_UTF_8, source=error.source)
