"""The executor: order, outcomes, records and journal, write by write."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from reconciler.errors import STATE_DISK_FULL, ReconcilerError
from reconciler.model import Action, Lifecycle, Observed, Pending, Phase, Source, Status, Tombstone
from reconciler.observe import World
from reconciler.providers.base import Written
from tests.unit.apply.fakes import (
    ACCOUNT,
    QUESTION,
    REGISTRY,
    SITE,
    SURVEY,
    Bench,
    Kill,
    at,
    blocked,
    change,
    creating,
    held,
    location,
    lost,
    refusal,
    unreadable,
)

LEEDS, YORK, HULL = at("leeds"), at("york"), at("hull")


def test_create_is_recorded_and_journalled(bench: Bench) -> None:
    """A create is sent once, its record holds id, fields, origin, dependencies, lifecycle and source."""
    wanted = replace(
        location("leeds"), lifecycle=Lifecycle(prevent_destroy=True), source=Source("a.yaml", 3), depends_on=(YORK,)
    )
    outcome = bench.apply(wanted)["leeds"]
    assert (outcome.status, outcome.id, outcome.exit_code) == (Status.DONE, "n1", 0)
    record = bench.store.snapshot().records[LEEDS]
    assert (record.id, record.fields, record.origin) == (
        "n1",
        {"name": "Acme leeds", "country_code": "GB"},
        "https://optimum.example:443",
    )
    assert (record.lifecycle, record.source, record.depends_on) == (wanted.lifecycle, wanted.source, (YORK,))
    with bench.session() as session:
        assert session.satisfied("sha256:plan") == {(LEEDS, "create")}
        assert session.open_intents() == ()
    assert [w[0] for w in bench.vendors["optimum"].writes()] == ["create"]


def test_intent_is_on_disk_before_the_request_leaves(bench: Bench) -> None:
    """At the moment the vendor is reached, another reader finds the intent with request, listing and record to be."""
    bench.vendors["optimum"].add("optimum/Location", "old", name="x")
    found: list[Any] = []
    bench.vendors["optimum"].faults["create", "before"] = lambda _: found.extend(bench.store.snapshot().open_intents)
    bench.apply(location("leeds"))
    (intent,) = found
    assert (intent.phase, intent.step, intent.plan_digest, intent.seen) == (
        Phase.INTENT,
        "create",
        "sha256:plan",
        ("old",),
    )
    assert intent.request == {"name": "Acme leeds", "country_code": "GB"}
    assert intent.after.fields == intent.request


def test_pending_ids_are_filled_in(bench: Bench) -> None:
    """What refers to an object that is created in the same run gets the id it was given, in request and record."""
    survey, question = at("waffles", SURVEY), at("extra", QUESTION)
    outcomes = bench.apply(
        creating(survey, name="Waffles", interactionType="visit", questions=[{"language": "en", "body": "?"}]),
        creating(question, survey=Pending(survey), language="fr", body="Quoi?", depends_on=(survey,)),
    )
    assert outcomes["extra"].status is Status.DONE
    assert bench.vendors["enco"].writes()[1][2]["survey"] == "n1"
    assert bench.store.snapshot().records[question].fields["survey"] == "n1"


def test_deletes_go_against_the_graph(bench: Bench) -> None:
    """What depends on an object goes before it; creates go the other way."""
    for name in ("a", "b", "c"):
        bench.vendors["optimum"].add("optimum/Location", name, name=name)
        bench.keep(held(at(name), name))
    bench.apply(
        change(at("a"), Action.DELETE, id="a"),
        change(at("b"), Action.DELETE, id="b", depends_on=(at("a"),)),
        change(at("c"), Action.DELETE, id="c", depends_on=(at("b"),)),
    )
    assert [w[2] for w in bench.vendors["optimum"].writes()] == ["c", "b", "a"]


def test_failure_skips_what_depends_on_it_and_nothing_else(bench: Bench) -> None:
    """Dependents at any distance are skipped and name the root; independent work goes on."""
    bench.vendors["optimum"].faults["create", "before"] = lambda f: refusal() if f["name"] == "Acme leeds" else None
    outcomes = bench.apply(
        location("leeds"),
        location("york", depends_on=(LEEDS,)),
        location("hull", depends_on=(YORK,)),
        location("bath"),
    )
    assert {n: o.status.value for n, o in outcomes.items()} == {
        "bath": "done",
        "hull": "skipped",
        "leeds": "failed",
        "york": "skipped",
    }
    assert outcomes["leeds"].code == "RCN0930"
    assert outcomes["leeds"].exit_code == 9
    assert [(o.because, o.code, o.exit_code) for n, o in outcomes.items() if n in ("york", "hull")] == [
        (LEEDS, "RCN0903", 9)
    ] * 2
    assert list(bench.store.snapshot().records) == [at("bath")]


@pytest.mark.parametrize(
    ("fault", "status", "open_", "reason"),
    [
        (refusal(), Status.FAILED, 0, "a definite refusal closes the intent"),
        (lost(), Status.UNKNOWN, 1, "a lost answer leaves it open"),
        (RuntimeError("secret"), Status.UNKNOWN, 1, "what nobody expected after the first byte may have been done"),
    ],
)
def test_write_errors(bench: Bench, fault: Exception, status: Status, open_: int, reason: str) -> None:
    """An error is definite or it is not; the journal keeps what is not, and no message shows an exception's text."""
    bench.vendors["optimum"].faults["create", "after"] = fault
    bench.clock.now = 2000.0
    outcome = bench.apply(location("leeds"), location("york", depends_on=(LEEDS,)))
    assert (outcome["leeds"].status, outcome["york"].status) == (status, Status.SKIPPED), reason
    assert "secret" not in (outcome["leeds"].message or "")
    found = bench.store.snapshot().open_intents
    assert [i.phase for i in found] == [Phase.UNKNOWN] * open_
    assert bench.store.snapshot().records == {}


def test_credentials_refused_keep_their_exit_code(bench: Bench) -> None:
    """The outcome's exit code is the error's own, so that a refused token ends with 4."""
    from reconciler import errors

    code = next(c for c, page in errors.CATALOGUE.items() if page.exit_code == 4)
    bench.vendors["optimum"].faults["create", "before"] = ReconcilerError(code, "401")
    assert bench.apply(location("leeds"))["leeds"].exit_code == 4


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda w: Written(None, {}), "an empty answer"),
        (lambda w: Written(None, w.fields), "fields without an id"),
        (lambda w: Written(w.id, {}), "an id without fields"),
    ],
)
@pytest.mark.parametrize("kind", ["optimum/Location", SURVEY, SITE])
def test_short_answer_is_completed_by_reading_back(bench: Bench, kind: str, answer: Any, reason: str) -> None:
    """An answer that says too little is completed: by key, by id, or as the one new object that is equal."""
    fields = {
        "optimum/Location": {"name": "Acme", "country_code": "GB"},
        SURVEY: {"name": "W", "interactionType": "v", "questions": [{"language": "en", "body": "?"}]},
        SITE: {"site_code": "001", "name": "Leeds"},
    }[kind]
    vendor = bench.vendors[{"optimum": "optimum", "enco": "enco", "customersure": "cs"}[kind.split("/")[0]]]
    vendor.add(kind, "twin", **{**fields, **({"site_code": "002"} if kind == SITE else {})})
    vendor.answer = answer
    outcome = bench.apply(creating(at("x", kind), **fields))["x"]
    assert outcome.status is Status.DONE, reason
    assert outcome.message is None
    assert outcome.id in vendor.live(kind)
    assert outcome.id != "twin"


def test_short_answer_waits_for_a_list_that_lags(bench: Bench) -> None:
    """A listing that does not show the new object yet is asked again after a pause."""
    vendor = bench.vendors["enco"]
    vendor.answer = lambda w: Written(None, {})
    vendor.faults["list", "before"] = lambda _: vendor.hidden.clear() if bench.clock.slept else vendor.hidden.add("n1")
    outcome = bench.apply(creating(at("q", QUESTION), survey="8", language="fr", body="?"))["q"]
    assert (outcome.status, outcome.id) == (Status.DONE, "n1")
    assert 0 < sum(bench.clock.slept) < 5


def test_short_answer_with_two_new_equals_is_unknown(bench: Bench) -> None:
    """Two new objects that are equal cannot be told apart: nothing is guessed."""
    vendor = bench.vendors["optimum"]
    vendor.answer = lambda w: Written(None, {})
    vendor.faults["create", "after"] = lambda f: vendor.add("optimum/Location", "stranger", **f)
    assert bench.apply(location("leeds"))["leeds"].status is Status.UNKNOWN


def test_short_answers_of_twins_are_never_given_to_one(bench: Bench) -> None:
    """Two equal creates at once, answered without ids, never end with one object in two records."""
    vendor = bench.vendors["optimum"]
    vendor.answer = lambda w: Written(None, {})
    bench.apply(
        creating(LEEDS, name="Acme", country_code="GB"), creating(YORK, name="Acme", country_code="GB"), parallelism=2
    )
    snapshot = bench.store.snapshot()
    ids = [r.id for r in snapshot.records.values()]
    assert len(ids) == len(set(ids))
    assert len(ids) + len(snapshot.open_intents) == 2


def test_answer_that_is_only_an_echo(bench: Bench) -> None:
    """An answer that differs is read once more; what differs still is told, and recorded as it is."""
    vendor = bench.vendors["optimum"]
    vendor.answer = lambda w: Written(w.id, {**w.fields, "name": "ACME"})
    assert bench.apply(location("leeds"))["leeds"].message is None
    vendor.faults["create", "after"] = lambda f: vendor.live("optimum/Location")["n2"].update(name="ACME")
    outcome = bench.apply(location("york"))["york"]
    assert outcome.status is Status.DONE
    assert "name" in (outcome.message or "")
    assert bench.store.snapshot().records[YORK].fields == {"name": "ACME", "country_code": "GB"}


def test_answer_with_another_addresses_object(bench: Bench) -> None:
    """An id that another address holds is never recorded twice."""
    bench.vendors["optimum"].add("optimum/Location", "mine", name="Acme york", country_code="GB")
    bench.keep(held(YORK, "mine"))
    bench.vendors["optimum"].answer = lambda w: Written("mine", w.fields)
    outcome = bench.apply(location("leeds"))["leeds"]
    assert outcome.status is Status.FAILED
    assert "optimum/Location/york" in (outcome.message or "")
    assert list(bench.store.snapshot().records) == [YORK]


def test_create_by_key_looks_first(bench: Bench) -> None:
    """A key that exists by now is left alone: nothing is sent (trap 75)."""
    bench.vendors["cs"].add(SITE, "001", site_code="001", name="Somebody's")
    outcome = bench.apply(creating(at("s", SITE), site_code="001", name="Leeds"), world=World())["s"]
    assert (outcome.status, outcome.code) == (Status.FAILED, "RCN0904")
    assert bench.vendors["cs"].writes() == []


def test_create_refused_for_a_key_that_just_came_up(bench: Bench) -> None:
    """A refusal is definite: the other's site is nobody's record, and the next look finds it and sends nothing
    (trap 75)."""
    vendor = bench.vendors["cs"]

    def taken(fields: Any) -> ReconcilerError:
        vendor.add(SITE, "001", site_code="001", name="Somebody's")
        return refusal("site_code: custom")

    vendor.faults["create", "before"] = taken
    create = creating(at("s", SITE), site_code="001", name="Leeds")
    assert bench.apply(create)["s"].code == "RCN0930"
    assert bench.store.snapshot().records == {} and bench.store.snapshot().open_intents == ()
    asked = len(vendor.writes())
    assert (bench.apply(create)["s"].code, len(vendor.writes())) == ("RCN0904", asked)


def _updating(**more: Any) -> Any:
    return change(
        LEEDS,
        Action.UPDATE,
        id="x",
        request={"name": "New"},
        recorded={"name": "New", "country_code": "GB"},
        expected={"name": "Old", "country_code": "GB"},
        **more,
    )


def _with_leeds(bench: Bench, **fields: Any) -> None:
    bench.vendors["optimum"].add("optimum/Location", "x", **{"name": "Old", "country_code": "GB", **fields})
    bench.keep(held(LEEDS, "x", name="Old", country_code="GB"))


def test_update_is_checked_sent_and_verified(bench: Bench) -> None:
    """An update reads first, sends only what changes, reads back (trap 33), and records what is managed."""
    _with_leeds(bench)
    assert bench.apply(_updating())["leeds"].status is Status.DONE
    assert [(e[0], e[2]) for e in bench.vendors["optimum"].log] == [
        ("read", "x"),
        ("update", ("x", {"name": "New"})),
        ("read", "x"),
    ]
    assert bench.store.snapshot().records[LEEDS].fields == {"name": "New", "country_code": "GB"}


@pytest.mark.parametrize(
    ("live", "reason"),
    [({"name": "Moved"}, "a managed field moved since the plan"), (None, "the object is gone")],
)
@pytest.mark.parametrize("action", [Action.UPDATE, Action.DELETE])
def test_stale_objects_are_left_alone(bench: Bench, live: dict[str, str] | None, reason: str, action: Action) -> None:
    """What is no longer what the plan saw is not written; a delete of what is gone is done."""
    _with_leeds(bench, **(live or {}))
    if live is None:
        del bench.vendors["optimum"].live("optimum/Location")["x"]
    outcome = bench.apply(replace(_updating(), action=action))["leeds"]
    gone_already = action is Action.DELETE and live is None
    assert outcome.status is (Status.DONE if gone_already else Status.FAILED), reason
    assert outcome.code == (None if gone_already else "RCN0904")
    assert bench.vendors["optimum"].writes() == []
    assert (LEEDS in bench.store.snapshot().records) is not gone_already


def test_update_that_did_not_take(bench: Bench) -> None:
    """A success that changed nothing is a failure that names the fields; the record says what is true."""
    _with_leeds(bench)
    bench.vendors["optimum"].keeps = lambda name: False
    outcome = bench.apply(_updating())["leeds"]
    assert (outcome.status, outcome.code) == (Status.FAILED, "RCN0905")
    assert "name" in (outcome.message or "")
    assert bench.store.snapshot().records[LEEDS].fields == {"name": "Old", "country_code": "GB"}
    assert bench.store.snapshot().open_intents == ()


def test_update_verified_later_when_reading_fails(bench: Bench) -> None:
    """The vendor confirmed it: an unreadable read-back is told and does not undo it."""
    _with_leeds(bench)
    vendor = bench.vendors["optimum"]
    vendor.faults["read", "before"] = lambda _: unreadable() if vendor.writes() else None
    outcome = bench.apply(_updating())["leeds"]
    assert outcome.status is Status.DONE
    assert "not read back" in (outcome.message or "")


def test_update_of_the_id_field_moves_the_record(bench: Bench) -> None:
    """A renamed site_code is the new id."""
    bench.vendors["cs"].add(SITE, "001", site_code="001", name="Leeds")
    bench.keep(held(at("s", SITE), "001", "cs", site_code="001", name="Leeds"))
    new = {"site_code": "002", "name": "Leeds"}
    outcome = bench.apply(change(at("s", SITE), Action.UPDATE, id="001", request={"site_code": "002"}, recorded=new))
    assert (outcome["s"].status, outcome["s"].id) == (Status.DONE, "002")
    assert bench.store.snapshot().records[at("s", SITE)].id == "002"


def test_additive_set_is_verified_by_listing(bench: Bench) -> None:
    """An added question is looked for in the listing; one that is not shown yet stays open, for lists lag behind."""
    survey = at("w", SURVEY)
    bench.vendors["enco"].add(SURVEY, "8", name="W", interactionType="v", questions=[{"language": "en", "body": "a"}])
    add = [{"language": "fr", "body": "b"}]
    every = {"name": "W", "interactionType": "v", "questions": [{"language": "en", "body": "a"}, *add]}
    wanted = change(survey, Action.UPDATE, id="8", request={"questions": add}, recorded=every)
    assert bench.apply(wanted)["w"].status is Status.DONE
    assert bench.store.snapshot().records[survey].fields == every
    bench.vendors["enco"].keeps = lambda name: False
    more = [{"language": "nl", "body": "c"}]
    outcome = bench.apply(replace(wanted, request={"questions": more}))["w"]
    assert (outcome.status, "questions" in (outcome.message or "")) == (Status.UNKNOWN, True)
    (opened,) = bench.store.snapshot().open_intents
    assert (opened.address, opened.phase) == (survey, Phase.UNKNOWN)


@pytest.mark.parametrize(
    ("kind", "connection", "buried", "reason"),
    [
        ("optimum/Location", "optimum", True, "a vendor's id is never matched again"),
        (SURVEY, "enco", True, "the same without a read by id"),
    ],
)
def test_delete_buries_the_id(bench: Bench, kind: str, connection: str, buried: bool, reason: str) -> None:
    """A delete drops the record and remembers the id."""
    bench.vendors[connection].add(kind, "x", name="W")
    bench.keep(held(at("d", kind), "x", connection, name="W"))
    assert bench.apply(change(at("d", kind), Action.DELETE, id="x"))["d"].status is Status.DONE
    snapshot = bench.store.snapshot()
    assert snapshot.records == {}
    assert (Tombstone(kind, connection, "x") in snapshot.tombstones) is buried, reason


def test_last_word_before_a_delete(bench: Bench) -> None:
    """What is asked right before a delete sees the live object and can keep it."""
    _with_leeds(bench)
    asked: list[Any] = []

    def refuse(what: Any, observed: Observed | None, provider: Any) -> None:
        asked.append((what.address, observed and observed.id, provider.connection.name))
        raise ReconcilerError("RCN0901", "it holds more answers than were planned for")

    outcome = bench.apply(change(LEEDS, Action.DELETE, id="x"), before_delete=refuse)["leeds"]
    assert (outcome.status, asked) == (Status.FAILED, [(LEEDS, "x", "optimum")])
    assert bench.vendors["optimum"].writes() == []
    assert LEEDS in bench.store.snapshot().records


def test_deactivated_then_forgotten(bench: Bench) -> None:
    """An account that is to be deactivated is updated and forgotten, and is kept when that did not take."""
    account = at("acme", ACCOUNT)
    bench.vendors["optimum"].add(ACCOUNT, "x", name="Acme", active=True)
    bench.keep(held(account, "x", name="Acme", active=True))
    wanted = change(account, Action.UPDATE, id="x", request={"active": False}, deactivates=True)
    bench.vendors["optimum"].keeps = lambda name: False
    assert bench.apply(wanted)["acme"].code == "RCN0905"
    assert account in bench.store.snapshot().records
    bench.vendors["optimum"].keeps = lambda name: True
    assert bench.apply(wanted)["acme"].status is Status.DONE
    snapshot = bench.store.snapshot()
    assert (snapshot.records, snapshot.tombstones) == ({}, frozenset())
    assert bench.vendors["optimum"].live(ACCOUNT)["x"]["active"] is False


def _replacing(action: Action = Action.CREATE_DELETE, **more: Any) -> Any:
    return creating(LEEDS, action=action, name="New", country_code="GB", **more)


def test_replacement_new_one_first(bench: Bench) -> None:
    """The new object is made, then the old one is deleted; one outcome carries the new id."""
    _with_leeds(bench)
    outcome = bench.apply(replace(_replacing(), id="x"))["leeds"]
    assert (outcome.status, outcome.id) == (Status.DONE, "n1")
    assert [w[0] for w in bench.vendors["optimum"].writes()] == ["create", "delete"]
    snapshot = bench.store.snapshot()
    assert snapshot.records[LEEDS].id == "n1"
    assert snapshot.tombstones == {Tombstone("optimum/Location", "optimum", "x")}
    assert snapshot.open_intents == ()
    with bench.session() as session:
        assert session.satisfied("sha256:plan") == {(LEEDS, "create"), (LEEDS, "delete")}


def test_replacement_old_one_first(bench: Bench) -> None:
    """The old object goes first where the API wants it so."""
    _with_leeds(bench)
    outcome = bench.apply(replace(_replacing(Action.DELETE_CREATE), id="x"))["leeds"]
    assert (outcome.status, outcome.id) == (Status.DONE, "n1")
    assert [w[0] for w in bench.vendors["optimum"].writes()] == ["delete", "create"]
    assert bench.store.snapshot().records[LEEDS].id == "n1"


@pytest.mark.parametrize("fault", [refusal(), lost()])
def test_replacement_whose_second_half_fails(bench: Bench, fault: Exception) -> None:
    """The record has the new object, the old one stays doomed; the next run's recovery and apply delete it."""
    _with_leeds(bench)
    vendor = bench.vendors["optimum"]
    vendor.faults["delete", "before"] = fault
    outcome = bench.apply(replace(_replacing(), id="x"))["leeds"]
    assert outcome.status in (Status.FAILED, Status.UNKNOWN)
    snapshot = bench.store.snapshot()
    assert snapshot.records[LEEDS].id == "n1"
    assert [(i.step, i.object_id) for i in snapshot.open_intents] == [("delete", "x")]
    vendor.faults.clear()
    recovery = bench.settle()
    assert ([i.object_id for i in recovery.pending], recovery.unsettled, recovery.settled) == (["x"], (), ())
    recover = change(LEEDS, recovery.pending[0].action, id="x", reason="recover")
    again = bench.apply(recover, location("york", depends_on=(LEEDS,)))
    assert again["leeds"].status is Status.DONE
    assert again["york"].status is Status.DONE
    assert [w[0] for w in vendor.writes()] == ["create", "create", "delete"], "what depends on it comes first"
    snapshot = bench.store.snapshot()
    assert (snapshot.records[LEEDS].id, snapshot.open_intents) == ("n1", ())
    with bench.session() as session:
        assert (LEEDS, "delete") in session.satisfied("sha256:plan")


def test_replacement_whose_first_half_fails(bench: Bench) -> None:
    """Without a new object the old one stays."""
    _with_leeds(bench)
    bench.vendors["optimum"].faults["create", "before"] = refusal()
    outcome = bench.apply(replace(_replacing(), id="x"))["leeds"]
    assert (outcome.status, outcome.because) == (Status.FAILED, None)
    assert list(bench.vendors["optimum"].live("optimum/Location")) == ["x"]
    assert bench.store.snapshot().records[LEEDS].id == "x"


def test_moved_connection_deletes_where_it_was(bench: Bench) -> None:
    """A moved resource is created in the new connection and deleted in the old one."""
    _with_leeds(bench)
    wanted = replace(_replacing(), id="x", connection="cs", previous_connection="optimum")
    assert bench.apply(wanted)["leeds"].status is Status.DONE
    assert [w[0] for w in bench.vendors["cs"].writes()] == ["create"]
    assert [w[0] for w in bench.vendors["optimum"].writes()] == ["delete"]
    assert bench.store.snapshot().records[LEEDS].connection == "cs"
    assert bench.store.snapshot().tombstones == {Tombstone("optimum/Location", "optimum", "x")}


def test_changes_of_the_state_alone(bench: Bench) -> None:
    """Adopt, forget, rename and lifecycle change the state in one go and ask no vendor."""
    bench.keep(held(YORK, "y", name="Y"), held(at("old"), "o", name="O"), held(HULL, "h"))
    outcomes = bench.apply(
        change(LEEDS, Action.NO_OP, id="x", importing="x", recorded={"name": "L"}),
        change(YORK, Action.FORGET, id="y"),
        change(at("new"), Action.NO_OP, id="o", previous_address=at("old"), recorded={"name": "O"}),
        change(HULL, Action.UPDATE, id="h", recorded={}, lifecycle=Lifecycle(prevent_destroy=True)),
    )
    assert {o.status for o in outcomes.values()} == {Status.DONE}
    records = bench.store.snapshot().records
    assert {a.name: r.id for a, r in records.items()} == {"leeds": "x", "new": "o", "hull": "h"}
    assert records[HULL].lifecycle.prevent_destroy
    assert bench.vendors["optimum"].log == []
    with bench.session() as session:
        assert (YORK, "record") in session.satisfied("sha256:plan")


def test_renamed_before_it_is_written(bench: Bench) -> None:
    """The record has its new name before the update is sent, so that one object never has two records."""
    _with_leeds(bench)
    bench.vendors["optimum"].faults["update", "before"] = refusal()
    wanted = replace(_updating(), address=HULL, previous_address=LEEDS)
    assert bench.apply(wanted)["hull"].status is Status.FAILED
    assert list(bench.store.snapshot().records) == [HULL]
    bench.vendors["optimum"].faults.clear()
    assert bench.apply(wanted)["hull"].status is Status.DONE
    assert list(bench.store.snapshot().records) == [HULL]


def test_what_does_not_change_is_brought_up_to_date(bench: Bench) -> None:
    """No-ops refresh their record silently, only where it differs, and drop it where nothing is to be recorded."""
    bench.keep(held(LEEDS, "x", name="Old"), held(YORK, "y", name="Y"), held(HULL, "h"))
    serial = bench.store.snapshot().serial
    same = change(YORK, Action.NO_OP, id="y", recorded={"name": "Y"})
    assert bench.outcomes(same) == ()
    assert bench.store.snapshot().serial == serial, "nothing changed"
    changed = change(LEEDS, Action.NO_OP, id="x", recorded={"name": "New"})
    assert bench.outcomes(changed, same, change(HULL, Action.NO_OP, id="h", reason="shared")) == ()
    records = bench.store.snapshot().records
    assert {a.name: r.fields for a, r in records.items()} == {"leeds": {"name": "New"}, "york": {"name": "Y"}}
    assert bench.events == []


def test_blocked_changes_are_told_and_left(bench: Bench) -> None:
    """A blocked address has an outcome with the plan's reason, and nothing is done there."""
    outcomes = bench.apply(blocked(LEEDS), location("york"))
    assert (outcomes["leeds"].status, outcomes["leeds"].code) == (Status.BLOCKED, "near_match")
    assert outcomes["york"].status is Status.DONE


def test_open_write_blocks_its_address(bench: Bench) -> None:
    """Nothing is sent to an address whose earlier write is not settled, whatever the plan says."""
    bench.vendors["optimum"].faults["create", "after"] = lost()
    bench.apply(location("leeds"))
    bench.vendors["optimum"].faults.clear()
    outcomes = bench.apply(location("leeds"), location("york", depends_on=(LEEDS,)))
    assert (outcomes["leeds"].code, outcomes["york"].status) == ("RCN0908", Status.SKIPPED)
    assert len(bench.vendors["optimum"].writes()) == 1


def test_connection_that_is_not_configured(bench: Bench) -> None:
    """A missing connection fails its own address, before anything is sent there or to its old connection."""
    _with_leeds(bench)
    moved = replace(_replacing(), id="x", connection="cs", previous_connection="gone")
    outcomes = bench.apply(moved, replace(location("york"), connection="gone"), location("hull"))
    assert [outcomes[n].status for n in ("leeds", "york", "hull")] == [Status.FAILED, Status.FAILED, Status.DONE]
    assert "gone" in (outcomes["leeds"].message or "")
    assert bench.vendors["cs"].writes() == []


def test_listing_that_is_missing_is_made(bench: Bench) -> None:
    """Without a listing nobody could tell what is new: it is read before the first create, or nothing is created."""
    bench.vendors["optimum"].add("optimum/Location", "old", name="x")
    bench.vendors["optimum"].faults["create", "after"] = lost()
    bench.apply(location("leeds"), world=World())
    assert bench.store.snapshot().open_intents[0].seen == ("old",)
    bench.vendors["optimum"].faults = {("list", "before"): unreadable()}
    outcome = bench.apply(location("york"), world=World())["york"]
    assert (outcome.status, outcome.exit_code) == (Status.FAILED, 5)
    assert len(bench.vendors["optimum"].writes()) == 1


def test_stop_finishes_what_is_under_way(bench: Bench) -> None:
    """After stop nothing new begins; what is under way is finished and recorded; the rest is skipped with 130."""
    stop = threading.Event()
    bench.vendors["optimum"].faults["create", "before"] = lambda _: stop.set()
    outcomes = bench.apply(*[location(f"l{n}") for n in range(6)], parallelism=2, stop=stop)
    done = [n for n, o in outcomes.items() if o.status is Status.DONE]
    rest = [o for o in outcomes.values() if o.status is Status.SKIPPED]
    assert 1 <= len(done) <= 2
    assert len(done) + len(rest) == 6
    assert {(o.code, o.exit_code, o.because) for o in rest} == {("RCN0906", 130, None)}
    snapshot = bench.store.snapshot()
    assert {a.name for a in snapshot.records} == set(done)
    assert snapshot.open_intents == ()


def test_events_tell_each_step(bench: Bench) -> None:
    """Each step is told when it begins and when it ends, in order, by the calling thread."""
    threads = set()
    bench.vendors["optimum"].faults["create", "before"] = lambda f: refusal() if f["name"] == "Acme york" else None
    events = []

    def listen(event: Any) -> None:
        threads.add(threading.current_thread())
        events.append((event.kind, event.address.name, event.step, event.index, event.total, event.id))

    bench.apply(
        location("leeds"), location("york"), location("zoo", depends_on=(YORK,)), on_event=listen, parallelism=1
    )
    assert events == [
        ("started", "leeds", "create", 1, 3, None),
        ("done", "leeds", "create", 1, 3, "n1"),
        ("started", "york", "create", 2, 3, None),
        ("failed", "york", "create", 2, 3, None),
        ("skipped", "zoo", "create", 3, 3, None),
    ]
    assert threads == {threading.current_thread()}


def test_closed_output_stops_the_run_in_order(bench: Bench) -> None:
    """A listener whose pipe is closed stops the run like an interrupt: what was begun is recorded."""
    stop = threading.Event()

    def listen(event: Any) -> None:
        raise BrokenPipeError

    outcomes = bench.apply(*[location(f"l{n}") for n in range(5)], on_event=listen, stop=stop, parallelism=1)
    assert stop.is_set()
    done = [n for n, o in outcomes.items() if o.status is Status.DONE]
    assert len(done) == len(bench.store.snapshot().records) == 1


def test_no_more_at_once_than_allowed(bench: Bench) -> None:
    """Never more writes are under way, nor intents open, than ``parallelism`` allows."""
    most = []
    bench.vendors["optimum"].faults["create", "before"] = lambda _: most.append(
        len(bench.store.snapshot().open_intents)
    )
    bench.apply(*[location(f"l{n}") for n in range(20)], parallelism=3)
    assert bench.vendors["optimum"].most <= 3
    assert max(most) <= 3


def test_state_that_cannot_be_written_sends_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room for the intents nothing is sent, and every outcome says why."""
    from reconciler.state.writer import Writer

    def full(*_: Any) -> None:
        raise ReconcilerError(STATE_DISK_FULL, "no room")

    monkeypatch.setattr(Writer, "intend", full)
    outcomes = bench.apply(location("leeds"), location("york"), parallelism=1)
    assert {(o.code, o.exit_code) for o in outcomes.values()} == {("RCN0809", 1)}
    assert bench.vendors["optimum"].log == []


def test_state_lost_in_between_is_told_and_recovered(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that could not be recorded is unknown, nothing more is sent, and the next run finds it."""
    from reconciler.state.writer import Writer

    def full(*_: Any, **__: Any) -> None:
        raise ReconcilerError(STATE_DISK_FULL, "no room")

    monkeypatch.setattr(Writer, "finish", full)
    outcomes = bench.apply(location("leeds"), location("york"), parallelism=1)
    assert [outcomes["leeds"].status, outcomes["york"].status] == [Status.UNKNOWN, Status.SKIPPED]
    assert [outcomes["leeds"].code, outcomes["york"].code] == ["RCN0907", "RCN0809"]
    monkeypatch.undo()
    assert [s.id for s in bench.settle().settled] == ["n1"]
    assert bench.store.snapshot().records[LEEDS].id == "n1"


def test_lock_lost_stops_before_the_next_write(bench: Bench) -> None:
    """A run whose lock was taken sends nothing more and ends as interrupted; its journal is whole."""
    bench.vendors["optimum"].faults["create", "before"] = lambda _: bench.store.unlock(force=True) and None
    outcomes = bench.apply(location("leeds"), location("york"), parallelism=1)
    assert len(bench.vendors["optimum"].writes()) == 1
    assert outcomes["york"].exit_code == 130
    assert [i.address for i in bench.store.snapshot().open_intents] == [LEEDS]


@pytest.mark.parametrize(
    ("taken", "writes", "reason"),
    [
        (True, 0, "another run may have settled the intent by now, so the request must not leave"),
        (False, 1, "it was only slow"),
    ],
)
def test_an_intent_that_got_old_is_confirmed(bench: Bench, taken: bool, writes: int, reason: str) -> None:
    """A process that stood still between intent and request (or looked long) asks for its lock before it sends."""

    def stood_still(_: Any) -> None:
        bench.clock.now += 60
        if taken:
            bench.store.unlock(force=True)

    bench.vendors["cs"].faults["read", "before"] = stood_still
    outcomes = bench.apply(creating(at("leeds", SITE), site_code="001", name="Leeds"))
    assert len(bench.vendors["cs"].writes()) == writes, reason
    assert outcomes["leeds"].exit_code == (130 if taken else 0)
    assert len(bench.store.snapshot().open_intents) == (1 if taken else 0)


def test_killed_in_the_middle(bench: Bench) -> None:
    """What a kill interrupts stays in the journal as it was."""
    bench.vendors["optimum"].faults["create", "after"] = Kill()
    with pytest.raises(Kill):
        bench.apply(location("leeds"))
    assert [i.phase for i in bench.store.snapshot().open_intents] == [Phase.INTENT]


def test_a_thousand_creates_are_quick(bench: Bench) -> None:
    """The engine's own work for 1,000 creates is a small part of the budget."""
    changes = [location(f"l{n}") for n in range(1000)]
    started = time.process_time()
    outcomes = bench.outcomes(*changes)
    spent = time.process_time() - started
    assert {o.status for o in outcomes} == {Status.DONE}
    assert len(bench.store.snapshot().records) == 1000
    assert spent < 1.6, f"{spent:.2f} s of CPU"


def test_registry_is_the_real_one() -> None:
    """These tests use the shipped kinds, so that a changed schema shows here."""
    assert {SITE, SURVEY, QUESTION, ACCOUNT} <= set(REGISTRY.types)
