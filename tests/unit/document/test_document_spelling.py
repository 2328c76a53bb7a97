"""What is written is read back as the very same, by this reading and by any other YAML reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.document import from_string, read
from reconciler.document.placeholder import parts_of
from reconciler.document.spelling import Unwritable, dumped, spelled, spelled_key, spelled_value
from reconciler.document.text import forbidden


def _is_key(text: str) -> bool:
    return "${" not in text and text.isascii()  # what else is normalised by the reading


PLAIN = {
    "Leeds": "a word",
    "Acme Leeds": "words",
    "1 The Headrow": "a house number with a word behind it is no number",
    "10b Rue de l'Étoile": "accents and apostrophes are plain to see",
    "LS1 8EQ": "a letter comes first",
    "北京": "letters of any script",
    "https://acme.example/?a=b": "a colon with no space behind it ends nothing",
    "C#, F# & co": "a mark without a space before it is no comment",
    "hxsyqosx": "not hexadecimal",
    "en-GB": "a dash inside",
    "two  spaces": "inner spaces stay as they are",
    "nullable": "begins like null",
}
QUOTED = {
    "": "empty",
    "NO": "a boolean of YAML 1.1",
    "on": "a boolean of YAML 1.1",
    "y": "a boolean of YAML 1.1 as written",
    "nULL": "some editors fold the case",
    "true": "a boolean",
    "~": "null",
    "07": "octal in YAML 1.1",
    "0o17": "octal in YAML 1.2",
    "1:30": "sexagesimal in YAML 1.1",
    "1e3": "a number in YAML 1.2",
    "0x1F": "hexadecimal",
    "1_000": "a number in YAML 1.1",
    "12": "a number",
    "1.50": "a number",
    "+32470000000": "a number in YAML 1.1",
    "2026-11-22": "a date",
    "2001-12-14 21:59:43 Z": "a time with a space and a letter in it",
    ".inf": "infinity",
    " Leeds": "a space at the beginning",
    "Leeds ": "a space at the end",
    "a: b": "would be a mapping",
    "a:": "would be a key",
    "a #b": "would be a comment",
    "- a": "would be a list",
    "? a": "would be a key",
    "@a": "reserved",
    "`a`": "reserved",
    "%a": "a directive",
    "!a": "a tag",
    "&a": "an anchor",
    "*a": "an alias",
    "<<": "a merge key",
    "=": "the default value of YAML 1.1",
    "[a]": "a list",
    "{a}": "a mapping",
    '"a"': "quotes",
    "'a'": "quotes",
    "---": "the beginning of a document",
    "...": "the end of a document",
    "a\tb": "a tab is not seen",
    "a\nb": "two lines",
    "a\u00a0b": "a space that is none",
    "a\u200db": "joins without being seen",
    "\N{WAVING HAND SIGN}": "no letter comes first",
}
TEXTS = st.one_of(
    st.text(max_size=40).filter(lambda text: forbidden(text) is None),
    st.text(
        alphabet=st.sampled_from(" \t\r\n:#-?,[]{}&*!|>'\"%@`~$\\.0159eExoyYnNtTzZ+_=<aé\u00a0\u200d\U0001f600")
    ).filter(lambda text: forbidden(text) is None),
    st.sampled_from([*PLAIN, *QUOTED]),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        TEXTS, st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.decimals(-999, 999, places=3).map(float)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS.filter(_is_key), inner, max_size=3)),
    max_leaves=8,
)


def loaded(text: str) -> dict[str, Any]:
    """The only document of a text, placeholders filled in; nothing may be wrong with it."""
    reading = read(from_string(text, "given.yaml"))
    assert not reading.faults, [fault.message for fault in reading.faults]
    [document] = reading.documents
    return _filled(document.value)  # type: ignore[no-any-return]


def _filled(value: Any) -> Any:
    if isinstance(value, str):
        parts = parts_of(value)
        assert all(isinstance(part, str) for part in parts), f"a placeholder came out of {value!r}"
        return "".join(str(part) for part in parts)
    if isinstance(value, list):
        return [_filled(item) for item in value]
    return {key: _filled(item) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("text", PLAIN, ids=list(PLAIN.values()))
def test_what_every_reader_takes_for_that_text_stands_plain(text: str) -> None:
    """No quotes where nobody needs them."""
    assert spelled(text) == text
    assert yaml.safe_load(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(("text", "reason"), QUOTED.items(), ids=[repr(text) for text in QUOTED])
def test_what_some_reader_would_take_for_something_else_is_quoted(text: str, reason: str) -> None:
    """Quotes where this dialect, YAML 1.1 or YAML 1.2 would read something else."""
    assert spelled(text).startswith('"'), reason
    assert yaml.safe_load(f"a: {spelled(text)}") == {"a": text}


@given(TEXTS)
@example("${value.x}")
@example("$${value.x}")
@example("$$${")
@example("a\r\nb")
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    """In block and in flow style, whatever the reading allows at all."""
    assert "\n" not in spelled(text)
    assert loaded(f"a: {spelled(text)}\n") == {"a": text}
    assert loaded(f"a: [{spelled(text, flow=True)}, {{b: {spelled(text, flow=True)}}}]\n") == {"a": [text, {"b": text}]}


@given(TEXTS)
def test_any_other_reader_takes_it_for_text_too(text: str) -> None:
    """YAML 1.1, as most editors and tools read it, sees the same text (before placeholders)."""
    assert yaml.safe_load(f"a: {spelled(text)}") == {"a": text.replace("${", "$${")}


@given(st.dictionaries(TEXTS.filter(_is_key), VALUES, min_size=1, max_size=4))
@example({"a": "x\ny\n"})
@example({"a": ["x\n y\n\nz", {"b": "x\ny"}]})
@example({"a": [[[], {}, "x"], []]})
@example({"a": [{"b": {"c": [1]}}]})
def test_a_document_is_read_back_as_it_was(value: Mapping[str, Any]) -> None:
    """Lists, mappings, numbers, lines, in the order they were given."""
    found = loaded(dumped(value))
    assert found == value
    assert list(found) == list(value)


def test_a_document_reads_like_one_written_by_hand() -> None:
    """Block style, two spaces, lists under their key, lines as lines."""
    document = {
        "metadata": {"name": "waffles", "externalId": "8"},
        "spec": {"questions": [{"language": "en-GB", "body": "How?\nWhy?"}], "locations": [], "limit": None},
    }
    assert dumped(document) == (
        'metadata:\n  name: waffles\n  externalId: "8"\nspec:\n  questions:\n    - language: en-GB\n'
        "      body: |-\n        How?\n        Why?\n  locations: []\n  limit: null\n"
    )


@pytest.mark.parametrize("text", ["a\x00", "a\x1b[0m", "a\u202eb", "a\rb", "\ud800", "\ufeff"])
def test_what_the_reading_forbids_cannot_be_written(text: str) -> None:
    """There is no escape for it either: the reading looks into those."""
    with pytest.raises(Unwritable, match="U\\+"):
        spelled(text)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 10**40, 1e-300, object()])
def test_values_that_cannot_be_kept_cannot_be_written(value: object) -> None:
    """A number is written in full or not at all."""
    with pytest.raises(Unwritable):
        spelled_value(value)


@pytest.mark.parametrize("key", ["${value.x}", "a" * 1001])
def test_keys_that_the_reading_refuses_cannot_be_written(key: str) -> None:
    """A key takes no placeholder, and its colon must be found."""
    with pytest.raises(Unwritable):
        spelled_key(key)
