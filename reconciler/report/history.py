"""The runs that wrote: when, who, where, which plan, what changed, how each ended."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from reconciler.model import JSON, Intent
from reconciler.report.columns import columns
from reconciler.report.shape import FORMAT_VERSION
from reconciler.report.style import Style
from reconciler.report.visible import visible

_PLAIN = Style()
_SHORT: Final = 8  # characters of a run's id and of a plan's digest that are shown
_HEADINGS = ("RUN", "WHEN (UTC)", "COMMAND", "WHO", "PLAN", "CHANGED", "ENDED")
_ENDS: Final[Mapping[int, str]] = {
    0: "done",
    6: "stopped by a guard (exit 6)",
    7: "the plan no longer matched (exit 7)",
    9: "in part (exit 9)",
    130: "interrupted (exit 130)",
}


class Run(Protocol):
    """A line of the history."""

    @property
    def id(self) -> str: ...
    @property
    def command(self) -> str: ...
    @property
    def plan_digest(self) -> str | None: ...
    @property
    def started(self) -> float: ...
    @property
    def ended(self) -> float | None: ...
    @property
    def user(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def pid(self) -> int: ...
    @property
    def exit_code(self) -> int | None: ...
    @property
    def counts(self) -> Mapping[str, JSON]: ...
    @property
    def serial(self) -> int | None: ...
    @property
    def version(self) -> str: ...


def history_text(runs: Sequence[Run], running: str | None, style: Style = _PLAIN) -> str:
    """A table, a run a line, oldest first; ``running`` is the id of the run that holds the lock now."""
    if not runs:
        return "No run has written yet.\n"
    return "\n".join(columns(_HEADINGS, [_cells(run, running) for run in runs], style)) + "\n"


def history_document(runs: Iterable[Run], running: str | None) -> dict[str, JSON]:
    """All runs, oldest first."""
    return {"format_version": FORMAT_VERSION, "runs": [_document(run, running) for run in runs]}


def run_text(run: Run, writes: Sequence[Intent], running: str | None, style: Style = _PLAIN) -> str:
    """One run with everything it wrote, as far as the journal still knows it."""
    facts = [
        ("run", run.id),
        ("when", f"{moment(run.started)} UTC" + (f", for {run.ended - run.started:.1f}s" if run.ended else "")),
        ("who", f"{visible(run.user)}@{visible(run.host)}, process {run.pid}"),
        ("command", visible(run.command) + (f" (reconciler {visible(run.version)})" if run.version else "")),
        ("plan", run.plan_digest or "none"),
        ("serial", "unchanged or unknown" if run.serial is None else str(run.serial)),
        ("changed", _changed(run) or "nothing"),
        ("ended", _ended(run, running)),
    ]
    lines = [f"{style.bold(f'{name:<8}')} {value}" for name, value in facts]
    lines += ["", *(_write_line(intent) for intent in writes)] if writes else []
    return "\n".join(lines) + "\n"


def run_document(run: Run, writes: Iterable[Intent], running: str | None) -> dict[str, JSON]:
    """One run and its writes, without what was sent."""
    return {
        "format_version": FORMAT_VERSION,
        "run": _document(run, running),
        "writes": [
            {
                "address": str(intent.address),
                "action": intent.action.value,
                "step": intent.step,
                "connection": intent.connection,
                "id": intent.object_id,
                "phase": intent.phase.value,
                "at": intent.at,
                "detail": intent.detail,
            }
            for intent in writes
        ],
    }


def _document(run: Run, running: str | None) -> dict[str, Any]:
    return {
        "id": run.id,
        "command": run.command,
        "plan_digest": run.plan_digest,
        "started": run.started,
        "ended": run.ended,
        "user": run.user,
        "host": run.host,
        "pid": run.pid,
        "exit_code": run.exit_code,
        "counts": dict(run.counts),
        "serial": run.serial,
        "version": run.version,
        "running": run.id == running,
    }


def _cells(run: Run, running: str | None) -> tuple[str, ...]:
    plan = (run.plan_digest or "").rpartition(":")[2][:_SHORT] or "-"
    who = f"{visible(run.user)}@{visible(run.host)}"
    changed = _changed(run) or "-"
    return run.id[:_SHORT], moment(run.started), visible(run.command), who, plan, changed, _ended(run, running)


def _changed(run: Run) -> str:
    return ", ".join(f"{count} {visible(word)}" for word, count in run.counts.items() if count)


def _ended(run: Run, running: str | None) -> str:
    if run.id == running:
        return "still running"
    if run.ended is None or run.exit_code is None:
        return "did not end (killed, or its lock was taken)"
    return _ENDS.get(run.exit_code, f"failed (exit {run.exit_code})")


def moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


def _write_line(intent: Intent) -> str:
    live = f" (id {visible(intent.object_id)})" if intent.object_id else ""
    detail = f": {visible(intent.detail)}" if intent.detail else ""
    return f"  {intent.phase.value:<8} {intent.step:<8} {intent.address}{live}{detail}"
