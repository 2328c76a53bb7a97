"""Objects as people read them: references by name, set items without the vendor's own ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.diff import items_of
from reconciler.model import JSON, Address, FieldChange, Pending, Reference
from reconciler.schema import Field, ResourceType


@dataclass(frozen=True, slots=True)
class Spelling:
    """Spells the fields of one kind in one connection; ``owners`` says which address holds a live id."""

    rtype: ResourceType
    connection: str
    owners: Mapping[tuple[str, str, str], Address]

    def fields(self, fields: Mapping[str, JSON]) -> dict[str, JSON]:
        """The declared and observed fields that the kind knows."""
        if self.rtype.plain:
            return dict(fields)
        known = self.rtype.fields
        return {name: self.value(known[name], value) for name, value in fields.items() if name in known}

    def value(self, field: Field, value: JSON) -> JSON:
        """One field's value."""
        if field.ref is not None and isinstance(value, list | tuple):
            return [self._named(field.ref, item) for item in value]
        if field.ref is not None:
            return self._named(field.ref, value)
        if field.items and isinstance(value, list | tuple):
            return [{key: item[key] for key in item if key in field.items} for item in items_of(value)]
        return value

    def change(self, change: FieldChange) -> FieldChange:
        """A field's change, both sides spelled."""
        field = self.rtype.fields[change.path]
        return replace(change, before=self.value(field, change.before), after=self.value(field, change.after))

    def _named(self, kind: str, value: JSON) -> JSON:
        if isinstance(value, Reference):
            return value.address.name if value.address else {"externalId": value.external_id}
        if isinstance(value, Pending):
            return value.address.name
        if value is None:
            return None
        owner = self.owners.get((self.connection, kind, str(value)))
        return owner.name if owner else {"externalId": value}
