"""What every command does around its own work: globals, terminal, and errors told as the contract says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.options import Globals, global_options, merged_globals
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.errors import ReconcilerError


class Command(click.Command):
    """A command whose errors are told on stderr (or as JSON on stdout) and whose result is an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; never lets an exception out that a user would see as a traceback."""
        chosen = merged_globals(ctx)
        terminal = Terminal.of(chosen.color or "auto")
        as_json = ctx.params.get("as_json") or ctx.params.get("form") == "json"
        ctx.obj = Setting(chosen, terminal)
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except BaseException as error:
            return _ended(terminal, error, chosen, as_json=bool(as_json))


def _ended(terminal: Terminal, error: BaseException, chosen: Globals, *, as_json: bool) -> int:
    from reconciler.errors import INTERRUPTED, Problems, ReconcilerError

    match error:
        case Problems():
            tell(terminal, error.errors, as_json=as_json)
            return error.exit_code
        case ReconcilerError():
            tell(terminal, (error,), as_json=as_json)
            return error.exit_code
        case KeyboardInterrupt():
            tell(terminal, (ReconcilerError(INTERRUPTED, "interrupted"),), as_json=as_json)
            return 130
        case Exception():
            return _unexpected(terminal, error, chosen, as_json=as_json)
        case _:
            raise error


class Setting:
    """What a command finds on its context: the global options and the terminal."""

    def __init__(self, chosen: Globals, terminal: Terminal) -> None:
        self.chosen = chosen
        self.terminal = terminal


def command(name: str, **more: Any) -> Callable[[Callable[..., int]], Command]:
    """Declare a command with the global options."""

    def declare(function: Callable[..., int]) -> Command:
        return click.command(name, cls=Command, **more)(global_options(function))

    return declare


def tell(terminal: Terminal, errors: tuple[ReconcilerError, ...], *, as_json: bool) -> None:
    """Errors for people on stderr, or for programs as JSON on stdout."""
    from reconciler.report.problem import problems_document, problems_text

    if as_json:
        from reconciler.report.document import dumps

        terminal.show(dumps(problems_document(errors)))
    terminal.say(problems_text(errors, terminal.err_style))


def _unexpected(terminal: Terminal, error: Exception, chosen: Globals, *, as_json: bool) -> int:
    """A failure nobody foresaw: where it happened goes to a log without any values, and the user is told where."""
    from reconciler.cli.crash import write_log
    from reconciler.errors import INTERNAL, ReconcilerError

    log = write_log(error)
    where = f"; its place is in {log}" if log else ""
    message = f"{type(error).__name__} in {_place(error)}{where}"
    tell(terminal, (ReconcilerError(INTERNAL, message),), as_json=as_json)
    if chosen.verbose > 1:
        raise error
    return 1


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    frame = trace.tb_frame
    return f"{frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
