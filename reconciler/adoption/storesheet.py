"""Pairs as one ResourceSet and its table: a row a store, a column a field, what both vendors hold alike once. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from reconciler.adoption.draft import Draft
from reconciler.adoption.pairing import Pair
from reconciler.document.spelling import Template
from reconciler.model import JSON

# What a spreadsheet would reckon with instead of showing it: at the start of a cell, or of what is one where cells are
# parted by another sign than ours.
_FORMULA: Final = re.compile(r"(?:\A|[;\t\n])[ \"]*[=+@＝＋－＠-]|\A\t")
NAME: Final = "name"  # of the manifests: the first column
Slot = tuple[str, str]  # the section of a manifest (metadata, spec), and the key in it


@dataclass(frozen=True, slots=True)
class Row:
    """A store under the name that both of its manifests get."""

    name: str
    pair: Pair


def fits(pair: Pair) -> bool:
    """Whether a table can hold the pair's values, so that a spreadsheet gives them back as they are."""
    drafts = (pair.site, pair.location)
    cells = [value for draft in drafts for value in (*draft.spec.values(), draft.observed.id)]
    return all(isinstance(cell, str) and cell and "\r" not in cell and not _FORMULA.search(cell) for cell in cells)


def sheet(rows: Sequence[Row], path: PurePosixPath, several: frozenset[str]) -> tuple[dict[str, JSON], str]:
    """The ResourceSet of the rows (at least one), and the text of the table beside it, at ``path``; ``several`` are the
    providers with more than one connection."""
    ordered = sorted(rows, key=lambda row: row.name)
    sides = [[row.pair.site for row in ordered], [row.pair.location for row in ordered]]
    filled = [_filled(side, several) for side in sides]
    columns = _columns(filled, sides)
    templates = [
        _template(side[0], slots, names) for side, slots, names in zip(sides, filled, columns.names, strict=True)
    ]
    document: dict[str, JSON] = {
        "apiVersion": "reconciler/v1",
        "kind": "ResourceSet",
        "metadata": {"name": path.stem},
        "spec": {"inputs": {"csv": path.name}, "resources": templates},
    }
    return document, _csv([row.name for row in ordered], columns.cells)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The cells by column, and for each template which column fills which slot."""

    cells: Mapping[str, Sequence[str]]
    names: tuple[Mapping[Slot, str], ...]


def _filled(side: Sequence[Draft], several: frozenset[str]) -> dict[Slot, list[str]]:
    """The values of each slot of a template, row by row; "" where a store has none."""
    rtype = side[0].rtype
    slots: dict[Slot, list[str]] = {}
    if rtype.provider in several:
        slots["metadata", "connection"] = [draft.observed.connection for draft in side]
    slots["metadata", "externalId"] = [draft.observed.id for draft in side]
    for name in rtype.fields:
        values = [str(draft.spec.get(name, "")) for draft in side]
        if any(values):
            slots["spec", name] = values
    return slots


def _columns(filled: Sequence[Mapping[Slot, list[str]]], sides: Sequence[Sequence[Draft]]) -> _Columns:
    """A column for each slot, called by its field where no other one is. What both vendors call alike and hold alike in
    every row is one column. An id has its own, also where a field says the same: that one can be changed, and a new row
    has the field and no id yet."""
    cells: dict[str, list[str]] = {}
    names: list[dict[Slot, str]] = []
    for slots, side in zip(filled, sides, strict=True):
        rtype, chosen = side[0].rtype, dict[Slot, str]()
        for slot in sorted(slots, key=lambda slot: slot[0] == "metadata"):  # fields come first in the table
            shared = [earlier[slot] for earlier in names if slot in earlier]
            plain = slot[1] != NAME and all(one[slot] == slots[slot] for one in filled if slot in one)
            own = slot[1] if plain else f"{rtype.type.lower()}_{slot[1]}"
            chosen[slot] = next((name for name in shared if cells[name] == slots[slot]), own)
            cells.setdefault(chosen[slot], slots[slot])
        names.append(chosen)
    return _Columns(cells, tuple(names))


def _template(draft: Draft, slots: Mapping[Slot, list[str]], names: Mapping[Slot, str]) -> dict[str, JSON]:
    sections: dict[str, dict[str, JSON]] = {"metadata": {"name": _gap(NAME)}, "spec": {}}
    for section, key in slots:
        sections[section][key] = _gap(names[section, key])
    return {"apiVersion": draft.rtype.api_version, "kind": draft.rtype.type, **sections}


def _gap(column: str) -> Template:
    return Template(f"${{input.{column}}}")


class _Text:
    """Where a table is written to: no file."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        """Take the next part."""
        self.parts.append(text)


def _csv(names: Sequence[str], cells: Mapping[str, Sequence[str]]) -> str:
    """The table; with the mark by which spreadsheets know UTF-8, where they need it."""
    text = _Text()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([NAME, *cells])
    writer.writerows(_lines(names, cells))
    content = "".join(text.parts)
    return content if content.isascii() else f"\ufeff{content}"


def _lines(names: Sequence[str], cells: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    for number, name in enumerate(names):
        yield [name, *(column[number] for column in cells.values())]
