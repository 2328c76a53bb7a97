"""A whole state out of a store and into another: what a pull, a push and a migration rest on; and what moves inside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.errors import ReconcilerError
from reconciler.model import Address, Intent, Phase, Sealed, Tombstone
from reconciler.state import Contents, Holder, LedgerLine, Run, StateStore, open_store
from tests.contract.state.test_state_contract import HERE, LEEDS, YORK, intent, record

Factory = Callable[..., StateStore]
HELLO = Address("enco", "Send", "hello")
SENT = LedgerLine(HELLO, "5f0c", "k1", "r1", 900.0, "enco", "77")
RUN = Run("r1", "apply", "sha256:plan", 800.0, 900.0, "bob", "host-b", 7, 9, {"create": 2}, 40, "0.1")
DIED = Run("r2", "apply", None, 950.0, None, "bob", "host-b", 8)


def lines(number: int) -> tuple[Intent, ...]:
    """A journal: a write that is done, one whose outcome is not known, and one that was only intended."""
    ids = tuple(f"id{n}" for n in range(number))
    done = replace(intent("i1", seen=()), phase=Phase.DONE, run="r1", object_id="xd3S6", detail="fine")
    unknown = replace(intent("i2", YORK, seen=ids), phase=Phase.UNKNOWN, run="r1", after=record(YORK, ""))
    sending = replace(intent("i3", HELLO, seen=ids), run="r2", after=None, identity=Sealed("k1", "a1:b2"))
    return done, unknown, sending


def whole(**changes: object) -> Contents:
    """A state with something of everything."""
    base = Contents(
        lineage="l-1",
        serial=40,
        project="acme",
        environment=None,
        born_of="sha256:first",
        origins={"enco": "https://api.enco.io:443", "optimum": "https://optimumfeedback.com:443"},
        records=(record(), record(YORK, "y", connection="other")),
        tombstones=frozenset({Tombstone("optimum/Location", "optimum", "old")}),
        ledger=(SENT, LedgerLine(LEEDS, "sha256:2", None, "r1", 901.5)),
        journal=lines(1000),
        runs=(RUN, DIED),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def put(store: StateStore, contents: Contents) -> str:
    """Write contents; the id of the run that did."""
    with store.lock(HERE, "state push") as session:
        session.replace(contents)
        assert session.lineage == contents.lineage
        session.end(0, {"pushed": 1})
        return session.run


def held(store: StateStore) -> Contents:
    """What a store holds."""
    found = store.contents()
    assert found is not None
    return found


def test_nothing_where_there_is_no_state(factory: Factory) -> None:
    """Asking an absent state for its contents makes nothing."""
    assert factory().contents() is None
    assert factory().snapshot().exists is False


def test_contents_agree_with_the_snapshot(factory: Factory) -> None:
    """Both are the same state: the contents only say more."""
    with factory().lock(HERE, "apply", "sha256:plan") as session:
        session.bind({"optimum": "https://optimumfeedback.com:443"})
        session.put([record()])
        session.intend([intent("i1", YORK), intent("i2", HELLO, seen=(), after=None)])
        session.finish(intent("i2", HELLO, seen=(), after=None), Phase.DONE)
        inside = session.snapshot()
    contents, seen = held(factory()), factory().snapshot()
    assert seen == inside
    assert {r.address: r for r in contents.records} == seen.records
    assert (contents.lineage, contents.serial, contents.project, contents.environment, contents.born_of) == (
        seen.lineage, seen.serial, seen.project, seen.environment, seen.born_of,
    )  # fmt: skip
    assert (contents.origins, contents.tombstones, contents.open_intents) == (
        seen.origins, seen.tombstones, seen.open_intents,
    )  # fmt: skip
    assert [(i.id, i.phase) for i in contents.journal] == [("i1", "INTENT"), ("i2", "DONE")]
    assert contents.runs == factory().runs()
    assert contents.runs[0].version == __version__


def test_replaced_whole(factory: Factory) -> None:
    """Everything comes back as it went in, the run that put it there stands last, and nothing of before is left."""
    with factory().lock(HERE, "apply") as session:
        session.bind({"customersure": "https://api.customersure.com:443"})
        session.put([record(Address("optimum", "Location", "gone"), "g")])
        session.intend([intent("i1", seen=("z",)), intent("i0", YORK, seen=("z",))])
    run = put(factory(), whole())
    found = held(factory())
    assert found.runs[:-1] == (RUN, DIED)
    assert (found.runs[-1].id, found.runs[-1].command, found.runs[-1].serial) == (run, "state push", 41)
    assert replace(found, runs=(RUN, DIED), serial=40) == whole()
    assert factory().journal("r1") == lines(1000)[:2]


@pytest.mark.parametrize(
    ("own", "pushed", "after", "reason"),
    [
        (3, 40, 41, "above the one that came in"),
        (60, 40, 61, "above the one that was there: nobody who saw it may take the new one for older"),
        (40, 40, 41, "the same is not the same state any more"),
    ],
)
def test_the_serial_rises(factory: Factory, own: int, pushed: int, after: int, reason: str) -> None:
    """The serial afterwards is one more than the higher of the two."""
    put(factory(), whole(serial=own - 1))
    assert held(factory()).serial == own
    put(factory(), whole(serial=pushed))
    assert held(factory()).serial == after, reason


def test_from_store_to_store_and_back(factory: Factory) -> None:
    """What one store gave another takes, and gives the same again: nothing is lost on a migration's way."""
    put(factory(), whole())
    first = held(factory())
    put(factory(place="second"), first)
    second = held(factory(place="second"))
    assert replace(second, serial=0, runs=second.runs[:-1]) == replace(first, serial=0)
    with factory(place="second").lock(HERE, "apply") as session:
        assert session.snapshot().records == {r.address: r for r in first.records}
        assert session.open_intents() == first.open_intents


def test_replacing_is_all_or_nothing(factory: Factory) -> None:
    """What fails on the way leaves the state as it was, its lineage too."""
    put(factory(), whole())
    before = held(factory())
    with factory().lock(HERE, "state push") as session, pytest.raises(KeyError), session.batch():
        session.replace(whole(lineage="l-2", records=()))
        raise KeyError
    after = held(factory())
    assert replace(after, runs=after.runs[:-1]) == before


@pytest.mark.parametrize(
    ("changes", "code"), [({"project": "other"}, "RCN0802"), ({"environment": "staging"}, "RCN0803")]
)
def test_only_its_own_project_and_environment(factory: Factory, changes: dict[str, object], code: str) -> None:
    """A state is not turned into another project's or environment's."""
    put(factory(), whole())
    before = held(factory())
    with factory().lock(HERE, "state push") as session, pytest.raises(ReconcilerError) as caught:
        session.replace(whole(**changes))
    assert caught.value.code == code
    assert replace(held(factory()), runs=before.runs) == before


def test_work_goes_on_after_a_replace(factory: Factory) -> None:
    """The session that replaced, and the next one, write on: listings, intents and records of the new whole."""
    with factory().lock(HERE, "state push") as session:
        listing = tuple(f"id{n}" for n in range(3))
        session.intend([intent("i8", seen=listing)])
        session.replace(whole())
        session.intend([intent("i9", seen=listing)])
        session.end(0)
    assert [(i.id, i.seen) for i in factory().snapshot().open_intents][2:] == [("i9", listing)]
    with factory().lock(HERE, "apply") as session:
        session.drop([YORK])
    assert list(factory().snapshot().records) == [LEEDS]


def test_retired(factory: Factory) -> None:
    """A migrated state is refused to readers and writers, with where it went; what it held can still be looked at."""
    put(factory(), whole())
    with factory().lock(HERE, "state migrate") as session:
        session.retire("postgresql://db/acme")
        session.end(0)
    for use in (factory().snapshot, lambda: factory().lock(HERE, "apply").__enter__()):
        with pytest.raises(ReconcilerError) as caught:
            use()
        assert (caught.value.code, "postgresql://db/acme" in caught.value.message) == ("RCN0820", True)
    found = held(factory())
    assert (found.moved_to, found.records) == ("postgresql://db/acme", whole().records)
    assert [run.command for run in factory().runs()][-1] == "state migrate"
    assert factory().journal("r1")
    assert factory().holding() is None, "the refused writer holds nothing"


def test_a_retired_state_comes_back_by_a_migration(factory: Factory) -> None:
    """Whoever says that a retired state is meant may write, and what comes back is in use again."""
    with factory().lock(HERE, "state migrate") as session:
        session.retire("elsewhere")
    with factory().lock(HERE, "state migrate", retired=True) as session:
        assert session.snapshot().exists
        session.replace(whole())
    assert factory().snapshot().lineage == "l-1"


def test_the_lock_holds_for_a_replace(factory: Factory) -> None:
    """A holder whose lock was taken replaces and retires nothing."""
    put(factory(), whole())
    old = factory().lock(HERE, "state push")
    session = old.__enter__()
    factory().unlock(force=True)
    for write in (lambda: session.replace(whole(lineage="l-2")), lambda: session.retire("x")):
        with pytest.raises(ReconcilerError) as caught:
            write()
        assert caught.value.code == "RCN0813"
    with suppress(ReconcilerError):
        old.__exit__(None, None, None)
    with factory().lock(Holder("host-b", 5, "bob"), "apply") as new:
        assert new.lineage == "l-1"


def test_move_to_another_connection(factory: Factory) -> None:
    """Record and open write go to the other connection, under the same address or another."""
    put(factory(), whole(journal=lines(2)))
    with factory().lock(HERE, "state mv") as session:
        session.move(LEEDS, LEEDS, connection="shops")
        session.move(YORK, Address("optimum", "Location", "york-2"), connection="shops")
    seen = factory().snapshot()
    moved = record(Address("optimum", "Location", "york-2"), "y", connection="shops")
    assert seen.records == {LEEDS: record(connection="shops"), moved.address: moved}
    first = seen.open_intents[0]
    assert (first.id, first.address, first.connection, first.seen) == ("i2", moved.address, "shops", ("id0", "id1"))
    assert first.after == replace(moved, id="")


def test_what_was_sent_is_sent_under_neither_name(factory: Factory) -> None:
    """The ledger keeps the old name beside the new one, and what the new one had already."""
    again = Address("enco", "Send", "again")
    put(factory(), whole(records=(record(HELLO, "1", depends_on=()),), journal=()))
    with factory().lock(HERE, "state mv") as session:
        session.move(HELLO, again)
        session.drop([again])
    ledger = {line.address: line for line in held(factory()).ledger}
    assert ledger[HELLO] == SENT
    assert ledger[again] == replace(SENT, address=again)


def test_between_stores_of_different_sorts(factory: Factory, tmp_path: Path) -> None:
    """What any store gives a SQLite file takes, and gives back to it, unchanged: a migration may go either way."""
    put(factory(), whole())
    first = held(factory())
    file = open_store("sqlite:///between.db", "acme", None, tmp_path)
    put(file, first)
    put(factory(), replace(held(file), runs=first.runs))
    found = held(factory())
    assert replace(found, serial=0, runs=found.runs[:-1]) == replace(first, serial=0)
