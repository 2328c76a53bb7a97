"""Optimum's refusals, and the arguments of a write as they come in a body."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from reconciler.sandbox.exchange import Answer, Object, Refusal, Request
from reconciler.sandbox.parameters import Parameter, Unfit

MEDIA_TYPES = ("application/vnd.api+json", "application/json")
ERRORS = ("api_connection_error", "api_error", "authentication_error", "invalid_request_error", "rate_limit_error")

_T = TypeVar("_T")
_WORDS = {"unknown": "Received unknown parameter", "missing": "Missing required param"}


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


def held(reader: Callable[[Iterable[Parameter], Any], _T], table: Iterable[Parameter], given: Any) -> _T:
    """What the reader makes of it; 400 with the name of the first parameter that the table does not allow."""
    try:
        return reader(table, given)
    except Unfit as unfit:
        told = _WORDS.get(unfit.rule)
        message = f"{told}: {unfit.parameter}" if told else f"Invalid {unfit.parameter}: {unfit.problem}"
        raise refuse(400, message, unfit.parameter) from unfit


def country(*, required: bool = False, nullable: bool = False) -> Parameter:
    """The argument country_code: two letters."""
    return Parameter("country_code", required=required, nullable=nullable, pattern="[A-Za-z]{2}")


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


_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
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
        elif name in _FORM_NUMBERS and _WHOLE.fullmatch(value):
            body[name] = int(value)
        else:
            body[name] = _FORM_VALUES.get(value, value) if name in ("active", "opt_out") else value
    return body
