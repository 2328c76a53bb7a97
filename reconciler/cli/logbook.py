"""The log of a run (--log-file, and with -v on stderr): what was asked of whom, and how the run ended.

A line is ``key=value`` pairs, in the file behind the time in UTC. The transport writes those of requests, and keeps
headers, bodies and personal values out of them.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from reconciler.cli.terminal import Terminal


class Logbook:
    """Open until ``close``. Thread-safe: a line is one write at the file's end. A full disk stops no run."""

    def __init__(self, terminal: Terminal | None) -> None:
        """``terminal`` is where requests are told as well, if anywhere."""
        self._terminal = terminal
        self._fd: int | None = None

    def keep_in(self, path: Path) -> None:
        """From now on write into a file too, at its end; raises RCN0304 where it cannot be opened."""
        from reconciler.state.privacy import open_for_appending

        try:
            self._fd = open_for_appending(path)
        except OSError as error:
            from reconciler.errors import OUTPUT_FAILED, ReconcilerError

            raise ReconcilerError(OUTPUT_FAILED, f"{path}: {error.strerror}") from error

    @property
    def wanted(self) -> bool:
        """Whether anybody reads it."""
        return self._terminal is not None or self._fd is not None

    def request(self, line: str) -> None:
        """A request, as the transport tells it."""
        if self._terminal is not None:
            self._terminal.say(line)
        self.note(line)

    def note(self, line: str) -> None:
        """A line of the file alone."""
        if self._fd is not None:
            text = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {line}\n"
            with suppress(OSError):
                os.write(self._fd, text.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Let go of the file."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)
