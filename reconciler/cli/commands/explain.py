"""``reconciler explain ERRORCODE``."""

from __future__ import annotations

import click

from reconciler.cli.command import Setting, command


@command("explain", short_help="explain an error code")
@click.argument("topic", required=False, metavar="[ERRORCODE]")
@click.pass_obj
def explain(setting: Setting, /, topic: str | None, **_: object) -> int:
    """Say what an error code means and what the way out is; without a code, list them all."""
    from reconciler.errors import CATALOGUE, UNKNOWN_CODE, ReconcilerError
    from reconciler.report.page import error_index, error_page

    style = setting.terminal.style
    if topic is None:
        setting.terminal.show(error_index(style))
        return 0
    if topic.strip().upper() not in CATALOGUE:
        from difflib import get_close_matches

        close = get_close_matches(topic.upper(), CATALOGUE, n=1)
        hint = f'did you mean "{close[0]}"?' if close else ""
        raise ReconcilerError(UNKNOWN_CODE, f"no page for {topic!r}", hint=hint)
    setting.terminal.show(error_page(topic, style))
    return 0
