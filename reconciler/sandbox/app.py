"""The ASGI application: the vendors and the control API mounted on one port, and a request's way through the faults."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.sandbox import b2s, buenno, control, customersure, effects, enco, optimum, wire
from reconciler.sandbox.exchange import Answer, Request
from reconciler.sandbox.faults import Fault, Faults
from reconciler.sandbox.options import Options
from reconciler.sandbox.pace import Pace
from reconciler.sandbox.requestlog import Entry, RequestLog
from reconciler.sandbox.store import Store
from reconciler.sandbox.world import World

VENDORS: dict[str, Callable[[World, Request], Answer]] = {
    "enco": enco.handle,
    "customersure": customersure.handle,
    "optimum": optimum.handle,
    "buenno": buenno.handle,
    "b2s": b2s.handle,
}


class SandboxApp:
    """Finds the endpoint by a path's first part, and remembers the connection so that a fault can break it.

    `log`, `world` and `faults` are open. The rest of a path is the endpoint's, whatever it holds: a line break too.
    """

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.log = RequestLog(world.options)
        pace = Pace(world.options)
        self._endpoints: dict[str, ASGIApp] = {
            name: VendorEndpoint(name, handler, world, faults, self.log, pace) for name, handler in VENDORS.items()
        }
        self._endpoints["_sandbox"] = ControlEndpoint(world, faults, self.log)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the server's other messages mean nothing here."""
        if scope["type"] != "http":
            return
        scope[wire.TRANSPORT] = wire.transport_of(send)
        endpoint = self._endpoints.get(scope["path"].split("/")[1])
        if endpoint is None:
            await wire.send_answer(send, Answer(404, {"error": "no such vendor; see /_sandbox/"}))
        else:
            await endpoint(scope, receive, send)


def create_app(store: Store, faults: Faults | None = None, options: Options | None = None) -> SandboxApp:
    """The vendors as an ASGI application over a store; in-process, a dropped connection is a ConnectionDropped."""
    return SandboxApp(World(store, options if options is not None else Options()), faults or Faults())


@dataclass(frozen=True, slots=True)
class VendorEndpoint:
    """One vendor behind log, pace and faults."""

    vendor: str
    handler: Callable[[World, Request], Answer]
    world: World
    faults: Faults
    log: RequestLog
    pace: Pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or fail as the faults say."""
        try:
            request = await wire.read_request(scope, receive)
        except wire.ClientGone:
            return
        entry = self.log.note(self.vendor, request)
        if self.world.options.latency:
            await asyncio.sleep(self.world.options.latency / 1000)
        answer = self.pace.refusal(self.vendor)
        struck = [] if answer else self.faults.strike(self.vendor, request)
        entry.faults = [fault.kind for fault in struck]
        exchange = Exchange(scope, receive, send, entry)
        if await exchange.fails(struck, before=True):
            return
        if answer is None:
            answer = self._process(request, struck)
        await exchange.finish(answer, struck)

    def _process(self, request: Request, struck: list[Fault]) -> Answer:
        with self.world.store.transaction():
            self.world.store.touches.clear()
            answer = self.handler(self.world, request)
            return effects.apply(self.world.store, self.vendor, answer, struck) if struck else answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """One connection's turn: where a fault ends it, and how an answer goes out."""

    scope: Scope
    receive: Receive
    send: Send
    entry: Entry

    async def fails(self, struck: list[Fault], *, before: bool) -> bool:
        """Act out the faults of before (or after) the processing; True where one of them was the end."""
        for fault in struck:
            if fault.kind == "drop_before" and before:
                await wire.drop(self.scope, self.receive, reset=False)
                return True
            if fault.kind == "drop_after" and not before:
                await wire.drop(self.scope, self.receive, reset=True)
                return True
            if fault.processed is before:
                continue
            if fault.kind == "delay":
                await asyncio.sleep(float(fault.value))
            elif fault.kind == "hang":
                await wire.hang(self.scope, self.receive, None if fault.value is True else float(fault.value))
                return True
            elif replaced := effects.replacement(self.entry.request, fault):
                await self._out(replaced)
                return True
        return False

    async def finish(self, answer: Answer, struck: list[Fault]) -> None:
        """Send the answer, by the manner that the faults leave it."""
        if await self.fails(struck, before=False):
            return
        spread = 0.0
        for fault in struck:
            if fault.kind == "cut":
                self.entry.status = None
                await wire.send_half(self.scope, self.receive, self.send, answer)
                return
            if fault.kind == "empty_body":
                answer = Answer(answer.status, b"", answer.headers, answer.content_type)
            elif fault.kind == "slow_body":
                spread = float(fault.value)
        await self._out(answer, spread)

    async def _out(self, answer: Answer, spread: float = 0) -> None:
        self.entry.status = answer.status
        await wire.send_answer(self.send, answer, spread=spread)


@dataclass(frozen=True, slots=True)
class ControlEndpoint:
    """The control API; neither logged nor faulted."""

    world: World
    faults: Faults
    log: RequestLog

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one control request."""
        try:
            request = await wire.read_request(scope, receive)
        except wire.ClientGone:
            return
        await wire.send_answer(send, control.handle(self.world, self.faults, self.log, request))
