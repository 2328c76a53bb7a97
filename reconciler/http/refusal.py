"""What the user is told when no proper answer came: the error for each way a request can end."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from reconciler.errors import (
    BODY_TOO_LARGE,
    CREDENTIALS_FORBIDDEN,
    CREDENTIALS_REFUSED,
    OUTCOME_UNKNOWN,
    RATE_LIMITED,
    READ_REFUSED,
    REDIRECT_REFUSED,
    TLS_FAILED,
    UNREADABLE,
    USER_AGENT_REFUSED,
    VENDOR_UNAVAILABLE,
    VENDOR_UNREACHABLE,
    WRITE_CONFLICT,
    WRITE_FORBIDDEN,
    WRITE_INVALID,
    WRITE_NOT_FOUND,
    WRITE_REFUSED,
    WRITE_UNPAID,
    ReconcilerError,
    Uncertain,
)
from reconciler.http.message import Purpose
from reconciler.http.retry import Event, in_doubt
from reconciler.http.words import said
from reconciler.model import JSON, SecretReference

_BY_EVENT: Mapping[Event, str] = {
    Event.NOT_SENT: VENDOR_UNREACHABLE,
    Event.LOST: VENDOR_UNREACHABLE,
    Event.LIMITED: RATE_LIMITED,
    Event.SERVER_ERROR: VENDOR_UNAVAILABLE,
    Event.MALFORMED: UNREADABLE,
    Event.TOO_LARGE: BODY_TOO_LARGE,
    Event.MISDIRECTED: REDIRECT_REFUSED,
    Event.UNTRUSTED: TLS_FAILED,
}
_WRITES = {
    400: WRITE_INVALID,
    402: WRITE_UNPAID,
    403: WRITE_FORBIDDEN,
    404: WRITE_NOT_FOUND,
    409: WRITE_CONFLICT,
    422: WRITE_INVALID,
}


class RefusedRead(ReconcilerError):
    """A read that was refused with a 4xx. ``body`` is the error's JSON, for a caller that knows a way around."""

    def __init__(self, code: str, message: str, *, status: int, body: JSON, hint: str = "") -> None:
        super().__init__(code, message, hint=hint)
        self.status, self.body = status, body


def failure(where: str, purpose: Purpose, event: Event, why: str, base_url: str = "") -> ReconcilerError:
    """The error for a request that got no proper answer. ``where`` names connection, verb and path; ``base_url`` is
    what it went to."""
    code = OUTCOME_UNKNOWN if purpose is Purpose.ONCE else _BY_EVENT[event]
    if in_doubt(purpose, event):
        return Uncertain(code, f"{where}: {why}; it may have been carried out")
    hint = _of_this_machine(base_url) if event is Event.NOT_SENT else ""
    return ReconcilerError(_BY_EVENT[event], f"{where}: {why}", hint=hint)


def _of_this_machine(base_url: str) -> str:
    """A way out where only this machine can be meant, as plain http says: it goes to loopback alone."""
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme != "http" or port is None:
        return ""
    start = f"reconciler sandbox --port {port}"
    return f"Is the sandbox running? Start it in another terminal: {start}; or correct baseUrl."


def refusal(
    where: str, purpose: Purpose, status: int, body: JSON, token: SecretReference | None = None
) -> ReconcilerError:
    """The error for a 4xx answer, with the vendor's own words; ``token`` is where the connection's is kept."""
    words = said(body)
    message = f"{where}: {status}{f': {words}' if words else ''}"
    code = _code(purpose, status, words)
    if purpose is Purpose.READ:
        return RefusedRead(code, message, status=status, body=body, hint=_kept(token) if status == 401 else "")
    return ReconcilerError(code, message, hint=_kept(token) if status == 401 else "")


def _kept(token: SecretReference | None) -> str:
    """Where to look at a token that was refused."""
    if token is None:
        return ""
    return f"Check the token in {f'the environment variable {token.env}' if token.env else f'the file {token.file}'}."


def _code(purpose: Purpose, status: int, words: str) -> str:
    if status == 401:
        return CREDENTIALS_REFUSED
    # customersure.txt L29 and L150: one status for two very different troubles, told apart by nothing but the text.
    if status == 403 and "user agent" in words.casefold().replace("-", " "):
        return USER_AGENT_REFUSED
    if purpose is Purpose.READ:
        return CREDENTIALS_FORBIDDEN if status == 403 else READ_REFUSED
    return _WRITES.get(status, WRITE_REFUSED)
