"""What plan, apply, destroy and drift have in common: opening the workspace, reading options, showing a plan."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reconciler.cli.command import Setting
from reconciler.cli.options import selection_of
from reconciler.cli.planning import Request, load_manifests
from reconciler.cli.targeting import check_globs, stdin_bytes
from reconciler.cli.watching import Watching
from reconciler.cli.workspace import Workspace
from reconciler.model import Plan, Selection, Snapshot
from reconciler.plan import Consents

if TYPE_CHECKING:
    import click

    from reconciler.manifest import Manifests


@contextmanager
def opened(ctx: click.Context) -> Iterator[Workspace]:
    """The workspace of a command that asks vendors; requests are logged to stderr with -v, to --log-file always."""
    setting: Setting = ctx.obj
    retry_seconds = float(ctx.params.get("retry_seconds") or 0)
    log = setting.logbook.request if setting.logbook.wanted else None
    selection = selection_of(ctx.params) if "files" in ctx.params else None
    watch = Watching(setting.terminal)
    with Workspace(setting.chosen, selection=selection, retry_seconds=retry_seconds, log=log, watch=watch) as workspace:
        yield workspace


def prepare(
    workspace: Workspace,
    selection: Selection,
    params: Mapping[str, Any],
    snapshot: Snapshot,
    *,
    option: str = "--target",
) -> tuple[Request, Manifests]:
    """The request that the options describe, and its manifests. Raises Problems, also where a glob (which came by
    ``option``) selects nothing."""
    request = Request(selection, consents_of(params, destroy=False), stdin_bytes(selection))
    manifests = load_manifests(workspace, request, snapshot)
    check_globs(selection, manifests, snapshot, option=option)
    return request, manifests


def consents_of(params: Mapping[str, Any], *, destroy: bool) -> Consents:
    """The consents given on the command line."""
    return Consents(
        max_deletes=params.get("max_deletes"),
        data_loss=frozenset(params.get("allow_data_loss") or ()),
        recreate=frozenset(params.get("allow_recreate") or ()),
        destroy_number=destroy,
        sends=None if params.get("allow_send") else frozenset(),
    )


def show_plan(
    setting: Setting,
    workspace: Workspace,
    plan: Plan,
    params: Mapping[str, Any],
    *,
    saved: str | None = None,
    next_step: bool = True,
) -> None:
    """The plan on stdout, in the form that was asked for."""
    from reconciler.report.rendering import Subject, plan_as

    reveal = bool(params.get("show_personal_data"))
    subject = Subject(plan, workspace.registry, reveal, saved, next_step=next_step, style=setting.terminal.style)
    setting.terminal.show(plan_as(setting.form, subject))


def may_ask(setting: Setting) -> bool:
    """Whether a question can be put to somebody."""
    return not setting.chosen.no_input and sys.stdin.isatty()
