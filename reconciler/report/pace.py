"""How far an apply has come, connection by connection, and how long it may still take. No clock of its own."""

from __future__ import annotations

from collections.abc import Mapping

_FEWEST = 3  # operations of a connection from which its pace is known
_SOONEST = 2.0  # seconds after which a pace means something


class Pace:
    """Counts operations. ``totals`` are those of each connection, ``began`` is when the first of them may begin, in
    seconds of any clock that every later time is of as well."""

    def __init__(self, totals: Mapping[str, int], began: float) -> None:
        self._totals = {name: total for name, total in sorted(totals.items()) if total}
        self._ended = dict.fromkeys(self._totals, 0)
        self._worked = dict.fromkeys(self._totals, 0)
        self._failed = dict.fromkeys(self._totals, 0)
        self._began = began

    @property
    def ended(self) -> int:
        """How many operations have ended, whichever way."""
        return sum(self._ended.values())

    def end(self, connection: str, kind: str) -> None:
        """An operation ended as the events say it; one that was skipped took no time and tells no pace."""
        self._ended[connection] = self._ended.get(connection, 0) + 1
        if kind == "skipped":
            return
        self._worked[connection] = self._worked.get(connection, 0) + 1
        if kind != "done":
            self._failed[connection] = self._failed.get(connection, 0) + 1

    def left(self, now: float) -> float | None:
        """Seconds until the slowest connection is through at the pace it had so far; None while that is a guess."""
        lasted = now - self._began
        if lasted < _SOONEST:
            return None
        waits = []
        for name, total in self._totals.items():
            rest = total - self._ended[name]
            if rest and self._worked[name] < _FEWEST:
                return None
            waits.append(rest * lasted / self._worked[name] if rest else 0.0)
        return max(waits, default=0.0)

    def counts(self) -> str:
        """``customersure 2/8, optimum 10/40``."""
        return ", ".join(f"{name} {self._ended[name]}/{total}" for name, total in self._totals.items())

    def summary(self) -> str:
        """``customersure 8 of 8, optimum 39 of 40 (1 failed)``: how many of each connection's operations were done."""
        return ", ".join(self._line(name, total) for name, total in self._totals.items())

    def _line(self, name: str, total: int) -> str:
        failed, skipped = self._failed[name], self._ended[name] - self._worked[name]
        other = [f"{failed} failed or unknown"] if failed else []
        other += [f"{skipped} skipped"] if skipped else []
        done = f"{name} {self._worked[name] - failed} of {total}"
        return f"{done} ({', '.join(other)})" if other else done
