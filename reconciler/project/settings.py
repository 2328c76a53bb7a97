"""What a project file says, checked and with its defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.model import JSON, Connection, SecretReference


@dataclass(frozen=True, slots=True)
class Project:
    """One project in one environment.

    ``folder`` is what relative paths start from. ``manifests`` are files, folders and globs as written. ``state`` is a
    URL without credentials, or a reference to one; ``project.state_url`` resolves it. ``values`` are the
    project's with the environment's laid over; ``values_elsewhere`` names who sets a value that is not among them, and
    ``environments`` are all that the project has, sorted.
    """

    name: str
    folder: Path
    path: Path
    manifests: tuple[str, ...]
    state: str | SecretReference
    connections: Mapping[str, Connection]
    environment: str | None = None
    values: Mapping[str, JSON] = field(default_factory=dict)
    values_elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    environments: tuple[str, ...] = ()
