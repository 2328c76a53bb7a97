"""A new project: what its files say, by the answers that were given. Nothing is written here."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.cli.schemafiles import FOLDER
from reconciler.document.spelling import dumped, spelled
from reconciler.model import JSON
from reconciler.project.provider import Provider, providers
from reconciler.schema import ResourceType, load
from reconciler.schema.example import example
from reconciler.schema.shipped import MANIFEST, PROJECT, Shipped, shipped

MANIFESTS, FIRST = "manifests", "manifests/first.yaml"
SETTINGS, IGNORED = ".vscode/settings.json", ".gitignore"
UNTRACKED = (".reconciler/", "*.plan")  # the state, the archive and the schemas; plans hold what manifests hold
_WIDTH = 118


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new project is asked for. ``sandbox`` is where the vendors' stand-ins answer, None for the vendors.

    ``state`` is a URL, or ``env:NAME`` for a variable that holds one.
    """

    name: str
    vendors: tuple[str, ...]
    company: str
    state: str
    sandbox: str | None = None
    workflows: bool = False


def fitting_name(folder: str) -> str:
    """A project's name made from its folder's."""
    plain = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")[:60].strip("-.") or "feedback"


def usual_vendors() -> tuple[str, ...]:
    """The vendors of whom something can be declared that is made and kept: what a project begins with unasked."""
    return tuple(name for name in providers() if not _first_kind(name).observed_only)


def wants_company(vendors: Iterable[str]) -> bool:
    """Whether one of the vendors has to be told the company's name."""
    return any(providers()[name].company for name in vendors)


def token_name(vendor: str) -> str:
    """The variable that a new connection takes its token from."""
    return f"{vendor.upper()}_TOKEN"


def project_text(answers: Answers) -> str:
    """reconciler.yaml."""
    lines = [
        f"# yaml-language-server: $schema={FOLDER}/{shipped()[PROJECT].place}",
        "# The project: what is managed, where its state is kept, and how the vendors are reached.",
        "# A token never stands in a file: {env: NAME} or {file: PATH} says where it is.",
        "apiVersion: reconciler/v1",
        "kind: Project",
        "metadata:",
        f"  name: {spelled(answers.name)}",
        "spec:",
        f"  manifests: [{MANIFESTS}]",
        f"  state: {_state(answers.state)}",
        "  connections:",
    ]
    for vendor in answers.vendors:
        lines += [f"    {line}" for line in _connection(providers()[vendor], answers)]
    return "\n".join(lines) + "\n"


def _state(state: str) -> str:
    kind, _, name = state.partition(":")
    return f"{{env: {name}}}" if kind == "env" else spelled(state)


def _connection(provider: Provider, answers: Answers) -> Iterator[str]:
    yield f"{provider.name}:"
    yield f"  provider: {provider.name}"
    if provider.company:
        yield f"  company: {spelled(answers.company)}   # the User-Agent that this vendor demands"
    yield f"  token: {{env: {token_name(provider.name)}}}"
    if answers.sandbox is not None:
        url = f"{answers.sandbox}/{provider.name}{urlsplit(provider.base_url).path}"
        yield f"  baseUrl: {url}   # the sandbox; without this line, the vendor itself"


def first_manifests(vendors: Iterable[str]) -> str:
    """An example for each vendor, with comments, valid as it stands."""
    kinds = [_first_kind(vendor) for vendor in vendors]
    lead = [
        f"# yaml-language-server: $schema=../{FOLDER}/{shipped()[MANIFEST].place}",
        "# Examples to begin with, valid as they stand. Put your own in their place, or remove this file and",
        "# take over what is live: reconciler import",
        "# Every field is explained: reconciler explain " + kinds[0].kind,
    ]
    return "\n".join(lead) + "\n\n" + "---\n".join(_commented(kind) for kind in kinds)


def _first_kind(vendor: str) -> ResourceType:
    """The kind to begin with: no message and no part of another; what others refer to first, then what can be made."""
    kinds = [rtype for rtype in load().types.values() if rtype.provider == vendor]
    named = {field.ref for rtype in kinds for field in rtype.fields.values()}
    kept = [rtype for rtype in kinds if rtype.one_time is None and rtype.part_of is None]
    return min(kept, key=lambda rtype: (rtype.kind not in named, rtype.observed_only, rtype.kind))


def _commented(rtype: ResourceType) -> str:
    kind: Shipped = shipped()[rtype.kind]
    manifest = example(kind)
    spec = manifest.pop("spec")
    assert isinstance(spec, Mapping)
    about = textwrap.wrap(rtype.description, _WIDTH, initial_indent="# ", subsequent_indent="# ")
    lines = [*about, *dumped(manifest).splitlines(), "spec:", *_fields(rtype, spec)]
    return "\n".join(lines) + "\n"


def _fields(rtype: ResourceType, spec: Mapping[str, JSON]) -> Iterator[str]:
    """Each field with what it is: behind it where it is one line, else above it."""
    parts = {name: dumped({name: value}).splitlines() for name, value in spec.items()}
    wide = max((len(part[0]) for part in parts.values() if len(part) == 1), default=0)
    for name, part in parts.items():
        what = f"# {rtype.fields[name].title}"
        if len(part) == 1 and 2 + wide + 3 + len(what) <= _WIDTH:
            yield f"  {part[0].ljust(wide)}   {what}"
        else:
            yield f"  {what}"
            yield from (f"  {line}" for line in part)


def settings_text() -> str:
    """The settings that let VS Code's YAML extension check and complete without a line in each file."""
    schemas = shipped()
    chosen = {
        f"{FOLDER}/{schemas[MANIFEST].place}": [f"{MANIFESTS}/**/*.yaml", f"{MANIFESTS}/**/*.yml"],
        f"{FOLDER}/{schemas[PROJECT].place}": "reconciler.yaml",
    }
    return json.dumps({"yaml.schemas": chosen}, indent=2) + "\n"


def ignored_text(before: str) -> str:
    """A .gitignore with the lines that are missing in it; as it is where none is."""
    there = {line.strip().strip("/") for line in before.splitlines()}
    missing = [line for line in UNTRACKED if line.strip("/") not in there]
    if not missing:
        return before
    end = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before or before.endswith("\n") else end
    return end.join([f"{before}{gap}{missing[0]}", *missing[1:]]) + end


def workflows(names: Iterable[str]) -> Mapping[str, str]:
    """The shipped workflows for GitHub and what they install, by the path of each in a repository; with these secrets
    in the place of the example's tokens."""
    package = Path(__file__).resolve().parent.parent
    inside, beside = (folder / "examples" / "github-actions" for folder in (package, package.parent))
    folder = inside if inside.is_dir() else beside
    names = list(names)
    flows = {f".github/workflows/{path.name}": path.read_text("utf-8") for path in sorted(folder.glob("*.yml"))}
    others = {f".github/{path.name}": path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))}
    return {path: _TOKENS.sub(partial(_tokens, names), text) for path, text in flows.items()} | others


_TOKENS = re.compile(r"(?:^ +(\w+_TOKEN): \$\{\{ secrets\.\1 \}\}\n)+", re.MULTILINE)


def _tokens(names: Iterable[str], found: re.Match[str]) -> str:
    indent = " " * (len(found[0]) - len(found[0].lstrip()))
    return "".join(f"{indent}{name}: ${{{{ secrets.{name} }}}}\n" for name in names)
