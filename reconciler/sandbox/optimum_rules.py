"""Optimum's argument checks and error bodies; an argument list is a table of named checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from reconciler.sandbox.exchange import Answer, Object, Refusal, Request

Check: TypeAlias = Callable[[Any], Any]
"""Takes a value and gives the one to keep; ValueError says what is expected."""

MEDIA_TYPES = ("application/json", "application/vnd.api+json")
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)
_E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def refuse(
    status: int,
    message: str,
    param: str | None = None,
    kind: str = "invalid_request_error",
    headers: tuple[tuple[str, str], ...] = (),
) -> Refusal:
    """An error of L74-L85 to raise."""
    body = {"type": kind, "message": message} | ({"param": param} if param else {})
    return Refusal(Answer(status, body, headers))


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one call: what is known, what must be there, what may not be null."""

    checks: Mapping[str, Check]
    required: tuple[str, ...] = ()
    never_null: frozenset[str] = field(default_factory=frozenset)

    def apply(self, body: Mapping[str, Any]) -> Object:
        """The checked values; 400 with the parameter's name for the first that is wrong."""
        for name in body:
            if name not in self.checks:
                raise refuse(400, f"Received unknown parameter: {name}", name)
        for name in self.required:
            if body.get(name) in (None, ""):
                raise refuse(400, f"Missing required param: {name}", name)
        return {name: self._value(name, value) for name, value in body.items()}

    def _value(self, name: str, value: Any) -> Any:
        if value is None:
            if name in self.never_null:
                raise refuse(400, f"Invalid {name}: it cannot be null", name)
            return None
        try:
            return self.checks[name](value)
        except ValueError as error:
            raise refuse(400, f"Invalid {name}: {error}", name) from error


def text(value: Any) -> str:
    """Any string."""
    if not isinstance(value, str):
        raise ValueError("a string is expected")
    return value


def filled(value: Any) -> str:
    """A string that is not blank."""
    if not text(value).strip():
        raise ValueError("it cannot be blank")
    return str(value)


def boolean(value: Any) -> bool:
    """A JSON boolean."""
    if not isinstance(value, bool):
        raise ValueError("a boolean is expected")
    return value


def limit(value: Any) -> int:
    """A whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("an integer that is not negative is expected")
    return value


def allowance(value: Any) -> int:
    """A limit that may also come as digits in a string, as in L969."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else limit(value)


def country(value: Any) -> str:
    """Two letters."""
    if not isinstance(value, str) or not _COUNTRY.fullmatch(value):
        raise ValueError("a 2 letter ISO code is expected")
    return value


def verb(value: Any) -> str:
    """use or visit (L885)."""
    if value not in ("use", "visit"):
        raise ValueError("possible values are use or visit")
    return str(value)


def mobile(value: Any) -> str:
    """E.164, as loosely as the document's own +1813555555."""
    if not isinstance(value, str) or not _E164.fullmatch(value):
        raise ValueError("a number in E.164 format is expected")
    return value


def email(value: Any) -> str:
    """An email address."""
    if not isinstance(value, str) or not _EMAIL.fullmatch(value):
        raise ValueError("an email address is expected")
    return value


def ids(value: Any) -> list[str]:
    """An array of ids."""
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError("an array of ids is expected")
    return list(value)


def body_of(request: Request, allow_forms: bool) -> Object:
    """The arguments of a write: a JSON object in the body and nowhere else (L9)."""
    if request.query:
        raise refuse(400, "Parameters must be serialized in JSON in the request body", request.query[0][0])
    if allow_forms and request.content_type == "application/x-www-form-urlencoded":
        return _form(request)
    if request.content_type not in MEDIA_TYPES:
        raise refuse(400, "Parameters must be serialized in JSON: set the Content-Type to application/vnd.api+json")
    try:
        body = request.json
    except ValueError as error:
        raise refuse(400, "The request body is not valid JSON") from error
    if not isinstance(body, dict):
        raise refuse(400, "The request body must be a JSON object")
    return body


_FORM_VALUES: dict[str, Any] = {"true": True, "false": False}
_FORM_NUMBERS = ("max_locations", "max_users", "max_campaigns")
_FORM_LISTS = ("location_add", "location_remove")


def _form(request: Request) -> Object:
    """Form pairs with the types that their arguments have; null cannot be said this way."""
    body: Object = {}
    for name, value in parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True):
        plain = name.removesuffix("[]")
        if plain in _FORM_LISTS:
            body.setdefault(plain, []).append(value)
        elif name in _FORM_NUMBERS and value.isascii() and value.isdecimal():
            body[name] = int(value)
        else:
            body[name] = _FORM_VALUES.get(value, value) if name in ("active", "opt_out") else value
    return body
