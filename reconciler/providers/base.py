"""The contract between the engine and a vendor: observe, create, update, delete; nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.model import JSON, Calls, Connection, Impact, Observed


@dataclass(frozen=True, slots=True)
class Listing:
    """Every live object of one kind in one connection. Only a listing that adds up may be made into this value.

    ``complete`` is False where the vendor lists nothing unasked: then it holds everything that was sought, and says
    nothing about the rest.
    """

    kind: str
    connection: str
    objects: tuple[Observed, ...]
    warnings: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Sought:
    """The objects of a kind that matter: what manifests declare, and ids that are recorded, pinned or open."""

    fields: tuple[Mapping[str, JSON], ...] = ()
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """A write that the vendor confirmed. ``id`` is None where the answer does not say it (then it is read back);
    ``fields`` are the readable fields of the answer, empty where it shows none."""

    id: str | None = None
    fields: Mapping[str, JSON] = field(default_factory=dict)


class Provider(Protocol):
    """One connection to one vendor. Thread-safe: operations run concurrently.

    Every method may raise a ReconcilerError: 04xx for refused credentials, 05xx where the vendor stayed unavailable or
    unreadable, 09xx where it refused the request. Writes raise ``Uncertain`` when nobody knows what became of them;
    any other error from a write means that nothing was changed.
    """

    connection: Connection
    kinds: frozenset[str]  # provider/Type names this vendor serves

    def seek(self, kind: str, sought: Sought) -> None:
        """Say what the listings to come are for. Most vendors list everything and need not know."""
        ...

    def list(self, kind: str) -> Listing:
        """All live objects of the kind, from a listing that adds up; raises where it does not."""
        ...

    def read(self, kind: str, id: str) -> Observed | None:
        """One object by its id; None on a confirmed 404 and on nothing else."""
        ...

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        """Create once, never repeated blindly. Fields are in the vendor's terms, references as live ids."""
        ...

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        """Set the given fields only; an explicit None clears. Of an additive set the given items are added."""
        ...

    def delete(self, kind: str, id: str) -> Written:
        """Delete; a confirmed 404 counts as done."""
        ...

    def impact(self, kind: str, observed: Observed) -> Impact:
        """What the write that the kind's ``x-impact`` names would destroy: a delete, or a change of its ``on`` fields.

        A count that should be readable and is not is told in ``failed``; nothing is raised.
        """
        ...

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        """What a delete of the object would destroy beyond its own fields, as the vendor shows it, to be archived.

        A name for each sort (``reviews``, ``report``); a list only where it is complete, read page by page and adding
        up as in ``list``. Nothing is masked here. Empty where the vendor shows no more than the fields. Raises where a
        part cannot be read: half the evidence is none.
        """
        ...

    def calls(self) -> Calls:
        """Requests answered so far: reads (GET) and writes. A retried request counts once."""
        ...

    def close(self) -> None:
        """Let go of sockets."""
        ...
