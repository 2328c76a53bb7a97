"""What every command does around its own work: globals, terminal, and errors told as the contract says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.options import Globals, global_options, merged_globals
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.errors import ReconcilerError


class Setting:
    """What a command finds on its context: the global options, the terminal, and whether its result is JSON."""

    def __init__(self, chosen: Globals, terminal: Terminal, *, as_json: bool = False) -> None:
        self.chosen = chosen
        self.terminal = terminal
        self.as_json = as_json


class Command(click.Command):
    """A command whose errors are told on stderr (with --json on stdout too) and whose result is an exit code.

    ``streams`` says that its JSON is one event a line, so that an error is the stream's last line.
    """

    streams = False

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; never lets an exception out that a user would see as a traceback."""
        chosen = merged_globals(ctx)
        as_json = bool(ctx.params.get("as_json")) or ctx.params.get("form") == "json"
        ctx.obj = setting = Setting(chosen, Terminal.of(chosen.color or "auto"), as_json=as_json)
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            told = _errors(error, chosen)
            if setting.as_json:
                _tell_programs(setting.terminal, told, streams=self.streams)
            return _tell_people(setting.terminal, told)


def command(name: str, *, streams: bool = False, **more: Any) -> Callable[[Callable[..., int]], Command]:
    """Declare a command with the global options."""

    def declare(function: Callable[..., int]) -> Command:
        declared = click.command(name, cls=Command, **more)(global_options(function))
        declared.streams = streams
        return declared

    return declare


def _errors(error: BaseException, chosen: Globals) -> tuple[ReconcilerError, ...]:
    """What ended a command, as errors of the catalogue."""
    from reconciler.errors import INTERRUPTED, Problems, ReconcilerError

    if isinstance(error, Problems):
        return error.errors
    if isinstance(error, ReconcilerError):
        return (error,)
    if isinstance(error, KeyboardInterrupt):
        return (ReconcilerError(INTERRUPTED, "interrupted"),)
    if chosen.verbose > 1:
        raise error
    return (_unexpected(error),)


def _tell_programs(terminal: Terminal, errors: tuple[ReconcilerError, ...], *, streams: bool) -> None:
    from reconciler.errors import worst
    from reconciler.report.document import dumps, line
    from reconciler.report.problem import problems_document

    document = problems_document(errors)
    if streams:
        code = worst(error.exit_code for error in errors)
        terminal.show(line({"type": "summary", "complete": False, "exit_code": code, **document}))
    else:
        terminal.show(dumps(document))


def _tell_people(terminal: Terminal, errors: tuple[ReconcilerError, ...]) -> int:
    from reconciler.errors import worst
    from reconciler.report.problem import problems_text

    terminal.say(problems_text(errors, terminal.err_style))
    return worst(error.exit_code for error in errors)


def _unexpected(error: BaseException) -> ReconcilerError:
    """A failure nobody foresaw: where it happened goes to a log without any values, and the user is told where."""
    from reconciler.cli.crash import write_log
    from reconciler.errors import INTERNAL, ReconcilerError

    log = write_log(error)
    where = f"; its place is in {log}" if log else ""
    return ReconcilerError(INTERNAL, f"{type(error).__name__} in {_place(error)}{where}")


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "an unknown place"
