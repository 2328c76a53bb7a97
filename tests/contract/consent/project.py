"""A project whose manifests are given as values, against a sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.scenarios.world import Ended, World


class Project:
    """A world with manifests given as values."""

    def __init__(self, world: World) -> None:
        self.world, self.sandbox, self.folder = world, world.sandbox, world.folder

    def declare(self, *manifests: dict[str, Any]) -> None:
        """Put these manifests, and no others, into the project."""
        file = self.folder / "manifests" / "all.yaml"
        file.unlink(missing_ok=True)
        if manifests:
            file.write_text(yaml.safe_dump_all(manifests), "utf-8")

    def run(self, line: str) -> Ended:
        """A command; the request log holds what it alone asked."""
        self.sandbox.log.clear()
        return self.world.command(line)

    def apply(self, options: str = "") -> Ended:
        """An apply without questions."""
        return self.run(f"apply --json --auto-approve --retry-seconds 0 {options}")

    def plan(self, options: str = "") -> Any:
        """The plan as a document."""
        ended = self.run(f"plan --json --retry-seconds 0 {options}")
        return json.loads(ended.out)

    def change(self, address: str) -> Any:
        """One address of the plan."""
        return next(c for c in self.plan()["resource_changes"] if c["address"] == address)

    def settle(self, *manifests: dict[str, Any]) -> None:
        """Declare and apply; it has to go through."""
        self.declare(*manifests)
        ended = self.apply()
        assert ended.code == 0, ended.text

    @property
    def archived(self) -> list[Path]:
        """The archive's files of objects."""
        return sorted((self.folder / ".reconciler" / "archive").glob("*/*.json"))

    def recorded(self) -> list[str]:
        """The addresses of the state."""
        return sorted(r["address"] for r in self.world.command("state list --json").document["resources"])


def manifest(kind: str, name: str, lifecycle: dict[str, Any] | None = None, /, **spec: Any) -> dict[str, Any]:
    """A manifest of ``vendor/Kind``; metadata beside the name by ``_connection`` and the like."""
    vendor, _, type_ = kind.partition("/")
    metadata = {"name": name} | {key[1:]: spec.pop(key) for key in list(spec) if key.startswith("_")}
    found = {"apiVersion": f"{vendor}/v1", "kind": type_, "metadata": metadata, "spec": spec}
    return found | ({"lifecycle": lifecycle} if lifecycle else {})


def location(name: str, lifecycle: dict[str, Any] | None = None, /, **spec: Any) -> dict[str, Any]:
    """A location."""
    return manifest("optimum/Location", name, lifecycle, **({"name": f"Acme {name}", "country_code": "GB"} | spec))


def survey(name: str, lifecycle: dict[str, Any] | None = None, /, **spec: Any) -> dict[str, Any]:
    """A survey of one question."""
    usual = {"name": name, "interactionType": "general", "questions": [{"language": "en", "body": "How?"}]}
    return manifest("enco/Survey", name, lifecycle, **(usual | spec))


def site(name: str, code: str, /, **spec: Any) -> dict[str, Any]:
    """A site."""
    return manifest("customersure/Site", name, None, **({"site_code": code, "name": f"Acme {name}"} | spec))


def removal(address: str, **spec: Any) -> dict[str, Any]:
    """A Removal."""
    return {"apiVersion": "reconciler/v1", "kind": "Removal", "spec": {"address": address, **spec}}
