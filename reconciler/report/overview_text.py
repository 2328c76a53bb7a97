"""The overview as tables for a terminal."""

from __future__ import annotations

from typing import Final

from reconciler.report.columns import columns
from reconciler.report.notice import trouble_notice
from reconciler.report.overview import (
    Overview,
    Standing,
    applied,
    figure,
    more,
    summary_sentence,
    sync_words,
    unknowns,
    window_sentence,
)
from reconciler.report.style import Style
from reconciler.report.visible import sentence, visible

_HEADS: Final = ("ADDRESS", "ID", "SYNC", "RESPONSES", "NPS", "MORE", "LAST APPLIED")
_WHOLE_HEADS: Final = ("CONNECTION", "RESPONSES", "NPS", "MORE")


def overview_text(overview: Overview, style: Style) -> str:
    """Addresses, then whole connections, then what is not known and why; ends with a newline."""
    parts = [f"{style.bold('Status')} from {window_sentence(overview)}"]
    if overview.standings:
        rows = [_cells(one, style) for one in overview.standings]
        parts.append("\n".join(columns(_HEADS, rows, style, right=(3, 4))))
    if overview.wholes:
        totals = [
            (visible(one.connection), figure(one.figures, "responses"), figure(one.figures, "nps"), more(one.figures))
            for one in overview.wholes
        ]
        parts.append("\n".join(columns(_WHOLE_HEADS, totals, style, right=(1, 2))))
    parts.append("\n".join(f"{one.address}: {sentence(one.why)}" for one in overview.standings if one.why))
    parts.append("\n".join(f"? {visible(what)}: {sentence(why)}" for what, why in unknowns(overview)))
    parts.append("\n".join(f"note: {sentence(note)}" for note in overview.notes))
    parts += [trouble_notice(trouble, style) for trouble in overview.troubles]
    parts.append(f"{style.bold('Status:')} {summary_sentence(overview)}.")
    return "\n\n".join(part for part in parts if part) + "\n"


def _cells(one: Standing, style: Style) -> tuple[str, ...]:
    paint = {"in_sync": style.green, "gone": style.red, "unknown": style.red}.get(one.sync, style.yellow)
    return (
        str(one.address),
        visible(one.id) if one.id else "-",
        paint(sync_words(one)),
        figure(one.figures, "responses"),
        figure(one.figures, "nps"),
        more(one.figures),
        applied(one),
    )
