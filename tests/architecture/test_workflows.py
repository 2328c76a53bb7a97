"""The repository's own automation: little permission, pinned actions, no expression where a shell would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from tests.architecture.source import ROOT

WORKFLOWS = sorted((ROOT / ".github").rglob("*.yml"))
FLOWS = [path for path in WORKFLOWS if path.parent.name == "workflows"]

pytestmark = pytest.mark.skipif(not FLOWS, reason="an unpacked source distribution has no workflows")


def steps(document: dict[str, Any]) -> list[dict[str, Any]]:
    jobs = document.get("jobs", {}).values()
    return [step for job in jobs for step in job["steps"]] + document.get("runs", {}).get("steps", [])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(path: Any) -> None:
    """An action is named by a full commit, with the tag as a comment: a moved tag runs nothing here."""
    used = [line.split("uses:")[1].strip() for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*|\./[\w./-]*", line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_reaches_a_shell(path: Any) -> None:
    """What a pull request can choose reaches a script as an environment variable, never as its text."""
    document = yaml.safe_load(path.read_text("utf-8"))
    assert [step["run"] for step in steps(document) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_permissions_are_few(path: Any) -> None:
    """A workflow may do nothing but what each job says it needs."""
    document = yaml.safe_load(path.read_text("utf-8"))
    assert document["permissions"] == {}
    assert all(job["permissions"] for job in document["jobs"].values())


def test_the_python_versions_are_those_of_the_project() -> None:
    """Continuous integration runs every Python that the project file promises."""
    document = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    promised = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert document["jobs"]["test"]["strategy"]["matrix"]["python"] == promised


@pytest.mark.skipif(not (ROOT / ".ci" / "run").is_file(), reason="not a clone")
def test_the_script_can_be_run() -> None:
    """`.ci/run` is executable and stops at the first failure."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text("utf-8")
    assert subprocess.run(["bash", "-n", str(script)], check=False, timeout=30).returncode == 0


@pytest.mark.parametrize("script", ["tests/run.py", "examples/demo.py", "tests/environment.py"])
def test_set_up_needs_the_standard_library_alone(script: str) -> None:
    """The scripts that make the environment run before there is one: no module of others is loaded at their start."""
    others = ["pytest", "yaml", "click", "reconciler"]
    code = f"import runpy, sys; runpy.run_path({script!r}); print([name for name in {others} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
