"""Which step may begin, and which never will because of another. Pure bookkeeping over the plan's graph."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping

from reconciler.model import Address
from reconciler.plan import Step


class Schedule:
    """Steps with what must be done before each. Not thread-safe: one thread schedules."""

    def __init__(self, before: Mapping[Step, frozenset[Step]]) -> None:
        self._waits = {step: len(others) for step, others in before.items()}
        self._after: dict[Step, list[Step]] = defaultdict(list)
        for step, others in before.items():
            for other in others:
                self._after[other].append(step)
        self._ready = sorted(step for step, count in self._waits.items() if count == 0)
        self._ended: set[Step] = set()

    def take(self) -> Step | None:
        """The first step by address that may begin now; None where there is none."""
        while self._ready:
            step = heapq.heappop(self._ready)
            if step not in self._ended:
                return step
        return None

    def done(self, step: Step) -> None:
        """The step is done: what waited for it alone may begin."""
        self._ended.add(step)
        for other in self._after[step]:
            self._waits[other] -= 1
            if self._waits[other] == 0 and other not in self._ended:
                heapq.heappush(self._ready, other)

    def failed(self, step: Step) -> list[tuple[Step, Address]]:
        """The step is not done: all that rests on it is skipped. Returns those, each with the address at the root."""
        self._ended.add(step)
        skipped: list[tuple[Step, Address]] = []
        waiting = [step]
        while waiting:
            for other in sorted(self._after[waiting.pop()]):
                if other not in self._ended:
                    self._ended.add(other)
                    skipped.append((other, step.address))
                    waiting.append(other)
        return sorted(skipped)

    def rest(self) -> list[Step]:
        """The steps that never began, none of which will."""
        rest = sorted(step for step in self._waits if step not in self._ended)
        self._ended.update(rest)
        return rest
