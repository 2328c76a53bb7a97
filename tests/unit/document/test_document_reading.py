"""The strict reading of YAML: what is refused, and where."""

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import errors
from reconciler.document import Document, decode, from_string, read
from reconciler.document import builder as builder_module
from reconciler.errors import Problems, ReconcilerError


def faults_of(content: str) -> list[tuple[str, int, int]]:
    """Code, line and column of everything wrong with a text."""
    return [place(fault) for fault in read(from_string(content, "x.yaml")).faults]


def place(error: ReconcilerError) -> tuple[str, int, int]:
    assert error.source is not None
    return error.code, error.source.line, error.source.column


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
)
DEEP_ALIAS = "a: &a " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 40 + "*a" + "]" * 40 + "\n"
REFUSED = [
    ("a: 1\nb: 2\na: 3\n", errors.DUPLICATE_FIELD, 3, 1, "a key twice"),
    ('a: 1\n"a": 3\n', errors.DUPLICATE_FIELD, 2, 1, "a key twice, once in quotes"),
    ("x: {b: 1, b: 2}\n", errors.DUPLICATE_FIELD, 1, 11, "in a flow mapping"),
    ("caf\u00e9: 1\ncafe\u0301: 2\n", errors.DUPLICATE_FIELD, 2, 1, "the same after Unicode normalisation"),
    ("x: &x {a: 1}\ny:\n  <<: *x\n", errors.MERGE_KEY, 3, 3, "a merge key"),
    ("a: !!int '3'\n", errors.YAML_TAG, 1, 4, "a tag on a scalar"),
    ("a: !!python/object/apply:os.system ['id']\n", errors.YAML_TAG, 1, 4, "a tag that runs code elsewhere"),
    ("a: ! x\n", errors.YAML_TAG, 1, 4, "the non-specific tag"),
    ("a: !secret\n  b: c\n", errors.YAML_TAG, 1, 4, "a tag on a mapping"),
    ("!!str a: 1\n", errors.YAML_TAG, 1, 1, "a tag on a key"),
    ("a: !!str 12\n", errors.YAML_TAG, 1, 4, "a tag that would be harmless"),
    ("a: !!binary aGk=\n", errors.YAML_TAG, 1, 4, "a tag for bytes"),
    ("a: !!null ''\n", errors.YAML_TAG, 1, 4, "a tag for null"),
    ("--- !!map\na: b\n", errors.YAML_TAG, 1, 5, "a tag on the document"),
    ("a: !!set {b: c}\n", errors.YAML_TAG, 1, 4, "a tag for a set"),
    ("a: !<tag:x,2000:y> b\n", errors.YAML_TAG, 1, 4, "a tag written out"),
    ("%TAG ! tag:x,2000:\n---\na: !y b\n", errors.YAML_TAG, 3, 4, "a tag with a prefix of its own"),
    ("a: !y\n  - b\n", errors.YAML_TAG, 1, 4, "a tag on a list"),
    ("a: !!omap &x b\n", errors.YAML_TAG, 1, 4, "a tag before an anchor"),
    ("a: *nothing\n", errors.YAML_ALIAS, 1, 4, "an alias to nothing"),
    ("a: &x 1\n---\nb: *x\n", errors.YAML_ALIAS, 3, 4, "an alias to another document"),
    ("a: &x {b: 1}\nc: {<<: *x}\n", errors.MERGE_KEY, 2, 5, "a merge key in a flow mapping"),
    ("a:\n  <<: [{b: 1}, {c: 2}]\n", errors.MERGE_KEY, 2, 3, "a merge of a list"),
    ("a: &x [*x]\n", errors.YAML_ALIAS, 1, 8, "an alias to itself"),
    ("a: &x {b: {c: *x}}\n", errors.YAML_ALIAS, 1, 15, "an alias to itself, further down"),
    ("".join(f"k{n}: &a{n} v\n" for n in range(21)), errors.YAML_ALIAS, 21, 6, "the twenty-first anchor"),
    (BOMB, errors.YAML_ALIAS, 5, 8, "a bomb of aliases"),
    (DEEP_ALIAS, errors.YAML_ALIAS, 2, 44, "an alias that would go too deep"),
    ("a: " + "[" * 64 + "]" * 64, errors.TOO_DEEP, 1, 67, "depth 65"),
    ("1: a\n", errors.KEY_NOT_TEXT, 1, 1, "a number as key"),
    ("true: a\n", errors.KEY_NOT_TEXT, 1, 1, "a boolean as key"),
    ("null: a\n", errors.KEY_NOT_TEXT, 1, 1, "null as key"),
    ("1.5: a\n", errors.KEY_NOT_TEXT, 1, 1, "a decimal as key"),
    ("x: {false: a}\n", errors.KEY_NOT_TEXT, 1, 5, "a boolean as key of a flow mapping"),
    ("? &x [a]\n: c\n", errors.KEY_NOT_TEXT, 1, 3, "an anchored list as key"),
    ("? [a, b]\n: c\n", errors.KEY_NOT_TEXT, 1, 3, "a list as key"),
    ("? {a: b}\n: c\n", errors.KEY_NOT_TEXT, 1, 3, "a mapping as key"),
    ("a: &x y\n*x : c\n", errors.KEY_NOT_TEXT, 2, 1, "an alias as key"),
    ("a:\nb: 1\n", errors.EMPTY_VALUE, 1, 3, "nothing after a key"),
    ("a: [x, , y]\n", errors.YAML_SYNTAX, 1, 8, "a comma too many"),
    ("? a\nb: 1\n", errors.EMPTY_VALUE, 2, 1, "a key without its colon"),
    ("a: {b}\n", errors.EMPTY_VALUE, 1, 6, "a key alone in a flow mapping"),
    ("a: {b: }\n", errors.EMPTY_VALUE, 1, 8, "nothing after a colon in a flow mapping"),
    ("a:\n  - x\n  -\n", errors.EMPTY_VALUE, 3, 4, "nothing after a dash"),
    ("- a\n- b\n", errors.ROOT_NOT_MAPPING, 1, 1, "a list as the root"),
    ("hello\n", errors.ROOT_NOT_MAPPING, 1, 1, "text as the root"),
    ("12\n", errors.ROOT_NOT_MAPPING, 1, 1, "a number as the root"),
    ("--- |\n  text\n", errors.ROOT_NOT_MAPPING, 1, 5, "a block of text as the root"),
    ('""\n', errors.ROOT_NOT_MAPPING, 1, 1, "an empty text as the root"),
    ("[]\n", errors.ROOT_NOT_MAPPING, 1, 1, "an empty list as the root"),
    ("a: 1\n---\n- b\n", errors.ROOT_NOT_MAPPING, 3, 1, "a list as the root of the second document"),
    ("null\n", errors.ROOT_NOT_MAPPING, 1, 1, "null as the root"),
    ('a: "\\e[31m"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "ESC by escape"),
    ('a: "\\x1b[31m"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "ESC by its number"),
    ('a: "\\x9b31m"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "a C1 control by its number"),
    ('a: "\\N"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "next line by escape"),
    ('a: "\\L"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "a line separator by escape"),
    ('a: "\\U0000202e"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "the override by a long escape"),
    ('a: "\\u2066x\\u2069"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "isolates by escape; one error a value"),
    ('a: "\\uFEFF"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "a byte order mark by escape"),
    ('a: &x "\\0"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "NUL by escape, anchored"),
    ('a: "\\0"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "NUL by escape"),
    ('a: "\\u202E"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "right-to-left override by escape"),
    ('a: "x\\r"\n', errors.FORBIDDEN_CHARACTER, 1, 4, "carriage return by escape"),
    ('"\\u200f": 1\n', errors.FORBIDDEN_CHARACTER, 1, 1, "a mark in a key"),
    ('a: "\\uD800"\n', errors.YAML_SYNTAX, 1, 7, "a lone surrogate by escape"),
    ('a: "\\udc00"\n', errors.YAML_SYNTAX, 1, 7, "a lone low surrogate by escape"),
    ('a: "\\ud83e\\uddc7"\n', errors.YAML_SYNTAX, 1, 7, "a pair of surrogates, as JSON writes what YAML writes as one"),
    ('a: "\\U00110000"\n', errors.YAML_SYNTAX, 1, 7, "beyond the last character"),
    ('a: "\\q"\n', errors.YAML_SYNTAX, 1, 5, "an escape that YAML does not know"),
    ('a: "\\xZZ"\n', errors.YAML_SYNTAX, 1, 7, "an escape without digits"),
    ("%YAML 2.0\n---\na: 1\n", errors.YAML_SYNTAX, 1, 1, "a later YAML"),
    ("%YAML 1.2\na: 1\n", errors.YAML_SYNTAX, 2, 1, "a version line without dashes"),
    ("%YAML 1.2\n%YAML 1.2\n---\na: 1\n", errors.YAML_SYNTAX, 2, 1, "two version lines"),
    ("%FOO x\n---\na: 1\n", errors.YAML_SYNTAX, 1, 5, "a directive that YAML does not know"),
    ("a: 1\n...\nb: 2\n", errors.YAML_SYNTAX, 3, 1, "more after the end of a document"),
    ("...\n", errors.YAML_SYNTAX, 1, 1, "the end of a document that never began"),
    ("a: 1\n... b\n", errors.YAML_SYNTAX, 2, 5, "more behind the end of a document"),
    ("a:\n\t- b\n", errors.YAML_SYNTAX, 2, 1, "a tab before a dash"),
    ("a: |9x\n", errors.YAML_SYNTAX, 1, 6, "a block of text with a wrong sign"),
    ("a: `x`\n", errors.YAML_SYNTAX, 1, 4, "the other reserved character"),
    ("a: 'x' y\n", errors.YAML_SYNTAX, 1, 8, "text behind a closed quote"),
    ("a: &x\n", errors.EMPTY_VALUE, 1, 4, "an anchor on nothing"),
    ("a: &\n", errors.YAML_SYNTAX, 1, 5, "an anchor without a name"),
    ('a: 1\nb: "open\n', errors.YAML_SYNTAX, 2, 4, "an open quote"),
    ("a: 1\nb: [1, 2\n", errors.YAML_SYNTAX, 2, 4, "an open bracket"),
    ("a: b: c\n", errors.YAML_SYNTAX, 1, 5, "two colons"),
    ("a: 1\n\tb: 2\n", errors.YAML_SYNTAX, 2, 1, "a tab as indentation"),
    ("a: @x\n", errors.YAML_SYNTAX, 1, 4, "a reserved character"),
    ("a:\n  - x\n y: 1\n", errors.YAML_SYNTAX, 3, 2, "indentation that does not fit"),
    ("a: 1\nb\n", errors.YAML_SYNTAX, 2, 1, "a key without a colon"),
]


@pytest.mark.parametrize(("content", "code", "line", "column", "reason"), REFUSED, ids=[case[4] for case in REFUSED])
def test_refused_in_its_place(content: str, code: str, line: int, column: int, reason: str) -> None:
    """Each is one error, with its code, line and column."""
    assert faults_of(content) == [(code, line, column)], reason


ACCEPTED: list[tuple[str, list[object], str]] = [
    ("", [], "an empty file"),
    ("# only a comment\n", [], "comments alone"),
    ("---\n---\n# x\n---\n", [], "empty documents"),
    ("a: 1\n---\nb: 2\n", [{"a": 1}, {"b": 2}], "two documents"),
    ("---\na: 1\n...\n---\nb: 2\n", [{"a": 1}, {"b": 2}], "documents with ends"),
    ("%YAML 1.2\n---\na: 1\n", [{"a": 1}], "a version line"),
    ("a: 1\r\nb: 2\r\n", [{"a": 1, "b": 2}], "Windows line ends"),
    ("\ufeffa: 1\n", [{"a": 1}], "a byte order mark at the start"),
    ('"<<": 1\n', [{"<<": 1}], "in quotes it is no merge key"),
    ('"1": a\n', [{"1": "a"}], "in quotes it is text"),
    ("a: &x {b: 1}\nc: *x\n", [{"a": {"b": 1}, "c": {"b": 1}}], "an anchor and its alias"),
    ("a: &x y\nc: [*x, *x]\n", [{"a": "y", "c": ["y", "y"]}], "an anchored scalar"),
    ("".join(f"k{n}: &a{n} v\n" for n in range(20)), [{f"k{n}": "v" for n in range(20)}], "twenty anchors"),
    ("a: &x 1\nb: &x 2\nc: *x\n", [{"a": 1, "b": 2, "c": 2}], "an anchor set again"),
    ('a: "\\t\\n\\u00e9"\n', [{"a": "\t\n\u00e9"}], "harmless escapes"),
    ("{a: 1, b: [x, {c: d}]}\n", [{"a": 1, "b": ["x", {"c": "d"}]}], "JSON style"),
    ('{"a": 1, "b": null}\n', [{"a": 1, "b": None}], "JSON itself"),
    ("---\n...\n---\na: 1\n...\n", [{"a": 1}], "an empty document with its end"),
    ("--- # note\na: 1\n", [{"a": 1}], "a comment behind the dashes"),
    ("--- {a: 1}\n", [{"a": 1}], "a document on the line of its dashes"),
    ("%YAML 1.1\n---\na: NO\n", [{"a": "NO"}], "the older version changes nothing"),
    ("? a\n: b\n", [{"a": "b"}], "a key with its question mark"),
    ("a: b \n", [{"a": "b"}], "a space at the end"),
    ("a: x#y\n", [{"a": "x#y"}], "a sign in a word is no comment"),
    ("a: http://x:80/#y\n", [{"a": "http://x:80/#y"}], "colons in a word are text"),
    ("a: " + "x" * 1_000_000 + "\n", [{"a": "x" * 1_000_000}], "a line of a megabyte"),
    ("a: >-\n  b\n  c\n", [{"a": "b c"}], "folded text"),
    ("a: |+\n  b\n\n", [{"a": "b\n\n"}], "kept line ends"),
    ("a: {}\nb: []\nc: ''\n", [{"a": {}, "b": [], "c": ""}], "what is empty and says so"),
    ("no: 1\nNo: 2\n", [{"no": 1, "No": 2}], "keys that differ in letter case"),
    ("NO: 1\non: 2\n07: 3\n~: 4\n", [{"NO": 1, "on": 2, "07": 3, "~": 4}], "keys that YAML 1.1 takes for other things"),
    ("caf\u00e9: 1\n", [{"caf\u00e9": 1}], "a key beyond ASCII"),
    ("cafe\u0301: 1\n", [{"caf\u00e9": 1}], "a key in its composed form"),
    ("a: cafe\u0301\n", [{"a": "cafe\u0301"}], "a value as it was written"),
    (
        "a: &x {b: 1}\n---\na: &x {b: 2}\nc: *x\n",
        [{"a": {"b": 1}}, {"a": {"b": 2}, "c": {"b": 2}}],
        "an anchor a document",
    ),
    ("a: \U0001f9c7\n", [{"a": "\U0001f9c7"}], "a character beyond the basic plane"),
]


@pytest.mark.parametrize(("content", "values", "reason"), ACCEPTED, ids=[case[2] for case in ACCEPTED])
def test_accepted(content: str, values: list[object], reason: str) -> None:
    """Plain YAML comes out as plain values, document by document."""
    reading = read(from_string(content, "x.yaml"))
    assert reading.faults == (), reason
    assert [document.value for document in reading.documents] == values, reason


def test_depth_64_is_allowed() -> None:
    """The bound itself is within bounds."""
    assert faults_of("a: " + "[" * 63 + "]" * 63) == []


def test_every_problem_is_told_and_the_rest_read() -> None:
    """A document that is not YAML ends at the next ---; what follows is read, and told of too."""
    reading = read(from_string('a: 1\na: 2\nb: !x y\n---\nq: "open\n---\nok: 1\n---\nk: [1\n---\nlast: 1\n', "x.yaml"))
    assert [place(fault) for fault in reading.faults] == [
        (errors.DUPLICATE_FIELD, 2, 1),
        (errors.YAML_TAG, 3, 4),
        (errors.YAML_SYNTAX, 5, 4),
        (errors.YAML_SYNTAX, 9, 4),
    ]
    assert [document.value for document in reading.documents][1:] == [{"ok": 1}, {"last": 1}]
    assert [document.line for document in reading.documents][1:] == [7, 11]


def test_three_dashes_in_text_do_not_begin_a_document() -> None:
    """Only at the start of a line do dashes separate documents."""
    reading = read(from_string("a: |\n  ---\n  b\n", "x.yaml"))
    assert [document.value for document in reading.documents] == [{"a": "---\nb\n"}]


def test_a_document_begins_at_its_first_key() -> None:
    """The line of a document is that of its first key, not of a comment or dashes before it."""
    documents = read(from_string("# note\n\na: 1\n---\n# more\nb: 1\n", "x.yaml")).documents
    assert [(document.line, document.column) for document in documents] == [(3, 1), (6, 1)]


def test_messages_point_with_snippet_and_span() -> None:
    """An error carries the source line, and as many columns as the caret is to cover."""
    [fault] = read(from_string("a: 1\nlonger: 2\nlonger: 3\n", "x.yaml")).faults
    assert (fault.message, fault.snippet, fault.span) == ('"longer" is written twice', "longer: 3", 6)


def test_the_pure_parser_means_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML has no libyaml, the same texts are refused with the same codes and accepted with the same values."""
    monkeypatch.setattr(builder_module, "PARSER", yaml.SafeLoader)
    for content, code, _, _, reason in REFUSED:
        if "directive" in reason:
            continue  # the pure parser warns of it and goes on; nothing in the document depends on it
        wanted = errors.FORBIDDEN_CHARACTER if "surrogate" in reason else code
        assert wanted in [found for found, _, _ in faults_of(content)], reason
    for content, values, reason in ACCEPTED:
        assert [document.value for document in read(from_string(content, "x.yaml")).documents] == values, reason


def test_hostile_sizes_end_soon() -> None:
    """Texts made to keep a parser busy are given up within two seconds."""
    hostile = [
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 100_000,
        BOMB * 20,
        "- " * 50_000,
        "? " * 50_000,
        "---\n@\n" * 20_000,
        "a: " + "&a " * 10_000,
        "a: [" + "*a, " * 50_000 + "]",
    ]
    for content in hostile:
        begun = time.monotonic()
        assert read(from_string(content, "x.yaml")).faults
        assert time.monotonic() - begun < 2, content[:20]


@settings(max_examples=150, deadline=2000)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_values_or_declared_errors(data: bytes) -> None:
    """Whatever the bytes are, the answer is documents or errors of the catalogue."""
    check_reading(data)


YAMLISH = st.lists(st.sampled_from(list("ab:-[]{},&*!|>'\"#%@`?~ \n\t0.")) | st.sampled_from(["---\n", "a: ", "\n  "]))


@settings(max_examples=300, deadline=2000)
@given(YAMLISH.map("".join))
def test_anything_like_yaml_gives_values_or_declared_errors(content: str) -> None:
    """The same for texts made of YAML's own signs."""
    check_reading(content.encode())


def check_reading(data: bytes) -> None:
    try:
        reading = read(decode(data, "x.yaml"))
    except Problems as problems:
        assert all(error.code in errors.CATALOGUE for error in problems.errors)
        return
    assert all(fault.code in errors.CATALOGUE and fault.source is not None for fault in reading.faults)
    for document in reading.documents:
        assert isinstance(document, Document)
        assert plain_values(document.value)


def plain_values(value: object) -> bool:
    """Whether a value is made of JSON's types alone."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain_values(part) for key, part in value.items())
    if isinstance(value, list):
        return all(plain_values(part) for part in value)
    return value is None or isinstance(value, str | int | float | bool)
