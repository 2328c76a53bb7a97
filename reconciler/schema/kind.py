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

    ``match`` is ``key`` (the key fields are equal) or ``declared`` (every declared readable field is equal). With
    ``repeats`` several manifests may share a key. ``twin`` names the fields that, equal while the key differs,
    suggest that the object was renamed.
    """

    fields: tuple[str, ...]
    match: str
    near: NearRule | None = None
    repeats: bool = False
    twin: tuple[str, ...] = ()


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
    one_time: bool = False
    observed_only: bool = False
    upsert: bool = False

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
    def reads_one(self) -> bool:
        """Whether one object can be read without listing all."""
        return self.readback in ("id", "key")

    def key_of(self, fields: Mapping[str, JSON]) -> tuple[JSON, ...]:
        """The normalised key of a spec or of an observed object."""
        return tuple(self.fields[name].normalised(fields.get(name)) for name in self.key.fields)

    def key_text(self, fields: Mapping[str, JSON]) -> str:
        """The key as it is shown to people."""
        return " / ".join(str(fields.get(name, "")).strip() for name in self.key.fields)
