"""A deadline over a whole exchange. The HTTP library's timeouts start anew with every piece that arrives, so an answer
that drips would never end; here every single read and write gets what is left."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_LEAST = 0.001  # seconds; zero would mean non-blocking


class Deadline:
    """The end of the exchange that the current thread is in; each thread has its own."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Everything in the block ends within ``seconds``."""
        self._ends.at = self._clock() + seconds
        try:
            yield
        finally:
            self._ends.at = None

    def remaining(self) -> float:
        """Seconds left; infinite outside of an exchange."""
        at: float | None = getattr(self._ends, "at", None)
        return float("inf") if at is None else at - self._clock()

    def cut(self, timeout: float | None) -> float | None:
        """A timeout no longer than what is left."""
        left = self.remaining()
        if left == float("inf"):
            return timeout
        return max(_LEAST, left if timeout is None else min(timeout, left))


def bound_backend(transport: Any, deadline: Deadline) -> None:
    """Make the sockets of an httpx transport obey the deadline.

    The library takes a network backend in its pool only, and gives no way to hand one to it; without that attribute
    the check between the pieces of the body remains.
    """
    pool = getattr(transport, "_pool", None)
    backend = getattr(pool, "_network_backend", None)
    if pool is not None and backend is not None:
        pool._network_backend = _Backend(backend, deadline)


class _Backend:
    def __init__(self, inner: Any, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **more: Any) -> _Stream:
        return _Stream(self._inner.connect_tcp(host, port, timeout=self._deadline.cut(timeout), **more), self._deadline)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream:
    def __init__(self, inner: Any, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._inner.read(max_bytes, timeout=self._deadline.cut(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._deadline.cut(timeout))

    def close(self) -> None:
        # Closing alone would leave another thread waiting in a read of this socket until its deadline.
        sock = self._inner.get_extra_info("socket")
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.cut(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
