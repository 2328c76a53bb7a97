"""A wire that answers from a script, and a clock that only sleeping moves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.http import Transport, bearer
from reconciler.http.retry import Event
from reconciler.http.wire import Failed, Raw
from reconciler.model import JSON, Connection, Secret

TOKEN = "s3cret-token"
BASE = "https://api.vendor.example/v1"


@dataclass(frozen=True)
class Sent:
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    seconds: float

    @property
    def json(self) -> JSON:
        return json.loads(self.content or b"null")


@dataclass
class Clock:
    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@dataclass
class Told:
    """Somebody who watches, and what was told."""

    waited: list[tuple[str, int, float, bool]] = field(default_factory=list)
    read: list[tuple[str, str, str, int, int | None]] = field(default_factory=list)
    missed: list[tuple[str, str, float]] = field(default_factory=list)

    def misses(self, connection: str, why: str, left: float) -> None:
        """No answer."""
        self.missed.append((connection, why, left))

    def waits(self, connection: str, status: int, seconds: float, *, asked: bool) -> None:
        """A wait."""
        self.waited.append((connection, status, seconds, asked))

    def reads(self, connection: str, kind: str, noun: str, done: int, total: int | None) -> None:
        """A reading."""
        self.read.append((connection, kind, noun, done, total))


Outcome = Raw | Failed | Event


class Script:
    """Hands out the outcomes in order, or what ``answer`` makes of a request; remembers what was sent."""

    def __init__(
        self, outcomes: Iterable[Outcome] = (), answer: Callable[[Sent], Outcome] | None = None, cost: float = 0.0
    ) -> None:
        self.outcomes, self.answer, self.cost = list(outcomes), answer, cost
        self.sent: list[Sent] = []
        self.clock: Clock | None = None
        self.opened = self.closed = False
        self.lock = threading.Lock()

    def open(self) -> None:
        self.opened = True

    def exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float) -> Raw:
        sent = Sent(method, url, headers, content, seconds)
        with self.lock:
            self.sent.append(sent)
            outcome = self.answer(sent) if self.answer else self.outcomes.pop(0)
            if self.clock is not None:
                self.clock.at += self.cost
        if isinstance(outcome, Event):
            raise Failed(outcome, outcome.value)
        if isinstance(outcome, Failed):
            raise outcome
        return outcome

    def close(self) -> None:
        self.closed = True


def raw(status: int, body: JSON = None, /, *, text: str | None = None, **headers: str) -> Raw:
    """An answer; header names with underscores for dashes."""
    content = text.encode() if text is not None else b"" if body is None else json.dumps(body).encode()
    return Raw(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def connection(provider: str = "optimum", **settings: object) -> Connection:
    return Connection(name="main", provider=provider, base_url=str(settings.pop("base_url", BASE)), **settings)  # type: ignore[arg-type]


def transport(
    script: Script, clock: Clock | None = None, *, settings: dict[str, object] | None = None, **more: object
) -> Transport:
    clock = clock or Clock()
    script.clock = clock
    auth = more.pop("auth", None) or bearer(Secret(TOKEN))
    return Transport(
        connection(**(settings or {})),
        auth,  # type: ignore[arg-type]
        clock=clock,
        sleep=clock.sleep,
        now=lambda: 1_700_000_000.0,
        wire=script,
        **more,  # type: ignore[arg-type]
    )
