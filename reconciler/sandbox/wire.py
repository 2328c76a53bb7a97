"""Answers and faults on the connection itself: bodies, cuts, resets and silence, in terms of ASGI and its transport."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Receive, Scope, Send

from reconciler.sandbox.exchange import Answer, Request

TRANSPORT = "sandbox.transport"


class ConnectionDropped(ConnectionResetError):
    """Raised in place of an answer where the app runs without a connection (in-process)."""


class ClientGone(Exception):
    """The client went away before its request was complete."""


def transport_of(send: Send) -> asyncio.Transport | None:
    """The connection behind uvicorn's `send`, which is a method of its request cycle; None in-process."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    return transport if isinstance(transport, asyncio.Transport) else None


async def read_request(scope: Scope, receive: Receive) -> Request:
    """The whole request; ClientGone where the client hangs up."""
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return Request(
        method=scope["method"],
        raw_path=raw_path.decode("latin-1"),
        raw_query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=b"".join(chunks),
        origin=f"{scope['scheme']}://{headers.get('host', '127.0.0.1')}",
    )


async def send_answer(send: Send, answer: Answer, *, spread: float = 0) -> None:
    """Send a whole answer; `spread` seconds stretch its body."""
    body = answer.encoded()
    await _start(send, answer, len(body))
    if spread and len(body) > 1:
        pieces = min(len(body), 10)
        size = -(-len(body) // pieces)
        for offset in range(0, len(body), size):
            await asyncio.sleep(spread / pieces)
            await send({"type": "http.response.body", "body": body[offset : offset + size], "more_body": True})
        body = b""
    await send({"type": "http.response.body", "body": body})


async def send_half(scope: Scope, receive: Receive, send: Send, answer: Answer) -> None:
    """Promise the whole body, send half of it, and close."""
    body = answer.encoded()
    await _start(send, answer, len(body) or 10)
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    transport = scope.get(TRANSPORT)
    if transport is None:
        raise ConnectionDropped("the answer was cut")
    transport.close()
    await _gone(receive)


async def drop(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """Close the connection without an answer: with a reset (RST), or an orderly end (FIN)."""
    transport = scope.get(TRANSPORT)
    if transport is None:
        raise ConnectionDropped("the connection was dropped")
    if reset:
        raw: Any = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _gone(receive)


async def hang(scope: Scope, receive: Receive, seconds: float | None) -> None:
    """Say nothing until the client gives up, or for some seconds; then the connection ends without an answer."""
    try:
        await asyncio.wait_for(_gone(receive), seconds)
    except TimeoutError:
        await drop(scope, receive, reset=False)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, answer: Answer, length: int) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if answer.data is not None and not any(name == b"content-type" for name, _ in headers):
        headers.append((b"content-type", answer.content_type.encode("latin-1")))
    if answer.status >= 200 and answer.status != 204:
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
