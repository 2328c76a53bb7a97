"""Terminals that are no terminals: what would be drawn is kept, and a clock that is set by hand."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest

from reconciler.cli.terminal import Terminal


class Drawn(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@dataclass
class Clock:
    """Seconds."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def terminal(monkeypatch: pytest.MonkeyPatch, *, drawn: bool = False, quiet: bool = False) -> Terminal:
    """One whose stderr is a terminal or not; ``quiet`` as in CI."""
    monkeypatch.setenv("TERM", "xterm")
    return Terminal(io.StringIO(), Drawn() if drawn else io.StringIO(), quiet=quiet)


def said(shown: Terminal) -> str:
    """All that stderr was given."""
    assert isinstance(shown.err, io.StringIO)
    return shown.err.getvalue()
