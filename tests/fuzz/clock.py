"""The time that work takes, without what other processes took of this machine meanwhile."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

_SCHEDULE = Path("/proc/thread-self/schedstat")


def seconds() -> float:
    """A clock that stands while this thread could run and gets no processor; asleep and waiting count.

    Where the system does not tell (anything but Linux) it is the clock on the wall.
    """
    return time.perf_counter() - (_waited() if _told() else 0.0)


def _waited() -> float:
    return int(_SCHEDULE.read_text().split()[1]) / 1e9


@cache
def _told() -> bool:
    try:
        return _waited() >= 0
    except (OSError, ValueError, IndexError):
        return False
