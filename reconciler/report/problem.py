"""Errors as they are told: code and message, ``file:line:col``, the source line with a caret, and the way out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.errors import ReconcilerError
from reconciler.model import JSON
from reconciler.report.phrase import number_of
from reconciler.report.style import Style
from reconciler.report.visible import leading, sentence, shortened, visible

_PLAIN = Style()
_BEFORE: Final = 60  # characters of a long source line kept before the span
_AFTER: Final = 60
_PATH: Final = 4_096
_MOST: Final = 10_000  # characters of a message; some list what they are about


def problem_text(error: ReconcilerError, style: Style = _PLAIN) -> str:
    """One error, ending with a newline."""
    lines = [f"{style.bold(style.red(f'error[{error.code}]'))}{style.bold(': ' + sentence(error.message, _MOST))}"]
    if error.source is not None:
        lines.append(f"{leading(shortened(error.source.file, _PATH))}:{error.source.line}:{error.source.column}")
        lines += _excerpt(error, style)
    if error.hint:
        lines.append(f"{style.bold(style.cyan('help'))}: {sentence(error.hint, _MOST)}")
    return "\n".join(lines) + "\n"


def problems_text(errors: Sequence[ReconcilerError], style: Style = _PLAIN) -> str:
    """All errors in the order given, and where there are several, their number."""
    text = "\n".join(problem_text(error, style) for error in errors)
    if len(errors) < 2:
        return text
    files = {error.source.file for error in errors if error.source is not None}
    where = f" in {number_of(len(files), 'file')}" if files else ""
    return f"{text}\n{style.bold(number_of(len(errors), 'problem') + where)}.\n"


def problems_document(errors: Iterable[ReconcilerError]) -> dict[str, JSON]:
    """``{"errors": [{code, message, file, line, column, hint}]}``; the place is null where there is none."""
    return {"errors": [_document(error) for error in errors]}


def _document(error: ReconcilerError) -> dict[str, JSON]:
    source = error.source
    return {
        "code": error.code,
        "message": error.message,
        "file": None if source is None else source.file,
        "line": None if source is None else source.line,
        "column": None if source is None else source.column,
        "hint": error.hint or None,
    }


def _excerpt(error: ReconcilerError, style: Style) -> list[str]:
    """The source line under its number, and a caret line under the span; a long line is cut around the span."""
    source, snippet = error.source, error.snippet.rstrip("\r\n")
    if source is None or not snippet.strip():
        return []
    start = min(max(source.column - 1, 0), len(snippet))
    end = min(start + max(error.span, 1), len(snippet))
    first, last = max(start - _BEFORE, 0), min(end + _AFTER, start + 2 * _AFTER)
    lead, marked, rest = (
        visible(snippet[first:start]),
        visible(snippet[start : min(end, last)]),
        visible(snippet[end:last]),
    )
    text = ("…" if first else "") + lead + marked + rest + ("…" if last < len(snippet) else "")
    indent = " " * (_columns(lead) + (1 if first else 0))
    number, blank = str(source.line), " " * len(str(source.line))
    bar = style.dim("|")
    caret = style.bold(style.red("^" * max(_columns(marked), 1)))
    return [f"{blank} {bar}", f"{style.dim(number)} {bar} {text}", f"{blank} {bar} {indent}{caret}"]


def _columns(text: str) -> int:
    """Terminal columns: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
