"""JUnit, SARIF and OpenMetrics: the shapes that other programs read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

from reconciler.errors import MISSING_FIELD, UNKNOWN_FIELD, ReconcilerError
from reconciler.model import Action, Blocked, Source
from reconciler.report.junit import drift_junit
from reconciler.report.openmetrics import drift_metrics, plan_metrics
from reconciler.report.sarif import problems_sarif
from tests.unit.report import samples as s


def test_junit_has_a_test_an_object_and_fails_what_moved() -> None:
    """Suites by connection and kind; counts that add up; gone and changed fail, ignored is skipped, unread an error."""
    unread = s.change(s.ACME, Action.NO_OP, id="a", blocked=Blocked("unreadable", "the list was cut"))
    plan = replace(s.EVERYTHING, changes=(*s.EVERYTHING.changes[:-4], s.STILL, unread))
    root = ET.fromstring(drift_junit(plan, s.REGISTRY))
    cases = {(suite.get("name"), case.get("name")): [e.tag for e in case] for suite in root for case in suite}
    assert cases == {
        ("customersure/Site", "can be read"): ["error"],
        ("customersure/Site", "customersure/Site/leeds"): ["skipped"],
        ("enco/Survey", "enco/Survey/waffles"): ["failure"],
        ("optimum/Account", "optimum/Account/acme"): ["error"],
        ("optimum/Location", "optimum/Location/leeds"): ["failure"],
        ("optimum/Location", "optimum/Location/york"): ["failure"],
    }
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6", "failures": "3", "errors": "2", "skipped": "1"
    }  # fmt: skip
    failure = next(e for e in root.iter("failure") if e.get("message") == "has changed: name")
    assert failure.get("type") == "changed"
    assert failure.text is not None and '- name: "Acme Leeds" -> "Leeds!"' in failure.text


def test_junit_of_what_did_not_move_passes() -> None:
    """An object as it was last applied is a test that passes; one that is still to be created is none."""
    root = ET.fromstring(drift_junit(s.plan(s.STILL, s.CREATE, s.ADOPT), s.REGISTRY))
    assert [(case.get("name"), len(case)) for case in root.iter("testcase")] == [("customersure/Site/leeds", 0)]


def test_sarif_has_a_rule_a_code_and_a_region_a_span() -> None:
    """Rules once each, results in the order given, places to the column; a file's name is a reference."""
    errors = [
        ReconcilerError(UNKNOWN_FIELD, "unknown field", source=Source("manifests/a b.yaml", 3, 5), span=4),
        ReconcilerError(MISSING_FIELD, "missing field", source=Source("/abs/x.yaml", 1, 1)),
        ReconcilerError(UNKNOWN_FIELD, "no place"),
    ]
    (run,) = problems_sarif(errors)["runs"]  # type: ignore[misc, index, union-attr]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [UNKNOWN_FIELD, MISSING_FIELD]
    assert [(r["ruleId"], r["ruleIndex"]) for r in run["results"]] == [
        (UNKNOWN_FIELD, 0), (MISSING_FIELD, 1), (UNKNOWN_FIELD, 0)
    ]  # fmt: skip
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert places[0] == {
        "artifactLocation": {"uri": "manifests/a%20b.yaml"},
        "region": {"startLine": 3, "startColumn": 5, "endColumn": 9},
    }
    assert [place["artifactLocation"]["uri"] for place in places[1:]] == ["file:///abs/x.yaml", "reconciler.yaml"]


def test_sarif_without_problems_has_no_results() -> None:
    """A clean validation clears what code scanning knew."""
    assert problems_sarif([])["runs"][0]["results"] == []  # type: ignore[index]


def samples(text: str) -> dict[str, int]:
    """Samples of a metrics text, their common labels taken out."""
    common = 'project="acme-feedback",environment="staging"'
    found = re.findall(r"^reconciler_(\S+) (\d+)$", text, re.MULTILINE)
    return {name.replace(f"{common},", "").replace(f"{{{common}}}", ""): int(number) for name, number in found}


def test_metrics_of_a_plan() -> None:
    """Changes by connection, kind and action, also the zeros of all together; what would be destroyed; requests."""
    text = plan_metrics(s.EVERYTHING)
    found = samples(text)
    assert found['plan_changes{connection="optimum",kind="optimum/Location",action="delete"}'] == 1
    assert found['plan_actions{action="replace"}'] == 1
    assert found['plan_data_destroyed{data="responses"}'] == 1234
    assert found['plan_calls{connection="enco",way="write"}'] == 2
    assert found['plan_guards{guard="data_loss"}'] == 1
    assert (found["plan_uncounted"], found["complete"], found["drifted"]) == (0, 0, 3)
    assert samples(plan_metrics(replace(s.plan(), environment="staging")))['plan_actions{action="create"}'] == 0
    assert text.endswith("# EOF\n")


def test_metrics_of_drift() -> None:
    """What moved, what the API cannot put back, what nobody manages, what could not be read."""
    found = samples(drift_metrics(s.EVERYTHING))
    assert found['drift_objects{connection="enco",kind="enco/Survey",state="changed"}'] == 1
    assert found['drift_objects{connection="customersure",kind="customersure/Site",state="ignored"}'] == 1
    assert (found["drifted"], found["drift_unrepairable"]) == (3, 1)
    assert found['unmanaged_objects{connection="optimum",kind="optimum/Location"}'] == 7
    assert found['read_errors{connection="customersure",kind="customersure/Site",code="RCN0501"}'] == 1


def test_every_metric_is_announced_once() -> None:
    """Each family has its type and help before its first sample, and no clock: a textfile collector refuses times."""
    lines = plan_metrics(s.EVERYTHING).splitlines()
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    assert {line.split("{")[0] for line in lines if not line.startswith("#")} <= set(families)
    assert not [line for line in lines if not line.startswith("#") and len(line.split("} ")[-1].split()) != 1]
