"""``reconciler drift``."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import format_options, selection_of, selection_options, vendor_options


@command("drift", short_help="report live objects that moved")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even when there is drift.")
@selection_options
@vendor_options
@format_options("text", "json")
@click.pass_context
def drift(ctx: click.Context, /, exit_zero: bool, **params: Any) -> int:
    """Compare what was last applied with the live objects. Nothing is written, no lock is taken.

    Exits with 2 when something moved that is not under ignoreChanges.
    """
    from reconciler.cli.planning import make_plan
    from reconciler.cli.running import opened, prepare
    from reconciler.errors import worst

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        snapshot = workspace.store().snapshot()
        request, manifests = prepare(workspace, selection_of(params), params, snapshot)
        plan = make_plan(workspace, request, manifests, snapshot).plan
        reveal = bool(params.get("show_personal_data"))
        if setting.as_json:
            from reconciler.report.document import dumps
            from reconciler.report.shape import drift_document

            setting.terminal.show(dumps(drift_document(plan, workspace.registry, reveal=reveal)))
        else:
            from reconciler.report.drift_text import drift_text

            setting.terminal.show(drift_text(plan, workspace.registry, setting.terminal.style, reveal=reveal))
    drifted = any(not item.ignored for item in plan.drift) and not exit_zero
    return worst([2 if drifted else 0, *(trouble.exit_code for trouble in plan.troubles)])
