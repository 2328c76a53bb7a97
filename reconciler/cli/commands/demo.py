"""``reconciler demo``."""

from __future__ import annotations

import click

from reconciler.cli.command import Setting, command


@command("demo", short_help="watch it work on the sandbox")
@click.pass_obj
def demo(setting: Setting, /, **_: object) -> int:
    """Watch a plan, an apply and a drift report: a real server on a free port, a real project, a temporary folder.

    Nothing of yours is read, and nothing is left behind.
    """
    from reconciler.cli.demonstration import demonstrate

    return demonstrate(setting)
