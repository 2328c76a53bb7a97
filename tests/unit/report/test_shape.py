"""The documents of ``plan --json`` and ``drift --json``: the contract's keys, and the shipped schemas."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.model import Action, Address, Blocked, Impact, Pending, Plan, Unmanaged
from reconciler.report.document import dumps
from reconciler.report.shape import drift_document, path_steps, plan_document
from reconciler.schema import schemas_folder
from tests.unit.report import samples as s

SCHEMAS = {name: json.loads((schemas_folder() / f"{name}.json").read_text()) for name in ("plan", "drift")}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}

CHANGES = (
    s.CREATE,
    s.CREATE_PENDING,
    s.UPDATE,
    s.REPLACE,
    s.DELETE,
    s.FORGET,
    s.ADOPT,
    s.BLOCKED,
    s.STILL,
    s.MOVED,
    s.SEND,
    replace(s.REPLACE, action=Action.DELETE_CREATE),
    replace(s.DELETE, impact=Impact(failed="the report could not be read"), deactivates=True),
    replace(s.UPDATE, blocked=Blocked("dependency_blocked", "waits", because=s.WAFFLES)),
    replace(s.CREATE, previous_connection="enco-old", action=Action.CREATE_DELETE, id="7"),
    replace(s.ADOPT, action=Action.NO_OP, fields=()),
)
PLANS = [s.plan(), s.EVERYTHING, *(s.plan(change) for change in CHANGES), s.plan(drift=s.EVERYTHING.drift)]


def _read(document: object) -> Any:
    return json.loads(dumps(document))


def _change(change: Any) -> Any:
    return _read(plan_document(s.plan(change), s.REGISTRY))["resource_changes"][0]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_schemas(name: str) -> None:
    """Each is valid JSON Schema 2020-12 and stands alone."""
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"].endswith("2020-12/schema")
    for reference in _references(SCHEMAS[name]):
        assert reference.removeprefix("#/$defs/") in SCHEMAS[name]["$defs"]


def test_the_schemas_share_their_words() -> None:
    """A drift entry is described the same way in both."""
    assert all(SCHEMAS["plan"]["$defs"][name] == text for name, text in SCHEMAS["drift"]["$defs"].items())


def _references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for item in schema for found in _references(item)]
    if not isinstance(schema, dict):
        return []
    here = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    return here + [found for item in schema.values() for found in _references(item)]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: "+".join(c.action for c in plan.changes) or "empty")
def test_documents_follow_the_schemas(plan: Plan) -> None:
    """Every sort of change, blocked or not, gives documents that the shipped schemas accept."""
    assert list(VALIDATORS["plan"].iter_errors(_read(plan_document(plan, s.REGISTRY)))) == []
    assert list(VALIDATORS["drift"].iter_errors(_read(drift_document(plan, s.REGISTRY)))) == []


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("format_version",), "2.0", "another format is another document"),
        (("summary", "import"), 1, "the summary has these words and no others"),
        (("resource_changes", 0, "change", "actions"), ["create", "update"], "not a pair of actions"),
        (("resource_changes", 0, "address"), "nowhere", "not an address"),
        (("resource_changes", 0, "fields", 0, "cause"), "fate", "not a cause"),
        (("resource_changes", 0, "blocked"), {"code": "x"}, "blocked says why"),
    ],
)
def test_the_schema_refuses_what_is_no_plan(path: tuple[Any, ...], value: object, reason: str) -> None:
    """The schema says something: it fails on documents that break the contract."""
    document = place = _read(plan_document(s.plan(s.CREATE), s.REGISTRY))
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert list(VALIDATORS["plan"].iter_errors(document)), reason


def test_the_contract_to_the_letter() -> None:
    """The documented example: every documented key with its documented value."""
    leeds = s.change(
        s.LEEDS,
        Action.CREATE,
        reason="not_recorded",
        after={"name": "Acme Leeds"},
        fields=(s.field("name", None, "Acme Leeds"),),
    )
    shown = s.plan(leeds, unmanaged=(Unmanaged("optimum", "optimum/Location", "gse4Ry", "Acme Inc"),))
    document = _read(plan_document(shown, s.REGISTRY))
    assert list(document)[:8] == [
        "format_version",
        "project",
        "environment",
        "applyable",
        "summary",
        "resource_changes",
        "resource_drift",
        "unmanaged",
    ]
    assert document["unmanaged"] == [{"connection": "optimum", "type": "Location", "id": "gse4Ry", "key": "Acme Inc"}]
    words = ["create", "update", "replace", "delete", "adopt", "forget", "send", "no-op", "blocked"]
    assert list(document["summary"]) == words
    documented = {
        "address": "optimum/Location/leeds",
        "provider_name": "optimum",
        "connection": "optimum",
        "type": "Location",
        "name": "leeds",
        "id": None,
        "change": {
            "actions": ["create"],
            "before": None,
            "after": {"name": "Acme Leeds"},
            "after_unknown": {},
            "before_sensitive": {},
            "after_sensitive": {},
            "replace_paths": [],
            "importing": None,
        },
        "fields": [{"path": "name", "before": None, "after": "Acme Leeds", "cause": "config"}],
        "action_reason": "not_recorded",
        "blocked": None,
        "impact": None,
        "depends_on": [],
        "source": {"file": "manifests/leeds.yaml", "line": 2},
    }
    change = document["resource_changes"][0]
    assert {key: change[key] for key in documented} == documented


def test_an_id_not_known_yet_is_marked_and_left_out() -> None:
    """As Terraform does: true in after_unknown, absent from after, null in the field."""
    change = _change(s.CREATE_PENDING)
    assert change["change"]["after_unknown"] == {"survey": True}
    assert "survey" not in change["change"]["after"]
    assert change["fields"][2] == {
        "path": "survey",
        "before": None,
        "after": None,
        "cause": "config",
        "after_unknown": True,
    }


def test_a_pending_value_needs_no_flag() -> None:
    """A value that waits for an id is unknown wherever it stands, even in a list."""
    waiting = s.change(s.LEEDS, Action.CREATE, after={"locations": ["x", Pending(s.YORK)], "name": "n"})
    change = _change(waiting)["change"]
    assert (change["after_unknown"], change["after"]) == ({"locations": True}, {"name": "n"})


def test_a_replacement_names_its_paths_and_its_loss() -> None:
    """replace_paths are lists of steps; impact has counts and what cannot be counted."""
    change = _change(s.REPLACE)
    assert change["change"]["replace_paths"] == [["questions"]]
    assert change["fields"][0]["forces_replacement"] is True
    assert change["impact"] == {"responses": 1234, "requests": 2100, "nps": 45, "unknowable": ["campaigns"]}


def test_an_adoption_says_which_object() -> None:
    """importing holds the id, and it is counted as adopt alone."""
    document = _read(plan_document(s.plan(s.ADOPT), s.REGISTRY))
    assert document["resource_changes"][0]["change"]["importing"] == {"id": "a1"}
    assert (document["summary"]["adopt"], document["summary"]["update"]) == (1, 0)


def test_a_blocked_change_keeps_its_actions() -> None:
    """It is counted as blocked alone, with the candidates sorted."""
    document = _read(plan_document(s.plan(s.BLOCKED), s.REGISTRY))
    change = document["resource_changes"][0]
    assert change["change"]["actions"] == ["create"]
    assert change["blocked"]["candidates"] == ["a", "b"]
    assert (document["summary"]["blocked"], document["summary"]["create"]) == (1, 0)
    assert document["applyable"] is False


def test_drift_says_recorded_observed_and_repairable() -> None:
    """before is recorded, after observed; gone is a delete; the summary counts each object once."""
    document = _read(drift_document(s.EVERYTHING, s.REGISTRY))
    entries = {entry["address"]: entry for entry in document["resource_drift"]}
    assert entries[str(s.LEEDS)]["change"]["before"]["name"] == "Acme Leeds"
    assert entries[str(s.LEEDS)]["change"]["after"]["name"] == "Leeds!"
    assert entries[str(s.YORK)]["change"]["actions"] == ["delete"]
    assert entries[str(s.YORK)]["change"]["after"] is None
    assert (entries[str(s.WAFFLES)]["repairable"], entries[str(s.SITE)]["ignored"]) == (False, True)
    assert document["summary"] == {"drifted": 2, "gone": 1, "unrepairable": 1, "ignored": 1, "unmanaged": 7}


def test_the_same_plan_gives_the_same_bytes() -> None:
    """Whatever order changes, fields, questions and keys came in."""
    expected = dumps(plan_document(s.EVERYTHING, s.REGISTRY))
    for seed in range(5):
        shuffled = _shuffled(s.EVERYTHING, random.Random(seed))
        assert dumps(plan_document(shuffled, s.REGISTRY)) == expected


def _shuffled(plan: Plan, dice: random.Random) -> Plan:
    def mixed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: mixed(value[key]) for key in dice.sample(list(value), len(value))}
        return dice.sample(value, len(value)) if isinstance(value, list) else value

    def change(item: Any) -> Any:
        fields = tuple(replace(f, before=mixed(f.before), after=mixed(f.after)) for f in item.fields)
        mixed_fields = tuple(dice.sample(fields, len(fields)))
        return replace(item, before=mixed(item.before), after=mixed(item.after), fields=mixed_fields)

    return replace(
        plan,
        changes=tuple(change(item) for item in dice.sample(plan.changes, len(plan.changes))),
        drift=tuple(change(item) for item in dice.sample(plan.drift, len(plan.drift))),
        unmanaged=tuple(dice.sample(plan.unmanaged, len(plan.unmanaged))),
    )


def test_lists_are_sorted_by_address() -> None:
    """A reader finds an address where it belongs."""
    document = _read(plan_document(s.EVERYTHING, s.REGISTRY))
    for name in ("resource_changes", "resource_drift"):
        addresses = [Address.parse(entry["address"]) for entry in document[name]]
        assert all(one <= other for one, other in itertools.pairwise(addresses))


@pytest.mark.parametrize(
    ("path", "steps"),
    [("name", ["name"]), ("lifecycle.onRemove", ["lifecycle", "onRemove"]), ("data[2].value", ["data", 2, "value"])],
)
def test_paths_are_lists_of_steps(path: str, steps: list[str | int]) -> None:
    """Names are text, positions numbers."""
    assert path_steps(path) == steps
