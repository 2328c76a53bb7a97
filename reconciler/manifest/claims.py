"""Two manifests, or two parts of them, that mean the same live object."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

from reconciler import errors
from reconciler.errors import ReconcilerError
from reconciler.manifest.declaration import Atlas, Declaration
from reconciler.model import Address, Reference, canonical
from reconciler.schema import Field
from reconciler.schema.message import message


class Claims:
    """Looks for what is claimed twice; what is not complete enough to compare is passed over."""

    def __init__(self, declared: Mapping[Address, Declaration], atlas: Atlas) -> None:
        self._declared, self._atlas = declared, atlas
        self._pinned = {
            (one.address.kind, one.connection, one.metadata["externalId"]): address
            for address, one in declared.items()
            if isinstance(one.metadata.get("externalId"), str)
        }

    def faults(self, declarations: Iterable[Declaration]) -> Iterator[ReconcilerError]:
        """Keys met twice, set items met twice, and parts that their owner's list has too."""
        keys: dict[tuple[str, str | None, Hashable], Declaration] = {}
        parts: dict[tuple[str, str | None, str, Hashable], list[Declaration]] = {}
        messages: dict[str, Declaration] = {}
        for one in declarations:
            for field in one.kind.sets:
                yield from self._repeated_items(one, field)
            if one.kind.keyed:
                yield from self._repeated_key(one, keys)
            if one.kind.type.key.any:
                yield from self._shared_key(one, parts)
            if one.kind.type.part_of is not None:
                yield from self._claimed_part(one)
            if one.kind.type.one_time is not None and one.fit:
                yield from self._repeated_message(one, messages)

    def _repeated_message(self, one: Declaration, messages: dict[str, Declaration]) -> Iterator[ReconcilerError]:
        """The same said twice to the same: only one of the two would ever be sent."""
        said = canonical(message(one.kind.type, one.resolved or one.spec))
        first = messages.setdefault(said, one)
        if first is not one:
            place = first.source.where
            text = f"this says the same as {first.address} ({place}), and is sent once"
            path = ("spec", one.kind.type.key.fields[0])
            yield self._atlas.error(one, errors.DUPLICATE_KEY, text, path)

    def _repeated_items(self, one: Declaration, field: Field) -> Iterator[ReconcilerError]:
        items = one.spec.get(field.name)
        seen: dict[Hashable, int] = {}
        for number, item in enumerate(items if isinstance(items, list) else ()):
            key = _item_key(field, item)
            if key is None:
                continue
            if key in seen:
                message = f"this means the same as item {seen[key] + 1} of {field.name}"
                path = ("spec", field.name, number)
                yield self._atlas.error(one, errors.DUPLICATE_ITEM, message, path, on="key")
            seen.setdefault(key, number)

    def _repeated_key(
        self, one: Declaration, keys: dict[tuple[str, str | None, Hashable], Declaration]
    ) -> Iterator[ReconcilerError]:
        rule = one.kind.type.key
        values = self._key(one)
        if None in values:
            return
        key = (one.address.kind, one.connection, _hashable(values))
        first = keys.setdefault(key, one)
        if first is not one:
            fields = ", ".join(rule.fields)
            message = f"{first.address} has the same {fields} ({first.source.where})"
            yield self._atlas.error(one, errors.DUPLICATE_KEY, message, ("spec", rule.fields[-1]))

    def _shared_key(
        self, one: Declaration, parts: dict[tuple[str, str | None, str, Hashable], list[Declaration]]
    ) -> Iterator[ReconcilerError]:
        """Where one part of a key will do, two manifests that share one, and an item of the set that goes with it."""
        told: set[Address] = set()
        for name in one.kind.type.key.fields:
            value = one.kind.type.fields[name].normalised(one.spec.get(name))
            if value is None:
                continue
            before = parts.setdefault((one.address.kind, one.connection, name, _hashable(value)), [])
            for first in before:
                if first.address not in told and self._set(first) & self._set(one):
                    told.add(first.address)
                    place = first.source.where
                    message = f"{first.address} has the same {name} and {one.kind.type.key.overlap} ({place})"
                    yield self._atlas.error(one, errors.DUPLICATE_KEY, message, ("spec", name))
            before.append(one)

    def _set(self, one: Declaration) -> set[Hashable]:
        """What the set that goes with a key names, each by its manifest where there is one."""
        name = one.kind.type.key.overlap or ""
        kind = one.kind.type.fields[name].ref or ""
        return {
            item.address or self._pinned.get((kind, one.connection, item.external_id), item.external_id)
            for item in (one.resolved or {}).get(name) or ()
            if isinstance(item, Reference)
        }

    def _key(self, one: Declaration) -> tuple[object, ...]:
        spec = dict(one.resolved or one.spec)
        for field, _, _ in one.kind.references:
            if field.name in one.kind.type.key.fields:
                spec[field.name] = self._owner(one, field) or spec[field.name] if field.name in spec else None
        return one.kind.type.key_of(spec)

    def _owner(self, one: Declaration, field: Field) -> Address | None:
        """The manifest that a reference names, also where it names the live id that the manifest pins."""
        reference = (one.resolved or {}).get(field.name)
        if not isinstance(reference, Reference):
            return None
        return reference.address or self._pinned.get((field.ref or "", one.connection, reference.external_id))

    def _claimed_part(self, one: Declaration) -> Iterator[ReconcilerError]:
        part = one.kind.type.part_of
        assert part is not None
        address = self._owner(one, one.kind.type.fields[part.reference])
        owner = self._declared.get(address) if address is not None else None
        if owner is None:
            return
        field = owner.kind.type.fields[part.set]
        items = owner.spec.get(part.set)
        wanted = _item_key(field, dict(one.spec))
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if wanted is not None and _item_key(field, item) == wanted:
                place = self._atlas.places(owner.document).source(("spec", part.set, number))
                message = f"{address} has this in its {part.set} ({place.where})"
                path = ("spec", one.kind.type.key.fields[-1])
                yield self._atlas.error(one, errors.CLAIMED_TWICE, message, path)
                return


def _item_key(field: Field, item: Any) -> Hashable | None:
    """What tells an item of a set from the others; None where a part of it is missing."""
    names = field.set.key if field.set is not None else ()
    if not names:
        return _hashable(item)
    if not isinstance(item, dict) or any(not isinstance(item.get(name), str) for name in names):
        return None
    return _hashable(field.item_name(item))


def _hashable(value: object) -> Hashable:
    """A value to be told from others by; texts that look the same and differ in Unicode's spelling alone are one."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return tuple(sorted((key, _hashable(part)) for key, part in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_hashable(part) for part in value)
    return value if isinstance(value, Hashable) else repr(value)
