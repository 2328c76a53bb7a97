"""The last word before something is destroyed: counted again, archived, or refused. Nothing was sent when it refuses.

1. What the write destroys is counted once more. A count that fails, or that grew beyond what was approved, refuses.
2. Before a delete, what can be read of the object is read, and each list of it is held against the approval too.
3. It is archived, personal data masked; an archive that cannot be written refuses.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.apply.archive import FORMAT, Archive
from reconciler.errors import ARCHIVE_FAILED, IMPACT_GREW, IMPACT_UNCOUNTED, ReconcilerError
from reconciler.model import JSON, Address, Change, Impact, Observed
from reconciler.model.redaction import HIDDEN, redacted
from reconciler.plan import growth
from reconciler.providers.base import Provider
from reconciler.schema import Registry
from reconciler.schema.personal import is_personal


@dataclass(slots=True)
class Farewell:
    """The last word of one run. Thread-safe: many deletes are under way at once.

    ``approved`` is the impact that was approved, by address; what is not in it was approved as nothing.
    """

    registry: Registry
    approved: Mapping[Address, Impact]
    archive: Archive
    project: str
    environment: str | None = None
    clock: Callable[[], float] = time.time
    archived: list[Path] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def before_update(self, change: Change, observed: Observed, provider: Provider) -> None:
        """Count again what an update destroys; raises RCN0604 or RCN0605 to refuse it."""
        self._counted(change, observed, provider)

    def before_delete(self, change: Change, observed: Observed, provider: Provider) -> str:
        """Count again and archive; where the archive is, to be told. Raises RCN0604, RCN0605 or RCN0606 to refuse."""
        impact = self._counted(change, observed, provider)
        evidence = _evidence(provider, observed)
        lists = {name: evidence[name] for name in impact.lost if name in evidence}
        self._hold(change, {name: len(items) for name, items in lists.items() if isinstance(items, list)})
        content = {"fields": self._fields(observed), **evidence}
        document = {**self._head(change, provider, observed), "impact": _impact(impact), "content": content}
        path = self.archive.keep(change.address, observed.id, document)
        with self._turn:
            self.archived.append(path)
        return f"archived in {path}"

    def _counted(self, change: Change, observed: Observed, provider: Provider) -> Impact:
        if self.registry.get(observed.kind).impact is None:
            return Impact()
        impact = provider.impact(observed.kind, observed)
        if impact.failed is not None:
            message = f"what this would destroy could not be counted again: {impact.failed}"
            raise ReconcilerError(IMPACT_UNCOUNTED, message)
        self._hold(change, impact.lost)
        return impact

    def _hold(self, change: Change, counts: Mapping[str, int]) -> None:
        grown = growth(self.approved.get(change.address, Impact()).lost, counts)
        if grown:
            raise ReconcilerError(IMPACT_GREW, f"it would destroy more than was approved: {', '.join(grown)}")

    def _head(self, change: Change, provider: Provider, observed: Observed) -> Mapping[str, JSON]:
        return {
            "format": FORMAT,
            "address": str(change.address),
            "id": observed.id,
            "vendor": change.address.provider,
            "connection": observed.connection,
            "origin": provider.connection.origin,
            "project": self.project,
            "environment": self.environment,
            "run": self.archive.run,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock())),
            "actions": change.action.actions,
            "personal_data": "masked",
        }

    def _fields(self, observed: Observed) -> Mapping[str, JSON]:
        """The object's own fields; those that its schema calls personal are hidden."""
        known = self.registry.get(observed.kind).fields
        personal = {name for name in observed.fields if name in known and is_personal(known[name])}
        return {
            name: HIDDEN if name in personal and value is not None else value for name, value in observed.fields.items()
        }


def _impact(impact: Impact) -> Mapping[str, JSON]:
    return {**impact.counts, **({"unknowable": list(impact.unknowable)} if impact.unknowable else {})}


def _evidence(provider: Provider, observed: Observed) -> Mapping[str, JSON]:
    """What the vendor shows of it beyond its fields, personal data hidden."""
    try:
        return {name: redacted(value) for name, value in provider.evidence(observed.kind, observed).items()}
    except ReconcilerError as error:
        raise ReconcilerError(ARCHIVE_FAILED, f"what is to be archived could not be read: {error.message}") from error
