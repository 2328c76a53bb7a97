"""``reconciler state``: list, show, history, unlock; what changes a state stands in modules of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.commands.state_copies import migrate, pull, push
from reconciler.cli.commands.state_records import mv, rebuild, rm
from reconciler.cli.completing import CONNECTIONS, KINDS, RECORDED
from reconciler.cli.options import ADDRESS, format_options, global_options
from reconciler.model import Address

if TYPE_CHECKING:
    from reconciler.state import Run, StateStore


@click.group(
    "state", short_help="look into the state and mend it", context_settings={"help_option_names": ["-h", "--help"]}
)
@global_options
def state(**_: object) -> None:
    """Look into the state (what is recorded, what ran, who holds it), and mend it.

    No command here writes to a vendor.
    """


@command("list", short_help="the recorded addresses")
@click.argument("globs", nargs=-1, metavar="[GLOB]...", shell_complete=RECORDED)
@click.option("--connection", metavar="NAME", shell_complete=CONNECTIONS, help="Only records of this connection.")
@click.option("--kind", metavar="KIND", shell_complete=KINDS, help="Only this kind: Location, or optimum/Location.")
@format_options("text", "json")
@click.pass_context
def list_(ctx: click.Context, /, globs: tuple[str, ...], connection: str | None, kind: str | None, **_: Any) -> int:
    """List what is recorded: address, live id, connection. All filters have to hold; of the globs, one."""
    from reconciler.cli.running import opened
    from reconciler.model import Selection
    from reconciler.plan import selects
    from reconciler.report.listing import records_document, records_text

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        records = workspace.store().snapshot().records
    chosen = [
        record
        for address, record in records.items()
        if selects(Selection(targets=globs), address)
        and connection in (None, record.connection)
        and kind in (None, address.kind, address.type)
    ]
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps(records_document(chosen)))
    else:
        setting.terminal.show(records_text(chosen, setting.terminal.style))
    return 0


@command("show", short_help="one record")
@click.argument("address", type=ADDRESS, shell_complete=RECORDED)
@click.option("--show-personal-data", is_flag=True, help="Do not mask personal data.")
@format_options("text", "json")
@click.pass_context
def show(ctx: click.Context, /, address: Address, show_personal_data: bool, **_: Any) -> int:
    """Show what was last applied at an address."""
    from reconciler.cli.running import opened
    from reconciler.report.listing import record_document, record_text
    from reconciler.state.relocation import unknown

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        records = workspace.store().snapshot().records
        registry = workspace.registry
    if address not in records:
        raise unknown(str(address), records)
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps(record_document(records[address], registry, reveal=show_personal_data)))
    else:
        style = setting.terminal.style
        setting.terminal.show(record_text(records[address], registry, style, reveal=show_personal_data))
    return 0


@command("history", short_help="the runs that wrote")
@click.argument("run", required=False, metavar="[RUN]")
@format_options("text", "json")
@click.pass_context
def history(ctx: click.Context, /, run: str | None, **_: Any) -> int:
    """List the runs that took the lock: when, who, where, which plan, what changed, and how each ended.

    With RUN (the first letters of its id are enough) that one, with everything it wrote. Times are UTC.
    """
    from reconciler.cli.running import opened
    from reconciler.report.history import history_document, history_text, run_document, run_text

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store()
        runs, holding = _with_plans(store), store.holding()
        chosen = _run(runs, run) if run is not None else None
        writes = store.journal(chosen.id) if chosen is not None else ()
    running, style = holding.run if holding else None, setting.terminal.style
    if setting.as_json:
        from reconciler.report.document import dumps

        document = run_document(chosen, writes, running) if chosen else history_document(runs, running)
        setting.terminal.show(dumps(document))
    else:
        setting.terminal.show(
            run_text(chosen, writes, running, style) if chosen else history_text(runs, running, style)
        )
    return 0


def _with_plans(store: StateStore) -> tuple[Run, ...]:
    """The history; an apply without a saved plan shows the plan it made, as long as the journal knows it."""
    from dataclasses import replace

    from reconciler.state.writer import KEPT_RUNS

    def planned(run: Run) -> Run:
        digest = next((intent.plan_digest for intent in store.journal(run.id) if intent.plan_digest), None)
        return replace(run, plan_digest=digest)

    runs = store.runs()
    kept = {run.id for run in runs[-KEPT_RUNS:]}
    return tuple(planned(run) if run.plan_digest is None and run.id in kept else run for run in runs)


def _run(runs: tuple[Run, ...], id: str) -> Run:
    from reconciler.errors import UNKNOWN_RUN, ReconcilerError

    found = [run for run in runs if run.id.startswith(id)]
    if len(found) != 1:
        how = f"{len(found)} runs begin" if found else "no run begins"
        raise ReconcilerError(UNKNOWN_RUN, f"{how} with {id}")
    return found[0]


@command("unlock", short_help="clear the lock of a dead run")
@click.option("--force", is_flag=True, help="Although its holder still runs.")
@format_options("text", "json")
@click.pass_context
def unlock(ctx: click.Context, /, force: bool, **_: Any) -> int:
    """Clear a lock that a dead run left. Refused while the holder runs, unless forced: then it stops before its next
    write to a vendor, and what it has under way shows as open to the next apply."""
    from reconciler.cli.running import opened
    from reconciler.cli.writing import writing
    from reconciler.errors import ReconcilerError

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store(anew=True)
        held = store.unlock(force=force)
        if held is not None:
            # The next run may have the lock already; then the history goes without this line.
            with suppress(ReconcilerError), writing(store, "state unlock", retired=True) as session:
                session.end(0, {"unlocked": 1})
    who = f"{held.holder.user}@{held.holder.host} (pid {held.holder.pid}, {held.command})" if held else None
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps({"unlocked": held is not None, "holder": who}))
    else:
        setting.terminal.show(f"Unlocked; it was held by {who}.\n" if who else "Nobody holds the lock.\n")
    return 0


for _command in (list_, show, history, mv, rm, unlock, rebuild, pull, push, migrate):
    state.add_command(_command)
