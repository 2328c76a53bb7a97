"""What a manifest points at: its connection, the manifests it refers to, and those it waits for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler import errors
from reconciler.document import Path, did_you_mean, listed
from reconciler.manifest.declaration import Atlas, Declaration, texts
from reconciler.manifest.gathering import Gathering
from reconciler.model import NAME_PATTERN, Address, Connection, Reference

_NAME = re.compile(rf"{NAME_PATTERN}\Z")
_MOST_GUESSES = 20  # what was meant is looked for among all addresses, which takes its time


class Links:
    """Resolves what declarations point at, and tells the problems."""

    def __init__(
        self,
        declared: Mapping[Address, Declaration],
        known: frozenset[Address],
        connections: Mapping[str, Connection],
        atlas: Atlas,
        problems: Gathering,
        *,
        partial: bool,
    ) -> None:
        self._declared, self._known, self._atlas, self._partial = declared, known, atlas, partial
        self._problems = problems
        self._connections: dict[str, list[str]] = {}
        for name in sorted(connections):
            self._connections.setdefault(connections[name].provider, []).append(name)
        self._guesses = 0

    def resolve(self, declarations: Iterable[Declaration]) -> None:
        """Fill in connection, references and dependencies of every declaration."""
        every = list(declarations)
        for one in every:
            one.connection = self._connection(one)
        for one in every:
            references = self._references(one) if one.kind.references else ()
            waits = self._dependencies(one) if "dependsOn" in one.metadata else ()
            if references or waits:
                one.depends_on = tuple(sorted({*references, *waits}))

    def _connection(self, one: Declaration) -> str | None:
        provider = one.address.provider
        fitting = self._connections.get(provider, [])
        chosen = one.metadata.get("connection")
        if chosen is None and len(fitting) == 1:
            return fitting[0]
        if not fitting:
            hint = f"add a connection with provider: {provider} to the project file"
            self._tell(one, errors.NO_CONNECTION, f"no connection has the provider {provider}", ("apiVersion",), hint)
        elif chosen is None:
            message = f"the connections {listed(fitting)} have the provider {provider}, and none is chosen"
            hint = f"add metadata.connection, for instance connection: {fitting[0]}"
            self._tell(one, errors.CONNECTION_UNDECIDED, message, ("metadata",), hint, on="key")
        elif chosen in fitting:
            return str(chosen)
        elif isinstance(chosen, str):
            hint = did_you_mean(chosen, fitting, f"connections with provider {provider}: {listed(fitting)}")
            message = f'no connection "{chosen}" with the provider {provider}'
            self._tell(one, errors.UNKNOWN_CONNECTION, message, ("metadata", "connection"), hint)
        return None

    def _references(self, one: Declaration) -> list[Address]:
        """The addresses that reference fields name; the spec with references is kept in ``resolved``."""
        resolved = dict(one.spec)
        found: list[Address] = []
        for field, provider, type_ in one.kind.references:
            if field.name not in one.spec:
                continue
            value = one.spec[field.name]
            path: Path = ("spec", field.name)
            if isinstance(value, list):
                references = [self._reference(one, v, (*path, n), provider, type_) for n, v in enumerate(value)]
                resolved[field.name] = references
            else:
                references = [self._reference(one, value, path, provider, type_)]
                resolved[field.name] = references[0]
            found += [reference.address for reference in references if reference and reference.address]
        one.resolved = resolved
        return found

    def _reference(self, one: Declaration, value: Any, path: Path, provider: str, type_: str) -> Reference | None:
        if isinstance(value, dict):
            external = value.get("externalId")
            return Reference(external_id=external) if isinstance(external, str) else None
        if not isinstance(value, str) or not _NAME.match(value):  # told with the shape
            return None
        address = Address(provider, type_, value)
        target = self._declared.get(address)
        if target is None and address not in self._known:
            self._tell(one, errors.UNKNOWN_REFERENCE, f"there is no {address}", path, self._name_hint(address))
            return None
        if target is not None and one.connection and target.connection and one.connection != target.connection:
            message = f'{address} belongs to the connection "{target.connection}", this to "{one.connection}"'
            self._tell(one, errors.CROSS_CONNECTION, message, path)
        return Reference(address=address)

    def _name_hint(self, wanted: Address) -> str:
        if wanted.name.isdecimal():
            return f'a live object is named by its id: {{externalId: "{wanted.name}"}}'
        return self._guess(wanted.name, (one.name for one in self._addresses() if one.kind == wanted.kind))

    def _guess(self, word: str, known: Iterable[str]) -> str:
        otherwise = "it is neither in the given files nor recorded" if self._partial else ""
        self._guesses += 1
        return did_you_mean(word, set(known), otherwise) if self._guesses <= _MOST_GUESSES else otherwise

    def _addresses(self) -> Iterator[Address]:
        yield from self._declared
        yield from self._known

    def _dependencies(self, one: Declaration) -> list[Address]:
        found = []
        for number, text in texts(one.metadata, "dependsOn"):
            try:
                address = Address.parse(text)
            except ValueError:  # told with the shape
                continue
            if address in self._declared or address in self._known:
                found.append(address)
                continue
            hint = self._guess(text, map(str, self._addresses()))
            path = ("metadata", "dependsOn", number)
            self._tell(one, errors.UNKNOWN_DEPENDENCY, f"there is no {text}", path, hint)
        return found

    def _tell(
        self, one: Declaration, code: str, message: str, path: Path, hint: str = "", *, on: str = "value"
    ) -> None:
        if not self._problems.full:
            self._problems.add([self._atlas.error(one, code, message, path, on=on, hint=hint)])
