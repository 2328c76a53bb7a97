"""Looks for canaries in bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from tests.canary.canaries import PARTS, PEOPLE, SECRETS
from tests.canary.figures import FIGURES
from tests.canary.forms import forms

ALL = tuple(dict.fromkeys((*SECRETS.values(), *PARTS, *PEOPLE)))


@cache
def needles(values: tuple[str, ...] = ALL) -> Mapping[bytes, str]:
    """Each spelling, folded to lower case, with what it is."""
    found: dict[bytes, str] = {}
    for value in values:
        for spelling, name in forms(value).items():
            found.setdefault(spelling, f"{value} as {name}")
    FIGURES.canaries, FIGURES.spellings = max(FIGURES.canaries, len(values)), max(FIGURES.spellings, len(found))
    return found


def scan(content: bytes, values: tuple[str, ...] = ALL) -> list[str]:
    """The canaries in some content, by value and spelling."""
    folded = content.lower()
    return [name for spelling, name in needles(values).items() if spelling in folded]


class Scanner:
    """Searches what a run left behind, each content once, and counts."""

    def __init__(self) -> None:
        self._clean: set[bytes] = set()

    def text(self, what: str, text: str, more: Iterable[str] = ()) -> None:
        """Assert that no canary (and none of ``more``) is in a text."""
        self.content(what, text.encode("utf-8", "surrogatepass"), tuple(more))

    def files(self, folder: Path, more: Iterable[str] = (), *, except_for: Iterable[Path] = ()) -> None:
        """Assert that no canary is in any file below a folder, nor in its name; inputs of ours excepted."""
        ours = set(except_for)
        for file in sorted(folder.rglob("*")):
            self.text("a name", file.name, more)
            if file.is_file() and file not in ours and not any(above in ours for above in file.parents):
                self.content(str(file.relative_to(folder)), file.read_bytes(), tuple(more))

    def content(self, what: str, content: bytes, more: tuple[str, ...] = ()) -> None:
        """Assert that no canary is in some bytes."""
        FIGURES.artefacts += 1
        FIGURES.size += len(content)
        mark = hashlib.blake2b(repr(more).encode() + content).digest()
        if mark in self._clean:
            return
        found = scan(content) + (scan(content, more) if more else [])
        FIGURES.found += len(found)
        assert not found, f"{what} holds {found}:\n{_around(content, found)}"
        self._clean.add(mark)


def _around(content: bytes, found: list[str]) -> str:
    """The place of the first finding, for whoever has to mend it."""
    folded = content.lower()
    spelling = (
        next(s for s, name in [*needles().items()] if name == found[0]) if found[0] in needles().values() else b""
    )
    at = max(folded.find(spelling), 0)
    return re.sub(r"[^\x20-\x7e\n]", ".", content[max(at - 200, 0) : at + 300].decode("latin-1"))
