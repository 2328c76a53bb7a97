"""Imports follow the data from the manifests to the reports; only the command line puts the parts together."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter

import pytest

from tests.architecture.source import Module, modules

# What each part may import of ours. `providers.base` is the contract alone, not the vendors.
ALLOWED: dict[str, set[str]] = {
    "errors": {"model"},
    "model": set(),
    "schema": {"model", "errors"},
    "document": {"model", "errors"},
    "project": {"model", "schema", "errors", "document"},
    "manifest": {"model", "schema", "errors", "document"},
    "http": {"model", "errors"},
    "providers": {"providers.base", "http", "model", "errors"},
    "observe": {"providers.base", "model", "schema", "errors"},
    "diff": {"model", "schema", "errors"},
    "plan": {"diff", "schema", "model", "errors"},
    "adoption": {"plan", "diff", "model", "schema", "errors", "document"},
    "apply": {"plan", "diff", "observe", "state", "providers.base", "model", "schema", "errors"},
    "state": {"model", "schema", "errors"},
    "report": {"model", "schema", "errors"},
    "forge": {"http", "model", "errors"},
    "sandbox": set(),
}
COMPOSERS = {"cli", "__main__", "__init__"}

# Which part may import what others wrote; the standard library is free but for what PURE forbids.
OWNERS: dict[str, set[str]] = {
    "click": {"cli"},
    "deepdiff": {"diff", "plan"},
    "httpx": {"http"},
    "jinja2": {"report"},
    "jsonschema": {"document"},
    "jsonschema_rs": {"document"},
    "psycopg": {"state"},
    "sqlalchemy": {"state"},
    "yaml": {"document"},
    "rich": {"report", "cli"},
    "starlette": {"sandbox"},
    "uvicorn": {"sandbox"},
}
HEAVY = {
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "deepdiff",
    "rich",
    "starlette",
    "uvicorn",
    "httpx",
    "psycopg",
    "sqlalchemy",
}
AT_LOAD = {("http", "httpx"), ("sandbox", "starlette"), ("sandbox", "uvicorn")}
AT_LOAD |= {("state", "psycopg"), ("state", "sqlalchemy")}  # in modules that are loaded for such a state alone

PURE = {"adoption", "model", "schema", "diff", "plan"}
WORLD = {
    "asyncio",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "random",
    "requests",
    "select",
    "shutil",
    "signal",
}
WORLD |= {"socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time"}

MODULES = modules()


def _part(name: str) -> str:
    """The part of the house that a module of ours, named in full, belongs to."""
    parts = name.split(".")[1:]
    if not parts:
        return "__init__"
    return ".".join(parts[:2]) if parts[:2] == ["providers", "base"] else parts[0]


def _ours(module: Module) -> list[tuple[int, str]]:
    found = [(i.line, i.name) for i in module.imports() if i.name.split(".")[0] == "reconciler"]
    return [(line, name) for line, name in found if not _within(module, name)]


def _within(module: Module, name: str) -> bool:
    """Whether an import stays in its own part; vendors are apart from each other."""
    inside = f"reconciler.{module.folder}" if module.vendor is None else f"reconciler.providers.{module.vendor}"
    return name == inside or name.startswith(inside + ".")


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_directions(module: Module) -> None:
    """A module imports only the parts below its own."""
    if module.folder in COMPOSERS:
        return
    assert module.folder in ALLOWED, f"{module.folder} is a new part of the house: say here what it may import"
    allowed = ALLOWED[module.folder] | {"__init__"}
    wrong = [f"line {line}: {name}" for line, name in _ours(module) if _part(name) not in allowed]
    assert wrong == []


def test_modules_load_in_any_order() -> None:
    """No circle among what modules load: tests of commands start with everything loaded, users with nothing."""
    loads = {
        module.name: {i.name.removeprefix("reconciler.") for i in module.imports() if i.at_load} - {module.name}
        for module in MODULES
    }
    order = [*TopologicalSorter(loads).static_order()]  # raises CycleError, which names the circle
    assert {module.name for module in MODULES} <= set(order)


@pytest.mark.parametrize("module", [m for m in MODULES if m.vendor], ids=str)
def test_vendors_know_nothing_of_each_other(module: Module) -> None:
    """A vendor's folder never imports a sibling, nor the registry of all of them."""
    names = [name for _, name in _ours(module) if name.startswith("reconciler.providers")]
    assert set(names) <= {"reconciler.providers.base"}


@pytest.mark.parametrize("module", [m for m in MODULES if m.folder != "cli"], ids=str)
def test_nobody_imports_the_command_line(module: Module) -> None:
    """Only the command line puts parts together, so nothing but `python -m` comes back to it."""
    names = [name for _, name in _ours(module) if name.startswith("reconciler.cli")]
    assert names == [] or module.name == "__main__"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_third_parties_have_an_owner(module: Module) -> None:
    """What others wrote is imported by the part that owns it, and by no other; httpx by the transport alone."""
    used = {i.name.split(".")[0] for i in module.imports()} - {"reconciler"} - set(sys.stdlib_module_names)
    assert used <= set(OWNERS), "a new dependency: say here who owns it"
    assert {name for name in used if module.folder not in OWNERS[name]} == set()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_heavy_modules_are_imported_where_they_are_used(module: Module) -> None:
    """What takes long to load is not loaded on every start."""
    loaded = {i.name.split(".")[0] for i in module.imports() if i.at_load} & HEAVY
    assert {(module.folder, name) for name in loaded} <= AT_LOAD


@pytest.mark.parametrize("module", [m for m in MODULES if m.folder in PURE], ids=str)
def test_deciding_touches_nothing(module: Module) -> None:
    """Model, meaning, comparing and planning have no clock, no chance, no files and no network."""
    used = {i.name.split(".")[0] for i in module.imports()}
    assert used & WORLD == set()
    called = {n.func.id for n in ast.walk(module.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert called & {"open", "print", "input", "exec", "eval", "__import__"} == set()


@pytest.mark.parametrize("module", [m for m in MODULES if m.folder == "model"], ids=str)
def test_the_model_is_standard_library(module: Module) -> None:
    """The values that all parts share rest on nothing but Python."""
    used = {i.name.split(".")[0] for i in module.imports()} - {"reconciler"}
    assert used <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("statement", ["import reconciler.cli.main", "import reconciler.plan, reconciler.errors"])
def test_a_start_loads_nothing_heavy(statement: str) -> None:
    """The command line starts without any of the libraries that only some commands need."""
    heavy = sorted(HEAVY | {"yaml"})
    code = f"{statement}\nimport sys\nprint([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
