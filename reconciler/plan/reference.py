"""References as live ids: what a manifest's name stands for, as far as it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.model import JSON, Address, Reference


def resolved(spec: Mapping[str, JSON], id_of: Callable[[Address], JSON]) -> Mapping[str, JSON]:
    """The spec with its references as live ids, or pending where ``id_of`` says so."""
    if not any(references(value) for value in spec.values()):
        return spec
    return {name: _resolved(value, id_of) for name, value in spec.items()}


def references(value: JSON) -> tuple[Reference, ...]:
    """The references that a field's value is, or is a list of."""
    if isinstance(value, list | tuple):
        return tuple(item for item in value if isinstance(item, Reference))
    return (value,) if isinstance(value, Reference) else ()


def _resolved(value: JSON, id_of: Callable[[Address], JSON]) -> JSON:
    if isinstance(value, list | tuple):
        return [_resolved(item, id_of) for item in value]
    return _live(value, id_of) if isinstance(value, Reference) else value


def _live(reference: Reference, id_of: Callable[[Address], JSON]) -> JSON:
    return reference.external_id if reference.address is None else id_of(reference.address)
