"""What the keywords of the schemas mean, in sentences: one table for a field's, one for a kind's, in the order told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from reconciler.model import JSON
from reconciler.model.pattern import PATTERN_WORDS
from reconciler.report.phrase import listed, number_of
from reconciler.schema.topic import SPEC, Topic, resolved

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A keyword as it is met: its value, the schema it stands in, and the kind's whole schema."""

    value: Any
    schema: Schema
    root: Schema


Sentence = str | Callable[[Case], str]  # a flag's words, or how they are made of its value

_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true or false",
        "array": "list",
        "object": "mapping",
        "null": "null",
    }
)
_MANY: Final = {"text": "texts", "mapping": "mappings", "whole number": "whole numbers", "number": "numbers"}
_ALIKE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "trim": "spaces at both ends do not count",
        "casefold": "letter case does not count",
        "instant": "two spellings of one moment are equal",
        "number": "two spellings of one number are equal",
        "empty-null": "an empty text is as good as none",
    }
)
_DELETES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "removes": "A delete removes it.",
        "deactivates": "A delete makes it inactive, for good.",
        "none": "Taken out of git it is forgotten, and stays.",
    }
)
_DEACTIVATED_UPSERT: Final = "A delete makes it inactive; only a create with the same key brings it back."
_REPLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "create-first": "With lifecycle.replace: allow, what cannot be changed is replaced, the new one first.",
        "delete-first": "With lifecycle.replace: allow, what cannot be changed is replaced, the old one first.",
    }
)
_LISTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "complete": "Its listing shows everything, so that what is not managed is reported.",
        "filtered": "Its listing shows only what is looked for: what is not managed is never reported.",
        "none": "There is no listing of it to plan by.",
    }
)
_CLEARS: Final[Mapping[str, str]] = MappingProxyType(
    {"null": "An explicit null clears it.", "never": "It cannot be cleared."}
)
_READS: Final = ("read", "list")
_VALUES: Final = ("default", "const")  # whose false is a value, not a flag that is off
_OPERATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"create": "create it", "read": "read one", "list": "list all", "update": "change it", "delete": "delete it"}
)


def _key(case: Case) -> str:
    rule, fields = case.value, case.value["fields"]
    if rule["match"] == "key":
        return f"Recognised by {listed(fields)}: a live object with the same is this one."
    if rule["match"] == "any":
        return f"Recognised by {listed(fields, 'or')}, and {rule['overlap']} that have one in common."
    if rule["match"] == "declared":
        near = listed(rule["near"]["fields"])
        return (
            f"Recognised when every declared field is equal; where only {near} is, it is blocked until "
            "metadata.externalId settles it."
        )
    if "x-one-time" in case.root:
        return "Never recognised in a listing: what was sent is known by the ledger."
    return "Recognised by metadata.externalId alone."


def _impact(case: Case) -> str:
    rule = case.value
    lost = listed(name.replace("_", " ") for name in rule["counts"])
    what = f"A change of {listed(rule['on'])} cuts off" if "on" in rule else "A delete destroys"
    hidden = listed(rule.get("unknowable", ()))
    return f"{what} its {lost}, which the plan counts" + (f", and its {hidden}, which nobody can." if hidden else ".")


def _one_time(case: Case) -> str:
    pending = case.value.get("pending")
    until = f" It can be changed while {pending['field']} is {listed(pending['values'], 'or')}." if pending else ""
    return f"Sent once, ever, and held without --allow-send; a new message needs a new name.{until}"


def _operations(case: Case) -> str:
    known = [words for name, words in _OPERATIONS.items() if name in case.value]
    missing = [words for name, words in _OPERATIONS.items() if name not in case.value and name not in _READS]
    return f"The API can {listed(known)}" + (f"; it cannot {listed(missing, 'or')}." if missing else ".")


def _part_of(case: Case) -> str:
    return f"It is one of the {case.value['set']} of the {case.value['reference']} that it names."


def _delete(case: Case) -> str:
    if "x-one-time" in case.root:
        return "Taken out of git, it stays in the ledger, so that it is not sent again."
    upsert = case.value == "deactivates" and case.root.get("x-upsert", False)
    return _DEACTIVATED_UPSERT if upsert else _DELETES[case.value]


KIND_WORDS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "x-operations": _operations,
        "x-observed-only": "It is declared to be watched: never created, changed or deleted.",
        "x-one-time": _one_time,
        "x-upsert": "A create may change who is there already, so that is looked for first.",
        "x-key": _key,
        "x-id": lambda case: f"Its id, for metadata.externalId, is {_id_words(case.value)}.",
        "x-part-of": _part_of,
        "x-list": lambda case: _LISTS[case.value],
        "x-delete": _delete,
        "x-replace": lambda case: _REPLACES[case.value],
        "x-impact": _impact,
        "x-deactivate": lambda case: (
            f"With lifecycle.onRemove: deactivate it stays, with {listed(map(_pair, case.value.items()))}."
        ),
        "x-figures": "status shows its responses and scores.",
    }
)
_WRITTEN_BY_THE_VENDOR: Final = "Set by the vendor: it cannot be declared."
FIELD_WORDS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "enum": lambda case: f"One of {listed(map(_plain, case.value), 'or')}.",
        "const": lambda case: f"Always {_plain(case.value)}.",
        "pattern": lambda case: f"It must {PATTERN_WORDS.get(case.value, f'match {case.value}')}.",
        "format": lambda case: f"It is a {case.value}.",
        "minLength": lambda case: "It must not be empty." if case.value == 1 else f"At least {case.value} characters.",
        "maxLength": lambda case: f"At most {case.value} characters.",
        "minimum": lambda case: f"At least {case.value}.",
        "maximum": lambda case: f"At most {case.value}.",
        "exclusiveMinimum": lambda case: f"More than {case.value}.",
        "exclusiveMaximum": lambda case: f"Less than {case.value}.",
        "minItems": lambda case: f"At least {number_of(case.value, 'item')}.",
        "maxItems": lambda case: f"At most {number_of(case.value, 'item')}.",
        "minProperties": lambda case: f"At least {number_of(case.value, 'entry', 'entries')}.",
        "maxProperties": lambda case: f"At most {number_of(case.value, 'entry', 'entries')}.",
        "uniqueItems": "Nothing twice.",
        "default": lambda case: f"Default: {_plain(case.value)}.",
        "x-ref": lambda case: (
            f"It is the metadata.name of a manifest of {case.value}, which is applied first; {{externalId: ID}} names "
            "a live one that is not managed here."
        ),
        "readOnly": _WRITTEN_BY_THE_VENDOR,
        "x-immutable": lambda case: _fixed(case),
        "x-follow-up": "Set by an update right after the create.",
        "writeOnly": "Never shown by the API: what is live cannot be compared with git.",
        "x-one-way": lambda case: f"A live {_plain(case.value)} is never undone.",
        "x-send-with": lambda case: f"A change is sent together with {listed(case.value)}.",
        "x-future": "It must not have passed when it is sent.",
        "x-unusual": lambda case: _unusual(case.value),
        "x-bills": lambda case: f"The vendor bills while it is {_plain(case.value)}.",
        "x-set": lambda case: _set(case.value),
        "x-normalise": lambda case: f"When comparing, {listed(_ALIKE[rule] for rule in case.value)}.",
        "x-volatile": "It moves by itself, and is never drift.",
        "x-clear": lambda case: _CLEARS[case.value],
        "x-personal": (
            "Personal data: masked in every output, in the state only as a keyed digest (RECONCILER_DIGEST_KEY)."
        ),
        "x-secret": "A secret stands nowhere in a file: only where to find it does.",
    }
)
# Said elsewhere on the page, or of no use to a person.
SILENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "x-readback": "how one object is read again is ours to know",
        "x-error": "the code that a violation is told under",
        "x-providers": "the vendors' addresses and limits, for connections",
    }
)


def kind_notes(root: Schema) -> list[tuple[str, str]]:
    """What a kind's keywords say, each with its keyword; empty where it is no vendor's."""
    return _told(KIND_WORDS, root, root)


def field_notes(topic: Topic) -> list[tuple[str, str]]:
    """What a field's keywords say, each with its keyword."""
    root, schema = topic.kind.document, topic.schema
    if schema.get("readOnly", False):
        return _told({key: FIELD_WORDS[key] for key in ("readOnly", "x-volatile")}, schema, root)
    return [*_told(FIELD_WORDS, schema, root), *_changeable(topic)]


def _told(table: Mapping[str, Sentence], schema: Schema, root: Schema) -> list[tuple[str, str]]:
    """The sentences of the keywords that a schema has, in the table's order."""
    set_ = (key for key in table if key in schema and (schema[key] is not False or key in _VALUES))
    found = ((key, table[key], schema[key]) for key in set_)
    return [(key, words if isinstance(words, str) else words(Case(value, schema, root))) for key, words, value in found]


def type_words(schema: Schema, root: Schema) -> str:
    """A value's type: ``text``, ``whole number or null``, ``list of mappings``."""
    schema = resolved(root, schema)
    if "x-ref" in schema and "items" not in schema:
        return f"reference to {schema['x-ref']}"
    forms = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    if forms and "type" not in schema:
        return " or ".join(dict.fromkeys(type_words(form, root) for form in forms))
    choices = schema.get("enum", [schema["const"]] if "const" in schema else [])
    types = schema.get("type", "string" if all(isinstance(one, str) for one in choices) and choices else ())
    names = [_TYPES[one] for one in ([types] if isinstance(types, str) else types)]
    items = schema.get("items")
    if names[:1] == ["list"] and isinstance(items, Mapping):
        inner = type_words({**items, "x-ref": schema["x-ref"]} if "x-ref" in schema else items, root)
        return f"list of {_MANY.get(inner, inner.replace('reference', 'references'))}"
    return " or ".join(names) or "anything"


def _changeable(topic: Topic) -> Iterator[tuple[str, str]]:
    """That the API can change a field of a spec, where no keyword says that it cannot."""
    root, schema = topic.kind.document, topic.schema
    whole = len(topic.path) == 2 and topic.path[0] == SPEC and "update" in root.get("x-operations", ())
    if whole and not schema.get("x-immutable", False) and not schema.get("x-set", {}).get("additive", False):
        yield "x-operations", "Set by the create, changed by an update."


def _fixed(case: Case) -> str:
    """What an edit of a field comes to that the API cannot change."""
    if case.root.get("x-observed-only", False):
        return "Only observed: the API cannot write it."
    if "x-one-time" in case.root:
        then = "is blocked, since a new message has a new name"
    elif case.schema.get("writeOnly", False):
        then = "is warned of, and changes nothing live"
    elif "x-replace" in case.root:
        then = "is blocked, or with lifecycle.replace: allow makes a replacement"
    else:
        then = "is blocked"
    return f"Fixed at creation: another value {then}."


def _set(rule: Schema) -> str:
    parts = ["A list without order" + (f", its items told apart by {listed(rule['key'])}." if rule["key"] else ".")]
    if rule.get("additive", False):
        parts.append("Items can be added, none taken out.")
    if "value" in rule:
        parts.append(f"An item's {listed(rule['value'])} can be changed.")
    if "created-with" in rule:
        parts.append(f"A create takes {rule['created-with']} of them; an update adds the others.")
    return " ".join(parts)


def _unusual(rule: Schema) -> str:
    meant = listed(f"{value} ({likely} is)" for value, likely in rule["meant"].items())
    return f"Warned of, and sent as it stands: what is no {rule['standard']} code, as {meant}."


def _id_words(rule: Schema) -> str:
    if "field" in rule:
        return f"its {rule['field']}"
    return {"integer": "the vendor's, a whole number", "string": "the vendor's", "none": "not known: it has none"}[
        rule["type"]
    ]


def _pair(pair: tuple[str, JSON]) -> str:
    return f"{pair[0]}: {_plain(pair[1])}"


def _plain(value: JSON) -> str:
    """A value as YAML has it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_plain, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
