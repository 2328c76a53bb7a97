"""``reconciler schema [NAME]``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import SCHEMAS
from reconciler.cli.options import format_options

if TYPE_CHECKING:
    from reconciler.schema.shipped import Shipped

_DEFAULT = "\0"  # --out without a folder; no folder has such a name


@command("schema", short_help="show the JSON Schemas, or write them for editors and validators")
@click.argument("name", required=False, metavar="[NAME]", shell_complete=SCHEMAS)
@click.option(
    "--out",
    is_flag=False,
    flag_value=_DEFAULT,
    metavar="[DIR]",
    help="Write all schemas into DIR; without DIR into .reconciler/schemas of the project.",
)
@format_options("text", "json")
@click.pass_context
def schema(ctx: click.Context, /, name: str | None, out: str | None, **_: object) -> int:
    """Show a schema (optimum/Location, Project, manifest, plan, ...), list them all, or write them as files.

    Editors read manifest.json, a schema of every kind in one; kubeconform finds a kind's own at
    DIR/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json.
    """
    from reconciler.schema.shipped import shipped

    setting: Setting = ctx.obj
    if out is not None:
        if name is not None:
            raise click.UsageError("give NAME to see one schema, or --out to write them all", ctx)
        if out in shipped():
            raise click.UsageError(f"--out takes a folder; to see the schema: reconciler schema {out}", ctx)
        return _write(setting, out)
    return _list(setting) if name is None else _show(setting, name)


def _write(setting: Setting, out: str) -> int:
    from reconciler.cli.schemafiles import FOLDER, lay_out
    from reconciler.report.document import dumps
    from reconciler.report.shelf import written_text

    start = setting.chosen.start
    shown = FOLDER if out == _DEFAULT else out
    folder = _project_folder(setting) / FOLDER if out == _DEFAULT else Path(start, out)
    files = [path.relative_to(folder).as_posix() for path in lay_out(folder)]
    if setting.as_json:
        setting.terminal.show(dumps({"format_version": "1.0", "folder": str(folder), "files": list(files)}))
    else:
        setting.terminal.show(written_text(shown.rstrip("/") or shown, files))
    return 0


def _project_folder(setting: Setting) -> Path:
    """The project's folder, or where there is no project the one that is worked in."""
    from reconciler import project as projects
    from reconciler.errors import ReconcilerError

    start = setting.chosen.start
    if setting.chosen.project:
        path = Path(start, setting.chosen.project)
        return path if path.is_dir() else path.parent
    try:
        return projects.find(start).parent
    except ReconcilerError:
        return start


def _list(setting: Setting) -> int:
    from reconciler.report.document import dumps
    from reconciler.report.shelf import shelf_document, shelf_text
    from reconciler.schema.shipped import shipped

    schemas = list(shipped().values())
    style = setting.terminal.style
    setting.terminal.show(dumps(shelf_document(schemas)) if setting.as_json else shelf_text(schemas, style))
    return 0


def _show(setting: Setting, name: str) -> int:
    """The file as it is shipped; it is JSON in either form."""
    setting.terminal.show(_named(name).path.read_text("utf-8"))
    return 0


def _named(name: str) -> Shipped:
    """The schema of a name, whose letter case does not count; a kind of ours needs no group."""
    from difflib import get_close_matches

    from reconciler.errors import UNKNOWN_SCHEMA, ReconcilerError
    from reconciler.schema.shipped import named, shipped

    found = named(name)
    if len(found) == 1:
        return found[0]
    if found:
        names = " or ".join(one.name for one in found)
        raise ReconcilerError(UNKNOWN_SCHEMA, f"several schemas are called {name[:80]!r}", hint=f"write {names}")
    folded = {known.lower(): known for known in shipped()}
    near = get_close_matches(name[:80].lower(), folded, n=1)
    hint = f'did you mean "{folded[near[0]]}"?' if near else ""
    raise ReconcilerError(UNKNOWN_SCHEMA, f"there is no schema {name[:80]!r}", hint=hint)
