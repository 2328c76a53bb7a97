"""What the user is told when no proper answer came: the error for each way a request can end."""

from __future__ import annotations

from collections.abc import Mapping

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
from reconciler.model import JSON

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

    def __init__(self, code: str, message: str, *, status: int, body: JSON) -> None:
        super().__init__(code, message)
        self.status, self.body = status, body


def failure(where: str, purpose: Purpose, event: Event, why: str) -> ReconcilerError:
    """The error for a request that got no proper answer. ``where`` names connection, verb and path."""
    code = OUTCOME_UNKNOWN if purpose is Purpose.ONCE else _BY_EVENT[event]
    if in_doubt(purpose, event):
        return Uncertain(code, f"{where}: {why}; it may have been carried out")
    return ReconcilerError(_BY_EVENT[event], f"{where}: {why}")


def refusal(where: str, purpose: Purpose, status: int, body: JSON) -> ReconcilerError:
    """The error for a 4xx answer, with the vendor's own words."""
    words = said(body)
    message = f"{where}: {status}{f': {words}' if words else ''}"
    code = _code(purpose, status, words)
    if purpose is Purpose.READ:
        return RefusedRead(code, message, status=status, body=body)
    return ReconcilerError(code, message)


def _code(purpose: Purpose, status: int, words: str) -> str:
    if status == 401:
        return CREDENTIALS_REFUSED
    # customersure.txt L29 and L150: one status for two very different troubles, told apart by nothing but the text.
    if status == 403 and "user agent" in words.casefold().replace("-", " "):
        return USER_AGENT_REFUSED
    if purpose is Purpose.READ:
        return CREDENTIALS_FORBIDDEN if status == 403 else READ_REFUSED
    return _WRITES.get(status, WRITE_REFUSED)
