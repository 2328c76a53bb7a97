"""Commands in forked children of one process that has imported everything: what a user runs, less Python's start.

``python -m tests.cli.nursery NUMBER`` serves a socket: a line of JSON says where, with what and in which environment,
and brings three open files, the child's standard streams. It answers with the child's process id, then its status.
A command whose Python starts in a way of its own (a variable of Python's, a terminal, a shell) is not for it.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

_ROOT = Path(__file__).resolve().parents[2]
_WIDTH = 12  # characters of a number that is answered


class Nursery:
    """The serving process, seen from a test. One command at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._ours, theirs = socket.socketpair()
        self._turn = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=_ROOT,
                env=dict(environment),
            )

    def run(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], given: str | None, longest: float
    ) -> tuple[int, str, str] | None:
        """Exit code, stdout and stderr of a command; None where another one is running. Raises TimeoutExpired."""
        if not self._turn.acquire(blocking=False):
            return None
        try:
            with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
                stdin.write((given or "").encode())
                stdin.seek(0)
                order = {"arguments": list(arguments), "cwd": str(cwd), "env": dict(env), "umask": _umask()}
                code = self._ordered(order, (stdin, out, err), longest)
                return code, _read(out), _read(err)
        finally:
            self._turn.release()

    def _ordered(self, order: dict[str, Any], streams: tuple[IO[bytes], ...], longest: float) -> int:
        handles = [stream.fileno() for stream in streams]
        socket.send_fds(self._ours, [json.dumps(order).encode() + b"\n"], handles)
        child = self._number()
        try:
            self._ours.settimeout(longest)
            return self._number()
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            self._ours.settimeout(None)
            self._number()
            raise subprocess.TimeoutExpired(order["arguments"], longest) from None

    def _number(self) -> int:
        return int(self._ours.recv(_WIDTH, socket.MSG_WAITALL))

    def close(self) -> None:
        """End it."""
        self._ours.close()
        self._process.wait(10)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _read(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8")


# --- the serving process ----------------------------------------------------------------------------------------------


def warm() -> None:
    """Everything that a child would do again each time: imports, schemas, validators, the HTTP client's own."""
    import httpx

    from reconciler.cli.main import COMMANDS, run
    from tests.cli.desk import CONNECTIONS, FIVE_KINDS

    for name in ("deepdiff", "reconciler.apply.recovery", "reconciler.observe.impact", "reconciler.report.rendering"):
        import_module(name)
    from reconciler.providers import PROVIDERS

    for module in PROVIDERS.values():
        import_module(module)
    with tempfile.TemporaryDirectory() as name, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        (Path(name) / "manifests").mkdir()
        (Path(name) / "reconciler.yaml").write_text(CONNECTIONS.format(url="http://127.0.0.1:9"), "utf-8")
        (Path(name) / "manifests" / "all.yaml").write_text(FIVE_KINDS, "utf-8")
        run(["-C", name, "validate"])
        run(["-C", name, "state", "list"])
        for command in COMMANDS:
            run([command, "--help"])
    httpx.HTTPTransport(verify=False).close()
    gc.freeze()  # what is shared with the children is none of their collections'


def live(order: dict[str, Any], handles: Sequence[int]) -> int:
    """A child's life, from its surroundings to its exit code."""
    for number, handle in enumerate(handles):
        os.dup2(handle, number)
        os.close(handle)
    os.umask(order["umask"])
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    tempfile.tempdir = None
    sys.argv = ["reconciler", *order["arguments"]]
    sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    from reconciler.cli.main import main

    try:
        main(order["arguments"])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def in_child(order: dict[str, Any], handles: Sequence[int], answers: socket.socket) -> None:
    """Fork, and end as the command does; what Python would still say at its end is said."""
    child = os.fork()
    if child:
        answers.sendall(f"{child:{_WIDTH}}".encode())
        status = os.waitpid(child, 0)[1]
        answers.sendall(f"{os.waitstatus_to_exitcode(status):{_WIDTH}}".encode())
        return
    code = 70
    try:
        answers.close()
        code = live(order, handles)
        gc.collect()  # sockets and files that nobody closed are told here
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def serve(answers: socket.socket) -> None:
    """One order after the other, until the other side is closed."""
    warm()
    while True:
        with suppress(KeyboardInterrupt):
            message, handles, _, _ = socket.recv_fds(answers, 1 << 16, 3)
            while message and not message.endswith(b"\n"):
                message += answers.recv(1 << 16)
            if not message:
                return
            in_child(json.loads(message), handles, answers)
            for handle in handles:
                os.close(handle)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
