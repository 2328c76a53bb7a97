"""The one way to a vendor: authorised, paced, redirected by hand, retried where that is safe, read to the end or not
at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from reconciler import __version__
from reconciler.errors import ReconcilerError, Uncertain
from reconciler.http.credentials import Authorizer, fit
from reconciler.http.decoding import decoded
from reconciler.http.message import Answer, Expect, Purpose, Request
from reconciler.http.pacer import Pacer
from reconciler.http.pulse import Pulse
from reconciler.http.redaction import cleaned, repeats, without
from reconciler.http.redirect import FOLLOWED, MOST_HOPS, Trail
from reconciler.http.refusal import failure, refusal
from reconciler.http.retry import UNREADABLE_TRIES, Event, backoff, event_of, in_doubt, may_repeat
from reconciler.http.url import shown, target
from reconciler.http.watch import Watch
from reconciler.http.wire import Failed, Raw, Wire
from reconciler.http.words import said, visible
from reconciler.model import JSON, Calls, Connection
from reconciler.model.checkup import Vitals

Log = Callable[[str], None]
Limit = Callable[[int, Mapping[str, str], str, float], float | None]
"""Status, headers and words of an error, and the time now (epoch seconds) -> for how many seconds nothing may be sent,
where the answer is a rate limit's. For an API that says it otherwise than by a 429 with Retry-After."""
_LONGEST_ERROR = 256 * 1024  # bytes of an error's body that are looked into for what it says
_LONGEST_TEXT = 4000  # bytes of one in plain text; more than is shown, so that nothing is hidden by half
_MOST_PARTS = 1_000_000  # lists and objects in one answer
_LONGEST_LINE = 1000  # characters of the log


class Exchanger(Protocol):
    """What the transport needs below itself; ``Wire`` is the real one."""

    def open(self) -> None:
        """Make ready, so that what is sent leaves at once."""
        ...

    def exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float) -> Raw:
        """Send and read the whole answer."""
        ...

    def close(self) -> None:
        """Let go of the sockets."""
        ...


@dataclass(slots=True)
class _Tries:
    """What is remembered between the tries of one request."""

    started: float | None = None  # when the first try left; waiting for its turn does not count
    count: int = 0
    malformed: int = 0
    doubtful: bool = False
    renewed: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class _Try:
    event: Event
    why: str = ""
    raw: Raw | None = None
    url: str = ""
    json: JSON = None
    authorization: str = field(default="", repr=False)
    pause: float | None = None  # seconds, where a rate limit says how long

    def refused_with(self, statuses: frozenset[int]) -> bool:
        """Whether it is a refusal with one of these."""
        return self.event is Event.REFUSED and self.raw is not None and self.raw.status in statuses


class Transport:
    """Requests of one connection. Thread-safe; httpx is imported at the first request.

    ``headers`` go with every request, the credentials only to the connection's origin, which no request leaves.
    ``retry_seconds`` bounds all tries of a request together; the connection's ``timeout`` bounds each of them.
    """

    def __init__(
        self,
        connection: Connection,
        auth: Authorizer,
        *,
        headers: Mapping[str, str] | None = None,
        retry_seconds: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        now: Callable[[], float] = time.time,
        limit: Limit | None = None,
        log: Log | None = None,
        watch: Watch | None = None,
        wire: Exchanger | None = None,
    ) -> None:
        self.connection = connection
        self._auth, self._retry_seconds = auth, retry_seconds
        self._headers = {"User-Agent": f"reconciler/{__version__}", "Accept": "application/json", **(headers or {})}
        for name, value in self._headers.items():
            fit(value, f"connection {connection.name}: the header {name}")
        self._closed = threading.Event()
        self._sleep = sleep or self._doze
        self._clock, self._now, self._limit, self._log, self._watch = clock, now, limit, log, watch
        self._wire: Exchanger = wire or Wire(connection, clock=clock)
        self._pacer = Pacer(connection.requests_per_second, clock=clock, sleep=self._sleep)
        self._in_flight = threading.BoundedSemaphore(max(1, connection.concurrency))
        self._trail, self._pulse = Trail(), Pulse()
        self._counting = threading.Lock()
        self._reads = self._writes = 0

    def send(self, request: Request) -> Answer:
        """The definite answer to a request, sent again only where that is safe.

        Raises a ReconcilerError: 04xx refused credentials, 05xx no readable answer, 093x a write that was refused;
        ``Uncertain`` for a write of which nobody knows whether it was carried out.
        """
        url = target(self.connection.base_url, request.path, request.query)
        headers, content = self._encoded(request)
        tries = _Tries()
        try:
            while True:
                attempt = self._try(request, url, headers, content, tries)
                if attempt.event is Event.ANSWERED or attempt.refused_with(request.absent_on):
                    return _answer(attempt)
                self._again_or_raise(request, attempt, tries)
        except ReconcilerError as error:
            if tries.doubtful and not isinstance(error, Uncertain):
                message = f"{error.message}; an earlier try of it may have been carried out"
                raise Uncertain(error.code, message, hint=error.hint) from None
            raise
        finally:
            if tries.answered:
                self._count(request)

    def calls(self) -> Calls:
        """Requests so far; one that was tried several times counts once."""
        with self._counting:
            return Calls(self._reads, self._writes)

    def vitals(self) -> Vitals:
        """What the answers so far said beside their bodies."""
        return self._pulse.vitals()

    def telling(
        self, kind: str, total: int | None, *, noun: str = "pages", done: int = 0
    ) -> Callable[[int], None] | None:
        """For a long reading: what is called with the number of ``noun`` that were read since ``done`` of them; None
        where nobody watches."""
        watch, name = self._watch, self.connection.name
        return None if watch is None else lambda number: watch.reads(name, kind, noun, done + number, total)

    def close(self) -> None:
        """Let go of the sockets. Requests that wait for another try give up at once."""
        self._closed.set()
        self._wire.close()

    def _doze(self, seconds: float) -> None:
        self._closed.wait(seconds)

    def _encoded(self, request: Request) -> tuple[dict[str, str], bytes | None]:
        headers = dict(self._headers)
        content: bytes | None = None
        if request.json is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(request.json, allow_nan=False, default=_plain).encode("ascii")
        elif request.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            content = urlencode(request.form, errors="surrogatepass").encode("ascii")
        return headers, content

    def _try(
        self, request: Request, url: str, headers: Mapping[str, str], content: bytes | None, tries: _Tries
    ) -> _Try:
        timeout = self.connection.timeout
        if tries.started is not None:
            timeout = min(timeout, max(1.0, self._retry_seconds - (self._clock() - tries.started)))
        tries.count += 1
        authorization = fit(self._auth.value(), "the token")
        headers = {**headers, self._auth.header: authorization}
        try:
            raw, reached = self._hop(request.method, url, headers, content, timeout, tries)
        except Failed as failed:
            self._note(request.method, url, headers, tries, f'error="{failed.event.value}: {failed.why}"')
            return _Try(failed.event, failed.why)
        tries.answered = True
        event = event_of(raw.status)
        body, readable = _parsed(raw, authorization)
        words = said(body) if event is not Event.ANSWERED else ""
        pause = self._limit(raw.status, raw.headers, words, self._now()) if self._limit else None
        event = event if pause is None else Event.LIMITED
        if event is not Event.LIMITED:
            self._pacer.accepted()
        why = f"{raw.status}: {words}" if words else f"{raw.status}"
        if event is Event.ANSWERED and not (readable and (raw.body.strip() or request.expect is Expect.ANY)):
            event, why = Event.MALFORMED, f"{raw.status}, but the body is not the documented JSON"
        return _Try(event, why, raw, reached, body, authorization, pause)

    def _hop(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float, tries: _Tries
    ) -> tuple[Raw, str]:
        url = self._trail.current(url)
        ends = self._clock() + seconds
        for _ in range(MOST_HOPS + 1):
            raw = self._exchange(method, url, headers, content, max(ends - self._clock(), 0.001), tries)
            if raw.status not in FOLLOWED:
                return raw, url
            url = self._trail.follow(self.connection.base_url, url, raw)
        raise Failed(Event.MISDIRECTED, f"redirected more than {MOST_HOPS} times")

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float, tries: _Tries
    ) -> Raw:
        with self._in_flight:
            self._wire.open()
            self._pacer.wait()
            began = self._clock()
            tries.started = began if tries.started is None else tries.started
            raw = self._wire.exchange(method, url, headers, content, seconds)
            lasted = self._clock() - began
        self._pulse.note(raw.status, raw.headers, lasted, self._now())
        took = f"status={raw.status} ms={lasted * 1000:.0f} bytes={len(raw.body)}"
        self._note(method, url, headers, tries, took)
        return raw

    def _again_or_raise(self, request: Request, attempt: _Try, tries: _Tries) -> None:
        """Return once the next try may start; raise where there is none."""
        raw = attempt.raw
        if attempt.event is Event.REFUSED:
            assert raw is not None
            if raw.status == 401 and not tries.renewed and self._auth.renew(attempt.authorization):
                tries.renewed = True
                return
            raise refusal(self._where(request), request.purpose, raw.status, attempt.json, self.connection.token)
        tries.doubtful = tries.doubtful or in_doubt(request.purpose, attempt.event)
        tries.malformed += attempt.event is Event.MALFORMED
        delay = attempt.pause
        if delay is None:
            delay = backoff(tries.count, raw.headers if raw else {}, self._now())
        if attempt.event is Event.LIMITED:
            self._pacer.refused(delay, told=attempt.pause is not None or bool(raw and raw.headers.get("retry-after")))
        since = self._clock() - tries.started if tries.started is not None else 0.0
        late = self._closed.is_set() or since + delay >= self._retry_seconds
        if late or tries.malformed >= UNREADABLE_TRIES or not may_repeat(request.purpose, attempt.event):
            raise self._given_up(request, attempt, tries)
        if self._watch is not None:
            if raw is None:
                self._watch.misses(self.connection.name, attempt.why, self._retry_seconds - since)
            else:
                self._watch.waits(self.connection.name, raw.status, delay, asked="retry-after" in raw.headers)
        self._sleep(delay)

    def _given_up(self, request: Request, attempt: _Try, tries: _Tries) -> ReconcilerError:
        times = f" (tried {tries.count} times)" if tries.count > 1 else ""
        base = "" if self.connection.proxy else self.connection.base_url
        return failure(self._where(request), request.purpose, attempt.event, attempt.why + times, base)

    def _where(self, request: Request) -> str:
        return f"{self.connection.name}: {request.method} {visible(urlsplit(request.path).path or '/', 120)}"

    def _count(self, request: Request) -> None:
        with self._counting:
            if request.purpose is Purpose.READ:
                self._reads += 1
            else:
                self._writes += 1

    def _note(self, method: str, url: str, headers: Mapping[str, str], tries: _Tries, what: str) -> None:
        """One line a try: no header, and of the query no value that could be somebody's."""
        if self._log is not None:
            line = f"connection={self.connection.name} method={method} path={shown(url)} {what} try={tries.count}"
            self._log(visible(cleaned(line, headers[self._auth.header]), _LONGEST_LINE))


def _answer(attempt: _Try) -> Answer:
    assert attempt.raw is not None
    return Answer(attempt.raw.status, attempt.raw.headers, attempt.json, attempt.url, len(attempt.raw.body))


def _parsed(raw: Raw, authorization: str) -> tuple[JSON, bool]:
    """The body's JSON and whether it is any; an empty body is None and fine. An error may be told in plain text."""
    if not raw.body.strip():
        return None, True
    failed, body = raw.status >= 400, raw.body
    if failed and len(body) > _LONGEST_ERROR:
        return None, False
    if failed or repeats(body, authorization):
        body = without(body, authorization)
    try:
        return decoded(body), True
    except (ValueError, RecursionError):
        plain = failed and not body.lstrip().startswith(b"<")
        return (body[:_LONGEST_TEXT].decode("utf-8", "replace") if plain else None), False


def _plain(value: object) -> JSON:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be sent")
