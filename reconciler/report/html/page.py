"""Everything a page shows, as values; the template only lays it out."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.model import Plan, Unmanaged
from reconciler.report.html.cards import Card
from reconciler.report.html.chart import Chart
from reconciler.report.html.graph import Drawing
from reconciler.report.notice import selection_notice
from reconciler.report.visible import sentence, shortened

MOST_UNMANAGED = 500
LAZY_FROM = 500  # cards
_TEXT = 600


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the top that filters the cards below: its word, sign, title and count."""

    tally: str
    sign: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """The cards under one heading; ``sides`` are the headings of the two sides of their fields."""

    tally: str
    title: str
    cards: tuple[Card, ...]
    sides: tuple[str, str] = ("Before", "After")


@dataclass(frozen=True, slots=True)
class Loss:
    """How much of one thing is destroyed."""

    count: str
    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to read before the changes: ``tone`` is loss, stop, error, warning or note."""

    tone: str
    title: str
    text: str
    lines: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """What a connection is asked."""

    connection: str
    read: int
    write: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What a table's row is filtered by."""

    tally: str
    kind: str
    connection: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; ``right`` are the columns that stand to the right, the first column is in code. With
    ``marks``, one a row, the rows are searched and filtered."""

    title: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A report: what stands at the top, the cards, and what is told beside them."""

    word: str
    project: str
    environment: str
    sentence: str
    verdict: str
    calm: bool
    figures: tuple[Figure, ...]
    unchanged: int
    groups: tuple[Group, ...]
    losses: tuple[Loss, ...] = ()
    notices: tuple[Notice, ...] = ()
    graph: Drawing | None = None
    chart: Chart | None = None
    unmanaged: tuple[Unmanaged, ...] = ()
    more_unmanaged: int = 0
    calls: tuple[Call, ...] = ()
    estimate: str = ""
    command: str = ""
    kinds: tuple[str, ...] = field(default=())
    connections: tuple[str, ...] = field(default=())
    causes: tuple[str, ...] = field(default=())
    tables: tuple[Table, ...] = ()

    @property
    def total(self) -> int:
        """How many cards there are, or rows that stand for them."""
        return sum(len(group.cards) for group in self.groups) + sum(len(table.marks) for table in self.tables)

    @property
    def lazy(self) -> bool:
        """Whether there are so many cards that a browser should build one only when it is opened."""
        return self.total > LAZY_FROM


def common_notices(plan: Plan) -> list[Notice]:
    """What every report says of its run: what could not be read, warnings, what was looked at."""
    notices = [
        Notice(
            "error",
            f"{trouble.code}: {sentence(trouble.message, _TEXT)}",
            f"connection {sentence(trouble.connection)}"
            + (f", {sentence(trouble.kind)}" if trouble.kind else "")
            + ": these addresses and what depends on them are left alone",
            (sentence(trouble.hint, _TEXT),) if trouble.hint else (),
        )
        for trouble in plan.troubles
    ]
    notices += [Notice("warning", "Warning", sentence(text, _TEXT)) for text in plan.warnings]
    said = selection_notice(plan.selection).removeprefix("Note: ")
    return notices + ([Notice("note", "Not everything was looked at", shortened(said, _TEXT))] if said else [])


def listed_unmanaged(plan: Plan) -> tuple[tuple[Unmanaged, ...], int]:
    """The first unmanaged objects, safe to show, and how many more there are."""
    items = tuple(
        Unmanaged(sentence(item.connection), item.kind, sentence(item.id, 120),
                  sentence(item.key, 200))
        for item in plan.unmanaged[:MOST_UNMANAGED]
    )  # fmt: skip
    return items, max(len(plan.unmanaged) - MOST_UNMANAGED, 0)


def choices(cards: list[Card]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What the cards can be filtered by: kinds, connections, causes."""
    return (
        tuple(sorted({card.address.kind for card in cards})),
        tuple(sorted({card.connection for card in cards})),
        tuple(sorted({cause for card in cards for cause in card.causes})),
    )
