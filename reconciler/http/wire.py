"""One exchange on a real connection, under a deadline and a cap. The only module that touches httpx."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

from reconciler.errors import CA_FILE_UNREADABLE, ReconcilerError
from reconciler.http.deadline import Deadline, bound_backend
from reconciler.http.retry import Event
from reconciler.http.unpacking import TooLarge, Unpackable, unpacked
from reconciler.model import Connection

if TYPE_CHECKING:
    import httpx

# What the library would log: whole URLs, and the headers of answers. What may be told is told by the transport.
_LOGGERS = ("httpx", "httpcore", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))
BODY_CAP = 32 * 1024 * 1024  # bytes, after decompression


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came: header names in lower case, the body decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Failed(Exception):
    """No whole answer. ``event`` says what is known of it, ``why`` is fit to be shown."""

    def __init__(self, event: Event, why: str) -> None:
        super().__init__(why)
        self.event, self.why = event, why


class Wire:
    """A pool of connections to one origin, opened at the first exchange. Thread-safe.

    No environment variable, cookie or netrc has a say; proxy and certificates come from the connection.
    """

    def __init__(self, connection: Connection, *, clock: Callable[[], float], body_cap: int = BODY_CAP) -> None:
        self._connection, self._body_cap = connection, body_cap
        self._deadline = Deadline(clock)
        self._opening = threading.Lock()
        self._client: httpx.Client | None = None

    def exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float) -> Raw:
        """Send and read the whole answer within ``seconds``; raises ``Failed`` otherwise."""
        client = self._opened()
        import httpx

        try:
            with self._deadline.within(seconds):
                encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
                request = client.build_request(method, url, headers=encoded, content=content, timeout=seconds)
                response = client.send(request, stream=True)
                try:
                    return Raw(response.status_code, _lower(response), self._read(response))
                finally:
                    response.close()
        # `from None`: the library's exceptions hold the request, and the request holds the token.
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _not_connected(error) from None
        except (httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise Failed(Event.NOT_SENT, f"no connection ({type(error).__name__})") from None
        except httpx.TimeoutException:
            raise Failed(Event.LOST, f"no answer within {seconds:g} s") from None
        except TooLarge:
            raise Failed(Event.TOO_LARGE, f"the body is larger than {self._body_cap} bytes") from None
        except (httpx.TransportError, httpx.StreamError, OSError):
            raise Failed(Event.LOST, "the connection broke before the answer was complete") from None
        except httpx.InvalidURL:
            raise Failed(Event.MISDIRECTED, "the URL is not valid") from None

    def _read(self, response: httpx.Response) -> bytes:
        """The body unpacked. What no success may be is let pass with an error, whose status says enough."""
        try:
            return unpacked(self._pieces(response), response.headers.get("content-encoding", ""), self._body_cap)
        except Unpackable:
            if response.is_success:
                raise Failed(Event.MALFORMED, "the body is packed in a way that cannot be read") from None
            return b""

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        for piece in response.iter_raw():
            yield piece
            if self._deadline.remaining() <= 0:
                raise Failed(Event.LOST, "the body did not end in time")

    def open(self) -> None:
        """Make ready to send; what an exchange would otherwise do first, and slowly."""
        self._opened()

    def _opened(self) -> httpx.Client:
        if self._client is not None:
            return self._client
        import logging

        import httpx

        for name in _LOGGERS:
            logging.getLogger(name).disabled = True

        with self._opening:
            if self._client is None:
                connection = self._connection
                transport = httpx.HTTPTransport(
                    verify=_trust(connection),
                    trust_env=False,
                    proxy=connection.proxy,
                    limits=httpx.Limits(
                        max_connections=None, max_keepalive_connections=connection.concurrency, keepalive_expiry=5.0
                    ),
                )
                bound_backend(transport, self._deadline)
                self._client = httpx.Client(
                    transport=transport,
                    trust_env=False,
                    follow_redirects=False,
                    headers={"Accept-Encoding": "gzip"},
                    cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
                )
            return self._client

    def close(self) -> None:
        """Let go of the sockets; a later exchange opens new ones."""
        with self._opening:
            client, self._client = self._client, None
        if client is not None:
            client.close()


def _trust(connection: Connection) -> ssl.SSLContext:
    if connection.origin.startswith("http://") and not connection.proxy:
        # Plain http to loopback. Reading the certificates would take longer than the requests; a context without any
        # trusts nobody, so nothing is lost if a TLS connection were made after all.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import httpx

    context = httpx.create_ssl_context(trust_env=False)
    if connection.ca_file:
        try:
            context.load_verify_locations(connection.ca_file)
        except (OSError, ssl.SSLError):
            raise ReconcilerError(CA_FILE_UNREADABLE, f"caFile {connection.ca_file} cannot be read") from None
    return context


def _not_connected(error: Any) -> Failed:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Failed(Event.UNTRUSTED, "the certificate could not be verified")
    why = next((said for cause in _causes(error) for said in [_reason(cause)] if said), "")
    return Failed(Event.NOT_SENT, "no connection could be made" + (f": {why}" if why else ""))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _reason(cause: BaseException) -> str:
    """What an exception of the system says, in words of ours; "" for one that says nothing by itself."""
    if isinstance(cause, socket.gaierror):
        return "the host's name is not known"
    if isinstance(cause, ssl.SSLError):
        return "the other side does not speak TLS as it should"
    if isinstance(cause, ConnectionRefusedError):
        return "nothing listens there, or it refuses"
    if isinstance(cause, TimeoutError):
        return "the host does not answer"
    if isinstance(cause, OSError) and cause.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return "there is no way to the host from here"
    return ""


def _lower(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
