"""The page of an error code, as ``explain CODE`` shows it."""

from __future__ import annotations

import re
import textwrap
from typing import Final

from reconciler.errors import CATALOGUE
from reconciler.model import JSON
from reconciler.report.catalogue import Example, Page
from reconciler.report.style import Style

_PLAIN = Style()
_WIDTH: Final = 88


def error_page(page: Page, style: Style = _PLAIN) -> str:
    """What a code means, an example and the way out, ending with a newline."""
    entry = CATALOGUE[page.code]
    advice = "\n\n".join(part for part in (entry.way_out, page.advice) if part)
    parts = [
        style.bold(f"{page.code}: {entry.title}"),
        f"Exit code {entry.exit_code}.",
        _paragraphs(page.meaning),
        f"{style.bold('Example')}\n" + "\n\n".join(_indented(example) for example in page.examples),
        f"{style.bold('What to do')}\n{_paragraphs(advice)}",
    ]
    return "\n\n".join(parts) + "\n"


def error_document(page: Page) -> dict[str, JSON]:
    """The same for programs; each example is an object of its form (``yaml``, ``console``, ...) and its text."""
    entry = CATALOGUE[page.code]
    return {
        "code": page.code,
        "title": entry.title,
        "exit_code": entry.exit_code,
        "meaning": _flat(page.meaning),
        "examples": [{"form": example.words[0], "text": example.text} for example in page.examples],
        "way_out": entry.way_out,
        "advice": _flat(page.advice) or None,
    }


def error_index(style: Style = _PLAIN) -> str:
    """Every code with its title, sorted; ends with a newline."""
    entries = [CATALOGUE[code] for code in sorted(CATALOGUE)]
    return "".join(f"{style.bold(entry.code)}  exit {entry.exit_code:<3}  {entry.title}\n" for entry in entries)


def error_index_document() -> dict[str, JSON]:
    """Every code with its title and exit code, sorted."""
    entries = [CATALOGUE[code] for code in sorted(CATALOGUE)]
    return {"errors": [{"code": e.code, "title": e.title, "exit_code": e.exit_code} for e in entries]}


def _paragraphs(text: str) -> str:
    return "\n\n".join(textwrap.fill(part, _WIDTH, break_on_hyphens=False) for part in _flat(text).split("\n\n"))


def _flat(text: str) -> str:
    """Each paragraph on one line."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def _indented(example: Example) -> str:
    return textwrap.indent(example.text.rstrip("\n"), "    ")
