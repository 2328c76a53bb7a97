"""The requests the vendors received, kept in memory for tests to count; credentials are digested."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from reconciler.sandbox.exchange import Object, Request
from reconciler.sandbox.options import Options

_CREDENTIALS = {"authorization", "api-auth-token"}
_SECRET = re.compile(r"(client_secret=)[^&]*")


@dataclass(slots=True)
class Entry:
    """One request; `status` is None until it is answered, and stays so where the connection is dropped."""

    number: int
    vendor: str
    request: Request
    status: int | None = None
    faults: list[str] = field(default_factory=list)

    def as_dict(self) -> Object:
        """The entry as the control API shows it."""
        headers = dict(self.request.headers)
        for name in _CREDENTIALS & headers.keys():
            headers[name] = "sha256:" + sha256(headers[name].encode()).hexdigest()[:16]
        return {
            "number": self.number,
            "vendor": self.vendor,
            "method": self.request.method,
            "path": self.request.raw_path,
            "query": [list(pair) for pair in self.request.query],
            "headers": headers,
            "body": _shown_body(self.request),
            "status": self.status,
            "faults": self.faults,
        }


def _shown_body(request: Request) -> Any:
    if not request.body:
        return None
    try:
        return request.json
    except ValueError:
        return _SECRET.sub(r"\1***", request.body.decode("utf-8", "replace"))


class RequestLog:
    """The latest requests, oldest first; the counts go on when old entries fall out."""

    def __init__(self, options: Options) -> None:
        self._lock = threading.Lock()
        self._options = options
        self._entries: deque[Entry] = deque()
        self.total = 0

    def note(self, vendor: str, request: Request) -> Entry:
        """Keep a request; the caller fills in how it ended."""
        with self._lock:
            self.total += 1
            entry = Entry(self.total, vendor, request)
            self._entries.append(entry)
            while len(self._entries) > self._options.log_limit:
                self._entries.popleft()
            return entry

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self.total = 0

    def entries(self, vendor: str | None = None, method: str | None = None) -> list[Entry]:
        """The entries kept, of one vendor or method."""
        with self._lock:
            kept = list(self._entries)
        return [entry for entry in kept if vendor in (None, entry.vendor) and method in (None, entry.request.method)]
