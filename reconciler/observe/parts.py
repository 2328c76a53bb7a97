"""Kinds whose objects are items of another kind's field (``x-part-of``): they are read out of that kind's listing."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model import Observed
from reconciler.providers.base import Listing
from reconciler.schema import PartRule, Registry


def whole_of(registry: Registry, kind: str) -> str | None:
    """The kind whose objects hold those of ``kind``; None where they stand for themselves."""
    rule = registry.get(kind).part_of
    return registry.get(kind).fields[rule.reference].ref if rule else None


def derived(registry: Registry, kind: str, whole: Listing) -> Listing:
    """The listing of a part kind, out of the complete listing of its whole. An item's ``id`` becomes the object's id,
    the whole's id the value of the reference."""
    rule = registry.get(kind).part_of
    assert rule is not None, kind
    return Listing(kind, whole.connection, tuple(_items(rule, kind, whole)), whole.warnings)


def _items(rule: PartRule, kind: str, whole: Listing) -> Iterator[Observed]:
    for parent in whole.objects:
        items = parent.fields.get(rule.set)
        for item in items if isinstance(items, list | tuple) else ():
            fields = {rule.reference: parent.id, **{key: value for key, value in item.items() if key != "id"}}
            yield Observed(kind, parent.connection, str(item["id"]), fields)
