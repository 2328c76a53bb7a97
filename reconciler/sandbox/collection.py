"""A set of objects of one type, in order of arrival, with sorted listings kept until something changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.sandbox.exchange import Object
from reconciler.sandbox.shapes import Shape


@dataclass(slots=True)
class Veil:
    """How long an object stays out of listings: a number of listings, or until a monotonic time."""

    reads: int | None
    until: float | None

    def lifted(self) -> bool:
        """Whether the object may be seen."""
        return (self.reads is None or self.reads <= 0) and (self.until is None or time.monotonic() >= self.until)


class Collection:
    """Objects by key; not locked, the store does that."""

    def __init__(self, shape: Shape, changed: Callable[[], None]) -> None:
        self.shape = shape
        self._changed = changed
        self._objects: dict[str, Object] = {}
        self._sorted: dict[tuple[str, bool, bool, str | None], list[Object]] = {}
        self._veils: dict[str, Veil] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[Object]:
        return iter(list(self._objects.values()))

    def __contains__(self, key: str) -> bool:
        return key in self._objects

    def get(self, key: str) -> Object | None:
        """The object, or None."""
        return self._objects.get(key)

    def put(self, item: Object, old_key: str | None = None) -> str:
        """Add or replace an object; under a new key it keeps its place."""
        key = str(item[self.shape.key])
        if old_key is not None and old_key != key:
            self._objects = {(key if k == old_key else k): v for k, v in self._objects.items()}
        self._objects[key] = item
        self._forget_order()
        return key

    def remove(self, key: str) -> bool:
        """Take an object out; False where there was none."""
        if self._objects.pop(key, None) is None:
            return False
        self._veils.pop(key, None)
        self._forget_order()
        return True

    def clear(self) -> None:
        """Take everything out."""
        self._objects.clear()
        self._veils.clear()
        self._forget_order()

    def veil(self, key: str, reads: int | None, seconds: float | None) -> None:
        """Keep an object out of the next listings."""
        self._veils[key] = Veil(reads, None if seconds is None else time.monotonic() + seconds)

    def ordered(
        self, field: str, descending: bool = False, with_deleted: bool = True, account: str | None = None
    ) -> list[Object]:
        """All objects of an account by a field: nulls first, text without regard to case, ties by arrival (or against
        it)."""
        order = (field, descending, with_deleted, account)
        found = self._sorted.get(order)
        if found is None:
            own = (item for item in self._objects.values() if item.get("_account") == account)
            items = (item for item in own if with_deleted or not item.get("_deleted"))
            found = sorted(items, key=lambda item: _rank(item.get(field)))
            if descending:
                found.reverse()
            self._sorted[order] = found
        return found

    def listed(
        self, field: str, descending: bool = False, with_deleted: bool = True, account: str | None = None
    ) -> list[Object]:
        """As `ordered`, without what is veiled; counts as one listing."""
        found = self.ordered(field, descending, with_deleted, account)
        if not self._veils:
            return found
        self._veils = {key: veil for key, veil in self._veils.items() if not veil.lifted()}
        hidden = set(self._veils)
        for veil in self._veils.values():
            if veil.reads is not None:
                veil.reads -= 1
        return [item for item in found if str(item[self.shape.key]) not in hidden]

    def _forget_order(self) -> None:
        self._sorted.clear()
        self._changed()


def _rank(value: object) -> tuple[int, float, str]:
    if value is None:
        return (0, 0, "")
    if isinstance(value, int | float):
        return (1, value, "")
    return (2, 0, str(value).casefold())
