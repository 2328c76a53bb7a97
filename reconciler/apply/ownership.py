"""Which address holds which live object during a run, so that no object is given to two."""

from __future__ import annotations

import threading

from reconciler.model import Address, Snapshot, Tombstone


class Ownership:
    """The live objects of the records and of this run. Thread-safe."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._turn = threading.Lock()
        self._tombstones = snapshot.tombstones
        self._owners = {(r.connection, a.kind, r.id): a for a, r in snapshot.records.items()}

    def owner(self, connection: str, kind: str, id: str) -> Address | None:
        """The address that holds an object, or None."""
        with self._turn:
            return self._owners.get((connection, kind, id))

    def claim(self, connection: str, id: str, address: Address) -> Address:
        """Take an object for an address unless another holds it; returns the holder."""
        with self._turn:
            return self._owners.setdefault((connection, address.kind, id), address)

    def free(self, connection: str, kind: str, id: str) -> bool:
        """Whether nobody holds the object and it was never deleted by us."""
        with self._turn:
            return (connection, kind, id) not in self._owners and Tombstone(
                kind, connection, id
            ) not in self._tombstones
