"""ResourceSets made into manifests: every template filled in with every row.

Where a template is wrong, or the rows as a whole, nothing is made: what it would have been is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from reconciler import errors
from reconciler.document import Document, Path, Places, did_you_mean
from reconciler.document.violation import label
from reconciler.errors import ReconcilerError
from reconciler.manifest.declaration import Atlas
from reconciler.manifest.drafting import Drafting
from reconciler.manifest.expanded import Expanded, PartPlaces, RowPlaces
from reconciler.manifest.gathering import RowFault
from reconciler.manifest.inputs import ABSENT, Inputs, Tables, inline, unused_columns
from reconciler.manifest.kinds import Kind, Kinds
from reconciler.manifest.removal import API_VERSION
from reconciler.manifest.resourceset import INPUTS, TEMPLATES, resource_set_shape
from reconciler.manifest.table import Row, Table
from reconciler.manifest.template import Template
from reconciler.manifest.values import Values
from reconciler.model import JSON

MOST_VALUES: Final = 4_000_000  # in all that the ResourceSets of a run make: some 250,000 manifests
MOST_TEXT: Final = 50_000_000  # characters that their texts with cells in the middle may come to


@dataclass(frozen=True, slots=True)
class Made:
    """A manifest from a row; where it is ``faulty``, that has been told, and its shape is not looked at."""

    document: Expanded
    kind: Kind
    faulty: bool


class Expansion:
    """Makes the manifests of the ResourceSets of one run."""

    def __init__(self, kinds: Kinds, values: Values, atlas: Atlas, tables: Tables) -> None:
        self._kinds, self._values, self._atlas, self._tables = kinds, values, atlas, tables
        self._unused: list[str] = []
        self._size = self._text = 0  # values and characters so far

    def expand(self, document: Document) -> Iterator[ReconcilerError | Made]:
        """What is wrong with a ResourceSet, and the manifests it makes, row by row."""
        self._hide(document)
        places = self._atlas.places(document)
        faults = resource_set_shape().problems(document.value, lambda: places)
        if faults:
            yield from faults
            return
        inputs, wrong = self._inputs(document, places)
        yield from wrong
        drafting = Drafting(document, inputs, self._values)
        templates, unfit = self._templates(document, places, drafting)
        yield from unfit
        if inputs is None or unfit:
            return
        self._note(inputs, drafting.used)
        too_much = self._too_much(inputs, templates, places)
        yield from too_much or _made(document, places, inputs, templates, drafting.used)

    def warnings(self) -> list[str]:
        """The columns that no template uses."""
        return [*self._unused, *self._tables.unused()]

    def _hide(self, document: Document) -> None:
        """Where a template has room for what is somebody's, no cell of the rows beside it is shown."""
        document.text.hide([*self._kinds.personal(document.value)])

    def _inputs(self, document: Document, places: Places) -> tuple[Inputs | None, list[ReconcilerError]]:
        written = cast(Any, document.value["spec"])["inputs"]
        return (inline(written, places), []) if isinstance(written, list) else self._tables.read(document, places)

    def _templates(
        self, document: Document, places: Places, drafting: Drafting
    ) -> tuple[list[Template], list[ReconcilerError]]:
        templates, faults = [], []
        for number, written in enumerate(cast(Any, document.value["spec"])["resources"]):
            kind = self._kinds.find(written["apiVersion"], written["kind"])
            if kind is not None:
                templates.append(drafting.template(number, kind))
            else:
                faults += self._no_kind(written, PartPlaces(places, (*TEMPLATES, number)))
        return templates, [*faults, *self._values.take()]

    def _no_kind(self, written: dict[str, JSON], places: Places) -> list[ReconcilerError]:
        if written["apiVersion"] != API_VERSION:
            return self._kinds.header_faults(written, places)
        message = f"a template makes what a vendor keeps, and {str(written['kind'])[:80]} is no such kind"
        return [places.error(errors.TEMPLATE_UNFIT, message, ("kind",), on="value")]

    def _note(self, inputs: Inputs, used: set[str]) -> None:
        if isinstance(inputs, Table):
            self._tables.use(inputs, used)
        elif left := [name for name in inputs.columns if name not in used]:
            self._unused.append(unused_columns(left, inputs.shown))

    def _too_much(self, inputs: Inputs, templates: list[Template], places: Places) -> list[ReconcilerError]:
        """Why rows and templates are not put together: a small file could stand for more than a machine can hold."""
        columns = [column for template in templates for _, column in template.joined]
        self._size += len(inputs.rows) * sum(template.size for template in templates)
        self._text += len(inputs.rows) * sum(template.written for template in templates)
        self._text += sum(len(str(row.cells[column])) for column in columns for row in inputs.rows)
        if self._size > MOST_VALUES:
            message = f"rows and templates come to {self._size:,} values, more than {MOST_VALUES:,} in one run"
        elif self._text > MOST_TEXT:
            message = f"the texts of rows and templates come to more than {MOST_TEXT:,} characters in one run"
        else:
            return []
        return [places.error(errors.TOO_LARGE, message, TEMPLATES, hint="split the project")]


def _made(
    document: Document, places: Places, inputs: Inputs, templates: list[Template], used: set[str]
) -> Iterator[ReconcilerError | Made]:
    """The manifests, those of a row together. What a row lacks is told, and nothing is made of it."""
    numbers = {} if inputs.textual else {name: inputs.columns[name] for name in sorted(used)}
    checks = [(template, template.required, template.joined) for template in templates]
    for row in inputs.rows:
        absent = [name for name, number in numbers.items() if row.cells[number] is ABSENT]
        if absent:
            yield from (_lacking(document, places, inputs, row, name) for name in absent)
            continue
        for template, required, joined in checks:
            bare = _expanded(document, template, inputs, row)
            nulls = [at for at in joined if row.cells[at[1]] is None]
            yield from (_null(bare, places, *at) for at in nulls)
            if not nulls:
                empty = [_empty(bare, places, *at) for at in required if row.cells[at[1]] == ""]
                yield from empty
                value = cast(dict[str, JSON], template.root.fill(row.cells))
                yield Made(replace(bare, value=value), template.kind, bool(empty))


def _expanded(document: Document, template: Template, inputs: Inputs, row: Row) -> Expanded:
    """The manifest of a row, its value still to come."""
    d = document
    return Expanded(d.text, {}, d.line, d.column, d.start, d.end, d.first_line, d, template, inputs, row)


def _lacking(document: Document, places: Places, inputs: Inputs, row: Row, name: str) -> ReconcilerError:
    """A row without a key that a template uses."""
    cells = zip(inputs.columns, row.cells, strict=True)
    hint = did_you_mean(name, [other for other, cell in cells if cell is not ABSENT])
    told = places.error(errors.COLUMN_UNKNOWN, f'this row has no "{name}"', (*INPUTS, row.number), hint=hint)
    return RowFault(told, (id(document), name), inputs.source(row), "", len(inputs.rows))


def _empty(one: Expanded, places: Places, path: Path, column: int) -> ReconcilerError:
    """A cell that is empty where a value has to be; paths are the template's."""
    message = f'"{label(path)}" has to be there, and the cell is empty'
    return _at_cell(one, places, errors.CELL_EMPTY, message, path, column)


def _null(one: Expanded, places: Places, path: Path, column: int) -> ReconcilerError:
    """A cell that is null where it stands in the middle of a text."""
    message = f'"{label(path)}" has a null in the middle of its text'
    return _at_cell(one, places, errors.VALUE_NOT_TEXT, message, path, column)


def _at_cell(one: Expanded, places: Places, code: str, message: str, path: Path, column: int) -> ReconcilerError:
    name = tuple(one.inputs.columns)[column]
    return RowPlaces(one, places).at_cell(code, message, (*one.template.path, *path), (name,))
