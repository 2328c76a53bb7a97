"""The lock beside a SQLite state: an flock, which the system lets go of when its process dies, however it dies."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reconciler.errors import (
    STATE_DISK_FULL,
    STATE_LOCKED,
    STATE_READ_ONLY,
    STATE_UNREADABLE,
    ReconcilerError,
)
from reconciler.state import privacy
from reconciler.state.contract import Holding
from reconciler.state.holder import Holder

# Seconds; between taking the flock and writing its name, a holder is nameless, on a busy machine for a while.
_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 0.8)


class LockFile:
    """One attempt at the lock. The file stays when the lock is given back: removing it would let two in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self, holding: Holding) -> None:
        """Take the lock and write the holder's name into it; raises STATE_LOCKED naming the present holder."""
        while True:
            fd = _opened(self.path)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _same_file(fd, self.path):
                    _rewrite(fd, json.dumps(asdict(holding)).encode())
                    break
            except BlockingIOError:
                os.close(fd)
                raise locked(self.holding()) from None
            except OSError as error:
                os.close(fd)
                raise refused(error, self.path) from None
            os.close(fd)  # it was broken by force in between: another file has its name now
        self._fd = fd

    def release(self) -> None:
        """Give the lock back."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            try:
                os.ftruncate(fd, 0)
            finally:
                os.close(fd)

    def holding(self) -> Holding | None:
        """Who holds the lock, as far as it can be read; None where nobody wrote a name."""
        for pause in _PAUSES:
            try:
                named = _holding(json.loads(self.path.read_text(encoding="utf-8")))
                if named.holder.alive():
                    return named  # else it is the name that a dead one left, and the next one has not written its own
            except FileNotFoundError:
                return None
            except (OSError, ValueError, KeyError, TypeError):
                pass
            time.sleep(pause)
        return None

    def held(self) -> bool:
        """Whether a living process holds the lock. Makes nothing."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise refused(error, self.path) from None
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        return False

    def break_(self) -> None:
        """Take the file away from a living holder: its flock then guards a file that nobody looks at."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise refused(error, self.path) from None


def locked(holding: Holding | None) -> ReconcilerError:
    """The error that names who holds the state."""
    if holding is None:
        return ReconcilerError(STATE_LOCKED, "the state is locked by another run, which has not written its name yet")
    holder = holding.holder
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(holding.since))
    return ReconcilerError(
        STATE_LOCKED,
        f"the state is locked by {holder.user} on {holder.host} (process {holder.pid}), "
        f"running {holding.command!r} since {since}",
    )


def refused(error: OSError, path: Path) -> ReconcilerError:
    """What the operating system's refusal means for a state."""
    text = f"{path}: {error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ReconcilerError(STATE_DISK_FULL, text)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReconcilerError(STATE_READ_ONLY, text)
    return ReconcilerError(STATE_UNREADABLE, text)


def _opened(path: Path) -> int:
    try:
        privacy.make_folder(path.parent)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        privacy.narrow(fd)
        return fd
    except OSError as error:
        raise refused(error, path) from None


def _same_file(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


def _rewrite(fd: int, text: bytes) -> None:
    os.ftruncate(fd, 0)
    os.pwrite(fd, text, 0)


def _holding(value: Mapping[str, Any]) -> Holding:
    return Holding(**{**value, "holder": Holder(**value["holder"])})
