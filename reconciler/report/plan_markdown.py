"""A plan as Markdown for a pull request: totals and what is destroyed first, the details folded."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model import Change, GuardStop, Plan, Trouble
from reconciler.report.command import again, apply_command
from reconciler.report.markdown import LIMIT, Section, assembled, code, table
from reconciler.report.notice import selection_notice
from reconciler.report.outline import groups, losses, shown, unchanged
from reconciler.report.patch import change_patch, drift_patch, standing_patch
from reconciler.report.phrase import (
    estimate_sentence,
    headline,
    impact_sentence,
    listed,
    number_of,
    plan_sentence,
    way_on,
)
from reconciler.report.view import view_of
from reconciler.schema import Registry

_MOST_LINES = 10  # of a list in the summary


def plan_markdown(
    plan: Plan, registry: Registry, *, saved: str | None = None, reveal: bool = False, limit: int = LIMIT
) -> str:
    """The whole comment, below ``limit`` characters, ending with a newline. ``saved`` names the plan file."""
    view = view_of(plan, registry, reveal=reveal, whole=False)
    summary = [
        f"## {heading('Plan', view)}: {plan_sentence(view)}",
        _alert(view),
        _totals(view),
        _estimate(view),
        _destroyed(view, registry),
        _guards(view.stops),
        _blocked(view),
        troubles(view.troubles),
        *notes(view),
        _next_step(view, saved),
    ]
    whole = f"All of it: {code(f'reconciler show {saved}' if saved else again(view, 'plan'))}."
    return assembled(summary, list(_sections(view, registry)), whole, limit)


def heading(word: str, plan: Plan) -> str:
    """``Plan for `acme` (`staging`)``."""
    return f"{word} for {code(plan.project)}" + (f" ({code(plan.environment)})" if plan.environment else "")


def troubles(items: tuple[Trouble, ...]) -> str:
    """What could not be read, so that the report is not the whole truth."""
    if not items:
        return ""
    rows = [
        [code(trouble.connection, cell=True), code(trouble.kind or "all", cell=True), trouble.code,
         code(trouble.message, cell=True)]
        for trouble in items
    ]  # fmt: skip
    lead = "**Not everything could be read.** These addresses and what depends on them are left alone:"
    return f"{lead}\n\n{table(['Connection', 'Kind', 'Error', 'Message'], rows)}"


def notes(plan: Plan) -> Iterator[str]:
    """The selection, the warnings of the run, and how many live objects nobody manages."""
    if not plan.selection.everything:
        yield f"> [!NOTE]\n> {code(selection_notice(plan.selection).removeprefix('Note: '), 400)}"
    warnings = [f"- {code(text, 300)}" for text in plan.warnings[:_MOST_LINES]]
    if len(plan.warnings) > _MOST_LINES:
        warnings.append(f"- … and {len(plan.warnings) - _MOST_LINES:,} more")
    if warnings:
        yield "\n".join(["**Warnings**", "", *warnings])
    if plan.unmanaged:
        verb = "is" if len(plan.unmanaged) == 1 else "are"
        yield f"{number_of(len(plan.unmanaged), 'live object')} {verb} not managed here and left alone."


def _alert(plan: Plan) -> str:
    """What is destroyed and cut off, in one sentence that cannot be overlooked."""
    loss = losses(plan.changes)
    if loss:
        lost = [f"{number:,} {name.replace('_', ' ')}" for name, number in loss.counts.items()]
        lost += [f"what {number_of(loss.failed, 'address', 'addresses')} could not count"] if loss.failed else []
        return f"> [!CAUTION]\n> **Applying this destroys or cuts off {code(listed(lost), 400)}.**"
    gone = sum(change.action.destroys and change.blocked is None for change in plan.changes)
    if not gone:
        return ""
    return f"> [!WARNING]\n> **{number_of(gone, 'live object')} will be destroyed.** No answers were counted in it."


def _totals(plan: Plan) -> str:
    rows = [
        [f"`{group.sign}`" if group.sign else "", group.title.lower(), f"{len(group.changes):,}"]
        for group in groups(plan)
    ]
    drifted = sum(not drift.ignored for drift in plan.drift)
    rows += [["", "drifted since the last apply", f"{drifted:,}"]] if drifted else []
    rows.append(["", "unchanged", f"{unchanged(plan):,}"])
    return table(["", "Action", "Resources"], rows, right=2)


def _estimate(plan: Plan) -> str:
    said = estimate_sentence(plan)
    return code(said, 400) if said else ""


def _destroyed(plan: Plan, registry: Registry) -> str:
    rows = []
    for change in plan.changes:
        impact = change.impact
        if change.blocked is None and (change.action.destroys or (impact is not None and impact.loses_data)):
            lost = impact_sentence(impact, registry, change.address.kind) if impact is not None else "nothing counted"
            rows.append([code(str(change.address), cell=True), headline(change), code(lost, cell=True)])
    return "**Destroyed**\n\n" + table(["Resource", "What", "Data"], rows) if rows else ""


def _guards(stops: tuple[GuardStop, ...]) -> str:
    if not stops:
        return ""
    lines = [
        f"- {code(stop.message, 300)}; if this is meant: {code(stop.consent, 300)}" for stop in stops[:_MOST_LINES]
    ]
    lines += [f"- … and {len(stops) - _MOST_LINES:,} more"] if len(stops) > _MOST_LINES else []
    return "\n".join(["**Apply stops at a guard**", "", *lines])


def _blocked(plan: Plan) -> str:
    rows = [_blocked_row(change) for change in plan.changes if change.blocked is not None]
    return "**Blocked, and left alone**\n\n" + table(["Resource", "Why", "To go on"], rows) if rows else ""


def _blocked_row(change: Change) -> list[str]:
    assert change.blocked is not None
    way = way_on(change)
    return [
        code(str(change.address), cell=True),
        code(change.blocked.message, cell=True),
        code(way, cell=True) if way else "",
    ]


def _next_step(plan: Plan, saved: str | None) -> str:
    if not plan.applyable:
        return "" if any(change.blocked for change in plan.changes) or plan.troubles else "**No changes.**"
    return f"To apply: {code(apply_command(plan, saved), 400)}"


def _sections(plan: Plan, registry: Registry) -> Iterator[Section]:
    for group in groups(plan):
        patches = (change_patch(change, registry) for change in group.changes)
        yield Section(group.title, len(group.changes), patches, open=group.tally in ("delete", "replace"))
    if plan.drift:
        moved = (drift_patch(drift, registry) for drift in plan.drift)
        yield Section("Live objects moved since the last apply", len(plan.drift), moved)
    said = [lines for change in plan.changes if not shown(change) and (lines := standing_patch(change))]
    if said:
        yield Section("Unchanged, with a remark", len(said), said)
