"""The overview as one HTML file: two tables, and what is to be read before them."""

from __future__ import annotations

from typing import Final

from reconciler.report.html.page import Figure, Mark, Notice, Page, Table
from reconciler.report.html.template import rendered
from reconciler.report.overview import (
    SYNC,
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
from reconciler.report.visible import sentence

_TEXT: Final = 600
_SIGNS: Final = {"in_sync": "=", "drifted": "≠", "gone": "-", "not_applied": "~", "unknown": "?"}
_FIGURES: Final = ("Responses", "NPS", "More")


def overview_html(overview: Overview) -> str:
    """The whole file."""
    tally = overview.tally()
    calm = not overview.troubles and sum(tally.values()) == tally["in_sync"]
    page = Page(
        word="Status",
        project=sentence(overview.project),
        environment=sentence(overview.environment or ""),
        sentence=f"{summary_sentence(overview).capitalize()}.",
        verdict=f"Figures from {window_sentence(overview)}.",
        calm=False,
        figures=tuple(Figure(s, _SIGNS[s], SYNC[s].capitalize(), number) for s, number in tally.items() if number),
        unchanged=0,
        groups=(),
        notices=tuple(_notices(overview)),
        tables=_tables(overview, calm=calm),
        kinds=tuple(sorted({one.address.kind for one in overview.standings})),
        connections=tuple(sorted({sentence(one.connection) for one in overview.standings})),
    )
    return rendered(page)


def _tables(overview: Overview, *, calm: bool) -> tuple[Table, ...]:
    heads = ("Address", "Id", "Connection", "Sync", *_FIGURES, "Last applied")
    said = "All of them are as they were last applied." if calm else "What is declared or recorded, as it stands now."
    marks = tuple(Mark(one.sync, one.address.kind, sentence(one.connection)) for one in overview.standings)
    standings = Table("Resources", said, heads, tuple(map(_row, overview.standings)), frozenset({4, 5}), marks)
    rows = tuple(
        (sentence(one.connection), figure(one.figures, "responses"), figure(one.figures, "nps"), more(one.figures))
        for one in overview.wholes
    )
    counted = "Everything that a connection's vendor counts, managed here or not."
    return (standings, Table("Connections", counted, ("Connection", *_FIGURES), rows, frozenset({1, 2})))


def _row(one: Standing) -> tuple[str, ...]:
    why = f": {sentence(one.why, _TEXT)}" if one.why else ""
    return (
        str(one.address),
        sentence(one.id, 120) if one.id else "-",
        sentence(one.connection),
        sync_words(one) + why,
        figure(one.figures, "responses"),
        figure(one.figures, "nps"),
        more(one.figures),
        applied(one),
    )


def _notices(overview: Overview) -> list[Notice]:
    found = [
        Notice(
            "error",
            f"{trouble.code}: {sentence(trouble.message, _TEXT)}",
            f"connection {sentence(trouble.connection)}",
            (sentence(trouble.hint, _TEXT),) if trouble.hint else (),
        )
        for trouble in overview.troubles
    ]
    found += [Notice("note", f"Not known: {what}", sentence(why, _TEXT)) for what, why in unknowns(overview)]
    return found + [Notice("note", "Note", sentence(note, _TEXT)) for note in overview.notes]
