"""What deletes would destroy, counted anew and all at the same time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError
from reconciler.model import Impact, Observed
from reconciler.providers.base import Provider

if TYPE_CHECKING:
    from reconciler.http import Watch

Target = tuple[str, str, str]  # connection, kind, id
_MOST_THREADS = 16


def count(
    providers: Mapping[str, Provider], wanted: Iterable[tuple[str, str, Observed]], watch: Watch | None = None
) -> Mapping[Target, Impact]:
    """The impact of deleting each object, by connection, kind and id. A count that fails is told in ``failed``;
    ``watch`` is told how far the counting is."""
    asked = {(connection, kind, observed.id): observed for connection, kind, observed in wanted}
    if not asked:
        return {}
    targets = sorted(asked)
    passed = _telling(targets, watch)
    with ThreadPoolExecutor(min(len(targets), _MOST_THREADS), thread_name_prefix="impact") as pool:
        futures = {target: pool.submit(_one, providers, target, asked[target], passed) for target in targets}
        return {target: future.result() for target, future in futures.items()}


def _one(
    providers: Mapping[str, Provider], target: Target, observed: Observed, passed: Callable[[Target], None]
) -> Impact:
    connection, kind, _ = target
    provider = providers[connection]
    if kind not in provider.kinds:
        return Impact()
    try:
        found = provider.impact(kind, observed)
    except ReconcilerError as error:
        found = Impact(failed=error.message)
    passed(target)
    return found


def _telling(targets: Iterable[Target], watch: Watch | None) -> Callable[[Target], None]:
    """What is called with each target once it is counted."""
    if watch is None:
        return lambda _: None
    totals = Counter((connection, kind) for connection, kind, _ in targets)
    done: Counter[tuple[str, str]] = Counter()
    turn = threading.Lock()

    def passed(target: Target) -> None:
        connection, kind, _ = target
        with turn:
            done[connection, kind] += 1
            watch.reads(connection, kind, "objects counted", done[connection, kind], totals[connection, kind])

    return passed
