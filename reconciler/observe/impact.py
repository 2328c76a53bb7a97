"""What deletes would destroy, counted anew and all at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from reconciler.errors import ReconcilerError
from reconciler.model import Impact, Observed
from reconciler.providers.base import Provider

Target = tuple[str, str, str]  # connection, kind, id
_MOST_THREADS = 16


def count(providers: Mapping[str, Provider], wanted: Iterable[tuple[str, str, Observed]]) -> Mapping[Target, Impact]:
    """The impact of deleting each object, by connection, kind and id. A count that fails is told in ``failed``."""
    asked = {(connection, kind, observed.id): observed for connection, kind, observed in wanted}
    if not asked:
        return {}
    targets = sorted(asked)
    with ThreadPoolExecutor(min(len(targets), _MOST_THREADS), thread_name_prefix="impact") as pool:
        futures = {target: pool.submit(_one, providers, target, asked[target]) for target in targets}
        return {target: future.result() for target, future in futures.items()}


def _one(providers: Mapping[str, Provider], target: Target, observed: Observed) -> Impact:
    connection, kind, _ = target
    provider = providers[connection]
    if kind not in provider.kinds:
        return Impact()
    try:
        return provider.impact(kind, observed)
    except ReconcilerError as error:
        return Impact(failed=error.message)
