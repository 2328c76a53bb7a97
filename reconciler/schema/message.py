"""What a one-time record says: the same words are the same message, whatever its manifest is called. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model import JSON
from reconciler.schema.kind import ResourceType


def message(rtype: ResourceType, spec: Mapping[str, JSON]) -> JSON:
    """The declared fields that tell one message from another, as they are compared; references by what they name, so
    that a replaced object behind one makes no new message. The kind stands for the vendor."""
    assert rtype.one_time is not None
    own = rtype.one_time.identity
    names = own if own and all(spec.get(name) is not None for name in own) else _said(rtype, spec)
    return [rtype.kind, {name: rtype.fields[name].normalised(spec[name]) for name in names}]


def _said(rtype: ResourceType, spec: Mapping[str, JSON]) -> list[str]:
    """What goes with the create: an explicit null is nothing."""
    return [name for name, value in spec.items() if value is not None and not rtype.fields[name].follow_up]
