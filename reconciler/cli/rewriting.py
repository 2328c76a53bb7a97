"""Files of a user rewritten in place: as they were read, or not at all; whole, with their mode, where a link leads."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.newfile import put
from reconciler.document import read_bytes
from reconciler.document.file import changed
from reconciler.errors import MANIFEST_NOT_WRITABLE, Problems, ReconcilerError
from reconciler.model import Source


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A file, what it is called, the bytes that were read from it, and the text that it is to have."""

    path: Path
    name: str
    before: bytes
    after: str


def rewrite(files: Iterable[Rewriting]) -> None:
    """Write every file, once all of them are seen to be as they were read and open to be written.

    Raises Problems (RCN0192, RCN0193); where it is raised by the checks, nothing was written at all.
    """
    wanted = sorted(files, key=lambda file: file.name)
    faults = [fault for file in wanted if (fault := _fault(file)) is not None]
    if faults:
        raise Problems(faults)
    for file in wanted:
        real = _real(file.path)
        try:
            put(real, file.after, real.parent)
        except ReconcilerError as error:
            raise Problems([_closed(file.name, error.message.removeprefix(f"{real}: "))]) from error


def _fault(file: Rewriting) -> ReconcilerError | None:
    """Why a file may not be written; None where it may."""
    real = _real(file.path)
    try:
        now = read_bytes(real, file.name)
        mode = real.stat().st_mode
    except (Problems, OSError):
        return changed(file.name)
    if now != file.before:
        return changed(file.name)
    if not mode & 0o222 or not os.access(real, os.W_OK):
        return _closed(file.name, "it is read-only")
    if not os.access(real.parent, os.W_OK | os.X_OK):
        return _closed(file.name, "its folder is read-only")
    return None


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _closed(name: str, why: str) -> ReconcilerError:
    return ReconcilerError(MANIFEST_NOT_WRITABLE, f"{name} cannot be rewritten: {why}", source=Source(name, 1))
