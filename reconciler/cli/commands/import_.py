"""``reconciler import``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import CONNECTIONS, KINDS
from reconciler.cli.options import format_options, retry_option

if TYPE_CHECKING:
    from reconciler.cli.importing import Import
    from reconciler.cli.workspace import Workspace

_UNPAIRED = "no site and location were found to be one store; what has a manifest already is not paired"


@command("import", short_help="write manifests for what is live and not managed yet")
@click.argument("globs", nargs=-1, metavar="[GLOB...]")
@click.option(
    "--connection",
    "connections",
    multiple=True,
    metavar="NAME",
    shell_complete=CONNECTIONS,
    help="Only this connection.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    shell_complete=KINDS,
    help="Only this kind: Location, optimum/Location.",
)
@click.option("--dir", "directory_", metavar="DIR", help="Write below DIR [the first folder of spec.manifests].")
@click.option("--merge", is_flag=True, help="Where a name or file is taken, take another one.")
@click.option("--pair", is_flag=True, help="Put sites and locations that are one store into a ResourceSet with a CSV.")
@click.option("--dry-run", is_flag=True, help="Write nothing, and list what would be written.")
@retry_option()
@format_options("text", "json")
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    globs: tuple[str, ...],
    connections: tuple[str, ...],
    kinds: tuple[str, ...],
    directory_: str | None,
    merge: bool,
    pair: bool,
    dry_run: bool,
    **_: Any,
) -> int:
    """Write manifests for live objects that no manifest and no record has yet; all of them, or those that GLOB names by
    name, id or address. Nothing is written to a vendor or to the state: the next plan shows each as an adoption.

    People (Subscriber) are only imported where --kind asks for them: their data would stand in the files.
    """
    from reconciler.adoption.wish import Wish
    from reconciler.cli.importing import find
    from reconciler.cli.placing import destination, place
    from reconciler.cli.running import opened
    from reconciler.errors import worst

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        folder = destination(workspace, directory_)
        found = find(workspace, Wish(globs, kinds, connections), folder.path, merge=merge, pair=pair)
        if not dry_run:
            place(workspace.project.folder, found.files)
        notes = (*folder.notes, *([_UNPAIRED] if pair and not found.stores else []))
        _tell(setting, workspace, found, (str(folder.path), *notes), dry_run=dry_run)
    return worst([0, *(trouble.exit_code for trouble in found.world.troubles)])


def _tell(setting: Setting, workspace: Workspace, found: Import, folder: tuple[str, ...], *, dry_run: bool) -> None:
    from reconciler.cli.imported import report
    from reconciler.report.document import dumps
    from reconciler.report.imported import imported_document, imported_text

    result = report(workspace, found, folder[0], folder[1:], dry_run=dry_run)
    if setting.as_json:
        setting.terminal.show(dumps(imported_document(result)))
    else:
        setting.terminal.show(imported_text(result, setting.terminal.style))
