"""The files that manifests are read from: listed in the project file, or given on the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from reconciler import errors
from reconciler.document import Document, Places, read, read_file
from reconciler.document.text import visible
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import JSON, Connection, Source

STDIN = "<stdin>"
_SUFFIXES = (".yaml", ".yml")


class Grounds(Protocol):
    """Where manifests are looked for: a folder, the project file in it, and what that lists."""

    @property
    def folder(self) -> Path: ...

    @property
    def path(self) -> Path: ...

    @property
    def manifests(self) -> tuple[str, ...]: ...


class Settings(Protocol):
    """What is known of values: those of this run, and the environments that have one which this run has not."""

    @property
    def environment(self) -> str | None: ...

    @property
    def values(self) -> Mapping[str, JSON]: ...

    @property
    def values_elsewhere(self) -> Mapping[str, tuple[str, ...]]: ...


class Project(Grounds, Settings, Protocol):
    """What loading manifests needs to know of a project."""

    @property
    def connections(self) -> Mapping[str, Connection]: ...


@dataclass(frozen=True, slots=True)
class File:
    """A file to read; ``path`` is None for standard input, ``name`` is what people are shown."""

    path: Path | None
    name: str


@dataclass(slots=True)
class Search:
    """Gathers files once each, in a fixed order, and the problems on the way."""

    project: Grounds
    files: list[File] = field(default_factory=list)
    problems: list[ReconcilerError] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """The project file itself is no manifest, wherever it lies."""
        self._seen.add(str(_real(self.project.path)))

    def project_files(self, *, lenient: bool = False) -> None:
        """What spec.manifests lists. A listed path must exist, unless ``lenient`` or it is the only one."""
        for number, pattern in enumerate(self.project.manifests):
            path = Path(os.path.normpath(self.project.folder / pattern))
            if not lies_within(path, self.project.folder):
                self._misplaced(number, errors.OUTSIDE_PROJECT, f'"{pattern}" leads out of the project')
            elif _exists(path):
                self._add(path, pattern)
            elif _is_glob(pattern):
                self._add_matches(self.project.folder, os.path.relpath(path, self.project.folder))
            elif not lenient and len(self.project.manifests) > 1:
                self._misplaced(number, errors.UNREADABLE_FILE, f'"{pattern}" does not exist')

    def given_files(self, given: Sequence[str], start: Path | None = None) -> None:
        """What -f names, relative to ``start`` (default: the working directory); ``-`` is standard input."""
        folder = (start or Path.cwd()).absolute()
        for name in given:
            path = Path(os.path.normpath(folder / name))
            if name == "-":
                self._once(STDIN, File(None, STDIN))
            elif not _exists(path) and _is_glob(name) and not Path(name).is_absolute():
                self._add_matches(folder, name)
            else:
                self._add(path, name)

    def _add(self, path: Path, written: str) -> None:
        """A file or folder that is named as such. One that lies in the project must really lie there."""
        root = self.project.folder if lies_within(path, self.project.folder) else path
        real = _real(path)
        if not lies_within(real, _real(root)):
            self._leaves(self._name(path, written))
        elif _is_folder(path):
            self._walk(path, _real(root), written, frozenset())
        else:
            self._once(str(real), File(path, self._name(path, written)))

    def _walk(self, folder: Path, root: Path, written: str, above: frozenset[str]) -> None:
        """The manifests below a folder, by name; ``above`` are the real folders on the way, so that circles end."""
        real = str(_real(folder))
        if real in above:
            return
        for entry in self._entries(folder, written):
            path, name = Path(entry.path), f"{written.rstrip('/')}/{entry.name}"
            manifest = entry.name.lower().endswith(_SUFFIXES)
            if entry.is_symlink() and not lies_within(_real(path), root):
                if manifest or _is_folder(entry):
                    self._leaves(self._name(path, name))
            elif _is_folder(entry):
                self._walk(path, root, name, above | {real})
            elif manifest:
                key = str(_real(path)) if entry.is_symlink() else f"{real}{os.sep}{entry.name}"
                self._once(key, File(path, self._name(path, name)))

    def _entries(self, folder: Path, written: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda e: e.name)
        except OSError as failure:
            name = self._name(folder, written)
            message = f"{name} cannot be read: {(failure.strerror or 'unknown reason').lower()}"
            self.problems.append(ReconcilerError(errors.UNREADABLE_FILE, message, source=Source(name, 1)))
            return []

    def _add_matches(self, folder: Path, pattern: str) -> None:
        for path in sorted(folder.glob(pattern)):
            inside = path.relative_to(folder)
            if any(part.startswith(".") for part in inside.parts):
                continue
            if _is_folder(path) or path.suffix.lower() in _SUFFIXES:
                self._add(path, str(inside))

    def _once(self, key: str, file: File) -> None:
        if key not in self._seen:
            self._seen.add(key)
            self.files.append(file)

    def _name(self, path: Path, written: str) -> str:
        """A path as people are shown it: from the project's folder where it lies there, else as it was given."""
        folder = f"{self.project.folder}{os.sep}"
        text = str(path)
        return visible(text.removeprefix(folder) if text.startswith(folder) else written)

    def _leaves(self, name: str) -> None:
        message = f"the link {name} leads out of the project"
        self.problems.append(ReconcilerError(errors.OUTSIDE_PROJECT, message, source=Source(name, 1)))

    def _misplaced(self, number: int, code: str, message: str) -> None:
        """A problem with an entry of spec.manifests, told at that entry."""
        document = _project_document(self.project)
        if document is None:
            self.problems.append(ReconcilerError(code, message, source=Source(self.project.path.name, 1)))
        else:
            self.problems.append(Places(document).error(code, message, ("spec", "manifests", number)))


def _project_document(project: Grounds) -> Document | None:
    try:
        documents = read(read_file(project.path, project.path.name, guarded=True)).documents
    except Problems:
        return None
    return documents[0] if documents else None


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def lies_within(path: Path, folder: Path) -> bool:
    """Whether a path is a folder or lies below it, as both are written."""
    return path == folder or folder in path.parents


def _exists(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except (OSError, ValueError):
        return True  # reading it will say what is wrong


def _is_folder(entry: Path | os.DirEntry[str]) -> bool:
    """Not so for a link in a circle or behind a closed door; reading it as a file will say what is wrong."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_glob(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")
