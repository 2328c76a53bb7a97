"""Values as vendors and manifests spell them, and those that stand in for what is not known or must not be kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.address import Address

JSON = object  # what json.loads may return; its shape is checked at the edges by the schemas
SEALED = "$hmac"  # the key that marks a sealed value in JSON


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference field of a manifest: another manifest's address, or the live id of an object not managed here."""

    address: Address | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """The id of an address that does not exist yet; known once its create has been applied."""

    address: Address


def pending_in(value: JSON) -> tuple[Pending, ...]:
    """The ids not yet known that a field's value is, or is a list of."""
    if isinstance(value, list | tuple):
        return tuple(item for item in value if isinstance(item, Pending))
    return (value,) if isinstance(value, Pending) else ()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value of which only a keyed digest is known; ``key`` is the id of the key. Equal to itself alone."""

    key: str
    digest: str

    @property
    def spelled(self) -> dict[str, JSON]:
        """Its JSON: an object, which no personal field of a vendor is."""
        return {SEALED: self.digest, "key": self.key}

    @classmethod
    def read(cls, value: JSON) -> Sealed | None:
        """The sealed value that a JSON value spells; None for any other."""
        if not isinstance(value, Mapping) or set(value) != {SEALED, "key"}:
            return None
        digest, key = value[SEALED], value["key"]
        return cls(key, digest) if isinstance(digest, str) and isinstance(key, str) else None


def canonical(value: JSON) -> str:
    """The one JSON text of a value: sorted keys, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_spell)


def _spell(value: object) -> JSON:
    if isinstance(value, Pending):
        return {"$pending": str(value.address)}
    if isinstance(value, Reference):
        return {"$ref": str(value.address)} if value.address else {"externalId": value.external_id}
    if isinstance(value, Sealed):
        return value.spelled
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON spelling")


def digest(value: JSON) -> str:
    """SHA-256 over the canonical text, as ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()
