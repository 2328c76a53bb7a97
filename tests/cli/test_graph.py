"""``graph``: what depends on what, of manifests or of a saved plan, without a vendor or a token."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

from tests.cli.desk import TOKENS, Desk

TIED = [
    {"from": "enco/Question/waffles-nl", "to": "enco/Survey/waffles"},
    {"from": "optimum/Location/leeds", "to": "customersure/Site/leeds"},
]


def test_the_manifests(five: Desk) -> None:
    """Every declared address and every dependency is in it, with no token set and no vendor asked."""
    done = five.run("graph", "--json", without=tuple(TOKENS))
    assert (done.code, done.json["edges"]) == (0, TIED)
    assert len(done.json["nodes"]) == 5
    assert {node["action"] for node in done.json["nodes"]} == {None}
    assert done.json["nodes"][0]["source"] == {"file": "manifests/all.yaml", "line": 14}
    assert five.requests() == []
    assert not (five.folder / ".reconciler").exists()


def test_its_forms(five: Desk) -> None:
    """DOT unless another form is asked for; reports go beside it."""
    done = five.ok("graph", "--report", "svg=graph.svg", "--report", "mermaid=graph.mmd")
    assert done.out.startswith('digraph "Dependencies of desk" {\n')
    assert (five.folder / "graph.mmd").read_text("utf-8") == five.ok("graph", "--format", "mermaid").out
    picture = (five.folder / "graph.svg").read_text("utf-8")
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert five.ok("graph", "--format", "svg").out == picture


def test_a_saved_plan(applied: Desk) -> None:
    """Each node has the plan's action; a delete is in it though no manifest declares it any more."""
    text = (applied.folder / "manifests/all.yaml").read_text("utf-8").split("---\n")
    applied.manifest("---\n".join([*text[:3], text[4].replace("max_locations: 3", "max_locations: 4")]))
    applied.ok("plan", "--out", "new.plan")
    applied.sandbox.log.clear()
    done = applied.run("graph", "new.plan", "--json", without=tuple(TOKENS))
    actions = {node["address"]: node["action"] for node in done.json["nodes"]}
    assert (actions["optimum/Location/leeds"], actions["optimum/Account/acme"]) == ("delete", "update")
    assert done.json["edges"] == TIED
    assert applied.requests() == []


def test_a_part_of_it(five: Desk) -> None:
    """A target comes with what it depends on; an exclude is left out; a glob for nothing is a slip."""
    nodes = five.ok("graph", "--target", "optimum/Location/*", "--json").json["nodes"]
    assert {node["address"]: node["selected"] for node in nodes} == {
        "customersure/Site/leeds": False,
        "optimum/Location/leeds": True,
    }
    nodes = five.ok("graph", "--exclude", "enco/*", "--json").json["nodes"]
    assert not [node for node in nodes if node["address"].startswith("enco/")]
    assert "RCN0302" in five.run("graph", "--target", "optimum/Locatoin/leeds").err
    five.ok("plan", "--out", "new.plan")
    assert "RCN0302" in five.run("graph", "new.plan", "--target", "optimum/Locatoin/leeds").err


def test_standard_input(five: Desk) -> None:
    """Another program's manifests are drawn too."""
    done = five.shell("cat manifests/all.yaml | reconciler graph -f - --json")
    assert json.loads(done.out)["edges"] == TIED


@pytest.mark.parametrize(
    ("words", "code"), [(("none.plan",), "RCN0701"), (("none.plan", "-f", "x"), "RCN0301"), (("-f", "x"), "RCN0124")]
)
def test_what_cannot_be_drawn(five: Desk, words: tuple[str, ...], code: str) -> None:
    """A file that is none, and two sources at once, are told."""
    assert f"error[{code}]" in five.run("graph", *words).err


def test_a_circle_is_told(five: Desk) -> None:
    """A circle is the error that it is for every command, not a picture."""
    five.edit(
        "manifests/all.yaml", "metadata: {name: leeds}", "metadata: {name: leeds, dependsOn: [optimum/Location/leeds]}"
    )
    assert "error[RCN0135]" in five.run("graph").err
