"""The graph of dependencies as text for other programs."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from reconciler.model import Action, Address, Change, Desired, Plan, Selection, Source
from reconciler.report.dependencies import (
    Graph,
    declared,
    dot_text,
    graph_document,
    mermaid_text,
    planned,
    svg_text,
)
from reconciler.report.document import dumps

SITE, LOCATION, ALONE = (
    Address("customersure", "Site", "leeds"),
    Address("optimum", "Location", "leeds"),
    Address("enco", "Survey", "waffles"),
)


def desired(address: Address, *needs: Address) -> Desired:
    """A manifest that depends on others."""
    return Desired(address, address.provider, {}, Source("m.yaml", 3), depends_on=needs)


MANIFESTS = [desired(SITE), desired(LOCATION, SITE), desired(ALONE)]


def graph(selected: set[Address] | None = None) -> Graph:
    """The graph of three manifests."""
    return declared("acme", "staging", MANIFESTS, lambda address: selected is None or address in selected)


def test_dot() -> None:
    """Each address once, and an edge from what depends to what it depends on."""
    text = dot_text(graph())
    assert text.startswith('digraph "Dependencies of acme (staging)" {\n')
    assert '  "optimum/Location/leeds" -> "customersure/Site/leeds";\n' in text
    assert '  "enco/Survey/waffles" [label = "enco/Survey\\nwaffles", color = "#636873"];\n' in text
    assert text.count("->") == 1


def test_mermaid() -> None:
    """Nodes go by numbers, so that no name can be one of Mermaid's words; labels stand in quotes."""
    text = mermaid_text(graph())
    assert text.splitlines()[:5] == [
        "flowchart RL",
        '  n1["customersure/Site<br>leeds"]',
        '  n2["enco/Survey<br>waffles"]',
        '  n3["optimum/Location<br>leeds"]',
        "  n3 --> n1",
    ]


def test_what_is_selected_comes_with_what_it_needs() -> None:
    """All that a selected address depends on is drawn beside it, and marked as not selected."""
    found = graph({LOCATION})
    assert [(node.address, node.selected) for node in found.nodes] == [(SITE, False), (LOCATION, True)]
    assert "dashed" in dot_text(found)
    assert graph({SITE}).edges == ()


def test_a_plans_actions() -> None:
    """With a plan each node says what happens to it, in its colour."""
    changes = (
        Change(SITE, "customersure", Action.CREATE, "not_recorded"),
        Change(LOCATION, "optimum", Action.DELETE, "not_declared", depends_on=(SITE, Address("x", "Y", "elsewhere"))),
    )
    plan = Plan("acme", None, Selection(), None, "", changes)
    found = planned(plan, lambda _: True)
    text = dot_text(found)
    assert '"customersure/Site/leeds" [label = "customersure/Site\\nleeds\\ncreate", color = "#17724a"];' in text
    assert "leeds\\ndelete" in text and "elsewhere" not in text
    assert [node["action"] for node in json.loads(dumps(graph_document(found)))["nodes"]] == ["create", "delete"]  # type: ignore[call-overload, index]
    assert 'class="box t-create"' in svg_text(found)


def test_a_picture_is_a_file_of_its_own() -> None:
    """The SVG is well-formed, draws what nothing depends on too, and asks nobody for anything."""
    text = svg_text(graph())
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(re.findall(r'class="name"', text)) == 3
    assert not re.search(r"(href|src|url\(|@import|<script)", text)


def test_many_alike_are_folded_in_a_picture() -> None:
    """A thousand stores are one box in the picture, and a thousand nodes in the text."""
    names = [f"store-{number}" for number in range(1000)]
    manifests = [
        one
        for name in names
        for one in (
            desired(Address("customersure", "Site", name)),
            desired(Address("optimum", "Location", name), Address("customersure", "Site", name)),
        )
    ]
    found = declared("acme", None, manifests, lambda _: True)
    assert svg_text(found).count('class="front"') == 2
    assert dot_text(found).count("->") == 1000


@pytest.mark.parametrize("name", ['a"b', "a\\", "<b>", "a\nb", "a#b;", "end", "a]b", "`a`", "\u202eb"])
def test_no_name_breaks_out(name: str) -> None:
    """Whatever a name holds, it stays a label."""
    odd = Address("optimum", "Location", name)
    found = declared("acme", None, [desired(odd), desired(SITE, odd)], lambda _: True)
    label = mermaid_text(found).splitlines()[2]
    assert re.fullmatch(r'  n2\["optimum/Location<br>[\w/.\- ;#\\{}+]*"\]', label), label
    dot = dot_text(found)
    assert len(dot.splitlines()) == 7
    assert all(line.endswith((";", "{", "}")) for line in dot.splitlines())
    ElementTree.fromstring(svg_text(found))
    assert "\u202e" not in dot + mermaid_text(found)


def test_order_does_not_matter() -> None:
    """The same manifests in another order make the same bytes."""
    other = declared("acme", "staging", MANIFESTS[::-1], lambda _: True)
    for render in (dot_text, mermaid_text, svg_text):
        assert render(other) == render(graph())
