"""How a project's connections, its state and its surroundings are, as a table or a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.errors import worst
from reconciler.model import JSON
from reconciler.model.checkup import Checkup, Vitals
from reconciler.report.columns import columns
from reconciler.report.history import moment
from reconciler.report.phrase import counted, listed, number_of
from reconciler.report.shape import FORMAT_VERSION
from reconciler.report.style import Style
from reconciler.report.visible import sentence, visible

_PLAIN = Style()
_HEADS: Final = ("CONNECTION", "PROVIDER", "STATUS", "LATENCY", "CLOCK", "RATE LIMIT", "SEES")
_SKEWED: Final = 30.0  # seconds from which a clock is worth a word: dates are sent and compared


@dataclass(frozen=True, slots=True)
class Ailment:
    """What is wrong: the error's code, what it says, the way out, and the exit code that it means."""

    code: str
    message: str
    hint: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Examined:
    """One connection: ``status`` is ok, missing (a secret), waiting (for its first token), refused (the credentials) or
    failed (not reachable, not readable); ``ailment`` says more of all but ok."""

    name: str
    provider: str
    base_url: str
    status: str
    checkup: Checkup = field(default_factory=Checkup)
    vitals: Vitals = field(default_factory=Vitals)
    ailment: Ailment | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """The state: where it is kept, what it is now, and who holds it (``user@host, process 7, for apply``)."""

    label: str
    exists: bool = False
    lineage: str | None = None
    serial: int = 0
    records: int = 0
    open_writes: int = 0
    holder: str | None = None
    since: float | None = None
    ailment: Ailment | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was looked at. ``key_needed`` says whether what is declared or recorded needs the digest key."""

    project: str
    environment: str | None
    connections: tuple[Examined, ...]
    store: Store
    key_set: bool
    key_needed: bool
    key_ailment: Ailment | None = None
    allowed_hosts: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def ailments(self) -> tuple[Ailment, ...]:
        """Everything that is wrong."""
        found = [*(one.ailment for one in self.connections), self.store.ailment, self.key_ailment]
        return tuple(ailment for ailment in found if ailment is not None)

    @property
    def exit_code(self) -> int:
        """The worst of what is wrong; 0 where all is fine."""
        return worst(ailment.exit_code for ailment in self.ailments)


def diagnosis_text(found: Diagnosis, style: Style = _PLAIN) -> str:
    """A table of the connections, what is wrong and noted about each, then the state and the surroundings."""
    rows = [_cells(one, style) for one in found.connections]
    parts = ["\n".join(columns(_HEADS, rows, style, right=(3, 4)))]
    parts += [_told(one, style) for one in found.connections if one.ailment or _notes(one)]
    parts += ["\n".join([*_facts(found, style), *(f"note: {sentence(note)}" for note in found.notes)])]
    return "\n\n".join([*parts, _verdict(found, style)]) + "\n"


def diagnosis_document(found: Diagnosis) -> dict[str, JSON]:
    """The same for programs; no value of a secret is in it."""
    store = found.store
    return {
        "format_version": FORMAT_VERSION,
        "project": found.project,
        "environment": found.environment,
        "exit_code": found.exit_code,
        "connections": [_connection(one) for one in found.connections],
        "state": {
            "store": store.label,
            "exists": store.exists,
            "lineage": store.lineage,
            "serial": store.serial,
            "records": store.records,
            "open_writes": store.open_writes,
            "locked_by": store.holder,
            "locked_since": store.since,
            "error": _ailment(store.ailment),
        },
        "digest_key": {"set": found.key_set, "needed": found.key_needed, "error": _ailment(found.key_ailment)},
        "allowed_hosts": list(found.allowed_hosts),
        "versions": dict(found.versions),
        "notes": list(found.notes),
    }


def _connection(one: Examined) -> dict[str, JSON]:
    vitals = one.vitals
    return {
        "connection": one.name,
        "provider_name": one.provider,
        "base_url": one.base_url,
        "status": one.status,
        "latency_ms": None if vitals.latency is None else round(vitals.latency * 1000, 1),
        "clock_skew_seconds": None if vitals.skew is None else round(vitals.skew),
        "rate_limit": {"headers": dict(vitals.limits), "refusals": vitals.refusals},
        "sees": dict(one.checkup.sees),
        "notes": _notes(one),
        "error": _ailment(one.ailment),
    }


def _ailment(ailment: Ailment | None) -> JSON:
    if ailment is None:
        return None
    return {"code": ailment.code, "message": ailment.message, "hint": ailment.hint or None}


def _cells(one: Examined, style: Style) -> tuple[str, ...]:
    paint = {"ok": style.green, "waiting": style.yellow}.get(one.status, style.red)
    vitals = one.vitals
    latency = "-" if vitals.latency is None else f"{vitals.latency * 1000:.0f} ms"
    skew = "-" if vitals.skew is None else f"{round(vitals.skew):+d} s"
    sees = ", ".join(counted(name, count) for name, count in one.checkup.sees.items()) or "-"
    return visible(one.name), visible(one.provider), paint(one.status), latency, skew, _limit(vitals), sees


def _limit(vitals: Vitals) -> str:
    refused = [f"{number_of(vitals.refusals, 'refusal')} (429)"] if vitals.refusals else []
    told = [f"{visible(name)}: {visible(value)}" for name, value in sorted(vitals.limits.items())]
    return ", ".join(refused + told) or "none seen"


def _notes(one: Examined) -> list[str]:
    skew = one.vitals.skew
    late = [f"its clock and this machine's are {abs(skew):.0f} s apart"] if skew and abs(skew) >= _SKEWED else []
    return [*late, *one.checkup.notes]


def _told(one: Examined, style: Style) -> str:
    lines = _wrong(f"{visible(one.name)}: ", one.ailment, style) if one.ailment else []
    return "\n".join(
        [*lines, *(f"{visible(one.name)}: {style.yellow('note')}: {sentence(note)}" for note in _notes(one))]
    )


def _wrong(lead: str, ailment: Ailment, style: Style) -> list[str]:
    head = f"{lead}{style.bold(style.red(f'error[{ailment.code}]'))}: {sentence(ailment.message)}"
    return [head, *([f"{style.cyan('help')}: {sentence(ailment.hint)}"] if ailment.hint else [])]


def _facts(found: Diagnosis, style: Style) -> list[str]:
    store = found.store
    lines = [f"{style.bold('state')}    {visible(store.label)}: {_condition(store)}"]
    lines += _wrong("state: ", store.ailment, style) if store.ailment else []
    needed = "needed" if found.key_needed else "not needed by what is declared and recorded"
    lines.append(f"{style.bold('key')}      RECONCILER_DIGEST_KEY is {'set' if found.key_set else 'not set'}, {needed}")
    lines += _wrong("key: ", found.key_ailment, style) if found.key_ailment else []
    hosts = (
        listed(map(visible, found.allowed_hosts)) if found.allowed_hosts else "not set: the vendors' own hosts alone"
    )
    lines.append(
        f"{style.bold('hosts')}    RECONCILER_ALLOWED_HOSTS {'allows ' if found.allowed_hosts else 'is '}{hosts}"
    )
    versions = ", ".join(f"{visible(name)} {visible(version)}" for name, version in found.versions.items())
    return [*lines, f"{style.bold('versions')} {versions}"]


def _condition(store: Store) -> str:
    if store.ailment is not None and not store.exists:
        return "not readable"
    if not store.exists:
        return "nothing there yet, the first apply makes it"
    held = f"locked by {visible(store.holder)}" if store.holder else "not locked"
    since = f" since {moment(store.since)} UTC" if store.since is not None else ""
    opened = f", {number_of(store.open_writes, 'open write')}" if store.open_writes else ""
    records = number_of(store.records, "record")
    return f"{records}{opened}, serial {store.serial}, lineage {visible(store.lineage or 'none')}, {held}{since}"


def _verdict(found: Diagnosis, style: Style) -> str:
    failed = [one for one in found.connections if one.status not in ("ok", "waiting")]
    waiting = [one for one in found.connections if one.status == "waiting"]
    if failed:
        return style.red(f"{len(failed)} of {number_of(len(found.connections), 'connection')} cannot be used.")
    if found.ailments and found.exit_code:
        return style.red("The connections are fine, and something else is not: see above.")
    if waiting:
        told = f"{number_of(len(waiting), 'connection')} {'waits' if len(waiting) == 1 else 'wait'} for a first token"
        return style.yellow(f"{told}; all else is fine.")
    return style.green("All is fine.")
