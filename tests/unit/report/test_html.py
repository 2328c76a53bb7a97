"""The HTML file: complete in itself, the same bytes for the same plan, its parts told from values."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest

from reconciler.model import Action, Address, Change
from reconciler.report.html.chart import MOST_RUNS, chart
from reconciler.report.html.comparison import Part, compared, marked
from reconciler.report.html.drift_page import drift_html
from reconciler.report.html.graph import MOST_BOXES, drawing
from reconciler.report.html.plan_page import plan_html
from reconciler.report.past import Past
from tests.unit.report import samples as s

PAST = tuple(Past(1_780_000_000 + n * 86_400, "apply", 0, {"added": n, "drifted": n % 3, "gone": 0}) for n in range(6))


def stores(count: int, chained: bool = True) -> tuple[Change, ...]:
    """So many stores, each a Site and a Location that depends on it."""
    changes = []
    for number in range(count):
        site = Address("customersure", "Site", f"store-{number}")
        tie = (site,) if chained else ()
        changes.append(s.change(site, Action.CREATE, after={"name": f"Store {number}"}))
        location = Address("optimum", "Location", f"store-{number}")
        changes.append(s.change(location, Action.CREATE, after={"name": f"Store {number}"}, depends_on=tie))
    return tuple(changes)


@pytest.mark.parametrize("page", [plan_html(s.EVERYTHING, s.REGISTRY, past=PAST), drift_html(s.EVERYTHING, s.REGISTRY)])
def test_the_policy_allows_this_style_and_this_script_alone(page: str) -> None:
    """Everything is forbidden but the two, by their digests; nothing is loaded, no attribute runs anything."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert found is not None
    policy = found[1].replace("&#39;", "'").replace("&#43;", "+")
    assert policy.startswith("default-src 'none'; ")
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert not re.search(r"<[^>]*\s(on[a-z]+|style|src|srcset)=", page.partition("<body>")[2].partition("<script>")[0])
    assert "http://" not in page and "https://" not in page and "@import" not in page and "url(" not in page


def test_the_same_plan_gives_the_same_bytes() -> None:
    """No clock, no chance, whatever order the plan was made in."""
    shuffled = replace(s.EVERYTHING, changes=s.EVERYTHING.changes[::-1], drift=s.EVERYTHING.drift[::-1])
    assert plan_html(shuffled, s.REGISTRY, past=PAST) == plan_html(s.EVERYTHING, s.REGISTRY, past=PAST)


def test_the_plan_page_says_everything() -> None:
    """Totals, losses, guards, blocks, errors, drift, unmanaged objects, requests, the next command."""
    page = plan_html(s.EVERYTHING, s.REGISTRY, saved="my.plan", past=PAST)
    for said in (
        "2 to add, 1 to change, 2 to destroy", "1,234", "--allow-data-loss X", "several live objects match (b, a)",
        "RCN0501: the list of sites does not add up", "Live objects that moved since the last apply", "Place 6",
        "reconciler apply my.plan", "enco: the list has 100 entries", "Recorded runs",
        "<del>8EQ</del>", "<ins>9ZZ</ins>", "forces replacement", "acme-feedback", "staging",
    ):  # fmt: skip
        assert said in page, said


def test_unchanged_addresses_are_counted_and_not_listed() -> None:
    """Ten thousand objects without a change make no longer page than one."""
    still = [replace(s.STILL, address=Address("customersure", "Site", f"s{n}")) for n in range(10_000)]
    page = plan_html(s.plan(*still), s.REGISTRY)
    assert "10,000 addresses are unchanged and not listed" in page
    assert len(page) < 60_000


def test_a_page_of_very_many_cards_keeps_their_insides_as_text() -> None:
    """A browser builds a card of a long report when it is opened; one without scripts sees all of them."""
    assert "<noscript>" not in plan_html(s.plan(*stores(10)), s.REGISTRY)
    page = plan_html(s.plan(*stores(300)), s.REGISTRY)
    assert page.count("<noscript>") == page.count("</noscript>") == page.count('<details class="card') == 600


# --- comparing ----------------------------------------------------------------------------------------------------

MARKED = [
    ("LS1 8EQ", "LS1 9ZZ", "LS1 [8EQ]", "LS1 [9ZZ]", "the words that differ"),
    ("Acme Leeds", "Acme Leeds Central", "Acme Leeds", "Acme Leeds[ Central]", "what was added"),
    ("a", "b", "[a]", "[b]", "all of it"),
    ("one two three", "one 2 three", "one [two] three", "one [2] three", "the same end"),
    ("a a", "a a a", "a a", "a a[ a]", "repeated words are not counted twice"),
]


@pytest.mark.parametrize(("before", "after", "left", "right", "reason"), MARKED)
def test_what_differs_is_marked(before: str, after: str, left: str, right: str, reason: str) -> None:
    """Whole words between the same start and the same end."""

    def spelled(parts: tuple[Part, ...]) -> str:
        return "".join(f"[{part.text}]" if part.mark else part.text for part in parts)

    old, new = marked(before, after)
    assert (spelled(old), spelled(new)) == (left, right), reason


def test_lists_are_compared_item_by_item() -> None:
    """What goes, what comes, how many stay; the order of a set does not count."""
    field = s.REGISTRY.get("enco/Survey").fields["questions"]
    sides = compared(s.REPLACE.fields[0], field)
    assert [(item.sign, item.text[:20]) for item in sides.items] == [
        ("-", '{ language = "fr", b'),
        ("+", '{ language = "fr", b'),
    ]
    assert sides.kept == 1


# --- the graph ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "boxes"), [(3, 6), (40, 2), (500, 2)])
def test_alike_addresses_are_one_box(count: int, boxes: int) -> None:
    """A small graph is drawn as it is; a chain of stores is two boxes, however long it is."""
    found = drawing(stores(count), {})
    assert len(found.boxes) == boxes
    assert sum(box.count for box in found.boxes) == 2 * count
    assert len(found.curves) == boxes // 2


def test_what_depends_on_nothing_is_counted() -> None:
    """Changes without ties are not drawn."""
    found = drawing(stores(5, chained=False), {})
    assert (found.boxes, found.alone) == ((), 10)


def test_every_box_stands_right_of_what_it_depends_on() -> None:
    """Columns follow the dependencies, and no two boxes lie on each other."""
    names = [Address("optimum", "Location", f"l{n}") for n in range(10)]
    chain = [
        s.change(a, Action.UPDATE, id="x", depends_on=tuple(names[max(n - 1, 0) : n])) for n, a in enumerate(names)
    ]
    found = drawing(chain, {})
    assert [box.x for box in found.boxes] == sorted(box.x for box in found.boxes)
    assert len({(box.x, box.y) for box in found.boxes}) == len(found.boxes) == 10


def test_a_graph_of_a_thousand_different_nodes_is_folded() -> None:
    """Where few are alike, kinds are folded further, until a person can read it."""
    survey = Address("enco", "Survey", "s0")
    changes = [s.change(survey, Action.UPDATE, id="0")]
    for n in range(1, 1_000):
        tie = (Address("enco", "Survey", f"s{(n - 1) // 2}"),)
        changes.append(s.change(Address("enco", "Survey", f"s{n}"), Action.CREATE, depends_on=tie))
    found = drawing(changes, {})
    assert 0 < len(found.boxes) <= MOST_BOXES
    assert sum(box.count for box in found.boxes) == 1_000


def test_unchanged_neighbours_are_drawn_and_others_are_not() -> None:
    """What a change depends on is seen, also where it does not change itself."""
    site, far = (replace(s.STILL, address=Address("customersure", "Site", name)) for name in ("near", "far"))
    change = s.change(s.LEEDS, Action.CREATE, after={}, depends_on=(site.address,))
    found = drawing((site, far, change), {s.LEEDS: "c1"})
    assert [(box.label, box.tally, box.anchor) for box in found.boxes] == [
        ("near", "still", ""),
        ("leeds", "create", "c1"),
    ]


# --- the chart ----------------------------------------------------------------------------------------------------


def test_no_runs_no_chart() -> None:
    """A project that never wrote has no history."""
    assert chart((), 3) is None


def test_the_chart_has_a_bar_a_run_and_one_for_now() -> None:
    """Drift where it was recorded, a dash where it was not; the table says the same."""
    runs = (Past(0, "apply", 0, {"added": 2}), Past(86_400, "apply", 9, {"changed": 1, "drifted": 3, "gone": 1}))
    found = chart(runs, 2)
    assert found is not None
    titles = [bar.title for bar in found.bars]
    assert "1970-01-01 00:00: drift was not recorded" in titles
    assert "1970-01-02 00:00: 4 drifted" in titles and "now: 2 drifted" in titles
    assert [(line.ended, line.drift, line.wrote) for line in found.lines] == [
        ("exit 9", "4", "1 changed"), ("exit 0", "not recorded", "2 added")
    ]  # fmt: skip


def test_the_chart_is_of_the_last_runs() -> None:
    """Earlier ones are counted."""
    found = chart(tuple(Past(n * 3600, "apply", 0) for n in range(100)), 0)
    assert found is not None and (len(found.lines), found.earlier) == (MOST_RUNS, 100 - MOST_RUNS)
