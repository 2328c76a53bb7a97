"""The vendors this version knows, each loaded only where a connection asks for it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from reconciler.errors import NO_SUCH_PROVIDER, ReconcilerError
from reconciler.model import Connection, Secret
from reconciler.providers.base import Informant

if TYPE_CHECKING:
    from reconciler.http import Watch

# The vendor's folder has a function ``connect`` of the same shape as the one below.
PROVIDERS = {
    "b2s": "reconciler.providers.b2s",
    "buenno": "reconciler.providers.buenno",
    "customersure": "reconciler.providers.customersure",
    "enco": "reconciler.providers.enco",
    "optimum": "reconciler.providers.optimum",
}


def connect(
    connection: Connection,
    token: Secret | None,
    client: tuple[Secret, Secret] | None = None,
    *,
    retry_seconds: float = 60.0,
    log: Callable[[str], None] | None = None,
    watch: Watch | None = None,
) -> Informant:
    """The provider of a connection. Nothing is sent before it is asked for something.

    ``client`` is an OAuth client id and its secret; ``retry_seconds`` bounds all tries of one request together; ``log``
    gets a line for each exchange, never with a token in it; ``watch`` is told of waits and of long readings. Raises a
    ReconcilerError for a provider that is not known and for credentials of the wrong sort.
    """
    folder = PROVIDERS.get(connection.provider)
    if folder is None:
        known = ", ".join(sorted(PROVIDERS))
        raise ReconcilerError(
            NO_SUCH_PROVIDER, f"connection {connection.name}: no provider {connection.provider!r}; there are {known}"
        )
    vendor = import_module(folder)
    provider: Informant = vendor.connect(connection, token, client, retry_seconds=retry_seconds, log=log, watch=watch)
    return provider
