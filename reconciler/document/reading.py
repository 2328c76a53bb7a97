"""A text read to its end: every document in it, and everything that is wrong with it as YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from reconciler import errors
from reconciler.document.builder import Abandoned, Builder, Document
from reconciler.document.syntax import complaint
from reconciler.document.text import Text
from reconciler.errors import ReconcilerError

_MARKER = re.compile(
    r"^---(?=\s|\Z)", re.MULTILINE
)  # at the start of a line it begins a document, whatever came before
_MAX_RESTARTS = 20
_MAX_DIRECTIVES = 100  # of tags, which are refused anyway; the parser compares each with all before it


@dataclass(frozen=True, slots=True)
class Reading:
    """The documents that could be read, in order, and what is wrong with the rest."""

    documents: tuple[Document, ...]
    faults: tuple[ReconcilerError, ...]


def read(text: Text) -> Reading:
    """Read every document of a text; after one that is not YAML, go on with the next."""
    documents: list[Document] = []
    faults: list[ReconcilerError] = []
    if text.content.count("\n%TAG") > _MAX_DIRECTIVES:
        place = text.content.index("\n%TAG")
        line = text.content.count("\n", 0, place) + 2
        return Reading((), (text.error(errors.YAML_TAG, "tags are not allowed", line, 1, span=4),))
    index = values = 0
    for _ in range(_MAX_RESTARTS):
        line = text.content.count("\n", 0, index)
        builder = Builder(text, index, line, faults, values)
        stopped, values = _read_from(builder, text, index, line, documents, faults), builder.values
        following = None if stopped is None else _MARKER.search(text.content, max(stopped, index + 1))
        if following is None:
            break
        index = following.start()
    return Reading(tuple(documents), tuple(faults))


def _read_from(
    builder: Builder, text: Text, index: int, line: int, documents: list[Document], faults: list[ReconcilerError]
) -> int | None:
    """Read on from an index; the index where reading stopped, or None at the end."""
    try:
        builder.read(documents)
    except Abandoned as given_up:
        return given_up.index
    except yaml.YAMLError as error:
        told = complaint(error)
        faults.append(text.error(errors.YAML_SYNTAX, told.message, line + told.line + 1, told.column + 1))
        return index + told.index
    except (ValueError, OverflowError):  # PyYAML's own parser makes a character of any number in an escape
        faults.append(text.error(errors.YAML_SYNTAX, "an escape here is no character", line + 1, 1))
        return index
    return None
