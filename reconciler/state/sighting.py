"""What this folder last saw of its state, so that a state that is gone, another one or an older one is noticed.

A state that is not there is the most dangerous one: everything would be made a second time. Whether one is missing can
only be told by somebody who saw it, so every run that held the lock leaves lineage, serial and place in
``.reconciler/last-seen.json``, by project and environment. It is a memory and no authority: where it cannot be read or
written (a fresh checkout, a runner) nothing is expected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import STATE_EXPECTED, STATE_OLDER, STATE_OTHER_LINEAGE, ReconcilerError
from reconciler.model import Intent, Snapshot
from reconciler.state import privacy
from reconciler.state.contents import Contents, Run
from reconciler.state.contract import Holding, Session, StateStore
from reconciler.state.holder import Holder

NAME = "last-seen.json"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A state as it was seen: where (a label, never a password), which one, and how far it had come."""

    store: str
    lineage: str
    serial: int

    def check(self, label: str, lineage: str | None, serial: int) -> None:
        """Hold what is found now (lineage None: nothing) against what was seen; raises STATE_EXPECTED,
        STATE_OTHER_LINEAGE or STATE_OLDER."""
        seen = f"this folder last used the state {self.lineage} (serial {self.serial}) in {self.store}"
        if lineage is None:
            hint = "reconciler state migrate moves a state to another place" if label != self.store else ""
            raise ReconcilerError(STATE_EXPECTED, f"there is no state in {label}; {seen}", hint=hint)
        if lineage != self.lineage:
            raise ReconcilerError(STATE_OTHER_LINEAGE, f"the state in {label} is {lineage}; {seen}")
        if serial < self.serial:
            raise ReconcilerError(STATE_OLDER, f"the state in {label} has come to serial {serial}; {seen}")


class Memory:
    """The file of sightings of one project and environment."""

    def __init__(self, folder: Path, project: str, environment: str | None) -> None:
        self._path = folder / privacy.FOLDER / NAME
        self._key = f"{project}/{environment or ''}"

    def last(self) -> Sighting | None:
        """What was seen last, as far as that can be read."""
        with suppress(TypeError, ValueError, AttributeError):
            return Sighting(**self._all()[self._key]) if self._key in self._all() else None
        return None

    def keep(self, seen: Sighting) -> None:
        """Remember; where that cannot be written, nothing is lost but the memory."""
        if seen == self.last():
            return
        with suppress(OSError, TypeError, ValueError, AttributeError):
            privacy.make_folder(self._path.parent)
            text = json.dumps({**self._all(), self._key: asdict(seen)}, indent=2, sort_keys=True) + "\n"
            privacy.replace(self._path, text.encode())

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


class WatchedStore:
    """A ``StateStore`` that is held against what was seen before, and seen anew by every run that held its lock.

    With ``anew`` nothing is expected: for what puts a state there.
    """

    def __init__(self, store: StateStore, memory: Memory, *, anew: bool = False) -> None:
        self.label = store.label
        self._store, self._memory = store, memory
        self._expected = None if anew else memory.last()

    def snapshot(self) -> Snapshot:
        """The snapshot, checked."""
        found = self._store.snapshot()
        self._check(found.lineage, found.serial)
        return found

    def contents(self) -> Contents | None:
        """The contents, checked."""
        found = self._store.contents()
        self._check(found.lineage if found else None, found.serial if found else 0)
        return found

    @contextmanager
    def lock(
        self, holder: Holder, command: str, plan_digest: str | None = None, *, retired: bool = False
    ) -> Iterator[Session]:
        """Become the one writer, of no other state than the one expected; none is made where one is missing."""
        if self._expected is not None and not self._store.runs():
            self._check(None, 0)
        with self._store.lock(holder, command, plan_digest, retired=retired) as session:
            if self._expected is not None:
                self._check(session.lineage, self._expected.serial)
            try:
                yield session
            finally:
                lineage = session.lineage
        serials = [run.serial for run in self._store.runs() if run.serial is not None]
        if serials:
            self._memory.keep(Sighting(self.label, lineage, serials[-1]))

    def holding(self) -> Holding | None:
        """Who holds the lock now."""
        return self._store.holding()

    def unlock(self, *, force: bool = False) -> Holding | None:
        """Clear the lock of a dead holder."""
        return self._store.unlock(force=force)

    def runs(self) -> tuple[Run, ...]:
        """The history."""
        return self._store.runs()

    def journal(self, run: str) -> tuple[Intent, ...]:
        """The writes of one run."""
        return self._store.journal(run)

    def _check(self, lineage: str | None, serial: int) -> None:
        if self._expected is not None:
            self._expected.check(self.label, lineage, serial)
