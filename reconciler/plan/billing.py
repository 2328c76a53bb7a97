"""Writes that begin to cost money: a field takes the value under which its vendor bills (``x-bills``). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.model import Address, Change, canonical
from reconciler.plan.inputs import Inputs


def with_bills(inputs: Inputs, changes: Mapping[Address, Change]) -> dict[Address, Change]:
    """The changes, with a warning at each that begins to be billed."""
    return {address: _warned(inputs, change) for address, change in changes.items()}


def _warned(inputs: Inputs, change: Change) -> Change:
    if change.blocked is not None or not change.request:
        return change
    warnings = tuple(_beginnings(inputs, change))
    return replace(change, warnings=(*change.warnings, *warnings)) if warnings else change


def _beginnings(inputs: Inputs, change: Change) -> Iterator[str]:
    before = {} if change.before is None or change.action.replaces else change.before
    for name, field in sorted(inputs.registry.get(change.address.kind).fields.items()):
        if field.bills is None or change.request.get(name) != field.bills or before.get(name) == field.bills:
            continue
        yield f"{name} becomes {canonical(field.bills)}: the vendor bills for it from then on"
