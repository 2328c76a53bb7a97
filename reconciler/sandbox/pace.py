"""A vendor's request rate limit: a bucket of tokens per vendor."""

from __future__ import annotations

import time
from typing import Any

from reconciler.sandbox.enco_faults import fault_answer
from reconciler.sandbox.exchange import Answer
from reconciler.sandbox.options import Options


class Pace:
    """Admits requests up to the rate of the `rate_limit` option; burst defaults to one second's worth."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._buckets: dict[str, tuple[float, float]] = {}

    def refusal(self, vendor: str) -> Answer | None:
        """None where the request may go on, else the vendor's 429."""
        rule = self._options.rate_limit.get(vendor)
        if rule is None:
            return None
        settings: dict[str, Any] = rule if isinstance(rule, dict) else {"requests_per_second": rule}
        rate = float(settings["requests_per_second"])
        burst = float(settings.get("burst", max(1.0, rate)))
        now = time.monotonic()
        tokens, at = self._buckets.get(vendor, (burst, now))
        tokens = min(burst, tokens + (now - at) * rate)
        allowed = tokens >= 1
        self._buckets[vendor] = (tokens - 1 if allowed else tokens, now)
        retry_after = settings.get("retry_after")
        return None if allowed else too_many(vendor, None if retry_after is None else str(retry_after))


def too_many(vendor: str, retry_after: str | None = None) -> Answer:
    """The 429 as each vendor would say it."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    message = "Too many requests hit the API too quickly."
    if vendor == "enco":
        return fault_answer(429, "Message throttled out", "You have exceeded your quota", headers)
    if vendor == "optimum":
        return Answer(429, {"type": "rate_limit_error", "message": message}, headers)
    if vendor == "buenno":
        return Answer(429, {"error_message": message}, headers)
    return Answer(429, {"message": message}, headers)
