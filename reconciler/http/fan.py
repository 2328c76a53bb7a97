"""The same work for many items at once, in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def fan_out(
    work: Callable[[_Item], _Result],
    items: Sequence[_Item],
    workers: int,
    passed: Callable[[int], None] | None = None,
) -> list[_Result]:
    """The results in the order of the items. The first error is raised, and what has not started never does.

    ``passed`` is told after each item how many are done, in the thread that did it.
    """
    if passed is not None:
        work = _counted(work, passed)
    if len(items) < 2 or workers < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(workers, len(items)), thread_name_prefix="pages") as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _counted(work: Callable[[_Item], _Result], passed: Callable[[int], None]) -> Callable[[_Item], _Result]:
    done, turn = 0, threading.Lock()

    def counting(item: _Item) -> _Result:
        nonlocal done
        result = work(item)
        with turn:
            done += 1
            passed(done)
        return result

    return counting
