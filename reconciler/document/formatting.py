"""The one form of a YAML text: what stands between its tokens is set anew, the tokens and the comments stay.

Two spaces a level, lists two spaces in from their key, one space behind a colon and a dash, none inside of brackets, at
most one blank line, no space at a line's end, LF, one line break at the end; ``'quotes'`` become ``"quotes"`` where
nothing has to be escaped for it. Nothing is folded, unfolded, sorted, quoted or unquoted: those are the user's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from yaml.tokens import (
    AliasToken,
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowEntryToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    StreamEndToken,
    StreamStartToken,
    ValueToken,
)

from reconciler import errors
from reconciler.document.builder import PARSER
from reconciler.document.node import block_indent, scalar_end
from reconciler.document.reading import read
from reconciler.document.text import Text, from_string
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Source

_STEP = 2
_OPENS, _CLOSES = (FlowSequenceStartToken, FlowMappingStartToken), (FlowSequenceEndToken, FlowMappingEndToken)
_AT_MARGIN = (DocumentStartToken, DocumentEndToken, DirectiveToken, StreamEndToken)
_SIMPLE = re.compile(r"'(?:[^'\"\\\n]|'')*'")  # single quotes around what can stand in double ones as it is
_MAPPING, _LIST, _BARE, _FLOW = range(4)


def formatted(content: str) -> str:
    """A text in its one form; it must be one that could be read without a fault (``reading.read``)."""
    return _Printer(content.replace("\r\n", "\n")).printed()


def reformatted(text: Text) -> str:
    """A text without faults in its one form. Raises RCN0194 where it would not say what it said, comments included."""
    new = formatted(text.content)
    if new == text.content:
        return new
    try:
        faithful = said(from_string(new, text.name)) == said(text) and formatted(new) == new
    except Problems:
        faithful = False
    if not faithful:
        message = f"{text.name} has no form that says the very same"
        raise ReconcilerError(errors.EDIT_UNFAITHFUL, message, source=Source(text.name, 1))
    return new


def said(text: Text) -> tuple[str, list[str]]:
    """All that a text says: its values in their order, and its comments. Raises Problems for one with faults."""
    reading = read(text)
    if reading.faults:
        raise Problems(reading.faults)
    values = json.dumps([document.value for document in reading.documents])
    return values, comments(text.content)


def comments(content: str) -> list[str]:
    """The comments of a text, in order."""
    content = content.replace("\r\n", "\n")
    found, done = [], 0
    for token in _tokens(content):
        found += [line.strip() for line in content[done : token.start_mark.index].split("\n") if line.strip()]
        done = max(done, _end(content, token))
        if isinstance(token, ScalarToken) and token.style in ("|", ">"):
            _, sign, said = content[token.start_mark.index : done].partition("\n")[0].partition("#")
            found += [sign + said.rstrip()] if sign else []
    return found


def _tokens(content: str) -> Iterator[Any]:
    parser = PARSER(content)
    while (token := parser.get_token()) is not None:
        yield token
        if isinstance(token, StreamEndToken):
            return


def _end(content: str, token: Any) -> int:
    end: int = token.end_mark.index
    return scalar_end(content, token.start_mark.index, end, token.style) if isinstance(token, ScalarToken) else end


@dataclass(frozen=True, slots=True)
class _Block:
    """A list or mapping under way: the column it stood at, and the one it stands at now; in brackets, those of the line
    they open in. A list that begins at its key's own column, for which the scanner has no token, is _BARE."""

    sort: int
    old: int
    new: int


@dataclass(slots=True)
class _Printer:
    content: str
    parts: list[str] = field(default_factory=list)
    stack: list[_Block] = field(default_factory=list)
    left: list[_Block] = field(default_factory=list)  # blocks that ended since the last token, the innermost first
    old: int = 0  # the column that the line under way began at, and the one it begins at now
    new: int = 0
    done: int = 0  # index behind the last token
    last: Any = None
    key_next: bool = False

    def printed(self) -> str:
        for token in _tokens(self.content):
            if isinstance(token, BlockEndToken):
                self._close()
            elif isinstance(token, BlockMappingStartToken | BlockSequenceStartToken):
                sort = _MAPPING if isinstance(token, BlockMappingStartToken) else _LIST
                self.stack.append(_Block(sort, token.start_mark.column, self._inner))
            elif isinstance(token, KeyToken) and token.start_mark.index == token.end_mark.index:
                self._key()
            elif not isinstance(token, StreamStartToken):
                self._token(token)
        return "".join(self.parts)

    # --- blocks ---------------------------------------------------------------------------------------------------

    @property
    def _inner(self) -> int:
        """The column of what stands in the innermost block, a step in."""
        return self.stack[-1].new + _STEP if self.stack else 0

    def _in(self, sort: int) -> bool:
        return bool(self.stack) and self.stack[-1].sort == sort

    def _close(self) -> None:
        """The innermost block ends; a bare list ends with its mapping."""
        if self._in(_BARE):
            self.left.append(self.stack.pop())
        self.left.append(self.stack.pop())

    def _key(self) -> None:
        self.key_next = True
        if self._in(_BARE):
            self.left.append(self.stack.pop())

    # --- tokens ---------------------------------------------------------------------------------------------------

    def _token(self, token: Any) -> None:
        if isinstance(token, KeyToken):
            self._key()
        elif isinstance(token, BlockEntryToken) and self._in(_MAPPING):
            self.stack.append(_Block(_BARE, self.stack[-1].old, self._inner))
        self._gap(token)
        self.parts.append(self._written(token))
        self.done, self.last, self.key_next = _end(self.content, token), token, False
        self.left.clear()
        if isinstance(token, _OPENS):
            self.stack.append(_Block(_FLOW, self.old, self.new) if not self._in(_FLOW) else self.stack[-1])
        elif isinstance(token, _CLOSES):
            self.stack.pop()

    def _gap(self, token: Any) -> None:
        """What stands between the last token and this one."""
        gap = self.content[self.done : token.start_mark.index]
        if self.last is not None and "\n" not in gap and not isinstance(token, _AT_MARGIN):
            if not (isinstance(self.last, DocumentStartToken) and self._in(_MAPPING)):
                self.parts.append(_between(self.last, token))
                return
            gap = "\n"
        old, new = token.start_mark.column, self._column(token)
        self._lines(gap, old, new, last=isinstance(token, StreamEndToken))
        self.old, self.new = old, new

    def _lines(self, gap: str, old: int, new: int, *, last: bool) -> None:
        """A gap with line breaks: the end of a line, blank lines and comments, and the indentation of the next line."""
        first, *lines = gap.split("\n") if self.last is not None else ["", *gap.split("\n")]
        if first.strip():
            pad = first[: first.index("#")]
            self.parts.append((pad if pad.strip(" ") == "" else "  ") + first.strip())
        begun = bool(self.parts)
        unended = last and not lines and isinstance(self.last, ScalarToken) and self.last.style in ("|", ">")
        if begun and not unended:
            self.parts.append("\n")
        blank = False
        for line in lines[:-1] if not last else lines:
            if line.strip():
                column = self._comment_column(len(line) - len(line.lstrip()), old, new)
                self.parts += ["\n" if blank and begun else "", " " * column, line.strip(), "\n"]
                begun = True
            blank = not line.strip()
        self.parts += ["\n" if blank and begun and not last else "", " " * new]

    def _column(self, token: Any) -> int:
        """Where a token that begins a line stands now."""
        if isinstance(token, _AT_MARGIN) or not self.stack:
            return 0
        if self._in(_FLOW):
            return self._shifted(token.start_mark.column)
        begins = self.key_next or isinstance(token, KeyToken | ValueToken | BlockEntryToken)
        return self.stack[-1].new if begins else self._inner

    def _shifted(self, column: int) -> int:
        """A column inside of brackets: moved as the line was that they open in, and never out of what holds them."""
        top = self.stack[-1]
        around = next((block.new for block in reversed(self.stack) if block.sort != _FLOW), None)
        return max(column - top.old + top.new, 0 if around is None else around + _STEP)

    def _comment_column(self, column: int, old: int, new: int) -> int:
        """Where a comment line stands now: as what follows it, or the block that it stood in line with."""
        if column == old:
            return new
        if self._in(_FLOW):
            return self._shifted(column)
        blocks = [block for block in (*self.left, *reversed(self.stack)) if block.sort != _FLOW]
        fitting = [(block.old, block.new) for block in blocks if block.old <= column]
        fitting += [(old, new)] if old < column else []
        return max(fitting, key=lambda pair: pair[0], default=(old, new))[1]

    # --- scalars --------------------------------------------------------------------------------------------------

    def _written(self, token: Any) -> str:
        text = self.content[token.start_mark.index : _end(self.content, token)]
        if not isinstance(token, ScalarToken):
            return text
        if token.style in ("|", ">"):
            return self._block(text)
        if "\n" not in text:
            return f'"{text[1:-1].replace(2 * chr(39), chr(39))}"' if _SIMPLE.fullmatch(text) else text
        first, *lines = text.split("\n")
        kept = token.style == '"'  # where a space at a line's end may be escaped
        return "\n".join([first if kept else first.rstrip(), *(self._continued(line, kept) for line in lines)])

    def _continued(self, line: str, kept: bool) -> str:
        """A line of a text that goes on, which the spaces around it do not belong to."""
        said = line.lstrip(" \t")
        column = self._shifted(len(line) - len(said)) if self._in(_FLOW) else self._inner
        said = said if kept and said.strip() else said.rstrip()
        return " " * column + said if said else ""

    def _block(self, text: str) -> str:
        header, *lines = text.split("\n")
        sign, mark, said = header.partition("#")
        digit = next((character for character in sign if character.isdigit()), "")
        indent = self.stack[-1].old + int(digit) if digit else block_indent(lines)
        pad = sign[len(sign.rstrip()) :] if mark else ""
        sign = sign.rstrip().replace(digit, str(_STEP)) if digit else sign.rstrip()
        head = sign + pad.replace("\t", " ") + mark + said.rstrip()
        inner = " " * self._inner
        return "\n".join([head, *(inner + line[indent:] if len(line) > indent else "" for line in lines)])


def _between(last: Any, token: Any) -> str:
    """What stands between two tokens of one line."""
    if isinstance(token, ValueToken):
        return " " if isinstance(last, AliasToken | KeyToken) else ""
    tight = isinstance(last, _OPENS) or isinstance(token, (*_CLOSES, FlowEntryToken))
    return "" if tight else " "
