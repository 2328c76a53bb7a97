"""The sandbox in a process of its own, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Vendor:
    """A running sandbox and its control API."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def empty(self) -> None:
        """Nothing live any more, nothing in the log."""
        self.control("PUT", "store", "empty")
        self.control("DELETE", "requests")

    def set(self, **options: Any) -> None:
        """Latency in milliseconds, rate limits and what else can be switched."""
        self.control("PUT", "options", options)

    def requests(self) -> list[dict[str, Any]]:
        """What the vendors were asked since the log was emptied."""
        answer = self.control("GET", "requests")
        return list(answer["requests"])

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the control API."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data, headers, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def vendor(seed: Path | str) -> Iterator[Vendor]:
    """A sandbox with this seed, until the block ends."""
    port = _free_port()
    command = [sys.executable, "-m", "reconciler", "sandbox", "--port", str(port), "--seed", str(seed)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=os.environ.copy())
    try:
        running = Vendor(port)
        _wait(process, running)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], running: Vendor) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the sandbox ended with {process.returncode}")
        try:
            running.control("GET", "health")
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError("the sandbox does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
