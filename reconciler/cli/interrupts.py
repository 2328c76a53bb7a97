"""Signals: the first finishes and records what is under way, the second stops at once with the journal intact."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

from reconciler.cli.terminal import Terminal

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interrupts:
    """While it is entered, SIGINT, SIGTERM and SIGHUP set ``stop`` instead of ending the process."""

    def __init__(self, terminal: Terminal) -> None:
        self.stop = threading.Event()
        self._terminal = terminal
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._received) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def pause(self, seconds: float) -> None:
        """Sleep, but no longer than until the first signal."""
        self.stop.wait(seconds)

    def _received(self, number: int, frame: FrameType | None) -> None:
        if self.stop.is_set():
            # Every open write is in the journal as INTENT; the next apply settles it.
            os._exit(130)
        self.stop.set()
        name = signal.Signals(number).name
        message = f"\n{name}: finishing what is under way and recording it; once more stops at once.\n"
        os.write(2, message.encode())
