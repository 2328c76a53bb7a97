"""What of the live world is asked for: kinds and connections by name, objects by globs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from reconciler import errors
from reconciler.document import did_you_mean, listed
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Address, Connection, Observed
from reconciler.schema import Registry, ResourceType
from reconciler.schema.personal import is_personal

At = tuple[str, str]  # connection, kind


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of an import: names of kinds (``Type`` or ``provider/Type``) and of connections, none for all."""

    globs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    connections: tuple[str, ...] = field(default=())

    def places(self, registry: Registry, connections: Mapping[str, Connection]) -> frozenset[At]:
        """The connections and kinds that are meant. What is somebody's personal data has to be asked for by its kind.

        Raises Problems for names that are none, and for kinds that cannot be imported.
        """
        problems: list[ReconcilerError] = []
        names = _connections(self.connections, connections, problems)
        providers = {connections[name].provider for name in names}
        asked = [_types(kind, registry, problems) for kind in self.kinds]
        if not problems:
            problems += [_no_connection(types, names) for types in asked if not providers & {t.provider for t in types}]
        if problems:
            raise Problems(problems)
        everything = [t for t in registry.types.values() if not _obstacle(t) and not holds_personal(t)]
        types = [t for some in asked for t in some] if self.kinds else everything
        return frozenset((name, t.kind) for name in names for t in types if connections[name].provider == t.provider)


def matches(globs: Iterable[str], observed: Observed, rtype: ResourceType, address: Address) -> bool:
    """Whether one of the globs is on the object's address, its id, or its name; without globs each object is meant."""
    patterns = tuple(globs)
    key = [str(observed.fields.get(name) or "") for name in rtype.key.fields if not is_personal(rtype.fields[name])]
    texts = {str(address), address.name, observed.id, rtype.key_text(observed.fields), *key, *(k.strip() for k in key)}
    return not patterns or any(fnmatchcase(text, pattern) for pattern in patterns for text in texts)


def holds_personal(rtype: ResourceType) -> bool:
    """Whether a manifest of this kind would put personal data into git."""
    return any(is_personal(meaning) for meaning in rtype.fields.values())


def referred(places: Iterable[At], registry: Registry) -> frozenset[At]:
    """The places of what objects there refer to, whose owners give the references their names."""
    return frozenset(
        (connection, meaning.ref)
        for connection, kind in places
        for meaning in registry.get(kind).fields.values()
        if meaning.ref is not None
    )


def _connections(
    given: Iterable[str], known: Mapping[str, Connection], problems: list[ReconcilerError]
) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(given)) or tuple(sorted(known))
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, f"the connections are {listed(sorted(known))}")
            problems.append(ReconcilerError(errors.UNKNOWN_CONNECTION, f'no connection "{name[:80]}"', hint=hint))
    return tuple(name for name in names if name in known)


def _types(given: str, registry: Registry, problems: list[ReconcilerError]) -> list[ResourceType]:
    """The types that a name stands for: without its provider it may be several."""
    found = [t for t in registry.types.values() if given in (t.kind, t.type)]
    if not found:
        fit = [t for t in registry.types.values() if not _obstacle(t)]
        known = [t.kind if "/" in given else t.type for t in fit]
        hint = did_you_mean(given, known, f"the kinds are {listed(sorted(t.kind for t in fit))}")
        problems.append(ReconcilerError(errors.IMPORT_KIND_UNKNOWN, f'there is no kind "{given[:80]}"', hint=hint))
    fit = [t for t in found if not _obstacle(t)]
    if found and not fit:
        message, hint = _obstacle(found[0]) or ("", "")
        problems.append(ReconcilerError(errors.IMPORT_KIND_UNFIT, f"{found[0].kind} {message}", hint=hint))
    return fit


def _obstacle(rtype: ResourceType) -> tuple[str, str] | None:
    """Why objects of a kind are not imported, and what else there is to do; None where they can be."""
    if rtype.one_time is not None:
        return "is sent once: what was sent cannot be declared afterwards", "declare what is yet to be sent"
    if rtype.part_of is not None:
        whole = rtype.fields[rtype.part_of.reference].ref
        return f"comes with the {whole} that it is part of", f"give --kind {whole}"
    return ("is listed by no endpoint", "write its manifest by hand") if rtype.list == "none" else None


def _no_connection(types: list[ResourceType], names: Iterable[str]) -> ReconcilerError:
    kinds, providers = [rtype.kind for rtype in types], {rtype.provider for rtype in types}
    message = f"{listed(kinds)}: none of the connections {listed(names)} has the provider {listed(sorted(providers))}"
    return ReconcilerError(errors.NO_CONNECTION, message)
