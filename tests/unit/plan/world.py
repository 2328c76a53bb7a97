"""A small world for planning tests: manifests, records and live objects said in a line each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reconciler.model import (
    Address,
    Desired,
    Intent,
    Lifecycle,
    Observed,
    Recorded,
    Reference,
    Selection,
    Snapshot,
    Source,
    Tombstone,
    Trouble,
)
from reconciler.plan import Inputs
from reconciler.schema import load

REGISTRY = load()
CONNECTIONS = {"enco": "enco", "customersure": "customersure", "optimum": "optimum"}


def question(language: str, body: str, id: str | None = None) -> dict[str, Any]:
    """A question of a survey; live ones have an id."""
    return {"language": language, "body": body} | ({"id": id} if id else {})


@dataclass
class World:
    """Collects the three sides and makes planning inputs of them."""

    manifests: dict[Address, Desired] = field(default_factory=dict)
    records: dict[Address, Recorded] = field(default_factory=dict)
    objects: list[Observed] = field(default_factory=list)
    tombstones: set[Tombstone] = field(default_factory=set)
    intents: list[Intent] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    selection: Selection = field(default_factory=Selection)

    def desire(self, address: str, *, connection: str | None = None, **more: Any) -> World:
        """A manifest. ``spec`` values that are ``ref:NAME`` or ``id:ID`` are references."""
        at = Address.parse(address)
        rtype = REGISTRY.get(at.kind)
        spec = more.pop("spec")
        references = []
        for name, value in list(spec.items()):
            if rtype.fields[name].ref and isinstance(value, str):
                how, _, what = value.partition(":")
                target = Address.parse(f"{rtype.fields[name].ref}/{what}") if how == "ref" else None
                references += [target] if target else []
                spec[name] = Reference(target) if target else Reference(external_id=what)
        self.manifests[at] = Desired(
            at,
            connection or at.provider,
            spec,
            Source("manifests/a.yaml", len(self.manifests) + 1),
            external_id=more.get("pin"),
            previous_names=tuple(Address.parse(text) for text in more.get("previous", ())),
            depends_on=tuple(sorted([*references, *(Address.parse(text) for text in more.get("depends_on", ()))])),
            lifecycle=more.get("lifecycle", Lifecycle()),
        )
        return self

    def record(self, address: str, id: str, fields: dict[str, Any], **more: Any) -> World:
        """What the state holds."""
        at = Address.parse(address)
        self.records[at] = Recorded(
            at,
            more.get("connection", at.provider),
            id,
            fields,
            depends_on=tuple(Address.parse(text) for text in more.get("depends_on", ())),
            lifecycle=more.get("lifecycle", Lifecycle()),
        )
        return self

    def live(self, kind: str, id: str, fields: dict[str, Any], connection: str | None = None) -> World:
        """A live object; every readable field not given is null, and a survey brings its questions along."""
        rtype = REGISTRY.get(kind)
        whole = {name: None for name, f in rtype.fields.items() if not f.write_only} | fields
        where = connection or rtype.provider
        self.objects.append(Observed(kind, where, id, whole))
        for part in REGISTRY.types.values():
            if part.part_of and part.fields[part.part_of.reference].ref == kind:
                for item in whole.get(part.part_of.set) or ():
                    own = {part.part_of.reference: id, **{k: v for k, v in item.items() if k != "id"}}
                    self.objects.append(Observed(part.kind, where, item["id"], own))
        return self

    def inputs(self, **more: Any) -> Inputs:
        """Planning inputs: every kind of every connection in use that has a listing was listed, but for those in
        trouble."""
        unread = {(t.connection, t.kind) for t in self.troubles}
        listed = [kind for kind, rtype in REGISTRY.types.items() if rtype.list != "none"]
        places = {(c, kind) for kind in listed for c in self._connections(kind)} - unread
        live = {place: tuple(o for o in self.objects if (o.connection, o.kind) == place) for place in sorted(places)}
        snapshot = Snapshot(
            exists=bool(self.records),
            lineage="l1" if self.records else None,
            records=self.records,
            tombstones=frozenset(self.tombstones),
            open_intents=tuple(self.intents),
        )
        return Inputs(
            "acme", None, REGISTRY, self.manifests, snapshot, live, self.selection, tuple(self.troubles), **more
        )

    def _connections(self, kind: str) -> set[str]:
        provider = kind.partition("/")[0]
        used = {d.connection for d in self.manifests.values() if d.address.provider == provider}
        used |= {r.connection for r in self.records.values() if r.address.provider == provider}
        return used | {provider}
