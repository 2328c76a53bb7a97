"""How much memory the process holds at its largest, as Linux counts it; elsewhere nothing is weighed."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from functools import cache
from pathlib import Path

_STATUS, _MARK = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_SLACK = 32_000_000  # bytes that the allocator may keep of earlier cases before they are asked back
_trimmed = [0]  # what the process held when they were asked back last


def scale() -> Callable[[], int]:
    """From now on: by how many bytes the process grew at its largest. Whatever holds memory counts, Python or not."""
    if not _told():
        return lambda: 0
    if _read("VmRSS:") > _trimmed[-1] + _SLACK:
        gc.collect()
        _allocator().malloc_trim(0)
        _trimmed[:] = [_read("VmRSS:")]
    _MARK.write_text("5")
    before = _read("VmHWM:")
    return lambda: _read("VmHWM:") - before


@cache
def _told() -> bool:
    """Whether the high-water mark can be set back here."""
    try:
        _MARK.write_text("5")
        _allocator().malloc_trim(0)
    except (OSError, AttributeError):
        return False
    return True


@cache
def _allocator() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _read(name: str) -> int:
    status = _STATUS.read_text()
    at = status.index(name) + len(name)
    return int(status[at : status.index("kB", at)]) * 1024
