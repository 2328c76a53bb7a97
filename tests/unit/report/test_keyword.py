"""The schemas' keywords in words: none is passed over, and each says what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.model.pattern import PATTERN_WORDS
from reconciler.report.keyword import FIELD_WORDS, KIND_WORDS, SILENT, field_notes, kind_notes, type_words
from reconciler.schema import schemas_folder
from reconciler.schema.shipped import shipped
from reconciler.schema.topic import Topic, found

VOCABULARY = json.loads((schemas_folder() / "vocabulary.json").read_text("utf-8"))
IN_YAML = [one for one in shipped().values() if one.header is not None]
# Of JSON Schema: what a page shows in another way than by a sentence.
STRUCTURE = {"$schema", "$id", "$ref", "$defs", "title", "description", "type", "examples", "properties", "required"}
STRUCTURE |= {"additionalProperties", "items", "oneOf", "anyOf", "allOf", "not", "if", "then", "else"}
STRUCTURE |= {"dependentRequired", "propertyNames"}


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def topic(word: str) -> Topic:
    """The one topic of a word."""
    (one,) = found(word)
    return one


def test_every_keyword_is_told() -> None:
    """Each keyword that a schema may use has its words, or a reason for silence; and no words are for nothing."""
    kind, field = VOCABULARY["propertyNames"]["enum"], VOCABULARY["$defs"]["field"]["propertyNames"]["enum"]
    assert {word for word in kind if word.startswith("x-")} == set(KIND_WORDS) | {"x-readback"}
    assert set(field) - STRUCTURE <= set(FIELD_WORDS)
    own = {key for one in IN_YAML for node in nodes(dict(one.document)) for key in node if key.startswith("x-")}
    assert own <= set(KIND_WORDS) | set(FIELD_WORDS) | set(SILENT)


def test_every_pattern_has_words() -> None:
    """No person is shown a regular expression where words would do; and no words are for a pattern of the past."""
    used = {node["pattern"] for one in IN_YAML for node in nodes(dict(one.document)) if "pattern" in node}
    used = {pattern for pattern in used if isinstance(pattern, str)}
    assert used == set(PATTERN_WORDS)


TOLD = [
    ("Location.postal_code", "x-clear", "An explicit null clears it."),
    ("Location.name", "x-clear", "It cannot be cleared."),
    ("Location.name", "x-operations", "Set by the create, changed by an update."),
    ("Location.country_code", "pattern", "It must be two letters."),
    (
        "Location.country_code",
        "x-unusual",
        "Warned of, and sent as it stands: what is no ISO 3166-1 code, as UK (GB is).",
    ),
    ("Account.verb", "enum", "One of use or visit."),
    ("Account.verb", "x-immutable", "Fixed at creation: another value is warned of, and changes nothing live."),
    ("Account.active_users", "readOnly", "Set by the vendor: it cannot be declared."),
    ("enco/Survey.name", "x-immutable",
     "Fixed at creation: another value is blocked, or with lifecycle.replace: allow makes a replacement."),
    ("Question.body", "x-immutable", "Fixed at creation: another value is blocked."),
    ("Send.channel", "x-immutable", "Fixed at creation: another value is blocked, since a new message has a new name."),
    ("Form.name", "x-immutable", "Only observed: the API cannot write it."),
    ("Subscriber.opt_out", "x-one-way", "A live true is never undone."),
    ("Subscriber.email", "x-personal",
     "Personal data: masked in every output, in the state only as a keyed digest (RECONCILER_DIGEST_KEY)."),
    ("Survey.questions", "minItems", "At least 1 item."),
    ("Survey.questions", "x-set",
     "A list without order, its items told apart by language and body. Items can be added, none taken out."),
    ("Question.language", "x-normalise",
     "When comparing, spaces at both ends do not count and letter case does not count."),
    ("Location.lifecycle.preventDestroy", "default", "Default: false."),
    ("Location.lifecycle.replace", "default", "Default: refuse."),
    ("Project.manifests", "default", "Default: [manifests]."),
    ("Project.connections.token", "x-secret", "A secret stands nowhere in a file: only where to find it does."),
]  # fmt: skip


@pytest.mark.parametrize(("word", "keyword", "sentence"), TOLD, ids=[f"{word} {key}" for word, key, _ in TOLD])
def test_fields(word: str, keyword: str, sentence: str) -> None:
    """What a field's keyword says of it."""
    assert dict(field_notes(topic(word)))[keyword] == sentence


KINDS = [
    ("Location", "x-delete", "A delete makes it inactive, for good."),
    ("Subscriber", "x-delete", "A delete makes it inactive; only a create with the same key brings it back."),
    ("Site", "x-delete", "Taken out of git it is forgotten, and stays."),
    ("Send", "x-delete", "Taken out of git, it stays in the ledger, so that it is not sent again."),
    ("Site", "x-operations", "The API can create it, read one, list all and change it; it cannot delete it."),
    ("Site", "x-impact",
     "A change of site_code cuts off its pending feedback requests, which the plan counts."),
    ("FeedbackRequest", "x-one-time",
     "Sent once, ever, and held without --allow-send; a new message needs a new name. It can be changed while state is "
     "pending."),
    ("b2s/Survey", "x-key", "Recognised by metadata.externalId alone."),
    ("Account", "x-deactivate", "With lifecycle.onRemove: deactivate it stays, with active: false."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "keyword", "sentence"), KINDS, ids=[f"{kind} {key}" for kind, key, _ in KINDS])
def test_kinds(kind: str, keyword: str, sentence: str) -> None:
    """What a kind's keyword says of it."""
    assert dict(kind_notes(topic(kind).schema))[keyword] == sentence


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("Location.name", "text"),
        ("Location.postal_code", "text or null"),
        ("Account.max_users", "whole number or null"),
        ("Question.survey", "reference to enco/Survey"),
        ("Subscriber.locations", "list of references to optimum/Location"),
        ("Send.segments", "list of texts"),
        ("Survey.questions", "list of mappings"),
        ("Project.state", "text or mapping"),
        ("Location.lifecycle.replace", "text"),
        ("Answer.questions.name", "text or list of mappings"),
    ],
)
def test_types(word: str, words: str) -> None:
    """A type as people say it."""
    one = topic(word)
    assert type_words(one.schema, one.kind.document) == words
