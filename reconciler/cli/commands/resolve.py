"""``reconciler resolve ADDRESS``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import UNSETTLED
from reconciler.cli.options import ADDRESS, format_options, vendor_options

if TYPE_CHECKING:
    from reconciler.model import Address


@command("resolve", short_help="settle an open write by hand")
@click.argument("address", type=ADDRESS, shell_complete=UNSETTLED)
@click.option("--adopt", "adopt_id", metavar="ID", help="It was done, and this is the live object.")
@click.option("--not-created", is_flag=True, help="It was not done; the next plan decides again.")
@vendor_options
@format_options("text", "json")
@click.pass_context
def resolve(ctx: click.Context, /, address: Address, adopt_id: str | None, not_created: bool, **_: Any) -> int:
    """Say what became of a write whose answer was lost and that reading back could not settle.

    Look at the vendor's console first; the plan lists the candidates. Nothing is sent to the vendor but a read.
    """
    if (adopt_id is None) is not not_created:
        raise click.UsageError("give one of --adopt ID and --not-created", ctx)
    from reconciler.apply.resolution import resolve as settle_by_hand
    from reconciler.cli.running import opened
    from reconciler.state import Holder

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store()
        connections = {i.connection for i in store.snapshot().open_intents if i.address == address}
        providers = workspace.providers(connections & set(workspace.project.connections))
        with store.lock(Holder.here(), "resolve") as session:
            settled = settle_by_hand(
                session,
                address,
                registry=workspace.registry,
                providers=providers,
                adopt_id=adopt_id,
                not_created=not_created,
                sealing=workspace.sealing,
            )
            session.end(0, {"resolved": 1})
    if setting.as_json:
        from reconciler.report.document import dumps

        done = {"address": str(address), "done": adopt_id is not None, "id": settled.id}
        setting.terminal.show(dumps({"format_version": "1.0", "resolved": done}))
    else:
        from reconciler.report.visible import sentence

        setting.terminal.show(f"{address}: {sentence(settled.message)}.\n")
    return 0
