"""``reconciler version``."""

from __future__ import annotations

import sys

import click

from reconciler import __version__
from reconciler.cli.command import Setting, command
from reconciler.cli.options import format_options


@command("version", short_help="show the version")
@format_options("text", "json")
@click.pass_obj
def _version(setting: Setting, /, **_: object) -> int:
    """Show the version of reconciler and of the Python it runs on."""
    python = sys.version.split()[0]
    if setting.as_json:
        from reconciler.report.document import dumps

        setting.terminal.show(dumps({"version": __version__, "python": python}))
    else:
        setting.terminal.show(f"reconciler {__version__} (Python {python})\n")
    return 0


version = _version
