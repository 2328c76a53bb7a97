"""Where a request may go, how long it may take and who may ask: redirects, deadlines, credentials of every provider."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.errors import ReconcilerError, Uncertain
from reconciler.providers.base import Provider
from reconciler.sandbox.server import RunningSandbox, start
from tests.contract.providers.conftest import Connecting
from tests.contract.providers.subjects import Subject

ALWAYS = 10_000


def named(fault: dict[str, Any]) -> str:
    """A fault as a test id."""
    return " ".join(f"{kind} {value}" for kind, value in fault.items())


# --- redirects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_host_keeps_method_and_body(
    sandbox: RunningSandbox, provider: Provider, subject: Subject, status: int
) -> None:
    """Reads and creates arrive at the new address as they were, with the credentials, and happen once."""
    subject.seed(sandbox, 2)
    before = subject.live(sandbox)
    subject.strike(sandbox, "GET", subject.listing, {"redirect": status})
    assert provider.list(subject.kind).objects
    if not subject.creatable:
        return
    subject.strike(sandbox, "POST", subject.creates, {"redirect": status})
    provider.create(subject.kind, subject.new(900))
    assert subject.live(sandbox) == before + 1
    first, second = [entry.request for entry in sandbox.log.entries() if entry.request.method == "POST"]
    assert (first.body, _credentials(first)) == (second.body, _credentials(second))
    assert _credentials(first)
    assert first.headers["content-type"] == second.headers["content-type"]


def _listing(provider: Provider, subject: Subject) -> Any:
    return provider.list(subject.kind)


def _creating(provider: Provider, subject: Subject) -> Any:
    """The create; the listing once more where there is none."""
    return provider.create(subject.kind, subject.new(900)) if subject.creatable else provider.list(subject.kind)


def _credentials(request: Any) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name in ("authorization", "api-auth-token")}


@pytest.mark.parametrize("call", [_listing, _creating])
@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_to_another_origin_is_refused(
    sandbox: RunningSandbox,
    provider: Provider,
    subject: Subject,
    call: Callable[[Provider, Subject], Any],
    status: int,
) -> None:
    """Another port is another origin: it hears nothing, not even a request without the token."""
    subject.seed(sandbox, 1)
    with start(seed="empty") as other:
        for location in (f"{other.url}{{path}}", f"//127.0.0.1:{other.port}{{path}}", "https://evil.example{path}"):
            sandbox.faults.replace(
                [{"match": {}, "when": {"count": ALWAYS}, "fault": {"redirect": status, "location": location}}]
            )
            with pytest.raises(ReconcilerError) as caught:
                call(provider, subject)
            assert caught.value.code == "RCN0506"
            assert caught.value.exit_code == 5
        assert other.log.entries() == []


def test_a_ring_of_redirects_ends(sandbox: RunningSandbox, provider: Provider, subject: Subject) -> None:
    """At most five hops, then an error."""
    sandbox.faults.add({"match": {}, "when": {"count": ALWAYS}, "fault": {"redirect": 307}})
    with pytest.raises(ReconcilerError) as caught:
        provider.list(subject.kind)
    assert caught.value.code == "RCN0506"
    assert len(sandbox.log.entries()) == 6


# --- time -----------------------------------------------------------------------------------------------------------


# A request that is only late would be carried out in the middle of another test: this one comes never.
@pytest.mark.parametrize("fault", [{"slow_body": 20}, {"hang": 20}, {"delay": 3600}], ids=named)
def test_the_deadline_is_over_the_whole_request(
    sandbox: RunningSandbox, connecting: Connecting, subject: Subject, fault: dict[str, Any]
) -> None:
    """An answer that drips, or never comes, ends with the timeout: a read is exit 5, a create is uncertain."""
    subject.seed(sandbox, 1)
    sandbox.faults.add({"match": {}, "when": {"count": ALWAYS}, "fault": fault})
    provider = connecting(subject.vendor, timeout=0.1, retry_seconds=0)
    began = time.monotonic()
    with pytest.raises(ReconcilerError) as caught:
        provider.list(subject.kind)
    assert caught.value.exit_code == 5
    if subject.creatable:
        with pytest.raises(Uncertain):
            provider.create(subject.kind, subject.new(900))
    assert time.monotonic() - began < 2


# --- access ---------------------------------------------------------------------------------------------------------


def test_a_wrong_token_is_exit_4_for_every_call(
    sandbox: RunningSandbox, connecting: Connecting, subject: Subject
) -> None:
    """For reads and writes alike; never absence, never doubt, and the token is not in the message."""
    subject.seed(sandbox, 1)
    target = connecting(subject.vendor).list(subject.kind).objects[0]
    bad = connecting(subject.vendor, token="wrong-token")
    calls: list[Callable[[], Any]] = [
        lambda: bad.list(subject.kind),
        lambda: bad.read(subject.kind, target.id),
        *([lambda: bad.create(subject.kind, subject.new(900))] if subject.creatable else []),
    ]
    if subject.updatable:
        calls.append(lambda: bad.update(subject.kind, target.id, subject.change))
    if subject.deletable:
        calls.append(lambda: bad.delete(subject.kind, target.id))
    for call in calls:
        with pytest.raises(ReconcilerError) as caught:
            call()
        assert caught.value.exit_code == 4
        assert caught.value.code.startswith("RCN04")
        assert not isinstance(caught.value, Uncertain)
        assert "wrong-token" not in f"{caught.value.message} {caught.value.hint}"


def test_a_company_that_the_vendor_does_not_know_is_told_apart(sandbox: RunningSandbox, connecting: Connecting) -> None:
    """CustomerSure's 403 for the User-Agent is no missing permission (customersure.txt L29, trap 66)."""
    sandbox.store.settings["customersure"]["company"] = "Acme Ltd"
    with pytest.raises(ReconcilerError) as caught:
        connecting("customersure").list("customersure/Site")
    assert (caught.value.code, caught.value.exit_code) == ("RCN0402", 4)
    assert connecting("customersure", company="Acme Ltd").list("customersure/Site").objects == ()


def test_nobody_listening_is_exit_5(connecting: Connecting, subject: Subject) -> None:
    """No connection: an error of 05xx, and a create is definitely not made."""
    with start(seed="empty") as gone:
        port = gone.port
    provider = connecting(subject.vendor, base_url=f"http://127.0.0.1:{port}/x", retry_seconds=0)
    for call in (_listing, _creating):
        with pytest.raises(ReconcilerError) as caught:
            call(provider, subject)
        assert (caught.value.code, caught.value.exit_code) == ("RCN0502", 5)
        assert not isinstance(caught.value, Uncertain)
