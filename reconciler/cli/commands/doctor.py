"""``reconciler doctor``."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import CONNECTIONS
from reconciler.cli.options import format_options, retry_option

_PATIENCE = 10  # seconds; who looks for what is wrong wants to know soon


@command("doctor", short_help="look the connections and the state over")
@click.option(
    "--connection",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=CONNECTIONS,
    help="Only this connection; may be repeated.",
)
@retry_option(_PATIENCE)
@format_options("text", "json")
@click.pass_context
def doctor(ctx: click.Context, /, names: tuple[str, ...], **_: Any) -> int:
    """Ask every connection whether it works, by reads alone, and tell of the state and the surroundings.

    Exits with 0 where all is fine, 4 where credentials are missing or refused, 5 where a vendor cannot be asked.
    """
    from reconciler.cli.examination import examined
    from reconciler.cli.running import opened
    from reconciler.report.diagnosis import diagnosis_document, diagnosis_text

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        known = workspace.project.connections
        unknown = sorted(set(names) - set(known))
        if unknown:
            raise click.UsageError(f"no connection {unknown[0]!r}; there are {', '.join(sorted(known))}", ctx)
        found = examined(workspace, sorted(set(names) or set(known)))
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps(diagnosis_document(found)))
    else:
        setting.terminal.show(diagnosis_text(found, setting.terminal.style))
    return found.exit_code
