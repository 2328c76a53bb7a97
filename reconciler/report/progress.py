"""What is told while an apply runs: one line for people, one JSON event for programs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from reconciler.model import JSON, Action
from reconciler.report.phrase import duration
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


def progress_line(event: Event, style: Style = _PLAIN) -> str:
    """``[12/48] optimum/Location/leeds created in 0.3s (id xd3S6)``, without a newline."""
    head = f"[{event.index}/{event.total}] {style.bold(str(event.address))}"
    return f"{head} {_happened(event, style)}{_detail(event)}"


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


def _happened(event: Event, style: Style) -> str:
    step = str(event.step) or str(event.action)
    if step == "create" and event.action == Action.SEND:
        step = Action.SEND.value
    running, done = _VERBS.get(step, (f"{step} running", f"{step} done"))
    took = duration(event.seconds)
    kind = str(event.kind)
    if kind == "started":
        return f"{running}..."
    if kind == "done":
        return f"{done} in {took}"
    if kind == "failed":
        return f"{style.red('failed')} ({running}, after {took})"
    if kind == "unknown":
        return f"{style.yellow('outcome unknown')} ({running}, after {took})"
    return style.yellow(kind)


def _detail(event: Event) -> str:
    known = f" (id {sentence(event.id)})" if event.id and str(event.kind) == "done" else ""
    return known + (f": {sentence(event.message)}" if event.message else "")
