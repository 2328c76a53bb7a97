"""Personal data on its way into the state and out of it."""

from __future__ import annotations

import json

import pytest

from reconciler.errors import DIGEST_KEY_MISSING, STATE_OTHER_KEY, ReconcilerError
from reconciler.model import Action, Address, Intent, LedgerLine, Recorded, Seal, Sealed, Snapshot, canonical
from reconciler.schema import Registry, load
from reconciler.schema.field import Field, SetRule
from reconciler.schema.kind import KeyRule, ResourceType
from reconciler.schema.sealing import Sealing
from reconciler.state import codec

KIND = "acme/Letter"
FIELDS = {
    "to": Field("to", personal=True, normalise=("trim", "casefold")),
    "colour": Field("colour"),
    "notes": Field(
        "notes",
        set=SetRule(("key",)),
        items={"key": Field("key"), "value": Field("value", personal=True)},
    ),
}
LETTER = ResourceType(
    provider="acme",
    type="Letter",
    api_version="acme/v1",
    description="",
    document={},
    fields=FIELDS,
    key=KeyRule(("to",), "key"),
    operations=frozenset({"create"}),
)
REGISTRY = Registry({**load().types, KIND: LETTER}, "")
SEALING = Sealing(REGISTRY, Seal(b"k" * 32))
OTHER = Sealing(REGISTRY, Seal(b"another key of this length"))
PLAIN = {
    "to": "Ann@Example.com ",
    "colour": "red",
    "notes": [{"key": "born", "value": "1980"}, {"key": "none", "value": None}],
}


def test_what_is_kept_holds_no_personal_data() -> None:
    """Personal fields and personal parts of items are seals; the rest, and that something is null, stays readable."""
    kept = SEALING.kept(KIND, PLAIN)
    assert kept["colour"] == "red"
    assert isinstance(kept["to"], Sealed)
    text = canonical(kept)
    assert "nn@" not in text and "1980" not in text
    notes = kept["notes"]
    assert isinstance(notes, list)
    assert [item["key"] for item in notes] == ["born", "none"]
    assert notes[1]["value"] is None
    assert SEALING.kept(KIND, kept) == kept, "sealed once, it is not sealed again"
    assert Sealing(REGISTRY).kept(KIND, kept) == kept, "and needs no key to be kept on"


def test_spellings_of_one_value_have_one_seal() -> None:
    """The comparison's normalising comes first, so that a spelling of the vendor's own is no difference."""
    assert SEALING.kept(KIND, {"to": "ann@example.COM"}) == SEALING.kept(KIND, {"to": PLAIN["to"]})
    assert SEALING.kept(KIND, {"to": "x"}) != OTHER.kept(KIND, {"to": "x"})


@pytest.mark.parametrize(
    ("witnesses", "to", "value", "why"),
    [
        ((), "sealed", "sealed", "nobody knows it"),
        (({"to": "ann@example.com", "notes": [{"key": "x", "value": "1980"}]},), "ann@example.com", "1980", "desired"),
        (({"to": "bob@example.com"}, {"to": "ANN@example.com"}), "ANN@example.com", "sealed", "the second one knows"),
        (({"to": None, "notes": None},), "sealed", "sealed", "null is nobody's value"),
    ],
)
def test_a_seal_is_opened_by_who_knows_the_value(
    witnesses: tuple[dict[str, object], ...], to: str, value: str, why: str
) -> None:
    """A witness opens what is equal to its own value, and nothing else."""
    kept = SEALING.kept(KIND, PLAIN)
    opened = SEALING.opened(KIND, kept, *witnesses)
    assert (opened["to"] == to) is (to != "sealed"), why
    assert isinstance(opened["to"], Sealed) is (to == "sealed"), why
    (note, _) = opened["notes"]  # type: ignore[misc]
    assert isinstance(note["value"], Sealed) is (value == "sealed"), why
    assert OTHER.opened(KIND, kept, PLAIN) == kept, "another key opens nothing"


def test_a_state_gives_seals_back_as_seals() -> None:
    """Through the columns of a record and of an intent, and through a second writing."""
    address = Address("acme", "Letter", "ann")
    record = Recorded(address, "acme", "1", PLAIN)
    row = codec.record_row(record, SEALING.kept)
    assert "1980" not in "".join(map(str, row))
    back = codec.record_of(row)
    assert back.fields == SEALING.kept(KIND, PLAIN)
    assert codec.records_of([row, row])[1] == back
    assert codec.record_row(back) == row == codec.record_row(back, SEALING.kept)
    identity = SEALING.identity(KIND, PLAIN)
    intent = Intent("1", "r", address, Action.SEND, "create", "acme", None, PLAIN, "d", "p", 1.0, identity=identity)
    found = codec.intent_of(codec.intent_row(intent, None, SEALING.kept))
    assert (found.request, found.identity) == (back.fields, identity)
    assert json.loads(str(row[3]))["to"].keys() == {"$hmac", "key"}


def test_digests_of_what_is_sent_cannot_be_guessed() -> None:
    """Of a kind with personal data the digest takes the key; of others it is the plain one."""
    assert SEALING.digest(KIND, PLAIN) != OTHER.digest(KIND, PLAIN)
    assert SEALING.digest("optimum/Location", {}) == OTHER.digest("optimum/Location", {})
    with pytest.raises(ReconcilerError) as caught:
        Sealing(REGISTRY).digest(KIND, PLAIN)
    assert caught.value.code == DIGEST_KEY_MISSING


ADDRESS = Address("acme", "Letter", "ann")
SEALED = Recorded(ADDRESS, "acme", "1", SEALING.kept(KIND, PLAIN))
LINE = LedgerLine(ADDRESS, "5f", SEALING.seal.id if SEALING.seal else None, "r", 1.0)


@pytest.mark.parametrize(
    ("sealing", "snapshot", "declared", "code", "why"),
    [
        (Sealing(REGISTRY), Snapshot(), ("optimum/Location",), None, "no personal data anywhere"),
        (Sealing(REGISTRY), Snapshot(), (KIND,), DIGEST_KEY_MISSING, "declared"),
        (Sealing(REGISTRY), Snapshot(records={ADDRESS: SEALED}), (), DIGEST_KEY_MISSING, "recorded"),
        (Sealing(REGISTRY), Snapshot(ledger={ADDRESS: LINE}), (), DIGEST_KEY_MISSING, "in the ledger"),
        (SEALING, Snapshot(records={ADDRESS: SEALED}, ledger={ADDRESS: LINE}), (KIND,), None, "the same key"),
        (OTHER, Snapshot(records={ADDRESS: SEALED}), (), STATE_OTHER_KEY, "a record of another key"),
        (OTHER, Snapshot(ledger={ADDRESS: LINE}), (), STATE_OTHER_KEY, "a line of another key"),
        (OTHER, Snapshot(), (KIND,), None, "nothing sealed yet"),
    ],
)
def test_the_key_is_asked_for_where_it_is_needed(
    sealing: Sealing, snapshot: Snapshot, declared: tuple[str, ...], code: str | None, why: str
) -> None:
    """No key is an error once there is something to seal or to compare; another key is one as well."""
    if code is None:
        sealing.check(snapshot, declared)
        return
    with pytest.raises(ReconcilerError) as caught:
        sealing.check(snapshot, declared)
    assert caught.value.code == code, why
