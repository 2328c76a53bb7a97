"""Personal data as keyed digests: what the state holds of it, enough to tell equal from different and nothing more.

A plain digest of a telephone number is guessed in minutes; these are HMAC-SHA-256 under a key that is kept outside the
state. A digest is bound to the kind and the field, so that equal values in different places do not look alike.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from reconciler.model.value import JSON, Sealed, canonical

SHORTEST_KEY = 16  # characters
_LABEL = b"reconciler digest key\0"


@dataclass(frozen=True, slots=True)
class Seal:
    """The one way to make sealed values: a key (never shown, not even in ``repr``) and the id by which it is known."""

    key: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that tell this key from another and say nothing about it."""
        return hashlib.sha256(_LABEL + self.key).hexdigest()[:8]

    def of(self, kind: str, name: str, value: JSON) -> Sealed:
        """``value`` of the field ``name`` of a kind, sealed. Equal values under one key give equal seals; who wants
        spellings of one value to be equal normalises before."""
        return Sealed(self.id, self.digest([kind, name, value]))

    def digest(self, value: JSON) -> str:
        """HMAC-SHA-256 over the canonical text, as hexadecimal digits."""
        return hmac.new(self.key, canonical(value).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
