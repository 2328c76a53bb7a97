"""``reconciler state pull``, ``push`` and ``migrate``: a whole state out, in, and to another store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import format_options

if TYPE_CHECKING:
    from reconciler.cli.workspace import Workspace


@command("pull", short_help="write the whole state to stdout, as JSON")
@click.option("--json", "as_json", is_flag=True, help="It is JSON anyway.")
@click.pass_context
def pull(ctx: click.Context, /, **_: Any) -> int:
    """Write the whole state to stdout as JSON: lineage, serial, records, open writes, ledger, history.

    It holds what the manifests hold, personal data as digests alone, and no token; `state push` takes it back.
    """
    from reconciler.cli.copying import pulled
    from reconciler.cli.running import opened
    from reconciler.report.document import dumps

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store()
        document, moved_to = pulled(store)
    if moved_to is not None:
        setting.terminal.say(f"warning: this state was migrated to {moved_to}; it is not in use")
    setting.terminal.show(dumps(document))
    return 0


@command("push", short_help="put a pulled state in the place of the present one")
@click.argument("file", metavar="FILE|-")
@click.option("--force", is_flag=True, help="Although it is another state, or an older one.")
@format_options("text", "json")
@click.pass_context
def push(ctx: click.Context, /, file: str, force: bool, **_: Any) -> int:
    """Put what `state pull` wrote (and somebody mended) in the place of the present state.

    Another lineage or an older serial is refused, another project, environment or server always. The present state is
    kept under .reconciler/backups first. Open writes, deleted ids and the ledger are never lost by a push.
    """
    from reconciler.cli.copying import pushed
    from reconciler.cli.running import opened

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        done = pushed(workspace, file, force=force)
    for address in done.kept_open:
        setting.terminal.say(f"warning: {address}: a write is open that the pushed state does not know; it stays open")
    backup = str(done.backup) if done.backup else None
    if setting.as_json:
        from reconciler.report.document import dumps

        result = {"lineage": done.lineage, "serial": done.serial, "records": done.records, "backup": backup}
        setting.terminal.show(dumps({"format_version": "1.0", "pushed": result}))
    else:
        kept = f" What was there before is in {backup}." if backup else ""
        setting.terminal.show(f"Pushed {done.records} records, now serial {done.serial}.{kept}\n")
    return 0


@command("migrate", short_help="move the state to another store")
@click.argument("to", metavar="TO")
@click.option("--force", is_flag=True, help="Over an older copy of this very state.")
@format_options("text", "json")
@click.pass_context
def migrate(ctx: click.Context, /, to: str, force: bool, **_: Any) -> int:
    """Move the state to the store TO: sqlite:///PATH, postgresql://... or env:NAME for a URL with a password.

    Everything goes along: records, open writes, deleted ids, ledger and history. It is read back and compared before
    the old state is marked as migrated; from then on the old one is refused.
    """
    from reconciler.cli.migrating import migrated
    from reconciler.cli.running import opened

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        done = migrated(workspace, to, force=force)
        advice = _advice(workspace, to)
    if setting.as_json:
        from reconciler.report.document import dumps

        result = {"from": done.source, "to": done.target, "lineage": done.lineage, "serial": done.serial}
        setting.terminal.show(
            dumps({"format_version": "1.0", "migrated": {**result, "records": done.records}, "advice": advice})
        )
    else:
        setting.terminal.show(
            f"Migrated {done.records} records from {done.source} to {done.target}, and read them back.\n{advice}\n"
        )
    return 0


def _advice(workspace: Workspace, to: str) -> str:
    """What has to be changed, so that the next run finds the state."""
    import os

    from reconciler.project.state import OVERRIDE

    environment = workspace.project.environment
    key = f"spec.environments.{environment}.state" if environment else "spec.state"
    value = to if to.startswith("sqlite:") else f"{{env: {to.removeprefix('env:')}}}"
    if not to.startswith(("sqlite:", "env:")):
        value = "{env: NAME}, where NAME holds this URL"
    if os.environ.get(OVERRIDE):
        return f"Now set {OVERRIDE}, which comes before {key}, to the new place."
    return f"Now set {key} in {workspace.project.path.name} to: {value}"
