"""Create, list, read, update, delete and impact of every kind against the sandbox, as providers/base.py has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler import schema
from reconciler.diff import matches
from reconciler.errors import ReconcilerError, Uncertain
from reconciler.model import JSON, Calls, Impact, Observed
from reconciler.providers.base import Provider
from reconciler.sandbox.server import RunningSandbox
from tests.contract.providers.conftest import Connecting
from tests.contract.providers.subjects import SUBJECTS, Subject, each

REGISTRY = schema.load()

# (options of the sandbox, why a vendor may be like that)
MANNERS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "as the documents have it"),
    ({"stray_spaces": False}, "Enco's list without the blanks of its example"),
    ({"question_answer": "empty"}, "the answer to an added question is not documented"),
    ({"create_status": 201, "delete_status": 204}, "the statuses of Enco's writes are not documented"),
    ({"page_base": 0, "wrap_errors": True}, "Optimum's pages named as they are asked for, errors in an envelope"),
    ({"first_page": 1, "accounts_list_requires": "active"}, "pages from 1, and the list that wants to know of active"),
    ({"echo_limits_as_strings": False}, "limits echoed as the numbers they are"),
)


def same(kind: str, wanted: Mapping[str, JSON], observed: Mapping[str, JSON]) -> bool:
    """Whether every readable field is there, once normalised."""
    return matches(REGISTRY.get(kind), wanted, observed)


def normalised(subject: Subject, observed: Observed) -> dict[str, JSON]:
    """The readable fields that users declare, as they are compared."""
    fields = REGISTRY.get(subject.kind).fields
    return {n: fields[n].normalised(v) for n, v in observed.fields.items() if not fields[n].volatile}


def created(subject: Subject, provider: Provider, n: int = 900) -> Observed:
    """Create the n-th object and find it: the one that was not listed before."""
    before = {item.id for item in provider.list(subject.kind).objects}
    provider.create(subject.kind, subject.new(n))
    (found,) = [item for item in provider.list(subject.kind).objects if item.id not in before]
    return found


@each(lambda subject: subject.creatable)
@pytest.mark.parametrize(("options", "reason"), MANNERS, ids=[reason for _, reason in MANNERS])
def test_what_is_created_is_listed_and_read_back_equal(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, options: dict[str, Any], reason: str
) -> None:
    """In whatever manner the vendor answers, the object is there once, with every field that was sent."""
    sandbox.options.update(options)
    subject.seed(sandbox, 3)
    before = provider.list(subject.kind).objects
    written = provider.create(subject.kind, subject.new(900))
    after = provider.list(subject.kind).objects
    (new,) = [item for item in after if item.id not in {old.id for old in before}]
    assert len(after) == len(before) + 1 == subject.live(sandbox), reason
    assert same(subject.kind, subject.new(900), new.fields)
    assert (new.kind, new.connection) == (subject.kind, subject.vendor)
    assert written.id in (new.id, None)
    assert not written.fields or same(subject.kind, subject.new(900), written.fields)
    read = provider.read(subject.kind, new.id)
    assert read is not None
    assert normalised(subject, read) == normalised(subject, new)


def test_ids_are_text_and_hidden_fields_stay_hidden(
    sandbox: RunningSandbox, provider: Provider, subject: Subject
) -> None:
    """The engine compares ids as text; what the API never shows is not made up."""
    subject.seed(sandbox, 2)
    for item in provider.list(subject.kind).objects:
        assert isinstance(item.id, str)
        assert not subject.hidden & set(item.fields)


@each(lambda subject: subject.updatable)
def test_an_update_sets_the_given_fields_only(sandbox: RunningSandbox, provider: Provider, subject: Subject) -> None:
    """What is not named stays as it was; of a survey the given questions are added to those it has."""
    subject.seed(sandbox, 2)
    target = created(subject, provider)
    sandbox.log.clear()
    written = provider.update(subject.kind, target.id, subject.change)
    assert written.id == target.id
    (entry,) = sandbox.log.entries()
    assert entry.request.method == subject.update_method
    found = provider.read(subject.kind, target.id)
    assert found is not None
    assert same(subject.kind, subject.change, found.fields)
    untouched = {name: value for name, value in subject.new(900).items() if name not in subject.change}
    assert same(subject.kind, untouched, found.fields)
    others = [item for item in provider.list(subject.kind).objects if item.id != target.id]
    assert len(others) == 2
    for name, value in subject.change.items():
        assert not any(same(subject.kind, {name: value}, item.fields) for item in others)


def test_the_questions_of_a_survey_outlive_an_added_one(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """Adding is no replacing: the old ids are still there."""
    enco, subject = connecting("enco"), SUBJECTS[0]
    target = created(subject, enco)
    old = {item["id"] for item in target.fields["questions"]}  # type: ignore[attr-defined]
    enco.update(
        subject.kind, target.id, {"questions": [{"language": "nl", "body": "A?"}, {"language": "de", "body": "B?"}]}
    )
    found = enco.read(subject.kind, target.id)
    assert found is not None
    now = {item["id"] for item in found.fields["questions"]}  # type: ignore[attr-defined]
    assert old < now
    assert len(now) == 4


@each(lambda subject: bool(subject.clearing))
def test_an_explicit_null_clears(sandbox: RunningSandbox, provider: Provider, subject: Subject) -> None:
    """A null is sent as null, and afterwards the field is empty and the others are not (traps 34, 76)."""
    subject.seed(sandbox, 0)
    target = created(subject, provider)
    provider.update(subject.kind, target.id, subject.clearing)
    found = provider.read(subject.kind, target.id)
    assert found is not None
    assert {name: found.fields[name] for name in subject.clearing} == dict.fromkeys(subject.clearing)
    kept = {name: value for name, value in subject.new(900).items() if name not in subject.clearing}
    assert same(subject.kind, kept, found.fields)


@each(lambda subject: subject.deletable)
def test_what_is_deleted_is_absent(sandbox: RunningSandbox, provider: Provider, subject: Subject) -> None:
    """Not listed, not read, and a second delete is done as well; the others stay."""
    subject.seed(sandbox, 2)
    target = created(subject, provider)
    assert provider.delete(subject.kind, target.id).id == target.id
    assert provider.read(subject.kind, target.id) is None
    listed = provider.list(subject.kind).objects
    assert target.id not in {item.id for item in listed}
    assert len(listed) == 2
    provider.delete(subject.kind, target.id)
    assert subject.live(sandbox) == 2


@each(lambda subject: not (subject.deletable and subject.updatable))
def test_what_the_api_cannot_do_is_refused_before_anything_is_sent(
    sandbox: RunningSandbox, provider: Provider, subject: Subject
) -> None:
    """No delete of a site, update of a question, create of a form: a definite refusal, and silence on the wire."""
    subject.seed(sandbox, 1)
    sandbox.log.clear()
    attempts = [lambda: provider.delete(subject.kind, "1")]
    if not subject.updatable:
        attempts.append(lambda: provider.update(subject.kind, "1", {"body": "Other?"}))
    if not subject.creatable:
        attempts.append(lambda: provider.create(subject.kind, subject.new(900)))
    for attempt in attempts:
        with pytest.raises(ReconcilerError) as caught:
            attempt()
        assert not isinstance(caught.value, Uncertain)
    assert sandbox.log.entries() == []


def test_a_deleted_location_may_stay_visible(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """Nothing says what becomes of an inactive location: it is reported as it is seen, a second delete is harmless."""
    sandbox.options.update({"deleted_locations": "ghost"})
    subject, optimum = SUBJECTS[3], connecting("optimum")
    target = created(subject, optimum)
    optimum.delete(subject.kind, target.id)
    assert target.id in {item.id for item in optimum.list(subject.kind).objects}
    assert optimum.read(subject.kind, target.id) is not None
    optimum.delete(subject.kind, target.id)
    assert subject.live(sandbox) == 0


@pytest.mark.parametrize("id", ["999999", "nobody", "a/b", "../sites", "..", "x?limit=1", "100%", "é ü", "#"])
def test_an_unknown_id_is_none_whatever_it_looks_like(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, id: str
) -> None:
    """An id is one segment of a path: none leads to the collection or to another object."""
    subject.seed(sandbox, 2)
    assert provider.read(subject.kind, id) is None


@each(lambda subject: subject.updatable)
def test_a_write_to_an_unknown_id_is_a_definite_refusal(provider: Provider, subject: Subject) -> None:
    """A 404 to an update is no success and no doubt."""
    with pytest.raises(ReconcilerError) as caught:
        provider.update(subject.kind, "999999", subject.change)
    assert not isinstance(caught.value, Uncertain)
    assert caught.value.exit_code == 9


def test_impact_counts_what_a_delete_would_destroy(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """Responses and score of a survey, reviews and feedback of this very location, the account's own totals."""
    SUBJECTS[0].seed(sandbox, 2)
    for score in (10, 9, 2, None):
        sandbox.store.insert("enco", "responses", {"survey": 1, "score": score, "date": "2020-02-03T09:15:00Z"})
    here = sandbox.store.insert("optimum", "locations", {"name": "Here", "country_code": "BE"})
    there = sandbox.store.insert("optimum", "locations", {"name": "There", "country_code": "BE"})
    for location in (here, here, there):
        sandbox.store.insert("optimum", "reviews", {"location": location["id"]})
    sandbox.store.insert("optimum", "feedback", {"location": here["id"]})
    account = {"name": "Acme", "active": True, "active_locations": 3, "active_users": 1}
    acme = sandbox.store.insert("optimum", "accounts", account)
    enco, optimum = connecting("enco"), connecting("optimum")
    for provider, kind, id, expected in (
        (enco, "enco/Survey", "1", Impact({"responses": 3, "requests": 4, "nps": 33})),
        (optimum, "optimum/Location", here["id"], Impact({"reviews": 2, "feedback": 1}, ("campaigns",))),
        (optimum, "optimum/Account", acme["id"], Impact({"active_locations": 3, "active_users": 1}, ("campaigns",))),
    ):
        observed = provider.read(kind, id)
        assert observed is not None
        assert provider.impact(kind, observed) == expected
    fresh = enco.read("enco/Survey", "2")
    assert fresh is not None
    assert not enco.impact("enco/Survey", fresh).loses_data


def test_a_count_that_cannot_be_read_is_told_and_not_zero(
    sandbox: RunningSandbox, provider: Provider, subject: Subject
) -> None:
    """An error of a probe ends in ``failed``, which counts as a loss; kinds without data have nothing to lose."""
    subject.seed(sandbox, 1)
    observed = provider.list(subject.kind).objects[0]
    sandbox.faults.add({"match": {"vendor": subject.vendor}, "when": {"count": 99}, "fault": {"status": 403}})
    impact = provider.impact(subject.kind, observed)
    if REGISTRY.get(subject.kind).impact is None:
        assert impact == Impact()
    else:
        assert impact.failed
        assert impact.loses_data
        assert not any(impact.counts.values())


@each(lambda subject: subject.creatable)
def test_calls_count_reads_and_writes_apart(sandbox: RunningSandbox, provider: Provider, subject: Subject) -> None:
    """A request is counted once, however often it was tried."""
    subject.seed(sandbox, 1)
    subject.strike(sandbox, "GET", subject.listing, {"status": 503}, count=2)
    provider.list(subject.kind)
    subject.strike(sandbox, "POST", subject.creates, {"status": 429})
    provider.create(subject.kind, subject.new(900))
    assert provider.calls() == Calls(subject.reads, 1)
    assert len(sandbox.log.entries()) == subject.reads + 4
