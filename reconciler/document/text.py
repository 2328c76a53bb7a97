"""The text of one file: decoded, free of characters that hide something, and able to point at a place in itself."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from reconciler import errors
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Source

MAX_BYTES = 10 * 1000 * 1000
MAX_REPORTED = 100  # problems of one sort told for one file; more of them say nothing new
MAX_LINES = 1_000_000  # in one file
_SNIPPET = 200
_MOST_HIDDEN = 1_000  # values to hide, beyond which no line is shown at all
_AROUND = 1_000  # characters behind a snippet that are looked at too: what is masked may begin in it and end there

_PLAIN_BYTES = bytes([9, 10, *range(0x20, 0x7F)])
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
    r"|\r(?!\n)"
)
_FOREIGN_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SECRET_VALUE = re.compile(
    r"(?i)((?:tok(?!enurl)|secret|passw|client_?id|api_?key)[\w-]*[\"']?\s*[:=]\s*)(?![{\s])[^,}&]+"
)
_ADDRESS = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")  # e-mail; masked star by letter for the caret
_USERINFO = re.compile(r"://\S*@")
_KEYED_LINE = re.compile(r"\s*(- +)?[\"']?[\w.-]+[\"']?:(\s|$)")


class Text:
    """A file's text and the name under which it is shown.

    ``guarded`` is for files that may hold a secret by mistake: what looks like one is masked in every snippet.
    ``closed`` is for files full of what is somebody's: no line of them is ever shown.
    """

    def __init__(self, name: str, content: str, *, guarded: bool = False, closed: bool = False) -> None:
        self.name = name
        self.content = content
        self.guarded = guarded
        self.closed = closed
        self._secrets: set[str] = set()
        self._hidden: list[str] | None = None  # the secrets, longest first, worked out when a snippet needs them

    def hide(self, value: object) -> None:
        """Keep a value found in this text, and all text within it, out of every snippet."""
        if isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                self.hide(part)
        elif isinstance(value, str | int | float) and str(value).strip():
            self._secrets.add(str(value).strip())
            self._hidden = None

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return [line.removesuffix("\r") for line in self.content.split("\n")]

    def snippet(self, line: int, column: int, *, hide: bool = False) -> str:
        """The source line as it may be shown; ``hide`` masks all that follows its first key."""
        if self.closed:
            return ""
        whole = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        if self._hidden is None:
            self._hidden = sorted(self._secrets, key=len, reverse=True)
        secrets = self._hidden
        if len(secrets) > _MOST_HIDDEN:
            return ""  # to look for each in every line would take too long
        text = visible(whole[: _SNIPPET + _AROUND + len(secrets[0] if secrets else "")])
        if len(whole) > len(text) and column > _SNIPPET:
            return ""
        for secret in secrets:
            text = text.replace(secret, "***")
        if self.guarded or hide:
            text = _masked(text, hide)
        text = _ADDRESS.sub(lambda found: "*" * len(found[0]), text)
        if len(text) > _SNIPPET:
            text = "" if column > _SNIPPET else text[:_SNIPPET] + "…"
        return text

    def error(
        self, code: str, message: str, line: int, column: int, *, span: int = 1, hint: str = "", hide: bool = False
    ) -> ReconcilerError:
        """An error that points at a place of this text; line and column count from 1."""
        line, column = self._inside(line, column)
        shown = self.snippet(line, column, hide=hide)
        span = max(1, min(span, len(shown) - column + 1))
        return ReconcilerError(
            code, message, hint=hint, source=Source(self.name, line, column), snippet=shown, span=span
        )

    def _inside(self, line: int, column: int) -> tuple[int, int]:
        """A parser that reached the end points behind the last line; people look for the end of what they wrote."""
        last = self._last
        return (line, column) if line <= last else (last, len(self.lines[last - 1]) + 1)

    @cached_property
    def _last(self) -> int:
        """The number of the last line that is not blank, or of the first."""
        filled = (number for number in range(len(self.lines), 1, -1) if self.lines[number - 1].strip(" \t"))
        return next(filled, 1)


def _masked(text: str, hide: bool) -> str:
    if hide:
        head, colon, _ = text.partition(":")
        return f"{head}: ***" if colon else ""
    if not _KEYED_LINE.match(text):
        return ""
    return _USERINFO.sub("://***@", _SECRET_VALUE.sub(r"\1***", text))


def visible(text: str) -> str:
    """The text with one replacement mark for each forbidden character, so that columns stay what they are."""
    return _FORBIDDEN.sub("\ufffd", text)


def forbidden(text: str) -> re.Match[str] | None:
    """The first character that no manifest may hold, or None."""
    return _FORBIDDEN.search(text)


def describe(character: str) -> str:
    """A forbidden character in words, for a message."""
    point = ord(character)
    known = {0: "NUL", 0x0D: "carriage return", 0x1B: "escape", 0xFEFF: "byte order mark", 0x85: "next line"}
    if 0xD800 <= point <= 0xDFFF:
        word = "lone surrogate"
    else:
        word = known.get(point) or unicodedata.name(character, "control character").lower()
    return f"U+{point:04X} ({word})"


def decode(data: bytes, name: str, *, guarded: bool = False, closed: bool = False) -> Text:
    """UTF-8 bytes as a text; raises Problems for another encoding, forbidden characters or too many bytes."""
    if len(data) > MAX_BYTES:
        raise Problems([too_large(name)])
    if data.startswith(_FOREIGN_MARKS) or (len(data) > 1 and data[0] != data[1] and 0 in data[:2]):
        raise Problems(
            [ReconcilerError(errors.ENCODING, f"{name} is not UTF-8 but UTF-16 or UTF-32", source=Source(name, 1))]
        )
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        content = data.decode()
    except UnicodeDecodeError as failure:
        raise Problems([_undecodable(data, name, failure)]) from None
    _count_lines(content, name)
    text = Text(name, content, guarded=guarded, closed=closed)
    if data.translate(None, _PLAIN_BYTES):
        _check(text)
    return text


def from_string(content: str, name: str) -> Text:
    """A text already decoded, for instance standard input; raises Problems as ``decode`` does."""
    if len(content) > MAX_BYTES or len(content.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Problems([too_large(name)])
    _count_lines(content, name)
    text = Text(name, content.removeprefix("\ufeff"))
    _check(text)
    return text


def _count_lines(content: str, name: str) -> None:
    if content.count("\n") > MAX_LINES:
        message = f"{name} holds more than {MAX_LINES:,} lines"
        raise Problems([ReconcilerError(errors.TOO_LARGE, message, source=Source(name, 1))])


def too_large(name: str) -> ReconcilerError:
    """The error for a file over the bound."""
    return ReconcilerError(errors.TOO_LARGE, f"{name} is over 10 MB", source=Source(name, 1))


def _undecodable(data: bytes, name: str, failure: UnicodeDecodeError) -> ReconcilerError:
    before = data[: failure.start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
    return ReconcilerError(
        errors.ENCODING, f"byte 0x{data[failure.start]:02X} is not UTF-8", source=Source(name, line, column)
    )


def _check(text: Text) -> None:
    """Refuse forbidden characters, one error a line."""
    if forbidden(text.content) is None:
        return
    found = []
    for number, line in enumerate(text.content.split("\n"), start=1):
        match = forbidden(line + "\n")
        if match is not None:
            message = f"forbidden character {describe(match[0])}"
            found.append(text.error(errors.FORBIDDEN_CHARACTER, message, number, match.start() + 1))
        if len(found) == MAX_REPORTED:
            break
    raise Problems(found)
