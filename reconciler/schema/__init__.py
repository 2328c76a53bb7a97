"""Kinds and what their fields mean, read from schemas/*.json."""

from reconciler.schema.field import RULES, Field, SetRule, UnusualRule
from reconciler.schema.kind import ImpactRule, KeyRule, NearRule, OneTimeRule, PartRule, ResourceType
from reconciler.schema.registry import Registry, load, resource_type, schemas_folder

__all__ = [
    "RULES",
    "Field",
    "ImpactRule",
    "KeyRule",
    "NearRule",
    "OneTimeRule",
    "PartRule",
    "Registry",
    "ResourceType",
    "SetRule",
    "UnusualRule",
    "load",
    "resource_type",
    "schemas_folder",
]
