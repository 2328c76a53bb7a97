"""Which kind a document is of, and what its fields ask of a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler import errors
from reconciler.document import Places, Shape, did_you_mean, listed, suggest
from reconciler.errors import ReconcilerError
from reconciler.manifest.removal import API_VERSION, REMOVAL
from reconciler.manifest.resourceset import RESOURCE_SET, is_resource_set
from reconciler.model import JSON
from reconciler.schema import Field, Registry, ResourceType, UnusualRule

PROJECT = "Project"
_OWN_KINDS = (REMOVAL, RESOURCE_SET, PROJECT)


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type with what is looked up for every manifest of it worked out once."""

    type: ResourceType
    shape: Shape
    references: tuple[tuple[Field, str, str], ...]  # field, provider and type it names
    sets: tuple[Field, ...]
    read_only: frozenset[str]
    unusual: tuple[tuple[str, UnusualRule], ...]

    @property
    def keyed(self) -> bool:
        """Whether two manifests with one key mean one object."""
        return self.type.key.match == "key" and not self.type.key.repeats


class Kinds:
    """The kinds of a registry by apiVersion and kind."""

    def __init__(self, registry: Registry) -> None:
        self._known = {(t.api_version, t.type): _kind(t) for t in registry.types.values()}
        self._by_name = {kind.type.kind: kind for kind in self._known.values()}

    def find(self, api_version: object, kind: object) -> Kind | None:
        """The kind of a header, or None."""
        if isinstance(api_version, str) and isinstance(kind, str):
            return self._known.get((api_version, kind))
        return None

    def get(self, name: str) -> Kind | None:
        """The kind called ``provider/Type``, or None."""
        return self._by_name.get(name)

    def personal(self, value: Mapping[str, Any]) -> Iterator[JSON]:
        """The values in a document that are somebody's, and are shown to nobody. Of a ResourceSet that has a template
        with room for such, all rows written beside it are."""
        kind = self.find(value.get("apiVersion"), value.get("kind"))
        if kind is not None:
            yield from kind.shape.personal(value)
        found = value.get("spec")
        spec: Mapping[str, Any] = found if is_resource_set(value) and isinstance(found, dict) else {}
        templates = spec.get("resources")
        for template in templates if isinstance(templates, list) else ():
            head = template if isinstance(template, dict) else {}
            made = self.find(head.get("apiVersion"), head.get("kind"))
            if made is not None and made.shape.has_personal:
                yield from (*made.shape.personal(head), spec.get("inputs"))

    def hint(self, name: str) -> str:
        """What was meant by an unknown ``provider/Type``, as a hint."""
        return did_you_mean(name, self._by_name, f"the kinds are {listed(self._by_name)}")

    def header_faults(self, value: Mapping[str, object], places: Places) -> list[ReconcilerError]:
        """Why a manifest's apiVersion and kind name no resource type."""
        faults = [fault for key in ("apiVersion", "kind") for fault in _text_faults(value, key, places)]
        if faults:
            return faults
        api_version, kind = str(value["apiVersion"]), str(value["kind"])
        if api_version == API_VERSION:
            return [_own_kind_fault(kind, places)]
        versions = {version for version, _ in self._known}
        if api_version not in versions:
            hint = _version_meant(api_version, versions | {API_VERSION}) or f"known are {listed(sorted(versions))}"
            message = f'unknown apiVersion "{api_version[:80]}"'
            return [places.error(errors.UNKNOWN_API_VERSION, message, ("apiVersion",), on="value", hint=hint)]
        hint = did_you_mean(kind, self._types(api_version), self._elsewhere(api_version, kind))
        message = f'{api_version} has no kind "{kind[:80]}"'
        return [places.error(errors.UNKNOWN_KIND, message, ("kind",), on="value", hint=hint)]

    def _types(self, api_version: str) -> list[str]:
        return sorted(name for version, name in self._known if version == api_version)

    def _elsewhere(self, api_version: str, kind: str) -> str:
        other = next((version for version, name in self._known if name == kind), None)
        if other is not None:
            return f"{kind} is a kind of {other}"
        return f"its kinds are {listed(self._types(api_version))}"


def _version_meant(api_version: str, versions: Iterable[str]) -> str:
    """A hint by the part before the slash, since all else is alike in all of them; "" where none is near."""
    groups = {version.partition("/")[0]: version for version in versions}
    near = suggest(api_version.partition("/")[0], groups)
    return f'did you mean "{groups[near]}"?' if near else ""


def _kind(type_: ResourceType) -> Kind:
    fields = type_.fields.values()
    return Kind(
        type=type_,
        shape=Shape(type_.document),
        references=tuple(_reference(field, field.ref) for field in fields if field.ref is not None),
        sets=tuple(field for field in fields if field.set is not None),
        read_only=frozenset(field.name for field in fields if field.read_only),
        unusual=tuple((field.name, field.unusual) for field in fields if field.unusual is not None),
    )


def _reference(field: Field, named: str) -> tuple[Field, str, str]:
    provider, _, type_ = named.partition("/")
    return field, provider, type_


def _text_faults(value: Mapping[str, object], key: str, places: Places) -> list[ReconcilerError]:
    if key not in value:
        near = suggest(key, value)
        hint = f'write "{key}" for "{near}"' if near else ""
        return [places.error(errors.MISSING_FIELD, f'missing field "{key}"', (), hint=hint)]
    if not isinstance(value[key], str):
        return [places.error(errors.WRONG_TYPE, f'"{key}" must be text', (key,), on="value")]
    return []


def _own_kind_fault(kind: str, places: Places) -> ReconcilerError:
    if kind == PROJECT:
        hint = "keep one project file, and the manifests apart from it"
        message = "a project file stands among the manifests"
        return places.error(errors.UNKNOWN_KIND, message, ("kind",), on="value", hint=hint)
    hint = did_you_mean(kind, _OWN_KINDS, f"its kinds are {listed(_OWN_KINDS)}")
    message = f'{API_VERSION} has no kind "{kind[:80]}"'
    return places.error(errors.UNKNOWN_KIND, message, ("kind",), on="value", hint=hint)
