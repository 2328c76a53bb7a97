"""CSV files as tables: what is read, what is refused, and where every cell stands."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import errors
from reconciler.document import decode, from_string
from reconciler.errors import Problems, ReconcilerError
from reconciler.manifest.table import DELIMITERS, Table, table_of


def read(content: str) -> tuple[Table | None, list[ReconcilerError]]:
    """A table from a string."""
    return table_of(from_string(content, "a.csv"))


def good(content: str) -> Table:
    """A table without faults."""
    table, faults = read(content)
    assert table is not None
    assert [str(fault) for fault in faults] == []
    return table


# content, columns, (line, cells) of each row, why
GOOD = [
    ("a,b\n1,2\n", ["a", "b"], [(2, ["1", "2"])], "the plainest"),
    ("a,b\r\n1,2\r\n", ["a", "b"], [(2, ["1", "2"])], "as spreadsheets end lines"),
    ("\ufeffa,b\n1,2", ["a", "b"], [(2, ["1", "2"])], "Excel's mark; no line end at the end"),
    ("a;b\n1,5;2\n", ["a", "b"], [(2, ["1,5", "2"])], "semicolons, where a comma is for decimals"),
    ("a\tb\n1;2\t3,4\n", ["a", "b"], [(2, ["1;2", "3,4"])], "tabs"),
    ("a\n1\n", ["a"], [(2, ["1"])], "one column has no separator"),
    (" a , b \n 1 , 2 \n", ["a", "b"], [(2, [" 1 ", " 2 "])], "names are trimmed, cells are not"),
    ('"a;x;y","b"\n1,2\n', ["a;x;y", "b"], [(2, ["1", "2"])], "signs in quotes do not count"),
    ('"a\nx",b\n1,2\n', ["a\nx", "b"], [(3, ["1", "2"])], "a line break in a name"),
    ('a,b\n"x\ny",2\n3,4\n', ["a", "b"], [(2, ["x\ny", "2"]), (4, ["3", "4"])], "lines count on after one in a cell"),
    ('a,b\n"x\r\ny",2\r\n', ["a", "b"], [(2, ["x\ny", "2"])], "a line break is one sign"),
    ('a,b\n"say ""hi""",5" pipe\n', ["a", "b"], [(2, ['say "hi"', '5" pipe'])], "quotes within quotes, and without"),
    ("\n \na,b\n\n1,2\n,\n , \n3,4\n\n", ["a", "b"], [(5, ["1", "2"]), (8, ["3", "4"])], "lines of nothing"),
    ("a,b,,\n1,2,,\n3,4\n", ["a", "b"], [(2, ["1", "2"]), (3, ["3", "4"])], "columns of nothing at the end"),
    ("a,b\n1,2,,\n", ["a", "b"], [(2, ["1", "2"])], "empty cells too many"),
    ("a,b\n007,NO\n1e3,null\n", ["a", "b"], [(2, ["007", "NO"]), (3, ["1e3", "null"])], "text is text"),
    ("a,b\n,2\n", ["a", "b"], [(2, ["", "2"])], "an empty cell"),
    ("code,über uns\n1,é\n", ["code", "über uns"], [(2, ["1", "é"])], "other letters"),
]


@pytest.mark.parametrize(("content", "columns", "rows", "reason"), GOOD, ids=[case[3] for case in GOOD])
def test_read(content: str, columns: list[str], rows: list[tuple[int, list[str]]], reason: str) -> None:
    """What a table holds, and the line each row begins in."""
    table = good(content)
    assert list(table.columns) == columns, reason
    assert [(row.line, list(row.cells)) for row in table.rows] == rows


# content, code, line, column, a part of the message, rows that can be read all the same, why
BAD = [
    ("sep=;\na;b\n1;2\n", errors.CSV_HEADER, 1, 1, "setting", 0, "a line that a spreadsheet keeps for itself"),
    ("", errors.CSV_HEADER, 1, 1, "is empty", 0, "nothing"),
    ("\n , \n", errors.CSV_HEADER, 1, 1, "is empty", 0, "lines of nothing"),
    ("a,b\n", errors.CSV_EMPTY, 1, 1, "no row", 0, "a header line alone: cut short, or nothing is left"),
    ("\n\na,b\n,\n", errors.CSV_EMPTY, 3, 1, "no row", 0, "rows of nothing are none"),
    ("a,b,a\n1,2,3\n", errors.CSV_HEADER, 1, 5, "column 3 has the name of column 1", 0, "a name twice"),
    ("a, a\n1,2\n", errors.CSV_HEADER, 1, 3, "column 2 has the name of column 1", 0, "twice once trimmed"),
    ("a,,b\n1,2,3\n", errors.CSV_HEADER, 1, 3, "column 2 has no name", 0, "no name"),
    ("a,b;c\n1,2\n", errors.CSV_HEADER, 1, 1, "one sign or by another", 0, "nobody can say what separates"),
    ("a,b\n1\n3,4\n", errors.CSV_ROW, 2, 1, "1 cell, and the header line has 2", 1, "too few"),
    ("a,b\n1,2,3\n4,5\n", errors.CSV_ROW, 2, 5, "3 cells, and the header line has 2", 1, "too many"),
    ('a,b\n"x\ny",2,3\n', errors.CSV_ROW, 3, 6, "3 cells", 0, "too many after a line break"),
    ("a,b,\n1,2,3\n", errors.CSV_ROW, 2, 5, "3 cells", 0, "a cell in a column without a name"),
    ('a,b\n1,"2\n3,4\n', errors.CSV_ROW, 2, 3, "never closed", 0, "a quote left open"),
    ('a,b\n1,"2"x\n3,4\n', errors.CSV_ROW, 2, 3, "text follows the closed quote", 1, "text after a quote"),
    ('a,b\n"p\nq",2\n1,"2" \n', errors.CSV_ROW, 4, 3, "text follows", 1, "lines count on after one in a cell"),
    ("a,b\n1," + "x" * 131_073 + "\n", errors.CSV_ROW, 2, 1, "more than 131,072 characters", 0, "a cell too long"),
]


@pytest.mark.parametrize("case", BAD, ids=[case[6] for case in BAD])
def test_refused(case: tuple[str, str, int, int, str, int, str]) -> None:
    """What cannot be read has its code and place, shows no line of the file, and the rows around it are kept."""
    content, code, line, column, message, rows, _ = case
    table, (fault,) = read(content)
    assert fault.source is not None
    assert (fault.code, fault.source.line, fault.source.column) == (code, line, column)
    assert message in fault.message
    assert len(table.rows if table is not None else ()) == rows


def test_all_at_once_up_to_a_hundred() -> None:
    """Every bad row is told, and no flood of them."""
    assert [fault.source.line for fault in read("a,b\n1\n2,3\n4\n5\n")[1] if fault.source] == [2, 4, 5]
    assert len(read("a,b\n" + "1\n" * 1000)[1]) == 100


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"a,b\n1,\xe9\n", errors.ENCODING, 2, 3),
        ("a,b\n1,2\n".encode("utf-16"), errors.ENCODING, 1, 1),
        (b"a,b\n1,\x00\n", errors.FORBIDDEN_CHARACTER, 2, 3),
        (b"a,b\rc,d\r", errors.FORBIDDEN_CHARACTER, 1, 4),
        ("a,b\n1,\u202egnp.exe\n".encode(), errors.FORBIDDEN_CHARACTER, 2, 3),
        (b"a,b\n1,\x1b[2J\n", errors.FORBIDDEN_CHARACTER, 2, 3),
    ],
)
def test_what_is_no_text_is_refused_in_its_place(data: bytes, code: str, line: int, column: int) -> None:
    """Other encodings and characters that hide something; and no line of such a file is shown."""
    with pytest.raises(Problems) as caught:
        decode(data, "a.csv", closed=True)
    error = caught.value.errors[0]
    assert error.source is not None
    assert (error.code, error.source.line, error.source.column, error.snippet) == (code, line, column, "")


CELLS = st.text(st.sampled_from("ab é,;\t\"'\n${}7-"), max_size=8)


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5),
    delimiter=st.sampled_from(DELIMITERS),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]], delimiter: str, end: str) -> None:
    """Whatever the cells hold, they come back, and each stands where its place says."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([["x", "y", "z"], *rows])
    table, faults = read(out.getvalue().replace("\n", end))
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert table is not None
    assert [list(row.cells) for row in table.rows] == filled
    assert [fault.code for fault in faults] == ([] if filled else [errors.CSV_EMPTY])
    for row in table.rows:
        for name, cell in zip(table.columns, row.cells, strict=True):
            text, place = table.cell(row, name)
            written = text.lines[place.line - 1][place.column - 1 :]
            first = str(cell).split("\n", 1)[0]
            assert written.startswith((first, '"' + first.replace('"', '""')))


@given(st.text(st.sampled_from('a,;\t"\n x'), max_size=40))
def test_anything_is_read_or_told(content: str) -> None:
    """No text makes a traceback; where rows are not whole there is a fault, in a place that is in the text."""
    table, faults = read(content)
    assert faults or (table is not None and table.rows)
    for fault in faults:
        assert fault.source is not None
        assert 1 <= fault.source.line <= max(1, content.count("\n") + 1)
    for row in table.rows if table is not None else ():
        assert len(row.cells) == len(table.columns if table is not None else ())
        assert table is None or all(table.cell(row, name)[1].line >= row.line for name in table.columns)
