"""Enco (Proximus) customer surveys: surveys are created, listed and deleted, questions only added."""

from __future__ import annotations

import dataclasses
import time

from reconciler.errors import CREDENTIALS_MISSING, ReconcilerError
from reconciler.http import ClientCredentials, Log, Transport, Watch, basic_pair, bearer
from reconciler.model import Connection, Secret
from reconciler.providers.enco.provider import Enco

__all__ = ["Enco", "connect"]

# enco.txt sends a Content-Type with GET and DELETE as well; Accept is not written down, a sibling API demands it.
_HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}


def connect(
    connection: Connection,
    token: Secret | None,
    client: tuple[Secret, Secret] | None,
    *,
    retry_seconds: float,
    log: Log | None,
    watch: Watch | None = None,
) -> Enco:
    """An Enco connection with a static token, or with OAuth2 client credentials."""
    if client is not None and connection.oauth is not None:
        endpoint = dataclasses.replace(connection, base_url=connection.oauth.token_url)
        asking = Transport(endpoint, basic_pair(*client), retry_seconds=retry_seconds, log=log, watch=watch)
        auth = ClientCredentials(asking.send, clock=time.monotonic)
        transport = Transport(connection, auth, headers=_HEADERS, retry_seconds=retry_seconds, log=log, watch=watch)
        return Enco(connection, transport, asking)
    if token is None:
        raise ReconcilerError(CREDENTIALS_MISSING, f"connection {connection.name} has neither token nor oauth")
    return Enco(
        connection,
        Transport(connection, bearer(token), headers=_HEADERS, retry_seconds=retry_seconds, log=log, watch=watch),
    )
