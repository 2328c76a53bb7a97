"""A CSV file as rows of texts, every cell able to say where it stands.

RFC 4180 with a header line; cells are separated by a comma, a semicolon or a tab, whichever the header line has most
of. Lines of nothing but empty cells are passed over, and so are columns at the end that have neither name nor cells:
both are what spreadsheets leave behind.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler import errors
from reconciler.document import Place, Text
from reconciler.document.text import MAX_REPORTED
from reconciler.errors import ReconcilerError
from reconciler.model import JSON, Source

DELIMITERS: Final = ",;\t"
MAX_CELLS: Final = 800_000
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
_SETTING: Final = re.compile(r"\s*sep\s*=\s*\S?\s*", re.IGNORECASE)
_SAVE: Final = "save the file as CSV from the spreadsheet, or correct the quotes: a quote within quotes is doubled"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number among the rows from 0, the line it begins in (0: worked out later), and its cells."""

    number: int
    line: int
    cells: Sequence[JSON]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a CSV file; every row has a cell for each column."""

    text: Text
    delimiter: str
    columns: Mapping[str, int]  # by name, in the order of the file
    rows: tuple[Row, ...]
    textual: bool = True  # a cell is text, whatever it looks like

    @property
    def shown(self) -> str:
        """What people are shown of it: the file's name."""
        return self.text.name

    def source(self, row: Row) -> Source:
        """Where a row begins."""
        return Source(self.text.name, row.line)

    def cell(self, row: Row, column: str) -> tuple[Text, Place]:
        """Where a cell stands."""
        return self.text, _places(self.text, row.line, self.delimiter)[self.columns[column]]


@dataclass(frozen=True, slots=True)
class _Reader:
    """The records of a text, with the lines they begin in, and what cannot be read as faults."""

    text: Text
    delimiter: str
    faults: list[ReconcilerError]

    def records(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader((f"{line}\n" for line in self.text.lines), delimiter=self.delimiter, strict=True)
        while len(self.faults) < MAX_REPORTED:
            line = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.faults.append(self._unreadable(line, str(error)))
                continue
            if any(cell.strip() for cell in record):
                yield line, record

    def _unreadable(self, line: int, why: str) -> ReconcilerError:
        place = _places(self.text, line, self.delimiter)[-1]
        if "limit" in why:
            message = f"a cell of this row has more than {csv.field_size_limit():,} characters"
            return self.text.error(errors.CSV_ROW, message, line, 1)
        words = "end of data" in why
        message = "the quote that opens here is never closed" if words else "text follows the closed quote of this cell"
        return self.text.error(errors.CSV_ROW, message, place.line, place.column, hint=_SAVE)


def table_of(text: Text) -> tuple[Table | None, list[ReconcilerError]]:
    """The rows that can be read, and all that is wrong; None where not even the header line can be."""
    faults: list[ReconcilerError] = []
    first, delimiter = _first_line(text), _delimiter(text)
    if _SETTING.fullmatch("".join(text.lines[first - 1 : first])):
        message, hint = "a spreadsheet's setting stands where the header line is due", "take this line out"
        return None, [text.error(errors.CSV_HEADER, message, first, 1, hint=hint)]
    if delimiter is None:
        message = "the header line may be separated by one sign or by another"
        hint = "separate the names by commas alone, or put those that hold a comma, a semicolon or a tab in quotes"
        return None, [text.error(errors.CSV_HEADER, message, first, 1, hint=hint)]
    records = _Reader(text, delimiter, faults).records()
    line, header = next(records, (0, []))
    if not header:
        return None, faults or [text.error(errors.CSV_HEADER, f"{text.name} is empty", 1, 1)]
    columns, wrong = _columns(text, line, delimiter, header)
    if wrong:
        return None, [*faults, *wrong]
    rows = tuple(_rows(text, delimiter, records, len(columns), faults))
    if not rows and not faults:
        faults.append(text.error(errors.CSV_EMPTY, "there is a header line, and no row below it", line, 1))
    return Table(text, delimiter, columns, rows), faults


def _first_line(text: Text) -> int:
    """The number of the first line that is not blank."""
    return next((number for number, line in enumerate(text.lines, start=1) if line.strip()), 1)


def _delimiter(text: Text) -> str | None:
    """What separates the names of the header line, the commonest of the three; None where two are as common."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for line in text.lines[_first_line(text) - 1 :]:
        for number, piece in enumerate(line.split('"')):
            quoted ^= number > 0
            if not quoted:
                counts = {sign: count + piece.count(sign) for sign, count in counts.items()}
        if not quoted:
            break
    best = sorted(counts, key=lambda sign: -counts[sign])
    return None if counts[best[0]] == counts[best[1]] > 0 else best[0]


def _columns(text: Text, line: int, delimiter: str, header: list[str]) -> tuple[dict[str, int], list[ReconcilerError]]:
    """The columns by name. A name is told by its number alone: a first row without a header line may be somebody's."""
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    columns: dict[str, int] = {}
    faults = []
    for number, name in enumerate(names):
        place = _places(text, line, delimiter)[number] if not name or name in columns else None
        if place is not None:
            message = f"column {number + 1} has " + (f"the name of column {columns[name] + 1}" if name else "no name")
            faults.append(text.error(errors.CSV_HEADER, message, place.line, place.column))
        columns.setdefault(name, number)
    return columns, faults[:MAX_REPORTED]


def _rows(
    text: Text, delimiter: str, records: Iterator[tuple[int, list[str]]], width: int, faults: list[ReconcilerError]
) -> Iterator[Row]:
    number = 0
    for line, record in records:
        if len(record) < width or any(record[width:]):
            faults.append(_ragged(text, delimiter, line, len(record), width))
            continue
        if (number + 1) * width > MAX_CELLS:
            faults.append(text.error(errors.TOO_LARGE, f"{text.name} has more than {MAX_CELLS:,} cells", line, 1))
            return
        yield Row(number, line, record[:width])
        number += 1


def _ragged(text: Text, delimiter: str, line: int, found: int, width: int) -> ReconcilerError:
    places = _places(text, line, delimiter)
    place = places[min(width, len(places) - 1)]
    message = f"this row has {found} cell{'s' if found > 1 else ''}, and the header line has {width}"
    hint = f"a cell that holds a {_NAMES[delimiter]} goes in quotes; an empty one keeps its {_NAMES[delimiter]}"
    return text.error(errors.CSV_ROW, message, place.line, place.column, hint=hint)


def _places(text: Text, line: int, delimiter: str) -> list[Place]:
    """Where the cells of the record that begins in a line stand; the last is the one that cannot be read."""
    lines, number, column = text.lines, line, 0
    found: list[Place] = []
    while True:
        start, begin = number, column
        if lines[number - 1][column : column + 1] == '"':
            number, column, sound = _behind_quotes(lines, number, column + 1, delimiter)
        else:
            sound = True
        end = lines[number - 1].find(delimiter, column)
        stop = len(lines[number - 1]) if end < 0 else end
        found.append(Place(start, begin + 1, max(1, stop - begin) if start == number else 1))
        if end < 0 or not sound:
            return found
        column = end + 1


def _behind_quotes(lines: Sequence[str], number: int, column: int, delimiter: str) -> tuple[int, int, bool]:
    """Line and column behind the quote that closes a cell, and whether one does and nothing else follows it."""
    while True:
        end = lines[number - 1].find('"', column)
        if end < 0:
            if number == len(lines):
                return number, len(lines[number - 1]), False
            number, column = number + 1, 0
        elif lines[number - 1][end + 1 : end + 2] == '"':
            column = end + 2
        else:
            return number, end + 1, lines[number - 1][end + 1 : end + 2] in ("", delimiter)
