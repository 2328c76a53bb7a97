"""A state as a JSON document and back; what was seen of a state; what takes another's place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.model import Sealed, Tombstone
from reconciler.state.contents import Contents
from reconciler.state.pushing import check_succession, kept_open, merged
from reconciler.state.sighting import NAME, Memory, Sighting
from reconciler.state.transcript import Unfit, contents_of, transcript
from tests.contract.state.test_state_contract import intent, record
from tests.contract.state.test_state_transfer import DIED, SENT, whole


def test_there_and_back() -> None:
    """Every part comes back as it went, through JSON text; the same state gives the same text."""
    state = whole(records=(record(fields={"name": "Ünïcode \u2028", "email": Sealed("k1", "5f0c"), "none": None}),))
    text = json.dumps(transcript(state))
    assert contents_of(json.loads(text)) == state
    assert json.dumps(transcript(whole(records=state.records))) == text
    assert text.count('"id999"') == 2, "a listing is written once for all writes of its kind"


@pytest.mark.parametrize(
    ("change", "words", "reason"),
    [
        ({"records": (record(), record())}, "the address", "one address twice"),
        ({"runs": (DIED, DIED)}, "the run", "one run twice"),
        ({"journal": (intent("i1"), intent("i1"))}, "the write", "one write twice"),
        ({"ledger": (SENT, SENT)}, "ledger", "one line twice"),
    ],
)
def test_a_document_that_contradicts_itself(change: dict[str, object], words: str, reason: str) -> None:
    """What no state can hold is not taken for one."""
    with pytest.raises(Unfit, match=words):
        contents_of(json.loads(json.dumps(transcript(whole(**change)))))


@pytest.mark.parametrize(
    ("held", "given", "force", "code", "reason"),
    [
        (None, whole(), False, None, "nothing is there"),
        (whole(), whole(), False, None, "nobody wrote in between"),
        (whole(serial=39), whole(), False, None, "a newer one, after an old copy was restored"),
        (whole(serial=41), whole(), False, "RCN0823", "somebody wrote in between"),
        (whole(serial=41), whole(), True, None, "somebody says so"),
        (whole(lineage="l-2"), whole(), False, "RCN0822", "another state"),
        (whole(lineage="l-2"), whole(), True, None, "somebody says so"),
        (Contents("l-2", 0, "acme", None), whole(), False, None, "a state just made, with nothing in it"),
        (Contents("l-2", 7, "acme", None), whole(), False, "RCN0822", "a state whose objects were all destroyed"),
    ],
)
def test_succession(held: Contents | None, given: Contents, force: bool, code: str | None, reason: str) -> None:
    """Which state may take the place of which."""
    try:
        check_succession("here", held, given, force=force)
    except ReconcilerError as error:
        assert error.code == code, reason
    else:
        assert code is None, reason


def test_what_a_push_keeps() -> None:
    """Open writes, deleted ids, the ledger and the history of the state before are never lost."""
    buried = Tombstone("optimum/Location", "optimum", "older")
    held = whole(tombstones=frozenset({buried}), journal=(intent("mine"),), runs=(DIED,))
    given = whole(journal=(), runs=(), ledger=(replace(SENT, identity="other"),), records=())
    found = merged(held, given)
    assert found.tombstones == {buried, *given.tombstones}
    assert [i.id for i in found.journal] == ["mine"]
    assert (found.runs, found.records) == ((DIED,), ())
    assert SENT in found.ledger and len(found.ledger) == 2
    assert kept_open(held, given) == ("optimum/Location/leeds",)
    assert kept_open(None, given) == ()
    assert merged(None, given) == given


def test_memory(tmp_path: Path) -> None:
    """Each project and environment has a memory of its own; what cannot be read or written is no memory."""
    seen, other = Sighting("state.db", "l-1", 3), Sighting("pg", "l-2", 9)
    memory = Memory(tmp_path, "acme", None)
    assert memory.last() is None
    memory.keep(seen)
    Memory(tmp_path, "acme", "staging").keep(other)
    assert (memory.last(), Memory(tmp_path, "acme", "staging").last()) == (seen, other)
    file = tmp_path / ".reconciler" / NAME
    assert file.stat().st_mode & 0o777 == 0o600
    for text in ("", "[]", '{"acme/": 5}', '{"acme/": {"store": "x"}}', '{"acme/": {"no": 1}}'):
        file.write_text(text, "utf-8")
        assert memory.last() is None
    (tmp_path / "file").write_text("", "utf-8")
    Memory(tmp_path / "file", "acme", None).keep(seen)
