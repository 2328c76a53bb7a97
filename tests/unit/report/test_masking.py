"""Personal data reaches no output unless it is asked for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconciler.model import Action, Blocked, Drift, Recorded, Unmanaged
from reconciler.report.document import dumps
from reconciler.report.drift_text import drift_text
from reconciler.report.listing import record_document, record_text
from reconciler.report.plan_text import plan_text
from reconciler.report.shape import drift_document, plan_document
from tests.unit.report.samples import (
    JANE,
    PERSONAL,
    REGISTRY,
    SUBSCRIBER,
    UPDATE,
    change,
    field,
    personal_registry,
    plan,
)

SECRETS = ("jane@example.com", "jane.doe@example.com", "Jane", "Harrogate")
KINDS = personal_registry()


def _drift() -> Drift:
    after = {**SUBSCRIBER, "email": "jane.doe@example.com"}
    moved = field("email", SUBSCRIBER["email"], after["email"])
    return Drift(JANE, "optimum", "s1", SUBSCRIBER, after, (moved,), True, "was jane.doe@example.com")


BLOCKED = replace(PERSONAL, blocked=Blocked("ambiguous", "two have jane@example.com"))
CREATED = change(JANE, Action.CREATE, after=SUBSCRIBER, fields=())
DELETED = change(JANE, Action.DELETE, before=SUBSCRIBER, id="s1")
STRANGER = Unmanaged("optimum", "optimum/Subscriber", "s9", "jane@example.com")

CASES = [
    pytest.param(plan(PERSONAL), id="update: fields, whole objects and warnings"),
    pytest.param(plan(BLOCKED), id="blocked: the message too"),
    pytest.param(plan(CREATED), id="create: nothing but the whole object carries it"),
    pytest.param(plan(DELETED), id="delete: what is there now is personal as well"),
    pytest.param(plan(drift=(_drift(),)), id="drift: recorded and observed"),
    pytest.param(plan(unmanaged=(STRANGER,)), id="unmanaged: the key is an address"),
]


@pytest.mark.parametrize("shown", CASES)
def test_no_output_holds_personal_data(shown: object) -> None:
    """Text and documents of plan and drift, everywhere a value may stand."""
    assert isinstance(shown, type(plan()))
    texts = [plan_text(shown, KINDS), drift_text(shown, KINDS)]
    texts += [dumps(plan_document(shown, KINDS)), dumps(drift_document(shown, KINDS))]
    assert [(secret, text) for text in texts for secret in SECRETS if secret in text] == []


def test_masked_fields_are_marked() -> None:
    """Programs see which values were hidden, and in a list only the personal parts are."""
    document = json.loads(dumps(plan_document(plan(PERSONAL), KINDS)))["resource_changes"][0]
    marked = {"data": True, "email": True, "fname": True}
    assert document["change"]["before_sensitive"] == document["change"]["after_sensitive"] == marked
    assert document["change"]["before"]["data"] == [{"key": "shop", "value": "***"}]
    assert document["change"]["after"]["country_code"] == "IE"
    assert [(f["path"], f["before"], f.get("sensitive")) for f in document["fields"]] == [
        ("country_code", "GB", None),
        ("email", "***", True),
    ]


def test_they_are_shown_when_asked_for() -> None:
    """``--show-personal-data`` shows the values and keeps the marks."""
    document = json.loads(dumps(plan_document(plan(PERSONAL), KINDS, reveal=True)))["resource_changes"][0]
    assert document["change"]["after"]["email"] == "jane.doe@example.com"
    assert document["change"]["after_sensitive"] == {"data": True, "email": True, "fname": True}
    assert '"jane@example.com" -> "jane.doe@example.com"' in plan_text(plan(PERSONAL), KINDS, reveal=True)


def test_text_says_that_a_value_is_hidden() -> None:
    """The way Terraform says it, and once."""
    lines = [line for line in plan_text(plan(PERSONAL), KINDS).splitlines() if "email" in line]
    assert lines == ["      ~ email        = (sensitive value)   # config"]


def test_null_is_not_personal() -> None:
    """That a field is empty may be read, or a clearing could not be reviewed."""
    cleared = replace(PERSONAL, fields=(field("fname", "Jane", None, sensitive=True),))
    assert "- fname = (sensitive value) -> null" in plan_text(plan(cleared), KINDS)


def test_records_are_masked_too() -> None:
    """``state show`` hides what a plan hides."""
    record = Recorded(JANE, "optimum", "s1", SUBSCRIBER)
    for text in (record_text(record, KINDS), dumps(record_document(record, KINDS))):
        assert not any(secret in text for secret in SECRETS)
    assert record_document(record, KINDS)["sensitive"] == {"data": True, "email": True, "fname": True}


def test_kinds_without_personal_data_are_untouched() -> None:
    """Masking costs nothing where there is nothing to mask."""
    assert "***" not in dumps(plan_document(plan(UPDATE), REGISTRY))
