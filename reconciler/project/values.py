"""The values of a project file, which manifests refer to as ``${value.name}``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler import errors
from reconciler.document import Places
from reconciler.document.placeholder import SIGN, Placeholder, parts_of
from reconciler.errors import ReconcilerError
from reconciler.model import JSON


def literal(values: Mapping[str, JSON]) -> dict[str, JSON]:
    """The values with ``$${`` made ``${``; there are no placeholders in them."""
    return {name: _literal(value) for name, value in values.items()}


def elsewhere(values: Mapping[str, JSON], environments: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The values that are not among ``values``, each with the environments that set it."""
    found: dict[str, tuple[str, ...]] = {}
    for environment, over in sorted(environments.items()):
        for name in _section(over, "values"):
            if name not in values:
                found[name] = (*found.get(name, ()), environment)
    return found


def placeholder_faults(spec: Mapping[str, Any], places: Places) -> Iterator[ReconcilerError]:
    """Values that hold placeholders themselves: what a value is must stand where it is read."""
    sections: dict[tuple[str, ...], Any] = {("spec",): spec}
    sections |= {("spec", "environments", name): over for name, over in _section(spec, "environments").items()}
    for path, section in sections.items():
        for name, value in _section(section, "values").items():
            if isinstance(value, str) and any(isinstance(part, Placeholder) for part in _parts(value)):
                message = f'the value "{name}" holds a placeholder itself'
                hint = "write the text out; where ${ itself is meant, double the sign: $${"
                where = (*path, "values", name)
                yield places.error(errors.PLACEHOLDER_MISPLACED, message, where, on="value", hint=hint)


def _section(node: object, name: str) -> Mapping[str, Any]:
    found = node.get(name) if isinstance(node, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _parts(text: str) -> list[str | Placeholder]:
    return parts_of(text) if SIGN in text else [text]


def _literal(value: JSON) -> JSON:
    return "".join(part for part in _parts(value) if isinstance(part, str)) if isinstance(value, str) else value
