"""One request and one answer as values, and the parsing that every vendor shares."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

Object: TypeAlias = dict[str, Any]
"""A vendor's JSON object, as it is stored and shown."""

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Request:
    """A request as it arrived; header names are in lower case, `raw_path` is still percent-encoded."""

    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes = b""
    origin: str = "http://127.0.0.1"

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The decoded parts of the path; a trailing slash leaves an empty last part."""
        return tuple(unquote(part) for part in self.raw_path.split("/")[1:])

    @cached_property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query's pairs in order, blank values kept; an unencoded plus sign is a space."""
        return tuple(parse_qsl(self.raw_query, keep_blank_values=True))

    @cached_property
    def json(self) -> Any:
        """The body as JSON; ValueError where it is not."""
        return parse_json(self.body)

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `data` is encoded as JSON unless it is bytes, and None is an empty body."""

    status: int
    data: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json; charset=utf-8"

    def encoded(self) -> bytes:
        """The body's bytes."""
        if self.data is None:
            return b""
        if isinstance(self.data, bytes):
            return self.data
        return _ENCODER.encode(self.data).encode()


@dataclass(frozen=True, slots=True)
class Touch:
    """What a request did to a collection: `created`, `updated`, `deleted` or `listed`."""

    action: str
    vendor: str
    collection: str
    keys: tuple[str, ...] = field(default=())


class Refusal(Exception):
    """A vendor's refusal on its way out of a handler; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"refused with {answer.status}")
        self.answer = answer


def parse_json(body: bytes) -> Any:
    """Decode a JSON body.

    ValueError for malformed text, bad UTF-8, NaN and infinities, half of a surrogate pair, too deep a nesting.
    """
    try:
        content = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
        if _SURROGATE.search(body):
            _ENCODER.encode(content).encode()  # only a whole pair can be encoded
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return content


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no number that can be kept")
    return value


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")
