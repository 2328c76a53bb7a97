"""``reconciler show PLANFILE``."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import FILES
from reconciler.cli.options import PLAN_FORMS, format_options
from reconciler.cli.publishing import publish, report_option


@command("show", short_help="show a saved plan")
@click.argument("planfile", metavar="PLANFILE", shell_complete=FILES)
@click.option("--show-personal-data", is_flag=True, help="Do not mask personal data.")
@report_option(*PLAN_FORMS)
@format_options(*PLAN_FORMS)
@click.pass_obj
def show(setting: Setting, /, planfile: str, show_personal_data: bool, **_: object) -> int:
    """Show a plan saved with plan --out. No vendor is asked."""
    from reconciler import schema
    from reconciler.cli.planstore import read
    from reconciler.report.rendering import Subject, plan_as

    plan, _approval = read(Path(setting.chosen.start, planfile))
    style = setting.terminal.style
    publish(setting, Subject(plan, schema.load(), show_personal_data, planfile, style=style), plan_as)
    return 0
