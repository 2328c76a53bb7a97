"""``reconciler init [DIR]``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import PROVIDERS
from reconciler.cli.options import format_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.cli.founding import Answers
    from reconciler.cli.layout import Laid
    from reconciler.model import Connection

_PORT = 8765  # where `reconciler sandbox` answers unless it is told otherwise


@command("init", short_help="begin a project")
@click.argument("folder", required=False, default=".", metavar="[DIR]", type=click.Path(file_okay=False))
@click.option("--yes", is_flag=True, help="Ask nothing: take the defaults and what the options say.")
@click.option("--name", metavar="NAME", help="The project's name; default: the folder's.")
@click.option(
    "--provider",
    "vendors",
    multiple=True,
    metavar="VENDOR",
    shell_complete=PROVIDERS,
    help="A vendor to connect; may be repeated.",
)
@click.option("--company", metavar="NAME", help="Your company's name, which CustomerSure demands.")
@click.option("--state", metavar="URL|env:NAME", help="Where the state is kept; default: a SQLite file in the project.")
@click.option("--sandbox", is_flag=True, help="Connect to the sandbox on this machine, not to the vendors.")
@click.option("--port", type=click.IntRange(1, 65535), default=_PORT, show_default=True, help="The sandbox's port.")
@click.option("--ci/--no-ci", "ci", default=None, help="Write workflows for GitHub, or none.")
@format_options("text", "json")
@click.pass_context
def init(ctx: click.Context, /, folder: str, yes: bool, port: int, sandbox: bool, **given: object) -> int:
    """Begin a project in DIR (default: here): project file, first manifests, editor settings, schemas, .gitignore.

    Asks for what no option says; without a terminal, or with --yes or --no-input, the defaults hold. No file that is
    there is changed, but for lines added to .gitignore. No vendor is asked and nothing is sent. With --ci, a project
    that is there gets its workflows.
    """
    from reconciler.cli.layout import check_free, is_begun, lay_out
    from reconciler.cli.questions import answers_of
    from reconciler.cli.running import may_ask

    setting: Setting = ctx.obj
    place = Path(setting.chosen.start, folder)
    if given["ci"] and is_begun(place):
        return _add_workflows(setting, place)
    check_free(place, folder)
    where = f"http://127.0.0.1:{port}" if sandbox else None
    answers = answers_of(given, place, sandbox=where, ask=not yes and may_ask(setting))
    laid = lay_out(place, answers)
    from reconciler.cli.founding import FIRST

    _tell(setting, answers.name, laid, _steps(answers, folder, examples=(FIRST, "") in laid.made))
    return 0


def _add_workflows(setting: Setting, place: Path) -> int:
    """The workflows alone, with the secrets that the project file names."""
    from reconciler import project as projects
    from reconciler.cli.layout import add_workflows

    project = projects.load(place, setting.chosen.env)
    names = sorted({name for one in project.connections.values() for name in _variables(one)})
    laid = add_workflows(place, names)
    _tell(setting, project.name, laid, _workflow_steps(names), begun=False)
    return 0


def _variables(connection: Connection) -> list[str]:
    """The variables that a connection takes its secrets from."""
    oauth = connection.oauth
    references = [connection.token, *((oauth.client_id, oauth.client_secret) if oauth else ())]
    return [reference.env for reference in references if reference is not None and reference.env]


def _tell(setting: Setting, name: str, laid: Laid, steps: Sequence[tuple[str, str]], *, begun: bool = True) -> None:
    from reconciler.report.document import dumps
    from reconciler.report.founded import founded_document, founded_text

    told = (name, laid.made, laid.kept, steps)
    if setting.as_json:
        setting.terminal.show(dumps(founded_document(*told)))
    else:
        setting.terminal.show(founded_text(*told, begun=begun, style=setting.terminal.style))


def _workflow_steps(names: Iterable[str]) -> list[tuple[str, str]]:
    """What the workflows still need; the last in the repository's settings."""
    return [
        ("edit .github/reconciler.txt", "what the workflows install"),
        *((f"gh secret set {name}", "") for name in names),
        ("gh secret set RECONCILER_STATE", "postgresql://..., since runners forget their disk"),
    ]


def _steps(answers: Answers, folder: str, *, examples: bool) -> list[tuple[str, str]]:
    """What to do next: commands, each with what it is for; with ``examples`` in the project, what becomes of them."""
    from shlex import quote

    from reconciler.cli.founding import FIRST, token_name
    from reconciler.sandbox import seed

    tokens = {name: getattr(seed, name) if answers.sandbox else "..." for name in map(token_name, answers.vendors)}
    exports = " ".join(f"{name}={value}" for name, value in tokens.items())
    port = (answers.sandbox or "").rpartition(":")[2]
    serve = "reconciler sandbox" + (f" --port {port}" if port != str(_PORT) else "")
    return [
        *([(f"cd {quote(folder)}", "")] if folder != "." else []),
        *([(serve, "in another terminal: the vendors' stand-ins")] if answers.sandbox else []),
        (f"export {exports}", "" if answers.sandbox else "the vendors' tokens; they belong in no file"),
        ("reconciler doctor", "are the vendors reached, the tokens taken?"),
        *([(f"edit or rm {FIRST}", "its examples would be created at the vendors")] if examples else []),
        ("reconciler import", "take over what is live already"),
        ("reconciler plan", "what apply would do"),
        *(_workflow_steps(map(token_name, answers.vendors)) if answers.workflows else []),
    ]
