"""Endpoints as tables: method, path, parameters and statuses, with the function that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.sandbox.exchange import Answer, Object, Request
from reconciler.sandbox.options import Options
from reconciler.sandbox.parameters import Parameter
from reconciler.sandbox.schemas import Schema
from reconciler.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """A request that its endpoint's table allows: the path's values, and the query's and the body's by name."""

    world: World
    request: Request
    path: tuple[str, ...]
    query: Object
    body: Object


Handler: TypeAlias = Callable[[Call], Answer]
Answered: TypeAlias = tuple[int, Schema | None]
"""The status of a success and its body."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call; a part of `path` in braces stands for any text."""

    method: str
    path: str
    handler: Handler
    query: tuple[Parameter, ...] = ()
    body: tuple[Parameter, ...] = ()
    encoding: str | None = None
    """The media type of the body; None where there is none."""
    statuses: tuple[int, ...] = (200,)
    """What the document lists, the success first."""
    source: str = ""
    """Where the document has it, as `enco.txt L135`; what clients of the API show where it does not."""
    answer: Schema | Callable[[Options], Answered] | None = None
    """The success's body, as JSON Schema; None is an empty one. A function where options decide on it or its status."""
    any_of: tuple[str, ...] = ()
    """Parameters of the body of which at least one has to be there."""
    needed: Callable[[Options], tuple[str, ...]] | None = None
    """Parameters of the query that options demand."""
    open: bool = False
    """Whether unknown members of the body are ignored instead of refused."""
    refusals: tuple[str, ...] = ()
    """What is refused beyond what the parameters say, most of it by what is live."""
    when: Callable[[Options], bool] | None = None
    """Whether the vendor has the call at all, where options decide."""
    scheme: str | None = None
    """The security scheme where it is not the vendor's usual one."""

    def match(self, segments: tuple[str, ...]) -> tuple[str, ...] | None:
        """The values in the place of the braces; None for another path."""
        parts = self.path.split("/")[1:]
        if len(parts) != len(segments):
            return None
        pairs = list(zip(parts, segments, strict=True))
        if any(part != given for part, given in pairs if not part.startswith("{")):
            return None
        values = tuple(given for part, given in pairs if part.startswith("{"))
        return values if all(values) else None


def offered(endpoints: Iterable[Endpoint], options: Options) -> tuple[Endpoint, ...]:
    """The calls that the vendor has, as the options are now."""
    return tuple(endpoint for endpoint in endpoints if endpoint.when is None or endpoint.when(options))


def matching(endpoints: Iterable[Endpoint], segments: tuple[str, ...]) -> dict[str, tuple[Endpoint, tuple[str, ...]]]:
    """By method the endpoint of a path and the path's values; empty for an unknown path."""
    found = ((endpoint, endpoint.match(segments)) for endpoint in endpoints)
    return {endpoint.method: (endpoint, values) for endpoint, values in found if values is not None}
