"""``reconciler status [ADDRESS]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import ADDRESSES
from reconciler.cli.options import STATUS_FORMS, format_options, retry_option
from reconciler.cli.publishing import publish, report_option

if TYPE_CHECKING:
    from datetime import date, datetime

    from reconciler.model.figures import Window

_DAYS = 30
_DATE = click.DateTime(formats=["%Y-%m-%d"])


@command("status", short_help="show how everything stands, with responses and scores")
@click.argument("address", metavar="[ADDRESS|GLOB]", required=False, shell_complete=ADDRESSES)
@click.option("--from", "first", type=_DATE, metavar="DATE", help="The first day of the period, as 2026-01-31 (UTC).")
@click.option("--to", "last", type=_DATE, metavar="DATE", help="The last day of it, which belongs to it [today].")
@click.option("--days", type=click.IntRange(1, 36_600), metavar="N", help=f"How many days it has [{_DAYS}].")
@retry_option()
@report_option(*STATUS_FORMS)
@format_options(*STATUS_FORMS)
@click.pass_context
def status(
    ctx: click.Context,
    /,
    address: str | None,
    first: datetime | None,
    last: datetime | None,
    days: int | None,
    **_: Any,
) -> int:
    """Show of each survey, site, location, form and account: whether it is in sync, what was asked and answered over a
    period, and when it was last applied. Nothing is written, no lock is taken.

    What cannot be read is shown as not known, with the reason, and never as 0; then it exits with 4 or 5.
    """
    from reconciler.cli.running import opened
    from reconciler.cli.standing import overview
    from reconciler.errors import worst
    from reconciler.report.rendering import Overviewed, status_as

    setting: Setting = ctx.obj
    window = _window(ctx, first.date() if first else None, last.date() if last else None, days)
    with opened(ctx) as workspace:
        found = overview(workspace, workspace.store(), address, window, _teller(setting))
        publish(setting, Overviewed(found, setting.terminal.style), status_as)
    return worst([0, *(trouble.exit_code for trouble in found.troubles)])


def _window(ctx: click.Context, first: date | None, last: date | None, days: int | None) -> Window:
    """The period that the options describe; raises UsageError for one that has no days."""
    from datetime import UTC, datetime, timedelta

    from reconciler.model.figures import Window

    if first and last and days:
        raise click.UsageError("give two of --from, --to and --days, not all three", ctx)
    long = timedelta(days=(days or _DAYS) - 1)
    if last is None:
        today = datetime.now(UTC).date()
        last = first + long if first and days else max(today, first or today)
    try:
        window = Window(first or last - long, last)
        _ = window.end
    except OverflowError:
        raise click.UsageError("the period lies beyond the calendar", ctx) from None
    if window.days < 1:
        raise click.UsageError(f"the period ends on {window.last}, before it begins on {window.first}", ctx)
    return window


def _teller(setting: Setting) -> Any:
    """Says on stderr which connection's figures are read, where somebody watches."""
    if setting.terminal.quiet or not setting.terminal.err.isatty():
        return lambda _: None
    return lambda name: setting.terminal.say(f"{name}: figures read")
