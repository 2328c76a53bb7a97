"""One-time records carried out: the ledger, what follows a create, items sent one by one, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import execute, resolve, settle
from reconciler.apply.portion import portions
from reconciler.model import (
    HELD,
    Action,
    Address,
    Calls,
    Change,
    Connection,
    Impact,
    LedgerLine,
    Observed,
    Outcome,
    Phase,
    Plan,
    Recorded,
    Seal,
    Sealed,
    Selection,
    Snapshot,
    Status,
)
from reconciler.observe import World
from reconciler.providers.base import Listing, Sought, Written
from reconciler.schema import Field, KeyRule, OneTimeRule, Registry, ResourceType, SetRule
from reconciler.schema.sealing import Sealing
from reconciler.state import StateStore, open_store
from tests.unit.apply.fakes import HERE, Clock, Kill, lost, refusal

ITEMS = {"message": Field("message"), "by": Field("by", personal=True)}
ANSWER = ResourceType(
    provider="acme",
    type="Answer",
    api_version="acme/v1",
    description="",
    document={},
    fields={
        "to": Field("to", personal=True),
        "status": Field("status", write_only=True, follow_up=True),
        "notes": Field("notes", write_only=True, follow_up=True, set=SetRule(("message", "by"), True), items=ITEMS),
    },
    key=KeyRule(("to",), "pinned"),
    operations=frozenset({"create", "read", "update"}),
    list="filtered",
    readback="id",
    one_time=OneTimeRule(),
)
TEXT = replace(
    ANSWER,
    type="Text",
    fields={"to": Field("to", personal=True)},
    operations=frozenset({"create"}),
    id_type="none",
    list="none",
    readback="none",
)
REGISTRY = Registry({"acme/Answer": ANSWER, "acme/Text": TEXT}, "d")
SEALING = Sealing(REGISTRY, Seal(b"k" * 32))
ANN, BOB = Address("acme", "Answer", "ann"), Address("acme", "Text", "bob")
NOTES = [{"message": "one", "by": "ann@example.com"}, {"message": "two", "by": "bob@example.com"}]


@dataclass
class Post:
    """A vendor of messages; ``fail`` is raised by the n-th write, after it was done where ``done``."""

    fail: dict[int, BaseException] = field(default_factory=dict)
    done: bool = True
    connection: Connection = field(default_factory=lambda: Connection("acme", "acme", "https://acme.example"))
    kinds: frozenset[str] = frozenset(REGISTRY.types)
    live: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: list[tuple[str, Any]] = field(default_factory=list)
    sought: list[Sought] = field(default_factory=list)

    def seek(self, kind: str, sought: Sought) -> None:
        self.sought.append(sought)

    def list(self, kind: str) -> Listing:
        found = tuple(Observed(kind, "acme", id, fields) for id, fields in self.live.items())
        return Listing(kind, "acme", found, complete=False)

    def read(self, kind: str, id: str) -> Observed | None:
        return Observed(kind, "acme", id, self.live[id]) if id in self.live else None

    def create(self, kind: str, fields: Mapping[str, Any]) -> Written:
        self._write("create", dict(fields))
        if kind == "acme/Text":
            return Written()
        return Written(str(len(self.live)), {"to": fields["to"]})

    def update(self, kind: str, id: str, fields: Mapping[str, Any]) -> Written:
        self._write("update", (id, dict(fields)))
        return Written(id)

    def delete(self, kind: str, id: str) -> Written:
        raise AssertionError

    def _write(self, name: str, what: Any) -> None:
        error = self.fail.pop(len(self.writes) + 1, None)
        if error is not None and not self.done:
            raise error
        self.writes.append((name, what))
        if name == "create":
            self.live[str(len(self.live) + 1)] = {"to": what["to"]}
        if error is not None:
            raise error

    def impact(self, kind: str, observed: Observed) -> Impact:
        return Impact()

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, Any]:
        return {}

    def calls(self) -> Calls:
        return Calls()

    def close(self) -> None:
        return


@dataclass
class Desk:
    """A state on disk and a vendor."""

    folder: Path
    post: Post = field(default_factory=Post)
    clock: Clock = field(default_factory=Clock)

    @property
    def store(self) -> StateStore:
        return open_store("sqlite:///state.db", "acme", None, self.folder, clock=self.clock, seal=SEALING.kept)

    def apply(self, *changes: Change) -> dict[str, Outcome]:
        with self.store.lock(HERE, "apply") as session:
            found = execute(
                Plan("acme", None, Selection(), None, "d", changes),
                providers={"acme": self.post},
                session=session,
                registry=REGISTRY,
                world=World(),
                clock=self.clock,
                sleep=self.clock.sleep,
                sealing=SEALING,
            )
            session.end(0)
        return {outcome.address.name: outcome for outcome in found}

    def settle(self) -> Any:
        with self.store.lock(HERE, "apply") as session:
            return settle(
                session,
                {"acme": self.post},
                REGISTRY,
                now=self.clock,
                sleep=self.clock.sleep,
                settle_seconds={"acme": 30.0},
                sealing=SEALING,
            )

    def resolve(self, address: Address, **said: Any) -> None:
        with self.store.lock(HERE, "resolve") as session:
            resolve(session, address, registry=REGISTRY, providers={"acme": self.post}, sealing=SEALING, **said)

    def snapshot(self) -> Snapshot:
        return self.store.snapshot()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A fresh one."""
    return Desk(tmp_path)


def identity(words: str = "hello") -> Sealed:
    """What a message says."""
    return SEALING.identity("acme/Answer", words)


def sending(address: Address = ANN, words: str = "hello", **then: Any) -> Change:
    """A message to ann, and what follows."""
    fields = {"to": "ann@example.com"}
    return Change(
        address,
        "acme",
        Action.SEND,
        "not_sent",
        request=fields,
        recorded={**fields, **then},
        then=then,
        identity=identity(words),
    )


def test_a_message_goes_into_the_ledger_with_its_outcome(desk: Desk) -> None:
    """In one commit with it, under its name, with what it said, the vendor's id, run and time."""
    assert desk.apply(sending())["ann"].status is Status.DONE
    (line,), (run,) = desk.snapshot().ledger.values(), desk.store.runs()
    assert line == LedgerLine(ANN, identity().digest, identity().key, run.id, desk.clock.now, "acme", "1")
    assert desk.snapshot().records[ANN].fields == SEALING.kept("acme/Answer", {"to": "ann@example.com"})
    assert "ann@example.com" not in (desk.folder / "state.db").read_bytes().decode("latin-1")
    assert desk.post.sought[-1].fields == ({"to": "ann@example.com"},), "what could be found again is looked for first"


def test_a_vendor_without_ids_leaves_a_line_and_no_record(desk: Desk) -> None:
    """Two of them are two lines; any yes of the vendor is one."""
    desk.apply(sending(BOB), sending(replace_name(BOB, "cid"), "other"))
    assert {a.name: line.object_id for a, line in desk.snapshot().ledger.items()} == {"bob": None, "cid": None}
    assert desk.snapshot().records == {}


def replace_name(address: Address, name: str) -> Address:
    """The address with another name."""
    return address._replace(name=name)


def test_what_follows_is_sent_after_the_create_one_by_one(desk: Desk) -> None:
    """The status in one request, each note in its own; the record holds all of it, personal data sealed."""
    outcome = desk.apply(sending(status="done", notes=NOTES))["ann"]
    assert (outcome.status, outcome.id) == (Status.DONE, "1")
    assert desk.post.writes == [
        ("create", {"to": "ann@example.com"}),
        ("update", ("1", {"status": "done"})),
        ("update", ("1", {"notes": [NOTES[0]]})),
        ("update", ("1", {"notes": [NOTES[1]]})),
    ]
    whole = {"to": "ann@example.com", "status": "done", "notes": NOTES}
    assert desk.snapshot().records[ANN].fields == SEALING.kept("acme/Answer", whole)


@pytest.mark.parametrize(
    ("failing", "recorded"),
    [
        (2, {"to": "ann@example.com"}),
        (3, {"to": "ann@example.com", "status": "done"}),
        (4, {"to": "ann@example.com", "status": "done", "notes": NOTES[:1]}),
    ],
)
def test_a_refusal_in_between_leaves_what_was_done(desk: Desk, failing: int, recorded: dict[str, Any]) -> None:
    """The message is out and in the ledger; the record says how far the rest came."""
    desk.post.fail, desk.post.done = {failing: refusal()}, False
    assert desk.apply(sending(status="done", notes=NOTES))["ann"].status is Status.FAILED
    snapshot = desk.snapshot()
    assert (set(snapshot.ledger), snapshot.open_intents) == ({ANN}, ())
    left = {name: value for name, value in snapshot.records[ANN].fields.items() if value}
    assert left == SEALING.kept("acme/Answer", recorded)


def test_an_item_whose_answer_was_lost_is_not_sent_again_by_itself(desk: Desk) -> None:
    """No endpoint shows it: a person says whether it is there; the record then holds it or not."""
    desk.post.fail = {3: lost()}
    assert desk.apply(sending(notes=NOTES))["ann"].status is Status.UNKNOWN
    (unsettled,) = desk.settle().unsettled
    assert "no endpoint shows" in unsettled.why
    assert len(desk.post.writes) == 3
    desk.resolve(ANN, adopt_id="1")
    kept = SEALING.kept("acme/Answer", {"notes": NOTES})
    assert desk.snapshot().records[ANN].fields["notes"] == kept["notes"]


def test_a_status_whose_answer_was_lost_is_set_once_more(desk: Desk) -> None:
    """It is not shown either, but setting it twice is setting it once."""
    desk.post.fail = {2: lost()}
    assert desk.apply(sending(status="done"))["ann"].status is Status.UNKNOWN
    (settled,) = desk.settle().settled
    assert settled.phase is Phase.FAILED
    assert "status" not in desk.snapshot().records[ANN].fields


def test_a_lost_message_that_can_be_read_back_is_found(desk: Desk) -> None:
    """The one new record that equals it, its sealed address opened; then it is in the ledger as sent."""
    desk.post.live = {"1": {"to": "x@example.com"}}
    desk.post.fail = {1: lost()}
    assert desk.apply(sending())["ann"].status is Status.UNKNOWN
    assert desk.snapshot().ledger == {}
    (settled,) = desk.settle().settled
    assert (settled.phase, settled.id) == (Phase.DONE, "2")
    assert desk.snapshot().ledger[ANN].object_id == "2"
    assert len(desk.post.writes) == 1


def test_a_lost_message_that_is_not_seen_stays_open(desk: Desk) -> None:
    """However often it is not seen: absence proves nothing of a message."""
    desk.post.fail, desk.post.done = {1: lost()}, False
    desk.apply(sending())
    (unsettled,) = desk.settle().unsettled
    assert desk.clock.slept, "it was looked for long enough"
    assert unsettled.intent.address == ANN
    desk.resolve(ANN, not_created=True)
    assert (desk.snapshot().ledger, desk.snapshot().open_intents) == ({}, ())


def test_what_nobody_can_show_is_settled_by_a_word(desk: Desk) -> None:
    """Of a message without an id any word serves; it is then sent for good."""
    desk.post.fail = {1: lost()}
    desk.apply(sending(BOB))
    (unsettled,) = desk.settle().unsettled
    assert "no endpoint shows" in unsettled.why
    desk.resolve(BOB, adopt_id="sent")
    assert (desk.snapshot().ledger[BOB].object_id, desk.snapshot().records) == ("sent", {})


def test_a_kill_after_the_bytes_left_leaves_it_open(desk: Desk) -> None:
    """The intent with what it says was on disk before; the next run finds it, and sends nothing."""
    desk.post.fail = {1: Kill()}
    with pytest.raises(Kill):
        desk.apply(sending(BOB))
    (intent,) = desk.snapshot().open_intents
    assert (intent.phase, intent.identity) == (Phase.INTENT, identity())
    outcome = desk.apply(sending(BOB))["bob"]
    assert (outcome.status, len(desk.post.writes)) == (Status.FAILED, 1)
    renamed = desk.apply(sending(replace_name(BOB, "renamed")))["renamed"]
    assert (renamed.status, len(desk.post.writes)) == (Status.FAILED, 1), "nor under another name"


def test_the_ledger_has_the_last_word(desk: Desk) -> None:
    """A plan that knows nothing of an earlier send is refused where it would send the same."""
    desk.apply(sending(BOB))
    outcome = desk.apply(sending(replace_name(BOB, "again")))["again"]
    assert (outcome.status, len(desk.post.writes)) == (Status.FAILED, 1)


def test_what_is_held_is_left_alone(desk: Desk) -> None:
    """It is no operation: no outcome, no write, no line."""
    assert desk.apply(replace(sending(), reason=HELD)) == {}
    assert (desk.post.writes, desk.snapshot().ledger) == ([], {})


def test_a_name_learns_that_its_words_were_sent(desk: Desk) -> None:
    """The line is written for it as well, with the run, time and id of the sending."""
    desk.apply(sending(BOB))
    sent = desk.snapshot().ledger[BOB]
    other = replace_name(BOB, "other")
    desk.clock.now += 50
    desk.apply(Change(other, "acme", Action.NO_OP, "sent", identity=identity()))
    assert desk.snapshot().ledger == {BOB: sent, other: replace(sent, address=other)}


def test_an_adopted_record_is_never_sent(desk: Desk) -> None:
    """Taken over, it goes into the ledger like one that was sent; forgotten, it stays there."""
    desk.post.live = {"9": {"to": "ann@example.com"}}
    adopted = Change(
        ANN,
        "acme",
        Action.NO_OP,
        "not_recorded",
        id="9",
        importing="9",
        recorded={"to": "ann@example.com"},
        identity=identity(),
    )
    desk.apply(adopted)
    assert desk.snapshot().ledger[ANN].object_id == "9"
    desk.apply(Change(ANN, "acme", Action.FORGET, "sent_and_removed", id="9"))
    assert (set(desk.snapshot().ledger), desk.snapshot().records) == ({ANN}, {})


def test_an_update_of_what_is_pending_changes_the_line(desk: Desk) -> None:
    """What it said before was never said: other words may have it."""
    desk.apply(sending())
    update = Change(ANN, "acme", Action.UPDATE, "config", id="1", request={"to": "b"}, recorded={"to": "b"})
    desk.post.live["1"]["to"] = "b"
    desk.apply(replace(update, identity=identity("otherwise")))
    assert desk.snapshot().ledger[ANN].identity == identity("otherwise").digest


@pytest.mark.parametrize(
    ("request_", "before", "parts", "why"),
    [
        ({"to": "x"}, {}, [{"to": "x"}], "nearly always one"),
        ({}, {}, [{}], "nothing to send is one request all the same"),
        ({"notes": NOTES}, {}, [{"notes": [NOTES[0]]}, {"notes": [NOTES[1]]}], "items alone"),
        ({"notes": NOTES[:1], "status": "s"}, {}, [{"status": "s"}, {"notes": [NOTES[0]]}], "the rest before them"),
    ],
)
def test_portions(request_: dict[str, Any], before: dict[str, Any], parts: list[dict[str, Any]], why: str) -> None:
    """What is never seen again stands with nothing else in a request; the last one leaves the whole record."""
    after = Recorded(ANN, "acme", "1", {**before, **request_})
    found = portions(ANSWER, request_, Recorded(ANN, "acme", "1", before), after)
    assert [part.request for part in found] == parts, why
    assert found[-1].after == after
