"""Records that are sent once, ever: what the ledger, the record and the live object make of a manifest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import (
    Action,
    Address,
    Change,
    Intent,
    LedgerLine,
    Phase,
    Plan,
    Recorded,
    Seal,
    Selection,
    Snapshot,
)
from reconciler.plan import build
from reconciler.plan.approval import approve
from reconciler.plan.graph import step_names
from reconciler.plan.ledger import earlier_identities, identities
from reconciler.plan.opening import opened
from reconciler.schema.sealing import Sealing
from tests.unit.plan.world import REGISTRY, World

SEALING = Sealing(REGISTRY, Seal(b"k" * 32))
REQUEST, SEND = "customersure/FeedbackRequest", "enco/Send"
INVITATION, ANSWER = "buenno/Invitation", "b2s/Answer"
ANN: dict[str, Any] = {"email": "ann@example.com", "send_at": "2099-01-01T10:00:00Z", "survey_id": "1484"}
BOB: dict[str, Any] = {"survey": "id:8", "channel": "SMS", "destination": "+32472306705"}
EVE: dict[str, Any] = {"form": "id:1", "email": "eve@example.com", "first_name": "Eve", "pf_seller_id": "007"}
DAN: dict[str, Any] = {
    "search_id": "102a525c-0ce3-4182-a504-aad595425233",
    "nps": 9,
    "created_at": "2024-04-15 14:30:00",
    "response_channel": "Chatbot",
    "discursive_question": "Great service!",
}
LIVE = {**ANN, "survey_id": 1484, "state": "pending", "data": []}
NOW = 1_700_000_000.0


def line(world: World, address: str, said_by: str | None = None, **more: Any) -> LedgerLine:
    """The ledger's line of an address, saying what another one says now."""
    said = identities(world.manifests, SEALING)[Address.parse(said_by or address)]
    return replace(LedgerLine(Address.parse(address), said.digest, said.key, "r", 1.0, "customersure"), **more)


def planned(world: World, *lines: LedgerLine, allowed: bool = True, **more: Any) -> Plan:
    """The plan, with the state as it comes back from a store: personal data sealed."""
    inputs = world.inputs(
        identities=identities(world.manifests, SEALING),
        earlier_identities=earlier_identities(world.manifests, SEALING),
        sends=None if allowed else frozenset(),
        now=NOW,
    )
    kept = {a: replace(r, fields=SEALING.kept(a.kind, r.fields)) for a, r in inputs.snapshot.records.items()}
    snapshot = replace(inputs.snapshot, records=kept, ledger={item.address: item for item in lines}, **more)
    return build(opened(replace(inputs, snapshot=snapshot), SEALING))


def change_of(plan: Plan, address: str) -> Change:
    """The change at an address."""
    return next(change for change in plan.changes if change.address == Address.parse(address))


def declared(**changes: Any) -> World:
    """One feedback request."""
    return World().desire(f"{REQUEST}/ann", spec={**ANN, **changes})


def known(state: str = "pending", recorded: dict[str, Any] | None = None, live: Any = None, **changes: Any) -> World:
    """A request that was sent by us with the id 7, as declared now with some changes."""
    world = declared(**changes).record(f"{REQUEST}/ann", "7", {**ANN, **(recorded or {})})
    return world.live(REQUEST, "7", {**LIVE, "state": state, **(live or {})})


def test_what_the_ledger_does_not_know_is_sent_or_held() -> None:
    """Allowed it is an operation, held it is none; both are counted as sends."""
    sends, held = planned(declared()), planned(declared(), allowed=False)
    (sent,), (waits,) = sends.changes, held.changes
    assert (sent.action, sent.reason, sent.operates, sent.held) == (Action.SEND, "not_sent", True, False)
    assert (waits.action, waits.reason, waits.operates, waits.held) == (Action.SEND, "held", False, True)
    assert sends.summary()["send"] == held.summary()["send"] == 1
    assert (sends.applyable, held.applyable) == (True, False)
    assert (step_names(sent), step_names(waits)) == (("create",), ())
    assert (held.calls.get("customersure"), sends.calls["customersure"].write) == (None, 1)
    assert (approve(held, SEALING.digest).sends, approve(sends, SEALING.digest).sends) == (set(), {sent.address})


@pytest.mark.parametrize(
    ("spec", "blocked", "why"),
    [
        ({"send_at": "2023-11-14T22:13:20Z"}, "past_due", "the very second is too late"),
        ({"send_at": "2023-11-14T22:13:21Z"}, None, "a second is enough"),
        ({"send_at": "2023-11-15T00:13:21+0200"}, None, "instants are compared, not texts"),
        ({"send_at": "2023-11-14T22:13:00"}, "past_due", "without a zone it is UTC"),
    ],
)
def test_a_time_that_has_passed_is_refused(spec: dict[str, Any], blocked: str | None, why: str) -> None:
    """The vendor would refuse it; the plan says so before."""
    (change,) = planned(declared(**spec)).changes
    assert (change.blocked.code if change.blocked else None) == blocked, why


@pytest.mark.parametrize(
    ("ledger", "action", "blocked", "why"),
    [
        ({"address": "ann"}, Action.NO_OP, None, "sent under this name"),
        ({"address": "old"}, Action.NO_OP, None, "the same words under another name"),
        ({"address": "ann", "identity": "other"}, Action.SEND, "already_sent", "other words under this name"),
        ({"address": "old", "identity": "other"}, Action.SEND, None, "somebody else's message"),
        ({"address": "before", "identity": "other"}, Action.SEND, "already_sent", "other words under the earlier name"),
    ],
)
def test_the_ledger_decides(ledger: dict[str, str], action: Action, blocked: str | None, why: str) -> None:
    """Without a record: the words first, then the name."""
    world = World().desire(f"{REQUEST}/ann", spec=dict(ANN), previous=[f"{REQUEST}/before"])
    entry = replace(line(world, f"{REQUEST}/ann"), address=Address.parse(f"{REQUEST}/{ledger['address']}"))
    entry = replace(entry, identity=ledger.get("identity", entry.identity))
    (change,) = planned(world, entry).changes
    assert (change.action, change.blocked.code if change.blocked else None) == (action, blocked), why
    assert change.operates is (action is Action.SEND and blocked is None)
    assert change.identity == identities(world.manifests, SEALING)[change.address]


def test_the_same_through_another_connection_is_told() -> None:
    """It is not sent again, and that is no silence."""
    world = declared()
    (change,) = planned(world, line(world, f"{REQUEST}/ann", connection="elsewhere")).changes
    assert change.action is Action.NO_OP
    assert "connection elsewhere" in change.warnings[0]


def test_what_may_have_been_sent_is_not_sent_under_another_name() -> None:
    """As long as the outcome of a message is not known, its words wait, whatever they are called."""
    world = declared()
    identity = identities(world.manifests, SEALING)[Address.parse(f"{REQUEST}/ann")]
    old = Address.parse(f"{REQUEST}/old")
    lost = Intent("1", "r", old, Action.SEND, "create", "customersure", None, {}, "", "", 1.0, Phase.UNKNOWN)
    change = change_of(planned(world, open_intents=(replace(lost, identity=identity),)), f"{REQUEST}/ann")
    assert change.blocked is not None
    assert (change.blocked.code, change.blocked.because) == ("unsettled", old)
    free = change_of(
        planned(world, open_intents=(replace(lost, identity=SEALING.identity(REQUEST, "x")),)), f"{REQUEST}/ann"
    )
    assert free.blocked is None


@pytest.mark.parametrize(
    ("world", "action", "reason", "blocked", "drift", "why"),
    [
        (known(), Action.NO_OP, "in_sync", None, 0, "as it was sent"),
        (known(first_name="Ann"), Action.UPDATE, "config", None, 0, "git moved, and it can still be changed"),
        (
            known(live={"first_name": "Bea"}, first_name="Ann", recorded={"first_name": "Ann"}),
            Action.UPDATE,
            "drift",
            None,
            1,
            "somebody changed it at the vendor",
        ),
        (known("sent", first_name="Ann"), Action.UPDATE, "sent", "already_sent", 0, "git moved, too late"),
        (known("sent"), Action.NO_OP, "sent", None, 0, "history"),
        (
            known("not_sent", live={"email": "x@example.com"}),
            Action.NO_OP,
            "sent",
            None,
            0,
            "what moved since is of no matter",
        ),
        (known(send_at="2020-01-01T00:00:00Z"), Action.UPDATE, "config", "past_due", 0, "put off into the past"),
        (known(data=[{"key": "k", "value": "v"}]), Action.UPDATE, "config", None, 0, "an item more"),
        (
            known(
                data=[{"key": "k", "value": "w"}],
                recorded={"data": [{"key": "k", "value": "v"}]},
                live={"data": [{"id": 1, "key": "k", "value": "v"}]},
            ),
            Action.UPDATE,
            "config",
            None,
            0,
            "another value",
        ),
        (
            known(
                data=[],
                recorded={"data": [{"key": "k", "value": "v"}]},
                live={"data": [{"id": 1, "key": "k", "value": "v"}]},
            ),
            Action.UPDATE,
            "cannot_change",
            "already_sent",
            0,
            "an item cannot be taken out",
        ),
        (
            known(live={"data": [{"id": 1, "key": "other", "value": "v"}]}, data=[]),
            Action.NO_OP,
            "in_sync",
            None,
            1,
            "an item that somebody added stays",
        ),
    ],
)
def test_a_record_is_changed_while_it_is_pending(
    world: World, action: Action, reason: str, blocked: str | None, drift: int, why: str
) -> None:
    """As long as the vendor has not sent it; afterwards only git can be wrong."""
    plan = planned(world, line(world, f"{REQUEST}/ann", identity="as it was"))
    (change,) = plan.changes
    assert (change.action, change.reason, change.blocked.code if change.blocked else None) == (
        action,
        reason,
        blocked,
    ), why
    assert len(plan.drift) == drift, why


def test_what_was_seen_as_sent_is_not_looked_at_again() -> None:
    """The record says that it is out; then its absence from what was listed means nothing."""
    world = declared().record(f"{REQUEST}/ann", "7", {**ANN, "state": "sent"})
    plan = planned(world, line(world, f"{REQUEST}/ann"))
    assert (plan.changes[0].action, plan.changes[0].reason, plan.drift) == (Action.NO_OP, "sent", ())
    (seen,) = planned(known("sent"), line(known(), f"{REQUEST}/ann")).changes
    assert seen.recorded is not None and seen.recorded["state"] == "sent"


def test_a_request_that_is_gone_is_forgotten_and_told() -> None:
    """Somebody took it back: it is not made again, and that is drift which nothing repairs."""
    world = declared().record(f"{REQUEST}/ann", "7", dict(ANN))
    plan = planned(world, line(world, f"{REQUEST}/ann"))
    (change,), (drift,) = plan.changes, plan.drift
    assert (change.action, change.reason, drift.repairable) == (Action.FORGET, "gone", False)
    after = World().desire(f"{REQUEST}/ann", spec=dict(ANN))
    (then,) = planned(after, line(after, f"{REQUEST}/ann")).changes
    assert (then.action, then.reason) == (Action.NO_OP, "sent")


@pytest.mark.parametrize(
    ("state", "reason"), [("pending", "still_pending"), ("sent", "sent_and_removed"), (None, "gone")]
)
def test_without_its_manifest_it_is_forgotten(state: str | None, reason: str) -> None:
    """Nothing can be taken back; whether it is still to be sent is said."""
    world = World().record(f"{REQUEST}/ann", "7", dict(ANN))
    world = world.live(REQUEST, "7", {**LIVE, "state": state}) if state else world
    (change,) = planned(world).changes
    assert (change.action, change.reason, change.request) == (Action.FORGET, reason, {})


def test_a_record_follows_its_words_to_another_name() -> None:
    """Renamed without previousNames: the words are the same, so it is the same request."""
    world = World().desire(f"{REQUEST}/new", spec=dict(ANN)).record(f"{REQUEST}/ann", "7", dict(ANN))
    world = world.live(REQUEST, "7", dict(LIVE))
    lines = [line(world, f"{REQUEST}/ann", said_by=f"{REQUEST}/new")]
    (change,) = planned(world, *lines).changes
    assert (change.address.name, change.previous_address, change.action) == (
        "new",
        Address.parse(f"{REQUEST}/ann"),
        Action.NO_OP,
    )
    world.selection = Selection(files=("a.yaml",))
    (partial,) = planned(world, *lines).changes
    assert (partial.previous_address, partial.reason) == (None, "sent"), "the old manifest may be in another file"


def renamed(kind: str, said: dict[str, Any], now: dict[str, Any], *, previous: bool = False) -> Plan:
    """The plan for what was sent as "old" and is declared as "new"; nothing is listed that would know its words."""
    names = [f"{kind}/old"] if previous else []
    world = World().desire(f"{kind}/new", spec={**said, **now}, previous=names)
    sent = World().desire(f"{kind}/old", spec=dict(said))
    rule = REGISTRY.get(kind).one_time
    out = {rule.state: "sent"} if rule is not None and rule.state is not None else {}
    if not REGISTRY.get(kind).nameless:
        world.record(f"{kind}/old", "7", {**said, **({"form": "1"} if "form" in said else {}), **out})
    return planned(world, line(sent, f"{kind}/old"))


@pytest.mark.parametrize("previous", [False, True], ids=["unsaid", "previousNames"])
@pytest.mark.parametrize(("kind", "said"), [(REQUEST, ANN), (SEND, BOB), (INVITATION, EVE), (ANSWER, DAN)])
def test_what_was_sent_is_known_under_its_new_name(kind: str, said: dict[str, Any], previous: bool) -> None:
    """Also where nobody shows it any more, so that only git knows the sealed words: its record follows the name."""
    plan = renamed(kind, said, {}, previous=previous)
    (change,) = plan.changes
    assert (change.address.name, change.action, change.blocked, change.request) == ("new", Action.NO_OP, None, {})
    recorded = not REGISTRY.get(kind).nameless
    assert change.previous_address == (Address.parse(f"{kind}/old") if recorded else None)
    assert (change.id, plan.drift) == ("7" if recorded else None, ())


@pytest.mark.parametrize(
    ("kind", "said", "now"),
    [
        (REQUEST, ANN, {"email": "bea@example.com"}),
        (SEND, BOB, {"destination": "+32472306706"}),
        (INVITATION, EVE, {"email": "eva@example.com"}),
        (ANSWER, DAN, {"discursive_question": "Never mind."}),
    ],
)
def test_other_words_under_a_new_name_are_a_new_message(kind: str, said: dict[str, Any], now: dict[str, Any]) -> None:
    """It is sent, and the one that was sent before is forgotten, where there is a record of it."""
    plan = renamed(kind, said, now)
    found = {c.address.name: (c.action, c.reason, c.blocked, c.previous_address) for c in plan.changes}
    gone = {"old": (Action.FORGET, "sent_and_removed", None, None)} if not REGISTRY.get(kind).nameless else {}
    assert found == {"new": (Action.SEND, "not_sent", None, None), **gone}
    (said_so,) = (c for c in renamed(kind, said, now, previous=True).changes if c.address.name == "new")
    assert said_so.blocked is not None, "previousNames say that it is the same one"
    assert said_so.blocked.code == "already_sent"


def test_what_follows_a_message_is_not_sent_again_under_its_new_name() -> None:
    """A closed loop that was told is known by its sealed parts; only what is new since is sent."""
    told = {"message": "A coupon.", "user_email": "dan@example.com", "user_name": "Dan"}
    said = {**{name: value for name, value in DAN.items() if name != "discursive_question"}, "closedLoop": [told]}
    (same,) = renamed(ANSWER, said, {}).changes
    assert (same.action, same.request) == (Action.NO_OP, {})
    (more,) = renamed(ANSWER, said, {"closedLoop": [told, {**told, "message": "And a call."}]}).changes
    assert (more.action, more.blocked) == (Action.UPDATE, None)
    assert more.request == {"closedLoop": [{**told, "message": "And a call."}]}


def test_a_pinned_request_is_taken_over_and_not_sent() -> None:
    """It is there already; what git says otherwise is a change."""
    world = World().desire(f"{REQUEST}/ann", spec={**ANN, "first_name": "Ann"}, pin="7").live(REQUEST, "7", dict(LIVE))
    (change,) = planned(world).changes
    assert (change.action, change.importing, change.identity is not None) == (Action.UPDATE, "7", True)
    (missing,) = planned(World().desire(f"{REQUEST}/ann", spec=dict(ANN), pin="8")).changes
    assert missing.blocked is not None and missing.blocked.code == "pin_not_found"
    (nameless,) = planned(World().desire(f"{SEND}/bob", spec=dict(BOB), pin="8")).changes
    assert nameless.blocked is not None and nameless.blocked.code == "pin_not_found"


def test_what_waits_for_a_held_message_waits_too() -> None:
    """dependsOn a message that nobody allowed: nothing is sent out of order."""
    world = World().desire(f"{SEND}/bob", spec=dict(BOB))
    world.desire("customersure/Site/leeds", spec={"site_code": "L", "name": "L"}, depends_on=[f"{SEND}/bob"])
    site = change_of(planned(world, allowed=False), "customersure/Site/leeds")
    assert site.blocked is not None and site.blocked.code == "dependency_held"
    assert change_of(planned(world), "customersure/Site/leeds").blocked is None


@pytest.mark.parametrize(
    ("one", "other", "same", "why"),
    [
        ({}, {}, True, "word for word"),
        ({}, {"email": " ANN@example.com"}, True, "the same address"),
        ({}, {"send_at": "2099-01-01T11:00:00+01:00"}, True, "the same instant"),
        ({}, {"survey_id": 1484}, True, "the same number"),
        ({}, {"first_name": None}, True, "nothing said"),
        ({}, {"first_name": "Ann"}, False, "something said"),
        ({"machine_id": "m"}, {"machine_id": "m", "email": "b@example.com"}, True, "its own key alone"),
        ({"machine_id": "m"}, {}, False, "with and without a key"),
    ],
)
def test_what_tells_one_message_from_another(one: dict[str, Any], other: dict[str, Any], same: bool, why: str) -> None:
    """What is said, as it is compared; the key of one's own where there is one."""
    world = declared(**one).desire(f"{REQUEST}/other", spec={**ANN, **other})
    found = identities(world.manifests, SEALING)
    assert (len(set(found.values())) == 1) is same, why


def test_a_reference_counts_by_its_name() -> None:
    """A replaced survey makes no new message: the manifest's address is part of the words, the live id is not."""
    world = World().desire(f"{SEND}/bob", spec={**BOB, "survey": "ref:waffles"})
    world.desire("enco/Survey/waffles", spec={"name": "w", "interactionType": "g", "questions": []})
    sent = line(world, f"{SEND}/bob")
    for survey in ("8", "9"):
        world.records[Address.parse("enco/Survey/waffles")] = Recorded(
            Address.parse("enco/Survey/waffles"), "enco", survey, {"name": "w", "interactionType": "g", "questions": []}
        )
        assert change_of(planned(world, sent), f"{SEND}/bob").reason == "sent"


@pytest.mark.parametrize("name", ["bob", "bob2"], ids=["under its name", "renamed as well"])
def test_a_new_name_of_what_it_refers_to_is_no_new_message(name: str) -> None:
    """A survey that is called otherwise, as its previousNames say, was asked all the same: nobody is asked twice."""
    survey = {"name": "w", "interactionType": "g", "questions": []}
    before = World().desire("enco/Survey/waffles", spec=survey)
    sent = line(before.desire(f"{SEND}/bob", spec={**BOB, "survey": "ref:waffles"}), f"{SEND}/bob")
    world = World().record("enco/Survey/waffles", "8", survey).live("enco/Survey", "8", survey)
    world.desire("enco/Survey/gaufres", spec=survey, previous=["enco/Survey/waffles"])
    world.desire(f"{SEND}/{name}", spec={**BOB, "survey": "ref:gaufres"})
    change = change_of(planned(world, sent), f"{SEND}/{name}")
    assert (change.action, change.reason, change.blocked) == (Action.NO_OP, "sent", None)
    assert sent.sealed in change.identities_before
    other = {**BOB, "survey": "ref:gaufres", "language": "fr"}
    assert change_of(planned(world.desire(f"{SEND}/eva", spec=other), sent), f"{SEND}/eva").action is Action.SEND


def test_the_snapshot_without_a_ledger_is_an_empty_one() -> None:
    """A state that was never written knows of nothing sent."""
    assert Snapshot().ledger == {}
