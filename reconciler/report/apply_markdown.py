"""What an apply did, as Markdown for the pull request or the job summary."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model import Outcome, Plan, Status
from reconciler.report.apply_report import (
    apply_counts,
    apply_sentence,
    blocked_changes,
    done,
    go_on,
    sorted_outcomes,
    title,
)
from reconciler.report.markdown import LIMIT, Section, assembled, code, table
from reconciler.report.phrase import duration
from reconciler.report.plan_markdown import heading, troubles

_ORDER = (Status.FAILED, Status.UNKNOWN, Status.SKIPPED)


def apply_markdown(
    plan: Plan,
    outcomes: Iterable[Outcome],
    *,
    command: str = "reconciler apply",
    interrupted: bool = False,
    limit: int = LIMIT,
) -> str:
    """What failed first, then the rest folded; below ``limit`` characters, ending with a newline."""
    ended = sorted_outcomes(outcomes)
    counts = apply_counts(plan, ended)
    word = title(counts, command, interrupted=interrupted)
    summary = [
        f"## {heading(word, plan)}: {apply_sentence(counts)}",
        _troubled(ended),
        _blocked(plan),
        troubles(plan.troubles),
        go_on(counts, code(command), interrupted=interrupted),
    ]
    adopted = {change.address for change in plan.changes if change.adopts and not change.action.replaces}
    lines = [[_line(outcome, outcome.address in adopted)] for outcome in ended if outcome.status is Status.DONE]
    return assembled(
        summary, [Section("Done", len(lines), lines, gap="\n")], f"See {code('reconciler state history')}.", limit
    )


def _troubled(outcomes: Iterable[Outcome]) -> str:
    found = sorted((o for o in outcomes if o.status in _ORDER), key=lambda o: _ORDER.index(o.status))
    rows = [
        [code(str(o.address), cell=True), o.status.value, o.code or "", code(_why(o), cell=True)] for o in found
    ]  # fmt: skip
    return table(["Resource", "Outcome", "Code", "Why"], rows) if rows else ""


def _why(outcome: Outcome) -> str:
    if outcome.because is not None:
        return f"it depends on {outcome.because}"
    return outcome.message or "no reason was given"


def _blocked(plan: Plan) -> str:
    rows = [
        [code(str(change.address), cell=True), code(change.blocked.message, cell=True)]
        for change in blocked_changes(plan)
        if change.blocked is not None
    ]
    return "**Blocked, and left alone**\n\n" + table(["Resource", "Why"], rows) if rows else ""


def _line(outcome: Outcome, adopted: bool) -> str:
    sign = "-" if outcome.action.value == "delete" else "+" if outcome.action.value == "create" else " "
    return f"{sign} {outcome.address} {'adopted' if adopted else done(outcome.action)} in {duration(outcome.seconds)}"
