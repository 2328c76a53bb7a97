"""The catalogue of errors: every code is told, has a way out, and is raised somewhere."""

from __future__ import annotations

import ast
import re

import pytest

from reconciler.errors import CATALOGUE, PRECEDENCE, ErrorCode, ReconcilerError, worst
from reconciler.schema import schemas_folder
from tests.architecture.source import Module, modules

MODULES = modules()
ERRORS = next(module for module in MODULES if module.name == "errors")
# The ranges that have one exit code, by their first two digits.
EXIT_CODES = {"01": 3, "02": 3, "03": 3, "04": 4, "07": 7}


def constants() -> dict[str, str]:
    """The constants of errors.py and the code each stands for, in the order of the file."""
    found: dict[str, str] = {}
    for node in ERRORS.tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == "_page"
        ):
            (target,), (code, *_) = node.targets, node.value.args
            assert isinstance(code, ast.Constant)
            found[ast.unparse(target)] = str(code.value)
    return found


CONSTANTS = constants()


def test_codes_are_unique_and_sorted_by_range() -> None:
    """Each code stands once and for one thing, and the file goes through the ranges in order."""
    codes = list(CONSTANTS.values())
    assert len(set(codes)) == len(codes)
    assert list(CATALOGUE) == codes
    ranges = [code[3:5] for code in codes]
    assert ranges == sorted(ranges)


@pytest.mark.parametrize("page", CATALOGUE.values(), ids=lambda page: page.code)
def test_every_page_is_written(page: ErrorCode) -> None:
    """A page has a title, a meaning and a way out, and where its range has one exit code, that one."""
    assert re.fullmatch(r"RCN\d{4}", page.code)
    assert page.title
    assert page.meaning.endswith(".")
    assert len(page.way_out) > 10
    assert page.exit_code in PRECEDENCE
    assert page.exit_code == EXIT_CODES.get(page.code[3:5], page.exit_code)


def _names(module: Module) -> set[str]:
    names = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}


def test_every_code_is_raised() -> None:
    """A code that nothing raises is a promise that nobody keeps."""
    used = set().union(*(_names(module) for module in MODULES if module.name != "errors"))
    used |= {n.attr for n in ast.walk(ERRORS.tree) if isinstance(n, ast.Attribute)}
    told = "".join(path.read_text("utf-8") for path in schemas_folder().rglob("*.json"))  # by a schema's x-error
    assert [name for name, code in CONSTANTS.items() if name not in used and f'"{code}"' not in told] == []


def test_codes_are_used_by_name() -> None:
    """No module spells a code by hand, where a slip would not be seen."""
    spelled = []
    for module in MODULES:
        if module.name == "errors":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"RCN\d{4}", node.value):
                spelled.append(f"{module}: {node.value} in line {node.lineno}")
    assert spelled == []


def test_an_error_has_its_pages_way_out() -> None:
    """An error without a hint of its own gives its page's."""
    code = next(iter(CATALOGUE))
    error = ReconcilerError(code, "it broke")
    assert (error.hint, error.exit_code) == (CATALOGUE[code].way_out, CATALOGUE[code].exit_code)
    assert ReconcilerError(code, "it broke", hint="try this").hint == "try this"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([], 0), ([0], 0), ([2, 0], 2), ([1, 2], 1), ([9, 1], 9), ([5, 6], 5), ([4, 5], 4), ([7, 4], 7), ([8, 7], 8),
     ([3, 8], 3), ([130, 3], 130), (PRECEDENCE, 130)],
)  # fmt: skip
def test_precedence(codes: list[int], expected: int) -> None:
    """Where several exit codes hold, the first of the contract's list is given."""
    assert worst(codes) == expected
