"""Ordinary files made for a user: whole or not at all, never over another, never through a link out of their folder.

Their mode is what the umask allows, at most 0644: what is written here is meant to be read, and goes into git.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from reconciler.errors import OUTPUT_FAILED, ReconcilerError

MODE = 0o644  # less what the umask takes away


def make(path: Path, content: str, root: Path, *, durable: bool = True) -> bool:
    """Write a file that is not there yet, below ``root``; False where something of its name is there, which stays.
    ``durable`` waits until the disk has it.

    Raises RCN0304 where it cannot be written, and where a link leads out of ``root``.
    """
    try:
        draft = _draft(path, content, root, durable=durable)
        try:
            return _named(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise refused(path, error) from error


def put(path: Path, content: str, root: Path) -> None:
    """Write a file below ``root``, over the one that is there, whose mode it keeps. A link is replaced, not followed.

    Raises RCN0304 as ``make`` does.
    """
    try:
        draft = _draft(path, content, root)
        try:
            if path.is_file() and not path.is_symlink():
                draft.chmod(path.stat().st_mode & 0o777)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise refused(path, error) from error


def refused(path: Path, error: Exception) -> ReconcilerError:
    """Why a file cannot be written."""
    reason = getattr(error, "strerror", None) or str(error)
    return ReconcilerError(OUTPUT_FAILED, f"{path}: {reason}")


def _draft(path: Path, content: str, root: Path, *, durable: bool = True) -> Path:
    """The content in a file beside its place; the folders above are made."""
    _stays_below(path.parent, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{path.name[:100]}.{secrets.token_hex(6)}.tmp"
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content.encode("utf-8", "surrogateescape"))  # bytes that were no text stay what they were
            file.flush()
            if durable:
                os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    return draft


def _named(draft: Path, path: Path) -> bool:
    """Give the draft its name, unless that is taken."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            return False
        draft.replace(path)
    return True


def _stays_below(folder: Path, root: Path) -> None:
    real, allowed = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if real != allowed and allowed not in real.parents:
        raise ReconcilerError(OUTPUT_FAILED, f"{folder}: a link on the way leads out of {root}")
