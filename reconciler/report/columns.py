"""A table as plain text: columns as wide as their widest cell, numbers to the right."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.report.style import Style, width

_GAP = "  "


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]], style: Style, right: Sequence[int] = ()) -> list[str]:
    """The lines, the heads first; ``right`` are the columns that stand to the right. Cells may be painted."""
    widths = [max(width(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    lines = [
        _GAP.join(_padded(cell, widths[place], right=place in right) for place, cell in enumerate(row)).rstrip()
        for row in [heads, *rows]
    ]
    return [style.bold(lines[0]), *lines[1:]]


def _padded(cell: str, wide: int, *, right: bool) -> str:
    blank = " " * (wide - width(cell))
    return blank + cell if right else cell + blank
