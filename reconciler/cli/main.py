"""The entry point: finds the command, and turns whatever ends it into an exit code of the contract."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING

import click

from reconciler.cli.options import global_options
from reconciler.cli.terminal import Terminal, let_go, open_missing_streams

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.errors import ReconcilerError

# What each command does; its module is imported only when it runs, so that help stays quick.
COMMANDS = {
    "init": "begin a project",
    "validate": "check the manifests and the project file, and ask no vendor",
    "fmt": "bring manifests and the project file into their one form",
    "import": "write manifests for what is live and not managed yet",
    "plan": "show what apply would do",
    "show": "show a saved plan",
    "apply": "do what the plan says, exactly that",
    "destroy": "delete what this project made",
    "drift": "report live objects that moved since the last apply",
    "ci": "show a plan on its pull request, and drift in an issue, on GitHub",
    "status": "show what is live: in sync or not, responses and scores, when it was last applied",
    "state": "look into the state, and mend it: list, show, history, mv, rm, unlock, rebuild, pull, push, migrate",
    "resolve": "settle by hand a write whose outcome is not known",
    "graph": "draw what depends on what",
    "explain": "explain a kind, a field or an error code",
    "schema": "show the JSON Schemas, or write them for editors and validators",
    "completion": "print the completion script of a shell",
    "doctor": "look the connections and the state over",
    "sandbox": "run the vendors' APIs on this machine",
    "demo": "watch a plan, an apply and a drift report on the sandbox",
    "version": "show the version",
}

# What other tools of the trade call something that has another name here.
_ELSEWHERE = {
    "help": "--help",
    "force-unlock": "state unlock",
    "output": "state show",
    "providers": "doctor",
    "refresh": "drift",
    "workspace": "--env NAME",
}


class Commands(click.Group):
    """The group of all commands; each lives in a module of its own name, as an attribute of that name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a user's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported now."""
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command = getattr(import_module(f"reconciler.cli.commands.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in --help, without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, without importing a single one; then the global options."""
        from click.shell_completion import CompletionItem

        own = [CompletionItem(name, help=what) for name, what in COMMANDS.items() if name.startswith(incomplete)]
        return [*own, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click's own, with a suggestion for a mistyped name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            elsewhere = _ELSEWHERE.get(args[0])
            close = [elsewhere] if elsewhere else get_close_matches(args[0], COMMANDS, n=1)
            if close and (elsewhere or "Did you mean" not in error.message):
                raise click.UsageError(f'No such command {args[0]!r}. Did you mean "{close[0]}"?', ctx) from error
            raise


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    """As ``reconciler version``, before anything else."""
    if wanted:
        ctx.exit(run(["version"]))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@global_options
def cli(**_: object) -> None:
    """Customer-feedback setups as YAML in git: plan, apply, drift."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with the contract's exit code."""
    open_missing_streams()
    threading.excepthook, sys.unraisablehook = _in_thread, _unraisable
    if os.environ.get("_RECONCILER_COMPLETE"):
        from reconciler.cli.shell import answers

        sys.exit(answers(cli) or 0)
    gc.set_threshold(100_000, 20, 20)  # a command lives for seconds, and its thousands of values make no circles
    code = run(sys.argv[1:] if arguments is None else list(arguments))
    try:
        sys.stdout.flush()
    except OSError:
        let_go(sys.stdout)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line; the exit code. A wrong one exits with 3: click's own 2 means drift or changes here."""
    try:
        return _run(arguments)
    except Exception as error:
        from reconciler.errors import ReconcilerError

        if not isinstance(error, OSError | ReconcilerError):
            return _tell_unexpected(error, as_json="--json" in arguments)
        let_go(sys.stdout)  # the output itself takes nothing: a reader that left, a disk that is full
        return 1


def _run(arguments: list[str]) -> int:
    try:
        result = cli.main(arguments, prog_name="reconciler", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 3
    except click.ClickException as error:
        from reconciler.errors import USAGE

        context = getattr(error, "ctx", None)
        hint = f"see {context.command_path if context else 'reconciler'} --help"
        return _tell(USAGE, " ".join(error.format_message().split()), hint, as_json="--json" in arguments)
    except (click.Abort, KeyboardInterrupt):
        from reconciler.errors import INTERRUPTED

        return _tell(INTERRUPTED, "interrupted")


def _tell_unexpected(error: Exception, *, as_json: bool) -> int:
    """A failure that nobody foresaw, outside of every command."""
    from reconciler.cli.crash import unexpected

    return _told(unexpected(error), as_json=as_json)


def _in_thread(hook: threading.ExceptHookArgs) -> None:
    from reconciler.cli.crash import in_thread

    in_thread(hook)


def _unraisable(hook: sys.UnraisableHookArgs) -> None:
    from reconciler.cli.crash import unraisable

    unraisable(hook)


def _tell(code: str, message: str, hint: str = "", *, as_json: bool = False) -> int:
    """What ended the command line before or beside a command of its own; the exit code."""
    from reconciler.errors import ReconcilerError

    return _told(ReconcilerError(code, message, hint=hint), as_json=as_json)


def _told(error: ReconcilerError, *, as_json: bool) -> int:
    from reconciler.report.problem import problem_text

    terminal = Terminal.plain()
    if as_json:
        from reconciler.report.document import dumps
        from reconciler.report.problem import problems_document

        terminal.show(dumps(problems_document([error])))
    terminal.say(problem_text(error, terminal.err_style))
    return error.exit_code
