"""The hidden first line by which a text of ours is found again: what it tells, of which project, and in which state.

A marker proves nothing by itself, since anybody can paste one: whoever looks for it also asks who wrote the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

_LINE = re.compile(r"<!-- reconciler:([a-z]+)((?: [^ \r\n<>]+)*) -->[ \t]*(?:\r?\n|\Z)")


@dataclass(frozen=True, slots=True)
class Marker:
    """``<!-- reconciler:plan acme staging -->``.

    ``words`` say what the text is about: the project and its environment, or a key of the user's own. ``digests`` say
    what it told of each part; they are no part of who it is.
    """

    purpose: str
    words: tuple[str, ...]
    digests: Mapping[str, str] = field(default_factory=dict)

    def line(self) -> str:
        """The line, without its end. Nothing in a word can end the comment or part words."""
        words = [_spelled(word) for word in self.words]
        words += [f"{_spelled(name)}={_spelled(value)}" for name, value in sorted(self.digests.items())]
        return f"<!-- reconciler:{' '.join([self.purpose, *words])} -->"

    def heads(self, text: str) -> bool:
        """Whether a text begins with this marker, whatever its digests are."""
        found = read(text)
        return found is not None and (found.purpose, found.words) == (self.purpose, self.words)


def read(text: str) -> Marker | None:
    """The marker that a text begins with; None where it begins with none."""
    match = _LINE.match(text)
    if match is None:
        return None
    parts = [word.partition("=") for word in match[2].split()]
    words = tuple(unquote(name) for name, equals, _ in parts if not equals)
    return Marker(match[1], words, {unquote(name): unquote(value) for name, equals, value in parts if equals})


def _spelled(word: str) -> str:
    return quote(word, safe="/") or "%"
