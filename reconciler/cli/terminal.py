"""Where results and messages go: results to stdout, everything else to stderr, colour only where it belongs."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

from reconciler.report.style import Style


def wants_colour(choice: str, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """--color, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether the stream is a terminal."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return environ.get("TERM") != "dumb" and stream.isatty()


@dataclass(slots=True)
class Terminal:
    """The two streams of a run."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    style: Style = field(default_factory=Style)
    err_style: Style = field(default_factory=Style)
    quiet: bool = False
    _turn: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _standing: str = field(default="", repr=False)  # the line that is drawn over

    @classmethod
    def plain(cls) -> Terminal:
        """For messages before any option was read."""
        on = wants_colour("auto", sys.stderr, os.environ)
        return cls(err_style=Style(on))

    @classmethod
    def of(cls, colour: str) -> Terminal:
        """With the colours that the user chose."""
        out, err = sys.stdout, sys.stderr
        return cls(
            out,
            err,
            Style(wants_colour(colour, out, os.environ)),
            Style(wants_colour(colour, err, os.environ)),
            quiet=bool(os.environ.get("CI")),
        )

    def show(self, text: str) -> None:
        """A result. Raises RCN0304 where stdout takes it no more (a reader that left is no failure)."""
        try:
            with self._turn:
                self.status("")
                write(self.out, text)
        except OSError as error:
            from reconciler.errors import OUTPUT_FAILED, ReconcilerError

            raise ReconcilerError(OUTPUT_FAILED, f"the output cannot be written: {error.strerror}") from error

    def say(self, text: str) -> None:
        """A message: errors, notes, progress. Where stderr takes nothing, nothing can be said."""
        with self._turn, suppress(OSError):
            standing = self._standing
            self.status("")
            write(self.err, text if text.endswith("\n") else text + "\n")
            self.status(standing)

    def status(self, text: str) -> None:
        """The one line at the bottom of a terminal that the next one replaces; "" takes it away. Elsewhere nothing.

        The text is plain and on one line; what is wider than the terminal is cut, or it could not be drawn over.
        """
        with self._turn:
            if text == self._standing or not self.animated:
                return
            self._standing = text
            with suppress(OSError):
                write(self.err, f"\r\x1b[K{text[: self._columns() - 1]}")

    @property
    def animated(self) -> bool:
        """Whether a line on stderr may be drawn over."""
        return self.err.isatty() and not self.quiet and os.environ.get("TERM") != "dumb"

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self.err.fileno()).columns or 80
        except (OSError, ValueError):
            return 80


def write(stream: TextIO, text: str) -> None:
    """Write text that the stream's encoding may not know: what it lacks is spelled with escapes.

    A reader that went away (``plan | head -1``) is no failure: the work goes on and its exit code stays true.
    Raises OSError where the text cannot be written for another reason.
    """
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        let_go(stream)
    except OSError:
        let_go(stream)
        raise


def let_go(stream: TextIO) -> None:
    """Nobody reads this stream any more: what is left goes nowhere, also at the end of Python."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):  # a stream that is no file
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def open_missing_streams() -> None:
    """Where the process was started with a standard stream closed (``>&-``), give it one that leads nowhere."""
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout = sys.stdout or _nowhere("w")
    sys.stderr = sys.stderr or _nowhere("w")


def _nowhere(mode: str) -> TextIO:
    """A stream for as long as the process lives: its file is left to the system to close."""
    stream = os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8", closefd=False)
    assert isinstance(stream, io.TextIOWrapper)
    return stream
