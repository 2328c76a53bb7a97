"""Files read with care: regular ones only, never beyond the bound, never waiting for a pipe."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from reconciler import errors
from reconciler.document.text import MAX_BYTES, Text, decode, too_large
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Source


def read_file(path: Path, name: str, *, guarded: bool = False) -> Text:
    """A file as a text; ``name`` is what messages call it. Raises Problems."""
    return decode(read_bytes(path, name), name, guarded=guarded)


def read_bytes(path: Path, name: str, most: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file; raises Problems where it is none, cannot be read, or holds more than ``most``."""
    try:
        # Without O_NONBLOCK the open itself would wait for a pipe's other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise Problems([_not_a_file(name, found.st_mode)])
            data = _read(descriptor, found.st_size, most)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as failure:
        raise Problems([_unreadable(path, name, failure)]) from None
    if len(data) > most:
        raise Problems([too_large(name)])
    return data


def changed(name: str) -> ReconcilerError:
    """The error for a file that is another than the one that was read."""
    message = f"{name} was changed while it was being worked on, and is left as it is"
    return ReconcilerError(errors.MANIFEST_CHANGED, message, source=Source(name, 1))


def _read(descriptor: int, size: int, most: int) -> bytes:
    """All bytes, or some more than ``most``. The size may be wrong: a file grows, and files of /proc have none."""
    data = os.read(descriptor, min(size, most) + 1)
    while data and len(data) <= most and (more := os.read(descriptor, 65536)):
        data += more
    return data


def _not_a_file(name: str, mode: int) -> ReconcilerError:
    sorts = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    what = next((word for test, word in sorts if test(mode)), "a device")
    return ReconcilerError(errors.NOT_A_FILE, f"{name} is {what}, not a file", source=Source(name, 1))


def _unreadable(path: Path, name: str, failure: OSError | ValueError) -> ReconcilerError:
    if isinstance(failure, IsADirectoryError):
        return _not_a_file(name, stat.S_IFDIR)
    why = failure.strerror if isinstance(failure, OSError) and failure.strerror else "not a usable path"
    if isinstance(failure, FileNotFoundError) and path.is_symlink():
        why = "the link leads nowhere"
    return ReconcilerError(errors.UNREADABLE_FILE, f"{name} cannot be read: {why.lower()}", source=Source(name, 1))
