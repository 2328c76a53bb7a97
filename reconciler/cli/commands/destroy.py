"""``reconciler destroy``."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import (
    APPLY_REPORTS,
    consent_options,
    format_options,
    glob_options,
    vendor_options,
    write_options,
)
from reconciler.cli.publishing import report_option


@command("destroy", streams=True, short_help="delete what this project made")
@click.option("--auto-approve", "--yes", "auto_approve", is_flag=True, help="Consent to the number of deletes.")
@write_options
@glob_options
@consent_options
@vendor_options
@report_option(*APPLY_REPORTS)
@format_options("text", "json")
@click.pass_context
def destroy(ctx: click.Context, /, auto_approve: bool, **params: Any) -> int:
    """Delete every recorded object that its vendor can delete, and forget the others, which is said.

    Asks for the project's name; --auto-approve consents to the number of deletes, never to the loss of answers.
    """
    from reconciler.cli.approving import ask
    from reconciler.cli.options import selection_of
    from reconciler.cli.planning import Request
    from reconciler.cli.running import consents_of, opened

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        request = Request(selection_of(params, destroy=True), consents_of(params, destroy=True))
        return ask(setting, workspace, request, params, command="destroy", approved=auto_approve)
