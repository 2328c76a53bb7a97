"""The contract between the engine and a vendor: observe, create, update, delete; nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, runtime_checkable

from reconciler.errors import CREDENTIALS_MISSING, ReconcilerError
from reconciler.model import JSON, Calls, Connection, Impact, Observed, Secret, Trouble
from reconciler.model.checkup import Checkup, Vitals
from reconciler.model.figures import Figures, Measured, Window, unknown

Read = TypeVar("Read")


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


class Informant(Provider, Protocol):
    """A provider that also tells about itself and about what its vendor counts. Reads alone, nothing is decided."""

    def check(self) -> Checkup:
        """Whether the credentials are good, by reads that change nothing, and what they show.

        Raises a ReconcilerError where the vendor cannot be asked or refuses; what a good token may not see is a note.
        """
        ...

    def vitals(self) -> Vitals:
        """What the answers so far showed beside their bodies."""
        ...

    def figures(self, observed: Sequence[Observed], window: Window) -> Measured:
        """What is counted of the objects over a period, and of the whole connection. Both ends go with every request.

        Raises nothing for a part that cannot be read: that is told as unknown, and as a trouble.
        """
        ...


def token_of(connection: Connection, token: Secret | None) -> Secret:
    """The token of a vendor that takes nothing else. Raises CREDENTIALS_MISSING for a connection without one."""
    if token is None:
        raise ReconcilerError(CREDENTIALS_MISSING, f"connection {connection.name} has no token")
    return token


def trouble_of(connection: str, kind: str, error: ReconcilerError) -> Trouble:
    """An error of a read as a value; ``kind`` is what was read."""
    return Trouble(connection, kind, error.code, error.message, error.exit_code, error.hint)


def seen(counting: Mapping[str, Callable[[], int | None]]) -> Checkup:
    """Each thing counted in its turn. The first has to be readable; what of the others is refused is noted."""
    sees: dict[str, int] = {}
    notes: list[str] = []
    for number, (name, count) in enumerate(counting.items()):
        try:
            found = count()
        except ReconcilerError as error:
            if number == 0:
                raise
            notes.append(f"{name}: {error.message}")
            continue
        if found is None:
            notes.append(f"{name}: the vendor does not say how many there are")
        else:
            sees[name] = found
    return Checkup(sees, tuple(notes))


class Reckoning:
    """Readings of figures, each of which may fail by itself; what failed is told once for each connection."""

    def __init__(self, connection: str) -> None:
        self._connection = connection
        self._troubles: dict[str, Trouble] = {}

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What could not be read."""
        return tuple(self._troubles[message] for message in sorted(self._troubles))

    def of(self, kind: str, names: Sequence[str], read: Callable[[], Figures]) -> Figures:
        """What ``read`` gives; where it fails, the named figures as unknown."""
        found, why = self.reading(kind, read)
        return unknown(why, *names) if found is None else found

    def reading(self, kind: str, read: Callable[[], Read]) -> tuple[Read | None, str]:
        """What ``read`` gives and no reason; where it fails, None and why."""
        try:
            return read(), ""
        except ReconcilerError as error:
            self._troubles[error.message] = trouble_of(self._connection, kind, error)
            return None, error.message


@runtime_checkable
class Upserting(Protocol):
    """A vendor with kinds whose create changes what exists (``x-upsert``)."""

    def alike(self, kind: str, fields: Mapping[str, JSON]) -> tuple[Observed, ...]:
        """The live objects, read now, that have the key of these fields in common or look like it: what such a create
        may hit. Raises as a listing does."""
        ...
