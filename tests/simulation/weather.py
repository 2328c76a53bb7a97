"""Faults of one run: which request is struck, the how-manieth of its sort, how, and how often in a row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

SORTS = ("create", "add", "update", "delete", "list", "read")

LAG = 20  # seconds that a list lags behind; less than the 30 of `settle`
_LAG = {"stale_list": {"seconds": LAG}}
# What the sandbox can do by itself; the wire does the others.
RULES: dict[str, dict[str, Any]] = {
    "answer lost": {"drop_after": True},
    "answer cut": {"cut": True},
    "dropped": {"drop_before": True},
    "503": {"status": 503},
    "502 but done": {"status": 502, "processed": True},
    "page": {"html": True},
    "page but done": {"html": True, "processed": True},
    "empty": {"empty_body": True},
    "429": {"status": 429, "headers": {"Retry-After": "1"}},
    "refused": {"status": 422},
    "lag": _LAG,
    "lost and lagging": {"drop_after": True} | {"and": _LAG},
    "page grows": {"shift_page": "insert"},
    "page shrinks": {"shift_page": "delete"},
    "miscounted": {"wrong_total": 1},
}
MEANWHILE = "edited meanwhile"  # once the list was read, somebody edits its first object at the vendor's console
WIRE = ("no connection", "late", "never answered")
ON_WRITES = (
    "answer lost",
    "answer cut",
    "dropped",
    "503",
    "502 but done",
    "page",
    "page but done",
    "empty",
    "429",
    "refused",
    *WIRE,
)
ON_CREATES = (*ON_WRITES, "lag", "lost and lagging")
ON_LISTS = (
    MEANWHILE,
    "answer cut",
    "503",
    "page",
    "429",
    "page grows",
    "page shrinks",
    "miscounted",
    "no connection",
    "late",
)
ON_READS = ("answer cut", "dropped", "503", "page", "empty", "429", "no connection", "late")
KINDS_OF = {
    "create": ON_CREATES,
    "add": ON_CREATES,
    "update": ON_WRITES,
    "delete": ON_WRITES,
    "list": ON_LISTS,
    "read": ON_READS,
}


def rules(kind: str | None) -> list[dict[str, Any]]:
    """The sandbox's rules for a fault; none for the wire's own."""
    rule = dict(RULES.get(kind or "", {}))
    other = rule.pop("and", None)
    return [{"fault": part} for part in (rule, other) if part]


@dataclass(frozen=True)
class Fault:
    """The ``nth`` request of a sort, and the ``times`` - 1 after it, meet ``kind``."""

    sort: str
    kind: str
    nth: int = 1
    times: int = 1


class Weather:
    """What one run meets."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._faults = faults
        self._seen: Counter[str] = Counter()

    def strike(self, sort: str) -> str | None:
        """Count a request of this sort; the fault that strikes it."""
        self._seen[sort] += 1
        number = self._seen[sort]
        for fault in self._faults:
            if fault.sort == sort and fault.nth <= number < fault.nth + fault.times:
                return fault.kind
        return None
