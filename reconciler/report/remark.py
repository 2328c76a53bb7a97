"""What is to be said of an address beside its fields: why, what is lost, what blocks it, what to mind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reconciler.model import Action, Blocked, Change, Drift
from reconciler.report import phrase
from reconciler.report.visible import sentence
from reconciler.schema import Registry


class Tone(StrEnum):
    """How grave a remark is."""

    NOTE = "note"
    LOSS = "loss"
    BLOCKED = "blocked"
    DETAIL = "detail"  # of the remark before it
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence, safe to show as it is; ``lead`` is the word before its colon, where there is one."""

    tone: Tone
    text: str
    lead: str = ""

    @property
    def whole(self) -> str:
        """Lead and text as one sentence."""
        return f"{self.lead}: {self.text}" if self.lead else self.text


def remarks(change: Change, registry: Registry) -> list[Remark]:
    """Everything of a change, the reason first."""
    notes = [Remark(Tone.NOTE, text) for text in _notes(change, registry)]
    if change.impact is not None:
        notes.append(Remark(Tone.LOSS, phrase.impact_sentence(change.impact, registry, change.address.kind)))
    return [*notes, *_blocked(change), *standing(change)]


def standing(change: Change) -> list[Remark]:
    """What holds whether or not something happens at the address: what is given up, unverified, warned of."""
    found = []
    if change.given_up:
        names = phrase.listed(map(sentence, sorted(change.given_up)))
        found.append(
            Remark(Tone.NOTE, f"gives up {names}: no longer declared, so no longer ours; the live value stays")
        )
    if change.unverified:
        names = phrase.listed(map(sentence, sorted(change.unverified)))
        found.append(Remark(Tone.NOTE, f"cannot verify {names}: never shown by the API, and not sent by us"))
    return found + [Remark(Tone.WARNING, sentence(text), "warning") for text in change.warnings]


def drift_headline(drift: Drift) -> str:
    """What happened to the live object, as the end of a sentence that begins with its address."""
    if drift.after is not None:
        return "has changed"
    said = sentence(drift.message or "")
    return f"is {said}" if said.startswith("gone") else "is gone"


def drift_remarks(drift: Drift) -> list[Remark]:
    """Everything of a drift but its headline."""
    found = []
    if drift.connection != drift.address.provider:
        found.append(Remark(Tone.NOTE, f"(connection {sentence(drift.connection)})"))
    said = sentence(drift.message or "")
    if said and not drift_headline(drift).endswith(said):
        found.append(Remark(Tone.NOTE, f"({said})"))
    if not drift.repairable:
        found.append(Remark(Tone.LOSS, "the API cannot put this back"))
    return found


def _notes(change: Change, registry: Registry) -> Iterator[str]:
    for text in (phrase.reason(change), phrase.deletion_note(change, registry)):
        if text:
            yield f"({text})"
    if change.previous_address is not None and not _says_move(change):
        yield f"(moved from {change.previous_address})"
    if change.previous_connection is not None and change.previous_connection != change.connection:
        yield f"(from connection {sentence(change.previous_connection)} to {sentence(change.connection)})"
    elif change.connection != change.address.provider:
        yield f"(connection {sentence(change.connection)})"


def _says_move(change: Change) -> bool:
    return change.action is Action.NO_OP and change.blocked is None and not change.adopts


def _blocked(change: Change) -> Iterator[Remark]:
    blocked = change.blocked
    if blocked is None:
        return
    yield Remark(Tone.BLOCKED, sentence(blocked.message), f"blocked[{sentence(blocked.code)}]")
    for lead, text in _settling(change, blocked):
        yield Remark(Tone.DETAIL, text, lead)


def _settling(change: Change, blocked: Blocked) -> Iterator[tuple[str, str]]:
    way, source = phrase.way_on(change), change.source
    if blocked.because is not None and str(blocked.because) not in blocked.message + way:
        yield "because of", str(blocked.because)
    if blocked.candidates:
        yield "candidates", ", ".join(map(sentence, sorted(blocked.candidates)))
    place = sentence(source.where) if source is not None else ""
    if way:
        yield "to go on", way + (f" ({place})" if place else "")
    elif place:
        yield "declared at", place
