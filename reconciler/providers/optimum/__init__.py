"""Optimum Feedback: locations and client accounts, with all four operations."""

from __future__ import annotations

from reconciler.http import Log, Transport, Watch, basic_key
from reconciler.model import Connection, Secret
from reconciler.providers.base import token_of
from reconciler.providers.optimum.provider import Optimum

__all__ = ["Optimum", "connect"]


def connect(
    connection: Connection,
    token: Secret | None,
    client: tuple[Secret, Secret] | None,  # noqa: ARG001 - this vendor has no OAuth
    *,
    retry_seconds: float,
    log: Log | None,
    watch: Watch | None = None,
) -> Optimum:
    """An Optimum connection: HTTP Basic with the key as the user and no password."""
    return Optimum(
        connection,
        Transport(
            connection, basic_key(token_of(connection, token)), retry_seconds=retry_seconds, log=log, watch=watch
        ),
    )
