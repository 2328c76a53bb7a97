"""Whether the place that an error names is one of the text."""

from __future__ import annotations

from reconciler.document import decode
from reconciler.errors import Problems


def within(data: bytes, line: int, column: int) -> bool:
    """Whether a place is one of the text, or right behind a line of it."""
    try:
        lines = decode(data, "").lines
    except Problems:
        lines = data.decode("utf-8", "replace").split("\n")
    return 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1
