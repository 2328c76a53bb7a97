"""Messages that are sent once, against the sandbox: what is sent is there once, is found again, and can be changed."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import schema
from reconciler.diff import matches
from reconciler.errors import WRITE_INVALID, ReconcilerError, Uncertain
from reconciler.model import JSON
from reconciler.providers.base import Sought, Written
from reconciler.sandbox.server import RunningSandbox
from tests.contract.providers.conftest import Connecting

REQUEST, SEND = "customersure/FeedbackRequest", "enco/Send"
ANN: dict[str, JSON] = {
    "email": "ann@example.com",
    "send_at": "2099-08-20T18:00:00+0100",
    "survey_id": "1484",
    "first_name": "Ann",
    "machine_id": "m-1",
    "site": "LDS",
    "data": [{"key": "staff_code", "value": "luke"}],
}
BOB: dict[str, JSON] = {"survey": "1", "channel": "SMS", "destination": "+32472306705", "segments": ["a"]}


def same(wanted: dict[str, JSON], found: Any) -> bool:
    """Whether every declared field is there, once normalised."""
    return found is not None and matches(schema.load().get(REQUEST), wanted, found.fields)


@pytest.mark.parametrize("echo", [True, False])
def test_a_request_is_made_read_and_changed(sandbox: RunningSandbox, connecting: Connecting, echo: bool) -> None:
    """Whatever the vendor echoes to a change, reading back shows it; items keep their ids and their number."""
    sandbox.options.update({"patch_echo_empty_data": echo})
    provider = connecting("customersure")
    written = provider.create(REQUEST, ANN)
    assert written.id is not None and matches(schema.load().get(REQUEST), ANN, written.fields)
    assert same(ANN, provider.read(REQUEST, written.id))
    change: dict[str, JSON] = {
        "first_name": None,
        "site": "GNT",
        "data": [{"key": "staff_code", "value": "mary"}, {"key": "category", "value": "x"}],
    }
    assert provider.update(REQUEST, written.id, change) == Written(written.id)
    assert same({**ANN, **change}, provider.read(REQUEST, written.id))
    provider.update(REQUEST, written.id, change)
    (held,) = sandbox.store.objects("customersure", "feedback_requests")
    assert [item["key"] for item in held["data"]] == ["site_code", "staff_code", "category"], "no item twice"


def test_what_is_sent_cannot_be_changed(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """The vendor's refusal names the field."""
    provider = connecting("customersure")
    id = provider.create(REQUEST, ANN).id or ""
    sandbox.store.change("customersure", "feedback_requests", id, {"state": "sent"})
    with pytest.raises(ReconcilerError) as caught:
        provider.update(REQUEST, id, {"first_name": "Anna"})
    assert caught.value.code == WRITE_INVALID and "state" in caught.value.message


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("send_at", "2001-01-01T00:00:00Z", "send_at"),
        ("machine_id", "m" * 37, "machine_id: wrong_length (maximum 36)"),
        ("email", "nobody", "email"),
    ],
)
def test_a_refused_request_names_its_field(connecting: Connecting, field: str, value: str, says: str) -> None:
    """A 422, and nothing was made; the schema refuses the last two before."""
    provider = connecting("customersure")
    with pytest.raises(ReconcilerError) as caught:
        provider.create(REQUEST, {**ANN, field: value})
    assert not isinstance(caught.value, Uncertain)
    assert says in caught.value.message


def test_only_what_is_sought_is_asked_for(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """Of three hundred requests of everybody's: the known ones by id, and those a create may have made."""
    for number in range(300):
        seed = {"email": f"p{number}@example.com", "survey_id": 1484, "state": "sent", "data": []}
        sandbox.store.insert(
            "customersure", "feedback_requests", {**seed, "send_at": f"2020-01-01T{number % 24:02}:00:00Z"}
        )
    provider = connecting("customersure", requests_per_second=None)
    made = provider.create(REQUEST, ANN).id
    sandbox.log.clear()
    provider.seek(REQUEST, Sought((ANN,), frozenset({"7", "999999"})))
    found = provider.list(REQUEST)
    assert {"7", made} <= {item.id for item in found.objects}
    assert not found.complete
    assert len(sandbox.log.entries()) == 3, "two by their ids, one page of the survey's"


@pytest.mark.parametrize("fault", [{"drop_after": True}, {"status": 502, "processed": True}])
@pytest.mark.parametrize("kind", [REQUEST, SEND])
def test_a_lost_answer_leaves_one_message(
    sandbox: RunningSandbox, connecting: Connecting, kind: str, fault: dict[str, Any]
) -> None:
    """However patient the client is: it was sent once, and is not sent again."""
    sandbox.store.insert("enco", "surveys", {"id": 1, "name": "s", "interactionType": "t", "questions": []})
    sandbox.options.update({"send_interval": 0})
    sandbox.faults.add({"match": {"method": "POST"}, "fault": fault})
    provider = connecting(kind.partition("/")[0])
    with pytest.raises(Uncertain):
        provider.create(kind, ANN if kind == REQUEST else BOB)
    book = ("customersure", "feedback_requests") if kind == REQUEST else ("enco", "responses")
    assert len(sandbox.store.objects(*book)) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("answer", ["empty", "object"])
def test_a_send_is_taken_whatever_is_answered(
    sandbox: RunningSandbox, connecting: Connecting, status: int, answer: str
) -> None:
    """The document shows no answer to a send."""
    sandbox.options.update({"send_status": status, "send_answer": answer, "send_interval": 0})
    sandbox.store.insert("enco", "surveys", {"id": 1, "name": "s", "interactionType": "t", "questions": []})
    assert connecting("enco").create(SEND, BOB) == Written()
    (held,) = sandbox.store.objects("enco", "responses")
    assert (held["destination"], held["segments"]) == ("+32472306705", ["a"])
