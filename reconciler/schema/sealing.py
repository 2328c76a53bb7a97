"""Personal data as it is kept: sealed on its way into the state, and known again by a value at hand. Pure.

A sealed value can only be compared, so nothing in the comparing knows of seals: before it, each one is *opened* where
what git wants or what is live turns out to be the very value that was sealed. One that is neither equals nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.errors import DIGEST_KEY_MISSING, STATE_OTHER_KEY, ReconcilerError
from reconciler.model import JSON, Seal, Sealed, Snapshot, digest
from reconciler.schema.field import Field
from reconciler.schema.personal import is_personal
from reconciler.schema.registry import Registry

KEYED = "hmac-sha256:"  # what a digest begins with that takes the key
KEY = "RECONCILER_DIGEST_KEY"  # the environment variable that holds the key


@dataclass(frozen=True, slots=True)
class Sealing:
    """The kinds, and the seal of this run where there is a key."""

    registry: Registry
    seal: Seal | None = None
    _personal: dict[str, Mapping[str, Field]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def private(self, kind: str) -> bool:
        """Whether a kind needs the key: it has personal fields, or its records are sent once and remembered by a seal
        of what was said."""
        rtype = self.registry.types.get(kind)
        return rtype is not None and (bool(self.personal(kind)) or bool(rtype.one_time))

    def personal(self, kind: str) -> Mapping[str, Field]:
        """The fields of a kind that hold personal data, wholly or in an item."""
        if kind not in self._personal:
            rtype = self.registry.types.get(kind)
            fields = rtype.fields.items() if rtype is not None else ()
            self._personal[kind] = {name: item for name, item in fields if is_personal(item)}
        return self._personal[kind]

    def check(self, snapshot: Snapshot, declared: Iterable[str]) -> None:
        """Raise DIGEST_KEY_MISSING where a kind that is declared (as ``provider/Type``) or in the state needs a key and
        there is none, STATE_OTHER_KEY where the state was sealed with another one."""
        kinds = {*declared, *(address.kind for address in (*snapshot.records, *snapshot.ledger))}
        kinds |= {intent.address.kind for intent in snapshot.open_intents}
        private = sorted(filter(self.private, kinds))
        if not private:
            return
        mine = self._seal(private[0]).id
        others = sorted(self._keys(snapshot) - {mine})
        if others:
            message = f"its personal data was sealed with the key {others[0]}; the one in {KEY} is {mine}"
            raise ReconcilerError(STATE_OTHER_KEY, message)

    def kept(self, kind: str, fields: Mapping[str, JSON]) -> Mapping[str, JSON]:
        """The fields as the state keeps them; sealed ones stay as they are. Raises DIGEST_KEY_MISSING."""
        names = self.personal(kind)
        if not names:
            return fields
        return {
            name: self._sealed(kind, name, names[name], value) if name in names else value
            for name, value in fields.items()
        }

    def opened(self, kind: str, fields: Mapping[str, JSON], *witnesses: Mapping[str, JSON]) -> Mapping[str, JSON]:
        """The fields with every sealed value that a witness knows, the first of them in its own spelling."""
        names = self.personal(kind)
        if not names or self.seal is None:
            return fields
        return {
            name: self._opened(kind, name, names[name], value, [item.get(name) for item in witnesses])
            if name in names
            else value
            for name, value in fields.items()
        }

    def digest(self, kind: str, value: JSON) -> str:
        """A digest of what is sent or rested on, fit to be kept: of a kind with personal data nobody can guess it."""
        if not self.private(kind):
            return digest(value)
        return f"{KEYED}{self._seal(kind).digest(['sent', kind, value])}"

    def identity(self, kind: str, value: JSON) -> Sealed:
        """What tells one message from another: the seal over everything that it says. Raises DIGEST_KEY_MISSING."""
        return self._seal(kind).of(kind, "", value)

    def _seal(self, kind: str) -> Seal:
        if self.seal is None:
            raise ReconcilerError(DIGEST_KEY_MISSING, f"{kind} holds personal data, and {KEY} is not set")
        return self.seal

    def _sealed(self, kind: str, path: str, meaning: Field, value: JSON) -> JSON:
        if value is None or isinstance(value, Sealed):
            return value
        if meaning.personal or not meaning.items:
            return self._seal(kind).of(kind, path, meaning.normalised(value))
        if isinstance(value, list | tuple):
            return [self._sealed(kind, path, meaning, item) for item in value]
        if not isinstance(value, Mapping):
            return self._seal(kind).of(kind, path, value)
        return {
            name: self._sealed(kind, f"{path}.{name}", part, item)
            if (part := meaning.items.get(name)) is not None and is_personal(part)
            else item
            for name, item in value.items()
        }

    def _opened(self, kind: str, path: str, meaning: Field, value: JSON, witnesses: list[JSON]) -> JSON:
        if isinstance(value, Sealed):
            sealed = (item for item in witnesses if item is not None)
            return next((item for item in sealed if self._sealed(kind, path, meaning, item) == value), value)
        if isinstance(value, list | tuple):
            parts = [part for item in witnesses if isinstance(item, list | tuple) for part in item]
            return [self._opened(kind, path, meaning, item, parts) for item in value]
        if not isinstance(value, Mapping):
            return value
        known = [item for item in witnesses if isinstance(item, Mapping)]
        return {
            name: self._opened(kind, f"{path}.{name}", part, item, [one.get(name) for one in known])
            if (part := meaning.items.get(name)) is not None
            else item
            for name, item in value.items()
        }

    def _keys(self, snapshot: Snapshot) -> set[str]:
        """The ids of the keys that were used in a state."""
        found = {line.key_id for line in snapshot.ledger.values() if line.key_id is not None}
        for kind, fields in _kept_fields(snapshot):
            for name in self.personal(kind):
                found |= {item.key for item in _seals(fields.get(name))}
        return found


def _kept_fields(snapshot: Snapshot) -> Iterator[tuple[str, Mapping[str, JSON]]]:
    for address, record in snapshot.records.items():
        yield address.kind, record.fields
    for intent in snapshot.open_intents:
        yield intent.address.kind, intent.request


def _seals(value: JSON) -> Iterator[Sealed]:
    if isinstance(value, Sealed):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _seals(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _seals(item)
