"""The next command to run, spelled so that it can be copied."""

from __future__ import annotations

import shlex

from reconciler.model import Plan, Selection


def apply_command(plan: Plan, saved: str | None = None) -> str:
    """What applies this plan: the saved file, or the same selection again."""
    if saved is not None:
        return shlex.join(["reconciler", "apply", saved])
    return again(plan, "destroy" if plan.selection.destroy else "apply")


def accept_command(plan: Plan) -> str:
    """What accepts what moved; the address by its name where it is the only one."""
    moved = [drift.address for drift in plan.drift if drift.after is not None and not drift.ignored]
    address = shlex.quote(str(moved[0])) if len(moved) == 1 else "ADDRESS"
    return f"{again(plan, 'drift')} --accept {address}"


def again(plan: Plan, verb: str) -> str:
    """Another command over the environment and selection of this plan."""
    environment = ["--env", plan.environment] if plan.environment else []
    return shlex.join(["reconciler", verb, *environment, *_options(plan.selection)])


def _options(selection: Selection) -> list[str]:
    options = []
    for flag, values in (("-f", selection.files), ("--target", selection.targets), ("--exclude", selection.excludes)):
        for value in values:
            options += [flag, value]
    return [*options, "--complete"] if selection.complete else options
