"""Running the sandbox: in a thread for tests and the demo, or in the foreground until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from reconciler.sandbox.app import SandboxApp, create_app
from reconciler.sandbox.faults import Faults
from reconciler.sandbox.options import Options
from reconciler.sandbox.requestlog import RequestLog
from reconciler.sandbox.seed import resolve_seed
from reconciler.sandbox.store import Store

HOST = "127.0.0.1"

Seed = str | Path | Mapping[str, Any] | None


class _Server(uvicorn.Server):
    """uvicorn that starts and stops at once: no polling, and what is under way at the end is cut off."""

    def __init__(self, app: SandboxApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=HOST,
                loop="asyncio",
                lifespan="off",
                ws="none",
                access_log=False,
                log_config=None,
                log_level="critical",
                server_header=False,
                date_header=False,
                timeout_keep_alive=120,
            )
        )
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        if self._stopping is not None and not self.should_exit:
            await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A connection that was just accepted takes a few turns of the loop until it is known here, and would leak
        # if the listener closed in between: first no more are accepted, then those are ended, then it closes.
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listener in server.sockets:
                loop.remove_reader(listener.fileno())
        for _ in range(10):
            for connection in list(self.server_state.connections):
                transport = getattr(connection, "transport", None)
                if transport is not None:
                    transport.abort()
            await asyncio.sleep(0)
        if tasks := list(self.server_state.tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=1)
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()

    def stop(self) -> None:
        """Ask for the end, from any thread; a second time does nothing."""
        self.should_exit = True
        loop, stopping = self._loop, self._stopping
        if loop is not None and stopping is not None:
            with suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(stopping.set)


class RunningSandbox:
    """A sandbox that serves on 127.0.0.1; leave the `with` block or call `stop()` to end it."""

    def __init__(self, app: SandboxApp, server: _Server, sock: socket.socket) -> None:
        self.app = app
        self._server = server
        self._sock = sock
        self.port: int = sock.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()
        if not server.ready.wait(10):
            raise RuntimeError("the sandbox did not start within 10 seconds")

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._sock]))

    @property
    def enco_url(self) -> str:
        """The base of Enco's surveys."""
        return f"{self.url}/enco/survey/1.0.0"

    @property
    def enco_token_url(self) -> str:
        """Where Enco issues tokens."""
        return f"{self.url}/enco/token"

    @property
    def customersure_url(self) -> str:
        """CustomerSure's base."""
        return f"{self.url}/customersure"

    @property
    def optimum_url(self) -> str:
        """Optimum's base."""
        return f"{self.url}/optimum/api/v1"

    @property
    def buenno_url(self) -> str:
        """Buenno's base."""
        return f"{self.url}/buenno/api/v01"

    @property
    def b2s_url(self) -> str:
        """B2S's base."""
        return f"{self.url}/b2s"

    @property
    def store(self) -> Store:
        """What the vendors hold."""
        return self.app.world.store

    @property
    def faults(self) -> Faults:
        """The rules in force."""
        return self.app.faults

    @property
    def options(self) -> Options:
        """The switches."""
        return self.app.world.options

    @property
    def log(self) -> RequestLog:
        """The requests received."""
        return self.app.log

    def stop(self) -> None:
        """End the server and wait for its thread; connections under way are cut."""
        self._server.stop()
        self._thread.join(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def start(
    port: int = 0,
    seed: Seed = None,
    latency: float = 0.0,
    options: Mapping[str, Any] | None = None,
    store_file: str | Path | None = None,
    faults: list[dict[str, Any]] | None = None,
) -> RunningSandbox:
    """Serve in a daemon thread; port 0 takes a free one, `latency` is milliseconds a request.

    `seed` is None (the waffle company), "empty", a mapping or a JSON file; a `store_file` that exists goes before it.
    Raises OSError for a port that is taken or a file that cannot be read, ValueError for an unusable seed or option.
    """
    app = _build(seed, latency, options, store_file, faults)
    return RunningSandbox(app, _Server(app), _bind(port))


def serve_forever(
    port: int = 0,
    seed: Seed = None,
    latency: float = 0.0,
    options: Mapping[str, Any] | None = None,
    store_file: str | Path | None = None,
    faults: list[dict[str, Any]] | None = None,
    on_ready: Callable[[RunningSandbox], None] | None = None,
) -> None:
    """As `start`, and block until SIGINT or SIGTERM; call from the main thread. `on_ready` is told where it listens."""
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with start(port, seed, latency, options, store_file, faults) as running:
            if on_ready is not None:
                on_ready(running)
            while not ended.wait(3600):
                pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _build(
    seed: Seed,
    latency: float,
    options: Mapping[str, Any] | None,
    store_file: str | Path | None,
    faults: list[dict[str, Any]] | None,
) -> SandboxApp:
    chosen = Options()
    chosen.update({"latency": latency} | dict(options or {}))
    return create_app(Store(resolve_seed(seed), store_file), Faults(faults), chosen)


def _bind(port: int) -> socket.socket:
    # With the protocol named, asyncio turns Nagle's algorithm off; an answer would wait 40 ms for its body otherwise.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    return sock
