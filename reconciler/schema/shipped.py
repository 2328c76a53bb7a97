"""The schema files as they are shipped: what each is called, and where editors and validators look for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.schema.registry import schemas_folder

MANIFEST, PROJECT = "manifest", "reconciler/Project"  # what editors are told of


@dataclass(frozen=True, slots=True)
class Shipped:
    """One schema file: ``name`` is ``provider/Kind`` for what stands in YAML, else the file's own (``plan``)."""

    name: str
    path: Path
    document: Mapping[str, Any] = field(repr=False)

    @property
    def header(self) -> tuple[str, str] | None:
        """The apiVersion and kind of the YAML it describes; None where it describes something else."""
        header = self.document.get("properties", {})
        version, kind = (header.get(key, {}).get("const") for key in ("apiVersion", "kind"))
        return (version, kind) if version and kind else None

    @property
    def title(self) -> str:
        """What it is called in itself."""
        return str(self.document.get("title", self.name))

    @property
    def description(self) -> str:
        """What it is for."""
        return str(self.document.get("description", ""))

    @property
    def place(self) -> str:
        """Its path in a folder of schemas for other programs.

        A kind lies where validators that choose by header look for it: ``group/kind_version.json``, all lower-case, so
        that no two names differ by their letter case alone.
        """
        if self.header is None:
            return f"{self.name}.json"
        group, _, version = self.header[0].partition("/")
        return f"{group}/{self.header[1]}_{version}.json".lower()


@cache
def shipped() -> Mapping[str, Shipped]:
    """Every schema by its name, sorted."""
    folder = schemas_folder()
    found = [_shipped(path) for path in (*folder.glob("*.json"), *folder.glob("*/*.json"))]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def _shipped(path: Path) -> Shipped:
    one = Shipped(path.stem, path, json.loads(path.read_bytes()))
    if one.header is None:
        return one
    group = one.header[0].partition("/")[0]
    return Shipped(f"{group}/{one.header[1]}", path, one.document)


def named(word: str) -> tuple[Shipped, ...]:
    """The schemas that go by a name, sorted: ``optimum/Location``, or what is behind the slash; letter case does not
    count."""
    wanted = word.strip().lower()
    found = [one for one in shipped().values() if one.name.lower() == wanted]
    return tuple(found or [one for one in shipped().values() if one.name.lower().rpartition("/")[2] == wanted])
