"""What is known of each survey, site, location and form: how it stands, what was asked and answered, who applied it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from reconciler.model import JSON, Address, Trouble
from reconciler.model.figures import Figures, Number, Window
from reconciler.report.history import moment
from reconciler.report.phrase import counted, number_of
from reconciler.report.shape import FORMAT_VERSION
from reconciler.report.visible import visible

NOTHING: Final = "-"  # nothing in the period to make a figure of
UNKNOWN: Final = "?"
NOT_LIVE: Final = "there is no live object"
SYNC: Final = {
    "in_sync": "in sync",
    "drifted": "drifted",
    "gone": "gone",
    "not_applied": "not applied",
    "unknown": "not known",
}
_OWN_COLUMNS: Final = frozenset({"responses", "nps"})
_PARTS: Final = frozenset({"scored", "promoters", "passives", "detractors", "rated"})  # what scores are made of
_FORMS: Final = {"rating": "rating {}", "response_rate": "response rate {} %"}


@dataclass(frozen=True, slots=True)
class LastApplied:
    """The last write to an address that the journal still knows; ``at`` is seconds since the epoch."""

    at: float
    run: str
    command: str
    user: str
    host: str
    step: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One address: ``sync`` is a key of ``SYNC``, ``why`` says more where there is more to say."""

    address: Address
    connection: str
    id: str | None
    sync: str
    why: str = ""
    figures: Figures = field(default_factory=Figures)
    last: LastApplied | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """What one connection counts as a whole, whether or not it is managed here."""

    connection: str
    provider: str
    figures: Figures = field(default_factory=Figures)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that ``status`` tells, sorted."""

    project: str
    environment: str | None
    window: Window
    standings: tuple[Standing, ...]
    wholes: tuple[Whole, ...] = ()
    notes: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def tally(self) -> dict[str, int]:
        """How many addresses stand in each way."""
        return {sync: sum(one.sync == sync for one in self.standings) for sync in SYNC}


def overview_document(overview: Overview) -> dict[str, JSON]:
    """The document of schemas/status.json."""
    window = overview.window
    return {
        "format_version": FORMAT_VERSION,
        "project": overview.project,
        "environment": overview.environment,
        "window": {"from": window.first.isoformat(), "to": window.last.isoformat(), "days": window.days},
        "summary": dict(overview.tally()),
        "resources": [_standing(one) for one in overview.standings],
        "connections": [
            {"connection": one.connection, "provider_name": one.provider, **_figures(one.figures)}
            for one in overview.wholes
        ],
        "notes": list(overview.notes),
        "errors": [
            {"connection": t.connection, "type": t.kind, "code": t.code, "message": t.message, "hint": t.hint or None}
            for t in overview.troubles
        ],
    }


def _standing(one: Standing) -> dict[str, JSON]:
    address, last = one.address, one.last
    return {
        "address": str(address),
        "provider_name": address.provider,
        "connection": one.connection,
        "type": address.type,
        "name": address.name,
        "id": one.id,
        "sync": {"state": one.sync, "reason": one.why or None},
        "last_applied": None
        if last is None
        else {"at": last.at, "run": last.run, "command": last.command, "user": last.user, "host": last.host,
              "step": last.step},
        **_figures(one.figures),
    }  # fmt: skip


def _figures(figures: Figures) -> dict[str, JSON]:
    return {"figures": dict(figures.shown()), "unknown": dict(figures.reasons())}


def figure(figures: Figures, name: str) -> str:
    """A figure for people: a number, ``-`` where there was nothing to make it of, ``?`` where it is not known."""
    shown = figures.shown()
    if name not in shown:
        return NOTHING
    value = shown[name]
    return spelled(value) if value is not None else UNKNOWN if name in missing(figures) else NOTHING


def missing(figures: Figures) -> dict[str, str]:
    """What is not known, and why; without what simply is not there: an object, or scores to make an NPS of."""
    told = set(figures.unknown.values()) - {NOT_LIVE}
    return {name: why for name, why in figures.reasons().items() if why in told}


def more(figures: Figures) -> str:
    """All figures but those with a column of their own, on one line."""
    parts = []
    for name, value in figures.shown().items():
        if value is not None and name not in _OWN_COLUMNS and name not in _PARTS:
            parts.append(_FORMS[name].format(spelled(value)) if name in _FORMS else counted(name, int(value)))
    return ", ".join(parts) or NOTHING


def spelled(number: Number) -> str:
    """A count with its thousands parted, a score as it is."""
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def applied(one: Standing) -> str:
    """When and by whom an address was written to."""
    if one.last is None:
        return NOTHING
    return f"{moment(one.last.at)[:16]} by {visible(one.last.user)}"


def sync_words(one: Standing) -> str:
    """How an address stands."""
    return SYNC[one.sync]


def unknowns(overview: Overview) -> list[tuple[str, str]]:
    """Each reason why figures are not known, with the figures and whose they are; in a fixed order."""
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    whose = [(str(one.address), one.figures) for one in overview.standings]
    whose += [(f"connection {one.connection}", one.figures) for one in overview.wholes]
    for owner, figures in whose:
        for name, why in missing(figures).items():
            names, owners = found.setdefault(why, ({}, {}))
            names[name] = None
            owners[owner] = None
    return [(f"{_names(names)} of {_owners(list(owners))}", why) for why, (names, owners) in found.items()]


def _names(names: Iterable[str]) -> str:
    shown = [name for name in names if name not in _PARTS or name == "scored"]
    return ", ".join(name.replace("_", " ") for name in shown if name != "scored") or "figures"


def _owners(owners: list[str]) -> str:
    return ", ".join(owners[:2]) + (f" and {len(owners) - 2:,} more" if len(owners) > 2 else "")


def window_sentence(overview: Overview) -> str:
    """The period in words."""
    window = overview.window
    return f"{window.first} to {window.last} ({number_of(window.days, 'day')}, UTC)"


def summary_sentence(overview: Overview) -> str:
    """How many addresses stand in which way."""
    parts = [f"{count:,} {SYNC[sync]}" for sync, count in overview.tally().items() if count]
    return ", ".join(parts) or "no survey, site, location, form or account is declared or recorded"
