"""B2S (Falaê): surveys that are only shown, and answers, each registered once, with a status and a closed loop."""

from __future__ import annotations

from reconciler.http import Log, Transport, Watch, bearer
from reconciler.model import Connection, Secret
from reconciler.providers.b2s.provider import B2S
from reconciler.providers.base import token_of

__all__ = ["B2S", "connect"]


def connect(
    connection: Connection,
    token: Secret | None,
    client: tuple[Secret, Secret] | None,  # noqa: ARG001 - this vendor has no OAuth
    *,
    retry_seconds: float,
    log: Log | None,
    watch: Watch | None = None,
) -> B2S:
    """A B2S connection: ``Authorization: Bearer`` (b2s.txt L46)."""
    return B2S(
        connection,
        Transport(connection, bearer(token_of(connection, token)), retry_seconds=retry_seconds, log=log, watch=watch),
    )
