"""Options that several commands share, and their one meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.completing import ADDRESSES, ENVIRONMENTS, FILES, FOLDERS, RECORDED

if TYPE_CHECKING:
    from reconciler.model import Address, Selection

Function = TypeVar("Function", bound=Callable[..., Any])
PLAN_FORMS = ("text", "json", "markdown", "html", "csv", "openmetrics")
DRIFT_FORMS = ("text", "json", "markdown", "html", "junit", "csv", "openmetrics")
APPLY_REPORTS = ("text", "json", "markdown")
STATUS_FORMS = ("text", "json", "markdown", "html", "csv")
VALIDATE_FORMS = ("text", "json", "markdown", "sarif")
GLOBALS = ("directory", "project", "env", "color", "verbose", "log_file", "no_input")


@dataclass(frozen=True, slots=True)
class Globals:
    """The options that every command takes, before or after its name."""

    directory: str | None = None
    project: str | None = None
    env: str | None = None
    color: str | None = None
    verbose: int = 0
    log_file: str | None = None
    no_input: bool = False

    @property
    def start(self) -> Path:
        """The folder the command works from."""
        return Path(self.directory) if self.directory else Path.cwd()


def global_options(function: Function) -> Function:
    """Add the global options."""
    for option in reversed(
        (
            click.option(
                "-C", "directory", metavar="DIR", shell_complete=FOLDERS, envvar="RECONCILER_DIR", help="Work in DIR."
            ),
            click.option(
                "--project", metavar="FILE", shell_complete=FILES, envvar="RECONCILER_PROJECT", help="The project file."
            ),
            click.option(
                "--env",
                metavar="NAME",
                envvar="RECONCILER_ENV",
                shell_complete=ENVIRONMENTS,
                help="The environment of the project.",
            ),
            click.option(
                "--color",
                type=click.Choice(["auto", "always", "never"]),
                envvar="RECONCILER_COLOR",
                help="When to use colour.",
            ),
            click.option("-v", "--verbose", count=True, envvar="RECONCILER_VERBOSE", help="Say more on stderr."),
            click.option("--log-file", metavar="FILE", envvar="RECONCILER_LOG_FILE", help="Write a log to FILE."),
            click.option("--no-input", is_flag=True, envvar="RECONCILER_NO_INPUT", help="Never ask."),
        )
    ):
        function = option(function)
    return function


def merged_globals(ctx: click.Context) -> Globals:
    """The global options as given after the command's name, before it, or by the environment, in this order."""
    merged: dict[str, Any] = {}
    for written in (False, True):  # what the environment says gives way to what is written, wherever it stands
        for context in _lineage(ctx):
            for name in GLOBALS:
                value = context.params.get(name)
                here = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
                if here is written and value not in (None, False, 0):
                    merged[name] = value
    return Globals(**merged)


def _lineage(ctx: click.Context) -> list[click.Context]:
    contexts = [ctx]
    while contexts[0].parent is not None:
        contexts.insert(0, contexts[0].parent)
    return contexts


def format_options(*formats: str) -> Callable[[Function], Function]:
    """--format with the given choices (the first is the default), and --json for short."""

    def add(function: Function) -> Function:
        function = click.option("--json", "as_json", is_flag=True, help="Short for --format json.")(function)
        return click.option(
            "--format",
            "form",
            type=click.Choice(formats),
            default=formats[0],
            envvar="RECONCILER_FORMAT",
            show_default=True,
            help="The form of the result on stdout.",
        )(function)

    return add


def selection_options(function: Function) -> Function:
    """Which addresses a command looks at."""
    function = glob_options(function)
    function = click.option("--complete", is_flag=True, help="With -f: these are all manifests; plan deletes too.")(
        function
    )
    return click.option(
        "-f",
        "--file",
        "files",
        multiple=True,
        metavar="PATH",
        shell_complete=FILES,
        help="Read PATH (- for stdin) only.",
    )(function)


def glob_options(function: Function) -> Function:
    """--target and --exclude."""
    function = click.option(
        "--exclude",
        "excludes",
        multiple=True,
        metavar="GLOB",
        shell_complete=ADDRESSES,
        help="Not the addresses that match.",
    )(function)
    return click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="GLOB",
        shell_complete=ADDRESSES,
        help="Only addresses that match.",
    )(function)


def consent_options(function: Function) -> Function:
    """Consents; these never come from the environment."""
    for option in reversed(
        (
            click.option(
                "--max-deletes", type=click.IntRange(0), metavar="N", help="Deletes and replacements allowed."
            ),
            _consent("--allow-data-loss", "Delete its data."),
            _consent("--allow-recreate", "Create it again."),
            click.option("--allow-send", is_flag=True, help="Send one-time records."),
        )
    ):
        function = option(function)
    return function


def _consent(name: str, help: str) -> Callable[[Any], Any]:
    return click.option(name, multiple=True, metavar="ADDRESS", type=ADDRESS, shell_complete=RECORDED, help=help)


def write_options(function: Function) -> Function:
    """How apply and destroy go to work."""
    return click.option(
        "--parallelism",
        type=click.IntRange(1, 64),
        default=10,
        show_default=True,
        metavar="N",
        envvar="RECONCILER_PARALLELISM",
        help="Operations at the same time.",
    )(function)


def vendor_options(function: Function) -> Function:
    """How patiently vendors are asked, and what of people is shown."""
    function = retry_option()(function)
    return click.option("--show-personal-data", is_flag=True, help="Do not mask personal data.")(function)


def retry_option(seconds: float = 60) -> Callable[[Function], Function]:
    """How patiently vendors are asked."""
    return click.option(
        "--retry-seconds",
        type=click.FloatRange(0),
        default=seconds,
        show_default=True,
        metavar="S",
        envvar="RECONCILER_RETRY_SECONDS",
        help="How long one request is tried again.",
    )


def github_options(function: Function) -> Function:
    """Where on GitHub something is told, and how GitHub is reached."""
    for option in reversed(
        (
            click.option("--repository", metavar="OWNER/NAME", help="The repository; by default the run's."),
            click.option("--key", metavar="NAME", help="Find it again by NAME, not by project and environment."),
            click.option("--dry-run", is_flag=True, help="Print the text; write and send nothing."),
            click.option("--ca-file", metavar="FILE", help="More certificates to trust, as PEM."),
            click.option("--proxy", metavar="URL", help="Reach GitHub through this proxy."),
            retry_option(120),
            format_options("text", "json"),
        )
    ):
        function = option(function)
    return function


def selection_of(params: dict[str, Any], *, destroy: bool = False) -> Selection:
    """The selection the options describe."""
    from reconciler.model import Selection

    return Selection(
        files=tuple(params.get("files", ())),
        targets=tuple(params.get("targets", ())),
        excludes=tuple(params.get("excludes", ())),
        complete=bool(params.get("complete", False)),
        destroy=destroy,
    )


class _AddressType(click.ParamType["Address"]):
    """An address on the command line, spelled out in full."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:
        from reconciler.model import Address

        if isinstance(value, Address):
            return value
        try:
            return Address.parse(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an address; one reads provider/Kind/name, without wildcards", param, ctx)


ADDRESS = _AddressType()
