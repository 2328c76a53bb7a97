"""Enco's send, to the letter: billed, and its answer is documented nowhere."""

from __future__ import annotations

import httpx
import pytest
import respx

from reconciler.errors import OUTCOME_UNKNOWN, WRITE_INVALID, ReconcilerError, Uncertain
from reconciler.model import JSON, Calls
from reconciler.providers.base import Written
from tests.http.test_enco_wire import HEADERS
from tests.http.vendors import ENCO, body, headers, sent, vendor

KIND = "enco/Send"
SEND = f"{ENCO}/surveys/8/send"
# enco.txt, "Sending surveys".
DECLARED: dict[str, JSON] = {
    "survey": "8",
    "channel": "SMS",
    "segments": ["male", "customer"],
    "destination": "+32472306705",
    "referenceId": "my-customer-reference",
    "language": "en-GB",
}


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(200), httpx.Response(201, json={"id": 5}), httpx.Response(202, json=[]), httpx.Response(204)],
    ids=["nothing", "an object", "a list", "no content"],
)
@respx.mock
def test_the_documented_example(answer: httpx.Response) -> None:
    """One request of a list, `segments` in it (trap 17); any 2xx is a yes (trap 20), and no id is made up from it."""
    route = respx.post(SEND)
    route.mock(side_effect=[answer])
    with vendor("enco") as provider:
        assert provider.create(KIND, DECLARED) == Written()
        assert provider.calls() == Calls(read=0, write=1)
    assert headers(sent(route)) == HEADERS
    assert body(sent(route)) == {"requests": [{name: DECLARED[name] for name in DECLARED if name != "survey"}]}


@respx.mock
def test_what_is_not_declared_is_not_sent() -> None:
    """No empty segments, no language of our own choosing."""
    route = respx.post(SEND).respond(200)
    with vendor("enco") as provider:
        provider.create(KIND, {"survey": "8", "channel": "SMS", "destination": "+32472306705"})
    assert body(sent(route)) == {"requests": [{"channel": "SMS", "destination": "+32472306705"}]}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(502),
        httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"}),
        httpx.Response(200, json={"fault": {"message": "no"}}),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("cut"),
    ],
    ids=str,
)
@respx.mock
def test_a_doubt_is_never_sent_again(answer: httpx.Response | Exception) -> None:
    """It is billed, and somebody may have got it (trap 22)."""
    route = respx.post(SEND)
    route.mock(side_effect=[answer])
    with vendor("enco", retry_seconds=60) as provider, pytest.raises(Uncertain) as caught:
        provider.create(KIND, DECLARED)
    assert (caught.value.code, route.call_count) == (OUTCOME_UNKNOWN, 1)


@respx.mock
def test_a_refusal_is_definite() -> None:
    """The same person in a short time, for instance (enco.txt L145): nothing was sent; no number is told (trap 24b)."""
    respx.post(SEND).respond(400, json={"fault": {"message": "+32472306705 was surveyed moments ago"}})
    with vendor("enco") as provider, pytest.raises(ReconcilerError) as caught:
        provider.create(KIND, DECLARED)
    assert caught.value.code == WRITE_INVALID and not isinstance(caught.value, Uncertain)
    assert "32472306705" not in caught.value.message


@respx.mock
def test_nothing_of_it_is_ever_asked() -> None:
    """No endpoint shows a send."""
    with vendor("enco") as provider:
        found = provider.list(KIND)
        assert (found.objects, found.complete, provider.calls().read) == ((), False, 0)
