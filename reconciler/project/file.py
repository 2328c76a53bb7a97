"""reconciler.yaml found and read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reconciler import errors
from reconciler.document import Document, Places, did_you_mean, listed, read, read_file
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Connection, Source
from reconciler.project.connections import Written, connection, faults
from reconciler.project.environment import overlaid
from reconciler.project.provider import project_shape
from reconciler.project.settings import Project
from reconciler.project.state import state_location
from reconciler.project.url import Refusal, allowed_hosts
from reconciler.project.values import elsewhere, literal, placeholder_faults

NAME = "reconciler.yaml"
_DEFAULT_MANIFESTS = ("manifests",)


class UnfitProject(Problems):
    """A project file with faults. ``draft`` is what the manifests can be checked against all the same: folder,
    manifests, connections without their credentials, values. It is None where the file says too little for that."""

    def __init__(self, faults: Iterable[ReconcilerError], draft: Project | None) -> None:
        super().__init__(faults)
        self.draft = draft


def find(start: Path) -> Path:
    """The project file: in the folder, or above it up to the repository's root. Raises ReconcilerError (RCN0201)."""
    folder = _place(start)
    for above in (folder, *folder.parents):
        if (above / NAME).is_file():
            return above / NAME
        if (above / ".git").exists():
            raise ReconcilerError(errors.NO_PROJECT, f"no {NAME} from here up to the repository's root")
    raise ReconcilerError(errors.NO_PROJECT, f"no {NAME} here or in any folder above")


def load(path: Path, environment: str | None = None, environ: Mapping[str, str] | None = None) -> Project:
    """Read a project file for one environment; no secret is fetched. Raises Problems with everything that is wrong, as
    UnfitProject where it is a project file for all that."""
    path = path / NAME if path.is_dir() else path
    path = _place(path.parent) / path.name
    document = _document(path)
    return _Reader(document, path, environment, os.environ if environ is None else environ).project()


def _place(folder: Path) -> Path:
    """A folder from the root. One that is reached by ``..`` is the real one: what was passed on the way is not above
    it, and above a link is what lies above the folder that it leads to."""
    folder = folder.absolute()
    return Path(os.path.realpath(folder)) if ".." in folder.parts else folder


def _document(path: Path) -> Document:
    text = read_file(path, path.name, guarded=True)
    reading = read(text)
    if reading.faults:
        raise Problems(reading.faults)
    if len(reading.documents) != 1:
        message = f"{path.name} must hold one document, not {len(reading.documents)}"
        raise Problems([ReconcilerError(errors.NOT_A_PROJECT, message, source=Source(path.name, 1))])
    document = reading.documents[0]
    _check_header(document)
    return document


def _check_header(document: Document) -> None:
    for key, due in (("apiVersion", "reconciler/v1"), ("kind", "Project")):
        found = document.value.get(key)
        if found != due:
            message = f"a project file has {key}: {due}"
            raise Problems([Places(document).error(errors.NOT_A_PROJECT, message, (key,), on="value")])


def _mappings(connections: object) -> list[tuple[str, Mapping[str, Any]]]:
    """The connections that are mappings, by name; the shape already told of any other."""
    pairs = connections.items() if isinstance(connections, Mapping) else ()
    return sorted((name, data) for name, data in pairs if isinstance(data, Mapping))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


class _Reader:
    """One document read into a project; problems are gathered until the end."""

    def __init__(self, document: Document, path: Path, environment: str | None, environ: Mapping[str, str]) -> None:
        self._path, self._environment, self._environ = path, environment, environ
        self._places = Places(document)
        self._problems = project_shape().problems(document.value, lambda: self._places)
        self._name = document.value.get("metadata")
        spec = document.value.get("spec")
        self._spec: Mapping[str, Any] = spec if isinstance(spec, Mapping) else {}
        self._over = self._chosen()

    def project(self) -> Project:
        """The project; raises UnfitProject."""
        merged = overlaid({k: v for k, v in self._spec.items() if k != "environments"}, self._over)
        written = [self._written(name, data) for name, data in _mappings(merged.get("connections"))]
        allowed = allowed_hosts(self._environ)
        self._problems += [fault for one in written for fault in faults(one, allowed)]
        self._problems += placeholder_faults(self._spec, self._places)
        state = self._state(merged.get("state"))
        if self._problems or state is None:
            raise UnfitProject(self._problems, self._draft(merged, written))
        connections: dict[str, Connection] = {one.name: connection(one, self._path.parent) for one in written}
        return Project(
            name=self._name["name"] if isinstance(self._name, Mapping) else "",
            folder=self._path.parent,
            path=self._path,
            manifests=tuple(merged.get("manifests", _DEFAULT_MANIFESTS)),
            state=state,
            connections=connections,
            environment=self._environment,
            values=literal(merged.get("values", {})),
            values_elsewhere=elsewhere(merged.get("values", {}), self._spec.get("environments", {})),
            environments=tuple(sorted(self._spec.get("environments", {}))),
        )

    def _draft(self, merged: Mapping[str, Any], written: list[Written]) -> Project | None:
        manifests, values = merged.get("manifests", list(_DEFAULT_MANIFESTS)), merged.get("values", {})
        unknown = self._environment is not None and self._environment not in _mapping(self._spec.get("environments"))
        listed = isinstance(manifests, list) and all(isinstance(pattern, str) and pattern for pattern in manifests)
        if unknown or not listed or not isinstance(values, Mapping):
            return None
        known = [(one.name, one.provider) for one in written]
        return Project(
            name="",
            folder=self._path.parent,
            path=self._path,
            manifests=tuple(manifests),
            state="",
            connections={name: Connection(name, p.name, p.base_url) for name, p in known if p is not None},
            environment=self._environment,
            values=literal(values),
            values_elsewhere=elsewhere(values, _mapping(self._spec.get("environments"))),
        )

    def _chosen(self) -> Mapping[str, Any]:
        """The chosen environment's settings; an unknown one is a problem."""
        if self._environment is None:
            return {}
        known = _mapping(self._spec.get("environments"))
        if self._environment not in known:
            listing = f"the environments are {listed(sorted(known))}" if known else "the project has no environments"
            hint = did_you_mean(self._environment, known, listing)
            message = f'unknown environment "{self._environment}"'
            self._problems.append(ReconcilerError(errors.UNKNOWN_ENVIRONMENT, message, hint=hint))
        return _mapping(known.get(self._environment))

    def _where(self, *keys: str) -> tuple[str, ...]:
        """The path of a setting: in the environment where it says it, else in the project's own part."""
        node: Any = self._over
        for key in keys:
            node = node.get(key) if isinstance(node, Mapping) else None
        if node is not None and self._environment is not None:
            return ("spec", "environments", self._environment, *keys)
        return ("spec", *keys)

    def _written(self, name: str, data: Mapping[str, Any]) -> Written:
        def tell(code: str, message: str, keys: tuple[str, ...], hint: str) -> ReconcilerError:
            path = self._where("connections", name, *keys)
            return self._places.error(code, message, path, on="value" if keys else "key", hint=hint)

        return Written(name, data, tell)

    def _state(self, written: object) -> Any:
        try:
            return state_location(written, self._environ)
        except Refusal as refusal:
            path = self._where("state")
            error = self._places.error(refusal.code, refusal.message, path, hint=refusal.hint, hide=True)
            self._problems.append(error)
            return None
