"""Every endpoint that the vendors document is put to use by the client, or has a reason here why it is not.

What is used is seen, not claimed: every method of every provider is called against the sandbox, for every kind it
serves, and the sandbox's own log is held against its own tables of endpoints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from typing import TypeVar

import pytest

from reconciler.errors import ReconcilerError
from reconciler.model import JSON, Connection, OAuthReference, Secret, SecretReference
from reconciler.model.figures import Window
from reconciler.providers import connect
from reconciler.providers.base import Informant, Sought
from reconciler.sandbox import seed
from reconciler.sandbox.exchange import Request
from reconciler.sandbox.server import RunningSandbox, start
from reconciler.sandbox.vendors import APIS
from reconciler.schema import load

Endpoint = tuple[str, str, str]  # vendor, method, path
Result = TypeVar("Result")

# No purpose, and why. Each line is one of README's table of vendors.
UNUSED: dict[Endpoint, str] = {
    ("customersure", "DELETE", "/feedback_requests/{id}"): "promised in one sentence, documented nowhere (trap 83)",
    (
        "customersure",
        "GET",
        "/feedback_responses/{id}",
    ): "the list shows the same of all of them, and updated_at besides",
    ("optimum", "GET", "/api/v1/reviews/{id}"): "the list shows the same of all of a location's",
    ("optimum", "GET", "/api/v1/feedback/{id}"): "the list shows the same of all of a location's",
    (
        "b2s",
        "GET",
        "/api/searches/{id}",
    ): "the questions of a survey, which it does not even name; nothing here has any",
}
WINDOW = Window(date(2018, 1, 1), date(2025, 12, 31))
TOKENS = {vendor: Secret(getattr(seed, f"{vendor.upper()}_TOKEN")) for vendor in APIS}
UNSET = SecretReference(env="UNSET")

# What to make of each kind, and to change, in the sandbox's default world. A new kind needs a line.
SAMPLES: dict[str, tuple[dict[str, JSON], dict[str, JSON]]] = {
    "enco/Survey": (
        {"name": "pies", "interactionType": "general", "questions": [{"language": "nl", "body": "Hoe?"}]},
        {"questions": [{"language": "de", "body": "Wie?"}]},
    ),
    "enco/Question": ({"survey": "8", "language": "nl", "body": "Hoe?"}, {}),
    "enco/Send": ({"survey": "8", "channel": "SMS", "destination": "+32470000001", "language": "en-GB"}, {}),
    "customersure/Site": ({"site_code": "new", "name": "New"}, {"name": "Newer"}),
    "customersure/FeedbackRequest": (
        {"email": "kate@example.com", "send_at": "2099-01-01T00:00:00Z", "survey_id": "1", "site": "hq"},
        {"first_name": "Kate"},
    ),
    "optimum/Location": ({"name": "New", "country_code": "BE"}, {"name": "Newer"}),
    "optimum/Account": ({"name": "New", "active": True, "verb": "visit"}, {"name": "Newer"}),
    "optimum/Subscriber": (
        {"email": "kate@example.com", "country_code": "BE", "locations": ["xd3S6"]},
        {"fname": "Kate"},
    ),
    "buenno/Form": ({}, {}),
    "buenno/Invitation": ({"form": "1", "phone": "00358447654321"}, {}),
    "b2s/Survey": ({}, {}),
    "b2s/Answer": (
        {"search_id": seed.SURVEY, "nps": 9, "created_at": "2024-04-15 10:00:00", "response_channel": "Web"},
        {"status": "done", "closedLoop": [{"message": "m", "user_email": "u@example.com", "user_name": "U"}]},
    ),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """The default world: something of every sort."""
    with start() as running:
        yield running


@pytest.fixture(scope="module")
def used(sandbox: RunningSandbox) -> frozenset[Endpoint]:
    """The endpoints that the client called when all of it was called."""
    for vendor in APIS:
        provider = connected(sandbox, vendor)
        tried(provider.check)
        for kind in sorted(provider.kinds):
            exercised(provider, kind)
        provider.close()
    return frozenset(endpoint for entry in sandbox.log.entries() for endpoint in answering(entry.vendor, entry.request))


def connected(sandbox: RunningSandbox, vendor: str) -> Informant:
    """A client of a vendor; of Enco with client credentials, so that its token endpoint is asked too."""
    settings = {"base_url": getattr(sandbox, f"{vendor}_url"), "company": "Waffle House"}
    if vendor != "enco":
        return connect(Connection(vendor, vendor, **settings), TOKENS[vendor], retry_seconds=0)
    oauth = OAuthReference(UNSET, UNSET, sandbox.enco_token_url)
    client = (Secret("sandbox-client"), Secret("sandbox-secret"))
    return connect(Connection(vendor, vendor, oauth=oauth, **settings), None, client, retry_seconds=0)


def exercised(provider: Informant, kind: str) -> None:
    """Everything that the contract offers, for one kind; what the vendor refuses was asked all the same."""
    made, changed = SAMPLES[kind]
    provider.seek(kind, Sought((made,) if made else ()))
    listing = tried(lambda: provider.list(kind))
    observed = listing.objects[0] if listing is not None and listing.objects else None
    written = tried(lambda: provider.create(kind, made))
    id = written.id if written is not None and written.id else observed.id if observed else "none"
    tried(lambda: provider.read(kind, id))
    for name, value in changed.items():
        tried(partial(provider.update, kind, id, {name: value}))
    if observed is not None:
        provider.impact(kind, observed)
        tried(lambda: provider.evidence(kind, observed))
    provider.figures(listing.objects if listing is not None else (), WINDOW)
    tried(lambda: provider.delete(kind, id))


def tried(work: Callable[[], Result]) -> Result | None:
    """What comes of it; None where it is refused."""
    with suppress(ReconcilerError):
        return work()
    return None


def answering(vendor: str, request: Request) -> list[Endpoint]:
    """The endpoint of the sandbox's tables that a request is for."""
    base = APIS[vendor].base.strip("/").split("/")  # what the paths of its endpoints leave out
    method, segments = request.method, request.segments[len(base) :]
    found = (e for e in APIS[vendor].endpoints if e.method == method and e.match(segments) is not None)
    return [(vendor, endpoint.method, endpoint.path) for endpoint in found]


DOCUMENTED = sorted((vendor, e.method, e.path) for vendor, api in APIS.items() for e in api.endpoints)


def test_every_kind_is_exercised() -> None:
    """A kind without a sample would leave its endpoints out of the account."""
    assert set(SAMPLES) == set(load().types)


@pytest.mark.parametrize("endpoint", DOCUMENTED, ids=lambda endpoint: " ".join(endpoint))
def test_every_endpoint_is_used_or_has_a_reason(endpoint: Endpoint, used: frozenset[Endpoint]) -> None:
    """Asked by the client somewhere, or named above with the reason why not; never both."""
    assert (endpoint in used) is (endpoint not in UNUSED)


def test_reasons_are_of_endpoints_that_there_are() -> None:
    """A reason for what no document has is out of date."""
    assert set(UNUSED) <= set(DOCUMENTED)
    assert all(reason for reason in UNUSED.values())
