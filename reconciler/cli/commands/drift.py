"""``reconciler drift``."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import DRIFT_FORMS, format_options, selection_of, selection_options, vendor_options
from reconciler.cli.publishing import past_runs, publish, report_option


@command("drift", short_help="report live objects that moved")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even when there is drift.")
@selection_options
@vendor_options
@report_option(*DRIFT_FORMS)
@format_options(*DRIFT_FORMS)
@click.pass_context
def drift(ctx: click.Context, /, exit_zero: bool, **params: Any) -> int:
    """Compare what was last applied with the live objects. Nothing is written, no lock is taken.

    Exits with 2 when something moved that is not under ignoreChanges.
    """
    from reconciler.cli.planning import make_plan
    from reconciler.cli.running import opened, prepare
    from reconciler.errors import worst
    from reconciler.report.rendering import Subject, drift_as

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store()
        snapshot = store.snapshot()
        request, manifests = prepare(workspace, selection_of(params), params, snapshot)
        plan = make_plan(workspace, request, manifests, snapshot).plan
        reveal, style = bool(params.get("show_personal_data")), setting.terminal.style
        subject = Subject(plan, workspace.registry, reveal, past=past_runs(setting, store), style=style)
        publish(setting, subject, drift_as)
    drifted = any(not item.ignored for item in plan.drift) and not exit_zero
    return worst([2 if drifted else 0, *(trouble.exit_code for trouble in plan.troubles)])
