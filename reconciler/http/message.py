"""What is asked of a vendor and what it answered, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from reconciler.model import JSON


class Purpose(Enum):
    """What a request is for. Whether it may be sent again follows from this, never from the verb."""

    READ = "read"  # changes nothing
    REPEATABLE = "repeatable"  # sent twice it leaves what once would have left: updates, deletes
    ONCE = "once"  # creates: sent again only where it is certain that nothing was processed


class Expect(Enum):
    """What a 2xx answer has to hold to be the documented one."""

    JSON = "json"
    ANY = "any"  # JSON or nothing at all; a web page is still not an answer


@dataclass(frozen=True, slots=True)
class Request:
    """One request, below the connection's base URL.

    ``path`` starts with a slash, its ids already through ``segment``; or it is an absolute URL of the same origin, as
    a ``Link`` header gives it. ``query`` values are text, or lists for ``name[]`` parameters. At most one of ``json``
    (a mapping) and ``form`` is sent.
    """

    method: str
    path: str
    purpose: Purpose = Purpose.READ
    query: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    json: Mapping[str, JSON] | None = None
    form: Mapping[str, str] | None = None
    expect: Expect = Expect.JSON
    absent_on: frozenset[int] = frozenset()  # statuses handed back as an answer instead of an error


@dataclass(frozen=True, slots=True)
class Answer:
    """A definite answer. ``headers`` have lower-case names; ``json`` is None for an empty body."""

    status: int
    headers: Mapping[str, str]
    json: JSON = None
    url: str = ""
    size: int = 0  # bytes of the body, decompressed
