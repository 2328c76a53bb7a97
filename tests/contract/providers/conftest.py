"""A sandbox for the whole session, put back before each test, and clients of it whose waiting takes no time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.http import Transport
from reconciler.model import Connection, OAuthReference, Secret, SecretReference
from reconciler.providers import connect
from reconciler.providers.base import Provider, Sought
from reconciler.sandbox.options import Options
from reconciler.sandbox.seed import B2S_TOKEN, BUENNO_TOKEN, CUSTOMERSURE_TOKEN, EMPTY, ENCO_TOKEN, OPTIMUM_TOKEN
from reconciler.sandbox.server import RunningSandbox, start
from tests.contract.providers.subjects import SUBJECTS, Subject

TOKENS = {
    "enco": ENCO_TOKEN,
    "customersure": CUSTOMERSURE_TOKEN,
    "optimum": OPTIMUM_TOKEN,
    "buenno": BUENNO_TOKEN,
    "b2s": B2S_TOKEN,
}
UNUSED = SecretReference(env="UNUSED")

Connecting = Callable[..., Provider]


class Clock:
    """The machine's clock, except that sleeping moves it forward at once; ``slept`` are the pauses asked for."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds on a monotonic scale."""
        return time.monotonic() + self._ahead

    def epoch(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self._ahead += seconds

    def pass_(self, seconds: float) -> None:
        """Let time pass without anybody having asked."""
        self._ahead += seconds


@pytest.fixture(scope="session")
def running() -> Iterator[RunningSandbox]:
    """One server for all tests."""
    with start(seed="empty") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: RunningSandbox) -> RunningSandbox:
    """The server without objects, faults or log, its options as the documents have it."""
    running.store.load(EMPTY)
    running.faults.clear()
    running.options.update(Options().as_dict())
    running.log.clear()
    running.app.world.access_tokens.clear()
    return running


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that every client made in this test goes by."""
    clock = Clock()
    transport = partial(Transport, clock=clock.now, sleep=clock.sleep, now=clock.epoch)
    for vendor in TOKENS:
        monkeypatch.setattr(f"reconciler.providers.{vendor}.Transport", transport)
    monkeypatch.setattr("reconciler.providers.enco.time", SimpleNamespace(monotonic=clock.now))
    return clock


@pytest.fixture
def connecting(sandbox: RunningSandbox, clock: Clock) -> Iterator[Connecting]:
    """Makes a client of a vendor of the sandbox; everything about it can be said otherwise."""
    made: list[Provider] = []

    def make(
        vendor: str,
        *,
        token: str | None = None,
        client: tuple[str, str] | None = None,
        retry_seconds: float = 60,
        **settings: Any,
    ) -> Provider:
        settings = {
            "base_url": getattr(sandbox, f"{vendor}_url"),
            "company": "Waffle House",
            "timeout": 5.0,
            **settings,
        }
        secrets = None
        if client is not None:
            settings["oauth"] = OAuthReference(UNUSED, UNUSED, sandbox.enco_token_url)
            secrets = (Secret(client[0]), Secret(client[1]))
        provider = connect(
            Connection(name=vendor, provider=vendor, **settings),
            None if client is not None else Secret(token or TOKENS[vendor]),
            secrets,
            retry_seconds=retry_seconds,
        )
        for subject in SUBJECTS:
            if subject.vendor == vendor and subject.sought:
                provider.seek(subject.kind, Sought(subject.sought))
        made.append(provider)
        return provider

    yield make
    for provider in made:
        provider.close()


@pytest.fixture(params=SUBJECTS, ids=lambda subject: subject.kind)
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each kind in turn."""
    found: Subject = request.param
    return found


@pytest.fixture
def provider(subject: Subject, connecting: Connecting) -> Provider:
    """A client of the subject's vendor."""
    return connecting(subject.vendor)
