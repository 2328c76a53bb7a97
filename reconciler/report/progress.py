"""What is told while a run is under way: one line for people, one JSON event for programs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from reconciler.model import JSON, Action, Change
from reconciler.report.phrase import duration, span
from reconciler.report.style import Style
from reconciler.report.visible import sentence

_PLAIN = Style()

# step -> (while it runs, when it is done)
_VERBS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "create": ("creating", "created"),
        "update": ("updating", "updated"),
        "delete": ("deleting", "deleted"),
        "adopt": ("adopting", "adopted"),
        "forget": ("forgetting", "forgotten"),
        "send": ("sending", "sent"),
        "move": ("moving", "moved"),
        "no-op": ("recording", "recorded"),
    }
)
_OF_THE_STATE: Final = ("adopt", "forget", "move", "no-op")  # nothing is sent, so how long it took is of no interest


class Event(Protocol):
    """What happened to one operation of a run; ``seconds`` is its wall time so far, ``index`` counts from 1.

    ``kind`` is started, done, failed, unknown or skipped; ``step`` the write of an action that has several.
    """

    @property
    def kind(self) -> str: ...
    @property
    def address(self) -> object: ...
    @property
    def action(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def index(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def id(self) -> str | None: ...
    @property
    def message(self) -> str | None: ...


def progress_line(event: Event, style: Style = _PLAIN, *, number: int | None = None, step: str = "") -> str:
    """``[12/48] optimum/Location/leeds created in 0.3s (id xd3S6)``, without a newline.

    ``number`` is how many have ended, where that is to be told and not the order in which they began; ``step`` a word
    that says more than the event's own: see ``step_of``.
    """
    head = f"[{number or event.index}/{event.total}] {style.bold(str(event.address))}"
    return f"{head} {_happened(event, style, step or str(event.step) or str(event.action))}{_detail(event)}"


def step_of(change: Change, step: str) -> str:
    """What a step does: a change of the state alone under its own name, a create that sends as sending."""
    if step == "create" and change.action is Action.SEND:
        return Action.SEND.value
    if step != "record":
        return step
    if change.adopts:
        return "adopt"
    if change.action is Action.FORGET:
        return Action.FORGET.value
    return "move" if change.previous_address is not None else Action.NO_OP.value


def left_alone_line(change: Change, style: Style = _PLAIN) -> str:
    """What is said of a change that will not be carried out: it is blocked, or held."""
    if change.blocked is not None:
        return f"{style.bold(str(change.address))} {style.yellow('blocked')}: {sentence(change.blocked.message)}"
    return f"{style.bold(str(change.address))} {style.yellow('held')}: --allow-send sends it"


def standing_line(counts: str, left: float | None) -> str:
    """``customersure 2/8, optimum 10/40; about 3 min left``."""
    return counts if left is None else f"{counts}; {span(left)} left"


def wait_line(connection: str, status: int, seconds: float, until: str, *, asked: bool) -> str:
    """``optimum asks to wait 12 s (429, Retry-After); going on at 06:31:10``; ``until`` is that time of day."""
    name = sentence(connection)
    if asked:
        said = f"{name} asks to wait {seconds:.0f} s ({status}, Retry-After)"
    elif status == 429:
        said = f"{name} takes no more requests for now ({status}); waiting {seconds:.0f} s"
    else:
        said = f"{name} answers with an error ({status}); waiting {seconds:.0f} s"
    return f"{said}; going on at {until}"


def missed_line(connection: str, why: str, left: float) -> str:
    """``optimum gives no answer (no connection could be made); trying again for up to 57 s``."""
    return f"{sentence(connection)} gives no answer ({sentence(why)}); trying again for up to {max(left, 0):.0f} s"


def listing_line(connection: str, kind: str, noun: str, done: int, total: int | None) -> str:
    """``optimum/Location: 40 of 100 pages``, with the connection where its name is not the vendor's."""
    place = kind if kind.startswith(f"{connection}/") else f"{sentence(connection)}: {kind}"
    return f"{place}: {done:,} {noun} so far" if total is None else f"{place}: {done:,} of {total:,} {noun}"


def event_document(event: Event) -> dict[str, JSON]:
    """The event as one object of the stream that ``apply --json`` writes."""
    return {
        "type": str(event.kind),
        "address": str(event.address),
        "actions": Action(event.action).actions,
        "step": str(event.step) or None,
        "index": event.index,
        "total": event.total,
        "seconds": round(event.seconds, 3),
        "id": event.id,
        "message": event.message or None,
    }


def _happened(event: Event, style: Style, step: str) -> str:
    if step == "create" and event.action == Action.SEND:
        step = Action.SEND.value
    running, done = _VERBS.get(step, (f"{step} running", f"{step} done"))
    took = duration(event.seconds)
    kind = str(event.kind)
    if kind == "started":
        return f"{running}..."
    if kind == "done":
        return done if step in _OF_THE_STATE else f"{done} in {took}"
    if kind == "failed":
        return f"{style.red('failed')} ({running}, after {took})"
    if kind == "unknown":
        return f"{style.yellow('outcome unknown')} ({running}, after {took})"
    return style.yellow(kind)


def _detail(event: Event) -> str:
    known = f" (id {sentence(event.id)})" if event.id and str(event.kind) == "done" else ""
    return known + (f": {sentence(event.message)}" if event.message else "")
