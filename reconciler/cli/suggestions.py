"""What could stand at a place of the command line, for a shell that completes it: from files alone, no vendor asked.

Everything here may fail, and then nothing is suggested; a state on a server is not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.cli.options import Globals
    from reconciler.model import Snapshot
    from reconciler.project import Project

Suggestion = tuple[str, str]  # the word, and what it is


def _project_path(chosen: Globals) -> Path:
    from reconciler import project as projects

    if not chosen.project:
        return projects.find(chosen.start)
    path = chosen.start / chosen.project
    return path / projects.NAME if path.is_dir() else path


def _written(chosen: Globals) -> dict[str, Any]:
    """The spec of the project file as it is written, whatever may be wrong with it."""
    from reconciler.document import read, read_file

    path = _project_path(chosen)
    (document,) = read(read_file(path, path.name, guarded=True)).documents
    spec = document.value.get("spec")
    return spec if isinstance(spec, dict) else {}


def _project(chosen: Globals) -> Project:
    from reconciler import project as projects

    return projects.load(_project_path(chosen), chosen.env)


def _snapshot(chosen: Globals) -> Snapshot:
    """What the state holds; nothing where it is not a file on this machine."""
    from reconciler import project as projects
    from reconciler.model import Snapshot
    from reconciler.state import open_store

    project = _project(chosen)
    url = projects.state_url(project)
    if not url.startswith("sqlite:"):
        return Snapshot()
    return open_store(url, project.name, project.environment, project.folder).snapshot()


def declared(chosen: Globals) -> Iterator[Suggestion]:
    """Addresses of manifests."""
    from reconciler.manifest.headers import declared as addresses_of

    return ((address, "declared") for address in addresses_of(_project(chosen)))


def recorded(chosen: Globals) -> Iterator[Suggestion]:
    """Addresses of records."""
    return ((str(address), "recorded") for address in _snapshot(chosen).records)


def unsettled(chosen: Globals) -> Iterator[Suggestion]:
    """Addresses of writes whose outcome is not known."""
    return ((str(intent.address), "unsettled") for intent in _snapshot(chosen).open_intents)


def environments(chosen: Globals) -> Iterator[Suggestion]:
    """The project's environments."""
    return ((name, "environment") for name in _written(chosen).get("environments", {}))


def connections(chosen: Globals) -> Iterator[Suggestion]:
    """The project's connections, those of an environment too."""
    for name, settings in _written(chosen).get("connections", {}).items():
        yield name, str(settings.get("provider", "connection"))


@cache
def _registry() -> Any:
    from reconciler.schema import load

    return load()


def kinds(_chosen: Globals) -> Iterator[Suggestion]:
    """Every kind of every vendor."""
    return ((rtype.kind, rtype.description) for rtype in _registry().types.values())


def schemas(_chosen: Globals) -> Iterator[Suggestion]:
    """Every shipped schema."""
    from reconciler.schema.shipped import shipped

    return ((one.name, one.description) for one in shipped().values())


def explained(_chosen: Globals) -> Iterator[Suggestion]:
    """Every kind that can stand in a file, ours too; without its vendor where no other has a kind of that name."""
    from reconciler.schema.shipped import shipped

    kinds = [one for one in shipped().values() if one.header is not None]
    short = Counter(one.name.rpartition("/")[2] for one in kinds)
    for one in kinds:
        yield one.name, one.description
        alone = one.name.rpartition("/")[2]
        if short[alone] == 1:
            yield alone, one.description


def codes(_chosen: Globals) -> Iterator[Suggestion]:
    """Every error code."""
    from reconciler.errors import CATALOGUE

    return ((code, entry.title) for code, entry in CATALOGUE.items())


def providers(_chosen: Globals) -> Iterator[Suggestion]:
    """Every vendor."""
    from reconciler.project.provider import providers as known

    return ((name, provider.base_url) for name, provider in known().items())


def fields(word: str) -> Iterator[Suggestion]:
    """What a word like ``optimum/Location.po`` may go on to be: the fields below what is before its last dot, and
    behind a kind those of its spec too."""
    from reconciler.schema.topic import SPEC, children, found

    above, dot, _ = word.rpartition(".")
    for topic in found(above) if dot else ():
        spec = [child for child in children(topic) if child.name == SPEC and not topic.path]
        for child in (*children(topic), *(inner for one in spec for inner in children(one))):
            yield f"{above}.{child.name}", child.description
