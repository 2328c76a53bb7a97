"""A store without SQL, to hold the contract to its word: blobs that can be created if absent, and swapped if unchanged.

One blob holds the state, another one the lock. A writer swaps the state's blob for the next one; whoever takes the lock
over writes its token into the state first, so that the swap of the one before finds another blob and fails. A real one
would also give its locks a lease; here a holder is dead when its process is.
"""

from __future__ import annotations

import copy
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from reconciler import __version__
from reconciler.errors import STATE_LOCK_LOST, ReconcilerError
from reconciler.model import Address, Intent, Snapshot
from reconciler.state import Contents, Holder, Holding, Run, Session, codec, picture
from reconciler.state.binding import check_in_use, check_owner
from reconciler.state.contents import OPEN
from reconciler.state.lockfile import locked
from reconciler.state.picture import About, Held, Row
from reconciler.state.writer import Writer

STATE, LOCK = "state.json", "lock.json"
ADDED, KEYS = ("listings", "tombstones", "ledger"), {"tombstones": 3}
CHANGING = {"object_id": 6, "at": 10, "phase": 11, "detail": 13}  # columns of a journal line
Document = dict[str, Any]


class Blobs:
    """Named texts with a tag that changes with each write; nothing else than what object stores have."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, str]] = {}
        self._turn = threading.Lock()

    def get(self, name: str) -> tuple[str, str] | None:
        """Tag and text."""
        return self._held.get(name)

    def create(self, name: str, text: str) -> str | None:
        """Write it if there is none; its tag, or None."""
        return self._write(name, None, text)

    def swap(self, name: str, tag: str, text: str) -> str | None:
        """Write it if it still has this tag; the new tag, or None."""
        return self._write(name, tag, text)

    def _write(self, name: str, tag: str | None, text: str) -> str | None:
        with self._turn:
            if (self._held[name][0] if name in self._held else None) != tag:
                return None
            fresh = uuid.uuid4().hex
            self._held[name] = (fresh, text)
            return fresh


class ObjectStore:
    """A ``StateStore`` in two blobs."""

    label = "objects"

    def __init__(self, blobs: Blobs, project: str, environment: str | None, *, clock: Callable[[], float]) -> None:
        self._blobs, self._owner, self._clock = blobs, (project, environment), clock

    def snapshot(self) -> Snapshot:
        """One picture."""
        document = self._read()
        return Reading(document).snapshot() if document else Snapshot()

    def contents(self) -> Contents | None:
        """Everything."""
        document = self._read(retired=True)
        return Reading(document).contents() if document else None

    def runs(self) -> tuple[Run, ...]:
        """The history."""
        document = self._read(retired=True)
        return picture.runs(document["runs"].values()) if document else ()

    def journal(self, run: str) -> tuple[Intent, ...]:
        """The writes of one run."""
        document = self._read(retired=True)
        return Reading(document).intents(lambda row: row[1] == run) if document else ()

    def holding(self) -> Holding | None:
        """Who holds the lock."""
        found = self._blobs.get(LOCK)
        return _alive(json.loads(found[1])) if found else None

    def unlock(self, *, force: bool = False) -> Holding | None:
        """Clear what a dead holder left, or take the lock by force."""
        self._read(retired=True)
        found = self._blobs.get(LOCK)
        if found is None:
            return None
        alive, left = _alive(json.loads(found[1])), _holding(json.loads(found[1]))
        if alive is not None and not force:
            raise locked(alive)
        self._claim(None)
        self._blobs.swap(LOCK, found[0], "null")
        return left

    @contextmanager
    def lock(
        self, holder: Holder, command: str, plan_digest: str | None = None, *, retired: bool = False
    ) -> Iterator[Session]:
        """Become the one writer."""
        holding = Holding(holder, uuid.uuid4().hex, command, self._clock(), plan_digest)
        tag = self._acquire(holding)
        try:
            self._read(retired=retired)
            rows = Blob(self._blobs, *self._claim(holding))
            yield Writer(rows, run=holding.run, clock=self._clock, seal=codec.unsealed)
        finally:
            self._blobs.swap(LOCK, tag, "null")

    def _acquire(self, holding: Holding) -> str:
        text, found = json.dumps(asdict(holding)), self._blobs.get(LOCK)
        alive = _alive(json.loads(found[1])) if found else None
        if alive is not None:
            raise locked(alive)
        tag = self._blobs.swap(LOCK, found[0], text) if found else self._blobs.create(LOCK, text)
        if tag is None:
            raise locked(self.holding())
        return tag

    def _claim(self, holding: Holding | None) -> tuple[str, Document]:
        """Write who writes now into the state itself: the swaps of whoever did before fail from here on."""
        while True:
            found = self._blobs.get(STATE)
            document = json.loads(found[1]) if found else _born(*self._owner, holding)
            document["writer"] = holding.run if holding else None
            if holding is not None:
                who, of = holding.holder, holding.plan_digest
                line = [holding.run, holding.command, of, holding.since, None, who.user, who.host, who.pid]
                document["runs"][holding.run] = [*line, None, None, None, __version__]
            text = json.dumps(document)
            tag = self._blobs.swap(STATE, found[0], text) if found else self._blobs.create(STATE, text)
            if tag is not None:
                return tag, document

    def _read(self, *, retired: bool = False) -> Document | None:
        found = self._blobs.get(STATE)
        if found is None:
            return None
        document: Document = json.loads(found[1])
        about = About(**document["about"])
        check_owner(self.label, (about.project, about.environment), self._owner)
        if not retired:
            check_in_use(self.label, about.moved_to)
        return document


class Reading:
    """A document as values."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._about = About(**document["about"])

    def snapshot(self) -> Snapshot:
        """What a plan needs."""
        return picture.snapshot(ObjectStore.label, self._about, self._held(_open))

    def contents(self) -> Contents:
        """Everything."""
        runs = self._document["runs"].values()
        return picture.contents(ObjectStore.label, self._about, self._held(lambda _: True), runs)

    def intents(self, chosen: Callable[[Row], bool]) -> tuple[Intent, ...]:
        """Lines of the journal."""
        held = self._held(chosen)
        return picture.intents(held.journal, held.listings)

    def _held(self, chosen: Callable[[Row], bool]) -> Held:
        rows = {name: list(table.values()) for name, table in self._document.items() if isinstance(table, dict)}
        return Held(
            origins=sorted(rows["origins"]),
            records=sorted(rows["records"], key=lambda row: str(row[0])),
            tombstones=rows["tombstones"],
            journal=[row for row in rows["journal"] if chosen(row)],
            listings=[(row[0], row[3]) for row in rows["listings"]],
            ledger=rows["ledger"],
        )


class Blob:
    """The ``Rows`` of a writer: a document that is swapped for its next version, whole."""

    label = ObjectStore.label

    def __init__(self, blobs: Blobs, tag: str, document: Document) -> None:
        self._blobs, self._tag, self._document = blobs, tag, document
        self._changed = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that changes inside in one swap."""
        before, self._changed = copy.deepcopy(self._document), False
        try:
            yield
            tag = self._blobs.swap(STATE, self._tag, json.dumps(self._document)) if self._changed else self._tag
            if tag is None:
                raise ReconcilerError(STATE_LOCK_LOST, "another run took the lock")
            self._tag = tag
        except BaseException:
            self._document = before
            raise

    def confirm(self) -> None:
        """Raise STATE_LOCK_LOST unless the blob is the one that was written last."""
        found = self._blobs.get(STATE)
        if found is None or found[0] != self._tag:
            raise ReconcilerError(STATE_LOCK_LOST, "another run took the lock")

    def about(self) -> About:
        """What the state says of itself."""
        return About(**self._document["about"])

    def snapshot(self) -> Snapshot:
        """One picture."""
        return Reading(self._document).snapshot()

    def open_intents(self) -> tuple[Intent, ...]:
        """Writes whose outcome is not known."""
        return Reading(self._document).intents(_open)

    def satisfied(self, plan_digest: str) -> frozenset[tuple[Address, str]]:
        """What of a plan is done."""
        lines = self._document["journal"].values()
        return picture.satisfied((row[2], row[4]) for row in lines if row[9] == plan_digest and row[11] == "DONE")

    def made_since(self, at: float) -> Mapping[tuple[str, str, str], float]:
        """When the newest objects were made."""
        done = [row for row in self._document["journal"].values() if row[4] == "create" and row[11] == "DONE"]
        return picture.made((row[5], row[2], row[6], row[10]) for row in done if row[10] >= at and row[6])

    def touched(self, address: Address) -> Sequence[Row]:
        """The record of an address and those that depend on it."""
        quoted = json.dumps(str(address))
        return [r for r in self._document["records"].values() if r[0] == str(address) or quoted in (r[5] or "")]

    def raise_serial(self, above: int = -1) -> None:
        """See ``Rows``."""
        serial = self._document["about"]["serial"]
        self.tell({"serial": max(serial, above + 1) if above >= 0 else serial + 1})

    def tell(self, about: Mapping[str, Any]) -> None:
        """Change what the state says of itself."""
        self._document["about"].update(about)
        self._changed = True

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows by their key."""
        for row in rows:
            held = self._document[table].get(row[0])
            fresh = list(row)
            if table == "journal" and held is not None:
                fresh = [row[n] if n in CHANGING.values() else value for n, value in enumerate(held)]
            self._document[table][row[0]] = fresh
            self._changed = True

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Write those that are not there."""
        for row in rows:
            self._document[table].setdefault("\0".join(row[: KEYS.get(table, 1)]), list(row))
            self._changed = True

    def drop_records(self, addresses: Sequence[str]) -> None:
        """Take records away."""
        for address in addresses:
            self._document["records"].pop(address, None)
            self._changed = True

    def readdress(self, rows: Sequence[Row]) -> None:
        """Give journal lines another address, connection and record to be."""
        for address, connection, after, line in rows:
            held = self._document["journal"][line]
            held[2], held[5], held[12] = address, connection, after

    def sent_too(self, old: Address, new: Address) -> None:
        """Write a ledger line for another address as well."""
        line = self._document["ledger"].get(str(old))
        if line is not None:
            self._document["ledger"].setdefault(str(new), [str(new), *line[1:]])

    def clear(self, run: str) -> None:
        """Take everything away but a run's line."""
        for table in ("origins", "records", "journal", *ADDED):
            self._document[table] = {}
        self._document["runs"] = {run: self._document["runs"][run]}

    def close_run(self, run: str, ended: float, exit_code: int, counts: str) -> None:
        """End a run's line."""
        line = self._document["runs"][run]
        line[4], line[8], line[9], line[10] = ended, exit_code, counts, self._document["about"]["serial"]
        self._changed = True

    def last_run(self, run: str) -> None:
        """Make a run's line the last."""
        self._document["runs"][run] = self._document["runs"].pop(run)

    def prune(self, kept_runs: int) -> None:
        """Drop what nothing needs."""
        kept = set(list(self._document["runs"])[-kept_runs:])
        journal = {id: row for id, row in self._document["journal"].items() if _open(row) or row[1] in kept}
        needed = {row[-1] for row in journal.values() if _open(row)}
        listings = {key: row for key, row in self._document["listings"].items() if key in needed}
        self._document |= {"journal": journal, "listings": listings}


def _open(row: Row) -> bool:
    return row[11] in {phase.value for phase in OPEN}


def _born(project: str, environment: str | None, holding: Holding | None) -> Document:
    born_of = holding.plan_digest if holding else None
    about = About(str(uuid.uuid4()), 0, project, environment, born_of)
    return {"about": asdict(about), **{table: {} for table in ("origins", "records", "journal", *ADDED, "runs")}}


def _holding(said: dict[str, Any] | None) -> Holding | None:
    return Holding(**{**said, "holder": Holder(**said["holder"])}) if said else None


def _alive(said: dict[str, Any] | None) -> Holding | None:
    holding = _holding(said)
    return holding if holding is not None and holding.holder.alive() else None
