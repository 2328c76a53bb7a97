"""A Removal: the consent, reviewed in git, to a destructive removal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reconciler.document import Document, Shape
from reconciler.model import Address, Source
from reconciler.schema import schemas_folder

API_VERSION = "reconciler/v1"
REMOVAL = "Removal"


@dataclass(frozen=True, slots=True)
class Removal:
    """Consent to remove an address, and with ``allow_data_loss`` to destroy what customers answered."""

    address: Address
    allow_data_loss: bool
    reason: str
    source: Source


@cache
def removal_shape() -> Shape:
    """The shape of a Removal document."""
    return Shape(json.loads((schemas_folder() / "Removal.json").read_bytes()))


def removal(document: Document) -> Removal:
    """The value of a document that fits the shape."""
    spec = document.value["spec"]
    fields: Mapping[str, Any] = spec if isinstance(spec, Mapping) else {}
    return Removal(
        address=Address.parse(fields["address"]),
        allow_data_loss=fields.get("allowDataLoss", False),
        reason=fields.get("reason", ""),
        source=document.source,
    )
