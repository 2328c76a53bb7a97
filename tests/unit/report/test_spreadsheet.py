"""CSV: a row a field, in columns whose names stay, readable by people who never saw a plan."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from reconciler.model import Pending
from reconciler.report.masking import HIDDEN
from reconciler.report.spreadsheet import DRIFT_COLUMNS, MARK, PLAN_COLUMNS, cell, drift_csv, plan_csv
from tests.unit.report import samples as s

CELLS = [
    (None, "", "nothing"),
    ("", '""', "an empty text is something"),
    ("Acme Leeds", "Acme Leeds", "text as it is"),
    ("+3247012345", "'+3247012345", "a telephone number is no formula"),
    ("  =1+1", "'  =1+1", "some programs trim before they look"),
    ("=HYPERLINK(1)", "'=HYPERLINK(1)", "a formula"),
    ("'quoted", "''quoted", "an apostrophe of its own is kept"),
    ('"a"', '\'"a"', "quotes at the start are told from the empty text"),
    ("a\nb", "a\\nb", "a line break would be a row"),
    ("a\\nb", "a\\\\nb", "and is told from its spelling"),
    (-5, "-5", "a number is a number"),
    (4.5, "4.5", "with a fraction"),
    (True, "true", "a truth"),
    (["b", "a"], '["b", "a"]', "a list as JSON"),
    ({"b": 1, "a": "é"}, '{"a": "é", "b": 1}', "an object as JSON, its keys sorted"),
    (HIDDEN, "(sensitive value)", "personal data"),
    (Pending(s.WAFFLES), "(known after apply)", "an id that is not there yet"),
]


@pytest.mark.parametrize(("value", "shown", "reason"), CELLS)
def test_cells(value: Any, shown: str, reason: str) -> None:
    """Each sort of value has one spelling."""
    assert cell(value) == shown, reason


def rows(text: str) -> list[dict[str, str]]:
    """A sheet read back; it begins with the mark by which Excel knows UTF-8."""
    assert text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK))))


def test_a_plan_has_a_row_a_field_the_gravest_first() -> None:
    """What is said of the object stands in each of its rows; what could not be read stands last."""
    found = rows(plan_csv(s.EVERYTHING, s.REGISTRY))
    assert tuple(found[0]) == PLAN_COLUMNS
    actions = list(dict.fromkeys(row["action"] for row in found))
    assert actions == ["delete", "replace", "blocked", "update", "create", "adopt", "send", "forget", "move", "unread"]
    update = [row for row in found if row["action"] == "update"]
    assert [(row["field"], row["before"], row["after"], row["cause"]) for row in update] == [
        ("country_code", "GB", "IE", "conflict"),
        ("name", "Acme Leeds", "Acme Leeds Central", "config"),
        ("postal_code", "LS1 8EQ", "LS1 9ZZ", "drift"),
    ]
    assert {row["source"] for row in update} == {"manifests/leeds.yaml:2"}
    assert [row["data_destroyed"][:24] for row in found if row["action"] == "replace"] == ["destroys 1,234 responses"]


def test_drift_has_its_states_and_the_unmanaged() -> None:
    """Ignored, changed, gone, unmanaged, unread; whether it can be put back."""
    found = rows(drift_csv(s.EVERYTHING, s.REGISTRY))
    assert tuple(found[0]) == DRIFT_COLUMNS
    states = [(row["state"], row["address"] or row["name"] or row["kind"], row["can_be_put_back"]) for row in found]
    assert states[:5] == [
        ("ignored", "customersure/Site/leeds", "yes"),
        ("changed", "enco/Survey/waffles", "no"),
        ("changed", "optimum/Location/leeds", "yes"),
        ("gone", "optimum/Location/york", "yes"),
        ("unmanaged", "Place 0", ""),
    ]
    assert states[-1] == ("unread", "Site", "")


def test_an_empty_plan_is_its_heading() -> None:
    """Nothing to do is a sheet without rows."""
    assert plan_csv(s.plan(s.STILL), s.REGISTRY) == MARK + ",".join(PLAN_COLUMNS) + "\n"
