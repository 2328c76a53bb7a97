"""A process that runs one command in many children of its own, all at the same moment.

It is started once (``python -m tests.contract.state.crowd``), imports everything, and then forks for each line on its
standard input: ``{"arguments": [...], "count": n}``. A child that is about to write to a vendor waits at a door until
every other child has ended or waits there too; so it is not a matter of speed how many get that far. It answers with a
line of JSON: how many came to the door, and of each child its process id, exit code and what it wrote.
"""

from __future__ import annotations

import json
import os
import select
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any

from tests.simulation.mortal import _WARM

PATIENCE = 30.0  # seconds for the crowd to settle
_MORE = ["sqlalchemy.dialects.postgresql", "psycopg", "reconciler.state.postgres"]


@dataclass(frozen=True)
class Door:
    """Pipes: ``knock`` tells that somebody came, ``bell`` ends when the door is open, ``start`` when all may begin."""

    knock: tuple[int, int]
    bell: tuple[int, int]
    start: tuple[int, int]

    def enter(self) -> None:
        """A child's side: knock, and wait until it is opened."""
        os.write(self.knock[1], b".")
        os.read(self.bell[0], 1)


def _child(door: Door, arguments: list[str], out: IO[str]) -> int:
    import httpx

    from reconciler.cli.main import run

    for pipe in (door.bell, door.start):
        os.close(pipe[1])
    send, knocked = httpx.Client.send, []

    def waiting_send(self: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
        if request.method != "GET" and not knocked:
            knocked.append(1)
            door.enter()
        return send(self, request, **more)

    httpx.Client.send = waiting_send  # type: ignore[method-assign, assignment]
    os.read(door.start[0], 1)
    with redirect_stdout(out), redirect_stderr(out):
        code = run(arguments)
    out.flush()
    return code


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order."""
    door = Door(os.pipe(), os.pipe(), os.pipe())
    children: dict[int, IO[str]] = {}
    for _ in range(order["count"]):
        out = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed below)
        child = os.fork()
        if child == 0:
            code = 70
            try:
                code = _child(door, order["arguments"], out)
            finally:
                os._exit(code)
        children[child] = out
    os.close(door.start[1])
    ended, writers = _settled(door, set(children))
    os.close(door.bell[1])
    for child in children.keys() - ended.keys():
        ended[child] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for end in (*door.knock, door.bell[0], door.start[0]):
        os.close(end)
    return {"writers": writers, "children": [_told(child, ended[child], out) for child, out in children.items()]}


def _settled(door: Door, children: set[int]) -> tuple[dict[int, int], int]:
    """Wait until every child has ended or stands at the door; the exit codes so far, and how many stand there."""
    ended: dict[int, int] = {}
    writers, until = 0, time.monotonic() + PATIENCE
    while len(ended) + writers < len(children) and time.monotonic() < until:
        if select.select([door.knock[0]], [], [], 0.01)[0]:
            writers += len(os.read(door.knock[0], 1024))
        for child in children - ended.keys():
            with suppress(ChildProcessError):
                found, status = os.waitpid(child, os.WNOHANG)
                if found:
                    ended[child] = os.waitstatus_to_exitcode(status)
    return ended, writers


def _told(child: int, code: int, out: IO[str]) -> dict[str, Any]:
    with out:
        out.seek(0)
        return {"pid": child, "code": code, "text": out.read()}


def main() -> None:
    """Serve orders until the input ends."""
    for name in (*_WARM, *_MORE):
        with suppress(ImportError):
            import_module(name)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)  # noqa: T201 (the answer to an order)


if __name__ == "__main__":
    main()
