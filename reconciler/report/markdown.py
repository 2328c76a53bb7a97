"""Markdown for a pull request, and the one place that makes text safe in it.

Whatever a vendor or a user wrote stands in code, inline or fenced: there no mention, reference, link, image, HTML or
emphasis is seen, on GitHub and on GitLab alike, and what is read is what is there. Nothing else needs escaping, since
all other text is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.report.visible import shortened, visible

LIMIT: Final = 65_000  # UTF-16 units: a comment on GitHub takes 65,536 characters, and its poster may add a line
MOST_ROWS: Final = 20  # of a table in the summary
_CELL: Final = 200  # characters of a text in a table
_BACKTICKS: Final = re.compile("`+")
_MOST_LINES: Final = 120  # of one block
_SPARE: Final = 600  # units kept for the words around the blocks


@dataclass(frozen=True, slots=True)
class Section:
    """Details that are folded: a title of ours, how many blocks there are, and a block of lines for each address.

    No more blocks are taken than fit, so that they may be made one by one; ``language`` is that of their fence, ``gap``
    what stands between two.
    """

    title: str
    count: int
    blocks: Iterable[Sequence[str]]
    open: bool = False
    language: str = "diff"
    gap: str = "\n\n"


def code(text: str, limit: int = _CELL, *, cell: bool = False) -> str:
    """The text as inline code, at most ``limit`` characters of it; in the cell of a table with ``cell``."""
    shown = shortened(visible(text), limit) or " "
    if cell:
        shown = shown.replace("|", "\\|")
    tick = "`" * (_longest(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{tick}{pad}{shown}{pad}{tick}"


def fenced(lines: Iterable[str], language: str) -> str:
    """Lines, each visible already, as a block of code that no text in it can close."""
    text = "\n".join(lines)
    tick = "`" * max(_longest(text) + 1, 3)
    return f"{tick}{language}\n{text}\n{tick}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: int | None = None) -> str:
    """A table of cells that are Markdown already; the first ``MOST_ROWS`` rows, and how many more there are."""
    rule = ["--:" if column == right else "---" for column in range(len(heads))]
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows[:MOST_ROWS])]
    if len(rows) > MOST_ROWS:
        lines.append(f"\n… and {len(rows) - MOST_ROWS:,} more.")
    return "\n".join(lines)


def assembled(summary: Iterable[str], sections: Sequence[Section], whole: str, limit: int = LIMIT) -> str:
    """The summary, then as many details as fit below ``limit``; what is left out is counted.

    ``whole`` says where all of it can be read. The summary itself is never cut.
    """
    text = "\n\n".join(part for part in summary if part)
    room = limit - units(text) - units(whole) - _SPARE
    parts, left = [text], 0
    for section in sections:
        kept, used = _fitting(section, room)
        room -= used
        left += section.count - len(kept)
        parts += [_folded(section, kept)] if kept else []
    if left:
        parts.append(
            f"**The details of {left:,} {'address are' if left == 1 else 'addresses are'} left out here**, so "
            f"that this stays short enough for a comment. {whole}"
        )
    return "\n\n".join(parts) + "\n"


def units(text: str) -> int:
    """The length as GitHub counts it at worst: characters beyond the first plane count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _longest(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def _fitting(section: Section, room: int) -> tuple[list[str], int]:
    """The first blocks that fit into the room, and how much they take with what stands around them."""
    kept: list[str] = []
    used, fence = len(section.title) + 120, 3
    for block in section.blocks:
        text = "\n".join(_cut(block))
        longer = max(fence, _longest(text) + 1)
        cost = units(text) + 2
        if used + cost + 2 * longer > room:
            break
        kept.append(text)
        used, fence = used + cost, longer
    return (kept, used + 2 * fence) if kept else (kept, 0)


def _cut(block: Sequence[str]) -> Sequence[str]:
    if len(block) <= _MOST_LINES:
        return block
    return [*block[:_MOST_LINES], f"# … {len(block) - _MOST_LINES:,} more lines"]


def _folded(section: Section, kept: Sequence[str]) -> str:
    count = section.count
    shown = f"{count:,}" if len(kept) == count else f"{count:,}, the first {len(kept):,} shown"
    head = f"<details{' open' if section.open else ''}><summary><b>{section.title}</b> ({shown})</summary>"
    body = fenced([section.gap.join(kept)], section.language)
    return f"{head}\n\n{body}\n\n</details>"
