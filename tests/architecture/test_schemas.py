"""Every kind's schema against the vocabulary of kinds: nothing unknown, nothing left unsaid."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.schema import RULES, Registry, load, schemas_folder

FOLDER = schemas_folder()
PATHS = sorted(FOLDER.glob("*/*.json"))
KINDS: dict[str, dict[str, Any]] = {f"{p.parent.name}/{p.stem}": json.loads(p.read_text("utf-8")) for p in PATHS}
VOCABULARY: dict[str, Any] = json.loads((FOLDER / "vocabulary.json").read_text("utf-8"))
HOLDS = Draft202012Validator(VOCABULARY)
REGISTRY: Registry = load()


def fields(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a spec by its path, those of its items too."""
    for name, field in document["properties"]["spec"]["properties"].items():
        yield name, field
        for inner, item in field.get("items", {}).get("properties", {}).items():
            yield f"{name}[].{inner}", item


def test_there_are_kinds() -> None:
    """The folder holds the kinds that the registry serves."""
    assert set(KINDS) == set(REGISTRY.types)
    assert len(KINDS) >= 5


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.json")), ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_schema_is_a_schema(path: Any) -> None:
    """Each file is JSON Schema 2020-12."""
    Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_keep_to_the_vocabulary(kind: str) -> None:
    """A kind's schema uses the known keywords, each with a value it can have."""
    assert [f"{list(e.path)}: {e.message}" for e in HOLDS.iter_errors(KINDS[kind])] == []


def _kind(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.update({name: value})


def _field(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def edit(document: dict[str, Any]) -> None:
        next(iter(document["properties"]["spec"]["properties"].values()))[name] = value

    return edit


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.pop(name)


MISTAKES = [
    ("an unknown keyword of a kind", _kind("x-colour", "red")),
    ("a misspelt keyword of a kind", _kind("x-one-tme", True)),
    ("a field's keyword on a kind", _kind("x-immutable", True)),
    ("a keyword in other letters", _kind("X-Delete", "removes")),
    ("a listing that nobody knows", _kind("x-list", "partial")),
    ("a delete that nobody knows", _kind("x-delete", True)),
    ("an operation that nobody knows", _kind("x-operations", ["create", "upsert"])),
    ("a key without fields", _kind("x-key", {"fields": [], "match": "key"})),
    ("a key matched in a new way", _kind("x-key", {"fields": ["name"], "match": "fuzzy"})),
    ("an unknown part of a key", _kind("x-key", {"fields": ["name"], "match": "key", "alike": []})),
    ("an impact without counts", _kind("x-impact", {"unknowable": ["campaigns"]})),
    ("fields beside those declared", _kind("additionalProperties", True)),
    ("no key", _without("x-key")),
    ("no word on deletes", _without("x-delete")),
    ("no description", _without("description")),
    ("an unknown keyword of a field", _field("x-secret", True)),
    ("a misspelt keyword of a field", _field("x-imutable", True)),
    ("a kind's keyword on a field", _field("x-upsert", True)),
    ("a rule that nobody knows", _field("x-normalise", ["upper"])),
    ("a rule that is no list", _field("x-normalise", "trim")),
    ("a flag that is text", _field("x-immutable", "yes")),
    ("a way to clear that nobody knows", _field("x-clear", "empty")),
    ("a reference to no kind", _field("x-ref", "Survey")),
    ("a set without a key", _field("x-set", {"additive": True})),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[0])
def test_mistakes_are_refused(kind: str, mistake: tuple[str, Callable[[dict[str, Any]], None]]) -> None:
    """A keyword that is unknown, misspelt, in the wrong place or of the wrong value does not pass in silence."""
    document = copy.deepcopy(KINDS[kind])
    mistake[1](document)
    assert not HOLDS.is_valid(document), mistake[0]


def test_kinds_share_their_metadata_and_lifecycle() -> None:
    """Who a resource is and how it may change is said alike in every kind, but for what a kind alone can do."""
    metadata = {json.dumps(d["properties"]["metadata"], sort_keys=True) for d in KINDS.values()}
    assert len(metadata) == 1
    blocks = {kind: copy.deepcopy(d["properties"]["lifecycle"]) for kind, d in KINDS.items()}
    for kind, block in blocks.items():
        choices = block["properties"]["onRemove"].pop("enum")
        expected = ["delete", "retain", *(["deactivate"] if "x-deactivate" in KINDS[kind] else [])]
        assert choices == expected, kind
    assert len({json.dumps(_plain(block), sort_keys=True) for block in blocks.values()}) == 1


def _plain(block: dict[str, Any]) -> dict[str, Any]:
    """A lifecycle block without its wording, which may tell what a kind's removal means."""
    for setting in block["properties"].values():
        assert setting.pop("description")
    return block


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described(kind: str) -> None:
    """`explain` has a sentence for every field of a spec, its items' too, and for every setting around it."""
    assert [path for path, field in fields(KINDS[kind]) if not field.get("description", "").endswith(".")] == []
    for block in ("metadata", "lifecycle"):
        inner = KINDS[kind]["properties"][block]["properties"]
        assert [name for name, setting in inner.items() if not setting.get("description")] == []


def test_the_rules_of_the_vocabulary_are_those_of_the_code() -> None:
    """A rule that a schema may name is one that comparing knows, and the other way about."""
    named = VOCABULARY["$defs"]["field"]["properties"]["x-normalise"]["items"]["enum"]
    near = VOCABULARY["properties"]["x-key"]["properties"]["near"]["properties"]["normalise"]["items"]["enum"]
    assert sorted(named) == sorted(near) == sorted(RULES)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_names_is_there(kind: str) -> None:
    """Keys, sets, companions, references and counts name fields and kinds that exist."""
    document, rtype = KINDS[kind], REGISTRY.get(kind)
    own = set(rtype.fields)
    assert set(rtype.key.fields) | set(rtype.key.twin) | set(rtype.key.near.fields if rtype.key.near else ()) <= own
    assert rtype.id_field is None or rtype.id_field in own
    assert set(rtype.deactivate) <= own
    assert set(document["properties"]["spec"]["required"]) <= own
    for field in rtype.fields.values():
        assert set(field.send_with) <= own
        assert field.ref is None or field.ref in KINDS
        assert field.set is None or set(field.set.key) <= set(field.items)
        assert set(field.normalise) <= set(RULES)
    if rtype.part_of is not None:
        whole = rtype.fields[rtype.part_of.reference].ref
        assert whole is not None
        assert REGISTRY.get(whole).fields[rtype.part_of.set].set is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_does_not_contradict_itself(kind: str) -> None:
    """What a kind says of deleting, replacing and counting fits together."""
    document, rtype = KINDS[kind], REGISTRY.get(kind)
    assert ("delete" in rtype.operations) is rtype.deletable
    assert rtype.replace is None or rtype.deletable, "what cannot be deleted cannot be replaced"
    impact = document.get("x-impact", {})
    assert not impact or rtype.deletable or impact.get("on"), "nothing is destroyed by what cannot be deleted"
    assert not rtype.reads_one or "read" in rtype.operations
    assert not rtype.deactivate or rtype.updatable
    for field in rtype.fields.values():
        assert not (field.read_only and field.write_only), field.name
        if not rtype.updatable:
            assert field.immutable or field.read_only, f"{field.name} cannot be changed, so it says so"


def test_the_ids_of_the_schemas_are_unique() -> None:
    """Each schema has a name of its own that editors and validators can keep apart."""
    ids = [json.loads(path.read_text("utf-8"))["$id"] for path in FOLDER.rglob("*.json")]
    assert len(set(ids)) == len(ids)


def test_the_union_holds_every_kind() -> None:
    """An editor that is given manifest.json knows every kind's fields, and sends each manifest to its own kind."""
    union = Draft202012Validator(json.loads((FOLDER / "manifest.json").read_text("utf-8")))
    for document in KINDS.values():
        version, kind = (document["properties"][name]["const"] for name in ("apiVersion", "kind"))
        empty = {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": {"no_such_field": 1}}
        told = " ".join(error.message for error in union.iter_errors(empty))
        assert "no_such_field" in told, kind
        assert all(f"'{name}' is a required" in told for name in document["properties"]["spec"]["required"]), kind
    assert not union.is_valid({"apiVersion": "enco/v1", "kind": "Site", "metadata": {"name": "a"}, "spec": {}})
