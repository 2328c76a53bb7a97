"""Which of an object's texts are somebody's, by its kind's ``x-personal``, and messages without them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reconciler.model import JSON
from reconciler.schema.field import Field
from reconciler.schema.kind import ResourceType

STARS: Final = "***"
_SHORTEST: Final = 3  # a shorter text is not searched for in messages: it would tear words apart


def is_personal(field: Field) -> bool:
    """Whether a field holds personal data, wholly or in an item."""
    return field.personal or any(is_personal(item) for item in field.items.values())


def personal_texts(rtype: ResourceType, *objects: Mapping[str, JSON]) -> tuple[str, ...]:
    """The personal texts in objects of a kind, longest first."""
    names = [name for name, field in rtype.fields.items() if is_personal(field)]
    return searchable(text for item in objects for name in names for text in texts(item.get(name), rtype.fields[name]))


def searchable(found: Iterable[str]) -> tuple[str, ...]:
    """Texts that can be looked for in a message, longest first."""
    return tuple(sorted({text for text in found if len(text) >= _SHORTEST}, key=lambda text: (-len(text), text)))


def texts(value: JSON, field: Field | None) -> Iterator[str]:
    """The texts in a value; with a field that is personal in parts only, the texts of those parts."""
    whole = field is None or field.personal or not field.items
    if isinstance(value, str) and whole:
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item, field)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            part = None if whole or field is None else field.items.get(name)
            if whole or (part is not None and is_personal(part)):
                yield from texts(item, part)


def hidden_in(message: str, found: Iterable[str], stars: str = STARS) -> str:
    """The message with those texts hidden."""
    for text in found:
        message = message.replace(text, stars)
    return message
