"""A server that answers with any bytes: what a vendor's HTTP library would never let out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class RawServer:
    """Reads a request's head, writes what ``answer`` makes of it (method and target), and hangs up."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.answer: Callable[[str], bytes] = lambda line: b""

    def serve(self) -> None:
        """Until the listener is closed."""
        with suppress(OSError):
            while True:
                taken, _ = self._listener.accept()
                with taken, suppress(OSError, ValueError):
                    self._one(taken)

    def _one(self, taken: socket.socket) -> None:
        taken.settimeout(2)
        data = b""
        while b"\r\n\r\n" not in data and (more := taken.recv(65536)):
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length and (more := taken.recv(65536)):
            body += more
        taken.sendall(self.answer(head.split(b"\r\n")[0].decode("latin-1")))
        taken.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Stop."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def serving() -> Iterator[RawServer]:
    """A server on a free port of loopback."""
    server = RawServer()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(5)
