"""A drift report as Markdown for an issue or a job summary."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model import Drift, Plan
from reconciler.model.acceptance import Accepted
from reconciler.report.command import accept_command, again
from reconciler.report.drift_text import drift_sentence
from reconciler.report.markdown import LIMIT, Section, assembled, code, table
from reconciler.report.patch import drift_patch
from reconciler.report.phrase import listed
from reconciler.report.plan_markdown import heading, notes, troubles
from reconciler.report.remark import drift_headline
from reconciler.report.shape import drift_summary
from reconciler.report.view import view_of
from reconciler.schema import Registry


def drift_markdown(
    plan: Plan,
    registry: Registry,
    *,
    reveal: bool = False,
    accepted: Sequence[Accepted] = (),
    limit: int = LIMIT,
) -> str:
    """The whole text, below ``limit`` characters, ending with a newline."""
    view = view_of(plan, registry, reveal=reveal, whole=False)
    summary = [
        f"## {heading('Drift', view)}: {drift_sentence(view)}",
        _alert(view),
        _accepted(accepted),
        _moved(view),
        troubles(view.troubles),
        *notes(view),
        _verdict(view, other=bool(accepted)),
    ]
    patches = (drift_patch(drift, registry) for drift in view.drift)
    sections = [Section("Recorded and observed", len(view.drift), patches, open=True)]
    return assembled(summary, sections, f"All of it: {code(again(view, 'drift'))}.", limit)


def _alert(plan: Plan) -> str:
    stuck = drift_summary(plan)["unrepairable"]
    return f"> [!WARNING]\n> **The API cannot put back {stuck:,} of these.**" if stuck else ""


def _moved(plan: Plan) -> str:
    gravest = sorted(plan.drift, key=lambda drift: (drift.ignored, drift.after is not None))
    rows = [_row(drift) for drift in gravest]
    return table(["Resource", "What", "Fields", "Can be put back"], rows) if rows else ""


def _accepted(accepted: Sequence[Accepted]) -> str:
    if not accepted:
        return ""
    rows = [
        [code(text, cell=True) for text in (str(one.address), one.source.where, listed(f.path for f in one.fields))]
        for one in accepted
    ]
    return f"Accepted into the manifests:\n\n{table(['Resource', 'Manifest', 'Fields'], rows)}"


def _row(drift: Drift) -> list[str]:
    fields = listed(sorted({change.path for change in drift.fields}))
    return [
        code(str(drift.address), cell=True),
        drift_headline_cell(drift),
        code(fields, cell=True) if drift.fields else "",
        "ignored" if drift.ignored else "yes" if drift.repairable else "**no**",
    ]


def drift_headline_cell(drift: Drift) -> str:
    """``has changed`` in our words; what a vendor says of one that is gone as code."""
    said = drift_headline(drift)
    return said if said in ("has changed", "is gone") else code(said, cell=True)


def _verdict(plan: Plan, *, other: bool) -> str:
    count = drift_summary(plan)
    if count["drifted"] or count["gone"]:
        keep = f"; to keep what is live: {code(accept_command(plan), 400)}" if count["drifted"] else ""
        return f"To see what an apply would put back: {code(again(plan, 'plan'), 400)}{keep}"
    if other and not plan.troubles:
        return "**No other drift.**"
    return "" if plan.troubles else "**No drift.** The live objects are as they were last applied."
