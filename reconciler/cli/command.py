"""What every command does around its own work: globals, terminal, and errors told as the contract says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.logbook import Logbook
from reconciler.cli.options import Globals, global_options, merged_globals
from reconciler.cli.publishing import Reports, opened_reports
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.errors import ReconcilerError


class Setting:
    """What a command finds on its context: the global options, the terminal, its result's form, the reports besides."""

    def __init__(self, chosen: Globals, terminal: Terminal, *, form: str = "text") -> None:
        self.chosen = chosen
        self.terminal = terminal
        self.form = form
        self.as_json = form == "json"
        self.reports = Reports()
        self.logbook = Logbook(terminal if chosen.verbose else None)


class Command(click.Command):
    """A command whose errors are told on stderr (with --json on stdout too) and whose result is an exit code.

    ``streams`` says that its JSON is one event a line, so that an error is the stream's last line.
    """

    streams = False

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Like click's own, with a suggestion for a long option with one dash, and whose help is to be read."""
        given = tuple(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _with_two_dashes(error, ctx, given) from error
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; never lets an exception out that a user would see as a traceback."""
        chosen = merged_globals(ctx)
        form = "json" if ctx.params.get("as_json") else str(ctx.params.get("form") or "text")
        if chosen.directory and not chosen.start.is_dir():  # else a project above it would be taken for the one meant
            raise click.UsageError(f"-C {chosen.directory!r}: there is no such folder", ctx)
        ctx.obj = setting = Setting(chosen, Terminal.of(chosen.color or "auto"), form=form)
        try:
            return self._logged(ctx, setting)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            told = _errors(error, ctx, setting)
            for one in told:
                setting.logbook.note(f"event=error code={one.code} exit={one.exit_code}")
            if setting.as_json:
                _tell_programs(setting.terminal, told, streams=self.streams)
            return _tell_people(setting.terminal, told)
        finally:
            setting.terminal.status("")
            setting.logbook.close()

    def _logged(self, ctx: click.Context, setting: Setting) -> Any:
        """The command's own work, its beginning and end in the log."""
        if setting.chosen.log_file is not None:
            from reconciler import __version__

            setting.logbook.keep_in(Path(setting.chosen.start, setting.chosen.log_file))
            setting.logbook.note(f"event=start command={self.name} version={__version__}")
        with opened_reports(ctx) as setting.reports:
            code = super().invoke(ctx)
        setting.logbook.note(f"event=end exit={code}")
        return code


def _with_two_dashes(error: click.NoSuchOption, ctx: click.Context, given: tuple[str, ...]) -> click.UsageError:
    """The same error, or that ``-out`` has two dashes here."""
    known = {name for parameter in ctx.command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    for word in given:
        name = word.partition("=")[0]
        if name[:2] == error.option_name and f"-{name}" in known:
            return click.UsageError(f"No such option '{name}'. Did you mean \"-{name}\"?", ctx)
    return error


def command(name: str, *, streams: bool = False, **more: Any) -> Callable[[Callable[..., int]], Command]:
    """Declare a command with the global options."""

    def declare(function: Callable[..., int]) -> Command:
        declared = click.command(name, cls=Command, **more)(global_options(function))
        declared.streams = streams
        return declared

    return declare


def _errors(error: BaseException, ctx: click.Context, setting: Setting) -> tuple[ReconcilerError, ...]:
    """What ended a command, as errors of the catalogue."""
    from reconciler.errors import INTERRUPTED, Problems, ReconcilerError

    if isinstance(error, Problems):
        return error.errors
    if isinstance(error, ReconcilerError):
        return (error,)
    if isinstance(error, KeyboardInterrupt):
        return (ReconcilerError(INTERRUPTED, "interrupted"),)
    from reconciler.cli.crash import stack, unexpected

    if setting.chosen.verbose > 1:
        setting.terminal.say("\n".join(stack(error)))
    return (unexpected(error, _given(ctx)),)


def _given(ctx: click.Context) -> str:
    """The command and the names of the options it was given, without what was given for them."""
    written = [
        parameter.opts[0] if isinstance(parameter, click.Option) else str(parameter.name).upper()
        for parameter in ctx.command.params
        if parameter.name and ctx.get_parameter_source(parameter.name) is click.core.ParameterSource.COMMANDLINE
    ]
    return " ".join([ctx.command_path, *written])


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
