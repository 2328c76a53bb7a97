"""Kinds and fields found by the words that people write."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from reconciler.schema.example import example, value_of
from reconciler.schema.shipped import Shipped, named, shipped
from reconciler.schema.topic import Topic, children, found, lost

IN_YAML = [one for one in shipped().values() if one.header is not None]

MEANT = [
    ("the kind alone, where one vendor has it", "Location", ["optimum/Location"]),
    ("in full", "optimum/Location", ["optimum/Location"]),
    ("letter case does not count", "OPTIMUM/location.NAME", ["optimum/Location.spec.name"]),
    ("as the two header lines say it", "optimum/v1 Location", ["optimum/Location"]),
    ("with the version", "optimum/v1/Location", ["optimum/Location"]),
    ("several vendors have it", "Survey", ["b2s/Survey", "enco/Survey"]),
    ("a field of one of them alone settles it", "Survey.questions", ["enco/Survey.spec.questions"]),
    ("spec goes without saying", "Location.postal_code", ["optimum/Location.spec.postal_code"]),
    ("and may be said", "Location.spec.postal_code", ["optimum/Location.spec.postal_code"]),
    ("a section", "Location.lifecycle", ["optimum/Location.lifecycle"]),
    ("a field of another section", "Location.metadata.externalId", ["optimum/Location.metadata.externalId"]),
    ("into the items of a list", "Survey.questions.body", ["enco/Survey.spec.questions.body"]),
    ("with an item's place", "Survey.questions[0].body", ["enco/Survey.spec.questions.body"]),
    ("through a reference of the schema", "Project.state.env", ["reconciler/Project.spec.state.env"]),
    ("keys of the user's own", "Project.connections.acme", ["reconciler/Project.spec.connections.*"]),
    ("and below them", "Project.connections.acme.token", ["reconciler/Project.spec.connections.*.token"]),
    ("which need not be written", "Project.connections.token", ["reconciler/Project.spec.connections.*.token"]),
    ("of several forms the one with fields", "FeedbackRequest.site.externalId",
     ["customersure/FeedbackRequest.spec.site.externalId"]),
    ("no kind", "Nope", []),
    ("no field", "Location.postcode", []),
    ("an error code", "RCN0102", []),
    ("a schema that describes no YAML", "plan", []),
    ("nothing", "", []),
    ("another language's path", "Location/spec/name", []),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "word", "titles"), MEANT, ids=[reason for reason, *_ in MEANT])
def test_words(reason: str, word: str, titles: list[str]) -> None:
    """A word means what a person would mean by it."""
    assert [topic.title for topic in found(word)] == titles


def test_where_a_path_ends() -> None:
    """A path that leads nowhere says where it stops, so that the fields there can be named."""
    (end,) = lost("Survey.questions.wording.x")[1:] or lost("enco/Survey.questions.wording.x")
    assert (end.at.title, end.name) == ("enco/Survey.spec.questions", "wording")


@pytest.mark.parametrize("kind", IN_YAML, ids=lambda one: one.name)
def test_examples_are_valid(kind: Shipped) -> None:
    """The example of every kind fits its schema, and has every field that is due."""
    made = example(kind)
    assert [error.message for error in Draft202012Validator(kind.document).iter_errors(made)] == []
    assert (made["apiVersion"], made["kind"]) == kind.header


def every(topic: Topic, depth: int = 4) -> list[Topic]:
    """A topic and all below it."""
    return [topic, *(inner for child in (children(topic) if depth else ()) for inner in every(child, depth - 1))]


@pytest.mark.parametrize("kind", IN_YAML, ids=lambda one: one.name)
def test_every_field_can_be_explained(kind: Shipped) -> None:
    """Each field is found by its own title, and its example fits it."""
    for topic in every(found(kind.name)[0]):
        assert [one.title for one in found(topic.title)] == [topic.title]
        schema = {**topic.schema, "$defs": kind.document.get("$defs", {})}
        if topic.path and not children(topic):
            assert Draft202012Validator(schema).is_valid(value_of(topic)), topic.title


def test_examples_of_fields_are_valid() -> None:
    """Every example that a schema gives for a field is one that it takes."""
    for kind in IN_YAML:
        for topic in every(found(kind.name)[0]):
            schema = {**topic.schema, "$defs": kind.document.get("$defs", {})}
            for value in topic.schema.get("examples", ()):
                assert Draft202012Validator(schema).is_valid(value), topic.title


def test_what_is_shipped_has_a_place() -> None:
    """A kind lies where validators choose a schema by group, kind and version; no two places differ by letter case."""
    places = {one.name: one.place for one in shipped().values()}
    assert places["optimum/Location"] == "optimum/location_v1.json"
    assert places["customersure/FeedbackRequest"] == "customersure/feedbackrequest_v1.json"
    assert (places["reconciler/Project"], places["manifest"]) == ("reconciler/project_v1.json", "manifest.json")
    assert len({place.casefold() for place in places.values()}) == len(places)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("Project", ["reconciler/Project"]),
        ("PLAN", ["plan"]),
        ("survey", ["b2s/Survey", "enco/Survey"]),
        ("enco/survey", ["enco/Survey"]),
        ("location_v1", []),
    ],
)
def test_schemas_by_name(word: str, names: list[str]) -> None:
    """A schema goes by its name, or by what is behind the slash."""
    assert [one.name for one in named(word)] == names
