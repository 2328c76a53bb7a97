"""Instants: reading and writing ISO 8601, and the present."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from functools import lru_cache

_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


@lru_cache(maxsize=65_536)
def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 date or time, UTC where no zone is given (customersure.txt L20); ValueError otherwise."""
    found = _INSTANT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an ISO 8601 time")
    day, minutes, seconds, fraction, zone = found.groups()
    offset = "+0000" if zone in (None, "Z") else zone.replace(":", "")
    whole = f"{day}T{minutes or '00:00'}:{seconds or '00'}.{(fraction or '0').ljust(6, '0')}{offset}"
    instant = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S.%f%z")
    try:
        instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies before year 1 or after 9999 in UTC") from error
    return instant


def has_time(text: str) -> bool:
    """Whether the text carries a time of day besides the date."""
    return len(text) > 10


def utc_text(instant: datetime) -> str:
    """YYYY-MM-DDTHH:MM:SSZ in UTC, as customersure.txt L20 says."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def from_epoch(seconds: float) -> datetime:
    """An instant from seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def present(fixed: str | None) -> datetime:
    """The machine's clock, or the fixed instant of the `now` option."""
    return from_epoch(time.time()) if fixed is None else parse_instant(fixed)
