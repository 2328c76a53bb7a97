"""Values as vendors and manifests spell them, and the two that stand in for ids not yet known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.address import Address

JSON = object  # what json.loads may return; its shape is checked at the edges by the schemas


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference field of a manifest: another manifest's address, or the live id of an object not managed here."""

    address: Address | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """The id of an address that does not exist yet; known once its create has been applied."""

    address: Address


def canonical(value: JSON) -> str:
    """The one JSON text of a value: sorted keys, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_spell)


def _spell(value: object) -> JSON:
    if isinstance(value, Pending):
        return {"$pending": str(value.address)}
    if isinstance(value, Reference):
        return {"$ref": str(value.address)} if value.address else {"externalId": value.external_id}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON spelling")


def digest(value: JSON) -> str:
    """SHA-256 over the canonical text, as ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()
