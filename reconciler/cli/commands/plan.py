"""``reconciler plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import (
    PLAN_FORMS,
    consent_options,
    format_options,
    selection_of,
    selection_options,
    vendor_options,
)
from reconciler.cli.publishing import past_runs, publish, report_option


@command("plan", short_help="show what apply would do")
@click.option("--out", metavar="FILE", help="Save the plan, to be applied exactly as it is.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--destroy", is_flag=True, help="Plan the end of everything this project made.")
@selection_options
@consent_options
@vendor_options
@report_option(*PLAN_FORMS)
@format_options(*PLAN_FORMS)
@click.pass_context
def plan(ctx: click.Context, /, out: str | None, detailed_exitcode: bool, destroy: bool, **params: Any) -> int:
    """Compare the manifests with the live objects and show what apply would do. Nothing is written to a vendor.

    Exits with 0, or with --detailed-exitcode with 2 when there are changes.
    """
    from reconciler.cli.planning import make_plan
    from reconciler.cli.running import opened, prepare
    from reconciler.errors import worst
    from reconciler.report.rendering import Subject, plan_as

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store()
        snapshot = store.snapshot()
        request, manifests = prepare(workspace, selection_of(params, destroy=destroy), params, snapshot)
        made = make_plan(workspace, request, manifests, snapshot).plan
        if out is not None:
            from reconciler.cli.planstore import save

            save(Path(setting.chosen.start, out), made, workspace.sealing)
        reveal, style = bool(params.get("show_personal_data")), setting.terminal.style
        past = past_runs(setting, store)
        publish(setting, Subject(made, workspace.registry, reveal, out, past, style=style), plan_as)
    changed = 2 if detailed_exitcode and made.has_changes else 0
    return worst([changed, *(trouble.exit_code for trouble in made.troubles)])
