"""JSON Schema errors in words for people."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import errors
from reconciler.document import Places, Shape, from_string, read
from reconciler.schema import load

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["spec"],
    "additionalProperties": False,
    "properties": {
        "metadata": {"type": "object", "properties": {"externalId": {"type": "string"}}},
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "required": ["title"],
            "if": {"required": ["code"]},
            "then": {"required": ["region"]},
            "properties": {
                "title": {"type": "string", "minLength": 1, "maxLength": 5, "description": "What it is called."},
                "country_code": {"type": ["string", "null"], "pattern": "^[A-Za-z]{2}$"},
                "name": {"type": "string", "pattern": "^[a-z]+$"},
                "active": {"type": "boolean"},
                "limit": {"type": ["integer", "null"], "minimum": 0},
                "ratio": {"type": "number", "exclusiveMinimum": 0, "maximum": 2},
                "verb": {"enum": ["use", "visit"]},
                "tags": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
                "code": {"type": "string"},
                "region": {"type": "string"},
                "count": {"type": "integer", "readOnly": True},
                "token": {"type": "object", "x-secret": True, "properties": {"env": {"type": "string"}}},
                "mail": {"type": "string", "x-personal": True, "pattern": "@", "description": "Where to write to."},
                "site": {
                    "x-ref": "v/Site",
                    "oneOf": [
                        {"type": "string", "pattern": "^[a-z]+$"},
                        {
                            "type": "object",
                            "required": ["externalId"],
                            "additionalProperties": False,
                            "properties": {"externalId": {"type": "string"}},
                        },
                    ],
                },
            },
        },
    },
}

CASES = [
    ("{title: a, titel: b}", errors.UNKNOWN_FIELD, 18, 'unknown field "titel"', 'did you mean "title"?'),
    ("{title: a, Active: true}", errors.UNKNOWN_FIELD, 18, 'unknown field "Active"', 'did you mean "active"?'),
    ("{title: a, externalId: b}", errors.UNKNOWN_FIELD, 18, 'unknown field "externalId"', 'belongs under "metadata"'),
    ("{title: a, zzz: b}", errors.UNKNOWN_FIELD, 18, 'unknown field "zzz"', "the fields here are title, country_code"),
    ("{}", errors.MISSING_FIELD, 1, 'missing field "title"', "What it is called."),
    ("{title: a, code: x}", errors.MISSING_FIELD, 1, 'missing field "region"', "needed beside code"),
    ("{title: 12345}", errors.TEXT_DUE, 15, '"title" must be text, not a number', 'quote it: "12345"'),
    ("{title: 1.50}", errors.TEXT_DUE, 15, '"title" must be text, not a number', 'quote it: "1.50"'),
    ("{title: true}", errors.TEXT_DUE, 15, '"title" must be text, not true', 'quote it: "true"'),
    ("{title: null}", errors.TEXT_DUE, 15, '"title" must be text, not null', 'quote it: "null"'),
    ("{title: a, country_code: 12}", errors.TEXT_DUE, 32, '"country_code" must be text, not a number', '"12"'),
    ("{title: [a]}", errors.WRONG_TYPE, 8, '"title" must be text, not a list', ""),
    ("{title: a, active: yes}", errors.WRONG_TYPE, 26, '"active" must be true or false, not text', "write true"),
    ("{title: a, active: Off}", errors.WRONG_TYPE, 26, '"active" must be true or false, not text', "write false"),
    ('{title: a, limit: "10"}', errors.WRONG_TYPE, 25, '"limit" must be a whole number, not text', "quotes: 10"),
    ("{title: a, limit: 1.5}", errors.WRONG_TYPE, 25, '"limit" must be a whole number, not a number', ""),
    ("{title: a, limit: -1}", errors.UNFIT_VALUE, 25, '"limit" must be at least 0', ""),
    ("{title: a, ratio: 0}", errors.UNFIT_VALUE, 25, '"ratio" must be more than 0', ""),
    ("{title: a, ratio: 3}", errors.UNFIT_VALUE, 25, '"ratio" must be at most 2', ""),
    ("{title: a, tags: x}", errors.WRONG_TYPE, 24, '"tags" must be a list, not text', "write a list"),
    ("{title: a, tags: []}", errors.UNFIT_VALUE, 18, '"tags" must not be empty', ""),
    ("{title: a, tags: [x, x]}", errors.UNFIT_VALUE, 18, '"tags" must not list anything twice', ""),
    ("{title: a, tags: [x, 7]}", errors.TEXT_DUE, 28, '"tags[1]" must be text, not a number', 'quote it: "7"'),
    ("{title: a, verb: vist}", errors.NOT_A_CHOICE, 24, '"verb" may not be "vist"', 'did you mean "visit"?'),
    ("{title: a, verb: 7}", errors.NOT_A_CHOICE, 24, '"verb" must be one of use, visit, not a number', ""),
    ('{title: ""}', errors.UNFIT_VALUE, 15, '"title" must not be empty', "What it is called."),
    ("{title: abcdef}", errors.UNFIT_VALUE, 15, '"title" must have at most 5 characters', ""),
    ("{title: a, country_code: GBR}", errors.UNFIT_VALUE, 32, '"country_code" must be two letters', ""),
    ('{title: a, name: "ab\\n"}', errors.UNFIT_VALUE, 24, '"name" does not have the form that is due', ""),
    ("{title: a, site: 8}", errors.WRONG_TYPE, 24, '"site" must be the name of a manifest, not a number', '"8"}'),
    ("{title: a, site: {externalId: 8}}", errors.TEXT_DUE, 37, '"site.externalId" must be text', 'quote it: "8"'),
    ("{title: a, site: {external: x}}", errors.UNKNOWN_FIELD, 25, 'unknown field "external"', '"externalId"'),
    ("{title: a, token: sk-live}", errors.LITERAL_SECRET, 25, '"token" holds the secret itself', ""),
    ("{title: a, token: 123456}", errors.LITERAL_SECRET, 25, '"token" holds the secret itself', ""),
]


@pytest.mark.parametrize(("spec", "code", "column", "message", "hint"), CASES, ids=[case[0] for case in CASES])
def test_each_violation_in_words(spec: str, code: str, column: int, message: str, hint: str) -> None:
    """A value that does not fit is told with its code, its place, what is wrong and the way out."""
    document = read(from_string(f"spec: {spec}\n", "x.yaml")).documents[0]
    found = Shape(SCHEMA).problems(document.value, lambda: Places(document))
    told = {(e.code, e.source.line, e.source.column, e.message) for e in found if e.source is not None}
    match = [e for e in found if e.code == code and message in e.message]
    assert match, told
    assert match[0].source is not None
    assert (match[0].source.line, match[0].source.column) == (1, column)
    assert hint in match[0].hint
    assert "sk-live" not in match[0].message + match[0].hint


PERSONAL = [
    ("{title: a, mail: jane-canary}", errors.UNFIT_VALUE, "of the wrong form"),
    ("{title: a, mail: 32471234567}", errors.TEXT_DUE, "a number without quotes"),
    ("{title: a, mail: [jane-canary]}", errors.WRONG_TYPE, "in a list"),
    ("{titel: a, mail: jane-canary@x}", errors.UNKNOWN_FIELD, "beside another mistake"),
    ("{title: a, mial: jane-canary@x}", errors.UNKNOWN_FIELD, "in a mistyped field"),
    ("{title: 3, tags: [x.y@jane-canary.example]}", errors.TEXT_DUE, "an address in a field that is nobody's"),
]


@pytest.mark.parametrize(("spec", "code", "reason"), PERSONAL, ids=[case[2] for case in PERSONAL])
def test_personal_data_of_a_manifest_is_not_shown(spec: str, code: str, reason: str) -> None:
    """What is somebody's is in no message, hint or source line, whatever is wrong with it or beside it."""
    document = read(from_string(f"spec: {spec}\n", "x.yaml")).documents[0]
    found = Shape(SCHEMA).problems(document.value, lambda: Places(document))
    assert code in [error.code for error in found], reason
    shown = "".join(error.message + error.hint + error.snippet for error in found)
    assert not [part for part in ("jane-canary", "32471234567") if part in shown], shown
    assert all(error.snippet for error in found)


def test_no_words_are_needed_where_all_fits() -> None:
    """A value that fits has no problems, and its places are never asked for."""

    def never() -> Places:
        raise AssertionError("places were worked out for nothing")

    assert Shape(SCHEMA).problems({"spec": {"title": "a", "site": {"externalId": "8"}}}, never) == []


def test_without_the_fast_validator_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """jsonschema-rs only says yes or no sooner; where it is missing, jsonschema says it."""
    monkeypatch.setitem(__import__("sys").modules, "jsonschema_rs", None)
    shape = Shape(SCHEMA)
    assert shape.fits({"spec": {"title": "a"}})
    assert not shape.fits({"spec": {"title": 1}})


KINDS = sorted(load().types)
SCALARS = (
    st.none() | st.booleans() | st.integers(-5, 2000) | st.sampled_from(["", " ", "a", "GB", "use", "a\n", "ü", 0.5])
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.data())
def test_both_validators_agree(kind: str, data: st.DataObject) -> None:
    """The fast yes or no is jsonschema's own, for every kind and whatever its fields hold."""
    type_ = load().get(kind)
    items = st.dictionaries(st.sampled_from(["language", "body", "externalId"]), SCALARS, max_size=3)
    values = SCALARS | items | st.lists(SCALARS | items, max_size=2)
    spec = data.draw(st.dictionaries(st.sampled_from([*type_.fields, "other"]), values))
    metadata = data.draw(st.dictionaries(st.sampled_from(["name", "externalId", "labels", "dependsOn"]), values))
    value = {"apiVersion": type_.api_version, "kind": type_.type, "metadata": metadata, "spec": spec}
    shape = Shape(type_.document)
    assert shape.fits(value) == shape._validator.is_valid(value)
    if not shape.fits(value):
        assert list(shape.violations(value))
