"""Threads that are none: work is done when somebody waits for it, in an order that is chosen and can be repeated."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any


class Inline:
    """An executor that does what it is given at once. What no ``except Exception`` stops passes through."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Do it now."""
        return _done(Future(), work, arguments)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is under way."""

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Crew(Inline):
    """An executor that does one thing, or two, whenever it is waited for."""

    turns = 0  # chosen by the run
    _tasks: dict[Future[Any], tuple[Callable[..., Any], tuple[Any, ...]]] = {}  # noqa: RUF012 (one run at a time)

    @classmethod
    def begin(cls, turns: int) -> None:
        """A new run; what a dead one left is forgotten."""
        cls.turns, cls._tasks = turns, {}

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Keep it."""
        future: Future[Any] = Future()
        self._tasks[future] = (work, arguments)
        return future

    @classmethod
    def wait(cls, futures: Collection[Future[Any]], **_: object) -> None:
        """Do one of those that are waited for."""
        waiting = [future for future in futures if future in cls._tasks]
        for _ in waiting[: 1 + cls.turns % 2]:
            waiting = [future for future in waiting if future in cls._tasks]
            chosen = waiting[cls.turns % len(waiting)]
            cls.turns = cls.turns * 7 // 3 + 1
            work, arguments = cls._tasks.pop(chosen)
            _done(chosen, work, arguments)


def _done(future: Future[Any], work: Callable[..., Any], arguments: tuple[Any, ...]) -> Future[Any]:
    try:
        future.set_result(work(*arguments))
    except Exception as error:
        future.set_exception(error)
    return future
