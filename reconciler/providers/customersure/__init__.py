"""CustomerSure: sites are created, read and updated, never deleted."""

from __future__ import annotations

from reconciler.errors import USER_AGENT_REFUSED, ReconcilerError
from reconciler.http import Log, Transport, Watch, quoted_token
from reconciler.model import Connection, Secret
from reconciler.providers.base import token_of
from reconciler.providers.customersure.provider import CustomerSure

__all__ = ["CustomerSure", "connect"]

_ACCEPT = "application/vnd.customersure.v1+json"  # customersure.txt L12; the examples' trailing semicolon is not sent


def connect(
    connection: Connection,
    token: Secret | None,
    client: tuple[Secret, Secret] | None,  # noqa: ARG001 - this vendor has no OAuth
    *,
    retry_seconds: float,
    log: Log | None,
    watch: Watch | None = None,
) -> CustomerSure:
    """A CustomerSure connection; it needs the company's name, which the vendor demands as User-Agent."""
    auth = quoted_token(token_of(connection, token))
    if not connection.company:
        raise ReconcilerError(
            USER_AGENT_REFUSED, f"connection {connection.name} has no company, the User-Agent to send"
        )
    headers = {"Accept": _ACCEPT, "User-Agent": connection.company}
    transport = Transport(connection, auth, headers=headers, retry_seconds=retry_seconds, log=log, watch=watch)
    return CustomerSure(connection, transport)
