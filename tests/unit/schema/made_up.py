"""Kinds that no vendor has, for what the shipped ones do not show together."""

from __future__ import annotations

from typing import Any

from reconciler.schema import ResourceType, resource_type


def made_up(type: str, key: str, fields: dict[str, Any]) -> ResourceType:
    """The kind ``acme/TYPE``: all four operations, recognised by one field; ``fields`` as a schema's properties."""
    return resource_type(
        {
            "description": f"A {type}.",
            "x-id": {"type": "string"},
            "x-operations": ["create", "list", "update", "delete"],
            "x-list": "complete",
            "x-readback": "id",
            "x-delete": "removes",
            "x-replace": "delete-first",
            "x-key": {"fields": [key], "match": "key"},
            "properties": {
                "apiVersion": {"const": "acme/v1"},
                "kind": {"const": type},
                "spec": {"properties": fields},
            },
        }
    )
