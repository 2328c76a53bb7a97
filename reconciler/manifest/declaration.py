"""One document as a manifest in the making, and the places of what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.document import Document, Path, Places
from reconciler.errors import ReconcilerError
from reconciler.manifest.expanded import Expanded, RowPlaces
from reconciler.manifest.kinds import Kind
from reconciler.model import Address, Source

_MOST_PLACES = 100_000  # held at a time, some 30 MB
_NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True, eq=False)
class Declaration:
    """A document of a known kind. ``fit`` says whether it has the shape of its kind; only then it becomes desired.

    What is not a mapping though it should be is taken as empty, so that the other checks can go on.
    """

    document: Document
    kind: Kind
    address: Address
    fit: bool
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    lifecycle: Mapping[str, Any]
    connection: str | None = None  # None until it is resolved, and where it cannot be
    depends_on: tuple[Address, ...] = ()
    resolved: Mapping[str, Any] | None = None  # the spec with references in the place of names

    @property
    def source(self) -> Source:
        """Where the manifest begins."""
        return self.document.source


def section(document: Document, name: str) -> Mapping[str, Any]:
    """A part of a document that should be a mapping; empty where it is not."""
    value = document.value.get(name)
    return value if isinstance(value, dict) else _NOTHING


def texts(mapping: Mapping[str, Any], key: str) -> Iterator[tuple[int, str]]:
    """The text items of a list in a mapping, with their numbers; nothing where it is no list."""
    value = mapping.get(key)
    return (
        ((number, item) for number, item in enumerate(value) if isinstance(item, str))
        if isinstance(value, list)
        else iter(())
    )


class Atlas:
    """The places of documents, worked out once each and only for those with something to say."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[Document, Places]] = {}
        self._hidden: dict[int, Document] = {}  # whose personal values are kept out of sight

    def places(self, document: Document) -> Places:
        """The places of a document; for one that a ResourceSet makes, cells and the template's."""
        if isinstance(document, Expanded):
            return RowPlaces(document, self.places(document.origin))
        held = self._places.get(id(document))
        if held is None:
            if sum(places.size for _, places in self._places.values()) > _MOST_PLACES:
                self._places.clear()
            held = self._places[id(document)] = (document, Places(document))
        return held[1]

    def error(
        self, declaration: Declaration, code: str, message: str, path: Path, *, on: str = "value", hint: str = ""
    ) -> ReconcilerError:
        """An error that points into a manifest; what is somebody's stays out of the line it shows."""
        document = declaration.document
        if id(document) not in self._hidden and declaration.kind.shape.has_personal:
            self._hidden[id(document)] = document
            for personal in declaration.kind.shape.personal(document.value):
                document.text.hide(personal)
        return self.places(document).error(code, message, path, on=on, hint=hint)
