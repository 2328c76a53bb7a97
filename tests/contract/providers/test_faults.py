"""What providers make of a network and a vendor that fail: repeated where safe, uncertain where not, never false."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import ReconcilerError, Uncertain
from reconciler.providers.base import Provider
from reconciler.sandbox.server import RunningSandbox
from tests.contract.providers.conftest import Clock, Connecting
from tests.contract.providers.subjects import Subject, each

ALWAYS = 10_000


def named(fault: dict[str, Any]) -> str:
    """A fault as a test id."""
    return " ".join(f"{kind} {value}" for kind, value in fault.items() if kind != "headers")


PASSING: tuple[dict[str, Any], ...] = (
    {"status": 500},
    {"status": 503},
    {"status": 429, "headers": {"Retry-After": "7"}},
    {"drop_before": True},
    {"drop_after": True},
    {"cut": True},
    {"empty_body": True},
    {"html": True},
)


@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_a_listing_outlives_two_failures(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, clock: Clock, fault: dict[str, Any]
) -> None:
    """Twice wrong and then fine: the listing is complete, and between the tries was a pause."""
    subject.seed(sandbox, 3)
    subject.strike(sandbox, "GET", subject.listing, fault, count=2)
    assert len(provider.list(subject.kind).objects) == 3
    assert len(clock.slept) >= 2
    if fault.get("status") == 429:
        assert min(clock.slept[:2]) >= 7


@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_a_listing_that_keeps_failing_is_exit_5(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, clock: Clock, fault: dict[str, Any]
) -> None:
    """Unreadable is never absent: an error of 05xx within --retry-seconds, not an empty list."""
    subject.seed(sandbox, 3)
    subject.strike(sandbox, "GET", subject.listing, fault, count=ALWAYS)
    with pytest.raises(ReconcilerError) as caught:
        provider.list(subject.kind)
    assert caught.value.exit_code == 5
    assert caught.value.code.startswith("RCN05")
    assert sum(clock.slept) <= 60


@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_a_read_that_keeps_failing_is_not_absence(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, fault: dict[str, Any]
) -> None:
    """None is said on a confirmed 404 or a complete list, and on nothing else (trap 8)."""
    subject.seed(sandbox, 1)
    target = provider.list(subject.kind).objects[0]
    sandbox.faults.add({"match": {"method": "GET"}, "when": {"count": ALWAYS}, "fault": fault})
    with pytest.raises(ReconcilerError) as caught:
        provider.read(subject.kind, target.id)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("status", [400, 401, 402, 403, 406, 415])
def test_a_refused_read_is_not_absence(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, status: int
) -> None:
    """A 4xx other than 404 says nothing about the object (traps 66, 87c)."""
    subject.seed(sandbox, 1)
    sandbox.faults.add({"match": {"method": "GET"}, "when": {"count": ALWAYS}, "fault": {"status": status}})
    for call in (lambda: provider.read(subject.kind, "1"), lambda: provider.list(subject.kind)):
        with pytest.raises(ReconcilerError) as caught:
            call()
        assert caught.value.exit_code == (4 if status in (401, 403) else 5)


def test_a_missing_collection_is_no_empty_one(sandbox: RunningSandbox, provider: Provider, subject: Subject) -> None:
    """A 404 to a listing means a wrong address, not that there is nothing (trap 8)."""
    sandbox.faults.add({"match": {"method": "GET"}, "when": {"count": ALWAYS}, "fault": {"status": 404}})
    with pytest.raises(ReconcilerError) as caught:
        provider.list(subject.kind)
    assert caught.value.exit_code == subject.missing


@each(lambda subject: subject.creatable)
def test_the_pause_a_429_asks_for_is_kept_for_every_write(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, clock: Clock
) -> None:
    """It says that nothing was processed, so that even a create is sent again: one object, at the given time."""
    subject.seed(sandbox, 1)
    limit = {"status": 429, "headers": {"Retry-After": "11"}}
    before = subject.live(sandbox)
    subject.strike(sandbox, "POST", subject.creates, limit, count=2)
    provider.create(subject.kind, subject.new(900))
    assert subject.live(sandbox) == before + 1
    assert sum(pause >= 11 for pause in clock.slept) == 2
    _, *tries = [entry.request for entry in sandbox.log.entries() if entry.request.method == "POST"]
    assert len({entry.body for entry in tries}) == 1


# (fault, how many objects there are afterwards)
LOST: tuple[tuple[dict[str, Any], int], ...] = (
    ({"drop_before": True}, 0),
    ({"drop_after": True}, 1),
    ({"cut": True}, 1),
    ({"html": True, "processed": True}, 1),
    ({"html": True}, 0),
    ({"status": 500}, 0),
    ({"status": 503, "processed": True}, 1),
    ({"status": 504}, 0),
    ({"status": 408, "processed": True}, 1),
)


@each(lambda subject: subject.creatable)
@pytest.mark.parametrize(("fault", "made"), LOST, ids=[named(fault) for fault, _ in LOST])
def test_a_create_whose_answer_is_lost_is_uncertain_and_sent_once(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, fault: dict[str, Any], made: int
) -> None:
    """Nobody knows, so it is not sent again: the request left once, and there is one object or none (trap 11)."""
    subject.seed(sandbox, 1)
    before = subject.live(sandbox)
    subject.strike(sandbox, "POST", subject.creates, fault, count=ALWAYS)
    with pytest.raises(Uncertain):
        provider.create(subject.kind, subject.new(900))
    assert subject.live(sandbox) == before + made
    assert [entry.request.method for entry in sandbox.log.entries()] == ["POST"]


@each(lambda subject: subject.creatable)
@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 422])
def test_a_refused_create_is_definite(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, status: int
) -> None:
    """A 4xx says that nothing was changed; the vendor's words are told."""
    fault = {"status": status, "body": {"message": "the waffle iron is cold"}}
    subject.seed(sandbox, 1)
    subject.strike(sandbox, "POST", subject.creates, fault, count=ALWAYS)
    with pytest.raises(ReconcilerError, match="the waffle iron is cold") as caught:
        provider.create(subject.kind, subject.new(900))
    assert not isinstance(caught.value, Uncertain)
    assert [entry.request.method for entry in sandbox.log.entries()].count("POST") == 1


REPEATED = (
    {"status": 503},
    {"status": 429},
    {"drop_before": True},
    {"drop_after": True},
    {"cut": True},
    {"html": True},
)


@each(lambda subject: subject.updatable and subject.vendor != "enco")
@pytest.mark.parametrize("fault", REPEATED, ids=named)
def test_an_update_is_repeated(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, fault: dict[str, Any]
) -> None:
    """Setting a field twice sets it; only adding a question is a create in disguise."""
    subject.seed(sandbox, 1)
    target = provider.list(subject.kind).objects[0]
    subject.strike(sandbox, subject.update_method, "", fault, count=2)
    provider.update(subject.kind, target.id, subject.change)
    found = provider.read(subject.kind, target.id)
    assert found is not None
    assert {name: str(found.fields[name]) for name in subject.change} == {n: str(v) for n, v in subject.change.items()}


@each(lambda subject: subject.deletable)
@pytest.mark.parametrize("fault", REPEATED, ids=named)
def test_a_delete_is_repeated(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, fault: dict[str, Any]
) -> None:
    """Gone at the second try, by a 404 or by the answer that was lost the first time."""
    subject.seed(sandbox, 2)
    target = provider.list(subject.kind).objects[0]
    subject.strike(sandbox, "DELETE", "", fault, count=2)
    provider.delete(subject.kind, target.id)
    assert target.id not in {item.id for item in provider.list(subject.kind).objects}
    assert subject.live(sandbox) == 1


@each(lambda subject: subject.updatable)
def test_an_update_that_keeps_failing_after_a_lost_answer_is_uncertain(
    sandbox: RunningSandbox, provider: Provider, subject: Subject
) -> None:
    """It may have been carried out, so nobody may say that nothing was changed."""
    subject.seed(sandbox, 1)
    target = provider.list(subject.kind).objects[0]
    subject.strike(sandbox, subject.update_method, "", {"drop_after": True}, count=ALWAYS)
    with pytest.raises(Uncertain):
        provider.update(subject.kind, target.id, subject.change)


def test_an_added_question_lost_half_way_is_uncertain(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """Of two questions the second is refused: the survey has changed, so that this is no clean refusal."""
    enco = connecting("enco")
    survey = {"name": "waffles", "interactionType": "general", "questions": [{"language": "en", "body": "How?"}]}
    sandbox.store.insert("enco", "surveys", {**survey, "id": 1})
    more = [{"language": "fr", "body": "Et ?"}, {"language": "nl", "body": "Hoe?"}]
    refused = {"match": {"path": "/question$"}, "when": {"nth": 2}, "fault": {"status": 400}}
    sandbox.faults.add(refused)
    with pytest.raises(Uncertain):
        enco.update("enco/Survey", "1", {"questions": more})
    assert len(sandbox.store.objects("enco", "surveys")[0]["questions"]) == 2
