"""About how long an apply takes: from the requests and what each connection may send, never from a clock."""

from __future__ import annotations

import math
from collections.abc import Mapping

from reconciler.model import Calls, Connection, Estimate

NOMINAL = 0.25  # seconds that a request takes to a vendor across the internet, by and large
AT_ONCE = 10  # requests that an apply has under way, unless --parallelism says otherwise


def estimated(calls: Mapping[str, Calls], connections: Mapping[str, Connection]) -> dict[str, Estimate]:
    """For each connection that is written to. An apply reads anew before it writes, so both count."""
    return {
        name: _estimate(count, connections[name])
        for name, count in sorted(calls.items())
        if count.write and name in connections
    }


def _estimate(calls: Calls, connection: Connection) -> Estimate:
    requests, limit = calls.read + calls.write, connection.requests_per_second
    seconds = max(NOMINAL, requests * NOMINAL / min(AT_ONCE, connection.concurrency))
    if limit is not None:
        seconds = max(seconds, requests / limit)
    return Estimate(requests, math.ceil(seconds), limit)
