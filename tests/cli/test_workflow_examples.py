"""The workflows to copy and the composite action: their scripts, as a runner runs them, against a GitHub of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.desk import ROOT, Desk, location
from tests.cli.github import NIGHT, PULL, FakeGitHub, Step, serving
from tests.cli.job import Job

EXAMPLES = ROOT / "examples" / "github-actions"
ACTION = ROOT / ".github" / "actions" / "reconciler" / "action.yml"

pytestmark = pytest.mark.skipif(not ACTION.is_file(), reason="an unpacked source distribution has no actions")


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A repository."""
    with serving(FakeGitHub()) as repository:
        yield repository


def job(desk: Desk, github: FakeGitHub, folder: Path, event: dict[str, Any], **inputs: str) -> Job:
    """A job at this desk; an action's inputs have their defaults."""
    if inputs:
        declared = yaml.safe_load(ACTION.read_text("utf-8"))["inputs"]
        defaults = {name: str(about.get("default", "")) for name, about in declared.items()}
        inputs = defaults | {name.replace("_", "-"): value for name, value in inputs.items()}
    return Job(desk, Step(folder / "runner", github.url, event), inputs)


def steps(workflow: str, name: str) -> list[dict[str, Any]]:
    """The steps of a job of an example."""
    return list(yaml.safe_load((EXAMPLES / workflow).read_text("utf-8"))["jobs"][name]["steps"])


def action() -> list[dict[str, Any]]:
    """The steps of the composite action."""
    return list(yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"])


def renamed(desk: Desk, name: str) -> None:
    """Somebody edits a location in the vendor's console."""
    desk.sandbox.store.change("optimum", "locations", desk.live("optimum", "locations")[0]["id"], {"name": name})


def test_plan(applied: Desk, github: FakeGitHub, tmp_path: Path) -> None:
    """A pull request is validated, planned and commented; a vendor that is down fails the run, and is told there."""
    applied.manifest(location("york"), "york.yaml")
    run = job(applied, github, tmp_path, PULL)
    assert run.run(steps("plan.yml", "validate")) == 0, run.said
    assert run.run(steps("plan.yml", "plan")) == 0, run.said
    assert (len(github.comments), "1 to add" in run.summary) == (1, True)
    applied.fault({"status": 503}, vendor="enco")
    flags = {"RECONCILER_RETRY_SECONDS": "0"}
    applied.env |= flags
    assert run.run(steps("plan.yml", "plan")) == 5
    assert "Not everything could be read" in github.comments[0]["body"]


def test_a_wrong_manifest(five: Desk, github: FakeGitHub, tmp_path: Path) -> None:
    """It fails the check, and no older plan is told for it."""
    five.manifest("apiVersion: optimum/v1\nkind: Location\nmetadata: {name: x}\nspec: {nmae: y}\n", "x.yaml")
    run = job(five, github, tmp_path, PULL)
    assert run.run(steps("plan.yml", "validate")) == 3
    assert (five.folder / "validate.sarif").is_file() and "nmae" in run.summary
    assert run.run(steps("plan.yml", "plan")) == 3
    assert github.log == []


def test_apply(applied: Desk, github: FakeGitHub, tmp_path: Path) -> None:
    """On the main branch: planned with a summary for who approves, then that very file applied."""
    applied.manifest(location("york"), "york.yaml")
    run = job(applied, github, tmp_path, {"ref": "refs/heads/main"})
    assert run.run(steps("apply.yml", "plan")) == 0, run.said
    assert run.outputs["summary"]["applyable"] == "true" and "1 to add" in run.summary
    assert run.run(steps("apply.yml", "apply")) == 0, run.said
    assert [item["name"] for item in applied.live("optimum", "locations")][-1] == "Store york"
    assert run.run(steps("apply.yml", "plan")) == 0
    assert run.outputs["summary"]["applyable"] == "false"
    assert github.log == []


def test_drift(applied: Desk, github: FakeGitHub, tmp_path: Path) -> None:
    """A night with drift opens the issue and ends well; one with a vendor down fails and leaves the issue open."""
    applied.env |= {"RECONCILER_RETRY_SECONDS": "0"}
    renamed(applied, "Acme Ldn")
    run = job(applied, github, tmp_path, NIGHT)
    assert run.run(steps("drift.yml", "drift")) == 0, run.said
    assert github.issues[0]["state"] == "open"
    applied.fault({"status": 503}, vendor="optimum")
    assert run.run(steps("drift.yml", "drift")) == 5
    assert (github.issues[0]["state"], len(github.comments)) == ("open", 0)


def test_the_action_plans_and_applies(applied: Desk, github: FakeGitHub, tmp_path: Path) -> None:
    """Plan: comment, outputs, no failure for changes. Apply: the file. Arguments are taken a line each, as they are."""
    applied.manifest(location("york"), "york.yaml")
    run = job(applied, github, tmp_path, PULL, command="plan", args="--target\noptimum/*\n")
    assert run.run(action()) == 0, run.said
    assert (run.outputs["run"], run.outputs["tell"]["creates"]) == ({"exit-code": "2", "changes": "true"}, "1")
    assert "optimum/*" in github.comments[0]["body"]
    run = job(applied, github, tmp_path, PULL, command="apply")
    assert run.run(action()) == 0, run.said
    assert "Store york" in [item["name"] for item in applied.live("optimum", "locations")]
    assert run.summary and run.outcomes["tell"] == "skipped"


def test_the_action_looks_for_drift(applied: Desk, github: FakeGitHub, tmp_path: Path) -> None:
    """Drift: the issue, or with post: false the summary alone."""
    renamed(applied, "Acme Ldn")
    run = job(applied, github, tmp_path, NIGHT, command="drift", post="false")
    assert run.run(action()) == 0, run.said
    assert (run.outputs["run"]["drift"], github.log, "1 changed" in run.summary) == ("true", [], True)
    assert job(applied, github, tmp_path, NIGHT, command="drift").run(action()) == 0
    assert len(github.issues) == 1


@pytest.mark.parametrize(
    ("inputs", "code", "says"),
    [
        ({"command": "destroy"}, 3, "command: not validate, plan, apply or drift: destroy"),
        ({"command": "plan; touch pwned"}, 3, "command: not validate"),
        ({"command": "validate", "args": "$(touch pwned)"}, 3, "touch pwned"),
        ({"command": "validate", "args": "--project\nmissing.yaml"}, 3, "missing.yaml cannot be read"),
    ],
)
def test_the_action_ends_as_the_command(
    five: Desk, github: FakeGitHub, tmp_path: Path, inputs: dict[str, str], code: int, says: str
) -> None:
    """A failure is the step's; nothing in an input is run by the shell."""
    run = job(five, github, tmp_path, PULL, **inputs)
    assert run.run(action()) == code
    assert says in run.said
    assert not list(five.folder.rglob("pwned"))
