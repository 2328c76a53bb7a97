"""schemas/manifest.json against the schemas of the kinds."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.manifest.union import union_schema, union_text
from reconciler.schema import load, schemas_folder


def accepted(value: dict[str, Any]) -> bool:
    return bool(Draft202012Validator(union_schema(load())).is_valid(value))


def test_the_file_is_what_the_kinds_say() -> None:
    """Run reconciler.manifest.union.write() after a change of a kind's schema."""
    assert (schemas_folder() / "manifest.json").read_text(encoding="utf-8") == union_text(load())


@pytest.mark.parametrize("name", ["manifest.json", "Project.json", "Removal.json"])
def test_the_files_are_sound_schemas(name: str) -> None:
    """Each is valid against the draft's meta-schema."""
    Draft202012Validator.check_schema(json.loads((schemas_folder() / name).read_bytes()))


def test_kind_and_version_choose_the_rules() -> None:
    """A manifest is held against the schema of its own kind, and an unknown pair against none."""
    good = {
        "apiVersion": "customersure/v1",
        "kind": "Site",
        "metadata": {"name": "a"},
        "spec": {"site_code": "A", "name": "A"},
    }
    removal = {"apiVersion": "reconciler/v1", "kind": "Removal", "spec": {"address": "enco/Survey/x"}}
    assert accepted(good)
    assert accepted(removal)
    assert not accepted({**good, "kind": "Survey"})
    assert not accepted({**good, "apiVersion": "optimum/v1"})
    assert not accepted({**good, "spec": {"site_code": "A"}})
