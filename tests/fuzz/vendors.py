"""The vendors of the sandbox in this process, whose answers are changed on their way: a row of a table each."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any
from unittest.mock import patch

from reconciler.http.retry import Event
from reconciler.http.transport import Transport
from reconciler.http.wire import Failed, Raw
from reconciler.model import Connection, Secret
from reconciler.providers import PROVIDERS
from reconciler.providers.base import Provider
from reconciler.sandbox import seed
from reconciler.sandbox.app import SandboxApp, create_app
from reconciler.sandbox.store import Store
from tests.contract.providers.subjects import SUBJECTS, Subject
from tests.fuzz.odd import WORDS, changed, edited
from tests.fuzz.tape import Tape
from tests.simulation.wire import call

HOST = "http://127.0.0.1:9000"


@dataclass(frozen=True)
class Vendor:
    """How a vendor of the sandbox is reached; its kinds are the rows of the contract's table."""

    name: str
    path: str
    token: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subjects(self) -> list[Subject]:
        """What there is to ask of it."""
        return [subject for subject in SUBJECTS if subject.vendor == self.name]

    @property
    def base_url(self) -> str:
        """Where its API begins."""
        return f"{HOST}/{self.path}"

    @property
    def credentials(self) -> Mapping[str, str]:
        """The header that the sandbox takes."""
        if self.name == "buenno":
            return {"api-auth-token": self.token}
        basic = base64.b64encode(f"{self.token}:".encode()).decode()
        schemes = {"optimum": f"Basic {basic}", "customersure": f'Token token="{self.token}"'}
        return {"Authorization": schemes.get(self.name, f"Bearer {self.token}")}

    def connected(self, wire: Any, clock: Clock, base_url: str = "", *, retry_seconds: float = 3.0) -> Provider:
        """The product's own provider over a wire, its waits without waiting; over a real socket where there is none."""
        module = import_module(PROVIDERS[self.name])
        connection = Connection(
            self.name, self.name, base_url or self.base_url, timeout=1.0, concurrency=4, **self.settings
        )
        transport = partial(Transport, clock=clock.now, sleep=clock.sleep, now=clock.now, wire=wire)
        with patch.object(module, "Transport", transport):
            made: Provider = module.connect(connection, Secret(self.token), None, retry_seconds=retry_seconds, log=None)
        return made


VENDORS = [
    Vendor("enco", "enco/survey/1.0.0", seed.ENCO_TOKEN),
    Vendor("customersure", "customersure", seed.CUSTOMERSURE_TOKEN, {"company": "Acme Ltd"}),
    Vendor("optimum", "optimum/api/v1", seed.OPTIMUM_TOKEN),
    Vendor("buenno", "buenno/api/v01", seed.BUENNO_TOKEN),
    Vendor("b2s", "b2s", seed.B2S_TOKEN),
]


class Clock:
    """Time that only waiting moves."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def now(self) -> float:
        """Seconds since the epoch, and on a scale of their own."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Wait at once."""
        self.at += seconds


def sandbox() -> SandboxApp:
    """An application without objects."""
    return create_app(Store(seed.EMPTY))


class Changing:
    """An ``Exchanger``: what the sandbox answers, most of it changed as the tape says."""

    def __init__(self, app: SandboxApp, tape: Tape) -> None:
        self._app, self._tape = app, tape
        self.sent: list[str] = []

    def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float) -> Raw:
        """Answer, or fail."""
        self.sent.append(f"{method} {url}")
        path, _, query = url.removeprefix(HOST).partition("?")
        raw = call(self._app, method, path, query, headers, content or b"")
        if not self._tape.left or self._tape.rarely(4):
            return raw
        if self._tape.rarely(24):
            raise Failed(self._tape.pick(FAILURES), "the wire says so")
        return altered(self._tape, raw)


# What a wire that brings no whole answer may say.
FAILURES = [Event.LOST, Event.NOT_SENT, Event.MALFORMED, Event.TOO_LARGE, Event.MISDIRECTED, Event.UNTRUSTED]
STATUSES = [
    200,
    201,
    204,
    206,
    300,
    301,
    302,
    303,
    304,
    307,
    308,
    400,
    401,
    403,
    404,
    408,
    409,
    418,
    422,
    429,
    500,
    503,
    999,
]
BODIES = [
    *(b"", b" ", b"null", b"[]", b"{}", b"0", b'""', b"true", b"NaN", b"[1e999]", b"-Infinity", b"<html>no</html>"),
    *(b"\xff\xfe", b"\x1f\x8b\x08\x00junk", b'{"a": 1', b"[" * 5000, b'{"a":' * 900 + b"1" + b"}" * 900, b"9" * 5000),
    *(b'{"res": false, "msg": "\\u202e no"}', b'{"fault": {"code": 1, "message": null, "description": {}}}'),
    *(
        b'{"error": {"type": [1], "message": {"a": 1}, "param": 3}}',
        b'{"message": 1, "errors": [null, 1, "x", {"a": []}]}',
    ),
    *(
        b'{"errors": [{"field": [[]], "error": {}, "extra_info": {"a": [[[1]]]}}]}',
        b'{"data": null, "total_count": "3"}',
    ),
    *(
        b'{"data": [], "total_count": 1e308}',
        b'{"data": [{}], "total_count": -1}',
        b'[{"id": null}]',
        b'[{"id": "\\ud800"}]',
    ),
    *(
        b'[{"id": {}, "name": 1}, 3, null]',
        b'"\\ud800"',
        b'{"id": 3}',
        b'{"id": true, "deleted": "yes"}',
        b"[" + b"[]," * 9000,
    ),
]
HEADERS = {
    "link": [
        *('<>; rel="next"', "<<<<", '<https://evil.example/>; rel="next"', '<?page=2>; rel="next"', "<//x>; rel=next"),
        *('<http://[::1>; rel="next"', '<:::>; rel="next"', "<a>;rel=next" * 50, "<" * 5000, '</%zz\x00>; rel="next"'),
        *(f'<{HOST}/customersure/sites?page=2>; rel="next"', f'<{HOST}:x/>; rel="next"', "; rel=" * 3000),
    ],
    "x-total-count": ["", "-1", "3.5", "NaN", "9" * 400, "0x10", "٣", "1e9", "1,000", "\x00", "1000000000000"],
    "x-total-pages": ["0", "-1", "9" * 400, "99999999", "two", "2"],
    "retry-after": [
        "-1",
        "NaN",
        "1e999",
        "9" * 400,
        "Mon, 99 Foo 9999 99:99:99 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "",
    ],
    "location": [
        "",
        " ",
        "//evil.example",
        "http://127.0.0.1:9000/x",
        "http://[",
        "javascript:alert(1)",
        "\x00",
        "/" * 70000,
    ],
    "content-type": ["", "text/html", "application/json; charset=utf-16", "x"],
    "x-anything": WORDS,
}


def altered(tape: Tape, raw: Raw) -> Raw:
    """An answer with its body, its status or its headers changed."""
    status, headers, body = raw.status, dict(raw.headers), raw.body
    sort = tape.below(10)
    if sort < 5:
        body = _changed(tape, body)
    elif sort == 5:
        body = tape.pick(BODIES)
    elif sort == 6 and body:
        body = edited(tape, body)
    if sort == 7 or tape.rarely(8):
        status = tape.pick(STATUSES)
    if sort > 7 or tape.rarely(8):
        name = tape.pick(list(HEADERS))
        headers[name] = tape.pick(HEADERS[name])
    return Raw(status, headers, body)


def _changed(tape: Tape, body: bytes) -> bytes:
    try:
        return json.dumps(changed(tape, json.loads(body))).encode()
    except (ValueError, RecursionError):
        return edited(tape, body) if body else b"{}"


class Scripted:
    """An ``Exchanger`` whose answers are made of the URL alone; counts them."""

    def __init__(self, answer: Callable[[str], Raw]) -> None:
        self._answer = answer
        self.sent = 0

    def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float) -> Raw:
        """The answer to a URL."""
        self.sent += 1
        return self._answer(url)


LENGTHS = [b"0", b"-1", b"1", b"9" * 30, b"x", b"3, 4", b""]
ENCODINGS = [b"gzip", b"deflate", b"br", b"zstd", b"identity", b"gzip, gzip", b"x\xff"]


def on_the_wire(tape: Tape, raw: Raw) -> bytes:
    """An answer as bytes, whole or not."""
    headers = b"".join(_line(name, value) for name, value in raw.headers.items() if name.lower() != "content-length")
    body, length = raw.body, str(len(raw.body)).encode()
    match tape.below(9):
        case 0:
            length = tape.pick(LENGTHS)
        case 1:
            headers += b"Transfer-Encoding: chunked\r\n"
            body = tape.pick(
                [b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), b"zz\r\n", b"-1\r\n" + body, b"fffffffff\r\nx"]
            )
        case 2:
            headers += b"Content-Encoding: " + tape.pick(ENCODINGS) + b"\r\n"
            body = tape.pick([gzip.compress(body), zlib.compress(body), body, b"", gzip.compress(body)[:-5]])
            length = str(len(body)).encode()
        case 3:
            headers += tape.pick([b"x", b":", b" y: 1\r\n", b"\x00: 1\r\n", b"a\r b: 1\r\n", b"\xff\xfe: \xff\r\n"])
    start = tape.pick([b"HTTP/1.1 %d X\r\n"] * 8 + [b"HTTP/1.0 %d\r\n", b"HTTP/9.9 %d X\r\n", b"%d\r\n", b"\xff%d\r\n"])
    data = start % raw.status + headers + b"Content-Length: " + length + b"\r\n\r\n" + body
    return edited(tape, data) if tape.rarely(4) else data


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("latin-1", "replace")
