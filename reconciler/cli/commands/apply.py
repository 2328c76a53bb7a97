"""``reconciler apply``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import FILES
from reconciler.cli.options import (
    APPLY_REPORTS,
    consent_options,
    format_options,
    selection_of,
    selection_options,
    vendor_options,
    write_options,
)
from reconciler.cli.publishing import report_option


@command("apply", streams=True, short_help="do what the plan says")
@click.argument("planfile", required=False, metavar="[PLANFILE]", shell_complete=FILES)
@click.option("--auto-approve", "--yes", "auto_approve", is_flag=True, help="Do not ask.")
@write_options
@click.option("--allow-ephemeral-state", is_flag=True, help="With CI set: make a new SQLite state all the same.")
@selection_options
@consent_options
@vendor_options
@report_option(*APPLY_REPORTS)
@format_options("text", "json")
@click.pass_context
def apply(ctx: click.Context, /, planfile: str | None, auto_approve: bool, **params: Any) -> int:
    """Do what the plan says. With PLANFILE exactly what was approved, or nothing; else plan, ask, and go on.

    Exits with 9 when it was done in part; run it again to go on.
    """
    from reconciler.cli.approving import ask, from_file
    from reconciler.cli.planning import Request
    from reconciler.cli.running import consents_of, opened
    from reconciler.cli.targeting import stdin_bytes

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        if planfile is not None:
            return from_file(setting, workspace, Path(setting.chosen.start, planfile), params)
        selection = selection_of(params)
        request = Request(selection, consents_of(params, destroy=False), stdin_bytes(selection))
        return ask(setting, workspace, request, params, command="apply", approved=auto_approve)
