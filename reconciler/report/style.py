"""Colour on or off; the only place that knows terminal escapes."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Style:
    """Paints text for a terminal, or leaves it as it is when ``on`` is False."""

    on: bool = False

    def bold(self, text: str) -> str:
        """Bold."""
        return self._paint("1", text)

    def dim(self, text: str) -> str:
        """Grey."""
        return self._paint("90", text)

    def red(self, text: str) -> str:
        """Red: something is destroyed, blocked or failed."""
        return self._paint("31", text)

    def green(self, text: str) -> str:
        """Green: something is added."""
        return self._paint("32", text)

    def yellow(self, text: str) -> str:
        """Yellow: something changes, or is worth a look."""
        return self._paint("33", text)

    def cyan(self, text: str) -> str:
        """Cyan: something is taken over, sent, or moved without us."""
        return self._paint("36", text)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text


def width(text: str) -> int:
    """Characters of the text as it is seen, colour apart."""
    return len(_ESCAPES.sub("", text))
