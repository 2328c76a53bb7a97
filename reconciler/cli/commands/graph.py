"""``reconciler graph [PLANFILE]``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import FILES
from reconciler.cli.options import format_options, glob_options, selection_of
from reconciler.cli.publishing import report_option

if TYPE_CHECKING:
    from reconciler.model import Selection
    from reconciler.report.dependencies import Graph

_FORMS = ("dot", "mermaid", "svg", "json")


@command("graph", short_help="draw what depends on what")
@click.argument("planfile", required=False, metavar="[PLANFILE]", shell_complete=FILES)
@click.option(
    "-f", "--file", "files", multiple=True, metavar="PATH", shell_complete=FILES, help="Read PATH (- for stdin) only."
)
@glob_options
@report_option(*_FORMS)
@format_options("text", *_FORMS)
@click.pass_context
def graph(ctx: click.Context, /, planfile: str | None, files: tuple[str, ...], **params: Any) -> int:
    """Draw the dependencies among the manifests, or with PLANFILE those of a saved plan, coloured by what happens.

    No vendor is asked and no token read. What is selected is drawn with all that it depends on. Text is DOT, for
    Graphviz.
    """
    setting: Setting = ctx.obj
    if planfile is not None and files:
        raise click.UsageError("give PLANFILE or -f, not both: a saved plan remembers its manifests", ctx)
    selection = selection_of({"files": files, **params})
    found = _of_manifests(setting, selection) if planfile is None else _of_plan(setting, planfile, selection)
    setting.terminal.show(_rendered(setting.form, found))
    setting.reports.write(lambda form: _rendered(form, found))
    return 0


def _of_manifests(setting: Setting, selection: Selection) -> Graph:
    from reconciler.cli.planning import Request, load_manifests
    from reconciler.cli.targeting import check_globs, stdin_bytes
    from reconciler.cli.workspace import Workspace
    from reconciler.model import Snapshot
    from reconciler.plan.inputs import selects
    from reconciler.report.dependencies import declared

    with Workspace(setting.chosen, selection=selection) as workspace:
        manifests = load_manifests(workspace, Request(selection, stdin=stdin_bytes(selection)), Snapshot())
        project = workspace.project
    check_globs(selection, manifests, Snapshot())
    return declared(project.name, project.environment, manifests.desired, partial(selects, selection))


def _of_plan(setting: Setting, planfile: str, selection: Selection) -> Graph:
    from reconciler.cli.planstore import read
    from reconciler.cli.targeting import check_among
    from reconciler.plan.inputs import selects
    from reconciler.report.dependencies import planned

    plan, _ = read(Path(setting.chosen.start, planfile))
    check_among(selection, {change.address for change in plan.changes})
    return planned(plan, partial(selects, selection))


def _rendered(form: str, graph: Graph) -> str:
    from reconciler.report.dependencies import dot_text, graph_document, mermaid_text, svg_text
    from reconciler.report.document import dumps

    if form == "json":
        return dumps(graph_document(graph))
    return {"mermaid": mermaid_text, "svg": svg_text}.get(form, dot_text)(graph)
