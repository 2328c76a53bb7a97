"""What one kind means: how it is recognised, what its API can do, what a delete destroys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model import JSON
from reconciler.schema.field import Field


@dataclass(frozen=True, slots=True)
class NearRule:
    """Fields that, equal after normalising, make a live object a near match: it might be the one meant."""

    fields: tuple[str, ...]
    normalise: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyRule:
    """How a live object is recognised.

    ``match`` is ``key`` (the key fields are equal), ``declared`` (every declared readable field is equal), ``pinned``
    (by metadata.externalId alone; the key is for people, and ``near`` names the candidates) or ``any`` (one of the key
    fields is equal, and the sets ``overlap`` have an item in common; ``near`` takes one of its fields as well).
    With ``repeats`` several manifests may share a key. ``twin`` names the fields that, equal while the key differs,
    suggest that the object was renamed.
    """

    fields: tuple[str, ...]
    match: str
    near: NearRule | None = None
    repeats: bool = False
    twin: tuple[str, ...] = ()
    overlap: str | None = None

    @property
    def any(self) -> bool:
        """Whether one equal key field will do."""
        return self.match == "any"


@dataclass(frozen=True, slots=True)
class PartRule:
    """Objects of this kind are items of the set field ``set`` of the object that ``reference`` names."""

    reference: str
    set: str


@dataclass(frozen=True, slots=True)
class ImpactRule:
    """What a write destroys: counts that can be read, and names of what no endpoint shows.

    A delete destroys it; with ``on`` it is an update that changes one of these fields.
    """

    counts: tuple[str, ...]
    unknowable: tuple[str, ...] = ()
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneTimeRule:
    """A record that is sent once, ever.

    Where all fields of ``identity`` are declared, they alone tell one from another; else everything that goes with the
    create does. As long as the live field ``state`` has one of the values ``pending``, it can still be changed; without
    ``state`` always, as far as its kind has updates.
    """

    identity: tuple[str, ...] = ()
    state: str | None = None
    pending: tuple[JSON, ...] = ()

    def is_open(self, observed: Mapping[str, JSON]) -> bool:
        """Whether the live record can still be changed."""
        return self.state is None or observed.get(self.state) in self.pending


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource, read from its JSON Schema."""

    provider: str
    type: str
    api_version: str
    description: str
    document: Mapping[str, JSON]
    fields: Mapping[str, Field]
    key: KeyRule
    operations: frozenset[str]
    id_type: str = "string"
    id_field: str | None = None  # the field that is the id, where there is no id of the vendor's own
    list: str = "complete"
    readback: str = "list"
    delete: str = "none"
    replace: str | None = None
    impact: ImpactRule | None = None
    part_of: PartRule | None = None
    deactivate: Mapping[str, JSON] = field(default_factory=dict)
    plain: bool = False  # no reference, no set, nothing write-only: shown, sent and recorded as it is spelled
    one_time: OneTimeRule | None = None
    observed_only: bool = False
    upsert: bool = False
    figures: bool = False  # the vendor counts what was asked and answered of it

    @property
    def kind(self) -> str:
        """``provider/Type``."""
        return f"{self.provider}/{self.type}"

    @property
    def updatable(self) -> bool:
        """Whether the API can change an existing object at all."""
        return "update" in self.operations

    @property
    def deletable(self) -> bool:
        """Whether the API can delete an object (or make it inactive for good)."""
        return self.delete != "none"

    @property
    def nameless(self) -> bool:
        """Whether the vendor gives its objects no id: what was sent is known by the ledger alone."""
        return self.id_type == "none"

    @property
    def reads_one(self) -> bool:
        """Whether one object can be read without listing all."""
        return self.readback in ("id", "key")

    def key_of(self, fields: Mapping[str, JSON]) -> tuple[JSON, ...]:
        """The normalised key of a spec or of an observed object."""
        return tuple(self.fields[name].normalised(fields.get(name)) for name in self.key.fields)

    def same_key(self, one: Mapping[str, JSON], other: Mapping[str, JSON]) -> bool:
        """Whether two sets of fields are told to be the same object by their key."""
        if not self.key.any:
            return self.key_of(one) == self.key_of(other)
        pairs = zip(self.key_of(one), self.key_of(other), strict=True)
        return any(mine is not None and mine == theirs for mine, theirs in pairs) and self.overlaps(one, other)

    def overlaps(self, one: Mapping[str, JSON], other: Mapping[str, JSON]) -> bool:
        """Whether the sets that the key names have an item in common; true where it names none."""
        if self.key.overlap is None:
            return True
        meaning = self.fields[self.key.overlap]
        mine, theirs = (meaning.normalised(fields.get(self.key.overlap)) for fields in (one, other))
        return any(item in (theirs or ()) for item in mine or ())  # type: ignore[operator,attr-defined]

    def key_text(self, fields: Mapping[str, JSON]) -> str:
        """The key as it is shown to people: nothing that is somebody's, and empty where there is no more."""
        names = (name for name in self.key.fields if not self.fields[name].personal)
        return " / ".join(str(fields.get(name, "")).strip() for name in names)
