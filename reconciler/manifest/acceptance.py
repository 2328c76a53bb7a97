"""The live values of what moved, written into the text of the file that declares it. Pure: texts in, a text out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler import errors
from reconciler.document import Document, Places, Text, from_string, read
from reconciler.document.file import changed
from reconciler.document.formatting import comments
from reconciler.document.node import ALIAS, Node, compose, on_the_way
from reconciler.document.placeholder import Placeholder, parts_of
from reconciler.document.spelling import Unwritable
from reconciler.document.splice import Edit, Splicing, spliced
from reconciler.errors import Problems, ReconcilerError
from reconciler.manifest.kinds import Kinds
from reconciler.manifest.resourceset import TEMPLATES
from reconciler.model import JSON, Desired, Reference, Source, canonical
from reconciler.schema import Registry


@dataclass(frozen=True, slots=True)
class Wish:
    """A manifest, and what fields of its spec are to say."""

    desired: Desired
    fields: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file's text with the wishes in it, and the comments that went with items that went."""

    text: Text
    lost: tuple[str, ...]


def rewritten(text: Text, wishes: Sequence[Wish], registry: Registry) -> Rewritten:
    """A file's text with the wishes fulfilled and every other character as it was. Raises Problems: for what cannot be
    (RCN0190, RCN0191), for a file that is not the one that was loaded (RCN0192), and where the new text would not be
    read as the old one but for the wishes (RCN0194)."""
    documents = read(text).documents
    kinds = Kinds(registry)
    for document in documents:
        text.hide([*kinds.personal(document.value)])
    edits: list[Edit] = []
    faults: list[ReconcilerError] = []
    for wish in wishes:
        found = _declaring(documents, wish.desired.source)
        if found is None:
            raise Problems([changed(text.name)])
        if wish.desired.source.row is not None:
            faults += _made(found, wish, wish.desired.source.row)
            continue
        task = _Task(found, wish)
        edits += task.edits()
        faults += task.faults
    if faults:
        raise Problems(faults)
    new = from_string(spliced(text.content, edits), text.name)
    taken = [text.content[edit.start : edit.end] for edit in edits if not edit.text]
    return Rewritten(new, _lost(text, new, documents, wishes, taken))


def declared(value: JSON) -> JSON:
    """A value as a manifest spells it: references by name or id, whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Reference):
        return value.address.name if value.address else {"externalId": value.external_id}
    return [declared(item) for item in value] if isinstance(value, list | tuple) else value


def _declaring(documents: Iterable[Document], source: Source) -> Document | None:
    """The document that a manifest is; for one that is made of a row, the ResourceSet with its template."""
    if source.row is not None:
        above = [one for one in documents if one.line <= source.line and _template(one, source) is not None]
        return above[-1] if above else None
    return next((one for one in documents if (one.line, one.column) == (source.line, source.column)), None)


def _template(document: Document, source: Source) -> tuple[int, Node] | None:
    """The template that begins at a place, and its number."""
    content = document.text.content
    for number, node in enumerate([*on_the_way(compose(document), TEMPLATES)][-1].items):
        line, column = content.count("\n", 0, node.start) + 1, node.start - content.rfind("\n", 0, node.start)
        if (line, column) == (source.line, source.column):
            return number, node
    return None


def _made(document: Document, wish: Wish, row: Source) -> Iterator[ReconcilerError]:
    """Why the fields of a manifest that a row made are not changed: each with the cell that it comes from."""
    found = _template(document, wish.desired.source)
    number, template = found if found is not None else (0, compose(document))
    for name in sorted(wish.fields):
        way = list(on_the_way(template, ("spec", name)))
        parts = [part for node in way[-1].within() for part in parts_of(node.text) if isinstance(part, Placeholder)]
        cells = " and ".join(dict.fromkeys(part.written for part in parts))
        where = (
            f"is filled in from {cells}, with the row at {row.where}"
            if cells
            else "stands in a template, for every row"
        )
        path = (*TEMPLATES, number, "spec", name)
        message = f"{wish.desired.address}: {name} {where}"
        yield Places(document).error(errors.VALUE_FROM_ELSEWHERE, message, path, on="value")


class _Task:
    """The edits for one manifest, and why some cannot be made."""

    def __init__(self, document: Document, wish: Wish) -> None:
        self._document, self._wish = document, wish
        self._root = compose(document)
        self._shared = {node.anchor for node in self._root.within() if node.style == ALIAS}
        self.faults: list[ReconcilerError] = []

    def edits(self) -> Iterator[Edit]:
        """The edits for all fields; those of one that cannot be written are in ``faults``."""
        splicing = Splicing(self._document.text.content)
        for name, after in sorted(self._wish.fields.items()):
            way = list(on_the_way(self._root, ("spec", name)))
            if len(way) < 3:
                self._refuse(name, errors.VALUE_FROM_ELSEWHERE, f"{name} is reached through an alias")
                continue
            try:
                made = list(splicing.values(way, declared(self._wish.desired.spec[name]), after))
            except Unwritable as error:
                self._refuse(name, errors.NOT_DECLARABLE, f"the live {name} cannot be written: {error}")
                continue
            reason = self._elsewhere(way, [edit.node for edit in made if edit.node is not None])
            if reason:
                self._refuse(name, errors.VALUE_FROM_ELSEWHERE, f"{name} {reason}")
            else:
                yield from made

    def _elsewhere(self, way: Sequence[Node], touched: Sequence[Node]) -> str:
        """Why a value is not this manifest's alone to change; empty where it is."""
        if any(node.anchor in self._shared for node in way if node.anchor is not None):
            return "stands in for other places as well, by an anchor"
        for node in (part for one in touched for part in one.within()):
            if node.anchor is not None:
                return "holds an alias" if node.style == ALIAS else "holds an anchor"
            found = next((part for part in parts_of(node.text) if isinstance(part, Placeholder)), None)
            if found is not None:
                return f"is filled in from {found.written}"
        return ""

    def _refuse(self, name: str, code: str, message: str) -> None:
        told = f"{self._wish.desired.address}: {message}"
        self.faults.append(Places(self._document).error(code, told, ("spec", name), on="value"))


def _lost(
    old: Text, new: Text, documents: Sequence[Document], wishes: Sequence[Wish], taken: Sequence[str]
) -> tuple[str, ...]:
    """The comments that went with what was ``taken`` out. Raises Problems where the texts differ in anything else but
    the wishes."""
    reading = read(new)
    names = {(wish.desired.source.line, wish.desired.source.column): frozenset(wish.fields) for wish in wishes}
    if not reading.faults and len(reading.documents) == len(documents):
        pairs = zip(documents, reading.documents, strict=True)
        if all(_alike(one, other, names.get((one.line, one.column), frozenset())) for one, other in pairs):
            before, after = comments(old.content), comments(new.content)
            gone = _without(before, after)
            if gone is not None and all(any(comment in part for part in taken) for comment in gone):
                return gone
    message = f"{old.name} cannot be rewritten so that only what was accepted differs"
    raise Problems([ReconcilerError(errors.EDIT_UNFAITHFUL, message, source=Source(old.name, 1))])


def _alike(one: Document, other: Document, but: frozenset[str]) -> bool:
    return _spelled(one.value, but) == _spelled(other.value, but)


def _spelled(value: Mapping[str, JSON], but: frozenset[str]) -> list[object]:
    """A document in the order it is written, without what some fields of its spec say."""
    spec = value.get("spec")
    pairs = spec.items() if isinstance(spec, dict) else ()
    fields = [(key, None if key in but else canonical(item)) for key, item in pairs]
    return [(key, fields if key == "spec" and fields else canonical(item)) for key, item in value.items()]


def _without(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...] | None:
    """What of a list is missing in another; None where that has something new."""
    left, gone = list(after), []
    for comment in before:
        if left and left[0] == comment:
            left.pop(0)
        else:
            gone.append(comment)
    return None if left else tuple(gone)
