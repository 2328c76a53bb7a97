"""A YAML parser's complaints in words for people."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

# (in the parser's problem, what to say, whether its context's place is the better one to point at)
_WORDS: tuple[tuple[str, str, bool], ...] = (
    ("unexpected end of stream", "the quote that opens here is never closed", True),
    ("unexpected document indicator", "the quote that opens here is never closed", True),
    ("tab character", "a tab stands where the indentation needs spaces", False),
    ("'\\t' that cannot start", "a tab stands where the indentation needs spaces", False),
    ("cannot start any token", "this character cannot begin a value; put the value in quotes", False),
    ("mapping values are not allowed", 'a ":" is not allowed here: quote the text, or check the indentation', False),
    ("could not find expected ':'", 'there is no ":" after this key', True),
    ("',' or ']'", "the [ that opens here is never closed, or a comma is missing", True),
    ("',' or '}'", "the { that opens here is never closed, or a comma is missing", True),
    ("did not find expected key", "the indentation does not fit, or text follows a closed quote or bracket", False),
    ("expected <block end>", "the indentation does not fit, or text follows a closed quote or bracket", False),
    ("expected '-' indicator", "a list goes on here without its dash", False),
    ("expected <document start>", "something follows the end of the document; begin the next one with ---", False),
    ("'<document start>'", "something follows the end of the document; begin the next one with ---", False),
    (
        "unknown escape character",
        "this escape is unknown in double quotes; use single quotes to keep a backslash",
        False,
    ),
    ("invalid Unicode character", "this escape is no character", False),
    ("hexdecimal number", "this escape needs hexadecimal digits", False),
    ("hexadecimal numbers", "this escape needs hexadecimal digits", False),
    ("incompatible YAML document", "the YAML version of the %YAML line is not supported; take the line out", False),
    ("node content", "a value is missing here", False),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong and where: line and column count from 0, ``index`` in characters."""

    message: str
    line: int
    column: int
    index: int


def complaint(error: yaml.YAMLError) -> Complaint:
    """The parser's error as a sentence and a place."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Complaint("the text is not YAML", 0, 0, 0)
    problem = error.problem or "the text is not YAML"
    words, opening = next(((text, at) for part, text, at in _WORDS if part in problem), (f"not YAML: {problem}", False))
    end = error.problem_mark
    mark = error.context_mark if opening and error.context_mark is not None else end
    return Complaint(words, mark.line, mark.column, end.index)
