"""``reconciler show PLANFILE``."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import format_options


@command("show", short_help="show a saved plan")
@click.argument("planfile", metavar="PLANFILE")
@click.option("--show-personal-data", is_flag=True, help="Do not mask personal data.")
@format_options("text", "json")
@click.pass_obj
def show(setting: Setting, /, planfile: str, show_personal_data: bool, **_: object) -> int:
    """Show a plan saved with plan --out. No vendor is asked."""
    from reconciler import schema
    from reconciler.cli.planstore import read

    plan, _approval = read(Path(setting.chosen.start, planfile))
    registry = schema.load()
    if setting.as_json:
        from reconciler.report.document import dumps
        from reconciler.report.shape import plan_document

        setting.terminal.show(dumps(plan_document(plan, registry, reveal=show_personal_data)))
    else:
        from reconciler.report.plan_text import plan_text

        style = setting.terminal.style
        setting.terminal.show(plan_text(plan, registry, style, saved=planfile, reveal=show_personal_data))
    return 0
