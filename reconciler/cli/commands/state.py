"""``reconciler state``: list, show, history, unlock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import ADDRESS, format_options, global_options
from reconciler.model import Address

if TYPE_CHECKING:
    from reconciler.state.contract import Run


@click.group("state", short_help="look into the state", context_settings={"help_option_names": ["-h", "--help"]})
@global_options
def state(**_: object) -> None:
    """Look into the state: what is recorded, what ran, who holds it."""


@command("list", short_help="the recorded addresses")
@click.argument("globs", nargs=-1, metavar="[GLOB]...")
@format_options("text", "json")
@click.pass_context
def list_(ctx: click.Context, /, globs: tuple[str, ...], **_: Any) -> int:
    """List what is recorded: address, live id, connection."""
    from reconciler.cli.running import opened
    from reconciler.model import Selection
    from reconciler.plan import selects
    from reconciler.report.listing import records_document, records_text

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        records = workspace.store().snapshot().records
    chosen = [record for address, record in records.items() if selects(Selection(targets=globs), address)]
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps(records_document(chosen)))
    else:
        setting.terminal.show(records_text(chosen, setting.terminal.style))
    return 0


@command("show", short_help="one record")
@click.argument("address", type=ADDRESS)
@click.option("--show-personal-data", is_flag=True, help="Do not mask personal data.")
@format_options("text", "json")
@click.pass_context
def show(ctx: click.Context, /, address: Address, show_personal_data: bool, **_: Any) -> int:
    """Show what was last applied at an address."""
    from difflib import get_close_matches

    from reconciler.cli.running import opened
    from reconciler.errors import UNKNOWN_ADDRESS, ReconcilerError
    from reconciler.report.listing import record_document, record_text

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        records = workspace.store().snapshot().records
        registry = workspace.registry
    if address not in records:
        close = get_close_matches(str(address), [str(known) for known in records], n=1)
        hint = f'did you mean "{close[0]}"?' if close else ""
        raise ReconcilerError(UNKNOWN_ADDRESS, f"the state has no record of {address}", hint=hint)
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps(record_document(records[address], registry, reveal=show_personal_data)))
    else:
        style = setting.terminal.style
        setting.terminal.show(record_text(records[address], registry, style, reveal=show_personal_data))
    return 0


@command("history", short_help="the runs that wrote")
@format_options("text", "json")
@click.pass_context
def history(ctx: click.Context, /, **_: Any) -> int:
    """List the runs that took the lock: when, who, where, what, and how each ended. Times are UTC."""
    from reconciler.cli.running import opened

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        runs = workspace.store().runs()
    if setting.as_json:
        from dataclasses import asdict

        from reconciler.report.document import dumps

        setting.terminal.show(dumps({"format_version": "1.0", "runs": [asdict(run) for run in runs]}))
    else:
        setting.terminal.show("".join(_line(run) for run in runs) or "No run has written yet.\n")
    return 0


def _line(run: Run) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(run.started))
    took = f"{run.ended - run.started:.1f}s" if run.ended is not None else "did not end"
    ended = "" if run.exit_code is None else f", exit {run.exit_code}"
    done = ", ".join(f"{count} {word}" for word, count in run.counts.items() if count)
    return f"{when}  {run.command:8} {run.user}@{run.host}  {took}{ended}{'  ' + done if done else ''}\n"


@command("unlock", short_help="clear the lock of a dead run")
@click.option("--force", is_flag=True, help="Although its holder still runs.")
@format_options("text", "json")
@click.pass_context
def unlock(ctx: click.Context, /, force: bool, **_: Any) -> int:
    """Clear a lock that a dead run left. Refused while the holder runs, unless forced."""
    from reconciler.cli.running import opened

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        held = workspace.store().unlock(force=force)
    who = f"{held.holder.user}@{held.holder.host} (pid {held.holder.pid}, {held.command})" if held else None
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps({"unlocked": held is not None, "holder": who}))
    else:
        setting.terminal.show(f"Unlocked; it was held by {who}.\n" if who else "Nobody holds the lock.\n")
    return 0


for _command in (list_, show, history, unlock):
    state.add_command(_command)
