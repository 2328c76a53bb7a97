"""The one form of a text: it says the same in every value and every comment, and has no other form itself."""

from __future__ import annotations

import pytest
from hypothesis import example, given

from reconciler.document import from_string, read
from reconciler.document.formatting import comments, formatted, reformatted, said
from reconciler.document.text import decode
from reconciler.errors import Problems, ReconcilerError
from tests.fuzz import yaml_text
from tests.fuzz.tape import Tape, tapes

CASES = [
    ("a level is two spaces", "a:\n      b: 1\n", "a:\n  b: 1\n"),
    ("a list is two spaces in from its key", "a:\n- b\n-   c\n", "a:\n  - b\n  - c\n"),
    ("also one that was further in", "a:\n     - b\n", "a:\n  - b\n"),
    ("behind a list comes a key", "a:\n- b: 1\n  c:\n  - d\ne: 2\n", "a:\n  - b: 1\n    c:\n      - d\ne: 2\n"),
    ("a list in a list", "a:\n- - b\n  - c\n- d\n", "a:\n  - - b\n    - c\n  - d\n"),
    ("a dash alone in its line", "a:\n -\n     b: 1\n", "a:\n  -\n    b: 1\n"),
    ("one space behind a colon, none before", "a  :   b\nc:\td\n", "a: b\nc: d\n"),
    ("brackets", "a: { b : [ 1,2 ,3 ],c: {} }\n", "a: {b: [1, 2, 3], c: {}}\n"),
    ("a comma at the end stays", "a: [ b , ]\n", "a: [b,]\n"),
    ("brackets over lines", "a:\n    b: [\n        c,\n\n\n        d]\n", "a:\n  b: [\n      c,\n\n      d]\n"),
    ("but never come out of their key", "a:\n  b: [\nc,\n d]\n", "a:\n  b: [\n    c,\n    d]\n"),
    ("single quotes become double ones", "a: 'b c'\n'd': 'it''s'\n", 'a: "b c"\n"d": "it\'s"\n'),
    ("but not where something had to be escaped", "a: 'say \"x\"'\nb: 'c\\d'\n", "a: 'say \"x\"'\nb: 'c\\d'\n"),
    ("quotes are neither taken nor given", 'a: "plain"\nb: 07\n', 'a: "plain"\nb: 07\n'),
    ("no space at a line's end", "a: b   \n# c  \n", "a: b\n# c\n"),
    ("at most one blank line", "\n\na: b\n\n\n\nc: d\n\n\n", "a: b\n\nc: d\n"),
    ("a line break at the end", "a: b", "a: b\n"),
    ("LF", "a:\r\n  - b # c\r\n\r\n  - |\r\n    d\r\n", "a:\n  - b # c\n\n  - |\n    d\n"),
    ("markers", "---\na: 1\n---   # two\na: 2\n...\n", "---\na: 1\n---   # two\na: 2\n...\n"),
    ("a mapping behind a marker", "--- {a:   1}\n", "--- {a: 1}\n"),
    ("a directive", "%YAML 1.2\n---\na:   1\n", "%YAML 1.2\n---\na: 1\n"),
    ("anchors and aliases", "a: &x   {b: 1}\nc:   *x\n", "a: &x {b: 1}\nc: *x\n"),
    ("a key with a question mark", "? a\n:   b\n", "? a\n: b\n"),
    ("a value on the next line", "a:\n      b\n", "a:\n  b\n"),
    ("a text over lines is not folded anew", "a: b\n     c\n\n     d\n", "a: b\n  c\n\n  d\n"),
    ("nor one in quotes", 'a: "b \\\n        c\n     d\\ \n     e"\n', None),
    ("a block moves with its key", "a:\n    b: |\n        c\n\n          d\n", "a:\n  b: |\n    c\n\n      d\n"),
    ("an indentation that is said", "a:\n    b: |4\n          c\n        d\n", "a:\n  b: |2\n      c\n    d\n"),
    ("a space at the end of a block's line is text", "a: |\n    b  \n    c\n", "a: |\n  b  \n  c\n"),
    ("a line of spaces in a block is text", "a: |\n    b\n       \nc: 1\n", "a: |\n  b\n     \nc: 1\n"),
    ("blank lines that a block keeps", "a: |+\n  b\n\n\nc: 1\n", "a: |+\n  b\n\n\nc: 1\n"),
    ("blank lines behind a block that does not", "a: |-\n  b\n\n\n\nc: 1\n", "a: |-\n  b\n\nc: 1\n"),
    ("a block without a last line break", "a: |\n  b", "a: |\n  b"),
    ("a folded block", "a: >-  # why\n     b\n     c\n", "a: >-  # why\n  b\n  c\n"),
    ("nothing", "", ""),
    ("comments alone", "  # a\n\n\n# b", "# a\n\n# b\n"),
]  # fmt: skip

COMMENTED = """\
  # head

---   # marker
   # before the first key
a:   # behind a key
       # before a list
    - b   # behind an item
       # before a key of an item
    # between items
    - c:   # behind a key in a list
          d   # behind a value
      e: |   # in a header
            text
            # text as well

      # behind a block
    # at the list's end
  # between a list and the next key
f: [ # behind a bracket
       1 ,   # behind a comma
     # in brackets
       2   # behind the last
     # before a bracket closes
   ]   # behind brackets
g:
      h: 1
      # at a mapping's end
# at the margin
   # at the end
"""
IN_FORM = """\
# head

---   # marker
# before the first key
a:   # behind a key
  # before a list
  - b   # behind an item
  # before a key of an item
  # between items
  - c:   # behind a key in a list
      d   # behind a value
    e: |   # in a header
      text
      # text as well

    # behind a block
  # at the list's end
# between a list and the next key
f: [ # behind a bracket
       1,   # behind a comma
     # in brackets
       2   # behind the last
     # before a bracket closes
   ]   # behind brackets
g:
  h: 1
  # at a mapping's end
# at the margin
# at the end
"""


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_text(before: str, after: str | None) -> None:
    """A text has its form, which says the same and is its own."""
    form = formatted(before)
    assert form == (form if after is None else after)
    assert formatted(form) == form
    assert said(from_string(form, "a.yaml")) == said(from_string(before, "a.yaml"))


def test_comments_at_every_place() -> None:
    """A comment goes with the lines it stood in line with, and none is lost."""
    assert formatted(COMMENTED) == IN_FORM
    assert formatted(IN_FORM) == IN_FORM
    assert comments(COMMENTED) == comments(IN_FORM)
    assert len(comments(COMMENTED)) == COMMENTED.count("#") - 1


def test_our_own_examples_are_in_form() -> None:
    """What we show people is what fmt would write."""
    from tests.cli.desk import ROOT

    files = sorted((ROOT / "examples").rglob("*.yaml"))
    wrong = [file.name for file in files if ".github" not in file.parts and _unformed(file.read_text("utf-8"))]
    assert files and wrong == []


def _unformed(text: str) -> bool:
    reading = read(from_string(text, "a.yaml"))
    ours = any(str(document.value.get("apiVersion", "")).count("/") == 1 for document in reading.documents)
    return ours and formatted(text) != text


# --- any text -------------------------------------------------------------------------------------------------------

WORDS = [
    "a",
    "Leeds",
    "'b c'",
    '"d: e"',
    "null",
    "true",
    "-1.50",
    "'it''s'",
    "x # no",
    "a#b",
    "http://x",
    '"\\u00e9"',
    "é",
]
ENDS = ["\n", "\n", "  \n", " # c\n", "   # d  \n", "\n\n", "\n\n\n", "\n# e\n", "\n      # f\n", "\n  # g\n\n"]


def laid_out(tape: Tape) -> str:
    """A mapping in a layout that nobody would choose."""
    text = tape.pick(["", "# head\n", "\n\n", "---\n", "--- # m\n"])
    text += "".join(f"{key}:{_value(tape, 0, 3)}" for key in ("k", "'l'", '"m"', "n")[: 1 + tape.below(4)])
    return text.replace("\n", "\r\n") if tape.rarely() else text


def _value(tape: Tape, column: int, depth: int) -> str:
    """What follows a colon, to its line's end; ``column`` is that of the key."""
    sort = tape.below(8) if depth else tape.below(3)
    inner = column + 1 + tape.below(5)
    pad = " " * inner
    if sort < 2:
        return f"{' ' * (1 + tape.below(3))}{_word(tape)}{tape.pick(ENDS)}"
    if sort == 2:
        return f" {_flow(tape, 2, pad)}{tape.pick(ENDS)}"
    if sort == 3:
        head = tape.pick(["|", "|-", "|+", ">", ">-", "| # h", ">+"])
        lines = [pad + tape.pick(["t", "# t", "  t", "t  ", "- t", "k: v"]) for _ in range(1 + tape.below(3))]
        lines[0] = pad + "t"
        return f" {head}\n" + "\n".join(lines) + "\n" + tape.pick(["", "", "\n", "\n\n", f"{' ' * column}# b\n"])
    if sort == 4:
        return f" t\n{pad}u\n\n{pad}v{tape.pick(ENDS)}"
    if sort < 7:
        dash = " " * (column if tape.below(2) else inner)
        items = [f"{dash}-{_item(tape, len(dash), depth - 1)}" for _ in range(1 + tape.below(3))]
        return tape.pick(ENDS) + "".join(items)
    return tape.pick(ENDS) + "".join(
        f"{pad}{key}:{_value(tape, inner, depth - 1)}" for key in "ab"[: 1 + tape.below(2)]
    )


def _item(tape: Tape, column: int, depth: int) -> str:
    gap = 1 + tape.below(3)
    if not depth or tape.below(2):
        return f"{' ' * gap}{_word(tape)}{tape.pick(ENDS)}"
    inner = column + 1 + gap
    first = f"{' ' * gap}a:{_value(tape, inner, depth - 1)}"
    return first + (f"{' ' * inner}b:{_value(tape, inner, depth - 1)}" if tape.below(2) else "")


def _word(tape: Tape) -> str:
    return tape.pick(WORDS).partition(" #")[0]


def _flow(tape: Tape, depth: int, pad: str) -> str:
    """Brackets, in lines or in one."""
    if not depth:
        return tape.pick(["a", "'b c'", '"d"', "1", "null"])
    gap = tape.pick(["", " ", "", "  ", f"\n{pad}", f" # c\n{pad}  ", f"\n\n{pad}# d\n{pad}"])
    parts = [_flow(tape, depth - 1, pad) for _ in range(tape.below(4))]
    if tape.below(2):
        return "[" + gap + f"{gap},{gap}".join(parts) + gap + "]"
    return (
        "{"
        + gap
        + f"{gap},{gap}".join(f"k{number}:{gap or ' '}{part}" for number, part in enumerate(parts))
        + gap
        + "}"
    )


@given(tapes(240).map(laid_out))
@example("k:\n- a: |+\n   t\n\n\n  b: 1\n")
def test_any_layout(text: str) -> None:
    """However somebody laid it out, the form says the very same, comments included, and is its own form."""
    source = from_string(text, "a.yaml")
    assert read(source).faults == (), text
    form = formatted(source.content)
    assert said(from_string(form, "a.yaml")) == said(source)
    assert formatted(form) == form


@given(tapes(300).map(yaml_text.grown))
def test_any_yaml(data: bytes) -> None:
    """Also of what the grammar can grow: anchors, tags, directives, markers, whatever the strict reading lets pass."""
    try:
        text = decode(data, "a.yaml")
        if read(text).faults:
            return
    except Problems:
        return
    form = reformatted(text)
    assert said(from_string(form, "a.yaml")) == said(text)
    assert formatted(form) == form


SLIPS = {
    "a: 1\nb: 3 # c\n": "another value",
    "a: 1\nb: 2.5 # c\n": "a value of another type",
    "a: 1\nb: 2\n": "a comment less",
    "a: 1 # c\nb: 2 # c\n": "a comment more",
    "b: 2 # c\na: 1\n": "another order",
    "a: [\n": "no YAML",
}


@pytest.mark.parametrize("slip", SLIPS, ids=SLIPS.values())
def test_a_form_that_says_something_else_is_refused(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a slip of ours would change is noticed before it is written."""
    monkeypatch.setattr("reconciler.document.formatting.formatted", lambda _: slip)
    with pytest.raises(ReconcilerError) as caught:
        reformatted(from_string("a: 1\nb: 2 # c\n", "a.yaml"))
    assert caught.value.code == "RCN0194"
