"""Who a run is: host, process, user, and when the process began, so that a reused process id is not mistaken for it."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that may hold a lock. ``started`` is the system's own mark of its start, None where it tells none."""

    host: str
    pid: int
    user: str
    started: str | None = None

    @classmethod
    def here(cls) -> Holder:
        """This process."""
        return cls(socket.gethostname(), os.getpid(), _user(), process_start(os.getpid()))

    def alive(self) -> bool:
        """Whether the process still runs; a process of another host is taken to live."""
        if self.host != socket.gethostname():
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return self.started is None or process_start(self.pid) in (None, self.started)


def process_start(pid: int) -> str | None:
    """When a process began, in clock ticks since the boot (Linux); None where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command's name stands in brackets and may hold spaces; the start time is the 20th field after it.
    fields = stat.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else None


def _user() -> str:
    name = os.environ.get("USER") or os.environ.get("LOGNAME") or os.environ.get("USERNAME")
    if name:
        return name
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
