"""Files for their owner alone: mode 0600 in folders of mode 0700, whatever the umask and whoever made them before.

Our own folder in a project, ``.reconciler``, holds the state and the archive: when it is made, git is told to leave it
alone. A folder of another name that somebody keeps a state in is made closed, but never closed afterwards.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

FOLDER = ".reconciler"
_FILE, _FOLDER = 0o600, 0o700


def make_folder(path: Path) -> None:
    """Make a folder and what is missing above it; close what of it is ours. Raises OSError."""
    upward = (path, *path.parents)
    own = next((folder for folder in upward if folder.name == FOLDER), None)
    missing = [folder for folder in upward if not folder.exists()]
    for folder in reversed(missing):
        with suppress(FileExistsError):  # another run was quicker
            folder.mkdir(_FOLDER)
    if own is not None and own in missing:
        ignored_by_git(own)
    for folder in upward[: upward.index(own) + 1] if own else ():
        _narrow(folder)


def ignored_by_git(folder: Path) -> None:
    """Tell git to leave everything in a folder alone, where nobody has said anything about it."""
    with suppress(OSError):  # it only spares a line in somebody's own .gitignore
        fd = os.open(folder / ".gitignore", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE)
        with os.fdopen(fd, "w", encoding="ascii") as file:
            file.write("*\n")


def close_to_others(path: Path) -> None:
    """Take others' access to a file away, where it is there and ours; what cannot be changed stays."""
    with suppress(OSError):
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            narrow(fd)
        finally:
            os.close(fd)


def narrow(fd: int) -> None:
    """The same for an open file; a pipe or a terminal is left as it is."""
    found = os.fstat(fd)
    if stat.S_ISREG(found.st_mode) and _wide(found):
        with suppress(OSError):
            os.fchmod(fd, _FILE)


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, onto the disk before it has its name. Raises OSError."""
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(fd, "wb") as file:
            os.fchmod(file.fileno(), _FILE)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise


def open_for_appending(path: Path) -> int:
    """A descriptor at a file's end; the file is made where it is missing. Raises OSError."""
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _FILE)
    narrow(fd)
    return fd


def _narrow(folder: Path) -> None:
    with suppress(OSError):
        if _wide(folder.stat()):
            folder.chmod(_FOLDER)


def _wide(found: os.stat_result) -> bool:
    return bool(found.st_mode & 0o077) and found.st_uid == os.geteuid()
