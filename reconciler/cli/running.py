"""What plan, apply, destroy and drift have in common: opening the workspace, reading options, showing a plan."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.command import Setting
from reconciler.cli.planning import Request, load_manifests, stdin_bytes
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
    with _log(setting) as log:
        retry_seconds = float(ctx.params.get("retry_seconds") or 0)
        with Workspace(setting.chosen, retry_seconds=retry_seconds, log=log) as workspace:
            yield workspace


@contextmanager
def _log(setting: Setting) -> Iterator[Any]:
    chosen = setting.chosen
    if chosen.log_file is None:
        yield setting.terminal.say if chosen.verbose else None
        return
    from reconciler.errors import OUTPUT_FAILED, ReconcilerError

    try:
        file = Path(chosen.start, chosen.log_file).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 (closed below)
    except OSError as error:
        raise ReconcilerError(OUTPUT_FAILED, f"{chosen.log_file}: {error.strerror}") from error
    with file:

        def log(line: str) -> None:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {line}\n")
            if chosen.verbose:
                setting.terminal.say(line)

        yield log


def prepare(
    workspace: Workspace, selection: Selection, params: Mapping[str, Any], snapshot: Snapshot
) -> tuple[Request, Manifests]:
    """The request that the options describe, and its manifests."""
    request = Request(selection, consents_of(params, destroy=False), stdin_bytes(selection))
    return request, load_manifests(workspace, request, snapshot)


def consents_of(params: Mapping[str, Any], *, destroy: bool) -> Consents:
    """The consents given on the command line."""
    return Consents(
        max_deletes=params.get("max_deletes"),
        data_loss=frozenset(params.get("allow_data_loss") or ()),
        recreate=frozenset(params.get("allow_recreate") or ()),
        destroy_number=destroy,
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
    """The plan on stdout, as text or JSON."""
    reveal = bool(params.get("show_personal_data"))
    if setting.as_json:
        from reconciler.report.document import dumps
        from reconciler.report.shape import plan_document

        setting.terminal.show(dumps(plan_document(plan, workspace.registry, reveal=reveal)))
        return
    from reconciler.report.plan_text import plan_text

    style = setting.terminal.style
    text = plan_text(plan, workspace.registry, style, saved=saved, next_step=next_step, reveal=reveal)
    setting.terminal.show(text)


def may_ask(setting: Setting) -> bool:
    """Whether a question can be put to somebody."""
    return not setting.chosen.no_input and sys.stdin.isatty()
