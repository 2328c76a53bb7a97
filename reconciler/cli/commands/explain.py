"""``reconciler explain ERRORCODE``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.options import format_options

if TYPE_CHECKING:
    from reconciler.report.catalogue import Page


@command("explain", short_help="explain an error code")
@click.argument("topic", required=False, metavar="[ERRORCODE]")
@format_options("text", "json")
@click.pass_obj
def explain(setting: Setting, /, topic: str | None, **_: object) -> int:
    """Say what an error code means, with an example and the way out; without a code, list them all."""
    from reconciler.report.document import dumps
    from reconciler.report.page import error_document, error_index, error_index_document, error_page

    terminal = setting.terminal
    if topic is None:
        terminal.show(dumps(error_index_document()) if setting.as_json else error_index(terminal.style))
        return 0
    page = _page(topic)
    terminal.show(dumps(error_document(page)) if setting.as_json else error_page(page, terminal.style))
    return 0


def _page(topic: str) -> Page:
    """The page of a code, spelled in either case and with or without its letters."""
    from importlib.resources import files

    from reconciler.errors import CATALOGUE, UNKNOWN_CODE, ReconcilerError
    from reconciler.report.catalogue import pages_of

    code = topic.strip().upper()
    code = f"RCN{code.zfill(4)}" if code.isdecimal() and code.isascii() else code
    if code not in CATALOGUE:
        near = _near(code, CATALOGUE)
        hint = f'did you mean "{near}"?' if near else ""
        raise ReconcilerError(UNKNOWN_CODE, f"no page for {topic[:80]!r}", hint=hint)
    return pages_of(files("reconciler").joinpath("errors.md").read_text("utf-8"))[code]


def _near(code: str, known: Iterable[str]) -> str | None:
    """The code that was meant. Of four digits only their order may be wrong: any other code would be a guess."""
    from difflib import get_close_matches

    whole = code.startswith("RCN") and len(code) == 7 and code[3:].isdecimal()
    likely = [other for other in known if not whole or sorted(other) == sorted(code)]
    return next(iter(get_close_matches(code, likely, n=1)), None)
