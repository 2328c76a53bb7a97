"""Where the parts of a document stand."""

from reconciler.document import Places, from_string, read

CONTENT = """\
first: 1
---
# the second
a: one
list:
  - x: 1
    y: "two words"
  - z
map: {k: v, "q": [1, 2]}
anchored: &it {in: side}
copied: *it
text: |
  lines
"""


def places() -> Places:
    return Places(read(from_string(CONTENT, "x.yaml")).documents[1])


def test_keys_and_values_are_found_by_path() -> None:
    """Line and column count from the file's first line; the span covers the key or the scalar."""
    found = places()
    assert [(p.line, p.column, p.span) for p in (found.key(("a",)), found.value(("a",)))] == [(4, 1, 1), (4, 4, 3)]
    assert (found.value(("list", 0, "y")).line, found.value(("list", 0, "y")).raw) == (7, '"two words"')
    assert (found.key(("list", 1)).line, found.key(("list", 1)).column) == (8, 5)
    assert (found.value(("map", "q", 1)).column, found.value(("map", "q", 1)).raw) == (22, "2")
    assert (found.key(("map", "q")).span, found.key(("text",)).line) == (3, 12)


def test_a_list_or_mapping_is_pointed_at_by_its_key() -> None:
    """The value of a key that holds a block has no text of its own."""
    assert places().value(("list",)) == places().key(("list",))


def test_what_is_not_there_is_pointed_at_where_it_should_be() -> None:
    """A missing part is told at the nearest part that holds it; in an alias, at the alias."""
    found = places()
    assert found.key(("list", 0, "missing")).line == 6
    assert found.key(("nothing",)).line == 4
    assert found.value(("copied",)).raw == "*it"
    assert found.key(("copied", "in")).line == 11
