"""Recovery: every way a run can die, and how reading back settles what it left."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reconciler.apply import resolve
from reconciler.errors import ReconcilerError
from reconciler.model import Action, Change, Phase, Tombstone
from reconciler.state.writer import Writer
from tests.unit.apply.fakes import (
    ACCOUNT,
    LOCATION,
    QUESTION,
    REGISTRY,
    SITE,
    SURVEY,
    Bench,
    Kill,
    at,
    change,
    creating,
    held,
    location,
    lost,
    unreadable,
)

LEEDS, YORK = at("leeds"), at("york")
FIELDS: dict[str, dict[str, Any]] = {
    LOCATION: {"name": "Acme", "country_code": "GB"},
    ACCOUNT: {"name": "Acme", "active": True, "verb": "visit"},
    SITE: {"site_code": "001", "name": "Leeds"},
    SURVEY: {"name": "W", "interactionType": "v", "questions": [{"language": "en", "body": "?"}]},
    QUESTION: {"survey": "8", "language": "fr", "body": "?"},
}
CONNECTION = {"optimum": "optimum", "enco": "enco", "customersure": "cs"}


def vendor_of(bench: Bench, kind: str) -> Any:
    """The vendor that serves a kind."""
    return bench.vendors[CONNECTION[kind.split("/")[0]]]


def dies(bench: Bench, wanted: Change, vendor: Any, where: tuple[str, str], fault: BaseException | None = None) -> None:
    """An apply that is killed (or whose answer is lost) at one point."""
    vendor.faults[where] = fault or Kill()
    with contextlib.suppress(Kill):
        bench.apply(wanted)
    vendor.faults.clear()


def replan(bench: Bench, wanted: Change) -> None:
    """The next plan and apply: the change again, unless the record says that it is done."""
    records = bench.store.snapshot().records
    if wanted.action is Action.CREATE and wanted.address not in records:
        bench.apply(wanted)
    if wanted.action is Action.UPDATE and wanted.recorded != records[wanted.address].fields:
        bench.apply(wanted)
    if wanted.action is Action.DELETE and wanted.address in records:
        bench.apply(wanted)


KILLS: list[tuple[str, Any]] = [
    ("before the intent", "intend"),
    ("after the intent, before the request", ("{}", "before")),
    ("after the request was carried out", ("{}", "after")),
    ("after the answer, before the record", "finish"),
    ("the answer was lost", lost()),
]


def _die(bench: Bench, wanted: Change, point: Any, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = bench.vendors[wanted.connection]
    if isinstance(point, str):

        def kill(*_: Any, **__: Any) -> None:
            raise Kill

        with monkeypatch.context() as patch, pytest.raises(Kill):
            patch.setattr(Writer, point, kill)
            bench.apply(wanted)
    elif isinstance(point, tuple):
        dies(bench, wanted, vendor, (method, point[1]))
    else:
        dies(bench, wanted, vendor, (method, "after"), point)


@pytest.mark.parametrize("kind", sorted(FIELDS))
@pytest.mark.parametrize(("reason", "point"), KILLS, ids=[k[0] for k in KILLS])
def test_create_dies_anywhere(
    bench: Bench, kind: str, reason: str, point: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a create dies, the next run ends with one live object that is recorded, or asks a person."""
    vendor = vendor_of(bench, kind)
    wanted = creating(at("x", kind), **FIELDS[kind])
    _die(bench, wanted, point, "create", monkeypatch)
    recovery = bench.settle()
    made = bool(vendor.live(kind))
    undecidable = REGISTRY.get(kind).delete == "none" and kind != SITE
    if not made and undecidable and bench.store.snapshot().open_intents:
        assert recovery.unsettled[0].candidates == (), reason
        with bench.session() as session:
            resolve(session, wanted.address, registry=REGISTRY, providers=bench.vendors, not_created=True)
    else:
        assert recovery.unsettled == (), reason
    replan(bench, wanted)
    assert len(vendor.live(kind)) == 1, reason
    snapshot = bench.store.snapshot()
    assert [r.id for r in snapshot.records.values()] == list(vendor.live(kind)), reason
    assert snapshot.records[wanted.address].fields == FIELDS[kind]
    assert snapshot.open_intents == ()


@pytest.mark.parametrize("kind", [LOCATION, ACCOUNT, SITE])
@pytest.mark.parametrize(("reason", "point"), KILLS, ids=[k[0] for k in KILLS])
def test_update_dies_anywhere(
    bench: Bench, kind: str, reason: str, point: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However an update dies, the next run ends with the wanted values, live and recorded."""
    vendor, before, after = vendor_of(bench, kind), FIELDS[kind], {**FIELDS[kind], "name": "New"}
    vendor.add(kind, "001", **{k: v for k, v in before.items() if k != "verb"})
    bench.keep(held(at("x", kind), "001", vendor.name, **before))
    wanted = change(at("x", kind), Action.UPDATE, id="001", request={"name": "New"}, recorded=after)
    _die(bench, wanted, point, "update", monkeypatch)
    assert bench.settle().unsettled == (), reason
    assert bench.store.snapshot().open_intents == ()
    replan(bench, wanted)
    assert vendor.live(kind)["001"]["name"] == "New", reason
    assert bench.store.snapshot().records[wanted.address].fields == after


@pytest.mark.parametrize("kind", [LOCATION, ACCOUNT, SURVEY])
@pytest.mark.parametrize(("reason", "point"), KILLS, ids=[k[0] for k in KILLS])
def test_delete_dies_anywhere(
    bench: Bench, kind: str, reason: str, point: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a delete dies, the next run ends without object and record, and with a tombstone."""
    vendor = vendor_of(bench, kind)
    vendor.add(kind, "x", **FIELDS[kind])
    bench.keep(held(at("x", kind), "x", vendor.name, **FIELDS[kind]))
    wanted = change(at("x", kind), Action.DELETE, id="x")
    _die(bench, wanted, point, "delete", monkeypatch)
    assert bench.settle().unsettled == (), reason
    replan(bench, wanted)
    snapshot = bench.store.snapshot()
    assert (vendor.live(kind), snapshot.records, snapshot.open_intents) == ({}, {}, ()), reason
    assert snapshot.tombstones == {Tombstone(kind, vendor.name, "x")}


@pytest.mark.parametrize("method", ["create", "delete"])
@pytest.mark.parametrize(("reason", "point"), KILLS, ids=[k[0] for k in KILLS])
def test_replacement_dies_anywhere(
    bench: Bench, method: str, reason: str, point: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a replacement dies, one object is left in the end, the new one, and the old id is buried."""
    if isinstance(point, str) and method == "delete":
        pytest.skip("the same as for the create")
    vendor = bench.vendors["optimum"]
    vendor.add(LOCATION, "old", name="Old", country_code="GB")
    bench.keep(held(LEEDS, "old", name="Old", country_code="GB"))
    wanted = replace(creating(LEEDS, action=Action.CREATE_DELETE, **FIELDS[LOCATION]), id="old")
    _die(bench, wanted, point, method, monkeypatch)
    recovery = bench.settle()
    assert recovery.unsettled == (), reason
    for intent in recovery.pending:
        bench.apply(change(LEEDS, intent.action, id=intent.object_id, reason="recover"))
    if bench.store.snapshot().records[LEEDS].id == "old":
        bench.apply(wanted)
    snapshot = bench.store.snapshot()
    assert [f["name"] for f in vendor.live(LOCATION).values()] == ["Acme"], reason
    assert [snapshot.records[LEEDS].id] == list(vendor.live(LOCATION))
    assert snapshot.tombstones == {Tombstone(LOCATION, "optimum", "old")}
    assert snapshot.open_intents == ()


def test_killed_again_during_recovery(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second kill while settling loses nothing: the third run finishes."""
    dies(bench, location("leeds"), bench.vendors["optimum"], ("create", "after"))

    def kill(*_: Any, **__: Any) -> None:
        raise Kill

    with monkeypatch.context() as patch, pytest.raises(Kill):
        patch.setattr(Writer, "finish", kill)
        bench.settle()
    bench.vendors["optimum"].faults["list", "before"] = Kill()
    with pytest.raises(Kill):
        bench.settle()
    bench.vendors["optimum"].faults.clear()
    assert [s.phase for s in bench.settle().settled] == [Phase.DONE]
    assert bench.store.snapshot().records[LEEDS].id == "n1"


@pytest.mark.parametrize(
    ("prepare", "phase", "candidates", "reason"),
    [
        (lambda v: v.add(LOCATION, "n", **FIELDS[LOCATION]), Phase.DONE, (), "one new object that is equal"),
        (
            lambda v: v.add(LOCATION, "n", **FIELDS[LOCATION], postal_code="LS1"),
            Phase.DONE,
            (),
            "more fields, not sent",
        ),
        (
            lambda v: [v.add(LOCATION, i, **FIELDS[LOCATION]) for i in "ab"],
            None,
            ("a", "b"),
            "two equal ones cannot be told apart",
        ),
        (
            lambda v: v.add(LOCATION, "n", **{**FIELDS[LOCATION], "country_code": "gb"}),
            None,
            ("n",),
            "the key is ours, the values are not: perhaps the vendor spelled them anew",
        ),
        (lambda v: v.add(LOCATION, "n", name="Other", country_code="GB"), Phase.FAILED, (), "a stranger's object"),
        (lambda v: None, Phase.FAILED, (), "nothing new"),
        (lambda v: v.add(LOCATION, "seen", **FIELDS[LOCATION]), Phase.FAILED, (), "it was there before"),
        (lambda v: v.add(LOCATION, "york", **FIELDS[LOCATION]), Phase.FAILED, (), "another address holds it"),
        (lambda v: v.add(LOCATION, "dead", **FIELDS[LOCATION]), Phase.FAILED, (), "we deleted it once"),
    ],
)
def test_create_is_settled_by_listing(
    bench: Bench, prepare: Callable[[Any], Any], phase: Phase | None, candidates: tuple[str, ...], reason: str
) -> None:
    """What counts as the object that a create made, and what does not: it is listed, not sent again (trap 11)."""
    vendor = bench.vendors["optimum"]
    vendor.add(LOCATION, "seen", name="before")
    dies(bench, creating(LEEDS, **FIELDS[LOCATION]), vendor, ("create", "before"))
    bench.keep(held(YORK, "york", name="york"))
    with bench.session() as session:
        session.finish(
            replace(bench.store.snapshot().open_intents[0], id="d", address=at("d")),
            Phase.DONE,
            tombstones=[Tombstone(LOCATION, "optimum", "dead")],
        )
    prepare(vendor)
    recovery = bench.settle()
    assert [s.phase for s in recovery.settled] == ([phase] if phase else []), reason
    assert [u.candidates for u in recovery.unsettled] == ([] if phase else [candidates]), reason
    assert (LEEDS in bench.store.snapshot().records) is (phase is Phase.DONE)


def test_absence_needs_three_readings_over_the_settle_time(bench: Bench) -> None:
    """Not seen is not absent before three complete readings, the last one late enough after the request."""
    vendor = bench.vendors["optimum"]
    dies(bench, location("leeds"), vendor, ("create", "before"))
    sent_at = bench.clock.now
    bench.clock.now += 4
    vendor.log.clear()
    assert [s.phase for s in bench.settle(30.0).settled] == [Phase.FAILED]
    assert [entry[0] for entry in vendor.log] == ["list"] * 3
    assert bench.clock.now == pytest.approx(sent_at + 30)
    assert bench.clock.slept == [pytest.approx(13), pytest.approx(13)]


def test_absence_long_after_does_not_wait(bench: Bench) -> None:
    """When the time has passed already, three readings follow at once."""
    dies(bench, location("leeds"), bench.vendors["optimum"], ("create", "before"))
    bench.clock.now += 3600
    assert [s.phase for s in bench.settle(30.0).settled] == [Phase.FAILED]
    assert bench.clock.slept == []


def test_clock_that_went_back_does_not_wait_for_ever(bench: Bench) -> None:
    """An intent from the future is waited for no longer than the settle time."""
    dies(bench, location("leeds"), bench.vendors["optimum"], ("create", "before"))
    bench.clock.now -= 100_000
    assert [s.phase for s in bench.settle(30.0).settled] == [Phase.FAILED]
    assert sum(bench.clock.slept) == pytest.approx(30)


def test_time_counts_from_when_the_answer_was_given_up(bench: Bench) -> None:
    """A request that timed out may be carried out late: the wait starts at its end, not at its intent."""
    vendor = bench.vendors["optimum"]

    def slow(_: Any) -> Exception:
        bench.clock.now += 60
        return lost()

    vendor.faults["create", "before"] = slow
    bench.apply(location("leeds"))
    assert bench.store.snapshot().open_intents[0].at == bench.clock.now


@pytest.mark.parametrize(
    ("kind", "phase", "reason"),
    [
        (LOCATION, Phase.FAILED, "a mistake could be deleted"),
        (SURVEY, Phase.FAILED, "a mistake could be deleted"),
        (SITE, Phase.FAILED, "the key is unique and can be read"),
        (QUESTION, None, "a second question could never be taken away"),
    ],
)
def test_where_absence_counts(bench: Bench, kind: str, phase: Phase | None, reason: str) -> None:
    """Absence settles a create only where a mistake could be put right."""
    dies(bench, creating(at("x", kind), **FIELDS[kind]), vendor_of(bench, kind), ("create", "before"))
    recovery = bench.settle()
    assert [s.phase for s in recovery.settled] == ([phase] if phase else []), reason
    assert len(recovery.unsettled) == (0 if phase else 1)


def test_list_that_lags_behind(bench: Bench) -> None:
    """An object that the list shows late is adopted, not made again, also for kinds that cannot be deleted."""
    vendor = bench.vendors["enco"]
    dies(bench, creating(at("q", QUESTION), **FIELDS[QUESTION]), vendor, ("create", "after"))
    vendor.hidden.add("n1")
    vendor.faults["list", "before"] = lambda _: vendor.hidden.clear() if sum(bench.clock.slept) >= 30 else None
    (settled,) = bench.settle(30.0).settled
    assert (settled.phase, settled.id) == (Phase.DONE, "n1")


def test_one_listing_serves_all_intents_of_a_round(bench: Bench) -> None:
    """Many open writes of one kind cost one listing a round."""
    vendor = bench.vendors["optimum"]
    vendor.faults["create", "after"] = lost()
    bench.apply(*[location(f"l{n}") for n in range(8)])
    vendor.faults.clear()
    vendor.log.clear()
    assert len(bench.settle().settled) == 8
    assert [entry[0] for entry in vendor.log] == ["list"]
    assert len(bench.store.snapshot().records) == 8


def test_reading_that_fails_is_no_reading(bench: Bench) -> None:
    """A listing that does not add up proves nothing; one more is tried, and then the write stays open."""
    vendor = bench.vendors["optimum"]
    dies(bench, location("leeds"), vendor, ("create", "before"))
    failures = iter([None, unreadable(), None])
    vendor.faults["list", "before"] = lambda _: next(failures, None)
    assert [s.phase for s in bench.settle().settled] == [Phase.FAILED]
    dies(bench, location("york"), vendor, ("create", "before"))
    vendor.faults["list", "before"] = unreadable()
    recovery = bench.settle()
    assert recovery.settled == ()
    assert "does not add up" in recovery.unsettled[0].why
    assert len(bench.store.snapshot().open_intents) == 1


def test_connection_that_is_gone_leaves_it_open(bench: Bench) -> None:
    """Without its connection a write cannot be settled, and nobody waits for it."""
    dies(bench, location("leeds"), bench.vendors["optimum"], ("create", "before"))
    del bench.vendors["optimum"]
    (left,) = bench.settle().unsettled
    assert "'optimum' is not configured" in left.why
    assert bench.clock.slept == []


def test_nothing_open_reads_nothing(bench: Bench) -> None:
    """Without open writes recovery asks no vendor and waits for nothing."""
    recovery = bench.settle()
    assert (recovery.settled, recovery.unsettled, recovery.pending) == ((), (), ())
    assert all(vendor.log == [] for vendor in bench.vendors.values())


def _adding(bench: Bench, where: tuple[str, str]) -> tuple[Any, Change]:
    """An update that adds two questions, killed at a point."""
    old, new = [{"language": "en", "body": "a"}], [{"language": "fr", "body": "b"}, {"language": "nl", "body": "c"}]
    vendor = bench.vendors["enco"]
    vendor.add(SURVEY, "8", name="W", interactionType="v", questions=list(old))
    base = {"name": "W", "interactionType": "v"}
    bench.keep(held(at("w", SURVEY), "8", "enco", **base, questions=old))
    wanted = change(
        at("w", SURVEY), Action.UPDATE, id="8", request={"questions": new}, recorded={**base, "questions": old + new}
    )
    dies(bench, wanted, vendor, where)
    return vendor, wanted


def test_added_items_that_are_there(bench: Bench) -> None:
    """All added questions are to be seen: the update is done."""
    _, wanted = _adding(bench, ("update", "after"))
    assert [s.phase for s in bench.settle().settled] == [Phase.DONE]
    assert bench.store.snapshot().records[wanted.address].fields == wanted.recorded


def test_added_items_that_are_not_there(bench: Bench) -> None:
    """A question that is not to be seen may still come, and could not be taken away: a person says it."""
    vendor, wanted = _adding(bench, ("update", "before"))
    (left,) = bench.settle().unsettled
    assert (left.candidates, "2 of the items" in left.why) == (("8",), True)
    with bench.session() as session:
        resolve(session, wanted.address, registry=REGISTRY, providers=bench.vendors, not_created=True)
    bench.apply(wanted)
    assert len(vendor.live(SURVEY)["8"]["questions"]) == 3


def test_renamed_key_is_found_under_its_new_name(bench: Bench) -> None:
    """An update of the key itself is looked for under the new key, then under the old one."""
    vendor, site = bench.vendors["cs"], at("s", SITE)
    for point, phase, id in (("after", Phase.DONE, "002"), ("before", Phase.FAILED, "003")):
        vendor.objects.clear()
        old = "001" if point == "after" else "003"
        vendor.add(SITE, old, site_code=old, name="Leeds")
        bench.keep(held(site, old, "cs", site_code=old, name="Leeds"))
        wanted = change(
            site, Action.UPDATE, id=old, request={"site_code": "002"}, recorded={"site_code": "002", "name": "Leeds"}
        )
        dies(bench, wanted, vendor, ("update", point))
        assert [s.phase for s in bench.settle().settled] == [phase]
        assert bench.store.snapshot().records[site].id == id


def test_deactivation_that_died(bench: Bench) -> None:
    """A deactivation that took is forgotten by the recovery, as it would have been by the run."""
    vendor, account = bench.vendors["optimum"], at("a", ACCOUNT)
    vendor.add(ACCOUNT, "x", name="Acme", active=True)
    bench.keep(held(account, "x", name="Acme", active=True))
    wanted = change(account, Action.UPDATE, id="x", request={"active": False}, deactivates=True)
    dies(bench, wanted, vendor, ("update", "after"))
    assert [s.phase for s in bench.settle().settled] == [Phase.DONE]
    assert bench.store.snapshot().records == {}


def _ambiguous(bench: Bench) -> None:
    vendor = bench.vendors["optimum"]
    dies(bench, creating(LEEDS, **FIELDS[LOCATION]), vendor, ("create", "after"))
    vendor.add(LOCATION, "other", name="Acme", country_code="GB", postal_code="LS1")
    assert bench.settle().unsettled[0].candidates == ("n1", "other")


def test_resolve_by_adopting(bench: Bench) -> None:
    """The object that a person names is recorded; where it differs, the record says what is true."""
    _ambiguous(bench)
    bench.vendors["optimum"].live(LOCATION)["other"]["country_code"] = "IE"
    with bench.session() as session:
        settled = resolve(session, LEEDS, registry=REGISTRY, providers=bench.vendors, adopt_id="other")
    assert (settled.phase, settled.id) == (Phase.DONE, "other")
    snapshot = bench.store.snapshot()
    assert (snapshot.records[LEEDS].id, snapshot.open_intents) == ("other", ())
    assert snapshot.records[LEEDS].fields == {"name": "Acme", "country_code": "IE"}


def test_resolve_by_saying_no(bench: Bench) -> None:
    """A create that is said not to have happened is closed; the next plan decides again."""
    _ambiguous(bench)
    with bench.session() as session:
        resolve(session, LEEDS, registry=REGISTRY, providers=bench.vendors, not_created=True)
    snapshot = bench.store.snapshot()
    assert (snapshot.records, snapshot.open_intents) == ({}, ())


@pytest.mark.parametrize(
    ("address", "id", "code", "reason"),
    [
        (YORK, "n1", "RCN0909", "nothing is open there"),
        (LEEDS, "nowhere", "RCN0910", "no such object"),
        (LEEDS, "mine", "RCN0910", "another address holds it"),
        (LEEDS, "dead", "RCN0910", "it was deleted by us"),
    ],
)
def test_resolve_refuses(bench: Bench, address: Any, id: str, code: str, reason: str) -> None:
    """What cannot be adopted is told with exit 3, and stays open."""
    _ambiguous(bench)
    bench.vendors["optimum"].add(LOCATION, "mine", name="x")
    bench.vendors["optimum"].add(LOCATION, "dead", name="x")
    bench.keep(held(at("hull"), "mine"))
    with bench.session() as session:
        done = replace(session.open_intents()[0], id="d", address=at("d"))
        session.finish(done, Phase.DONE, tombstones=[Tombstone(LOCATION, "optimum", "dead")])
        with pytest.raises(ReconcilerError) as caught:
            resolve(session, address, registry=REGISTRY, providers=bench.vendors, adopt_id=id)
    assert (caught.value.code, caught.value.exit_code) == (code, 3), reason
    assert len(bench.store.snapshot().open_intents) == 1


def test_resolve_gives_an_old_object_up(bench: Bench) -> None:
    """The second half of a replacement can be given up by hand: the old object stays live and unmanaged."""
    vendor = bench.vendors["optimum"]
    vendor.add(LOCATION, "old", name="Old", country_code="GB")
    bench.keep(held(LEEDS, "old", name="Old", country_code="GB"))
    wanted = replace(creating(LEEDS, action=Action.CREATE_DELETE, **FIELDS[LOCATION]), id="old")
    dies(bench, wanted, vendor, ("delete", "before"))
    with bench.session() as session:
        resolve(session, LEEDS, registry=REGISTRY, providers=bench.vendors, not_created=True)
    snapshot = bench.store.snapshot()
    assert (snapshot.open_intents, snapshot.records[LEEDS].id) == ((), "n1")
    assert set(vendor.live(LOCATION)) == {"old", "n1"}
