"""Kinds that the API shows and cannot write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import Action, Address, Desired, Lifecycle, Observed, Plan, Recorded, Selection, Snapshot, Source
from reconciler.plan import Inputs, build
from reconciler.schema import Field, KeyRule, NearRule, Registry, ResourceType

FORM = ResourceType(
    provider="acme",
    type="Form",
    api_version="acme/v1",
    description="",
    document={},
    fields={"name": Field("name"), "company": Field("company")},
    key=KeyRule(("name",), "key", NearRule(("name",), ("trim", "casefold"))),
    operations=frozenset({"read", "list"}),
    plain=True,
    observed_only=True,
)
PINNED = replace(FORM, key=replace(FORM.key, match="pinned"))
AT = Address("acme", "Form", "waffles")
THERE = {"name": "Waffles", "company": "Acme"}


def planned(
    *,
    spec: dict[str, Any] | None = THERE,
    recorded: dict[str, Any] | None = None,
    live: dict[str, dict[str, Any]] | None = None,
    rtype: ResourceType = FORM,
    pin: str | None = None,
    connection: str = "acme",
    lifecycle: Lifecycle = Lifecycle(),
) -> Plan:
    """The plan for one form; ``recorded`` has the id 1."""
    desired = {AT: Desired(AT, connection, spec, Source("a.yaml", 1), pin, lifecycle=lifecycle)} if spec else {}
    records = {AT: Recorded(AT, "acme", "1", recorded, lifecycle=lifecycle)} if recorded else {}
    objects = tuple(Observed("acme/Form", "acme", id, fields) for id, fields in (live or {}).items())
    snapshot = Snapshot(exists=True, lineage="l", records=records)
    places = {("acme", "acme/Form"): objects, ("other", "acme/Form"): ()}
    return build(
        Inputs(
            "p", None, Registry({"acme/Form": rtype}, "d"), desired, snapshot, places, Selection(), filtered=frozenset()
        )
    )


@pytest.mark.parametrize(
    ("world", "reason", "blocked", "importing", "drift", "why"),
    [
        ({"live": {"1": THERE}}, "not_recorded", None, "1", 0, "found by its key, it is adopted"),
        ({"live": {"1": THERE}, "recorded": THERE}, "in_sync", None, None, 0, "known and equal"),
        ({"live": {}}, "not_recorded", "not_found_live", None, 0, "never made"),
        ({"live": {"1": {"name": "waffles "}}}, "not_recorded", "not_found_live", None, 0, "one that looks like it"),
        ({"live": {}, "recorded": THERE}, "disappeared", "not_found_live", None, 1, "gone is drift as well"),
        (
            {"live": {"1": {**THERE, "name": "Pancakes"}}, "recorded": THERE},
            "in_sync",
            None,
            None,
            1,
            "renamed in the console: told as drift, and nobody else is held up",
        ),
        (
            {"live": {"1": {**THERE, "company": "Bcme"}}, "recorded": THERE},
            "in_sync",
            None,
            None,
            1,
            "its company changed",
        ),
        (
            {"live": {"1": THERE}, "recorded": THERE, "spec": {**THERE, "company": "New"}},
            "cannot_change",
            "observed_only",
            None,
            0,
            "git wants what the API cannot do",
        ),
        (
            {"live": {"1": {**THERE, "company": "Bcme"}}},
            "cannot_change",
            "observed_only",
            None,
            0,
            "what is found is not what is declared, so it is not adopted",
        ),
        (
            {
                "live": {"1": {**THERE, "company": "B"}},
                "recorded": THERE,
                "lifecycle": Lifecycle(ignore_changes=("company",)),
            },
            "in_sync",
            None,
            None,
            1,
            "an ignored field is told as ignored",
        ),
        ({"live": {"1": THERE}, "rtype": PINNED}, "not_recorded", "not_found_live", None, 0, "told by its id alone"),
        ({"live": {"1": THERE}, "rtype": PINNED, "pin": "1"}, "not_recorded", None, "1", 0, "pinned"),
        ({"live": {}, "rtype": PINNED, "pin": "1"}, "not_recorded", "pin_not_found", None, 0, "a pin to nothing"),
        (
            {"live": {}, "rtype": PINNED, "pin": "1", "recorded": THERE},
            "disappeared",
            "not_found_live",
            None,
            1,
            "pinned, recorded and gone",
        ),
        (
            {"live": {"1": THERE}, "recorded": THERE, "connection": "other"},
            "connection_moved",
            "connection_moved",
            None,
            0,
            "another account's form is another form",
        ),
    ],
)
def test_decisions(
    world: dict[str, Any], reason: str, blocked: str | None, importing: str | None, drift: int, why: str
) -> None:
    """Nothing is ever sent: adopted, left alone, told as drift that cannot be repaired, or blocked."""
    plan = planned(**world)
    (change,) = plan.changes
    assert change.action is Action.NO_OP, why
    assert (change.reason, change.blocked.code if change.blocked else None, change.importing) == (
        reason,
        blocked,
        importing,
    ), why
    assert (len(plan.drift), change.request) == (drift, {}), why
    assert all(not moved.repairable or moved.ignored for moved in plan.drift), why
    assert change.operates is (importing is not None), why


def test_what_looks_like_it_is_named() -> None:
    """A near match is a candidate, and the message says that none can be made."""
    (change,) = planned(live={"7": {"name": "waffles "}}).changes
    assert change.blocked is not None
    assert change.blocked.candidates == ("7",)
    assert "console" in change.blocked.message


@pytest.mark.parametrize("live", [{"1": THERE}, {}])
def test_without_its_manifest_it_is_forgotten(live: dict[str, dict[str, Any]]) -> None:
    """There is nothing to delete, and nothing is: the record goes."""
    (change,) = planned(spec=None, recorded=THERE, live=live).changes
    assert (change.action, change.blocked) == (Action.FORGET, None)
