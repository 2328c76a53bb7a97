"""What ``validate`` says: that all is well, or every problem."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import ReconcilerError
from reconciler.model import JSON
from reconciler.report.markdown import LIMIT, Section, assembled, code, table
from reconciler.report.phrase import number_of
from reconciler.report.problem import problem_text, problems_document, problems_text
from reconciler.report.style import Style

_PLAIN = Style()


def validation_text(errors: Sequence[ReconcilerError], resources: int, files: int, style: Style = _PLAIN) -> str:
    """One line where all is well, else the problems; ends with a newline."""
    if errors:
        return problems_text(errors, style)
    return f"{style.green('Success!')} {_counted(resources, files)}: the configuration is valid.\n"


def validation_document(errors: Sequence[ReconcilerError], resources: int, files: int) -> dict[str, JSON]:
    """The document of ``validate --json``; of wrong manifests nothing was counted."""
    if errors:
        return problems_document(errors)
    return {"valid": True, "errors": [], "resources": resources, "files": files}


def validation_markdown(errors: Sequence[ReconcilerError], resources: int, files: int, limit: int = LIMIT) -> str:
    """A table of the problems, each with its source line folded below; below ``limit`` characters."""
    if not errors:
        return f"## The configuration is valid\n\n{_counted(resources, files)}.\n"
    rows = [[error.code, code(_place(error), cell=True), code(error.message, cell=True)] for error in errors]
    summary = [f"## {number_of(len(errors), 'problem')} in the manifests", table(["Code", "Place", "Problem"], rows)]
    blocks = [problem_text(error).rstrip("\n").split("\n") for error in errors]
    return assembled(
        summary, [Section("Each with its way out", len(blocks), blocks, open=True, language="text")], "", limit
    )


def _counted(resources: int, files: int) -> str:
    return f"{number_of(resources, 'resource')} in {number_of(files, 'file')}"


def _place(error: ReconcilerError) -> str:
    source = error.source
    return f"{source.file}:{source.line}:{source.column}" if source is not None else "the project"
