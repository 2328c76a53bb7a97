"""``reconciler validate``."""

from __future__ import annotations

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import FILES
from reconciler.cli.options import VALIDATE_FORMS, format_options
from reconciler.cli.publishing import publish, report_option


@command("validate", short_help="check the manifests and the project file")
@click.option(
    "-f", "--file", "files", multiple=True, metavar="PATH", shell_complete=FILES, help="Read PATH (- for stdin) only."
)
@report_option(*VALIDATE_FORMS)
@format_options(*VALIDATE_FORMS)
@click.pass_obj
def validate(setting: Setting, /, files: tuple[str, ...], **_: object) -> int:
    """Check the project file and all manifests: form, fields, references, keys. No vendor is asked, no token read."""
    from reconciler.cli.planning import Request, load_manifests
    from reconciler.cli.targeting import stdin_bytes
    from reconciler.cli.workspace import Workspace
    from reconciler.errors import Problems, ReconcilerError
    from reconciler.model import Selection, Snapshot
    from reconciler.report.notice import warning_notice
    from reconciler.report.rendering import Validated, validated_as

    selection, style = Selection(files=files), setting.terminal.style
    try:
        with Workspace(setting.chosen, selection=selection) as workspace:
            manifests = load_manifests(workspace, Request(selection, stdin=stdin_bytes(selection)), Snapshot())
    except (Problems, ReconcilerError) as error:
        found = Validated(error.errors if isinstance(error, Problems) else (error,), 0, 0, style=style)
        if setting.form in ("markdown", "sarif"):  # the error itself is told as text and JSON
            setting.terminal.show(validated_as(setting.form, found))
        setting.reports.write(lambda form: validated_as(form, found))
        raise
    publish(setting, Validated((), len(manifests.desired), len(manifests.files), style=style), validated_as)
    for text in manifests.warnings:
        setting.terminal.say(warning_notice(text, style))
    return 0
