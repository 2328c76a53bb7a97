"""One live object in the words of a manifest: the vendor's text as it is, in the schema's order, and nothing else.

What nobody may declare (set by the vendor, never shown, cleared) is not part of it. What does not fit its schema or
cannot stand in our YAML is left out and told; where that is a field the manifest needs, there is no manifest.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.document import Path, Shape
from reconciler.document.spelling import Unwritable, dumped
from reconciler.model import JSON, Address, Observed, canonical
from reconciler.schema import Field, ResourceType
from reconciler.schema.personal import is_personal

_REPAIRS = 50  # of one object; what needs more of them is not worth having
Owner = Callable[[str, str, str], Address | None]  # (connection, kind, id) -> the manifest that stands for it


class Unfit(ValueError):
    """A live object that no manifest can declare; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a manifest would declare of a live object. ``omitted`` says of which fields it does not, and why."""

    observed: Observed
    rtype: ResourceType
    spec: Mapping[str, JSON]
    omitted: Mapping[str, str] = field(default_factory=dict)

    def document(self, address: Address, *, owner: Owner | None = None, connection: bool = False) -> dict[str, JSON]:
        """The whole manifest. References go by the names that ``owner`` gives, ``connection`` names the connection."""
        metadata: dict[str, JSON] = {"name": address.name}
        if connection:
            metadata["connection"] = self.observed.connection
        metadata["externalId"] = self.observed.id
        spec = {name: self._named(self.rtype.fields[name], value, owner) for name, value in self.spec.items()}
        return _document(self.rtype, metadata, spec)

    def _named(self, meaning: Field, value: JSON, owner: Owner | None) -> JSON:
        if meaning.ref is None or owner is None:
            return value
        if isinstance(value, list):
            return [self._named(meaning, item, owner) for item in value]
        assert isinstance(value, dict)
        address = owner(self.observed.connection, meaning.ref, str(value["externalId"]))
        return value if address is None else address.name


def drafted(observed: Observed, rtype: ResourceType, shape: Shape) -> Draft:
    """The draft of a manifest; ``shape`` is the kind's schema. Raises Unfit."""
    spec = {name: _declared(rtype.fields[name], value) for name, value in _shown(observed, rtype)}
    draft = _writable(Draft(observed, rtype, spec))
    for _ in range(_REPAIRS):
        document = _document(rtype, {"name": "x", "externalId": observed.id}, draft.spec)
        if shape.fits(document):
            return draft
        draft = _repaired(draft, document, shape)
    raise Unfit("it does not fit its schema")


def _shown(observed: Observed, rtype: ResourceType) -> Iterator[tuple[str, JSON]]:
    """The fields that a manifest can hold, with what they say; a field that says nothing is not ours to keep so."""
    for name, meaning in rtype.fields.items():
        value = observed.fields.get(name)
        if meaning.read_only or meaning.write_only or meaning.volatile or value is None:
            continue
        if meaning.normalised(value) is None or (meaning.one_way is not None and value != meaning.one_way):
            continue
        yield name, value


def _declared(meaning: Field, value: JSON) -> JSON:
    """A value as a manifest spells it: live ids as references, items without the vendor's ids and each once."""
    if not isinstance(value, list | tuple):
        return {"externalId": str(value)} if meaning.ref is not None else value
    items = [_item(meaning, item) for item in value]
    if meaning.set is None:
        return items
    return list({_told_by(meaning, item): item for item in reversed(items)}.values())[::-1]


def _item(meaning: Field, item: JSON) -> JSON:
    if meaning.ref is not None:
        return {"externalId": str(item)}
    if not meaning.items or not isinstance(item, Mapping):
        return item
    return {name: item[name] for name in meaning.items if item.get(name) is not None}


def _told_by(meaning: Field, item: JSON) -> str:
    """What tells an item from the others, whatever Unicode's spelling of it."""
    name = meaning.item_name(item) if meaning.set is not None and meaning.set.key else item
    return unicodedata.normalize("NFC", canonical(name))


def _document(rtype: ResourceType, metadata: Mapping[str, JSON], spec: Mapping[str, JSON]) -> dict[str, JSON]:
    return {"apiVersion": rtype.api_version, "kind": rtype.type, "metadata": dict(metadata), "spec": dict(spec)}


# --- what cannot be declared ----------------------------------------------------------------------------------------


def _writable(draft: Draft) -> Draft:
    """The draft without what the strict reading would refuse. Raises Unfit where its id is such a thing."""
    try:
        dumped({"id": draft.observed.id})
        dumped(draft.spec)
    except Unwritable:
        _check_id(draft.observed)
        for name, value in draft.spec.items():
            for path, why in _unwritable((name,), value):
                draft = _without(draft, path, why)
    return draft


def _check_id(observed: Observed) -> None:
    try:
        dumped({"id": observed.id})
    except Unwritable as refused:
        raise Unfit(f"its id has {refused}, which no manifest may hold") from None


def _unwritable(path: Path, value: JSON) -> Iterator[tuple[Path, str]]:
    """The fields, or the items of a list (the last ones first), that cannot be written, and why."""
    if isinstance(value, list):
        for number in reversed(range(len(value))):
            yield from _unwritable((*path, number), value[number])
        return
    try:
        dumped({"value": value})
    except Unwritable as refused:
        yield path, f"has {refused}, which no manifest may hold"


def _repaired(draft: Draft, document: Mapping[str, JSON], shape: Shape) -> Draft:
    """One reason less why a draft does not fit its schema. Raises Unfit where it cannot be helped."""
    violations = list(shape.violations(document))
    for violation in violations:
        path = violation.path[1:]
        if violation.path[:1] == ("spec",) and path and path[0] in draft.spec:
            return _mended(draft, path, _reason(draft, violation.message))
    for name in reversed([name for name in draft.spec if name not in _required(draft.rtype)]):
        left = {key: value for key, value in draft.spec.items() if key != name}
        if shape.fits({**document, "spec": left}):  # one that asks for another, which is not there
            return _without(draft, (name,), _reason(draft, violations[0].message))
    raise Unfit(violations[0].message)


def _mended(draft: Draft, path: Path, why: str) -> Draft:
    """The value in the spelling that its field compares by, where that is another one; else without it."""
    name = str(path[0])
    value, meaning = draft.spec[name], draft.rtype.fields[name]
    plain = meaning.normalised(value) if not isinstance(value, list | dict) else value
    if plain != value and plain is not None:
        return replace(draft, spec={**draft.spec, name: plain})
    return _without(draft, path, why)


def _without(draft: Draft, path: Path, why: str) -> Draft:
    """The draft without a field, or without the item of a set that the path leads to. Raises Unfit for a field that
    the manifest needs."""
    name = str(path[0])
    value = draft.spec[name]
    whole = len(path) == 1 or not isinstance(value, list) or draft.rtype.fields[name].set is None
    left: Any = [] if whole or not isinstance(value, list) else [v for n, v in enumerate(value) if n != path[1]]
    if not left and name in _required(draft.rtype):
        raise Unfit(f'"{name}" {why}' if not why.startswith('"') else why)
    spec = {key: value for key, value in draft.spec.items() if key != name} if not left else {**draft.spec, name: left}
    return replace(draft, spec=spec, omitted={**draft.omitted, name: why})


def _reason(draft: Draft, message: str) -> str:
    """Why a field does not fit. Of what is somebody's the words of the schema alone are told."""
    personal = any(is_personal(meaning) for meaning in draft.rtype.fields.values())
    return "does not fit its schema" if personal else message


def _required(rtype: ResourceType) -> frozenset[str]:
    document: Any = rtype.document
    return frozenset(document["properties"]["spec"].get("required", ()))
