"""A plan as text, as Terraform users expect it: drift, legend, changes, notices, ``Plan: ...``, the next command."""

from __future__ import annotations

from reconciler.model import Change, Plan
from reconciler.report.block import change_block, drift_block, painted, remark_block
from reconciler.report.command import apply_command
from reconciler.report.notice import RULE, closing_notices, guard_notice, unread_notice
from reconciler.report.phrase import LEGEND, estimate_sentence, listed, number_of, plan_sentence, symbol
from reconciler.report.style import Style
from reconciler.report.view import view_of
from reconciler.report.visible import visible
from reconciler.schema import Registry

_PLAIN = Style()


def plan_text(
    plan: Plan,
    registry: Registry,
    style: Style = _PLAIN,
    *,
    saved: str | None = None,
    next_step: bool = True,
    reveal: bool = False,
) -> str:
    """The whole plan, ending with a newline.

    ``saved`` is the plan file, as the user named it. Without ``next_step`` the text ends with the ``Plan:`` line, for
    a caller that goes on by itself. ``reveal`` shows personal data.
    """
    view = view_of(plan, registry, reveal=reveal, whole=False)
    parts = [
        _drift(view, registry, style),
        _changes(view, registry, style),
        _blocked(view, registry, style),
        *(remark_block(change, style) for change in view.changes if not _shown(change) and change.blocked is None),
        unread_notice((change.address for change in view.changes if _unread(change)), style),
        *closing_notices(view, style),
        *(guard_notice(stop, style) for stop in view.stops),
        "\n".join(part for part in (_result(view, style), estimate_sentence(view)) if part),
        _next_step(view, saved, style) if next_step else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def plan_line(plan: Plan, style: Style = _PLAIN) -> str:
    """``Plan: 2 to add, 1 to change, 0 to destroy.``"""
    return f"{style.bold('Plan:')} {plan_sentence(plan)}."


def _shown(change: Change) -> bool:
    return change.operates or change.held


def _unread(change: Change) -> bool:
    """Whether the change is blocked only since its vendor could not be read; its connection's trouble tells why."""
    return change.blocked is not None and change.blocked.code == "unreadable"


def _drift(plan: Plan, registry: Registry, style: Style) -> str:
    if not plan.drift:
        return ""
    blocks = [drift_block(drift, registry, style) for drift in plan.drift]
    heading = style.bold("Live objects moved since the last apply") + " (recorded -> observed):"
    return "\n\n".join([heading, *blocks, style.dim(RULE)])


def _changes(plan: Plan, registry: Registry, style: Style) -> str:
    shown = [change for change in plan.changes if _shown(change)]
    blocked = any(change.blocked is not None for change in plan.changes)
    if not shown:
        return ""
    legend = _legend(
        {symbol(change) for change in plan.changes if _shown(change) or (blocked and change.blocked)}, style
    )
    lead = "reconciler will perform the following actions:"
    return "\n\n".join([part for part in (legend, lead) if part] + [change_block(c, registry, style) for c in shown])


def _legend(signs: set[str], style: Style) -> str:
    lines = [f"{painted(sign, style)} {text}" for sign, text in LEGEND.items() if sign in signs]
    return "\n".join(["Actions are indicated with the following symbols:", *lines]) if lines else ""


def _blocked(plan: Plan, registry: Registry, style: Style) -> str:
    blocked = [change for change in plan.changes if change.blocked is not None and not _unread(change)]
    if not blocked:
        return ""
    legend = "" if any(map(_shown, plan.changes)) else _legend({symbol(change) for change in blocked}, style)
    lead = style.bold("Blocked, and left alone until the cause is put right:")
    parts = [legend, lead, *(change_block(change, registry, style) for change in blocked)]
    return "\n\n".join(part for part in parts if part)


def _result(plan: Plan, style: Style) -> str:
    blocked = any(change.blocked is not None for change in plan.changes)
    if plan.applyable or blocked or plan.troubles:
        return plan_line(plan, style)
    if any(change.held for change in plan.changes):
        return f"{plan_line(plan, style)} Nothing to apply: what is held waits for --allow-send."
    moved = any(not drift.ignored for drift in plan.drift)
    head = "Nothing to apply." if moved else "Your live objects match the manifests."
    found = "nothing that it can put back" if moved else "no differences"
    compared = f"reconciler has compared {_compared(plan)}\nand found {found}, so no changes are needed."
    return f"{style.bold(style.green('No changes.') + ' ' + head)}\n\n{compared}"


def _compared(plan: Plan) -> str:
    connections = sorted({visible(change.connection) for change in plan.changes})
    if not connections:
        return "the manifests and the state with the live objects"
    addresses = number_of(len(plan.changes), "address", "addresses")
    verb = "holds" if len(connections) == 1 else "hold"
    return f"{addresses} of the manifests and the state with what {listed(connections)} {verb}"


def _next_step(plan: Plan, saved: str | None, style: Style) -> str:
    note = f"Saved the plan to: {visible(saved)}" if saved is not None else ""
    if not plan.applyable:
        return note
    command = visible(apply_command(plan, saved))
    if saved is not None:
        lines = [note, "", "To perform exactly these actions, run the following command to apply:", f"    {command}"]
    else:
        lines = [
            f'Run "{command}" to perform these actions.',
            'It plans again first: save this plan with "--out FILE" to have exactly these actions applied.',
        ]
    return "\n".join([style.dim(RULE), "", *lines, *_stopped(plan)])


def _stopped(plan: Plan) -> list[str]:
    if not plan.stops:
        return []
    guards = "guard" if len(plan.stops) == 1 else f"{len(plan.stops)} guards"
    return ["", f"Apply stops at the {guards} above until the consent is given."]
