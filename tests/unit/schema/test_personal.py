"""The texts of an object that are somebody's, and messages without them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.apply.operation import Operation, perform
from reconciler.apply.readings import Readings
from reconciler.errors import ReconcilerError, Uncertain
from reconciler.schema.personal import hidden_in, is_personal, personal_texts
from tests.unit.apply.fakes import at, creating
from tests.unit.schema.made_up import made_up

KIND = made_up(
    "Subscriber",
    "email",
    {
        "email": {"description": "Whose.", "x-personal": True},
        "fname": {"description": "Who.", "x-personal": True},
        "city": {"description": "Where."},
        "contacts": {
            "description": "Whom.",
            "x-set": {"key": ["mail"]},
            "items": {
                "properties": {
                    "mail": {"description": "Whose.", "x-personal": True},
                    "role": {"description": "What."},
                }
            },
        },
    },
)
JANE = {
    "email": "jane@x.example",
    "fname": "Jane",
    "city": "Leeds",
    "contacts": [{"mail": "joe@y.example", "role": "boss"}],
}


def test_whole_fields_and_parts_of_items() -> None:
    """A field is personal as a whole or in an item; longer texts come first, so that none is hidden by half."""
    assert {name for name, field in KIND.fields.items() if is_personal(field)} == {"email", "fname", "contacts"}
    assert personal_texts(KIND, JANE, {"fname": "Jo", "email": None}) == ("jane@x.example", "joe@y.example", "Jane")
    assert hidden_in("Jane is jane@x.example", personal_texts(KIND, JANE)) == "*** is ***"


class Refusing:
    """A write that the vendor refuses, quoting what it was sent."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def check(self, op: Operation) -> None:
        """Nothing to look at."""

    def send(self, op: Operation) -> Any:
        """The refusal."""
        raise self._error

    def verify(self, op: Operation, written: Any) -> Any:
        """Never reached."""
        raise AssertionError


QUOTING = "Jane (jane@x.example) of Leeds is known as Janet"
CASES = [
    (ReconcilerError("RCN0931", QUOTING), "*** (***) of Leeds is known as ***t", "a refusal"),
    (Uncertain("RCN0902", QUOTING), "*** (***) of Leeds is known as ***t", "an outcome that nobody knows"),
    (ValueError(QUOTING), "unexpected ValueError", "a failure that nobody foresaw"),
]


@pytest.mark.parametrize(("error", "told", "reason"), CASES, ids=[reason for *_, reason in CASES])
def test_a_refusal_is_told_without_whom_it_is_about(error: Exception, told: str, reason: str) -> None:
    """What goes into the journal, the events and the report has nothing of the object's personal fields."""
    change = creating(at("jane"), after=JANE)
    intent = type("Intent", (), {"request": JANE})()
    op = Operation(change, intent, KIND, None, None, Readings(lambda seconds: None))  # type: ignore[arg-type]
    assert perform(Refusing(error), op).message == told, reason  # type: ignore[arg-type]


def test_an_exception_is_handed_to_whoever_keeps_the_log() -> None:
    """In the worker's own thread, and what comes back is told."""
    intent = type("Intent", (), {"request": {}})()
    op = Operation(creating(at("x")), intent, KIND, None, None, Readings(lambda seconds: None))  # type: ignore[arg-type]
    seen: list[Exception] = []

    def noted(error: Exception) -> str:
        seen.append(error)
        return "see the log"

    error = KeyError("hush")
    assert perform(Refusing(error), op, noted).message == "see the log"  # type: ignore[arg-type]
    assert seen == [error]
