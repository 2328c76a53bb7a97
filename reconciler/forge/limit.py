"""When GitHub says that it was asked too often, and for how long nothing may be sent then. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_UNTOLD = 60.0  # seconds: "wait for at least one minute", where no header says how long


def limit(status: int, headers: Mapping[str, str], words: str, now: float) -> float | None:
    """Seconds to wait, or None where the answer is no rate limit's. ``now`` is in epoch seconds.

    GitHub's limits come as a 403 as well as a 429 (Rate limits for the REST API): with ``Retry-After``, or with
    ``x-ratelimit-remaining: 0`` and the moment in ``x-ratelimit-reset``, or with words alone.
    """
    if status not in (403, 429):
        return None
    asked = _number(headers.get("retry-after", ""))
    if asked is not None:
        return asked
    if headers.get("x-ratelimit-remaining", "").strip() == "0":
        reset = _number(headers.get("x-ratelimit-reset", ""))
        return _UNTOLD if reset is None else max(0.0, reset - now) + 1.0
    return _UNTOLD if status == 429 or "secondary rate limit" in words.casefold() else None


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text[:12]) if text.isascii() and text.isdigit() else None
