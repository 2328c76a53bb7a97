"""What schemas/Project.json says of each provider: its hosts, defaults and credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from reconciler.document import Shape
from reconciler.schema import schemas_folder


@dataclass(frozen=True, slots=True)
class Provider:
    """A vendor's own hosts and addresses, and what a connection to it needs."""

    name: str
    hosts: tuple[str, ...]
    base_url: str
    credentials: tuple[str, ...]
    token_url: str | None = None
    requests_per_second: float | None = None
    company: bool = False


@cache
def project_shape() -> Shape:
    """The shape of a project file."""
    return Shape(json.loads((schemas_folder() / "Project.json").read_bytes()))


@cache
def providers() -> Mapping[str, Provider]:
    """Every provider of this version, by name."""
    return {
        name: Provider(
            name=name,
            hosts=tuple(data["hosts"]),
            base_url=data["baseUrl"],
            credentials=tuple(data["credentials"]),
            token_url=data.get("tokenUrl"),
            requests_per_second=data.get("requestsPerSecond"),
            company=data.get("company", False),
        )
        for name, data in project_shape().schema["x-providers"].items()
    }


def known_fields() -> frozenset[str]:
    """The fields a connection may have."""
    return frozenset(project_shape().schema["$defs"]["connection"]["properties"])
