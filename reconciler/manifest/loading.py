"""Manifests from files to desired values, in steps:

1. find the files, 2. read each as YAML and fill in its values, 3. tell the kinds, make the manifests of ResourceSets
and hold each against its kind's schema, 4. resolve connections, references and dependencies, 5. look for what is
declared twice or in circles, 6. build the desired values. Each step goes on with what it can, so that one run tells
every problem of every file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler import errors
from reconciler.document import Document, Text, from_string, read_file
from reconciler.document import read as read_text
from reconciler.document.text import decode
from reconciler.errors import Problems, ReconcilerError
from reconciler.manifest.claims import Claims
from reconciler.manifest.cycles import cycle_faults
from reconciler.manifest.declaration import Atlas, Declaration, section
from reconciler.manifest.expansion import Expansion
from reconciler.manifest.files import STDIN, File, Project, Search
from reconciler.manifest.gathering import Gathering
from reconciler.manifest.inputs import Tables, is_table
from reconciler.manifest.kinds import Kind, Kinds
from reconciler.manifest.lifecycle import (
    ignored_faults,
    lifecycle,
    previous_faults,
    previous_names,
    read_only_faults,
)
from reconciler.manifest.links import Links
from reconciler.manifest.removal import API_VERSION, REMOVAL, Removal, removal, removal_shape
from reconciler.manifest.resourceset import apart_of, is_resource_set
from reconciler.manifest.unusual import unusual_values
from reconciler.manifest.values import Values
from reconciler.model import Address, Desired
from reconciler.schema import Registry


@dataclass(frozen=True, slots=True)
class Manifests:
    """Everything declared: desired values and removals by address, and the files they came from as shown to people."""

    desired: tuple[Desired, ...]
    removals: tuple[Removal, ...]
    files: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def load(
    project: Project,
    registry: Registry,
    files: Sequence[str] | None = None,
    stdin: str | bytes | None = None,
    known: frozenset[Address] = frozenset(),
    *,
    allow_none: bool = False,
    start: Path | None = None,
    drafts: Sequence[Text] = (),
) -> Manifests:
    """Load the project's manifests, or only ``files`` (relative to ``start``; ``-`` reads ``stdin``).

    ``drafts`` are texts of files that are yet to be written: one of a file that is there is read in its place, the
    others as if they were there, after all others; the path of each, below the project's folder, is its name.
    References and dependsOn may also name the addresses in ``known``. Raises Problems with every problem of every
    file; not a single manifest is one too (RCN0126), unless ``allow_none``.
    """
    search = Search(project)
    if files is None:
        search.project_files(lenient=allow_none)
    else:
        search.given_files(files, start)
    problems = search.problems
    anew = {draft.name: draft for draft in drafts}
    texts = [(file, anew.pop(file.name, None)) for file in search.files]
    placed = [(file, document) for file, draft in texts for document in _documents(file, stdin, problems, draft)]
    documents = [document for _, document in placed]
    tables = {name: anew.pop(name) for name in sorted(anew) if is_table(name)}
    documents += [document for draft in anew.values() for document in _parsed(draft, problems)]
    if not documents and not problems and not allow_none:
        problems.append(_nothing(project, files))
    folders = {document.text: file.path.parent for file, document in placed if file.path is not None}
    folders |= {draft: (project.folder / draft.name).parent for draft in anew.values()}
    inputs = Tables(project, folders, (start or Path.cwd()).absolute(), tables)
    loading, found = _Loading(project, registry, known, inputs, partial=files is not None), Gathering(problems)
    desired, removals = loading.run(documents, found)
    if found.problems:
        raise Problems(found.told())
    names = (*(file.name for file in search.files), *inputs.names())
    return Manifests(desired, removals, names, tuple(loading.warnings()))


def problems_beside(
    project: Project, registry: Registry, files: Sequence[str] | None, stdin: str | bytes | None, start: Path | None
) -> tuple[ReconcilerError, ...]:
    """What is wrong with the manifests of a project whose own file is wrong: all but what may only follow from that."""
    try:
        load(project, registry, files, stdin, start=start)
    except Problems as found:
        return tuple(error for error in found.errors if error.code not in _FOLLOWING_CODES)
    return ()


_FOLLOWING_CODES = frozenset(
    {
        errors.NO_CONNECTION,
        errors.CONNECTION_UNDECIDED,
        errors.UNKNOWN_CONNECTION,
        errors.CROSS_CONNECTION,
        errors.NO_MANIFESTS,
    }
)


def read(text: str, name: str) -> tuple[Document, ...]:
    """The YAML documents of a text; raises Problems."""
    reading = read_text(from_string(text, name))
    if reading.faults:
        raise Problems(reading.faults)
    return reading.documents


def _documents(
    file: File, stdin: str | bytes | None, problems: list[ReconcilerError], draft: Text | None = None
) -> Sequence[Document]:
    try:
        return _parsed(draft or _text(file, stdin), problems)
    except Problems as found:
        problems.extend(found.errors)
        return ()


def _parsed(text: Text, problems: list[ReconcilerError]) -> Sequence[Document]:
    reading = read_text(text)
    problems.extend(reading.faults)
    return reading.documents


def _text(file: File, stdin: str | bytes | None) -> Text:
    if file.path is not None:
        return read_file(file.path, file.name)
    return decode(stdin, STDIN) if isinstance(stdin, bytes) else from_string(stdin or "", STDIN)


def _nothing(project: Project, files: Sequence[str] | None) -> ReconcilerError:
    where = ", ".join(project.manifests if files is None else files)
    return ReconcilerError(errors.NO_MANIFESTS, f"no manifests in {where}")


class _Loading:
    """One run over the documents of all files."""

    def __init__(
        self, project: Project, registry: Registry, known: frozenset[Address], tables: Tables, *, partial: bool
    ) -> None:
        self._project, self._known, self._partial = project, known, partial
        self._kinds = Kinds(registry)
        self._atlas = Atlas()
        self._values = Values(project, self._atlas)
        self._sets = Expansion(self._kinds, self._values, self._atlas, tables)
        self._declared: dict[Address, Declaration] = {}
        self._every: list[Declaration] = []
        self._removals: dict[Address, Removal] = {}
        self._removing: dict[Address, Document] = {}

    def warnings(self) -> list[str]:
        """What is declared and used by nobody, of the project's values only where all manifests were read; and what is
        declared and hardly meant."""
        unused = [] if self._partial else self._values.unused()
        return [*unused, *self._sets.warnings(), *unusual_values(self._every, self._atlas)]

    def run(
        self, documents: Iterable[Document], problems: Gathering
    ) -> tuple[tuple[Desired, ...], tuple[Removal, ...]]:
        """Steps 3 to 6; what is wrong is added to ``problems``."""
        filled = [self._values.fill(document, apart_of(document.value)) for document in documents]
        problems.add(self._values.take())
        problems.add(fault for document in filled for fault in self._sort(document))
        if problems.full:
            return (), ()  # not every document was looked at, so what is missing is not known
        links = Links(
            self._declared, self._known, self._project.connections, self._atlas, problems, partial=self._partial
        )
        links.resolve(self._every)
        problems.add(fault for one in self._every for fault in self._small_print(one))
        self._across(problems)
        if problems.problems:
            return (), ()
        ordered = sorted(self._every, key=lambda one: (one.address.provider, one.address.type, one.address.name))
        removals = tuple(removal for _, removal in sorted(self._removals.items()))
        return tuple(_desired(one) for one in ordered), removals

    def _sort(self, document: Document) -> Iterable[ReconcilerError]:
        """Take a document for what it is; the reasons where that cannot be done."""
        value = document.value
        kind = self._kinds.find(value.get("apiVersion"), value.get("kind"))
        if kind is not None:
            return self._declare(document, kind)
        if is_resource_set(value):
            return self._expand(document)
        places = self._atlas.places(document)
        if value.get("apiVersion") == API_VERSION and value.get("kind") == REMOVAL:
            faults = removal_shape().problems(value, lambda: places)
            return faults or self._remove(document)
        return self._kinds.header_faults(value, places)

    def _expand(self, document: Document) -> Iterator[ReconcilerError]:
        """Take in all that a ResourceSet makes."""
        for made in self._sets.expand(document):
            if isinstance(made, ReconcilerError):
                yield made
            else:
                yield from self._declare(made.document, made.kind, told=made.faulty)

    def _declare(self, document: Document, kind: Kind, *, told: bool = False) -> list[ReconcilerError]:
        """Take in a manifest; ``told`` is one whose faults have been, and whose shape is not looked at."""
        faults = [] if told else kind.shape.problems(document.value, lambda: self._atlas.places(document))
        metadata = section(document, "metadata")
        name = metadata.get("name")
        if not isinstance(name, str):
            return faults
        address = Address(kind.type.provider, kind.type.type, name)
        spec, life = section(document, "spec"), section(document, "lifecycle")
        one = Declaration(document, kind, address, not (faults or told), metadata, spec, life)
        first = self._declared.setdefault(address, one)
        self._every.append(one)
        if first is not one:
            message = f"{address} is declared twice; first in {first.source.where}"
            faults.append(self._atlas.error(one, errors.DUPLICATE_ADDRESS, message, ("metadata", "name")))
        return faults

    def _remove(self, document: Document) -> list[ReconcilerError]:
        found = removal(document)
        places = self._atlas.places(document)
        path = ("spec", "address")
        if self._kinds.get(found.address.kind) is None:
            hint = self._kinds.hint(found.address.kind)
            message = f"there is no kind {found.address.kind}"
            return [places.error(errors.REMOVAL_UNFIT, message, path, on="value", hint=hint)]
        first = self._removals.setdefault(found.address, found)
        self._removing.setdefault(found.address, document)
        if first is not found:
            message = f"{found.address} has a Removal already, in {first.source.where}"
            return [places.error(errors.REMOVAL_UNFIT, message, path, on="value")]
        return []

    def _small_print(self, one: Declaration) -> Iterator[ReconcilerError]:
        if one.kind.read_only and not one.kind.read_only.isdisjoint(one.spec):
            yield from read_only_faults(one, self._atlas)
        if one.lifecycle:
            yield from ignored_faults(one, self._atlas)

    def _across(self, problems: Gathering) -> None:
        """What only shows when manifests are seen together."""
        firsts = [one for one in self._every if self._declared[one.address] is one]
        renamed = [one for one in firsts if "previousNames" in one.metadata]
        problems.add(previous_faults(renamed, self._declared, self._atlas))
        problems.add(Claims(self._declared, self._atlas).faults(firsts))
        problems.add(cycle_faults(self._declared, self._atlas))
        problems.add(self._kept_all_the_same())

    def _kept_all_the_same(self) -> Iterable[ReconcilerError]:
        """Removals of what is declared and never replaced: a consent that lies in wait until the manifest is lost."""
        for address in sorted(self._declared.keys() & self._removing.keys()):
            one = self._declared[address]
            if one.lifecycle.get("replace") != "allow":
                message = f"{address} is to be removed, and it is declared in {one.source.where}"
                places = self._atlas.places(self._removing[address])
                yield places.error(errors.REMOVAL_UNFIT, message, ("spec", "address"), on="value")


def _desired(one: Declaration) -> Desired:
    return Desired(
        address=one.address,
        connection=one.connection or "",
        spec=one.spec if one.resolved is None else one.resolved,
        source=one.source,
        external_id=one.metadata.get("externalId"),
        previous_names=previous_names(one) if "previousNames" in one.metadata else (),
        depends_on=one.depends_on,
        lifecycle=lifecycle(one.lifecycle),
        labels=one.metadata.get("labels") or {},
    )
