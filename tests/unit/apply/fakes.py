"""A vendor in memory with a fault at any point, and short ways to plans and sessions. Kinds are the real ones."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.errors import OUTCOME_UNKNOWN, UNREADABLE, WRITE_REFUSED, ReconcilerError, Uncertain
from reconciler.model import (
    Action,
    Address,
    Blocked,
    Calls,
    Change,
    Connection,
    Impact,
    Observed,
    Outcome,
    Plan,
    Recorded,
    Selection,
)
from reconciler.observe import World
from reconciler.providers.base import Listing, Written
from reconciler.schema import load
from reconciler.state import Holder, Session, StateStore, open_store

REGISTRY = load()
LOCATION, ACCOUNT, SITE = "optimum/Location", "optimum/Account", "customersure/Site"
SURVEY, QUESTION = "enco/Survey", "enco/Question"
HERE = Holder("host-a", 41, "ann", "7")


class Kill(BaseException):
    """The process dies here."""


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def refusal(text: str = "no such thing") -> ReconcilerError:
    """A definite refusal of a write."""
    return ReconcilerError(WRITE_REFUSED, text)


def lost(text: str = "the answer was lost") -> Uncertain:
    """An answer that never came."""
    return Uncertain(OUTCOME_UNKNOWN, text)


def unreadable(text: str = "the listing does not add up") -> ReconcilerError:
    """A listing that failed."""
    return ReconcilerError(UNREADABLE, text)


@dataclass
class Vendor:
    """Objects by kind and id. ``faults`` by point, (method, "before"|"after"): an error to raise, or a callable.

    ``answer`` turns the answer to a write into what the client is told; ``lag`` hides that many of the newest objects
    from listings; ``keeps`` decides which fields an update really stores.
    """

    name: str = "optimum"
    objects: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    faults: dict[tuple[str, str], Any] = field(default_factory=dict)
    answer: Callable[[Written], Written] = lambda written: written
    keeps: Callable[[str], bool] = lambda name: True
    hidden: set[str] = field(default_factory=set)
    log: list[tuple[str, str, Any]] = field(default_factory=list)
    kinds: frozenset[str] = frozenset({LOCATION, ACCOUNT, SITE, SURVEY, QUESTION})

    def __post_init__(self) -> None:
        self.connection = Connection(self.name, self.name, f"https://{self.name}.example")
        self._ids = itertools.count(1)
        self._turn = threading.Lock()
        self.busy = self.most = 0

    def add(self, kind: str, id: str, **fields: Any) -> None:
        """A live object."""
        self.objects.setdefault(kind, {})[id] = fields

    def live(self, kind: str) -> dict[str, dict[str, Any]]:
        """The live objects of a kind."""
        return self.objects.setdefault(kind, {})

    def writes(self) -> list[tuple[str, str, Any]]:
        """The writes that reached the vendor, in order."""
        return [entry for entry in self.log if entry[0] in ("create", "update", "delete")]

    def reach(self, method: str, moment: str, what: Any = None) -> None:
        """A point where a fault may be."""
        fault = self.faults.get((method, moment))
        if callable(fault) and not isinstance(fault, type):
            fault = fault(what)
        if fault is not None:
            raise fault

    def list(self, kind: str) -> Listing:
        self.log.append(("list", kind, None))
        self.reach("list", "before", kind)
        objects = self._surveys() if kind == SURVEY else self.live(kind)
        found = tuple(
            Observed(kind, self.name, id, dict(fields)) for id, fields in objects.items() if id not in self.hidden
        )
        return Listing(kind, self.name, found)

    def _surveys(self) -> dict[str, dict[str, Any]]:
        """Surveys with the questions that were added on their own, as the vendor shows them: every item has an id."""
        shown = {id: {**f, "questions": list(f.get("questions", ()))} for id, f in self.live(SURVEY).items()}
        for id, question in self.live(QUESTION).items():
            if id not in self.hidden:
                item = {"id": id, "language": question["language"], "body": question["body"]}
                shown.setdefault(question["survey"], {"questions": []})["questions"].append(item)
        for id, fields in shown.items():
            fields["questions"] = [{"id": f"{id}.{n}", **item} for n, item in enumerate(fields["questions"])]
        return shown

    def read(self, kind: str, id: str) -> Observed | None:
        self.log.append(("read", kind, id))
        self.reach("read", "before", id)
        fields = self.live(kind).get(id)
        return None if fields is None else Observed(kind, self.name, id, dict(fields))

    def create(self, kind: str, fields: Mapping[str, Any]) -> Written:
        with self._turn:
            self.busy += 1
            self.most = max(self.most, self.busy)
        try:
            self.reach("create", "before", fields)
            with self._turn:
                id_field = REGISTRY.get(kind).id_field
                id = fields[id_field] if id_field else f"n{next(self._ids)}"
                shown = {k: v for k, v in fields.items() if not REGISTRY.get(kind).fields[k].write_only}
                self.log.append(("create", kind, dict(fields)))
                self.live(kind)[id] = dict(shown)
            self.reach("create", "after", fields)
            return self.answer(Written(id, shown))
        finally:
            with self._turn:
                self.busy -= 1

    def update(self, kind: str, id: str, fields: Mapping[str, Any]) -> Written:
        self.reach("update", "before", fields)
        self.log.append(("update", kind, (id, dict(fields))))
        there = self.live(kind)[id]
        for name, value in fields.items():
            if self.keeps(name):
                rule = REGISTRY.get(kind).fields[name].set
                there[name] = [*there.get(name, []), *value] if rule and rule.additive else value
        new = there.get(REGISTRY.get(kind).id_field or "", id)
        if new != id:
            self.live(kind)[new] = self.live(kind).pop(id)
        self.reach("update", "after", fields)
        return self.answer(Written(new, {}))

    def delete(self, kind: str, id: str) -> Written:
        self.reach("delete", "before", id)
        self.log.append(("delete", kind, id))
        self.live(kind).pop(id, None)
        self.reach("delete", "after", id)
        return self.answer(Written(id))

    def impact(self, kind: str, observed: Observed) -> Impact:
        return Impact()

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, Any]:
        return {}

    def calls(self) -> Calls:
        return Calls()

    def close(self) -> None:
        return


def at(name: str, kind: str = LOCATION) -> Address:
    """An address."""
    provider, type_ = kind.split("/")
    return Address(provider, type_, name)


def change(address: Address, action: Action, **more: Any) -> Change:
    """A change with the usual parts filled in."""
    connection = more.pop("connection", {"optimum": "optimum", "enco": "enco", "customersure": "cs"}[address.provider])
    return Change(address, connection, action, more.pop("reason", "test"), **more)


def creating(
    address: Address, *, depends_on: tuple[Address, ...] = (), action: Action = Action.CREATE, **f: Any
) -> Change:
    """A create of these fields."""
    return change(address, action, request=f, recorded=f, depends_on=depends_on)


def location(name: str, **more: Any) -> Change:
    """A create of an Optimum location."""
    return creating(at(name), name=f"Acme {name}", country_code="GB", **more)


def held(address: Address, id: str, connection: str = "optimum", **fields: Any) -> Recorded:
    """A record."""
    return Recorded(address, connection, id, fields, f"https://{connection}.example:443")


def blocked(address: Address) -> Change:
    """A change that the plan blocks."""
    return change(address, Action.CREATE, blocked=Blocked("near_match", "looks like another"))


@dataclass
class Bench:
    """A state on disk, vendors, a clock; ``apply`` runs one apply in a session of its own."""

    folder: Path
    vendors: dict[str, Vendor] = field(default_factory=lambda: {n: Vendor(n) for n in ("optimum", "enco", "cs")})
    clock: Clock = field(default_factory=Clock)
    events: list[Any] = field(default_factory=list)

    @property
    def store(self) -> StateStore:
        """The state, opened anew."""
        return open_store("sqlite:///state.db", "acme", None, self.folder, clock=self.clock)

    def session(self) -> AbstractContextManager[Session]:
        """The one writer."""
        return self.store.lock(HERE, "apply")

    def keep(self, *records: Recorded) -> None:
        """Records that were there before."""
        with self.session() as session:
            session.put(records)

    def world(self) -> World:
        """Everything that is live now."""
        return World({(n, k): _listing(v, k) for n, v in self.vendors.items() for k in v.kinds})

    def apply(self, *changes: Change, **options: Any) -> dict[str, Outcome]:
        """One apply; outcomes by the address's name."""
        return {str(o.address.name): o for o in self.outcomes(*changes, **options)}

    def outcomes(self, *changes: Change, **options: Any) -> tuple[Outcome, ...]:
        """One apply; the outcomes as they come."""
        from reconciler.apply import execute

        ordered = tuple(sorted(changes, key=lambda c: c.address))
        options = {"world": self.world(), "on_event": self.events.append, "plan_digest": "sha256:plan", **options}
        with self.session() as session:
            return execute(
                Plan("acme", None, Selection(), None, REGISTRY.digest, ordered),
                providers=options.pop("providers", self.vendors),
                session=session,
                registry=REGISTRY,
                clock=self.clock,
                sleep=self.clock.sleep,
                **options,
            )

    def settle(self, seconds: float = 30.0) -> Any:
        """One recovery."""
        from reconciler.apply import settle

        with self.session() as session:
            return settle(
                session,
                self.vendors,
                REGISTRY,
                now=self.clock,
                sleep=self.clock.sleep,
                settle_seconds=dict.fromkeys(self.vendors, seconds),
            )


def _listing(vendor: Vendor, kind: str) -> Listing:
    return Listing(
        kind, vendor.name, tuple(Observed(kind, vendor.name, i, dict(f)) for i, f in vendor.live(kind).items())
    )
