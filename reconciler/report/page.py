"""The page of an error code, as ``explain CODE`` shows it."""

from __future__ import annotations

import textwrap
from typing import Final

from reconciler.errors import CATALOGUE, ErrorCode
from reconciler.report.style import Style

_PLAIN = Style()
_WIDTH: Final = 88


def error_page(code: str, style: Style = _PLAIN) -> str:
    """The page of a code of the catalogue, ending with a newline; raises KeyError for an unknown one."""
    page = CATALOGUE[code.strip().upper()]
    parts = [
        style.bold(f"{page.code}: {page.title}"),
        _paragraph(page.meaning),
        f"{style.bold('What to do')}\n{_paragraph(page.way_out)}",
        f"Exit code {page.exit_code}.",
    ]
    return "\n\n".join(parts) + "\n"


def error_index(style: Style = _PLAIN) -> str:
    """Every code with its title, sorted; ends with a newline."""
    pages: list[ErrorCode] = [CATALOGUE[code] for code in sorted(CATALOGUE)]
    return "".join(f"{style.bold(page.code)}  exit {page.exit_code:<3}  {page.title}\n" for page in pages)


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH)
