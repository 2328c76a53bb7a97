"""A value held against a JSON Schema: a fast yes or no, and on a no every reason in words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any

from reconciler import errors
from reconciler.document.place import Path, Places
from reconciler.document.placeholder import SIGN
from reconciler.document.text import MAX_REPORTED, Text
from reconciler.document.violation import Violation, personal_values, violations_of
from reconciler.errors import ReconcilerError
from reconciler.model import JSON, canonical


class Shape:
    """One JSON Schema (draft 2020-12), compiled when it is first used."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    def problems(self, value: Mapping[str, JSON], places: Callable[[], Places]) -> list[ReconcilerError]:
        """Everything in which the value does not fit, in place; empty where it fits."""
        if self.fits(value):
            return []
        found = list(islice(self.violations(value), MAX_REPORTED))
        text = places().document.text
        for personal in self.personal(value):
            text.hide(personal)
        found = [replace(one, hide=True) if self._is_veiled(text, one) else one for one in found]
        for violation in found:
            if violation.hide:
                text.hide(violation.found)
        return [told(violation, places()) for violation in found]

    def _is_veiled(self, text: Text, violation: Violation) -> bool:
        """Whether what a mistyped field holds may be a secret, or somebody's."""
        return violation.code == errors.UNKNOWN_FIELD and (text.guarded or self.has_personal)

    def personal(self, value: Mapping[str, JSON]) -> Iterator[JSON]:
        """The values that are somebody's, and are shown to nobody."""
        return personal_values(self.schema, dict(value)) if self.has_personal else iter(())

    @cached_property
    def has_personal(self) -> bool:
        """Whether any field is somebody's."""
        return '"x-personal":' in canonical(self.schema)

    @cached_property
    def fits(self) -> Callable[[object], bool]:
        """Whether a value fits. jsonschema-rs answers in a microsecond; where it is not installed, jsonschema does."""
        try:
            import jsonschema_rs
        except ImportError:
            return self._validator.is_valid  # type: ignore[no-any-return]
        return jsonschema_rs.Draft202012Validator(dict(self.schema)).is_valid

    def violations(self, value: Mapping[str, JSON]) -> Iterator[Violation]:
        """Every reason why the value does not fit, without repeats; one general reason where jsonschema finds none."""
        seen: set[tuple[str, Path, str]] = set()
        for error in self._validator.iter_errors(value):
            for violation in violations_of(error, self.schema):
                mark = (violation.code, violation.path, violation.message)
                if mark not in seen:
                    seen.add(mark)
                    yield violation
        if not seen:
            yield Violation(errors.MANIFEST_UNFIT, "this does not fit its schema", ())

    @cached_property
    def _validator(self) -> Any:
        from jsonschema import Draft202012Validator, validators

        own = {"pattern": _pattern, "uniqueItems": _unique_items}
        strict = validators.extend(Draft202012Validator, own)  # type: ignore[no-untyped-call]
        return strict(dict(self.schema))


def told(violation: Violation, places: Places) -> ReconcilerError:
    """A violation as an error that points at its place."""
    hint = violation.hint
    if violation.quote:
        raw = places.value(violation.path).raw
        shown = raw if raw and not raw.startswith("*") else canonical(violation.found)
        hint = f'quote it: "{shown}"'
        if SIGN in raw:
            hint = f'quote it in the project file: "{canonical(violation.found)}"'
    hide, on = violation.hide, violation.on
    return places.error(violation.code, violation.message, violation.path, on=on, hint=hint, hide=hide)


def _pattern(validator: Any, pattern: str, instance: object, _schema: object) -> Iterator[Any]:
    """JSON Schema's ``$`` is the very end; Python's also matches before a last line break."""
    import re

    from jsonschema import ValidationError

    strict = pattern[:-1] + r"\Z" if pattern.endswith("$") and not pattern.endswith(r"\$") else pattern
    if validator.is_type(instance, "string") and not re.search(strict, str(instance)):
        yield ValidationError(f"does not match {pattern}")


def _unique_items(_validator: Any, unique: bool, instance: object, _schema: object) -> Iterator[Any]:
    """The library compares every item with every other; this takes one look-up an item."""
    from jsonschema import ValidationError

    if unique and isinstance(instance, list) and len({canonical(item) for item in instance}) < len(instance):
        yield ValidationError("has items that are equal")
