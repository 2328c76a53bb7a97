"""The overview as Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.report.markdown import code
from reconciler.report.overview import (
    Overview,
    applied,
    figure,
    more,
    summary_sentence,
    sync_words,
    unknowns,
    window_sentence,
)

_MOST = 500  # rows


def overview_markdown(overview: Overview) -> str:
    """A heading, a table of addresses, one of connections, and what is not known; ends with a newline."""
    parts = [f"## Status: {summary_sentence(overview)}", f"From {window_sentence(overview)}."]
    if overview.standings:
        rows = [
            (
                code(str(one.address), cell=True),
                code(one.id, cell=True) if one.id else "-",
                sync_words(one),
                figure(one.figures, "responses"),
                figure(one.figures, "nps"),
                more(one.figures),
                code(applied(one), cell=True),
            )
            for one in overview.standings
        ]
        parts.append(_table(("Address", "Id", "Sync", "Responses", "NPS", "More", "Last applied"), rows, (3, 4)))
    if overview.wholes:
        totals = [
            (
                code(one.connection, cell=True),
                figure(one.figures, "responses"),
                figure(one.figures, "nps"),
                more(one.figures),
            )
            for one in overview.wholes
        ]
        parts.append(_table(("Connection", "Responses", "NPS", "More"), totals, (1, 2)))
    said = [f"- {code(str(one.address))}: {code(one.why, 600)}" for one in overview.standings if one.why]
    said += [f"- not known: {code(what)}: {code(why, 600)}" for what, why in unknowns(overview)]
    said += [f"- {code(note, 600)}" for note in overview.notes]
    said += [f"- {trouble.code}: {code(trouble.message, 600)}" for trouble in overview.troubles]
    parts.append("\n".join(said))
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], right: tuple[int, ...]) -> str:
    rule = ["--:" if column in right else "---" for column in range(len(heads))]
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows[:_MOST])]
    if len(rows) > _MOST:
        lines.append(f"\n… and {len(rows) - _MOST:,} more.")
    return "\n".join(lines)
