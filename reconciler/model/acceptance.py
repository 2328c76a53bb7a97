"""What ``drift --accept`` wrote into a manifest."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.plan import FieldChange
from reconciler.model.resource import Source


@dataclass(frozen=True, slots=True)
class Accepted:
    """A manifest that says now what is live. ``before`` of a field is what git said, ``after`` what was observed; its
    cause is conflict where git had moved away from what was applied as well."""

    address: Address
    source: Source
    fields: tuple[FieldChange, ...]
