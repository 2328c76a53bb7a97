"""Buenno: the token's forms, and invitations to answer one of them, each sent once."""

from __future__ import annotations

from reconciler.http import Log, Transport, Watch, key_header
from reconciler.model import Connection, Secret
from reconciler.providers.base import token_of
from reconciler.providers.buenno.provider import Buenno

__all__ = ["Buenno", "connect"]


def connect(
    connection: Connection,
    token: Secret | None,
    client: tuple[Secret, Secret] | None,  # noqa: ARG001 - this vendor has no OAuth
    *,
    retry_seconds: float,
    log: Log | None,
    watch: Watch | None = None,
) -> Buenno:
    """A Buenno connection: the key in a header of its own, without a scheme (buenno.txt L4)."""
    auth = key_header("api-auth-token", token_of(connection, token))
    return Buenno(connection, Transport(connection, auth, retry_seconds=retry_seconds, log=log, watch=watch))
