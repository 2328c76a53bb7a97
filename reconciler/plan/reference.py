"""References as live ids: what a manifest's name stands for, as far as it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.model import JSON, Address, Reference


def resolved(spec: Mapping[str, JSON], id_of: Callable[[Address], JSON]) -> Mapping[str, JSON]:
    """The spec with its references as live ids, or pending where ``id_of`` says so."""
    if not any(isinstance(value, Reference) for value in spec.values()):
        return spec
    return {name: _live(value, id_of) if isinstance(value, Reference) else value for name, value in spec.items()}


def _live(reference: Reference, id_of: Callable[[Address], JSON]) -> JSON:
    return reference.external_id if reference.address is None else id_of(reference.address)
