"""A live object in the words of a manifest: everything that can be declared of it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import schema
from reconciler.adoption.draft import Draft, Unfit, drafted
from reconciler.document import Shape
from reconciler.model import Address, Observed

REGISTRY = schema.load()
SHAPES = {kind: Shape(rtype.document) for kind, rtype in REGISTRY.types.items()}
SITE = {"site_code": "0042", "name": "Acme Leeds", "city": None, "region": None, "country_code": None}
PLACE = {"name": "Acme Leeds", "country_code": "GB"}
QUESTION = {"id": "13", "language": " en-GB ", "body": "How likely are you? "}
SURVEY = {"name": "waffles", "interactionType": "general", "questions": [QUESTION]}
PERSON = {
    "email": "ada@example.org",
    "mobile_number": "",
    "country_code": "BE",
    "opt_out": False,
    "locations": ["a", "b"],
}


def draft(kind: str, fields: dict[str, Any], id: str = "xd3S6") -> Draft:
    """The draft of a live object."""
    return drafted(Observed(kind, kind.partition("/")[0], id, fields), REGISTRY.get(kind), SHAPES[kind])


DECLARED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("customersure/Site", SITE, {"site_code": "0042", "name": "Acme Leeds"}, "null says nothing"),
    ("optimum/Location", {**PLACE, "postal_code": ""}, PLACE, "nor does an empty text, where that means the same"),
    ("optimum/Location", {**PLACE, "name": " Acme  "}, {**PLACE, "name": " Acme  "}, "the vendor's text stays"),
    ("optimum/Location", {**PLACE, "created": 1544659200}, PLACE, "what the schema does not know is not declared"),
    ("optimum/Location", {"country_code": "GB", "name": "Acme Leeds"}, PLACE, "fields come in the schema's order"),
    ("enco/Survey", SURVEY, {**SURVEY, "questions": [{"language": " en-GB ", "body": "How likely are you? "}]},
     "questions without the vendor's ids"),
    ("enco/Survey", {**SURVEY, "questions": [QUESTION, {**QUESTION, "id": "14", "language": "EN-gb"}]},
     {**SURVEY, "questions": [{"language": " en-GB ", "body": "How likely are you? "}]}, "a question met twice, once"),
    ("optimum/Account", {"name": "Acme", "active": True, "sms_allowance": "2000", "active_users": 3, "max_users": None},
     {"name": "Acme", "active": True, "sms_allowance": 2000}, "a number as text is a number; counts are the vendor's"),
    ("optimum/Subscriber", PERSON,
     {"email": "ada@example.org", "country_code": "BE", "locations": [{"externalId": "a"}, {"externalId": "b"}]},
     "an opt-out that is not there is not declared; references go by id"),
    ("optimum/Subscriber", {**PERSON, "opt_out": True, "locations": ["a", "a"]},
     {"email": "ada@example.org", "country_code": "BE", "opt_out": True, "locations": [{"externalId": "a"}]},
     "one that is there is; a location once"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "expected"), [c[:3] for c in DECLARED], ids=[c[3] for c in DECLARED])
def test_what_is_declared(kind: str, fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """The spec of a manifest for a live object; it fits its schema."""
    found = draft(kind, fields)
    assert found.spec == expected
    assert list(found.spec) == [name for name in REGISTRY.get(kind).fields if name in expected]
    rtype = REGISTRY.get(kind)
    assert SHAPES[kind].fits(found.document(Address(rtype.provider, rtype.type, "x")))
    assert not found.omitted


OMITTED = [
    ("customersure/Site", {**SITE, "country_code": "GBR", "region": "x"}, "country_code", "a code that is none"),
    ("customersure/Site", {**SITE, "country_code": "GB"}, "country_code", "a code without the region it needs"),
    ("optimum/Location", {**PLACE, "postal_code": "a\x1b[0m"}, "postal_code", "a character that YAML may not hold"),
    ("optimum/Account", {"name": "a", "active": True, "max_users": "many"}, "max_users", "text where a number is due"),
    ("b2s/Survey", {"name": "Dine-in", "company_id": "7"}, "company_id", "an id of another form"),
    ("enco/Survey", {**SURVEY, "questions": [QUESTION, {**QUESTION, "body": " "}]}, "questions", "an empty question"),
    ("enco/Survey", {**SURVEY, "questions": [{**QUESTION, "body": "\u202e"}, QUESTION]}, "questions", "a hidden one"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "name"), [c[:3] for c in OMITTED], ids=[c[3] for c in OMITTED])
def test_what_does_not_fit_is_left_out_and_told(kind: str, fields: dict[str, Any], name: str) -> None:
    """The rest of the object is declared all the same."""
    found = draft(kind, fields)
    assert set(found.omitted) == {name}
    assert found.omitted[name]
    assert "questions" not in found.spec or len(list(found.spec["questions"])) == 1  # type: ignore[call-overload]
    rtype = REGISTRY.get(kind)
    assert SHAPES[kind].fits(found.document(Address(rtype.provider, rtype.type, "x")))


UNFIT = [
    ("optimum/Location", {**PLACE, "country_code": "GBR"}, "xd3S6", "two letters", "a field that is needed"),
    ("optimum/Location", {**PLACE, "country_code": None}, "xd3S6", "country_code", "one that is not there"),
    ("optimum/Location", {**PLACE, "name": "Acme \u202e"}, "xd3S6", r"U\+202E", "a character that YAML may not hold"),
    ("optimum/Location", PLACE, "a\x00", r"its id has the character U\+0000", "an id that cannot be written"),
    ("enco/Survey", {**SURVEY, "questions": []}, "8", "empty", "a survey without questions"),
    ("enco/Survey", {**SURVEY, "questions": [{**QUESTION, "body": ""}]}, "8", "body", "nothing left of its questions"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "id", "why"), [c[:4] for c in UNFIT], ids=[c[4] for c in UNFIT])
def test_what_cannot_be_declared_at_all(kind: str, fields: dict[str, Any], id: str, why: str) -> None:
    """No manifest, and a reason."""
    with pytest.raises(Unfit, match=why):
        draft(kind, fields, id)


def test_a_persons_data_is_in_no_reason() -> None:
    """What is left out of a kind with personal data is told without a word of it."""
    found = draft("optimum/Subscriber", {**PERSON, "mobile_number": "0123"})
    assert found.omitted == {"mobile_number": "does not fit its schema"}
    with pytest.raises(Unfit) as unfit:
        draft("optimum/Subscriber", {**PERSON, "email": "nobody-at-home"})
    assert "nobody" not in str(unfit.value)


def test_references_go_by_name_where_there_is_one() -> None:
    """A location that has a manifest is named, another one keeps its id."""
    owners = {("optimum", "optimum/Location", "a"): Address("optimum", "Location", "leeds")}
    found = draft("optimum/Subscriber", PERSON).document(
        Address("optimum", "Subscriber", "x"), owner=lambda *place: owners.get(place), connection=True
    )
    assert found["spec"]["locations"] == ["leeds", {"externalId": "b"}]  # type: ignore[index]
    assert found["metadata"] == {"name": "x", "connection": "optimum", "externalId": "xd3S6"}
