"""What ``fmt`` did, as a document and as a line."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping

from reconciler.errors import ReconcilerError
from reconciler.model import JSON
from reconciler.report.phrase import number_of
from reconciler.report.problem import problems_document
from reconciler.report.shape import FORMAT_VERSION
from reconciler.report.visible import visible

_MOST_NAMED = 3  # paths; a hook names hundreds


def formatted_document(
    files: Iterable[str],
    changed: Collection[str],
    diffs: Mapping[str, str],
    filtered: Mapping[str, str],
    faults: Iterable[ReconcilerError],
) -> dict[str, JSON]:
    """The document of ``fmt --json``: the files that were read, which of them change, and what is wrong with others."""
    listed = [
        {
            "file": name,
            "changed": name in changed,
            **({"diff": diffs[name]} if name in diffs else {}),
            **({"content": filtered[name]} if name in filtered else {}),
        }
        for name in sorted(files)
    ]
    return {"format_version": FORMAT_VERSION, "files": listed, **problems_document(faults)}


def formatted_note(files: int, changed: int, paths: Iterable[str] = (), *, written: bool) -> str:
    """How many files there are, and how many of them had another form; ``paths`` are what was asked for."""
    if not files:
        return "No file to format."
    if not changed:
        return f"{number_of(files, 'file')}, formatted already."
    if written:
        return f"{changed:,} of {number_of(files, 'file')} formatted. See what changed with: git diff"
    return f"{changed:,} of {number_of(files, 'file')} would change. To write that, run: {fmt_command(paths)}"


def fmt_command(paths: Iterable[str]) -> str:
    """What formats these paths, where they are few; else the whole project."""
    named = list(paths)
    return visible(shlex.join(["reconciler", "fmt", *(named if len(named) <= _MOST_NAMED else [])]))


def alone_note(files: int) -> str:
    """How many files were no business of ours."""
    verbs = ("holds", "was") if files == 1 else ("hold", "were")
    return f"{number_of(files, 'file')} {verbs[0]} no manifest, and {verbs[1]} left alone."
