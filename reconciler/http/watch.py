"""Who watches a long run: told what a connection waits for, and how far a long reading has come."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Called from whatever thread it happens in, so it is thread-safe and quick, and raises nothing."""

    def waits(self, connection: str, status: int, seconds: float, *, asked: bool) -> None:
        """The vendor answered with an error status, and nothing is sent again before so many seconds have passed;
        ``asked`` where its ``Retry-After`` said how many."""
        ...

    def misses(self, connection: str, why: str, left: float) -> None:
        """A request was not answered at all, and is tried again for up to ``left`` more seconds."""
        ...

    def reads(self, connection: str, kind: str, noun: str, done: int, total: int | None) -> None:
        """So many ``noun`` of a kind are read, out of ``total`` where that is known."""
        ...
