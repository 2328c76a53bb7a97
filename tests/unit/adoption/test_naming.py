"""Names of imported manifests: readable, valid, each once, and the same whatever the order."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import schema
from reconciler.adoption.naming import folded, named, place_of
from reconciler.model import NAME_PATTERN, Address, Observed

REGISTRY = schema.load()
VALID = re.compile(rf"{NAME_PATTERN}\Z")


def location(name: str, id: str = "xd3S6", connection: str = "optimum") -> Observed:
    """A live Location."""
    return Observed("optimum/Location", connection, id, {"name": name, "country_code": "BE"})


def names(*objects: Observed, taken: Sequence[str] = ()) -> list[str]:
    """The names that objects get, in their order."""
    addresses = named(objects, REGISTRY, [Address("optimum", "Location", name) for name in taken])
    return [addresses[place_of(o)].name for o in objects]


FOLDED = {
    "Acme Leeds": ("acme-leeds", "words joined by a dash"),
    "  Acme   Leeds  ": ("acme-leeds", "no dashes at the ends, and one between two words"),
    "Café d'Été": ("cafe-dete", "accents and apostrophes go"),
    "Zürich": ("zurich", "an umlaut loses its dots"),
    "Straße": ("strasse", "a letter that has a Latin spelling gets it"),
    "Łódź & Ørsted": ("lodz-orsted", "letters that are no accents"),
    "İstanbul": ("istanbul", "a letter whose lower case has two parts"),
    "Marks & Spencer (Leeds)": ("marks-spencer-leeds", "marks part words"),
    "0042": ("0042", "digits are a name"),
    "../../etc/passwd": ("etc-passwd", "no way up"),
    "C:\\Windows": ("c-windows", "no drive"),
    "a\x00b\u202ec": ("a-b-c", "nothing that cannot be seen"),
    "ﬁve Ⅳ ①": ("five-iv-1", "compatible letters are spelled out"),
    "北京": ("", "no Latin letter at all"),
    "...": ("", "nothing but marks"),
}


@pytest.mark.parametrize(
    ("text", "expected"), [(t, n) for t, (n, _) in FOLDED.items()], ids=[r for _, r in FOLDED.values()]
)
def test_folding(text: str, expected: str) -> None:
    """A vendor's text in the letters of a name."""
    assert folded(text) == expected


CASES = [
    ([location("Leeds", "a1"), location("York", "b2")], ["leeds", "york"], "a name is the object's own"),
    ([location("Leeds", "a1"), location("leeds ", "b2")], ["leeds-a1", "leeds-b2"], "who shares one has its id too"),
    ([location("Leeds", "aB"), location("Leeds", "Ab")], None, "ids that differ in case alone are told apart"),
    ([location("Leeds", "a", "one"), location("Leeds", "a", "two")], None, "so are equal ids of two connections"),
    ([location("Leeds", "1"), location("Leeds", "2"), location("Leeds 1", "3")], None, "a suffix is another's name"),
    ([location("北京", "xd3S6")], ["location-xd3s6"], "without a Latin letter the id is the name"),
    ([location("北京 Store", "xd3S6")], ["store-xd3s6"], "where letters are lost, the id makes up for them"),
    ([location("CON", "a1")], ["location-con"], "Windows has no file of this name"),
    ([location("lpt1", "a1")], ["location-lpt1"], "nor of this one"),
    ([location("\u202e", "\u202e")], None, "nothing readable at all"),
    ([location("x" * 500, "a1")], ["x" * 80], "a name ends somewhere"),
    ([location("word " * 50, "a1")], [("word-" * 16)[:-1]], "between two words, where there are any"),
]  # fmt: skip


@pytest.mark.parametrize(("objects", "expected"), [c[:2] for c in CASES], ids=[c[2] for c in CASES])
def test_names(objects: list[Observed], expected: list[str] | None) -> None:
    """Each object gets a valid name of its own, and the same one in whatever order they come."""
    found = names(*objects)
    assert expected is None or found == expected
    assert len(set(found)) == len(found)
    assert all(VALID.match(name) for name in found)
    assert names(*reversed(objects)) == found[::-1]


def test_a_taken_name_is_taken() -> None:
    """What another manifest is called gets the id behind it; a later run finds the same name free again."""
    assert names(location("Leeds", "a1"), taken=["leeds"]) == ["leeds-a1"]
    assert names(location("Leeds", "a1"), taken=["leeds", "leeds-a1"])[0].startswith("leeds-")
    assert names(location("Leeds", "a1"), location("York", "b2"), taken=["york"]) == ["leeds", "york-b2"]


def test_a_persons_contact_is_no_name() -> None:
    """A name goes into paths, plans and logs: it says nothing of somebody."""
    person = Observed("optimum/Subscriber", "optimum", "hY7sd", {"email": "ada@example.org", "locations": ["a"]})
    assert named([person], REGISTRY)[place_of(person)].name == "subscriber-hy7sd"


@given(
    st.lists(st.tuples(st.text(max_size=12), st.text(min_size=1, max_size=4)), unique_by=lambda one: one[1], max_size=8)
)
def test_any_text_has_a_name(objects: list[tuple[str, str]]) -> None:
    """Valid, each once, independent of the order, and safe as a file's name."""
    live = [location(name, id) for name, id in objects]
    found = names(*live)
    assert len(set(found)) == len(live)
    assert all(VALID.match(name) and "." not in name for name in found)
    assert names(*live[::-1]) == found[::-1]
