"""What answers say beside their bodies: how quick they come, what time it is there, what is left of a rate limit."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime

from reconciler.http.words import visible
from reconciler.model.checkup import Vitals

_LONGEST = 80  # characters of a header that are kept
_MOST = 8  # headers
_HALF = 0.5  # seconds; a Date is cut to whole ones, so on average it is this much late


class Pulse:
    """Kept up to date with every answer. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._vitals = Vitals()

    def note(self, status: int, headers: Mapping[str, str], took: float, now: float) -> None:
        """One answer: how many seconds it took, and when it was here, in seconds since the epoch."""
        skew, limits = _skew(headers.get("date"), took, now), _limits(headers)
        with self._lock:
            known = self._vitals
            self._vitals = replace(
                known,
                latency=took if known.latency is None else min(known.latency, took),
                skew=known.skew if skew is None else skew,
                limits=limits or known.limits,
                refusals=known.refusals + (status == 429),
            )

    def vitals(self) -> Vitals:
        """What is known so far."""
        with self._lock:
            return self._vitals


def _skew(date: str | None, took: float, now: float) -> float | None:
    """How far the sender's clock is ahead; the answer was made when about half of the time had gone."""
    if not date:
        return None
    try:
        return parsedate_to_datetime(date).timestamp() + _HALF - (now - took / 2)
    except (ValueError, TypeError, OverflowError):
        return None


def _limits(headers: Mapping[str, str]) -> dict[str, str]:
    names = [name for name in headers if "ratelimit" in name.replace("-", "") or name == "retry-after"]
    return {visible(name, _LONGEST): visible(headers[name], _LONGEST) for name in sorted(names)[:_MOST]}
