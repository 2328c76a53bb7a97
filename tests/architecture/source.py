"""The package's source as the architecture tests read it: modules, and what each imports where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "reconciler"


@dataclass(frozen=True)
class Import:
    """One imported module: its dotted name, the line, and whether loading the module loads it."""

    name: str
    line: int
    at_load: bool


@dataclass(frozen=True)
class Module:
    """A module of the package by its dotted name below it: ``plan.graph``, ``errors``; a folder's own is its name."""

    name: str
    path: Path

    @property
    def folder(self) -> str:
        """The part of the house it belongs to: a folder, or the module itself at the top."""
        return self.name.partition(".")[0]

    @property
    def vendor(self) -> str | None:
        """The vendor whose folder it is in."""
        parts = self.name.split(".")
        return (
            parts[1]
            if parts[0] == "providers" and len(parts) > 1 and (PACKAGE / "providers" / parts[1]).is_dir()
            else None
        )

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text("utf-8"), str(self.path))

    def imports(self) -> Iterator[Import]:
        """Every import but those for type checkers alone."""
        yield from _imports(self.tree.body, at_load=True)

    def __str__(self) -> str:
        return self.name


def modules() -> list[Module]:
    """Every module of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found.append(Module(".".join(parts) or "__init__", path))
    return found


def _imports(body: list[ast.stmt], *, at_load: bool) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, at_load) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in line {node.lineno}"
            yield from _named(node, at_load=at_load)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from _imports(node.orelse, at_load=at_load)
        else:
            inside = at_load and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for block in _blocks(node):
                yield from _imports(block, at_load=inside)


def _named(node: ast.ImportFrom, *, at_load: bool) -> Iterator[Import]:
    """``from a import b`` as ``a``, or as ``a.b`` where that is a module."""
    module = node.module or ""
    for alias in node.names:
        inner = f"{module}.{alias.name}"
        whole = inner if _is_module(inner) else module
        yield Import(whole, node.lineno, at_load)


def _is_module(dotted: str) -> bool:
    path = ROOT.joinpath(*dotted.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body
