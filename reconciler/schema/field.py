"""What one field of a kind means: who may write it, how its values compare, how it is cleared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from reconciler.model import JSON


@dataclass(frozen=True, slots=True)
class SetRule:
    """A list without order whose items are told apart by ``key``; additive: items can be added, none taken out.

    The parts ``value`` of an item can be changed as well; a whole list of such items is one update. Without a key the
    items are plain values. ``created_with`` is how many a create takes (None: all).
    """

    key: tuple[str, ...]
    additive: bool = False
    value: tuple[str, ...] = ()
    created_with: int | None = None


@dataclass(frozen=True, slots=True)
class UnusualRule:
    """Values that the ``standard`` of a field does not know, in capitals, each with the one that is likely meant."""

    standard: str
    meant: Mapping[str, str]

    def likely(self, value: JSON) -> str | None:
        """What is likely meant by a value, however it is capitalised; None where it is not one of these."""
        return self.meant.get(value.upper()) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Field:
    """The semantics of a field, read from its JSON Schema keywords."""

    name: str
    title: str = ""
    read_only: bool = False
    write_only: bool = False
    immutable: bool = False
    volatile: bool = False
    personal: bool = False
    ref: str | None = None  # provider/Type of the manifest it names
    set: SetRule | None = None
    normalise: tuple[str, ...] = ()
    clear: str = "null"  # null: an explicit null clears; never: null is refused
    one_way: JSON = None  # the value that is never undone, and the only one that is sent
    send_with: tuple[str, ...] = ()
    follow_up: bool = False  # set by an update after the create, never with it
    future: bool = False  # an instant that must not have passed when it is sent
    bills: JSON = None  # the value under which the vendor bills
    unusual: UnusualRule | None = None  # values that are warned of, and sent as they stand
    items: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))

    def normalised(self, value: JSON) -> JSON:
        """The value as it is compared: pure and idempotent; never shown, never sent.

        A set becomes a sorted list of its items, each reduced to the fields its schema declares.
        """
        if self.set is not None and isinstance(value, list | tuple):
            return sorted((self.item_key(item) for item in value), key=repr)
        for rule in self.normalise:
            value = RULES[rule](value)
        return value

    def item_key(self, item: JSON) -> JSON:
        """What makes two items of a set equal: their normalised key fields in the rule's order, then their values."""
        if self.set is None or not isinstance(item, Mapping):
            return item
        return tuple(self.items[name].normalised(item.get(name)) for name in (*self.set.key, *self.set.value))

    def item_name(self, item: JSON) -> JSON:
        """What tells one item of a set from another, whatever its value."""
        if self.set is None or not isinstance(item, Mapping):
            return item
        return tuple(self.items[name].normalised(item.get(name)) for name in self.set.key)

    @property
    def grows(self) -> bool:
        """Whether it is a list whose added items a second write would add again, none ever to be taken out."""
        return self.set is not None and self.set.additive and not self.set.value and not self.write_only

    @property
    def append_only(self) -> bool:
        """Whether items are sent one by one and never seen again."""
        return self.write_only and self.set is not None and self.set.additive


def _trim(value: JSON) -> JSON:
    return value.strip() if isinstance(value, str) else value


def _casefold(value: JSON) -> JSON:
    return value.casefold() if isinstance(value, str) else value


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z")


def _number(value: JSON) -> JSON:
    """Text that spells a number, and whole floats, as one spelling of that number; all else as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    text = value.strip() if isinstance(value, str) else repr(value)
    if isinstance(value, str) and not _NUMBER.match(text):
        return value
    try:
        number = Decimal(text)
    except InvalidOperation:
        return value
    if not number.is_finite():
        return value
    return int(number) if number == number.to_integral_value() else float(number)


def _instant(value: JSON) -> JSON:
    """An ISO 8601 time as seconds since the epoch; without a zone it is UTC (customersure.txt L20)."""
    if not isinstance(value, str):
        return value
    text = re.sub(r"([+-]\d{2})(\d{2})\Z", r"\1:\2", value.strip())
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return value
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _empty_null(value: JSON) -> JSON:
    return None if value == "" else value


RULES: Mapping[str, Callable[[JSON], JSON]] = MappingProxyType(
    {"trim": _trim, "casefold": _casefold, "number": _number, "instant": _instant, "empty-null": _empty_null}
)
