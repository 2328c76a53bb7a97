"""jsonschema's errors in the words of the file's format, each with the path of the key or value in question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from reconciler import errors
from reconciler.document.place import Path
from reconciler.document.suggestion import did_you_mean, listed, suggest
from reconciler.model import JSON
from reconciler.model.pattern import PATTERN_WORDS

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a value does not fit. ``on`` is ``key`` or ``value``; ``quote`` asks for a hint to quote it.

    ``found`` is the value met; ``hide`` keeps it out of sight.
    """

    code: str
    message: str
    path: Path
    on: str = "key"
    hint: str = ""
    quote: bool = False
    found: JSON = None
    hide: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """One jsonschema error beside the whole schema."""

    error: Any
    root: Schema

    @property
    def path(self) -> Path:
        return tuple(self.error.absolute_path)

    @property
    def found(self) -> Any:
        return self.error.instance

    @property
    def due(self) -> Any:
        return self.error.validator_value

    @property
    def schema(self) -> Schema:
        return self.error.schema if isinstance(self.error.schema, Mapping) else {}

    @property
    def name(self) -> str:
        return f'"{label(self.path)}"'

    def violation(
        self, code: str, message: str, *, on: str = "value", hint: str = "", quote: bool = False
    ) -> Violation:
        hide = _is_secret(self.root, self.path)
        if hide and code in (errors.WRONG_TYPE, errors.TEXT_DUE):
            message, hint, quote, code = f"{self.name} holds the secret itself", "", False, errors.LITERAL_SECRET
        elif _is_personal(self.root, self.path):
            hide, quote, hint = True, False, "put the value in quotes" if quote else self.schema.get("description", "")
        code = self.schema.get("x-error", code)
        return Violation(code, message, self.path, on, hint, quote, self.found, hide)


def violations_of(error: Any, root: Schema) -> Iterator[Violation]:
    """The violations that one jsonschema error stands for."""
    if "propertyNames" in error.absolute_schema_path:
        path = (*error.absolute_path, str(error.instance))
        hint = "letters, digits, _, . and -, a letter or digit first, at most 64"
        return iter([Violation(errors.UNFIT_VALUE, f'"{label(path[-1:])}" cannot be a name here', path, hint=hint)])
    return _WORDS.get(error.validator, _general)(_Case(error, root))


def label(path: Path) -> str:
    """A path as people write it; what lies under ``spec`` goes by its own name."""
    parts = path[1:] if len(path) > 1 and path[0] == "spec" else path
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
    return text if len(text) <= 120 else text[:120] + "…"


def schema_at(root: Schema, path: Path) -> Schema:
    """The schema of the value at a path, empty where the schema does not say."""
    node: Any = root
    for part in path:
        node = _resolved(root, node)
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(part, node.get("additionalProperties", {}))
        if not isinstance(node, Mapping):
            return {}
    return _resolved(root, node)


def _resolved(root: Schema, node: Schema) -> Schema:
    while isinstance(reference := node.get("$ref"), str) and reference.startswith("#/$defs/"):
        node = root["$defs"][reference.removeprefix("#/$defs/")]
    return node


def _is_secret(root: Schema, path: Path) -> bool:
    return any(schema_at(root, path[:length]).get("x-secret", False) for length in range(1, len(path) + 1))


def _is_personal(root: Schema, path: Path) -> bool:
    return any(schema_at(root, path[:length]).get("x-personal", False) for length in range(1, len(path) + 1))


def personal_values(root: Schema, value: JSON, schema: object = None) -> Iterator[JSON]:
    """The values in a document that are somebody's (``x-personal``); ``schema`` is the value's own, else ``root``."""
    node = _resolved(root, schema if isinstance(schema, Mapping) else root)
    if node.get("x-personal", False):
        yield value
    elif isinstance(value, dict):
        known, others = node.get("properties", {}), node.get("additionalProperties")
        parts = ((known.get(key, others), item) for key, item in value.items())
        yield from _personal_parts(root, parts)
    elif isinstance(value, list):
        yield from _personal_parts(root, ((node.get("items"), item) for item in value))


def _personal_parts(root: Schema, parts: Iterable[tuple[object, JSON]]) -> Iterator[JSON]:
    for schema, item in parts:
        if schema and isinstance(schema, Mapping):
            yield from personal_values(root, item, schema)


def _unknown(case: _Case) -> Iterator[Violation]:
    known = case.schema.get("properties", {})
    if isinstance(case.due, Mapping):
        yield from _general(case)
        return
    writable = [name for name, schema in known.items() if not schema.get("readOnly", False)]
    for key in case.found:
        if key not in known:
            hint = did_you_mean(key, writable, _elsewhere(case, key) or f"the fields here are {listed(writable)}")
            shown = key if len(key) <= 80 else key[:80] + "…"
            yield Violation(
                errors.UNKNOWN_FIELD, f'unknown field "{shown}"', (*case.path, key), hint=hint, found=case.found[key]
            )


def _elsewhere(case: _Case, key: str) -> str:
    """A hint where the key belongs into another section of the document."""
    sections = case.root.get("properties", {})
    if not isinstance(sections, Mapping) or len(case.path) > 1:
        return ""
    for section, schema in sections.items():
        if key in schema.get("properties", {}) and case.path != (section,):
            return f'it belongs under "{section}"'
    return 'it belongs at the top, beside "spec"' if key in sections and case.path else ""


def _missing(case: _Case) -> Iterator[Violation]:
    for name in case.due:
        if name not in case.found:
            hint = _condition(case) or _meaning(schema_at(case.root, (*case.path, name)))
            yield Violation(errors.MISSING_FIELD, f'missing field "{name}"', case.path, hint=hint)


def _meaning(schema: Schema) -> str:
    choices = f" One of {listed(map(str, schema['enum']))}." if "enum" in schema else ""
    return f"{schema.get('description', '')}{choices}".strip()


def _condition(case: _Case) -> str:
    """The hint for a rule that holds only beside other fields (``if`` of the schema with ``required``)."""
    path = list(case.error.absolute_schema_path)
    if "then" not in path:
        return ""
    node: Any = case.root
    for part in path[: len(path) - 1 - path[::-1].index("then")]:
        node = _resolved(case.root, node) if isinstance(node, Mapping) else node
        node = node[part]
    names = node.get("if", {}).get("required", [])
    return f"needed beside {listed(names)}" if names else ""


_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "array": "a list",
        "object": "a mapping",
        "null": "null",
    }
)
_TRUTHS: Mapping[str, str] = MappingProxyType(
    {
        "yes": "true",
        "on": "true",
        "true": "true",
        "y": "true",
        "no": "false",
        "off": "false",
        "false": "false",
        "n": "false",
    }
)


def _what(value: JSON) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    kinds = ((int | float, "a number"), (str, "text"), (list, "a list"))
    return next((word for kind, word in kinds if isinstance(value, kind)), "a mapping")


def _type(case: _Case) -> Iterator[Violation]:
    due: Sequence[str] = [case.due] if isinstance(case.due, str) else case.due
    wanted = " or ".join(_KINDS[kind] for kind in due if kind != "null" or len(due) == 1)
    message = f"{case.name} must be {wanted}, not {_what(case.found)}"
    scalar = case.found is None or isinstance(case.found, bool | int | float)
    if condition := _condition(case):
        yield case.violation(errors.WRONG_TYPE, message, hint=condition)
    elif "string" in due and scalar:
        yield case.violation(errors.TEXT_DUE, message, quote=True)
    else:
        yield case.violation(errors.WRONG_TYPE, message, hint=_type_hint(due, case.found))


def _type_hint(due: Sequence[str], found: JSON) -> str:
    if isinstance(found, str) and "boolean" in due and found.lower() in _TRUTHS:
        return f"write {_TRUTHS[found.lower()]}, without quotes"
    if isinstance(found, str) and {"integer", "number"} & set(due) and found.strip().lstrip("-").isdecimal():
        return f"write the number without quotes: {found.strip()[:40]}"
    if "array" in due and not isinstance(found, list | dict):
        return "write a list, even for one: [...]"
    return ""


def _choice(case: _Case) -> Iterator[Violation]:
    choices = [choice for choice in (case.due if isinstance(case.due, list) else [case.due]) if choice is not None]
    texts = [str(choice) for choice in choices]
    if not isinstance(case.found, str):
        yield case.violation(
            errors.NOT_A_CHOICE, f"{case.name} must be one of {listed(texts)}, not {_what(case.found)}"
        )
        return
    shown = case.found if len(case.found) <= 80 else case.found[:80] + "…"
    near = suggest(case.found, texts)
    hint = f'did you mean "{near}"? ' if near else ""
    yield case.violation(
        errors.NOT_A_CHOICE, f'{case.name} may not be "{shown}"', hint=f"{hint}It is one of {listed(texts)}."
    )


def _pattern(case: _Case) -> Iterator[Violation]:
    words = f"must {PATTERN_WORDS[case.due]}" if case.due in PATTERN_WORDS else "does not have the form that is due"
    hint = case.schema.get("description", "") or schema_at(case.root, case.path).get("description", "")
    yield case.violation(errors.UNFIT_VALUE, f"{case.name} {words}", hint=hint)


def _bound(words: str) -> Callable[[_Case], Iterator[Violation]]:
    def told(case: _Case) -> Iterator[Violation]:
        text = words.format(due=case.due)
        if case.due == 1 and case.error.validator in ("minLength", "minItems", "minProperties"):
            text = "must not be empty"
        elif case.due == 1 and case.error.validator in ("maxItems", "maxProperties"):
            text = "must have one entry only"
        yield case.violation(errors.UNFIT_VALUE, f"{case.name} {text}", hint=case.schema.get("description", ""))

    return told


def _branches(case: _Case) -> Iterator[Violation]:
    """oneOf and anyOf: speak of the branch that takes this type of value; of all where none does."""
    told = list(_alternatives(case))
    if told:
        yield from told
        return
    branches: dict[int, list[Any]] = {}
    for error in case.error.context or ():
        branches.setdefault(error.relative_schema_path[0], []).append(error)
    here = len(case.path)
    fitting = [
        found
        for found in branches.values()
        if not any(error.validator == "type" and len(error.absolute_path) == here for error in found)
    ]
    if fitting:
        for error in fitting[0]:
            yield from violations_of(error, case.root)
        return
    yield from _no_branch(case)


def _alternatives(case: _Case) -> Iterator[Violation]:
    """Branches that each ask for a field: none of these is there, or (oneOf) more than one."""
    names = [branch["required"][0] for branch in case.due if len(branch.get("required", ())) == 1]
    if len(names) < len(case.due) or not isinstance(case.found, Mapping):
        return
    given = [name for name in names if name in case.found]
    if not given:
        message = f"missing field {' or '.join(map(_quoted, names))}"
        yield Violation(errors.MISSING_FIELD, message, case.path, hint="give one of them")
    elif len(given) > 1 and case.error.validator == "oneOf":
        message = f"{' and '.join(map(_quoted, given))} exclude each other"
        yield Violation(errors.UNFIT_VALUE, message, (*case.path, given[-1]), hint="give one of them", hide=True)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _no_branch(case: _Case) -> Iterator[Violation]:
    if "x-ref" in schema_at(case.root, case.path) or "x-ref" in schema_at(case.root, case.path[:-1]):
        message = f"{case.name} must be the name of a manifest, not {_what(case.found)}"
        live = case.found if isinstance(case.found, int) and not isinstance(case.found, bool) else "ID"
        hint = f'a live object is named by its id: {{externalId: "{live}"}}'
        yield case.violation(errors.WRONG_TYPE, message, hint=hint)
        return
    wanted = [_KINDS.get(branch.get("type", ""), "something else") for branch in case.due]
    message = f"{case.name} must be {' or '.join(dict.fromkeys(wanted))}, not {_what(case.found)}"
    yield case.violation(errors.WRONG_TYPE, message)


def _general(case: _Case) -> Iterator[Violation]:
    hint = case.schema.get("description", "")
    yield case.violation(errors.UNFIT_VALUE, f"{case.name} does not fit: {case.error.validator}", hint=hint)


_WORDS: Mapping[str, Callable[[_Case], Iterator[Violation]]] = MappingProxyType(
    {
        "additionalProperties": _unknown,
        "required": _missing,
        "type": _type,
        "enum": _choice,
        "const": _choice,
        "pattern": _pattern,
        "oneOf": _branches,
        "anyOf": _branches,
        "minLength": _bound("must have at least {due} characters"),
        "maxLength": _bound("must have at most {due} characters"),
        "minItems": _bound("must have at least {due} items"),
        "maxItems": _bound("must have at most {due} items"),
        "minProperties": _bound("must have at least {due} entries"),
        "maxProperties": _bound("must have at most {due} entries"),
        "uniqueItems": _bound("must not list anything twice"),
        "minimum": _bound("must be at least {due}"),
        "maximum": _bound("must be at most {due}"),
        "exclusiveMinimum": _bound("must be more than {due}"),
        "exclusiveMaximum": _bound("must be less than {due}"),
        "multipleOf": _bound("must be a multiple of {due}"),
    }
)
