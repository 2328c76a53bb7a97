"""Every folder under cases/ is a world of manifests, live objects and state, with what plan and apply make of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.sandbox.server import start
from tests.scenarios.script import perform
from tests.scenarios.world import DIGEST_KEY, TOKENS, World

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(path.parent for path in FOLDER.glob("*/case.yaml"))


def read(case: Path) -> dict[str, Any]:
    """A case file."""
    found: dict[str, Any] = yaml.safe_load((case / "case.yaml").read_text("utf-8"))
    return found


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_scenario(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps of the case go as it says, and what was applied leaves nothing to plan."""
    script = read(case)
    for name, value in {**TOKENS, **DIGEST_KEY}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CI", raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    for part in case.glob("*/"):
        shutil.copytree(part, folder / part.name)
    with start(seed=script.get("live", {}), options=script.get("options")) as sandbox:
        world = World(folder, sandbox, script.get("connections", {}))
        for number, step in enumerate(script["steps"], 1):
            with_step = f"step {number} of {case.name}: {script['reason']}"
            try:
                perform(world, case, step, monkeypatch)
            except AssertionError as error:
                error.add_note(with_step)
                raise


def test_every_case_says_why_it_is_there() -> None:
    """One sentence each, no file of manifests that no step reads, and enough of them."""
    assert len(CASES) >= 45
    for case in CASES:
        script = read(case)
        assert script["reason"].endswith(".")
        text = (case / "case.yaml").read_text("utf-8")
        assert all(file.name in text for file in case.iterdir() if file.name != "case.yaml"), case.name
        assert script.keys() <= {"reason", "live", "options", "connections", "steps"}
