"""A ResourceSet: rows and templates, from which manifests are made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from reconciler.document import Path, Shape
from reconciler.manifest.removal import API_VERSION
from reconciler.schema import schemas_folder

RESOURCE_SET = "ResourceSet"
INPUTS: Path = ("spec", "inputs")
TEMPLATES: Path = ("spec", "resources")


def is_resource_set(value: Mapping[str, Any]) -> bool:
    """Whether a document calls itself one."""
    return value.get("apiVersion") == API_VERSION and value.get("kind") == RESOURCE_SET


def apart_of(value: Mapping[str, Any]) -> Path:
    """The path at which the project's values are not filled in on their own: templates are filled in in one go."""
    return TEMPLATES if is_resource_set(value) else ()


@cache
def resource_set_shape() -> Shape:
    """The shape of a ResourceSet; what its templates hold is checked with every row filled in."""
    return Shape(json.loads((schemas_folder() / "ResourceSet.json").read_bytes()))
