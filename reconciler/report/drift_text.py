"""A drift report as text."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model import Plan
from reconciler.model.acceptance import Accepted
from reconciler.report.block import accepted_block, drift_block
from reconciler.report.command import accept_command, again
from reconciler.report.notice import closing_notices
from reconciler.report.shape import drift_summary
from reconciler.report.style import Style
from reconciler.report.view import view_of
from reconciler.report.visible import visible
from reconciler.schema import Registry

_PLAIN = Style()


def drift_text(
    plan: Plan,
    registry: Registry,
    style: Style = _PLAIN,
    *,
    reveal: bool = False,
    accepted: Sequence[Accepted] = (),
) -> str:
    """The whole report, ending with a newline; ``accepted`` is no drift any more, and told by itself."""
    view = view_of(plan, registry, reveal=reveal, whole=False)
    moved = [_moved(view, registry, style), *closing_notices(view, style)]
    parts = [accepted_text(view, accepted, registry, style), *moved, *_result(view, style, other=bool(accepted))]
    return "\n\n".join(part for part in parts if part) + "\n"


def accepted_text(plan: Plan, accepted: Sequence[Accepted], registry: Registry, style: Style = _PLAIN) -> str:
    """What was written into git, and the next step; empty where nothing was."""
    if not accepted:
        return ""
    heading = style.bold("Accepted into the manifests, which say now what is live") + " (git -> live):"
    blocks = (accepted_block(one, registry, style) for one in accepted)
    step = f'See what was written with "git diff", and run "{visible(again(plan, "plan"))}": none of it is left to do.'
    return "\n\n".join([heading, *blocks, step])


def drift_sentence(plan: Plan) -> str:
    """``2 changed, 1 gone`` and, where there are any, the other counts."""
    count = drift_summary(plan)
    stuck = f" (the API cannot put back {count['unrepairable']} of them)" if count["unrepairable"] else ""
    parts = [f"{count['drifted']} changed", f"{count['gone']} gone{stuck}"]
    others = {"ignored": count["ignored"], "unmanaged": count["unmanaged"]}
    return ", ".join([*parts, *(f"{number} {word}" for word, number in others.items() if number)])


def _moved(plan: Plan, registry: Registry, style: Style) -> str:
    if not plan.drift:
        return ""
    heading = style.bold("Live objects moved since the last apply") + " (recorded -> observed):"
    return "\n\n".join([heading, *(drift_block(drift, registry, style) for drift in plan.drift)])


def _result(plan: Plan, style: Style, *, other: bool = False) -> list[str]:
    count = drift_summary(plan)
    line = f"{style.bold('Drift:')} {drift_sentence(plan)}."
    if count["drifted"] or count["gone"]:
        steps = [f'Run "{visible(again(plan, "plan"))}" to see what an apply would put back.']
        if count["drifted"]:
            keep = visible(accept_command(plan))
            steps.append(f'Run "{keep}" to keep what is live: it is written into the manifest.')
        return [line, "\n".join(steps)]
    if plan.troubles:
        return [line]
    if other:
        return [style.bold(style.green("No other drift."))]
    apart = " apart from fields under ignoreChanges" if count["ignored"] else ""
    return [f"{style.bold(style.green('No drift.'))} The live objects are as they were last applied{apart}."]
