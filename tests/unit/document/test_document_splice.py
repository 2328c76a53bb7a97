"""One value of a document rewritten: it is read back as the new one, and not another byte of the file differs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.document import from_string, read
from reconciler.document.formatting import comments
from reconciler.document.node import compose, on_the_way
from reconciler.document.placeholder import filled, parts_of
from reconciler.document.spelling import Unwritable
from reconciler.document.splice import Splicing, spliced
from reconciler.document.text import forbidden


def rewritten(content: str, field: str, after: Any) -> str:
    """The text with a field of the first document's spec rewritten."""
    document = read(from_string(content, "a.yaml")).documents[0]
    spec: Any = document.value["spec"]
    way = list(on_the_way(compose(document), ("spec", field)))
    return spliced(content, Splicing(content).values(way, spec[field], after))


def loaded(content: str) -> Any:
    """The spec of the first document, with literal signs of placeholders as what they stand for."""
    reading = read(from_string(content, "a.yaml"))
    assert reading.faults == ()
    return _literal(reading.documents[0].value["spec"])


def _literal(value: Any) -> Any:
    if isinstance(value, str):
        return filled(parts_of(value), lambda part: part.written)
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    return [_literal(item) for item in value] if isinstance(value, list) else value


SCALARS = [
    ("plain stays plain", "spec:\n  n: Acme Leeds # why\n  m: 1\n", "Acme Ldn", "spec:\n  n: Acme Ldn # why\n  m: 1\n"),
    ("plain is quoted where it must be", "spec:\n  n: Leeds\n", "07", 'spec:\n  n: "07"\n'),
    ("double quotes stay", 'spec:\n  n: "Leeds"  # a\n', "York", 'spec:\n  n: "York"  # a\n'),
    ("double quotes escape", 'spec:\n  n: "Leeds"\n', 'a\\b"c', 'spec:\n  n: "a\\\\b\\"c"\n'),
    ("single quotes stay", "spec:\n  n: 'Leeds'\n", "it's", "spec:\n  n: 'it''s'\n"),
    ("single quotes cannot hold a line break", "spec:\n  n: 'Leeds'\n", "a\nb", 'spec:\n  n: "a\\nb"\n'),
    ("a literal sign is doubled", "spec:\n  n: Leeds\n", "a ${value.x}", "spec:\n  n: a $${value.x}\n"),
    ("also in single quotes", "spec:\n  n: 'Leeds'\n", "${b}", "spec:\n  n: '$${b}'\n"),
    ("in brackets a comma needs quotes", "spec: {n: Leeds, m: 1}\n", "a, b", 'spec: {n: "a, b", m: 1}\n'),
    ("spaces at the ends are kept", "spec:\n  n: Leeds\n", " a ", 'spec:\n  n: " a "\n'),
    ("null", "spec:\n  n: Leeds # why\n", None, "spec:\n  n: null # why\n"),
    ("null becomes a text", "spec:\n  n: null\n", "Leeds", "spec:\n  n: Leeds\n"),
    ("a number", "spec:\n  n: 3\n", 4, "spec:\n  n: 4\n"),
    ("a decimal has no exponent", "spec:\n  n: 3\n", 1e-7, "spec:\n  n: 0.0000001\n"),
    ("a truth", "spec:\n  n: true\n", False, "spec:\n  n: false\n"),
    ("the same in another type", "spec:\n  n: 3\n", "3", 'spec:\n  n: "3"\n'),
    (
        "lines stay lines",
        "spec:\n  n: |\n    a\n    b\n  m: 1\n",
        "c\n\nd\n",
        "spec:\n  n: |\n    c\n\n    d\n  m: 1\n",
    ),
    ("lines without the last break", "spec:\n  n: | # why\n    a\n", "c\nd", "spec:\n  n: |- # why\n    c\n    d\n"),
    (
        "blank lines behind lines stay",
        "spec:\n  n: |\n    a\n\n\n  m: 1\n",
        "c\n",
        "spec:\n  n: |\n    c\n\n\n  m: 1\n",
    ),
    ("lines that cannot be lines", "spec:\n  n: |\n    a\n  m: 1\n", " c\n", 'spec:\n  n: " c\\n"\n  m: 1\n'),
    ("a folded text is one line then", "spec:\n  n: >-\n    a\n    b\n  m: 1\n", "c", "spec:\n  n: c\n  m: 1\n"),
    ("a text over two lines", "spec:\n  n: a\n    b # why\n  m: 1\n", "c", "spec:\n  n: c # why\n  m: 1\n"),
    (
        "CRLF stays",
        "spec:\r\n  n: |\r\n    a\r\n  m: 1\r\n",
        "c\nd\n",
        "spec:\r\n  n: |\r\n    c\r\n    d\r\n  m: 1\r\n",
    ),
    (
        "odd indentation stays",
        "spec:\n      n:    Leeds\n      m: 1\n",
        "York",
        "spec:\n      n:    York\n      m: 1\n",
    ),
    ("no line break at the end", "spec: {n: Leeds}", "York", "spec: {n: York}"),
    ("a value on the next line", "spec:\n  n:\n    Leeds\n  m: 1\n", "York", "spec:\n  n:\n    York\n  m: 1\n"),
    (
        "an anchor elsewhere",
        "spec:\n  m: &a x\n  o: *a\n  n: Leeds\n",
        "York",
        "spec:\n  m: &a x\n  o: *a\n  n: York\n",
    ),
    ("a long text is not folded", "spec:\n  n: a\n", "b " * 200 + "c", f"spec:\n  n: {'b ' * 200}c\n"),
    (
        "a marker and a directive",
        "%YAML 1.2\n--- # a\nspec:\n  n: a\n...\n",
        "b",
        "%YAML 1.2\n--- # a\nspec:\n  n: b\n...\n",
    ),
]
BLOCK = """\
spec:
  # first
  n:
    # a
    - {l: en, b: A}  # A!
    - l: fr
      b: B # B!
    # c
    - l: nl
      b: C
  m: 1
"""
LAST = "    - l: nl\n      b: C\n"
NEW = "    - l: de\n      b: D\n"
EN, FR, NL, DE = ({"l": language, "b": body} for language, body in [("en", "A"), ("fr", "B"), ("nl", "C"), ("de", "D")])
LISTS = [
    ("an item more, in the style of the last", BLOCK, [EN, FR, NL, DE], BLOCK.replace(LAST, LAST + NEW)),
    (
        "an item less, with what stands in its lines",
        BLOCK,
        [EN, NL],
        BLOCK.replace("    - l: fr\n      b: B # B!\n", ""),
    ),
    ("the last item less", BLOCK, [EN, FR], BLOCK.replace(LAST, "")),
    ("the first item less", BLOCK, [FR, NL], BLOCK.replace("    - {l: en, b: A}  # A!\n", "")),
    ("a part of an item", BLOCK, [EN, {"l": "fr", "b": "X"}, NL], BLOCK.replace("b: B # B!", "b: X # B!")),
    ("an item for another", BLOCK, [EN, FR, DE], BLOCK.replace("- l: nl\n      b: C", "- l: de\n      b: D")),
    ("an item in between", BLOCK, [EN, DE, FR, NL], BLOCK.replace("    - l: fr\n", NEW + "    - l: fr\n")),
    ("in brackets one more", "spec: {n: [a, b], m: 1}\n", ["a", "b", "c, d"], 'spec: {n: [a, b, "c, d"], m: 1}\n'),
    ("in brackets the last less", "spec: {n: [a, b]}\n", ["a"], "spec: {n: [a]}\n"),
    ("in brackets the first less", "spec: {n: [a, b]}\n", ["b"], "spec: {n: [b]}\n"),
    ("in brackets two less", "spec: {n: [a, b, c]}\n", ["a"], "spec: {n: [a]}\n"),
    (
        "brackets over lines",
        "spec:\n  n: [\n    a, # a\n    b # b\n  ]\n",
        ["a"],
        "spec:\n  n: [\n    a # a\n     # b\n  ]\n",
    ),
    ("a first item", "spec:\n  n: [] # none\n", ["a"], "spec:\n  n: [a] # none\n"),
    (
        "dashes at the key's own column",
        "spec:\n  n:\n  - a\n  m: 1\n",
        ["a", "c"],
        "spec:\n  n:\n  - a\n  - c\n  m: 1\n",
    ),
    ("a list that goes whole", "spec:\n  n:\n    - a\n  m: 1\n", None, "spec:\n  n: null\n  m: 1\n"),
    (
        "a reference",
        "spec:\n  n:\n    - a\n",
        ["a", {"externalId": "x"}],
        "spec:\n  n:\n    - a\n    - {externalId: x}\n",
    ),
    (
        "an item of lines is followed",
        "spec:\n  n:\n    - l: en\n      b: |\n        A\n\n  m: 1\n",
        [{"l": "en", "b": "A\n"}, DE],
        f"spec:\n  n:\n    - l: en\n      b: |\n        A\n{NEW}\n  m: 1\n",
    ),
]


@pytest.mark.parametrize(
    ("content", "after", "expected"), [case[1:] for case in SCALARS], ids=[case[0] for case in SCALARS]
)
def test_a_scalar(content: str, after: Any, expected: str) -> None:
    """Only the value's own characters change, and its quotes stay where they can."""
    assert rewritten(content, "n", after) == expected
    assert loaded(expected)["n"] == after


@pytest.mark.parametrize(
    ("content", "after", "expected"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS]
)
def test_a_list(content: str, after: Any, expected: str) -> None:
    """Items come and go one by one; those that stay keep their lines and their comments."""
    assert rewritten(content, "n", after) == expected
    assert loaded(expected)["n"] == after


def test_nothing_to_do() -> None:
    """A value that is there already costs no edit."""
    assert rewritten(BLOCK, "n", [EN, FR, NL]) == BLOCK


FRAMES = [
    "# top\nspec:\n  o: 'x' # o\n  n: {value}  # n\n  # between\n  m: [1, 2]\n# end\n",
    "spec: {{o: x, n: {value}, m: [1, 2]}} # n\n",
    "spec:\r\n    n: {value}\r\n    m: 1 # m\r\n",
    "spec:\n  n:\n    {value}\n  m: 1\n",
]
STARTS = ["Leeds", '"Leeds"', "'Leeds'", "null", "12", "true"]
LINES = "spec:\n  n: {value} # n\n    a\n    b\n  m: 1 # m\n"


def _framed() -> st.SearchStrategy[str]:
    scalars = st.builds(
        lambda frame, value: frame.format(value=value), st.sampled_from(FRAMES), st.sampled_from(STARTS)
    )
    return scalars | st.sampled_from([LINES.format(value=sign) for sign in ("|", "|-", "|+", ">", ">-", "|2")])


@given(
    _framed(), st.text() | st.integers(-(10**12), 10**12) | st.booleans() | st.none() | st.floats(-1e9, 1e9, width=32)
)
@example("spec:\n  n: |\n    a\n", "c\n\n")
@example("spec:\n  n: |+\n    a\n\n", "c\nd")
@example(FRAMES[1].format(value="x"), "a: b")
def test_any_value(content: str, after: Any) -> None:
    """Whatever a vendor holds is read back as it is, or said to be unwritable; all else is what it was."""
    try:
        new = rewritten(content, "n", after)
    except Unwritable:
        assert not isinstance(after, str) or forbidden(after) is not None
        return
    before, now = loaded(content), loaded(new)
    found = now.pop("n")
    assert found == after and isinstance(found, bool) is isinstance(after, bool)
    before.pop("n")
    assert json.dumps(now) == json.dumps(before)
    assert comments(new) == comments(content)


ITEMS = st.lists(st.sampled_from(["a", "b", "c", "d, e", "07", "- f", "# g"]), max_size=5, unique=True)


@given(ITEMS.filter(bool), ITEMS.filter(bool), st.sampled_from(["block", "bare", "flow", "broken"]))
def test_any_list(before: list[str], after: list[str], how: str) -> None:
    """From any items to any others: what is read back is those, and what stands around them is what it was."""
    spelled = [json.dumps(item) for item in before]
    texts = {
        "block": "\n" + "".join(f"    - {item} # x\n" for item in spelled),
        "bare": "\n" + "".join(f"  - {item}\n" for item in spelled),
        "flow": f" [{', '.join(spelled)}] # all\n",
        "broken": " [\n      " + ",\n      ".join(spelled) + "\n    ]\n",
    }
    content = f"# top\nspec:\n  n:{texts[how]}  m: 1 # m\n"
    new = rewritten(content, "n", after)
    assert loaded(new) == {"n": after, "m": 1}
    assert comments(new)[0] == "# top" and comments(new)[-1] == "# m"
