"""Getting a yes: a saved plan, a word at the prompt, or --auto-approve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from reconciler.cli.applying import Apply, Approved
from reconciler.cli.command import Setting
from reconciler.cli.planning import Request, load_manifests, make_plan
from reconciler.cli.planstore import read
from reconciler.cli.running import consents_of, may_ask, show_plan
from reconciler.cli.targeting import check_globs, stdin_bytes
from reconciler.cli.workspace import Workspace
from reconciler.errors import NOT_APPROVED, PLAN_STALE, ReconcilerError
from reconciler.model import Action, Plan
from reconciler.plan import approve


def from_file(setting: Setting, workspace: Workspace, path: Path, params: Mapping[str, Any]) -> int:
    """Apply a saved plan; its own selection counts, not the command line's."""
    plan, approval = read(path)
    project = workspace.project
    for what, was, now in (
        ("project", approval.project, project.name),
        ("environment", approval.environment, project.environment),
    ):
        if was != now:
            raise ReconcilerError(PLAN_STALE, f"the plan is for {what} {was or 'none'}, this is {now or 'none'}")
    # What was approved to be sent is sent without a second consent, and a consent now makes no approval of it.
    consents = replace(consents_of(params, destroy=plan.selection.destroy), sends=approval.sends)
    request = Request(plan.selection, consents, stdin_bytes(plan.selection))
    store = workspace.store()
    manifests = load_manifests(workspace, request, store.snapshot())
    return Apply(setting, workspace, store, params, "apply", request, manifests, Approved(plan, approval)).run()


def ask(
    setting: Setting, workspace: Workspace, request: Request, params: Mapping[str, Any], *, command: str, approved: bool
) -> int:
    """Apply after a yes. Without --auto-approve the plan is shown first, and what was shown is what is approved."""
    store = workspace.store()
    snapshot = store.snapshot()
    manifests = load_manifests(workspace, request, snapshot)
    check_globs(request.selection, manifests, snapshot)
    apply = Apply(setting, workspace, store, params, command, request, manifests)
    if approved:
        return apply.run()
    plan = make_plan(workspace, request, manifests, snapshot).plan
    show_plan(setting, workspace, plan, params, next_step=False)
    if plan.applyable:
        _question(setting, workspace, command, plan)
        return replace(apply, approved=Approved(plan, approve(plan, workspace.sealing.digest))).run()
    return replace(apply, shown=plan).run()


def _question(setting: Setting, workspace: Workspace, command: str, plan: Plan) -> None:
    """Ask for the word; raises RCN0603 where it does not come."""
    if not may_ask(setting):
        raise ReconcilerError(NOT_APPROVED, "nobody is there to approve the plan")
    if command == "destroy":
        wanted, text = workspace.project.name, "This cannot be undone. Type the project's name to go on"
    else:
        wanted, text = "yes", f"Do you want to do this?{_sends(plan)} Only 'yes' is taken"
    setting.terminal.err.write("\n")
    answer = click.prompt(text, default="", show_default=False, err=True)
    if answer.strip() != wanted:
        raise ReconcilerError(NOT_APPROVED, f"the plan ({len(plan.changes)} addresses) was not approved")


def _sends(plan: Plan) -> str:
    """How many messages a yes would send to people."""
    count = sum(change.action is Action.SEND and change.operates for change in plan.changes)
    return f" {count} message{'s' if count > 1 else ''} would be sent." if count else ""
