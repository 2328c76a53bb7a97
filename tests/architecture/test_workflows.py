"""The repository's own automation: little permission, pinned actions, no expression where a shell would run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.source import ROOT

GITHUB = ROOT / ".github"
PLACES = (GITHUB / "workflows", GITHUB / "actions", ROOT / "examples" / "github-actions")
FILES = sorted(file for place in PLACES for file in place.rglob("*.y*ml"))
"""Everything that GitHub runs here, and what others are told to run."""
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*|docker://[\w./-]+@sha256:[0-9a-f]{64}|\./[\w./-]*")
LONGEST = 30
"""Minutes that a job may take."""

pytestmark = pytest.mark.skipif(
    not (GITHUB / "workflows").is_dir(), reason="an unpacked source distribution has no workflows"
)


def load(path: Path) -> dict[str, Any]:
    """A file's content; YAML 1.1 takes the key `on` for true."""
    content: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


def named(path: Path) -> str:
    """A file as a test calls it."""
    return str(path.relative_to(ROOT))


FLOWS = [path for path in FILES if "jobs" in load(path)]


def jobs(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The jobs of a workflow by name; none of an action."""
    yield from load(path).get("jobs", {}).items()


def steps(path: Path) -> list[dict[str, Any]]:
    """The steps of all jobs, or of a composite action."""
    found = [step for _, job in jobs(path) for step in job.get("steps", [])]
    return found + load(path).get("runs", {}).get("steps", [])


def triggers(path: Path) -> set[str]:
    """What starts a workflow."""
    events = load(path)["on"]
    return {events} if isinstance(events, str) else set(events)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_actions_are_pinned(path: Path) -> None:
    """An action is named by a full commit, with the tag as a comment: a moved tag runs nothing here."""
    lines = [line.strip().removeprefix("- ") for line in path.read_text("utf-8").splitlines()]
    used = [line.removeprefix("uses:").strip() for line in lines if line.startswith("uses:")]
    assert [line for line in used if not PINNED.fullmatch(line)] == []
    told = [step["uses"] for step in steps(path) if "uses" in step] + [
        job["uses"] for _, job in jobs(path) if "uses" in job
    ]
    assert sorted(told) == sorted(line.partition(" #")[0] for line in used)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_expression_reaches_a_shell(path: Path) -> None:
    """What a pull request can choose reaches a script as an environment variable, never as its text."""
    scripts = [str(step.get(key, "")) for step in steps(path) for key in ("run", "shell", "working-directory")]
    scripts += [str(step.get("with", {}).get("script", "")) for step in steps(path)]
    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_credentials_stay_behind(path: Path) -> None:
    """A checkout leaves no token in the clone, where a later step or an artefact would find it."""
    checkouts = [step for step in steps(path) if str(step.get("uses", "")).startswith("actions/checkout@")]
    assert all(step.get("with", {}).get("persist-credentials") is False for step in checkouts)


@pytest.mark.parametrize("path", FLOWS, ids=named)
def test_permissions_are_few(path: Path) -> None:
    """A workflow may do nothing but what each job says it needs, and hands on no secrets wholesale."""
    assert load(path)["permissions"] == {}
    assert all(isinstance(job["permissions"], dict) for _, job in jobs(path))
    assert not [name for name, job in jobs(path) if job.get("secrets") == "inherit"]


@pytest.mark.parametrize("path", FLOWS, ids=named)
def test_nobody_elses_code_runs_with_our_rights(path: Path) -> None:
    """No event runs a stranger's pull request beside this repository's secrets."""
    assert triggers(path) & {"pull_request_target", "workflow_run", "issue_comment"} == set()


@pytest.mark.parametrize("path", FLOWS, ids=named)
def test_jobs_end(path: Path) -> None:
    """A job has a limit of time, and a newer run of the same does not pile up on the older one."""
    called = [job for _, job in jobs(path) if "uses" not in job]
    assert all(0 < job["timeout-minutes"] <= LONGEST for job in called)
    assert load(path)["concurrency"]["group"]


@pytest.mark.parametrize("path", [path for path in FLOWS if path.is_relative_to(GITHUB)], ids=named)
def test_runners_are_named(path: Path) -> None:
    """Our own jobs run on a release of GitHub's machines, not on whatever is the latest, and on nobody else's."""
    runners = {str(job["runs-on"]) for _, job in jobs(path) if "uses" not in job}
    assert all(re.fullmatch(r"(ubuntu|macos|windows)-\d+(\.\d+)?", runner) for runner in runners), runners


def test_the_supply_chain_is_watched() -> None:
    """Each push, each pull request and each week: known weaknesses of dependencies, and the workflows themselves."""
    path = GITHUB / "workflows" / "supply-chain.yml"
    assert triggers(path) == {"push", "pull_request", "schedule"}
    scripts = " ".join(step.get("run", "") for step in steps(path))
    assert all(tool in scripts for tool in ("pip_audit", "zizmor", "actionlint@v"))
    pins = (GITHUB / "audit" / "requirements.txt").read_text("utf-8").splitlines()
    assert {line.partition("==")[0] for line in pins if "==" in line} == {"pip-audit", "zizmor"}
    assert all("==" in line for line in pins if line and not line.startswith("#"))


def test_updates_wait() -> None:
    """Dependabot proposes updates of packages and actions, and no release that is younger than a week."""
    updates = load(GITHUB / "dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"pip", "github-actions"}
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)


def test_dependencies_are_bounded() -> None:
    """Every requirement has a lower and an upper bound: a new major version comes by a change of ours."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(r for e in extras for r in e),
    ]
    assert [
        requirement for requirement in wanted if not re.fullmatch(r"[\w.\[\]-]+>=[\d.]+,<[\d.]+", requirement)
    ] == []


def test_zizmor_finds_nothing() -> None:
    """The auditor of workflows has nothing to say, at its most pedantic and without the network."""
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    if zizmor is None:
        assert not os.environ.get("CI"), "continuous integration has zizmor"
        pytest.skip("zizmor is not installed")
    copied = [path for path in FLOWS if not path.is_relative_to(GITHUB)]  # in a folder it looks at .github alone
    command = [zizmor, "--offline", "--strict-collection", "--persona", "pedantic", "--no-progress", GITHUB, *copied]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", FLOWS),
        ("vendor.github-actions", [path for path in FILES if path not in FLOWS]),
        ("vendor.gitlab-ci", [ROOT / "examples" / "gitlab" / ".gitlab-ci.yml"]),
        ("vendor.dependabot", [GITHUB / "dependabot.yml"]),
    ],
)
def test_files_are_what_they_are_for(schema: str, files: list[Path]) -> None:
    """Workflows, actions and the like follow the schemas that their services publish."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert files and done.returncode == 0, done.stdout + done.stderr


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
