"""Reading the documented shape out of an answer: what is missing is named, what is unknown is let pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.errors import OUTCOME_UNKNOWN, UNREADABLE, ReconcilerError, Uncertain
from reconciler.http.words import said, visible
from reconciler.model import JSON

_HALF = re.compile("[\ud800-\udfff]")  # neither a URL nor the state can hold one


def unreadable(what: str) -> ReconcilerError:
    """The error for an answer that is JSON but not the documented one."""
    return ReconcilerError(UNREADABLE, what)


def as_object(value: JSON, what: str) -> dict[str, JSON]:
    """The value where it is a JSON object; raises ``unreadable`` naming ``what`` otherwise."""
    if isinstance(value, dict):
        return value
    raise unreadable(f"{what} is {_kind(value)}, not an object")


def as_list(value: JSON, what: str) -> list[JSON]:
    """The value where it is a JSON array."""
    if isinstance(value, list):
        return value
    raise unreadable(f"{what} is {_kind(value)}, not a list")


def required(item: dict[str, JSON], key: str, what: str) -> JSON:
    """The value of a documented key; raises ``unreadable`` naming the key where it is missing."""
    if key in item:
        return item[key]
    raise unreadable(f"{what} has no {key!r}")


def scalar(item: dict[str, JSON], key: str, what: str, *, needed: bool = False) -> JSON:
    """Text, a number, a boolean or null, null where the key is missing; raises ``unreadable`` for a list or an object,
    and where the key is ``needed`` and missing."""
    value = required(item, key, what) if needed else item.get(key)
    if isinstance(value, (dict, list)):
        raise unreadable(f"{what} has no usable {key!r}: {_kind(value)}")
    return value


def id_of(item: dict[str, JSON], key: str, what: str) -> str:
    """An id as text, whether the vendor spells it as text or as a number. Half a character is no text."""
    value = required(item, key, what)
    if isinstance(value, str) and value and not _HALF.search(value):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise unreadable(f"{what} has no usable {key!r}: {_kind(value)}")


def whole_number(value: JSON) -> int | None:
    """A count, whether spelled 3, 3.0 or "3"; None for anything else and for what is below zero."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if value >= 0 and value == value // 1 else None


def no_error_inside(body: JSON) -> None:
    """Raise ``unreadable`` for a 2xx answer whose body says that it is an error: ``{"res": false, "msg": ...}``."""
    if isinstance(body, dict) and (body.get("res") is False or ("fault" in body and "id" not in body)):
        raise unreadable(f"the vendor answered with an error inside a success: {said(body)}")


@contextmanager
def confirming(where: str) -> Iterator[None]:
    """Reading the answer to a write: one that is not the documented answer leaves the outcome unknown."""
    try:
        yield
    except ReconcilerError as error:
        if error.code == UNREADABLE:
            raise Uncertain(OUTCOME_UNKNOWN, f"{where}: {error.message}; it may have been carried out") from None
        raise


def _kind(value: JSON) -> str:
    if value is None:
        return "null"
    return {dict: "an object", list: "a list", str: "text", bool: "a boolean"}.get(
        type(value), visible(repr(value), 40)
    )
