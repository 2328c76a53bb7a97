"""What an issue says of drift, out of the JSON of a report: read back as it was, told apart by digests."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import Drift, Plan, Selection, Trouble
from reconciler.report.document import dumps
from reconciler.report.drift_issue import digests, note, outputs, text, title, unread
from reconciler.report.drift_markdown import drift_markdown
from reconciler.report.drift_reading import drift_plan
from reconciler.report.shape import drift_document
from reconciler.report.view import view_of
from tests.unit.report import samples as s

DOCUMENT = json.loads(dumps(drift_document(s.EVERYTHING, s.REGISTRY)))


def read(plan: Plan) -> Plan:
    """A plan's drift as it comes back from its JSON."""
    return view_of(drift_plan(json.loads(dumps(drift_document(plan, s.REGISTRY)))), s.REGISTRY)


def moved(name: str = "leeds", before: Any = "a", after: Any = "b", **more: Any) -> Drift:
    """A location whose name moved."""
    address = s.LEEDS.__class__("optimum", "Location", name)
    fields = (s.field("name", before, after, **more),)
    return Drift(address, "optimum", "x1", {"name": before}, {"name": after}, fields, repairable=True)


def test_it_is_read_back_as_it_was() -> None:
    """The document of what was read is the document, and the Markdown says the same."""
    again = drift_plan(DOCUMENT)
    assert json.loads(dumps(drift_document(again, s.REGISTRY)))["resource_drift"] == DOCUMENT["resource_drift"]
    quiet = replace(s.EVERYTHING, warnings=(), troubles=())
    assert drift_markdown(read(quiet), s.REGISTRY) == drift_markdown(quiet, s.REGISTRY)


def test_the_selection_is_told_and_read() -> None:
    """A report about a part says so, and one from before that was told is about everything."""
    part = replace(s.EVERYTHING, selection=Selection(targets=("optimum/*",)))
    assert read(part).selection == Selection(targets=("optimum/*",))
    older = {key: value for key, value in DOCUMENT.items() if key != "selection"}
    assert drift_plan(older).selection.everything


BROKEN = [
    (("format_version",), "2.0"),
    (("project",), 7),
    (("resource_drift",), {}),
    (("resource_drift", 0, "address"), "nowhere"),
    (("resource_drift", 0, "id"), None),
    (("resource_drift", 0, "repairable"), "yes"),
    (("resource_drift", 0, "change"), None),
    (("resource_drift", 0, "fields"), [7]),
    (("unmanaged",), [{}]),
    (("errors",), [{"connection": "optimum"}]),
    (("selection",), {"targets": "optimum/*"}),
]


@pytest.mark.parametrize(("path", "value"), BROKEN, ids=[".".join(map(str, path)) for path, _ in BROKEN])
def test_what_is_no_report(path: tuple[Any, ...], value: Any) -> None:
    """A document that is not what drift writes is refused as a whole."""
    document = place = copy.deepcopy(DOCUMENT)
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValueError):
        drift_plan(document)


@pytest.mark.parametrize("document", [None, [], "x", {}, {"format_version": "1.0"}])
def test_what_is_no_document(document: Any) -> None:
    """Neither is anything else."""
    with pytest.raises(ValueError):
        drift_plan(document)


BASE = digests(read(s.plan(drift=(moved(),))))


@pytest.mark.parametrize(
    ("drift", "same", "reason"),
    [
        ((moved(),), True, "the same again"),
        ((moved(after="c"),), False, "another live value"),
        ((moved(before="z"),), False, "applied otherwise since"),
        ((moved("york"),), False, "another address"),
        ((moved(), moved("york")), False, "one more"),
        ((replace(moved(), after=None, fields=()),), False, "gone now"),
        ((moved(), moved("york", ignored=True)), True, "what is ignored is no drift"),
        ((replace(moved(), message="words"),), True, "words of a vendor do not count"),
    ],
)
def test_digests_tell_one_drift_from_another(drift: tuple[Drift, ...], same: bool, reason: str) -> None:
    """The same drift has the same digest, another one another."""
    found = digests(read(s.plan(drift=drift)))
    assert set(found) == {"optimum/Location"} and len(found["optimum/Location"]) == 16
    assert (found == BASE) is same, reason


def test_digests_hold_nothing_personal() -> None:
    """A digest that everybody can read is made of what everybody may see: not even of a masked value."""
    fields = [s.field("email", old, "x@y.example", sensitive=True) for old in ("a@b.example", "c@d.example")]
    found = [
        digests(view_of(s.plan(drift=(Drift(s.JANE, "optimum", "1", {}, {}, (one,), repairable=True),)), s.REGISTRY))
        for one in fields
    ]
    assert found[0] == found[1] != {}


def test_parts_that_could_not_be_read() -> None:
    """A kind of a connection, or the whole connection."""
    troubles = (Trouble("optimum", "optimum/Location", "RCN0501", "m", 5), Trouble("enco", "", "RCN0401", "m", 4))
    assert unread(read(s.plan(troubles=troubles))) == {"optimum/Location", "enco/"}


def test_texts() -> None:
    """Title, a word about a change, and counts as outputs."""
    drift = read(s.plan(drift=(moved(),), environment="staging"))
    assert title(drift) == "Drift in acme-feedback (staging)"
    assert (
        title(replace(drift, project="p" * 300)).endswith("…") and len(title(replace(drift, project="p" * 300))) == 200
    )
    run = "https://github.com/acme/feedback/actions/runs/42"
    assert note("updated", drift, run) == (
        f"The drift is another one now: **1 changed, 0 gone**. The description is up to date ([run]({run}))."
    )
    assert note("closed", drift, None) == "No drift any more: the live objects are as they were last applied."
    expected = {"drift": "true", "complete": "true", "drifted": "1", "gone": "0", "unrepairable": "0"}
    assert outputs(drift) == expected


def test_what_cannot_be_read_stays_told() -> None:
    """The description names the parts whose earlier drift still stands, within its room."""
    drift = read(s.plan(drift=(moved(),), troubles=(Trouble("enco", "", "RCN0501", "m", 5),)))
    shown = text(drift, s.REGISTRY, ["enco/Survey"], 5_000)
    assert "**Told earlier, and not readable now: `enco/Survey`.** It stays told" in shown
    assert "Not everything could be read" in shown and "No drift" not in shown
    assert len(shown) <= 5_000
