"""Records to another connection: which may go, and what goes with them."""

from __future__ import annotations

import pytest

from reconciler.errors import ReconcilerError
from reconciler.model import Address, Connection, SecretReference, Tombstone
from reconciler.state.relocation import buried, known, reconnected, shared_accounts
from tests.contract.state.test_state_contract import LEEDS, YORK, record
from tests.contract.state.test_state_transfer import HELLO, whole

ACCOUNT = Address("optimum", "Account", "acme")


def connection(name: str, url: str = "https://optimumfeedback.com/api/v1", token: str = "T") -> Connection:
    """A connection to Optimum."""
    return Connection(name, "optimum", url, token=SecretReference(env=token))


def test_what_a_state_knows() -> None:
    """Records, open writes and the ledger have addresses; the record's connection counts."""
    assert known(whole()) == {LEEDS: "optimum", YORK: "other", HELLO: "optimum"}


def test_the_dead_of_a_renamed_connection_stay_known() -> None:
    """Deleted ids go along where the old connection is gone, and stay where they are where it is not."""
    contents = whole(records=(record(),), journal=(), ledger=())
    moves = reconnected(contents, ["optimum/*/*"], "shops", {"shops": connection("shops")})
    assert [(move.old, move.connection) for move in moves] == [(LEEDS, "shops")]
    shops = {"shops": connection("shops")}
    assert buried(contents, moves, shops) == {Tombstone("optimum/Location", "shops", "old")}
    assert buried(contents, moves, {**shops, "optimum": connection("optimum")}) == set()


def test_one_live_object_has_one_record() -> None:
    """Two connections of one account would make two records of one object: refused."""
    contents = whole(records=(record(), record(YORK, connection="other")), journal=(), ledger=())
    with pytest.raises(ReconcilerError) as caught:
        reconnected(contents, [str(YORK)], "optimum", {"optimum": connection("optimum")})
    assert caught.value.code == "RCN0826"
    assert str(LEEDS) in caught.value.message


def test_another_token_is_a_warning() -> None:
    """Where the old connection is still there with another token, its ids may mean other objects."""
    contents = whole(records=(record(),), journal=(), ledger=())
    for token, warnings in (("T", 0), ("U", 1)):
        connections = {"optimum": connection("optimum"), "shops": connection("shops", token=token)}
        moves = reconnected(contents, ["*"], "shops", connections)
        assert len(list(shared_accounts(moves, contents, connections))) == warnings
