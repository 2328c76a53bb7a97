"""A process that runs commands in children of its own, each of which may die by SIGKILL at its nth point.

It is started once (``python -m tests.simulation.mortal FOLDER``), imports everything, validates the project in the
folder so that schemas are read and compiled, and then forks for each line on its standard input:
``{"arguments": [...], "kill": n or null}``. It answers with a line of JSON: the exit code, the signal, how many points
were passed, and what the child wrote.
"""

from __future__ import annotations

import gc
import io
import itertools
import json
import mmap
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from typing import Any

_WARM = [
    "httpx",
    "deepdiff",
    "jsonschema_rs",
    "yaml",
    "reconciler.cli.main",
    "reconciler.cli.commands.apply",
    "reconciler.cli.commands.plan",
    "reconciler.cli.commands.resolve",
    "reconciler.cli.applying",
    "reconciler.cli.approving",
    "reconciler.apply",
    "reconciler.observe.impact",
    "reconciler.providers.enco",
    "reconciler.providers.customersure",
    "reconciler.providers.optimum",
    "reconciler.state.sqlite",
    "reconciler.report.plan_text",
    "reconciler.report.apply_report",
    "reconciler.report.rendering",
    "reconciler.state.sighting",
]


class Points:
    """Counts points over all threads, in memory that outlives the process; ends it at the nth."""

    def __init__(self, kill: int | None, shared: mmap.mmap) -> None:
        self._kill, self._shared = kill, shared
        self._numbers = itertools.count(1)
        self._turn = threading.Lock()

    def at(self, name: str) -> None:
        """Pass a point."""
        with self._turn:
            number = next(self._numbers)
            self._shared[0:64] = f"{number} {name}".encode().ljust(64)
            if number == self._kill:
                os.kill(os.getpid(), signal.SIGKILL)


class Batch:
    """A session's batch with a point before and after the commit of the outermost."""

    def __init__(self, session: Any, inner: Any, points: Points) -> None:
        self._session, self._inner, self._points = session, inner, points

    def __enter__(self) -> None:
        self._inner.__enter__()

    def __exit__(self, *error: Any) -> Any:
        counts = self._session.changed and self._session._depth == 1 and error[0] is None
        if counts:
            self._points.at("before the commit")
        ended = self._inner.__exit__(*error)
        if not self._session._depth:
            self._session.changed = False
        if counts:
            self._points.at("after the commit")
        return ended


def install(points: Points) -> None:
    """Put the points where a write is intended, leaves, is answered, and is recorded."""
    _install_journal(points)
    _install_wire(points)


def _install_journal(points: Points) -> None:
    from reconciler.state.writer import Writer

    intend, finish, batch = Writer.intend, Writer.finish, Writer.batch
    changing, end = Writer._changing, Writer.end

    def mortal_changing(self: Any) -> Any:
        self.changed = True
        return changing(self)

    def mortal_end(self: Any, *arguments: Any) -> None:
        self.changed = True
        end(self, *arguments)

    def mortal_intend(self: Writer, intents: Any) -> None:
        if intents:
            points.at("before the intent")
        intend(self, intents)

    def mortal_finish(self: Writer, *arguments: Any, **more: Any) -> None:
        points.at("before the record")
        finish(self, *arguments, **more)

    patched: Any = Writer
    patched.changed = False
    patched.intend, patched.finish, patched._changing, patched.end = (
        mortal_intend,
        mortal_finish,
        mortal_changing,
        mortal_end,
    )
    patched.batch = lambda self: Batch(self, batch(self), points)


def _install_wire(points: Points) -> None:
    import httpx

    send = httpx.Client.send

    def traced(event: str, _: Any) -> None:
        if event == "http11.send_request_body.complete":
            points.at("the bytes left")

    def mortal_send(self: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
        if request.method == "GET":
            return send(self, request, **more)
        points.at("before the first byte")
        request.extensions = {**request.extensions, "trace": traced}
        answer = send(self, request, **more)
        points.at("the answer began")
        body = b"".join(answer.iter_raw())
        answer.stream, answer.is_stream_consumed, answer.is_closed = httpx.ByteStream(body), False, False
        points.at("after the answer")
        return answer

    httpx.Client.send = mortal_send  # type: ignore[method-assign, assignment]


def in_child(work: Callable[[], int]) -> int:
    """The status of a forked child that does the work."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order."""
    from reconciler.cli.main import run

    shared = mmap.mmap(-1, 64)
    with tempfile.TemporaryFile("w+") as out:

        def work() -> int:
            install(Points(order["kill"], shared))
            with redirect_stdout(out), redirect_stderr(out):
                code = run(order["arguments"])
            out.flush()
            return code

        status = in_child(work)
        out.seek(0)
        text = out.read()
    number, _, name = shared[0:64].decode().strip("\0 ").partition(" ")
    return {
        "code": os.waitstatus_to_exitcode(status) if not os.WIFSIGNALED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "points": int(number or 0),
        "last": name,
        "text": text,
    }


def warm(folder: str) -> None:
    """Everything that a child would do again each time: imports, schemas, validators, and the HTTP client's own."""
    import httpx

    from reconciler.cli.main import run

    for name in _WARM:
        import_module(name)
    with suppress(ImportError):  # where the extra is not installed, its tests are not run either
        import_module("reconciler.state.postgres")
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        run(["-C", folder, "validate"])
    httpx.HTTPTransport(verify=False).close()
    gc.freeze()  # what is shared with the children is none of their collections'


def main() -> None:
    """Serve orders until the input ends."""
    warm(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)  # noqa: T201 (the answer to an order)


if __name__ == "__main__":
    main()
