"""Bytes to text: encodings, characters that hide something, and snippets that leak nothing."""

import os
from pathlib import Path

import pytest

from reconciler import errors
from reconciler.document import Text, decode, from_string, read_file
from reconciler.errors import Problems

UNFIT = [
    ("a: é\n".encode("utf-16"), errors.ENCODING, 1, 1, "UTF-16 with its mark"),
    ("a: é\n".encode("utf-16-le"), errors.ENCODING, 1, 1, "UTF-16 without a mark"),
    ("a: é\n".encode("utf-16-be"), errors.ENCODING, 1, 1, "UTF-16, the other way round"),
    (b"\xff\xfe" + "a: é\n".encode("utf-16-le"), errors.ENCODING, 1, 1, "UTF-16, little end first, with its mark"),
    (b"\xfe\xff" + "a: é\n".encode("utf-16-be"), errors.ENCODING, 1, 1, "UTF-16, big end first, with its mark"),
    (b"\xff\xfe", errors.ENCODING, 1, 1, "a UTF-16 mark alone"),
    ("a: é\n".encode("utf-32-be"), errors.ENCODING, 1, 16, "UTF-32, big end first, without a mark"),
    (b"a: \xff\n", errors.ENCODING, 1, 4, "a byte that is never in UTF-8"),
    (b"a: \xe2\x82\n", errors.ENCODING, 1, 4, "a character that is cut"),
    (b"a: \xf4\x90\x80\x80\n", errors.ENCODING, 1, 4, "beyond the last character"),
    ("b: é\na: é".encode() + b"\x80\n", errors.ENCODING, 2, 5, "columns are characters, not bytes"),
    (b"\xef\xbb\xbf\xef\xbb\xbfa: 1\n", errors.FORBIDDEN_CHARACTER, 1, 1, "two byte order marks"),
    (b"\x00", errors.FORBIDDEN_CHARACTER, 1, 1, "NUL alone"),
    (b"a: 1\n\x00", errors.FORBIDDEN_CHARACTER, 2, 1, "NUL at the end"),
    (b"ab\x00: 1\n", errors.FORBIDDEN_CHARACTER, 1, 3, "NUL in a key"),
    (b"a: 1\n\x0c\n", errors.FORBIDDEN_CHARACTER, 2, 1, "a form feed"),
    ("a: \u202d1\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 4, "a left-to-right override"),
    ("a: \u061cx\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 4, "an Arabic letter mark"),
    ("a: x\u2029\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 5, "a paragraph separator"),
    ("a: é\n".encode("utf-32"), errors.ENCODING, 1, 1, "UTF-32"),
    (b"a: 1\nb: caf\xe9\n", errors.ENCODING, 2, 7, "Latin-1"),
    (b"a: \xed\xa0\x80\n", errors.ENCODING, 1, 4, "a lone surrogate in bytes"),
    (b"a: \xc0\x80\n", errors.ENCODING, 1, 4, "an overlong NUL"),
    (b"ab: 1\nc: \x00\n", errors.FORBIDDEN_CHARACTER, 2, 4, "NUL"),
    (b"a: \x1b[31mred\n", errors.FORBIDDEN_CHARACTER, 1, 4, "ESC"),
    (b"a: 1 # \x07\n", errors.FORBIDDEN_CHARACTER, 1, 8, "a bell in a comment"),
    (b"a: x\x7f\n", errors.FORBIDDEN_CHARACTER, 1, 5, "DEL"),
    ("a: x\x9b\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 5, "a C1 control"),
    ("a: x\x85b: 1\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 5, "next line, a line break to YAML 1.1"),
    ("a: x\u2028b: 1\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 5, "a line separator"),
    ("# \u202e\na: 1\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 3, "an override in a comment"),
    ("a: \u2066x\u2069\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 4, "isolates; one error a line"),
    ("a: \u200fx\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 4, "a right-to-left mark"),
    (b"a: 1\rb: 2\n", errors.FORBIDDEN_CHARACTER, 1, 5, "a bare carriage return"),
    ("a: 1\n\ufeffb: 2\n".encode(), errors.FORBIDDEN_CHARACTER, 2, 1, "a byte order mark further down"),
    ("a: \ufffe\n".encode(), errors.FORBIDDEN_CHARACTER, 1, 4, "no character at all"),
    (b"a" * 10_000_001, errors.TOO_LARGE, 1, 1, "over 10 MB"),
]


@pytest.mark.parametrize(("data", "code", "line", "column", "reason"), UNFIT, ids=[case[4] for case in UNFIT])
def test_unfit_bytes(data: bytes, code: str, line: int, column: int, reason: str) -> None:
    """Each is one error of its kind, in its place, and no snippet holds the character itself."""
    with pytest.raises(Problems) as caught:
        decode(data, "x.yaml")
    [error] = caught.value.errors
    assert error.source is not None
    assert (error.code, error.source.line, error.source.column) == (code, line, column), reason
    assert all(character.isprintable() for character in error.snippet + error.message), reason


FIT = [
    (b"\xef\xbb\xbfa: 1\n", "a: 1\n", "a UTF-8 byte order mark"),
    (b"", "", "nothing"),
    (b"\xef\xbb\xbf", "", "a byte order mark alone"),
    (
        "a: \U0001f469\u200d\U0001f373\n".encode(),
        "a: \U0001f469\u200d\U0001f373\n",
        "a joiner makes one picture of two",
    ),
    ("a: \u05e9\u05dc\u05d5\u05dd\n".encode(), "a: \u05e9\u05dc\u05d5\u05dd\n", "letters that run from right to left"),
    (b"a: 1\r\n", "a: 1\r\n", "Windows line ends"),
]


@pytest.mark.parametrize(("data", "content", "reason"), FIT, ids=[case[2] for case in FIT])
def test_fit_bytes(data: bytes, content: str, reason: str) -> None:
    """UTF-8 is text, whatever language it is in; its mark at the start is no part of it."""
    assert decode(data, "x.yaml").content == content, reason


def test_every_line_with_a_hidden_character_is_told() -> None:
    """One run tells all of them."""
    with pytest.raises(Problems) as caught:
        decode(b"a: \x1b\nb: 1\nc: \x08\n", "x.yaml")
    assert [error.source and error.source.line for error in caught.value.errors] == [1, 3]


def test_a_string_with_a_lone_surrogate_is_refused() -> None:
    """Standard input read with surrogateescape may hold one."""
    with pytest.raises(Problems) as caught:
        from_string("a: \udce9\n", "<stdin>")
    assert "lone surrogate" in caught.value.errors[0].message


GUARDED = [
    ("token: sk-12345", "token: ***", "a literal token"),
    ("    clientSecret: 'sk-12345'", "    clientSecret: ***", "in quotes"),
    ("x: {provider: enco, token: sk-12345}", "x: {provider: enco, token: ***}", "in a flow mapping"),
    ("  baseUrl: https://user:sk-12345@host/x", "  baseUrl: https://***@host/x", "in a URL"),
    ("  state: postgresql://u:sk-1@2345@host/x", "  state: postgresql://***@host/x", "in a URL, with an @"),
    ("sk-12345", "", "a line of a block scalar"),
    ("token: {env: NAME}", "token: {env: NAME}", "a reference is no secret"),
    ("tokenUrl: https://api.enco.io/token", "tokenUrl: https://api.enco.io/token", "an address is no secret"),
]


@pytest.mark.parametrize(("line", "shown", "reason"), GUARDED, ids=[case[2] for case in GUARDED])
def test_guarded_snippets_mask_what_looks_secret(line: str, shown: str, reason: str) -> None:
    """A project file's lines are shown without what may be a secret."""
    assert Text("reconciler.yaml", line, guarded=True).snippet(1, 1) == shown, reason


def test_long_lines_are_cut() -> None:
    """A line of a megabyte is no snippet."""
    text = Text("x.yaml", "a: " + "x" * 1_000_000)
    assert len(text.snippet(1, 1)) == 201
    assert text.snippet(1, 5000) == ""


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A folder, a pipe, a dangling link and a missing file are errors, and none of them blocks."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "link.yaml").symlink_to(tmp_path / "nothing")
    cases = [
        ("pipe.yaml", errors.NOT_A_FILE, "is a pipe"),
        ("folder.yaml", errors.NOT_A_FILE, "is a folder"),
        ("link.yaml", errors.UNREADABLE_FILE, "the link leads nowhere"),
        ("missing.yaml", errors.UNREADABLE_FILE, "no such file"),
    ]
    for name, code, words in cases:
        with pytest.raises(Problems) as caught:
            read_file(tmp_path / name, name)
        [error] = caught.value.errors
        assert error.code == code
        assert words in error.message


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    """The bound holds before the bytes are in memory."""
    with (tmp_path / "big.yaml").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(Problems) as caught:
        read_file(tmp_path / "big.yaml", "big.yaml")
    assert caught.value.errors[0].code == errors.TOO_LARGE
