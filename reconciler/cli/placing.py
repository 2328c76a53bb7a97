"""Where imported manifests go in a project, and their writing: all of them or none, and nothing over another file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reconciler.cli.newfile import make
from reconciler.cli.workspace import Workspace
from reconciler.errors import IMPORT_NAME_TAKEN, IMPORT_NO_FOLDER, ReconcilerError
from reconciler.project import Project


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder relative to the project's, and what is to be said of it."""

    path: PurePosixPath
    notes: tuple[str, ...] = ()


def destination(workspace: Workspace, given: str | None) -> Destination:
    """The folder that ``--dir`` names (relative to the working directory), else the first that the project lists.

    Raises RCN0353 where there is none, and for one that lies outside of the project.
    """
    project = workspace.project
    path = _first_listed(project) if given is None else Path(os.path.normpath((workspace.start / given).absolute()))
    shown = path.name if given is None else given
    if path.exists() and not path.is_dir():
        raise ReconcilerError(IMPORT_NO_FOLDER, f"{shown} is there, and is no folder")
    real, root = Path(os.path.realpath(path)), Path(os.path.realpath(project.folder))
    if not path.is_relative_to(project.folder) or not real.is_relative_to(root):
        raise ReconcilerError(IMPORT_NO_FOLDER, f"{shown} is not in the project's folder")
    relative = PurePosixPath(path.relative_to(project.folder).as_posix())
    if _listed(project, relative):
        return Destination(relative)
    note = f"no plan reads {relative}: add it to spec.manifests of {project.path.name}"
    return Destination(relative, (note,))


def _first_listed(project: Project) -> Path:
    for pattern in project.manifests:
        path = Path(os.path.normpath(project.folder / pattern))
        if path.is_dir() or not (path.exists() or _is_glob(pattern) or path.suffix in (".yaml", ".yml")):
            return path
    raise ReconcilerError(IMPORT_NO_FOLDER, "spec.manifests of the project file lists no folder")


def _listed(project: Project, relative: PurePosixPath) -> bool:
    """Whether manifests in the folder are read: those below a listed folder are, unless a dot hides them."""
    folders = [PurePosixPath(os.path.normpath(pattern)) for pattern in project.manifests if not _is_glob(pattern)]
    return any(
        relative.is_relative_to(folder) and not any(part.startswith(".") for part in relative.relative_to(folder).parts)
        for folder in folders
    )


def _is_glob(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")


def place(root: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Write the files below the project's folder. What was written is taken back when one of them cannot be, or when
    the run is interrupted. Raises RCN0304 or RCN0354."""
    written: list[Path] = []
    before = _folders(root, files)
    try:
        for path, text in files.items():
            if not make(
                root / path, text, root, durable=False
            ):  # thousands of files, which a second import makes again
                raise ReconcilerError(IMPORT_NAME_TAKEN, f"{path} was made by somebody else in the meantime")
            written.append(root / path)
    except BaseException:
        _take_back(written, before)
        raise


def _folders(root: Path, files: Mapping[PurePosixPath, str]) -> list[Path]:
    """The folders that are yet to be made, the deepest first."""
    above = {folder for path in files for folder in path.parents}
    missing = [root / folder for folder in above if not (root / folder).exists()]
    return sorted(missing, key=lambda folder: (-len(folder.parts), folder))


def _take_back(written: list[Path], folders: list[Path]) -> None:
    for path in written:
        with suppress(OSError):
            path.unlink()
    for folder in folders:
        with suppress(OSError):  # never made, or somebody else has put something into it
            folder.rmdir()
