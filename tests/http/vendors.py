"""The five vendors as their documents place them, without waits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import respx

from reconciler.http import Watch
from reconciler.model import JSON, Connection, OAuthReference, Secret, SecretReference
from reconciler.providers import connect
from reconciler.providers.base import Provider

ENCO = "https://api.enco.io/survey/1.0.0"
CUSTOMERSURE = "https://api.customersure.com"
OPTIMUM = "https://optimumfeedback.com/api/v1/"
BUENNO = "https://webreport.buenno.fi/api/v01"
B2S = "https://api-b2s.experienciab2s.com"
TOKEN = "ec76c296df321768ba4cc41a445bfb6f"
BASE_URLS = {"enco": ENCO, "customersure": CUSTOMERSURE, "optimum": OPTIMUM, "buenno": BUENNO, "b2s": B2S}


@contextmanager
def vendor(
    name: str, *, oauth: bool = False, retry_seconds: float = 0.0, watch: Watch | None = None, **settings: object
) -> Iterator[Provider]:
    """A provider whose every request has to be expected; one try each unless said otherwise."""
    reference = SecretReference(env="X")
    connection = Connection(
        name=name,
        provider=name,
        base_url=str(settings.pop("base_url", BASE_URLS[name])),
        oauth=OAuthReference(reference, reference, "https://api.enco.io/token") if oauth else None,
        company="Acme Ltd" if name == "customersure" else None,
        **settings,  # type: ignore[arg-type]
    )
    client = (Secret("client-id"), Secret("client-secret")) if oauth else None
    provider = connect(connection, None if oauth else Secret(TOKEN), client, retry_seconds=retry_seconds, watch=watch)
    try:
        yield provider
    finally:
        provider.close()


def sent(route: respx.Route, number: int = 0) -> httpx.Request:
    """The request that a route got."""
    request: httpx.Request = route.calls[number].request
    return request


def body(request: httpx.Request) -> JSON:
    """A request's JSON."""
    return json.loads(request.content)


def headers(request: httpx.Request) -> dict[str, str]:
    """All headers that say something; those of the connection itself are left out."""
    plumbing = {"host", "connection", "content-length", "accept-encoding"}
    return {name: value for name, value in request.headers.items() if name not in plumbing}
