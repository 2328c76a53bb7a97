"""The house as it stands: what lies at the top, what files are called, that every test says what it holds."""

from __future__ import annotations

import ast
import shutil
import subprocess

import pytest

from tests.architecture.source import PACKAGE, ROOT, modules

TOP = {"pyproject.toml", "README.md", "reconciler", "schemas", "examples", "tests"}
VAGUE = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils", "stuff", "lib", "core", "base"}
VAGUE_BUT_CONTRACT = {"providers.base"}


def test_top_level() -> None:
    """At the top lie the project file, the readme, the package, its schemas, examples and tests; the rest is hidden."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    done = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    top = {line.split("/")[0] for line in done.stdout.splitlines()}
    assert {name for name in top if not name.startswith(".")} <= TOP


def test_modules_have_telling_names() -> None:
    """A module's name tells its one job; drawers for odds and ends are not opened."""
    names = {module.name for module in modules() if module.name.rpartition(".")[2] in VAGUE}
    assert names <= VAGUE_BUT_CONTRACT


def test_every_module_says_what_it_is_for() -> None:
    """Each module of the package begins with a sentence about its job."""
    silent = [module.name for module in modules() if not ast.get_docstring(module.tree) and module.tree.body]
    assert silent == []


def test_every_test_says_what_it_holds() -> None:
    """Each test function has a docstring, so that a failure reads as a broken promise."""
    silent = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert silent == []


def test_the_package_is_typed() -> None:
    """The marker that type checkers look for is there."""
    assert (PACKAGE / "py.typed").is_file()
