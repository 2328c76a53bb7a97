"""``${value.name}`` in manifests: filled in from the project file before a document is held against its schema.

Every text under metadata, lifecycle and spec is looked through; a document's places stay those of its file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from reconciler import errors
from reconciler.document import Document, Path, did_you_mean, listed
from reconciler.document.placeholder import SIGN, Placeholder, filled, parts_of
from reconciler.errors import ReconcilerError
from reconciler.manifest.declaration import Atlas
from reconciler.manifest.files import Settings
from reconciler.manifest.gathering import MOST_PROBLEMS
from reconciler.model import JSON

NAMESPACE = "value"
SECTIONS = ("metadata", "lifecycle", "spec")
_FORM = "write ${value.NAME}; where the text itself is meant, double the sign: $${"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a placeholder cannot be filled in."""

    code: str
    message: str
    hint: str = ""


@dataclass(slots=True)
class Values:
    """Fills in the documents of one run; gathers the problems and the names that were used."""

    source: Settings
    atlas: Atlas
    problems: list[ReconcilerError] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def fill(self, document: Document, apart: Path = ()) -> Document:
        """The document with its values, but for what lies at ``apart``; itself where it holds no placeholder."""
        if document.text.content.find(SIGN, document.start, document.end) < 0:
            return document
        value = {key: self._section(document, key, v, apart) for key, v in document.value.items()}
        return replace(document, value=value)

    def take(self) -> list[ReconcilerError]:
        """The problems told since the last time."""
        taken, self.problems = self.problems, []
        return taken

    def unused(self) -> list[str]:
        """The values that no manifest refers to, as warnings."""
        names = sorted(self.source.values.keys() - self.used)
        return [f'the value "{name}" of the project file is used by no manifest' for name in names]

    def _section(self, document: Document, key: str, value: JSON, apart: Path) -> JSON:
        if key in SECTIONS:
            return self._filled(document, value, (key,), apart)
        self.check_head(document, key, value, (key,))
        return value

    def check_head(self, document: Document, key: str, value: JSON, path: Path) -> None:
        """What a manifest is must be seen where it is read: tell a placeholder beside the sections."""
        if isinstance(value, str) and _placeholders(value):
            self._misplaced(document, path, f"{key} takes no placeholder", on="value")

    def check_keys(self, document: Document, value: Mapping[str, JSON], path: Path) -> None:
        """Tell the keys that hold a placeholder."""
        for key in value:
            if _placeholders(key):
                self._misplaced(document, (*path, key), "a key takes no placeholder", on="key")

    def _filled(self, document: Document, value: JSON, path: Path, apart: Path) -> JSON:
        if isinstance(value, str):
            return self._text(document, value, path) if SIGN in value else value
        if isinstance(value, list) and path != apart:
            return [self._filled(document, item, (*path, number), apart) for number, item in enumerate(value)]
        if isinstance(value, dict):
            self.check_keys(document, value, path)
            return {key: self._filled(document, item, (*path, key), apart) for key, item in value.items()}
        return value

    def _text(self, document: Document, text: str, path: Path) -> JSON:
        parts = parts_of(text)
        whole = len(parts) == 1
        wrong = False
        for part in parts:
            fault = self.fault(part, whole=whole) if isinstance(part, Placeholder) else None
            if isinstance(part, Placeholder) and fault is not None:
                self.tell(document, path, text, part, fault)
                wrong = True
        return text if wrong else filled(parts, lambda part: self.source.values[part.name])

    def fault(self, part: Placeholder, *, whole: bool) -> Fault | None:
        """Why a placeholder cannot be filled in; None where it can."""
        if part.namespace != NAMESPACE:
            return self._not_a_value(part)
        self.used.add(part.name)
        if part.name not in self.source.values:
            where = f'in environment "{self.source.environment}"' if self.source.environment else "without --env"
            message = f'there is no value "{part.name}" {where}'
            return Fault(errors.VALUE_UNKNOWN, message, self._hint(part.name))
        if self.source.values[part.name] is None and not whole:
            message = f'the value "{part.name}" is null, which cannot stand in the middle of a text'
            return Fault(errors.VALUE_NOT_TEXT, message)
        return None

    def _not_a_value(self, part: Placeholder) -> Fault:
        if part.namespace == "input":
            message, hint = f"{part.written} is filled in by the templates of a ResourceSet alone", _FORM
        elif part.namespace:
            near = did_you_mean(part.namespace, (NAMESPACE,))
            message, hint = f"{part.written} names no kind of placeholder", near or _FORM
        else:
            near = part.written.removeprefix(SIGN).rstrip("}").strip()
            message = f"{part.written} is no placeholder"
            hint = f"did you mean ${{value.{near}}}?" if near in self.source.values else _FORM
        return Fault(errors.PLACEHOLDER_UNFIT, message, hint)

    def _hint(self, name: str) -> str:
        environments = self.source.values_elsewhere.get(name, ())
        if environments and self.source.environment is None:
            return f"it is set for {listed(environments)}: choose with --env"
        if environments:
            return f"it is set for {listed(environments)}: set it for {self.source.environment} too, or in spec.values"
        known: Collection[str] = self.source.values
        return did_you_mean(name, known, f"the values are {listed(sorted(known))}" if known else "")

    def tell(self, document: Document, path: Path, text: str, part: Placeholder, fault: Fault) -> None:
        """Point at the placeholder itself; where the file spells the text otherwise, at the text."""
        if len(self.problems) > MOST_PROBLEMS:
            return
        place = self.atlas.places(document).value(path)
        line, column, span = place.line, place.column, place.span
        pieces = place.raw.split(part.written)
        number = text.count(part.written, 0, part.index) + 1
        if number < len(pieces):
            lines = part.written.join(pieces[:number]).split("\n")
            line += len(lines) - 1
            column = len(lines[-1]) + (place.column if len(lines) == 1 else 1)
            span = len(part.written)
        self.problems.append(document.text.error(fault.code, fault.message, line, column, span=span, hint=fault.hint))

    def _misplaced(self, document: Document, path: Path, message: str, *, on: str) -> None:
        if len(self.problems) > MOST_PROBLEMS:
            return
        places = self.atlas.places(document)
        self.problems.append(places.error(errors.PLACEHOLDER_MISPLACED, message, path, on=on))


def _placeholders(text: str) -> bool:
    return any(isinstance(part, Placeholder) for part in parts_of(text)) if SIGN in text else False
