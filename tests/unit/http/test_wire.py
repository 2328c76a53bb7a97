"""The real socket side: deadlines, caps, cut answers, and an environment that has no say."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from reconciler.errors import CA_FILE_UNREADABLE, ReconcilerError, Uncertain
from reconciler.http import Purpose, Request, Transport, bearer
from reconciler.http.retry import Event
from reconciler.http.wire import Failed, Raw, Wire
from reconciler.model import Connection, Secret

Talk = Callable[[socket.socket], None]


@contextmanager
def server(talk: Talk) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads one request a connection and then talks as told."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(5)
                try:
                    heard.append(peer.recv(65536))
                    talk(peer)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def wire(base: str, *, body_cap: int = 1000, **settings: object) -> Wire:
    connection = Connection(name="main", provider="optimum", base_url=base, **settings)  # type: ignore[arg-type]
    return Wire(connection, clock=time.monotonic, body_cap=body_cap)


def exchange(talk: Talk, seconds: float = 1.0) -> Event:
    with server(talk) as (base, _):
        it = wire(base)
        try:
            with pytest.raises(Failed) as caught:
                it.exchange("GET", base + "/x", {"Authorization": "Bearer s3cret"}, None, seconds)
        finally:
            it.close()
        assert "s3cret" not in repr(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
        return caught.value.event


def drip(first: bytes, piece: bytes) -> Talk:
    def talk(peer: socket.socket) -> None:
        peer.sendall(first)
        for _ in range(100):
            peer.sendall(piece)
            time.sleep(0.02)

    return talk


def reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


BOMB = gzip.compress(b" " * 3_000_000)


@pytest.mark.parametrize(
    ("talk", "event", "reason"),
    [
        (lambda peer: time.sleep(0.6), Event.LOST, "no answer at all"),
        (drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), Event.LOST, "headers that drip"),
        (drip(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"x"), Event.LOST, "a body that drips"),
        (lambda peer: None, Event.LOST, "closed without an answer"),
        (reset, Event.LOST, "reset"),
        (lambda peer: peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[1,"), Event.LOST, "a cut body"),
        (lambda peer: peer.sendall(b"SMTP ready\r\n\r\n"), Event.LOST, "not HTTP"),
        (
            lambda peer: peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000),
            Event.TOO_LARGE,
            "over the cap",
        ),
        (
            lambda peer: peer.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB
            ),
            Event.TOO_LARGE,
            "over the cap after decompression",
        ),
        (
            lambda peer: peer.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\xff\xff\xff\xff"
            ),
            Event.MALFORMED,
            "compression that is none",
        ),
    ],
)
def test_an_answer_that_is_not_whole_is_told_apart(talk: Talk, event: Event, reason: str) -> None:
    """Lost, too large or broken; never an exception of the HTTP library, never late."""
    began = time.monotonic()
    assert exchange(talk, 0.3) is event, reason
    assert time.monotonic() - began < 2.5


def said(head: bytes, body: bytes = b"") -> Talk:
    """A server that says these bytes and ends."""

    def talk(peer: socket.socket) -> None:
        peer.sendall(head + b"\r\n\r\n" + body)

    return talk


def encoded(encoding: bytes, body: bytes) -> Talk:
    return said(b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d" % (encoding, len(body)), body)


def whole(talk: Talk) -> Raw:
    with server(talk) as (base, _):
        it = wire(base)
        try:
            return it.exchange("GET", base + "/x", {}, None, 2.0)
        finally:
            it.close()


DEFLATED = zlib.compress(b" " * 3_000_000)
NESTED = gzip.compress(gzip.compress(b" " * 30_000_000))
PACKED = gzip.compress(b'{"a": 1}')
ODD = [
    (encoded(b"gzip, gzip", NESTED), Event.MALFORMED, "a bomb in a bomb, which grows a million times"),
    (encoded(b"gzip, gzip", gzip.compress(PACKED)), Event.MALFORMED, "packed twice, though it is small"),
    (encoded(b"deflate", DEFLATED), Event.MALFORMED, "a packing that was not asked for"),
    (encoded(b"br", b"\x1b" * 99), Event.MALFORMED, "another packing that was not asked for"),
    (encoded(b"zstd", b"\x28\xb5\x2f\xfd"), Event.MALFORMED, "a third"),
    (encoded(b"gzip", PACKED[:-9]), Event.MALFORMED, "gzip that was cut before it was sent"),
    (encoded(b"gzip", PACKED[:-8] + b"\0" * 8), Event.MALFORMED, "gzip whose checksum is wrong"),
    (said(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"zz\r\nhello\r\n"), Event.LOST, "chunks that are none"),
    (said(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"5\r\n[1,2]\r\n"), Event.LOST, "no last chunk"),
    (said(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"-5\r\n[1,2]\r\n"), Event.LOST, "a chunk below zero"),
    (said(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"f" * 30), Event.LOST, "a chunk without end"),
    (said(b"HTTP/1.1 200 OK\r\nContent-Length: -1"), Event.LOST, "a length below zero"),
    (said(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3", b"{}"), Event.LOST, "two lengths"),
    (said(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000), Event.LOST, "a header without end"),
    (said(b"HTTP/1.1 200 OK\r\nno colon"), Event.LOST, "a header that is none"),
    (said(b"HTTP/1.1 200 OK\r\nX: a\x00b"), Event.LOST, "NUL in a header"),
    (said(b"HTTP/1.1 000 Nothing"), Event.LOST, "status 0"),
    (said(b"HTTP/1.1 20 OK"), Event.LOST, "a status of two digits"),
    (said(b"HTTP/1.1 OK"), Event.LOST, "no status"),
    (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Event.LOST, "one 100 after the other"),
    (said(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade"), Event.LOST, "another protocol"),
]


@pytest.mark.parametrize(("talk", "event", "reason"), ODD, ids=[case[2] for case in ODD])
def test_an_odd_answer_is_no_answer(talk: Talk, event: Event, reason: str) -> None:
    """What no server of sense sends ends soon, as a declared failure, and takes no room."""
    began = time.monotonic()
    tracemalloc.start()
    try:
        assert exchange(talk, 0.3) is event, reason
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < 2.5


READ_ALL_THE_SAME = [
    (encoded(b"gzip", PACKED), 200, b'{"a": 1}', "gzip, as asked for"),
    (encoded(b"GZip", PACKED), 200, b'{"a": 1}', "in other letters"),
    (encoded(b"x-gzip", PACKED), 200, b'{"a": 1}', "by its old name"),
    (encoded(b"identity", b"{}"), 200, b"{}", "not packed, and said so"),
    (encoded(b"", b"{}"), 200, b"{}", "an encoding without a name"),
    (encoded(b"gzip", b""), 200, b"", "packed, and nothing there"),
    (encoded(b"gzip", PACKED + b"\0" * 3), 200, b'{"a": 1}', "filled up behind its end"),
    (said(b"HTTP/1.1 200\r\nContent-Length: 2", b"{}"), 200, b"{}", "no reason behind the status"),
    (said(b"HTTP/1.1 200 \r\nContent-Length: 2", b"{}"), 200, b"{}", "an empty reason"),
    (said(b"HTTP/1.1 200 \xff\xfe\r\nContent-Length: 2", b"{}"), 200, b"{}", "a reason that is no text"),
    (said(b"HTTP/1.1 999 What\r\nContent-Length: 2", b"{}"), 999, b"{}", "a status that is none"),
    (said(b"HTTP/1.1 204 No Content"), 204, b"", "no body, as announced"),
    (said(b"HTTP/1.0 200 OK", b"{}"), 200, b"{}", "an old server that ends with the connection"),
    (said(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2", b"{}"), 200, b"{}", "hints"),
    (said(b"HTTP/1.1 401 No\r\nContent-Encoding: br\r\nContent-Length: 2", b"xx"), 401, b"", "an error"),
    (said(b"HTTP/1.1 429 No\r\nContent-Encoding: gzip\r\nContent-Length: 2", b"xx"), 429, b"", "so does a 429"),
    (said(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n"), 200, b"{}", "chunks"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("talk", "status", "body", "reason"), READ_ALL_THE_SAME, ids=[case[3] for case in READ_ALL_THE_SAME]
)
def test_an_unusual_answer_is_read(talk: Talk, status: int, body: bytes, reason: str) -> None:
    """What is whole and means one thing only is taken, however it is spelled."""
    raw = whole(talk)
    assert (raw.status, raw.body) == (status, body), reason


def test_no_connection_is_certain() -> None:
    """A refused connection means that nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    it = wire(f"http://127.0.0.1:{port}")
    with pytest.raises(Failed) as caught:
        it.exchange("POST", f"http://127.0.0.1:{port}/x", {}, b"{}", 1.0)
    assert caught.value.event is Event.NOT_SENT
    it.close()


def test_a_whole_answer_comes_back_and_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies of the environment are ignored, gzip is undone, cookies are not kept."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    body = gzip.compress(b'{"a": 1}')

    def talk(peer: socket.socket) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: id=1; Path=/\r\nX-Total-Count: 3\r\n"
        peer.sendall(head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with server(talk) as (base, heard):
        it = wire(base)
        for _ in range(2):
            raw = it.exchange("GET", base + "/sites/a%2Fb/%2E%2E?states[]=a%2Bb", {"User-Agent": "Åke"}, None, 2.0)
        it.close()
    assert (raw.status, raw.body, raw.headers["x-total-count"]) == (200, b'{"a": 1}', "3")
    assert heard[0].startswith(b"GET /sites/a%2Fb/%2E%2E?states[]=a%2Bb HTTP/1.1\r\n")
    assert "User-Agent: Åke\r\n".encode("latin-1") in heard[0]
    assert b"cookie" not in heard[1].lower()


def test_a_configured_proxy_is_used() -> None:
    """The connection's proxy gets the request."""

    def talk(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with server(talk) as (proxy, heard):
        it = wire("http://127.0.0.1:9", proxy=proxy)
        assert it.exchange("GET", "http://127.0.0.1:9/x", {}, None, 2.0).body == b"{}"
        it.close()
    assert heard[0].startswith(b"GET http://127.0.0.1:9/x HTTP/1.1")


def test_an_unreadable_certificate_file_is_a_mistake_of_the_project() -> None:
    """caFile is checked when the connection is opened."""
    it = wire("https://127.0.0.1:9", ca_file="/does/not/exist.pem")
    with pytest.raises(ReconcilerError) as caught:
        it.exchange("GET", "https://127.0.0.1:9/x", {}, None, 1.0)
    assert (caught.value.code, caught.value.exit_code) == (CA_FILE_UNREADABLE, 3)


def test_a_create_whose_answer_is_cut_is_uncertain_end_to_end() -> None:
    """From socket to error: one connection, one request."""

    def talk(peer: socket.socket) -> None:
        peer.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"id": ')

    with server(talk) as (base, heard):
        client = Transport(Connection(name="main", provider="optimum", base_url=base), bearer(Secret("t")))
        with pytest.raises(Uncertain):
            client.send(Request("POST", "/x", Purpose.ONCE, json={}))
        client.close()
    assert len(heard) == 1


def test_importing_the_transport_does_not_import_httpx() -> None:
    """The start of every command would pay for it."""
    code = (
        "import sys, reconciler.http, reconciler.providers, reconciler.providers.enco, reconciler.observe; "
        "print('httpx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
