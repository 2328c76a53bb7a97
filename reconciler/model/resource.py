"""One resource seen three ways: desired (the manifest), recorded (last applied), observed (the API's answer now)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.value import JSON


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a file: path as shown to the user, line and column counted from 1.

    ``row`` is where the row begins that a template was filled in with, for what a ResourceSet makes.
    """

    file: str
    line: int
    column: int = 1
    row: Source | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def where(self) -> str:
        """File and line, then those of the row: ``manifests/stores.yaml:9, manifests/stores.csv:42``."""
        own = f"{self.file}:{self.line}"
        return own if self.row is None else f"{own}, {self.row.where}"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How a resource may change: see the manifest format. The defaults are the format's own."""

    prevent_destroy: bool = False
    on_remove: str = "delete"  # delete | retain | deactivate
    replace: str = "refuse"  # refuse | allow
    ignore_changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desired:
    """A manifest, validated. ``spec`` is as the user spells it, but reference fields hold a ``Reference``."""

    address: Address
    connection: str
    spec: Mapping[str, JSON]
    source: Source
    external_id: str | None = None
    previous_names: tuple[Address, ...] = ()
    depends_on: tuple[Address, ...] = ()  # from dependsOn and from every reference, sorted, without repeats
    lifecycle: Lifecycle = Lifecycle()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was last applied at an address.

    ``fields`` are the managed fields in the vendor's terms (references as live ids), write-only ones included.
    ``origin`` is the scheme, host and port the connection pointed at.
    """

    address: Address
    connection: str
    id: str
    fields: Mapping[str, JSON]
    origin: str = ""
    depends_on: tuple[Address, ...] = ()
    lifecycle: Lifecycle = Lifecycle()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """A live object. ``fields`` holds every readable field in the vendor's own spelling (references as live ids)."""

    kind: str  # provider/Type
    connection: str
    id: str
    fields: Mapping[str, JSON]
