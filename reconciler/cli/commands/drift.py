"""``reconciler drift``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.command import Setting, command
from reconciler.cli.completing import ADDRESSES
from reconciler.cli.options import ADDRESS, DRIFT_FORMS, format_options, selection_of, selection_options, vendor_options
from reconciler.cli.publishing import past_runs, publish, report_option

if TYPE_CHECKING:
    from reconciler.cli.accepting import Acceptance
    from reconciler.cli.workspace import Workspace
    from reconciler.model import Address

_TELLING = ("text", "json", "markdown")  # the forms that say themselves what was accepted


@command("drift", short_help="report live objects that moved")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even when there is drift.")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    type=ADDRESS,
    metavar="ADDRESS",
    shell_complete=ADDRESSES,
    help="Write the live values into the manifest that declares ADDRESS, comments kept.",
)
@selection_options
@vendor_options
@report_option(*DRIFT_FORMS)
@format_options(*DRIFT_FORMS)
@click.pass_context
def drift(ctx: click.Context, /, exit_zero: bool, accepted: tuple[Address, ...], **params: Any) -> int:
    """Compare what was last applied with the live objects. No vendor and no state is written, no lock is taken.

    Exits with 2 when something moved that is not under ignoreChanges, and was not accepted. With --accept git follows
    the live object: of the fields that moved, the manifest says what is live, and the rest of the file stays as it is,
    to the byte. All of what is to be accepted is written, or nothing.
    """
    from reconciler.cli.planning import make_plan
    from reconciler.cli.running import opened, prepare
    from reconciler.errors import worst
    from reconciler.report.rendering import Subject, drift_as

    setting: Setting = ctx.obj
    with opened(ctx) as workspace:
        store = workspace.store()
        snapshot = store.snapshot()
        request, manifests = prepare(workspace, selection_of(params), params, snapshot)
        planned = make_plan(workspace, request, manifests, snapshot)
        plan, reveal, told = planned.plan, bool(params.get("show_personal_data")), None
        if accepted:
            from reconciler.cli.accepting import accept

            done = accept(workspace, request, manifests, snapshot, planned, accepted, reveal=reveal)
            plan, told = done.plan, done.accepted
            _tell(setting, done, workspace)
        past, style = past_runs(setting, store), setting.terminal.style
        publish(setting, Subject(plan, workspace.registry, reveal, past=past, accepted=told, style=style), drift_as)
    drifted = any(not item.ignored for item in plan.drift) and not exit_zero
    return worst([2 if drifted else 0, *(trouble.exit_code for trouble in plan.troubles)])


def _tell(setting: Setting, done: Acceptance, workspace: Workspace) -> None:
    """What the report does not say."""
    from reconciler.report.drift_text import accepted_text
    from reconciler.report.phrase import number_of

    terminal = setting.terminal
    if done.accepted and setting.form not in _TELLING:
        terminal.say(accepted_text(done.plan, done.accepted, workspace.registry, terminal.err_style))
    for address in done.still:
        terminal.say(f"{address} has not moved: there is nothing to accept.")
    if done.lost:
        items = "the list item that it stood beside" if done.lost == 1 else "the list items that they stood beside"
        terminal.say(f"{number_of(done.lost, 'comment')} went with {items}; git diff shows it.")
    others = [name for name in workspace.project.environments if name != workspace.project.environment]
    if done.accepted and others:
        read = "reads" if len(others) == 1 else "read"
        step = f"reconciler plan --env {others[0]}"
        terminal.say(f"note: {', '.join(others)} {read} the same manifests; see what this changes there: {step}")
