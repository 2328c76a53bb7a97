"""Schema documents read into resource types."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from reconciler.schema import ImpactRule, NearRule, OneTimeRule, PartRule, SetRule, load, resource_type, schemas_folder

REGISTRY = load()

DOCUMENT: dict[str, Any] = {
    "description": "A thing.",
    "x-id": {"type": "string", "field": "code"},
    "x-operations": ["create", "read", "list", "update"],
    "x-list": "complete",
    "x-readback": "key",
    "x-delete": "none",
    "x-key": {"fields": ["code"], "match": "key"},
    "properties": {
        "apiVersion": {"const": "acme/v1"},
        "kind": {"const": "Thing"},
        "spec": {"properties": {"code": {"type": "string", "description": "Its code.", "x-normalise": ["trim"]}}},
    },
}


def document(**changes: Any) -> dict[str, Any]:
    """The small document with some keywords changed."""
    return {**copy.deepcopy(DOCUMENT), **changes}


def test_minimal_document() -> None:
    """What a document leaves out has the harmless meaning: nothing is deleted, replaced, counted or part of another."""
    thing = resource_type(DOCUMENT)
    assert (thing.kind, thing.provider, thing.type, thing.api_version) == ("acme/Thing", "acme", "Thing", "acme/v1")
    assert (thing.updatable, thing.deletable, thing.reads_one) == (True, False, True)
    assert (thing.replace, thing.impact, thing.part_of, thing.deactivate) == (None, None, None, {})
    assert (thing.one_time, thing.observed_only, thing.upsert) == (None, False, False)
    assert (thing.key.near, thing.key.repeats, thing.key.twin) == (None, False, ())
    assert thing.id_field == "code"
    field = thing.fields["code"]
    assert (field.title, field.normalise, field.clear) == ("Its code.", ("trim",), "null")
    assert not (field.read_only or field.write_only or field.immutable or field.volatile or field.personal)


def test_every_kind_of_the_issue_is_read() -> None:
    """The registry holds the kinds by provider and type, found by what a manifest says too."""
    kinds = {"enco/Survey", "enco/Question", "customersure/Site", "optimum/Location", "optimum/Account"}
    assert kinds <= set(REGISTRY.types)
    assert list(REGISTRY.types) == sorted(REGISTRY.types)
    for kind in REGISTRY.types:
        rtype = REGISTRY.get(kind)
        assert REGISTRY.find(rtype.api_version, rtype.type) is rtype


@pytest.mark.parametrize(("version", "kind"), [("enco/v2", "Survey"), ("enco/v1", "Site"), ("", "")])
def test_unknown_kind(version: str, kind: str) -> None:
    """A version or kind that nobody knows finds nothing."""
    assert REGISTRY.find(version, kind) is None


def test_meaning_of_the_shipped_kinds() -> None:
    """The semantics that planning leans on are read from the files as the contract's table has them."""
    survey, account = REGISTRY.get("enco/Survey"), REGISTRY.get("optimum/Account")
    assert survey.fields["questions"].set == SetRule(("language", "body"), additive=True)
    assert survey.fields["questions"].items["language"].normalise == ("trim", "casefold")
    assert (survey.delete, survey.replace) == ("removes", "create-first")
    assert survey.impact == ImpactRule(("responses", "requests"))
    assert REGISTRY.get("customersure/Site").impact == ImpactRule(("pending_feedback_requests",), on=("site_code",))
    question = REGISTRY.get("enco/Question")
    assert question.part_of == PartRule("survey", "questions")
    assert question.fields["survey"].ref == "enco/Survey"
    assert not question.updatable
    assert not question.deletable
    assert account.fields["verb"].write_only
    assert account.fields["active_locations"].read_only
    assert account.deactivate == {"active": False}
    assert account.key.match == "declared"
    assert account.key.repeats
    site = REGISTRY.get("customersure/Site")
    assert site.key.near == NearRule(("site_code",), ("trim", "casefold"))
    assert site.fields["country_code"].send_with == ("region",)
    assert not site.deletable


def test_key_of_is_normalised_and_key_text_is_for_people() -> None:
    """The key compares what means the same; its text shows the vendor's spelling without stray ends."""
    survey = REGISTRY.get("enco/Survey")
    fields = {"name": " Waffles ", "interactionType": "general"}
    assert survey.key_of(fields) == ("Waffles", "general")
    assert survey.key_text(fields) == "Waffles / general"
    assert survey.key_of({}) == (None, None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"x-delete": "removes"}, "deletable"),
        ({"x-delete": "deactivates"}, "deletable"),
        ({"x-id": {"type": "none"}}, "nameless"),
        ({"x-observed-only": True}, "observed_only"),
        ({"x-upsert": True}, "upsert"),
        ({"x-figures": True}, "figures"),
    ],
)
def test_keywords_are_read(changes: dict[str, Any], expected: str) -> None:
    """Each keyword of a kind shows in the type read from it."""
    assert getattr(resource_type(document(**changes)), expected) is True


def test_one_time_records_are_read() -> None:
    """What tells one message from another, and as long as what it can be changed; without a rule always."""
    rule = {"identity": ["code"], "pending": {"field": "state", "values": ["pending"]}}
    assert resource_type(document(**{"x-one-time": rule})).one_time == OneTimeRule(("code",), "state", ("pending",))
    always = resource_type(document(**{"x-one-time": {}})).one_time
    assert always == OneTimeRule()
    assert OneTimeRule().is_open({}) and OneTimeRule((), "state", ("pending",)).is_open({"state": "pending"})
    assert not OneTimeRule((), "state", ("pending",)).is_open({"state": "sent"})


def test_the_digest_names_the_schemas() -> None:
    """The registry is read once and named by one digest; its folder holds the files."""
    assert load() is REGISTRY
    assert REGISTRY.digest.startswith("sha256:")
    assert (schemas_folder() / "enco" / "Survey.json").is_file()
