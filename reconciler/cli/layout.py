"""The files of a new project put in their places, the project file last: a run that was cut can be run again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from reconciler import manifest
from reconciler import project as projects
from reconciler.cli import founding, schemafiles
from reconciler.cli.founding import Answers
from reconciler.cli.newfile import make, put, refused
from reconciler.errors import PROJECT_EXISTS, USAGE, Problems, ReconcilerError
from reconciler.schema import load

_SUFFIXES = (".yaml", ".yml")


@dataclass(slots=True)
class Laid:
    """What was made, and what was there and stays as it was, each with a word on it."""

    made: list[tuple[str, str]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


def is_begun(folder: Path) -> bool:
    """Whether a project is there already."""
    return (folder / projects.NAME).is_file()


def check_free(folder: Path, shown: str) -> None:
    """Raise RCN0322 where a project is there already."""
    if os.path.lexists(folder / projects.NAME):
        where = projects.NAME if shown == "." else f"{shown.rstrip('/')}/{projects.NAME}"
        raise ReconcilerError(PROJECT_EXISTS, f"{where} is there already")


def lay_out(folder: Path, answers: Answers) -> Laid:
    """Write the files of a project that would be valid; raises RCN0301 where it would not, RCN0304 where a file cannot
    be written."""
    project, first = founding.project_text(answers), founding.first_manifests(answers.vendors)
    _try_out(project, first)
    laid = Laid()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _first(folder, first, laid)
        _ignored(folder, laid)
    except OSError as error:
        raise refused(folder, error) from error
    about = f'it was there; let its "yaml.schemas" name {schemafiles.FOLDER}/manifest.json'
    _make(folder, founding.SETTINGS, founding.settings_text(), laid, kept=about)
    if answers.workflows:
        _workflows(folder, map(founding.token_name, answers.vendors), laid)
    count = len(schemafiles.lay_out(folder / schemafiles.FOLDER))
    laid.made.append((f"{schemafiles.FOLDER}/", f"{count} schemas, for editors"))
    _make(folder, projects.NAME, project, laid)
    return laid


def _try_out(project: str, first: str) -> None:
    """Load what is about to be written, elsewhere."""
    with tempfile.TemporaryDirectory(prefix="reconciler-init-") as name:
        folder = Path(name)
        make(folder / projects.NAME, project, folder)
        make(folder / founding.FIRST, first, folder)
        try:
            manifest.load(projects.load(folder), load())
        except Problems as found:
            fault = found.errors[0]
            raise ReconcilerError(USAGE, f"that makes no project: {fault.message}", hint=fault.hint) from None


def _first(folder: Path, text: str, laid: Laid) -> None:
    """The first manifests, unless there are some."""
    there = folder / founding.MANIFESTS
    if there.is_dir() and any(path.suffix in _SUFFIXES for path in there.rglob("*")):
        laid.kept.append((f"{founding.MANIFESTS}/", "it has manifests"))
    else:
        _make(folder, founding.FIRST, text, laid)


def _ignored(folder: Path, laid: Laid) -> None:
    path = folder / founding.IGNORED
    if path.is_symlink() or (path.exists() and not path.is_file()):
        laid.kept.append((founding.IGNORED, f"it is no file; git should ignore {' and '.join(founding.UNTRACKED)}"))
        return
    before = path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else None
    after = founding.ignored_text(before or "")
    if before is None:
        _make(folder, founding.IGNORED, after, laid)
    elif after == before:
        laid.kept.append((founding.IGNORED, "it has the lines already"))
    else:
        put(path, after, folder)
        laid.made.append((founding.IGNORED, "lines added"))


def add_workflows(folder: Path, names: Iterable[str]) -> Laid:
    """The workflows beside a project that is there, with the secrets of these names; what is there stays."""
    laid = Laid()
    _workflows(folder, names, laid)
    return laid


def _workflows(folder: Path, names: Iterable[str], laid: Laid) -> None:
    for path, text in founding.workflows(names).items():
        _workflow(folder, path, text, laid)


def _workflow(folder: Path, path: str, text: str, laid: Laid) -> None:
    """GitHub reads workflows at a repository's root alone."""
    if (folder / ".git").exists() or not any((above / ".git").exists() for above in folder.absolute().parents):
        _make(folder, path, text, laid)
    else:
        laid.kept.append((path, "not written: workflows belong to the repository's root, which is above"))


def _make(folder: Path, name: str, text: str, laid: Laid, *, kept: str = "it was there") -> None:
    if make(folder / name, text, folder):
        laid.made.append((name, ""))
    elif name == projects.NAME:
        raise ReconcilerError(PROJECT_EXISTS, f"{name} is there already")
    else:
        laid.kept.append((name, kept))
