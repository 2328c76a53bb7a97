"""Which sites and locations are one store: what is beyond doubt is paired, what is near is told, the rest is left."""

from __future__ import annotations

import csv
import io
from pathlib import PurePosixPath

import pytest

from reconciler import schema
from reconciler.adoption.draft import Draft
from reconciler.adoption.pairing import Pair, paired
from reconciler.adoption.storesheet import Row, fits, sheet
from reconciler.model import Observed

REGISTRY = schema.load()


def site(code: str, name: str = "Somewhere", **more: str) -> Draft:
    """A site; its code is its id."""
    rtype = REGISTRY.get("customersure/Site")
    return Draft(Observed(rtype.kind, "customersure", code, {}), rtype, {"site_code": code, "name": name, **more})


def location(id: str, name: str = "Elsewhere", country: str = "GB", **more: str) -> Draft:
    """A location."""
    rtype = REGISTRY.get("optimum/Location")
    spec = {"name": name, **more, "country_code": country}
    return Draft(Observed(rtype.kind, "optimum", id, {}), rtype, spec)


CASES: list[tuple[list[Draft], list[tuple[str, str]], list[set[str]], str]] = [
    ([site("0042"), location("a", "0042 Acme Leeds")], [("0042", "a")], [], "the code is a word of the name"),
    ([site("LDS-1"), location("a", "Acme (LDS-1)")], [("LDS-1", "a")], [], "the code is some words of the name"),
    ([site("leeds"), location("a", "Leeds")], [("leeds", "a")], [], "the code is the name"),
    ([site("leeds", "Leeds Briggate"), location("a", "Acme Leeds")], [("leeds", "a")], [],
     "a code of letters in both names"),
    ([site("new", "Acme Newcastle"), location("a", "Acme New York")], [], [],
     "a code of letters in the one name alone"),
    ([site("1", "Café Zürich"), location("a", " CAFE  ZURICH")], [("1", "a")], [], "the names are equal, folded"),
    ([site("1", "Acme LS1 8EQ"), location("a", "Acme Leeds", postal_code="LS1 8EQ")], [("1", "a")], [],
     "the postcode, and a word of the name"),
    ([site("1", "Acme", city="9000"), location("a", "Acme Ghent", postal_code="9000")], [("1", "a")], [],
     "the postcode in whatever field"),
    ([site("1000", "Acme Paris"), location("a", "Acme Brussels", postal_code="1000")], [], [],
     "a code that happens to be a postcode"),
    ([site("1", "Best LS1 8EQ"), location("a", "Acme Leeds", postal_code="LS1 8EQ")], [], [], "a postcode alone"),
    ([site("12"), location("a", "Store 12")], [], [], "a short code says too little"),
    ([site("004"), location("a", "0042 Acme")], [], [], "a part of a word is none"),
    ([site("12345"), location("a", "Acme", address_line_1="Markt 12345")], [], [], "a house number is no code"),
    ([site("1", "Leeds"), location("a", "Leeds"), location("b", "leeds")], [], [{"1", "a", "b"}], "two locations"),
    ([site("1", "Leeds"), site("2", "Leeds"), location("a", "Leeds")], [], [{"1", "2", "a"}], "two sites"),
    ([site("0042", "York"), location("a", "0042 Leeds"), location("b", "York")], [], [{"0042", "a", "b"}],
     "the code says one, the name another"),
    ([site("1", "Leeds", country_code="NL"), location("a", "Leeds")], [], [{"1", "a"}], "another country"),
    ([site("1", "Acme Hull"), location("a", "Acme Hul")], [], [{"1", "a"}], "names that are only alike"),
    ([site("1", "Acme Hull"), location("a", "Waffle House")], [], [], "nothing in common"),
    ([site("1", "北京"), location("a", "東京")], [], [], "names without a Latin letter are not equal for that"),
    ([site("0042", "Leeds"), location("a", "Leeds 0042"), site("0043", "York"), location("b", "York")],
     [("0042", "a"), ("0043", "b")], [], "several pairs"),
]  # fmt: skip


@pytest.mark.parametrize(("drafts", "pairs", "near"), [c[:3] for c in CASES], ids=[c[3] for c in CASES])
def test_pairing(drafts: list[Draft], pairs: list[tuple[str, str]], near: list[set[str]]) -> None:
    """One to one and nothing against it, or not at all; the same in whatever order they come."""
    for given in (drafts, drafts[::-1]):
        found, misses = paired(given)
        assert [(one.site.observed.id, one.location.observed.id) for one in found] == pairs
        assert [{draft.observed.id for draft in (*miss.sites, *miss.locations)} for miss in misses] == near
        assert all(miss.message for miss in misses)


def rows(text: str) -> list[dict[str, str]]:
    """A table's rows."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_sheet() -> None:
    """A column a field, and one for each id; what both hold alike in every row is one column."""
    stores = [
        Row("0043", Pair(site("0043", "York", country_code="GB"), location("b", "York 0043"))),
        Row("0042", Pair(site("0042", "Leeds, North", city="Leeds", country_code="GB"), location("a", "Leeds 0042"))),
    ]
    document, table = sheet(stores, PurePosixPath("manifests/stores.csv"), frozenset())
    assert rows(table) == [
        {"name": "0042", "site_code": "0042", "site_name": "Leeds, North", "city": "Leeds", "country_code": "GB",
         "site_externalId": "0042", "location_name": "Leeds 0042", "location_externalId": "a"},
        {"name": "0043", "site_code": "0043", "site_name": "York", "city": "", "country_code": "GB",
         "site_externalId": "0043", "location_name": "York 0043", "location_externalId": "b"},
    ]  # fmt: skip
    assert document["spec"] == {
        "inputs": {"csv": "stores.csv"},
        "resources": [
            {"apiVersion": "customersure/v1", "kind": "Site",
             "metadata": {"name": "${input.name}", "externalId": "${input.site_externalId}"},
             "spec": {"site_code": "${input.site_code}", "name": "${input.site_name}", "city": "${input.city}",
                      "country_code": "${input.country_code}"}},
            {"apiVersion": "optimum/v1", "kind": "Location",
             "metadata": {"name": "${input.name}", "externalId": "${input.location_externalId}"},
             "spec": {"name": "${input.location_name}", "country_code": "${input.country_code}"}},
        ],
    }  # fmt: skip


def test_equal_cells_of_different_fields_are_two_columns() -> None:
    """A city that is called as its region is does not become the region's column."""
    stores = [Row("x", Pair(site("0042", "Acme", city="Luxembourg", region="Luxembourg"), location("a", "Acme")))]
    _, table = sheet(stores, PurePosixPath("stores.csv"), frozenset({"optimum"}))
    [row] = rows(table)
    assert row == {
        "name": "x", "site_code": "0042", "site_name": "Acme", "city": "Luxembourg", "region": "Luxembourg",
        "country_code": "GB", "site_externalId": "0042", "connection": "optimum", "location_externalId": "a",
    }  # fmt: skip


FITTING = [
    ("Acme Leeds", True, "plain text"),
    ("=1+1", False, "a spreadsheet would reckon"),
    ("+44 Store", False, "with a plus as well"),
    ("@sum", False, "and so it would with this"),
    ("＝1+1", False, "the wide sign counts as the narrow one"),
    (" =1+1", False, "blanks before it are passed over"),
    ("Acme;=1+1", False, "where cells are parted by semicolons, this is two of them"),
    ("Acme\n=1+1", False, "a line that stands alone where quotes are not understood"),
    ("Acme = best", True, "a sign within a text is text"),
    ("Saint-Denis; north", True, "and so is a semicolon"),
    ("a\r\nb", False, "line ends change on the way"),
    ("a\nb", True, "a line break alone is kept in quotes"),
    ('"x", y', True, "quotes and commas are the table's own business"),
]


@pytest.mark.parametrize(("name", "expected"), [f[:2] for f in FITTING], ids=[f[2] for f in FITTING])
def test_what_a_table_can_hold(name: str, expected: bool) -> None:
    """Texts that a spreadsheet gives back as they are."""
    assert fits(Pair(site("0042", name), location("a"))) is expected
