"""Enco's tokens by OAuth2 client credentials: fetched once, renewed before their end, and once after a 401."""

from __future__ import annotations

import pytest

from reconciler.errors import ReconcilerError, Uncertain
from reconciler.sandbox.server import RunningSandbox
from tests.contract.providers.conftest import Clock, Connecting
from tests.contract.providers.subjects import SUBJECTS

CLIENT = ("sandbox-client", "sandbox-secret")
SURVEY = SUBJECTS[0]


def paths(sandbox: RunningSandbox) -> list[str]:
    """The requests as ``VERB last-part-of-the-path status``."""
    return [
        f"{entry.request.method} {entry.request.segments[-1]} {entry.status}" for entry in sandbox.log.entries("enco")
    ]


def test_one_token_serves_many_requests(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """It is fetched when the first request needs it, by Basic and a form, and is not among the calls."""
    enco = connecting("enco", client=CLIENT)
    assert paths(sandbox) == []
    for _ in range(3):
        enco.list("enco/Survey")
    assert paths(sandbox) == ["POST token 200", *["GET surveys 200"] * 3]
    asked = sandbox.log.entries()[0].request
    assert asked.headers["authorization"].startswith("Basic ")
    assert asked.body == b"grant_type=client_credentials&scope=openid"
    assert enco.calls().read == 3
    assert enco.calls().write == 0


def test_a_token_is_renewed_before_it_ends(sandbox: RunningSandbox, connecting: Connecting, clock: Clock) -> None:
    """expires_in is seconds: shortly before them another token is fetched, and no request meets a 401."""
    enco = connecting("enco", client=CLIENT)
    enco.list("enco/Survey")
    clock.pass_(3000)
    enco.list("enco/Survey")
    clock.pass_(590)
    enco.list("enco/Survey")
    assert paths(sandbox) == [
        "POST token 200",
        "GET surveys 200",
        "GET surveys 200",
        "POST token 200",
        "GET surveys 200",
    ]


def test_a_401_is_answered_with_one_new_token(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """A revoked token: one refresh, and the same request again; a create happens once."""
    enco = connecting("enco", client=CLIENT)
    enco.list("enco/Survey")
    sandbox.app.world.access_tokens.clear()
    sandbox.log.clear()
    enco.create("enco/Survey", SURVEY.new(1))
    assert paths(sandbox) == ["POST surveys 401", "POST token 200", "POST surveys 200"]
    assert SURVEY.live(sandbox) == 1


def test_a_second_401_is_the_end(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """One refresh and no more: exit 4, and nothing in doubt."""
    SURVEY.strike(sandbox, "POST", "/surveys$", {"status": 401}, count=99)
    enco = connecting("enco", client=CLIENT)
    with pytest.raises(ReconcilerError) as caught:
        enco.create("enco/Survey", SURVEY.new(1))
    assert caught.value.exit_code == 4
    assert not isinstance(caught.value, Uncertain)
    assert paths(sandbox) == ["POST token 200", "POST surveys 401", "POST token 200", "POST surveys 401"]


def test_a_wrong_client_secret_is_exit_4(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """The token endpoint's refusal is told as its own, without the secret; no survey is asked for."""
    enco = connecting("enco", client=("sandbox-client", "wrong-secret"))
    with pytest.raises(ReconcilerError) as caught:
        enco.list("enco/Survey")
    assert (caught.value.code, caught.value.exit_code) == ("RCN0405", 4)
    assert "wrong-secret" not in f"{caught.value.message} {caught.value.hint}"
    assert paths(sandbox) == ["POST token 401"]


def test_a_token_endpoint_that_is_down_for_a_moment(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """Asking for a token changes nothing, so that it is asked again, also on the way to a create."""
    SURVEY.strike(sandbox, "POST", "/token$", {"status": 503}, count=2)
    connecting("enco", client=CLIENT).create("enco/Survey", SURVEY.new(1))
    assert SURVEY.live(sandbox) == 1


def test_a_token_endpoint_that_stays_down_is_exit_5(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """The vendor is unavailable; a create that got no token was definitely not sent."""
    SURVEY.strike(sandbox, "POST", "/token$", {"status": 503}, count=99)
    enco = connecting("enco", client=CLIENT)
    for call in (lambda: enco.list("enco/Survey"), lambda: enco.create("enco/Survey", SURVEY.new(1))):
        with pytest.raises(ReconcilerError) as caught:
            call()
        assert caught.value.exit_code == 5
        assert not isinstance(caught.value, Uncertain)
    assert SURVEY.live(sandbox) == 0
