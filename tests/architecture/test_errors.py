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
# The ranges that have one exit code, by their first two digits; GitHub's errors end as the same trouble with a vendor.
EXIT_CODES = {"01": 3, "02": 3, "03": 3, "04": 4, "07": 7}
GITHUB = {f"RCN{number:04}" for number in range(370, 390)}


def constants() -> dict[str, str]:
    """The constants of errors.py and the code each stands for, in the order of the file."""
    found: dict[str, str] = {}
    for node in ERRORS.tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == "_code"
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
    assert codes == sorted(codes)


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.code)
def test_every_code_is_told(entry: ErrorCode) -> None:
    """A code has a title and a way out, and where its range has one exit code, that one."""
    assert re.fullmatch(r"RCN\d{4}", entry.code)
    assert entry.title == entry.title.strip() != ""
    assert len(entry.way_out) > 10
    assert entry.exit_code in PRECEDENCE
    if entry.code not in GITHUB:
        assert entry.exit_code == EXIT_CODES.get(entry.code[3:5], entry.exit_code)


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
    """No module spells a code by hand, where a slip would not be seen; its words may name one (docstrings)."""
    spelled = []
    for module in MODULES:
        words = {id(node.body[0].value) for node in ast.walk(module.tree) if _has_docstring(node)}
        for node in ast.walk(module.tree):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if module.name != "errors" and re.search(r"RCN\d{4}", text) and id(node) not in words:
                spelled.append(f"{module}: {text} in line {node.lineno}")
    assert spelled == []


def _has_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None


# --- whatever is raised ---------------------------------------------------------------------------------------------

TOLD = {"ReconcilerError", "Uncertain", "RefusedRead", "Problems", "UnfitProject"}  # these carry codes
TOLD_BY_CLICK = {"click.UsageError"}  # main tells every one of click's as RCN0301

# What is raised without a code, by module and exception, and the module that catches it before a user could meet it.
CAUGHT = {
    ("adoption.draft", "Unfit"): "cli.importing",
    ("apply.entry", "Unresolved"): "apply.preparation",
    ("apply.preparation", "Impossible"): "apply.executor",
    ("cli.copying", "ValueError"): "cli.copying",
    ("cli.posting", "OSError"): "cli.posting",
    ("document.builder", "Abandoned"): "document.reading",
    ("document.scalar", "OverflowError"): "document.builder",
    ("document.spelling", "Unwritable"): "adoption.draft",
    ("http.decoding", "ValueError"): "http.transport",
    ("http.redirect", "Failed"): "http.transport",
    ("http.transport", "Failed"): "http.transport",
    ("http.unpacking", "TooLarge"): "http.wire",
    ("http.unpacking", "Unpackable"): "http.wire",
    ("http.wire", "Failed"): "http.transport",
    ("model.address", "ValueError"): "cli.options",
    ("model.jsontext", "ValueError"): "plan.planfile",
    ("report.drift_reading", "TypeError"): "report.drift_reading",
    ("report.drift_reading", "ValueError"): "cli.posting",
    ("plan.planfile", "TypeError"): "plan.planfile",
    ("plan.planfile", "ValueError"): "plan.planfile",
    ("project.state", "Refusal"): "project.file",
    ("project.url", "Refusal"): "project.connections",
    ("state.codec", "ValueError"): "state.picture",
    ("state.picture", "ValueError"): "state.picture",
    ("state.postgres_connection", "Hung"): "state.postgres_errors",
    ("state.transcript", "Unfit"): "cli.copying",
}
# Slips of a programmer, not of a user: what the programmer did.
SLIPS = {
    ("document.placeholder", "TypeError"): "filled in a value that cannot stand in a text, which is checked before",
    ("apply.resolution", "ValueError"): "asked for both answers or none, which the command line refuses before",
    ("http.transport", "TypeError"): "a request's body with a value that JSON does not know",
    ("http.url", "ValueError"): "an empty id, which neither schemas nor vendors' answers let through",
    ("model.connection", "TypeError"): "pickled a secret",
    ("model.value", "TypeError"): "a value that JSON does not know",
    ("report.catalogue", "ValueError"): "two pages for one code",
    ("state.sqlite_rows", "ValueError"): "a state without a value, which its schema demands",
}
EXITS = {"cli.main": "sys.exit", "cli.interrupts": "os._exit"}


def _makers(*of: Module) -> dict[str, str]:
    """Functions by name, with what they say they return."""
    functions = (n for module in of for n in ast.walk(module.tree) if isinstance(n, ast.FunctionDef))
    return {node.name: ast.unparse(node.returns) for node in functions if node.returns is not None}


# Functions that make an exception to be raised elsewhere.
MAKERS = {
    name: made
    for module in MODULES
    for name, made in _makers(module).items()
    if made in TOLD | {raised for _, raised in CAUGHT}
}


def _raised(module: Module) -> list[tuple[int, str]]:
    """The exceptions a module raises, by line and name; for a function that makes one, what it says it returns."""
    makers = MAKERS | _makers(module)
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = ast.unparse(node.exc.func)
            last = name.rpartition(".")[2]
            found.append((node.lineno, name if name.startswith("click.") else makers.get(last, last)))
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id[0].isupper():
            found.append((node.lineno, node.exc.id))
    return found


@pytest.mark.parametrize("module", [m for m in MODULES if m.folder != "sandbox"], ids=str)
def test_what_is_raised_has_a_code(module: Module) -> None:
    """An exception carries a code, or is caught before a user meets it, or is a programmer's slip that is listed."""
    bare = [(line, name) for line, name in _raised(module) if name not in TOLD | TOLD_BY_CLICK]
    assert [(line, name) for line, name in bare if (module.name, name) not in CAUGHT | SLIPS] == []


@pytest.mark.parametrize(("raising", "catching"), CAUGHT.items(), ids=[".".join(pair) for pair in CAUGHT])
def test_what_has_no_code_is_caught(raising: tuple[str, str], catching: str) -> None:
    """Where an exception without a code is said to be caught, there is a handler for it."""
    module = next(module for module in MODULES if module.name == catching)
    handlers = [n.type for n in ast.walk(module.tree) if isinstance(n, ast.ExceptHandler) and n.type is not None]
    assert raising[1] in {
        ast.unparse(part) for kind in handlers for part in ast.walk(kind) if isinstance(part, ast.expr)
    }


def test_no_exception_is_listed_in_vain() -> None:
    """The lists hold nothing that is not raised."""
    raised = {(module.name, name) for module in MODULES for _, name in _raised(module)}
    assert (CAUGHT.keys() | SLIPS.keys()) - raised == set()


def test_the_process_ends_in_one_place() -> None:
    """An exit from the middle would skip the journal, and could come without a word."""
    found = {}
    for module in MODULES:
        for node in ast.walk(module.tree):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in ("sys.exit", "exit", "quit", "os._exit", "os.abort", "SystemExit"):
                found[module.name] = called
    assert found == EXITS


def test_clicks_own_errors_have_a_code() -> None:
    """main is the place where click's exceptions become RCN0301, and an abort at a prompt RCN0002."""
    main = next(module for module in MODULES if module.name == "cli.main")
    handlers = {
        ast.unparse(node.type): ast.unparse(node)
        for node in ast.walk(main.tree)
        if isinstance(node, ast.ExceptHandler) and node.type
    }
    assert "USAGE" in handlers["click.ClickException"]
    assert "INTERRUPTED" in handlers["(click.Abort, KeyboardInterrupt)"]


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
