"""A running sandbox for a module, put back to its first state before each test, and a client per vendor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler.sandbox.options import Options
from reconciler.sandbox.seed import DEFAULT
from reconciler.sandbox.server import RunningSandbox, start

ENCO_HEADERS = {"Authorization": "Bearer sandbox-enco-token", "Content-Type": "application/json"}
CUSTOMERSURE_HEADERS = {
    "Authorization": 'Token token="sandbox-customersure-token"',
    "Accept": "application/vnd.customersure.v1+json",
    "User-Agent": "Acme Ltd",
}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    """One server for the module."""
    with start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: RunningSandbox) -> RunningSandbox:
    """The module's server with the default seed, no faults, default options and an empty log."""
    running.store.load(DEFAULT)
    running.faults.clear()
    running.options.update(Options().as_dict())
    running.log.clear()
    running.app.world.access_tokens.clear()
    running.app.world.destinations.clear()
    return running


def _client(base: str, **settings: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, timeout=5, trust_env=False, verify=False, **settings) as client:
        yield client


@pytest.fixture
def http(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A client without credentials at the server's root."""
    yield from _client(sandbox.url)


@pytest.fixture
def enco(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A client that Enco accepts."""
    yield from _client(sandbox.enco_url, headers=ENCO_HEADERS)


@pytest.fixture
def customersure(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A client that CustomerSure accepts."""
    yield from _client(sandbox.customersure_url, headers=CUSTOMERSURE_HEADERS)


@pytest.fixture
def optimum(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A client that Optimum accepts."""
    yield from _client(sandbox.optimum_url, auth=("sandbox-optimum-token", ""))


@pytest.fixture
def buenno(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A client that Buenno accepts."""
    yield from _client(sandbox.buenno_url, headers={"api-auth-token": "sandbox-buenno-token"})


@pytest.fixture
def b2s(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A client that B2S accepts."""
    yield from _client(sandbox.b2s_url, headers={"Authorization": "Bearer sandbox-b2s-token"})


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A client of the control API."""
    yield from _client(f"{sandbox.url}/_sandbox")
