"""Placeholders in a text: ``${namespace.name}``, with ``$${`` for a literal ``${``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from reconciler.model import JSON, canonical

SIGN = "${"
_MARK = re.compile(r"\$\$\{|\$\{(?:\s*([A-Za-z]+)\.([A-Za-z0-9][A-Za-z0-9_.-]*)\s*\})?")
_WRITTEN = re.compile(r"\$\{[^{}\n]{0,40}\}?")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder: as it is written, and at which character of its text. What cannot be read has no namespace."""

    written: str
    index: int
    namespace: str = ""
    name: str = ""


def parts_of(text: str) -> list[str | Placeholder]:
    """The text taken apart into literal stretches (``$${`` made ``${``) and placeholders, in order."""
    parts: list[str | Placeholder] = []
    done = 0
    for match in _MARK.finditer(text):
        parts.append(text[done : match.start()])
        done = match.end()
        if match[0].startswith("$$"):
            parts.append(SIGN)
        elif match[1] is None:
            written = _WRITTEN.match(text, match.start())
            parts.append(Placeholder(written[0] if written else SIGN, match.start()))
        else:
            parts.append(Placeholder(match[0], match.start(), match[1], match[2]))
    parts.append(text[done:])
    return [part for part in parts if part != ""]


def filled(parts: list[str | Placeholder], value_of: Callable[[Placeholder], JSON]) -> JSON:
    """The parts with every placeholder's value: of its own type where it is the whole text, else one text.

    Raises TypeError for a value that cannot stand in the middle of a text: null, a list or a mapping.
    """
    if len(parts) == 1 and isinstance(parts[0], Placeholder):
        return value_of(parts[0])
    return "".join(part if isinstance(part, str) else spelled(value_of(part)) for part in parts)


def spelled(value: JSON) -> str:
    """A value as it stands in the middle of a text; raises TypeError where it cannot: null, a list or a mapping."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return canonical(value)
    raise TypeError("no text")
