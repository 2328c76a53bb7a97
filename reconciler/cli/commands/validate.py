"""``reconciler validate``."""

from __future__ import annotations

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import format_options


@command("validate", short_help="check the manifests and the project file")
@click.option("-f", "--file", "files", multiple=True, metavar="PATH", help="Read PATH (- for stdin) only.")
@format_options("text", "json")
@click.pass_obj
def validate(setting: Setting, /, files: tuple[str, ...], **_: object) -> int:
    """Check the project file and all manifests: form, fields, references, keys. No vendor is asked, no token read."""
    from reconciler.cli.planning import Request, load_manifests, stdin_bytes
    from reconciler.cli.workspace import Workspace
    from reconciler.model import Selection, Snapshot

    selection = Selection(files=files)
    with Workspace(setting.chosen) as workspace:
        manifests = load_manifests(workspace, Request(selection, stdin=stdin_bytes(selection)), Snapshot())
    count, read = len(manifests.desired), len(manifests.files)
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps({"valid": True, "errors": [], "resources": count, "files": read}))
    else:
        words = f"{count} resource{'s' if count != 1 else ''} in {read} file{'s' if read != 1 else ''}"
        setting.terminal.show(f"{setting.terminal.style.green('Success!')} {words}: the configuration is valid.\n")
    return 0
