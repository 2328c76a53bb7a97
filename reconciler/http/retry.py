"""When a request is sent again, and after how long. Pure, but for the one random number of the jitter."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum

from reconciler.http.message import Purpose

FIRST_BACKOFF = 0.5  # seconds; doubled with every try
LONGEST_BACKOFF = 10.0
LONGEST_RETRY_AFTER = 30.0  # a vendor that asks for more is asked again after this
UNREADABLE_TRIES = 3  # an answer that is no JSON is not worth the whole of --retry-seconds


class Event(Enum):
    """What a try came to, as far as it matters for another one."""

    ANSWERED = "answered"  # 2xx, as documented
    NOT_SENT = "not sent"  # no connection: nothing was processed
    LOST = "lost"  # sent, but no whole answer came in time
    LIMITED = "limited"  # 429: not processed
    SERVER_ERROR = "server error"  # 5xx and 408
    MALFORMED = "malformed"  # 2xx, but not what is documented
    TOO_LARGE = "too large"
    REFUSED = "refused"  # any other 4xx
    MISDIRECTED = "misdirected"  # a redirect that is not followed
    UNTRUSTED = "untrusted"  # the certificate did not verify: nothing was sent


_AGAIN = {
    Purpose.READ: {Event.NOT_SENT, Event.LOST, Event.LIMITED, Event.SERVER_ERROR, Event.MALFORMED},
    Purpose.REPEATABLE: {Event.NOT_SENT, Event.LOST, Event.LIMITED, Event.SERVER_ERROR, Event.MALFORMED},
    Purpose.ONCE: {Event.NOT_SENT, Event.LIMITED},
}
_IN_DOUBT = {Event.LOST, Event.SERVER_ERROR, Event.MALFORMED, Event.TOO_LARGE}


def event_of(status: int) -> Event:
    """What a status says, redirects aside. A 3xx that is no redirect is as little an answer as a broken body."""
    if 200 <= status < 300:
        return Event.ANSWERED
    if status == 429:
        return Event.LIMITED
    if status >= 500 or status == 408:
        return Event.SERVER_ERROR
    return Event.REFUSED if status >= 400 else Event.MALFORMED


def may_repeat(purpose: Purpose, event: Event) -> bool:
    """Whether the same request may be sent again after this."""
    return event in _AGAIN[purpose]


def in_doubt(purpose: Purpose, event: Event) -> bool:
    """Whether a write may have been carried out although no proper answer says so."""
    return purpose is not Purpose.READ and event in _IN_DOUBT


def backoff(tries: int, headers: Mapping[str, str], now: float) -> float:
    """Seconds to wait after ``tries`` tries: full jitter, or what ``Retry-After`` asks for where that is longer."""
    ceiling = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(tries - 1, 10))
    jitter = random.uniform(0.02, ceiling)  # noqa: S311 - spreading load, not a secret
    asked = retry_after(headers.get("retry-after", ""), now)
    return jitter if asked is None else max(asked, min(jitter, 0.1))


def retry_after(text: str, now: float) -> float | None:
    """``Retry-After`` in seconds from ``now`` (epoch seconds): a number or an HTTP date, capped; else None."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_RETRY_AFTER)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return min(max(date.timestamp() - now, 0.0), LONGEST_RETRY_AFTER)
