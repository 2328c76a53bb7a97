"""A project in a temporary folder, for tests of loading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reconciler import manifest
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import JSON, Address, Connection
from reconciler.schema import load as registry

CONNECTIONS = {
    "enco": Connection("enco", "enco", "https://api.enco.io/survey/1.0.0"),
    "cs": Connection("cs", "customersure", "https://api.customersure.com"),
    "opt": Connection("opt", "optimum", "https://optimumfeedback.com/api/v1"),
}


@dataclass(frozen=True, slots=True)
class Workspace:
    """Just enough of a project."""

    folder: Path
    manifests: tuple[str, ...] = ("manifests",)
    connections: Mapping[str, Connection] = None  # type: ignore[assignment]
    environment: str | None = None
    values: Mapping[str, JSON] = field(default_factory=dict)
    values_elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.folder / "reconciler.yaml"


def workspace(
    folder: Path,
    files: Mapping[str, str],
    patterns: Sequence[str] = ("manifests",),
    connections: Mapping[str, Connection] = CONNECTIONS,
) -> Workspace:
    """Write files below a folder and call it a project."""
    listing = ", ".join(f'"{pattern}"' for pattern in patterns)
    content = f"apiVersion: reconciler/v1\nkind: Project\nmetadata: {{name: x}}\nspec:\n  manifests: [{listing}]\n"
    for name, text in {"reconciler.yaml": content, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Workspace(folder, tuple(patterns), connections)


def load(
    project: Workspace,
    files: Sequence[str] | None = None,
    stdin: str | bytes | None = None,
    known: frozenset[Address] = frozenset(),
    *,
    allow_none: bool = False,
) -> manifest.Manifests:
    return manifest.load(project, registry(), files, stdin, known, allow_none=allow_none)


def problems(
    project: Workspace,
    files: Sequence[str] | None = None,
    stdin: str | bytes | None = None,
    known: frozenset[Address] = frozenset(),
) -> tuple[ReconcilerError, ...]:
    """What loading refuses; empty where it refuses nothing."""
    try:
        load(project, files, stdin, known)
    except Problems as found:
        return found.errors
    return ()


def site(name: str, code: str = "", more: str = "") -> str:
    """A document of a customersure Site."""
    return (
        f"apiVersion: customersure/v1\nkind: Site\nmetadata: {{name: {name}{more}}}\n"
        f"spec: {{site_code: {code or name}, name: Site}}\n"
    )


def survey(name: str, questions: str = "{language: en, body: How?}", more: str = "") -> str:
    """A document of an enco Survey."""
    return (
        f"apiVersion: enco/v1\nkind: Survey\nmetadata: {{name: {name}{more}}}\n"
        f"spec: {{name: {name}, interactionType: Shop, questions: [{questions}]}}\n"
    )


def question(name: str, owner: str, body: str = "Why?", more: str = "") -> str:
    """A document of an enco Question."""
    return (
        f"apiVersion: enco/v1\nkind: Question\nmetadata: {{name: {name}{more}}}\n"
        f"spec: {{survey: {owner}, language: en, body: {body}}}\n"
    )


def together(*documents: str) -> str:
    """Documents as one file."""
    return "---\n".join(documents)
