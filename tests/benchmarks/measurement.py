"""What a command costs: wall time, processor time, peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, seconds of processor time (the command and its children), peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


class Failed(Exception):
    """A command did not end as it should, so its figures mean nothing."""


def once(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str], ends: int = 0) -> Cost:
    """Run a command; raises Failed unless it exits with ``ends``."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != ends:
            output.seek(0)
            told = output.read().decode("utf-8", "replace")[-2000:]
            raise Failed(f"{' '.join(map(str, command))} ended with {process.returncode}, not {ends}:\n{told}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def median(runs: int, measure: Callable[[], Cost]) -> Cost:
    """The medians over some runs."""
    costs = [measure() for _ in range(runs)]
    return Cost(*(statistics.median(getattr(c, name) for c in costs) for name in ("wall", "cpu", "memory")))
