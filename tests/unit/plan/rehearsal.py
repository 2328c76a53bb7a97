"""A plan carried out in pure code against made-up vendors: what the next plan is made from.

The vendors follow their documents where it matters for comparing: padded lists, limits echoed as text, empty text for
null, fields that are never shown, ids that come with the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from typing import Any

from reconciler.model import Action, Address, Change, Observed, Pending, Plan, Recorded, Tombstone
from reconciler.plan import Step, steps
from tests.unit.plan.world import REGISTRY, World

Fields = dict[str, Any]


@dataclass
class Vendors:
    """The live objects by connection and kind; parts live in their whole."""

    objects: dict[tuple[str, str], dict[str, Fields]] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)
    deleted: list[tuple[str, str, str]] = field(default_factory=list)
    made: int = 0

    @classmethod
    def of(cls, world: World) -> Vendors:
        known = (
            [o.id for o in world.objects] + [t.id for t in world.tombstones] + [r.id for r in world.records.values()]
        )
        vendors = cls(made=max((int(id[1:]) for id in known if id[:1] in "nq" and id[1:].isdigit()), default=0))
        for o in world.objects:
            if REGISTRY.get(o.kind).part_of is None:
                vendors.objects.setdefault((o.connection, o.kind), {})[o.id] = dict(o.fields)
        return vendors

    def create(self, place: str, kind: str, request: Fields) -> str:
        self.writes[place] += 1
        rtype = REGISTRY.get(kind)
        if rtype.part_of is not None:
            whole = rtype.fields[rtype.part_of.reference].ref or ""
            return self._add(place, whole, str(request[rtype.part_of.reference]), rtype.part_of.set, request)
        id = str(request[rtype.id_field]) if rtype.id_field else self._id("n")
        there = self.objects.setdefault((place, kind), {})
        assert id not in there, f"{kind} {id} is made a second time"
        there[id] = {name: None for name, f in rtype.fields.items() if not f.write_only}
        self._set(place, kind, id, request)
        return id

    def update(self, place: str, kind: str, id: str, request: Fields) -> str:
        rtype = REGISTRY.get(kind)
        additive = {name for name in request if (rule := rtype.fields[name].set) is not None and rule.additive}
        plain = {name: value for name, value in request.items() if name not in additive}
        self.writes[place] += bool(plain) + sum(len(request[name]) for name in additive)
        self._set(place, kind, id, request)
        if rtype.id_field in plain:
            there = self.objects[place, kind]
            assert plain[rtype.id_field] not in there, "two objects of one id"
            there[str(plain[rtype.id_field])] = there.pop(id)
            return str(plain[rtype.id_field])
        return id

    def delete(self, place: str, kind: str, id: str) -> None:
        self.writes[place] += 1
        self.deleted.append((place, kind, id))
        assert REGISTRY.get(kind).deletable, f"{kind} cannot be deleted"
        del self.objects[place, kind][id]

    def observed(self) -> list[tuple[str, str, str, Fields]]:
        """Every object that is not part of another, as its vendor lists it."""
        return [(place, kind, id, f) for (place, kind), there in self.objects.items() for id, f in there.items()]

    def _set(self, place: str, kind: str, id: str, request: Fields) -> None:
        rtype = REGISTRY.get(kind)
        for name, value in request.items():
            meaning = rtype.fields[name]
            assert not meaning.read_only, f"{name} is not ours to send"
            if meaning.set is not None:
                for item in value:
                    self._add(place, kind, id, name, item)
            elif not meaning.write_only:
                self.objects[place, kind][id][name] = _echo(meaning.normalise, value)

    def _add(self, place: str, kind: str, id: str, name: str, item: Mapping[str, Any]) -> str:
        fields = self.objects[place, kind][id]
        new = {"id": self._id("q"), **{key: f" {item[key]} " for key in REGISTRY.get(kind).fields[name].items}}
        fields[name] = [*(fields[name] or ()), new]
        return str(new["id"])

    def _id(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}{self.made}"


def _echo(normalise: tuple[str, ...], value: Any) -> Any:
    """The value as the vendor shows it: null as empty text, numbers as text, padding, where that is no change."""
    if "empty-null" in normalise and value is None:
        return ""
    if "number" in normalise and value is not None:
        return str(value)
    return f" {value} " if "trim" in normalise else value


class Rehearsal:
    """One apply; ``world`` afterwards holds what the state and the vendors hold then."""

    def __init__(self, world: World, plan: Plan) -> None:
        self.before, self.plan = world, plan
        self.vendors = Vendors.of(world)
        self.records = dict(world.records)
        self.tombstones = set(world.tombstones)
        self.changes = {change.address: change for change in plan.changes}
        self.done: set[Step] = set()

    def run(self, most: int | None = None) -> Rehearsal:
        """Bring the records of what does not change up to date, then take the steps in order, at most so many."""
        for change in self.plan.changes:
            if not change.operates and change.blocked is None:
                self._keep(change, change.id)
        operating = [change for change in self.plan.changes if change.operates]
        order = _in_order(operating)
        for step in order[:most]:
            self._take(self.changes[step.address], step)
            self.done.add(step)
        return self

    @property
    def satisfied(self) -> set[Address]:
        """The addresses of which every step was taken."""
        taken = {step.address for step in self.done}
        return taken - self.halfway

    @property
    def halfway(self) -> set[Address]:
        """The addresses of which some steps were taken and others not."""
        every = set(steps([change for change in self.plan.changes if change.operates]))
        return {s.address for s in every - self.done} & {s.address for s in self.done}

    @property
    def world(self) -> World:
        """What the next plan is made from."""
        after = World(
            manifests=dict(self.before.manifests),
            records=dict(self.records),
            tombstones=set(self.tombstones),
            selection=self.before.selection,
        )
        for place, kind, id, fields in self.vendors.observed():
            after.live(kind, id, fields, place)
        return after

    def _take(self, change: Change, step: Step) -> None:
        kind, place = change.address.kind, change.connection
        if change.previous_address is not None:
            self._rename(change)
        if step.name == "create":
            id = self.vendors.create(place, kind, self._resolved(change.request))
            self._keep(change, id)
        elif step.name == "update":
            assert change.id is not None
            id = self.vendors.update(place, kind, change.id, self._resolved(change.request))
            self._keep(change, id)
        elif step.name == "delete":
            self._delete(change)
        else:
            self._keep(change, change.importing or change.id)

    def _delete(self, change: Change) -> None:
        kind, place = change.address.kind, change.previous_connection or change.connection
        assert change.id is not None
        self.vendors.delete(place, kind, change.id)
        if REGISTRY.get(kind).id_field is None:
            self.tombstones.add(Tombstone(kind, place, change.id))
        if change.action is Action.DELETE:
            self.records.pop(change.address, None)

    def _rename(self, change: Change) -> None:
        held = self.records.pop(change.previous_address, None) if change.previous_address else None
        if held is not None:
            self.records[change.address] = replace(held, address=change.address)

    def _keep(self, change: Change, id: str | None) -> None:
        if change.recorded is None or change.deactivates:
            self.records.pop(change.address, None)
        elif id is not None:
            self.records[change.address] = Recorded(
                change.address,
                change.connection,
                id,
                self._resolved(change.recorded),
                depends_on=change.depends_on,
                lifecycle=change.lifecycle,
            )

    def _resolved(self, fields: Mapping[str, Any]) -> Fields:
        return {name: self._live_id(value) for name, value in fields.items()}

    def _live_id(self, value: Any) -> Any:
        return self.records[value.address].id if isinstance(value, Pending) else value


def _in_order(changes: list[Change]) -> list[Step]:
    """The steps in one order that the graph allows, the same every time."""
    sorter = TopologicalSorter({step: sorted(before) for step, before in sorted(steps(changes).items())})
    sorter.prepare()
    order: list[Step] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def live_ids(world: World) -> set[tuple[str, str, str]]:
    """Every live object by connection, kind and id."""
    return {(o.connection, o.kind, o.id) for o in world.objects}


def live(world: World, connection: str, kind: str, id: str) -> Observed | None:
    """One live object, or None."""
    return next((o for o in world.objects if (o.connection, o.kind, o.id) == (connection, kind, id)), None)
