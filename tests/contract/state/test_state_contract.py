"""What every store of the state promises."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest

from reconciler.errors import ReconcilerError
from reconciler.model import Action, Address, Intent, LedgerLine, Lifecycle, Phase, Recorded, Sealed, Source, Tombstone
from reconciler.state import Holder, Session, StateStore, check_origins

Factory = Callable[..., StateStore]
LEEDS = Address("optimum", "Location", "leeds")
YORK = Address("optimum", "Location", "york")
HERE = Holder("host-a", 41, "ann", "7")


def record(address: Address = LEEDS, id: str = "xd3S6", **changes: object) -> Recorded:
    """A record with something in every column."""
    base = Recorded(
        address,
        "optimum",
        id,
        {"name": "Ünïcode \u2028 ☕", "limit": 3, "active": True, "none": None, "list": [{"a": "b"}]},
        "https://optimumfeedback.com:443",
        (Address("customersure", "Site", "leeds"),),
        Lifecycle(prevent_destroy=True, on_remove="retain", replace="allow", ignore_changes=("postal_code",)),
        Source("manifests/leeds.yaml", 3, 5),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def intent(id: str = "i1", address: Address = LEEDS, **changes: object) -> Intent:
    """An intent to create a location."""
    base = Intent(
        id=id,
        run="run",
        address=address,
        action=Action.CREATE,
        step="create",
        connection="optimum",
        object_id=None,
        request={"name": "Leeds"},
        request_digest="sha256:1",
        plan_digest="sha256:plan",
        at=1000.0,
        seen=("a", "b"),
        after=record(address, ""),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_absent(factory: Factory) -> None:
    """A state that was never made is empty, and reading it makes nothing."""
    store = factory()
    seen = store.snapshot()
    assert (seen.exists, seen.lineage, seen.serial, dict(seen.records)) == (False, None, 0, {})
    assert (store.runs(), store.holding(), store.unlock()) == ((), None, None)
    assert not store.snapshot().exists


def test_made_by_the_first_lock(factory: Factory) -> None:
    """The first lock makes the state, with a lineage, its owner, and the plan it was born of."""
    with factory("acme", "staging").lock(HERE, "apply", "sha256:plan") as session:
        lineage = session.lineage
    seen = factory("acme", "staging").snapshot()
    assert seen.exists
    assert (seen.lineage, seen.project, seen.environment) == (lineage, "acme", "staging")
    assert (seen.born_of, seen.serial) == ("sha256:plan", 0)
    with factory("acme", "staging").lock(HERE, "apply", "sha256:other"):
        pass
    assert factory("acme", "staging").snapshot().born_of == "sha256:plan"


def test_records_come_back_as_they_went_in(factory: Factory) -> None:
    """Every field of a record survives, text outside ASCII and nested values included."""
    plain = Recorded(YORK, "optimum", "p", {})
    with factory().lock(HERE, "apply") as session:
        session.put([record(), plain])
    assert factory().snapshot().records == {LEEDS: record(), YORK: plain}


def test_intents_come_back_as_they_went_in(factory: Factory) -> None:
    """An open intent is in the snapshot with its request, the ids seen before and the record to keep."""
    with factory().lock(HERE, "apply") as session:
        session.intend([intent("i1"), intent("i2", YORK, seen=())])
        assert session.open_intents() == (intent("i1"), intent("i2", YORK, seen=()))
    assert factory().snapshot().open_intents == (intent("i1"), intent("i2", YORK, seen=()))


def test_intent_is_durable_before_it_returns(factory: Factory) -> None:
    """Another reader sees the intent as soon as ``intend`` returned: it may be sent now."""
    with factory().lock(HERE, "apply") as session:
        session.intend([intent()])
        assert [i.id for i in factory().snapshot().open_intents] == ["i1"]


@pytest.mark.parametrize(
    ("phase", "open_", "reason"),
    [
        (Phase.DONE, 0, "a definite answer closes it"),
        (Phase.FAILED, 0, "a definite refusal closes it"),
        (Phase.UNKNOWN, 1, "an unknown outcome stays open until it is settled"),
    ],
)
def test_finish_by_phase(factory: Factory, phase: Phase, open_: int, reason: str) -> None:
    """Only an unknown outcome stays open."""
    with factory().lock(HERE, "apply") as session:
        session.intend([intent()])
        session.finish(intent(), phase, detail="said so", at=1030.0)
    found = factory().snapshot().open_intents
    assert len(found) == open_, reason
    if found:
        assert (found[0].phase, found[0].detail, found[0].at, found[0].seen) == (phase, "said so", 1030.0, ("a", "b"))


def test_finish_changes_the_record_in_the_same_step(factory: Factory) -> None:
    """The outcome, the record, the dropped record and the tombstone become true together."""
    buried = Tombstone("optimum/Location", "optimum", "old")
    with factory().lock(HERE, "apply") as session:
        session.put([record(YORK, "old")])
        session.intend([intent(), intent("i2", YORK, step="delete", action=Action.DELETE)])
        session.finish(intent(), Phase.DONE, record=record(), object_id="xd3S6")
        session.finish(intent("i2", YORK, step="delete"), Phase.DONE, forget=True, tombstones=[buried])
        assert session.satisfied("sha256:plan") == {(LEEDS, "create"), (YORK, "delete")}
        assert session.satisfied("sha256:another") == frozenset()
    seen = factory().snapshot()
    assert (seen.records, seen.tombstones, seen.open_intents) == ({LEEDS: record()}, {buried}, ())


def test_finish_without_an_intent_is_written_too(factory: Factory) -> None:
    """A change of the state alone has no intent before it, yet the journal knows it as done."""
    with factory().lock(HERE, "apply") as session:
        session.finish(intent(step="record"), Phase.DONE, record=record())
        assert session.satisfied("sha256:plan") == {(LEEDS, "record")}


def test_what_was_sent_goes_into_the_ledger_with_its_outcome(factory: Factory) -> None:
    """In the commit that says that it is done; the line outlives the record, and only a later one replaces it."""
    line = LedgerLine(LEEDS, "5f", "k1", "run", 1001.0, "optimum", "xd3S6")
    sealed = Sealed("k1", "5f")
    with factory().lock(HERE, "apply") as session:
        session.intend([intent(identity=sealed)])
        assert session.open_intents()[0].identity == sealed
        session.finish(intent(identity=sealed), Phase.DONE, record=record(), object_id="xd3S6", sent=line)
    seen = factory().snapshot()
    assert (seen.ledger, seen.open_intents, seen.records) == ({LEEDS: line}, (), {LEEDS: record()})
    with factory().lock(HERE, "apply") as session:
        session.drop([LEEDS])
        session.enter([replace(line, address=YORK)])
        session.enter([replace(line, identity="60", object_id=None)])
    assert factory().snapshot().ledger == {
        LEEDS: replace(line, identity="60", object_id=None),
        YORK: replace(line, address=YORK),
    }


def test_a_ledger_line_of_a_transaction_that_failed_is_not_there(factory: Factory) -> None:
    """It is written with everything else, or not at all."""
    with factory().lock(HERE, "apply") as session:
        with pytest.raises(RuntimeError), session.batch():
            session.finish(intent(), Phase.DONE, sent=LedgerLine(LEEDS, "5f", "k1", "run", 1.0))
            raise RuntimeError
        assert session.snapshot().ledger == {}


def test_seals_come_back_as_seals(factory: Factory) -> None:
    """What is sealed in a record, a request and a record to be, also inside of a list."""
    fields = {"email": Sealed("k1", "ab"), "data": [{"key": "a", "value": Sealed("k1", "cd")}], "plain": {"$hmac": 1}}
    kept = record(fields=fields)
    with factory().lock(HERE, "apply") as session:
        session.put([kept])
        session.intend([intent(request=fields, after=kept)])
    seen = factory().snapshot()
    assert seen.records[LEEDS].fields == fields
    assert (seen.open_intents[0].request, seen.open_intents[0].after) == (fields, kept)


def test_batch_is_all_or_nothing(factory: Factory) -> None:
    """What fails in a batch takes everything in it along, the serial included; what went before stays."""
    with factory().lock(HERE, "apply") as session:
        session.intend([intent()])
        with pytest.raises(KeyError), session.batch():
            session.finish(intent(), Phase.DONE, record=record())
            session.intend([intent("i2", YORK)])
            raise KeyError
        assert session.snapshot().records == {}
        with session.batch():
            session.finish(intent(), Phase.DONE, record=record())
            session.intend([intent("i2", YORK)])
    seen = factory().snapshot()
    assert (list(seen.records), [i.id for i in seen.open_intents]) == ([LEEDS], ["i2"])


def test_first_change_undone_bumps_nothing(factory: Factory) -> None:
    """A serial that a failed batch would have bumped is bumped by the next change."""
    with factory().lock(HERE, "apply") as session:
        with pytest.raises(KeyError), session.batch():
            session.put([record()])
            raise KeyError
        session.put([record()])
        session.put([record(YORK, "p")])
    assert factory().snapshot().serial == 1


def test_serial_once_a_run_that_changed_something(factory: Factory) -> None:
    """A run that changes nothing leaves the serial; one that changes much adds one; the lineage never changes."""
    serials, lineages = [], set()
    for changes in (0, 1, 3, 0):
        with factory().lock(HERE, "apply") as session:
            for number in range(changes):
                session.put([record(id=f"id{number}")])
            session.end(0)
        seen = factory().snapshot()
        serials.append(seen.serial)
        lineages.add(seen.lineage)
    assert serials == [0, 1, 2, 2]
    assert len(lineages) == 1


def test_drop_and_move(factory: Factory) -> None:
    """A renamed record keeps its content, its dependants follow, its open write too; a dropped one is gone."""
    site, moved = Address("customersure", "Site", "leeds"), Address("customersure", "Site", "leeds-2")
    near = Address("customersure", "Site", "leeds-1")
    with factory().lock(HERE, "apply") as session:
        session.put(
            [record(), Recorded(site, "cs", "001", {"name": "x"}), Recorded(YORK, "optimum", "y", {}, "", (near,))]
        )
        session.intend([intent("i9", site, seen=(), after=record(site, "", depends_on=(site,)))])
        session.move(site, moved)
    seen = factory().snapshot()
    assert sorted(seen.records) == [moved, LEEDS, YORK]
    assert seen.records[moved] == Recorded(moved, "cs", "001", {"name": "x"})
    assert seen.records[LEEDS] == record(depends_on=(moved,))
    assert seen.records[YORK].depends_on == (near,)
    assert [i.address for i in seen.open_intents] == [moved]
    assert seen.open_intents[0].after == record(moved, "", depends_on=(moved,))
    with factory().lock(HERE, "apply") as session:
        session.drop([LEEDS, moved])
    assert list(factory().snapshot().records) == [YORK]


def test_listings_are_kept_once(factory: Factory) -> None:
    """The same listing has one reference, however often and by whomever it is given; another one has another."""
    ids = tuple(f"id{n}" for n in range(1000))
    with factory().lock(HERE, "apply") as session:
        first = session.remember_listing("optimum", "optimum/Location", ids)
        assert session.remember_listing("optimum", "optimum/Location", list(ids)) == first
        assert session.remember_listing("optimum", "optimum/Account", ids) != first
        session.intend([intent("i1", seen=ids), intent("i2", YORK, seen=tuple(ids))])
        session.end(9)
    assert [i.seen for i in factory().snapshot().open_intents] == [ids, ids]


def test_bound_to_project_and_environment(one_state: Factory) -> None:
    """Another project's or environment's state is an error that names both, for readers and for writers."""
    with one_state("acme", "staging").lock(HERE, "apply"):
        pass
    for store, code, words in (
        (one_state("other", "staging"), "RCN0802", ("'acme'", "'other'")),
        (one_state("acme", "live"), "RCN0803", ("'staging'", "'live'")),
        (one_state("acme", None), "RCN0803", ("'staging'", "no environment")),
    ):
        for use in (store.snapshot, lambda s=store: s.lock(HERE, "apply").__enter__(), store.runs, store.unlock):
            with pytest.raises(ReconcilerError) as caught:
                use()
            assert (caught.value.code, caught.value.exit_code) == (code, 3)
            assert all(word in caught.value.message for word in words)
    with one_state("acme", "staging").lock(HERE, "apply"):
        pass


def test_each_project_and_environment_has_its_own(many_states: Factory) -> None:
    """In one place, each pair has its records, lineage, serial, history and lock; none sees another's."""
    owners = [("acme", None), ("acme", "staging"), ("acme", "live"), ("other", None), ("other", "staging")]
    with ExitStack() as held:
        for number, owner in enumerate(owners):
            session = held.enter_context(many_states(*owner).lock(HERE, f"apply {number}"))
            session.put([record(id=f"id{number}"), *([record(YORK, "y")] if number else [])])
            session.intend([intent(f"i{number}"), intent("same", YORK)])
            session.finish(intent("same", YORK), Phase.DONE, tombstones=[Tombstone("k", "c", str(number))])
            session.bind({"enco": f"https://{number}:443"})
        for number, owner in enumerate(owners):
            assert many_states(*owner).holding().command == f"apply {number}"  # type: ignore[union-attr]
            with pytest.raises(ReconcilerError), many_states(*owner).lock(HERE, "apply"):
                raise AssertionError("two writers")
    seen = [many_states(*owner).snapshot() for owner in owners]
    assert [(s.project, s.environment) for s in seen] == owners
    assert [s.records[LEEDS].id for s in seen] == ["id0", "id1", "id2", "id3", "id4"]
    assert [len(s.records) for s in seen] == [1, 2, 2, 2, 2]
    assert [[i.id for i in s.open_intents] for s in seen] == [["i0"], ["i1"], ["i2"], ["i3"], ["i4"]]
    assert [[t.id for t in s.tombstones] for s in seen] == [["0"], ["1"], ["2"], ["3"], ["4"]]
    assert len({s.lineage for s in seen}) == 5
    assert {(s.serial, len(s.origins)) for s in seen} == {(1, 1)}
    assert {len(many_states(*owner).runs()) for owner in owners} == {1}
    assert not many_states("acme", "new").snapshot().exists


def test_bound_to_origins(factory: Factory) -> None:
    """A connection with records may not move to another server; one that holds nothing may, and a new one is added."""
    old, new = "https://optimumfeedback.com:443", "http://127.0.0.1:8000"
    with factory().lock(HERE, "apply") as session:
        session.bind({"optimum": old, "enco": old})
        session.put([record()])
    with factory().lock(HERE, "apply") as session:
        with pytest.raises(ReconcilerError) as caught:
            session.bind({"optimum": new})
        assert caught.value.exit_code == 3
        assert all(word in caught.value.message for word in ("'optimum'", old, new))
        session.bind({"optimum": old, "enco": new, "customersure": new})
    seen = factory().snapshot()
    assert seen.origins == {"optimum": old, "enco": new, "customersure": new}
    with pytest.raises(ReconcilerError):
        check_origins(seen, {"optimum": new})
    check_origins(seen, {"enco": old})


def test_open_write_binds_an_origin(factory: Factory) -> None:
    """A connection with an open write may not move either: it has to be settled where it was sent."""
    with factory().lock(HERE, "apply") as session:
        session.bind({"optimum": "https://a:443"})
        session.intend([intent()])
        with pytest.raises(ReconcilerError):
            session.bind({"optimum": "https://b:443"})


def test_one_writer(factory: Factory) -> None:
    """While one run writes, another is refused with exit 8, and the holder is named in full."""
    with factory().lock(HERE, "apply plan.json", "sha256:plan"):
        holding = factory().holding()
        assert holding is not None
        assert (holding.holder, holding.command, holding.since) == (HERE, "apply plan.json", 1000.0)
        with pytest.raises(ReconcilerError) as caught, factory().lock(HERE, "apply"):
            raise AssertionError("two writers")
        assert caught.value.exit_code == 8
        said = caught.value.message
        assert all(word in said for word in ("host-a", "41", "ann", "1970-01-01 00:16:40 UTC", "apply plan.json"))
        assert factory().snapshot().exists, "plans read on"
        with pytest.raises(ReconcilerError):
            factory().unlock()
    assert factory().holding() is None
    with factory().lock(HERE, "apply"):
        pass


def test_lock_given_back_however_left(factory: Factory) -> None:
    """An error or an interrupt inside gives the lock back; the run shows as not ended."""
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error), factory().lock(HERE, "apply"):
            raise error
    with factory().lock(HERE, "apply"):
        pass
    assert [run.ended for run in factory().runs()] == [None, None, None]


def test_force_stops_the_old_holder_before_its_next_write(factory: Factory) -> None:
    """A lock taken by force fences the old holder: its next intent is refused and not written."""
    with factory().lock(HERE, "apply") as old:
        old.intend([intent("before")])
        left = factory().unlock(force=True)
        assert left is not None
        assert left.holder == HERE
        with pytest.raises(ReconcilerError) as caught:
            old.intend([intent("late")])
        assert caught.value.code == "RCN0813"
        with factory().lock(Holder("host-b", 5, "bob"), "apply") as new:
            with pytest.raises(ReconcilerError):
                old.put([record()])
            new.intend([intent("new", YORK)])
    assert [i.id for i in factory().snapshot().open_intents] == ["before", "new"]


def test_leaving_late_does_not_touch_the_new_holder(factory: Factory) -> None:
    """The old holder's way out leaves the lock of the one that took it by force alone."""
    old = factory().lock(HERE, "apply")
    old.__enter__()
    factory().unlock(force=True)
    with factory().lock(Holder("host-b", 5, "bob"), "apply") as new:
        old.__exit__(None, None, None)
        new.put([record()])
        with pytest.raises(ReconcilerError), factory().lock(HERE, "apply"):
            pass
    assert list(factory().snapshot().records) == [LEEDS]


def test_history(factory: Factory) -> None:
    """Each run has a line: who, where, which command and plan, from when to when, how it ended, what it counted."""
    with factory(now=10.0).lock(HERE, "apply", "sha256:plan") as session:
        session.put([record()])
        session.intend([intent(run=session.run)])
        session.end(9, {"create": 1})
        first = session.run
    with factory(now=20.0).lock(HERE, "apply"):
        pass
    done, died = factory().runs()
    assert (done.id, done.command, done.plan_digest, done.user, done.host, done.pid) == (
        first, "apply", "sha256:plan", "ann", "host-a", 41,
    )  # fmt: skip
    assert (done.started, done.ended, done.exit_code, done.counts, done.serial) == (10.0, 10.0, 9, {"create": 1}, 1)
    assert (died.started, died.ended, died.exit_code) == (20.0, None, None)
    assert [i.id for i in factory().journal(first)] == ["i1"]
    assert factory().journal(died.id) == ()


def test_old_journal_lines_go_and_open_ones_stay(factory: Factory) -> None:
    """Runs long past lose their closed journal lines and listings; an open write is kept for ever."""
    with factory().lock(HERE, "apply") as session:
        first = session.run
        session.intend([intent("open", run=first), intent("closed", YORK, run=first, seen=("z",))])
        session.finish(intent("closed", YORK, run=first, seen=("z",)), Phase.DONE)
        session.end(0)
    for _ in range(25):
        with factory().lock(HERE, "apply") as session:
            session.end(0)
    assert [i.id for i in factory().journal(first)] == ["open"]
    assert factory().snapshot().open_intents[0].seen == ("a", "b")
    assert len(factory().runs()) == 26


def test_threads_write_through_one_session(factory: Factory) -> None:
    """Operations that finish at the same time are all recorded."""

    def work(session: Session, number: int) -> None:
        address = Address("optimum", "Location", f"l{number}")
        mine = intent(f"i{number}", address)
        session.intend([mine])
        with session.batch():
            session.finish(mine, Phase.DONE, record=record(address, f"id{number}"))

    with factory().lock(HERE, "apply") as session:
        threads = [threading.Thread(target=work, args=(session, n)) for n in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    seen = factory().snapshot()
    assert (len(seen.records), seen.open_intents, seen.serial) == (40, (), 1)


def test_one_live_object_in_two_records_is_told(factory: Factory) -> None:
    """A state in which two addresses hold one live object contradicts itself and is not used."""
    with factory().lock(HERE, "apply") as session:
        session.put([record(), record(YORK)])
    with pytest.raises(ReconcilerError) as caught:
        factory().snapshot()
    assert caught.value.code == "RCN0806"
    assert all(str(word) in caught.value.message for word in (LEEDS, YORK, "xd3S6"))
