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


@pytest.mark.parametrize("name", ["manifest.json", "Project.json", "Removal.json", "ResourceSet.json"])
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


def resource_set(template: dict[str, Any]) -> dict[str, Any]:
    """A ResourceSet of one template."""
    spec = {"inputs": {"csv": "a.csv"}, "resources": [template]}
    return {"apiVersion": "reconciler/v1", "kind": "ResourceSet", "metadata": {"name": "a"}, "spec": spec}


ACCOUNT = {
    "apiVersion": "optimum/v1",
    "kind": "Account",
    "metadata": {"name": "${input.code}"},
    "lifecycle": {"preventDestroy": "${value.keep}", "onRemove": "${input.on_remove}"},
    "spec": {
        "name": "${input.name}",
        "active": "${input.active}",
        "verb": "${input.verb}",
        "max_locations": "${input.n}",
    },
}
INVITATION = {
    "apiVersion": "buenno/v1",
    "kind": "Invitation",
    "metadata": {"name": "i-${input.id}"},
    "spec": {"form": "${input.form}", "phone": "${input.phone}", "email": "${input.email}"},
}
PINNED = {**INVITATION, "spec": {"form": {"externalId": "${input.form}"}, "phone": "00${input.phone}"}}


def with_spec(template: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A template with other fields."""
    return {**template, "spec": {**template["spec"], **fields}}


TEMPLATES = [
    (ACCOUNT, True, "placeholders where a name, a boolean, a choice and a number are due"),
    (with_spec(ACCOUNT, max_locations=3, active=True, verb="visit"), True, "what is the same in every row"),
    (INVITATION, True, "two fields of which a row has one"),
    (PINNED, True, "within a reference, and as a part of a text that has a form"),
    (with_spec(ACCOUNT, max_locations="three"), False, "text without a placeholder, where a number is due"),
    (with_spec(ACCOUNT, verb="vist"), False, "no choice, and no placeholder"),
    (with_spec(ACCOUNT, nmae="x"), False, "an unknown field"),
    ({**ACCOUNT, "metadata": {"name": "UPPER"}}, False, "no name, and no placeholder"),
    ({**ACCOUNT, "spec": {"name": "a"}}, False, "a field that has to be there"),
    ({**ACCOUNT, "kind": "Site"}, False, "no such kind of this vendor"),
    ({"apiVersion": "reconciler/v1", "kind": "Removal", "spec": {"address": "a/B/c"}}, False, "a consent"),
    (resource_set(ACCOUNT), False, "a set in a set"),
]


@pytest.mark.parametrize(("template", "expected", "reason"), TEMPLATES, ids=[case[2] for case in TEMPLATES])
def test_an_editor_knows_the_fields_of_templates(template: dict[str, Any], expected: bool, reason: str) -> None:
    """A template is held against its own kind, but that a placeholder may stand wherever it can be filled in."""
    assert accepted(resource_set(template)) is expected, reason


def test_every_kind_is_a_template_too() -> None:
    """Fields are described there as they are in manifests, and nothing in them is for the tool alone."""
    definitions = union_schema(load())["$defs"]
    assert isinstance(definitions, dict)
    for name, kind in definitions.items():
        template = definitions.get(f"template.{name}")
        if template is not None:
            fields, own = (d["properties"]["spec"]["properties"] for d in (template, kind))
            assert {n: f.get("description") for n, f in fields.items()} == {
                n: f.get("description") for n, f in own.items()
            }
            assert '"x-' not in json.dumps(template)
    assert sum(name.startswith("template.") for name in definitions) == len(load().types) + 1
