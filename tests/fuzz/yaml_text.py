"""YAML texts: grown from its grammar, and good files changed line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from tests.fuzz.odd import WORDS, WRITABLE, edited
from tests.fuzz.tape import Tape

_GOOD = ["apiVersion", "kind", "metadata", "name", "spec", "questions", "1", "null", "true", "~", "e\u0301", "é"]
_KEYS = [*_GOOD, *_GOOD, "<<", '"a"', "'b'", "? [a]", "? {a: b}", "&k key", "*a", "!!str t", "x" * 1100, ""]
_DECORATIONS = [*[""] * 12, "&a ", "&b ", "!!int ", "!!str ", "!env ", "! ", "!<tag:x> ", "&a !!map "]
_ENDS = [*["\n"] * 8, " # note\n", "\r\n", "  \n", "\t\n", "\n\n", ""]
_STARTS = [*[""] * 8, "---\n", "--- ", "%YAML 1.1\n---\n", "%YAML 9.9\n---\n", "%TAG ! x\n---\n", "\ufeff"]
_BREAKS = ["---\n", "---\n", "...\n", "---\n---\n", "--- # x\n", "...\n---\n", "\n"]
_ALIASES = ["*a", "*b", "*nowhere", "*a ", "**", "&a", "!!null"]
_ESCAPES = ['"\\u0000"', '"\\x1b"', '"\\ud800"', '"\\q"', '"\\U0011ffff"', '"\\', "'a"]

ENCODINGS: Sequence[Callable[[str], bytes]] = (
    *[lambda text: text.encode()] * 40,
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: text.encode("utf-16"),
    lambda text: text.encode("utf-16-be"),
    lambda text: text.encode("utf-32"),
    lambda text: text.encode("latin-1", "replace"),
    lambda text: text.replace("\n", "\r").encode(),
    lambda text: (text + "\ud800").encode("utf-8", "surrogatepass"),
    lambda text: text.encode() + b"\x00",
)


def grown(tape: Tape) -> bytes:
    """A text from the grammar, rarely a good one."""
    text = tape.pick(_STARTS)
    for _ in range(1 + tape.below(2)):
        for _ in range(1 + tape.below(4)):
            text += f"{tape.pick(_KEYS)}: {_block(tape, 3, 2)}"
        text += tape.pick(_BREAKS)
    return tape.pick(ENCODINGS)(text)


def _scalar(tape: Tape) -> str:
    word = tape.pick(WRITABLE)
    match tape.below(7):
        case 3:
            return json.dumps(word)
        case 4:
            return "'" + word.replace("'", "''") + "'"
        case 5:
            return tape.pick(_ALIASES)
        case 6:
            return tape.pick(_ESCAPES)
    return word


def _flow(tape: Tape, depth: int) -> str:
    if depth <= 0:
        return _scalar(tape)
    parts = [_flow(tape, depth - 1) for _ in range(tape.below(4))]
    if tape.below(2):
        return tape.pick(_DECORATIONS) + "[" + ", ".join(parts) + tape.pick(["]", "]", "]", ",]", "", "}"])
    keyed = [f"{tape.pick(_KEYS)}: {part}" for part in parts]
    return tape.pick(_DECORATIONS) + "{" + ", ".join(keyed) + tape.pick(["}", "}", "}", ",}", "", "]"])


def _block(tape: Tape, depth: int, indent: int) -> str:
    """A value after a colon or a dash, with its line end."""
    sort, pad = tape.below(8), " " * indent
    if depth <= 0 or sort < 2:
        return tape.pick(_DECORATIONS) + _scalar(tape) + tape.pick(_ENDS)
    if sort == 2:
        return _flow(tape, 2) + tape.pick(_ENDS)
    if sort == 3:
        head = tape.pick(["|", ">", "|-", ">+", "|2", "|9-", "| # note"])
        return f"{head}\n{pad}{tape.pick(WRITABLE)}\n{pad}{tape.pick(WRITABLE)}\n"
    lines = [tape.pick(_DECORATIONS) + "\n"]
    for _ in range(1 + tape.below(3)):
        at = tape.pick(["", pad + " ", "\t", pad[:-1]]) if tape.rarely(10) else pad
        lead = "- " if sort == 4 else f"{tape.pick(_KEYS)}: "
        lines.append(at + lead + _block(tape, depth - 1, indent + 2))
    return "".join(lines)


def altered(tape: Tape, seeds: Sequence[str]) -> bytes:
    """A good file of several, some of its lines and bytes changed."""
    lines = tape.pick(seeds).split("\n")
    for _ in range(tape.below(4)):
        at = tape.below(len(lines))
        lines[at : at + 1] = _line(lines[at], tape.pick(_CHANGES), tape.pick(WORDS).replace("\ud800", "x"))
    data = tape.pick(ENCODINGS)("\n".join(lines))
    return edited(tape, data) if tape.rarely(3) else data


_CHANGES = (
    *("value", "value", "value", "quoted", "key", "mistype", "delete", "twice", "in", "out", "tab", "swap"),
    *("comment", "anchor", "alias", "tag", "merge", "flow", "block", "marker"),
)


def _line(line: str, how: str, word: str) -> list[str]:
    head, colon, value = line.partition(":")
    pad, value = line[: len(line) - len(line.lstrip())], value.strip()
    whole = {
        "value": [f"{head}: {word}"],
        "quoted": [f"{head}: {json.dumps(word)}"],
        "key": [f"{pad}{word}: {value}"],
        "mistype": [f"{head[:-2]}{head[-1:]}{head[-2:-1]}{colon} {value}"],
        "delete": [],
        "twice": [line, line],
        "in": [f"  {line}"],
        "out": [line.removeprefix("  ")],
        "tab": [f"\t{line}"],
        "swap": [value, line],
        "comment": [f"{line} # {word}", f"# {word}"],
        "anchor": [f"{head}: &a {value}"],
        "alias": [f"{head}: *a"],
        "tag": [f"{head}: !!str {value}"],
        "merge": [f"{pad}<<: *a", line],
        "flow": [f"{head}: [{{a: {value}}}, {word}]"],
        "block": [f"{head}: |", f"{pad}    {word}"],
        "marker": [line, "---"],
    }
    return whole[how]
