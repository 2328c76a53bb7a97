"""The kinds of value that parameters have, each with its JSON Schema, its reading from text and its check."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from reconciler.sandbox.clock import has_time, parse_instant

_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_DIGITS = re.compile(r"\d{1,15}", re.ASCII)
_FLAGS = ("true", "false", "TRUE", "FALSE")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
_REAL_SECOND = "^[0-9]{3}[1-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]) ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)

_Day = TypeVar("_Day", date, datetime)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of value: its JSON Schema, how it stands in a query or a form, and the check that gives what is kept."""

    schema: Mapping[str, Any]
    check: Callable[[Any], Any]
    from_text: Callable[[str], Any] = str


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text is expected")
    return value


def _filled(value: Any) -> str:
    if not _string(value).strip():
        raise ValueError("text that is not blank is expected")
    return str(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number is expected")
    return value


def _integer(value: Any) -> int:
    """A whole number; JSON makes no difference between 2 and 2.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("an integer is expected")
    return value


def _integer_text(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("an integer is expected")
    return int(text)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false is expected")
    return value


def _boolean_text(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false is expected")
    return text == "true"


def _instant(value: Any) -> datetime:
    if not isinstance(value, str) or not has_time(value):
        raise ValueError("an ISO 8601 date and time is expected")
    return parse_instant(value)


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a date in the form YYYY-MM-DD is expected")
    return _countable(date.fromisoformat(value))


def _second(value: Any) -> datetime:
    if not isinstance(value, str) or not _SECOND.fullmatch(value):
        raise ValueError("a time in the form YYYY-MM-DD HH:mm:ss is expected")
    return _countable(datetime.fromisoformat(value))


def _countable(value: _Day) -> _Day:
    """Days and hours can be added to it and taken from it."""
    if not date.min.year < value.year < date.max.year:
        raise ValueError("the year is out of range")
    return value


def _uuid(value: Any) -> str:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError("a UUID is expected")
    return value


def _email(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError("an email address is expected")
    return value


def _objects(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("an array is expected")
    return value


def _answer(value: Any) -> str | list[str]:
    """Text, or the chosen options as `[{"option": text}, ...]` (b2s.txt L40)."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        raise ValueError('text or an array of {"option": text} is expected')
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != {"option"} or not isinstance(entry["option"], str):
            raise ValueError('an array holds objects {"option": text}')
    return [entry["option"] for entry in value]


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
        raise ValueError("an array of text is expected")
    return list(value)


def _flag_text(text: str) -> bool:
    if text not in _FLAGS:
        raise ValueError("TRUE or FALSE is expected")
    return text.lower() == "true"


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("an ISO 8601 date or time is expected")
    return parse_instant(value)


def _identifier(value: Any) -> int:
    """A number, or its digits as text."""
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else _integer(value)


_OPTIONS = {"type": "object", "properties": {"option": {"type": "string"}}, "required": ["option"]}

KINDS: dict[str, Kind] = {
    "string": Kind({"type": "string"}, _string),
    "filled": Kind({"type": "string", "pattern": r"\S"}, _filled),
    "number": Kind({"type": "number"}, _number),
    "integer": Kind({"type": "integer"}, _integer, _integer_text),
    "boolean": Kind({"type": "boolean"}, _boolean, _boolean_text),
    "flag": Kind({"enum": list(_FLAGS)}, _boolean, _flag_text),
    "identifier": Kind({"type": ["integer", "string"], "pattern": "^[0-9]{1,15}$"}, _identifier),
    "moment": Kind({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}, _moment),
    "instant": Kind({"type": "string", "format": "date-time"}, _instant),
    "date": Kind({"type": "string", "format": "date"}, _day),
    "second": Kind({"type": "string", "pattern": _REAL_SECOND}, _second),
    "uuid": Kind({"type": "string", "format": "uuid"}, _uuid),
    "email": Kind({"type": "string", "format": "email"}, _email),
    "texts": Kind({"type": "array", "items": {"type": "string", "minLength": 1}}, _texts, list),
    "objects": Kind({"type": "array"}, _objects),
    "answer": Kind({"oneOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": _OPTIONS}]}, _answer),
}
"""Every kind by name; a stand-in's tables name one for each parameter."""
