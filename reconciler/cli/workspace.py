"""A command's workspace: the project it works in, its kinds, its state, and its vendors, each opened when needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from reconciler import project as projects
from reconciler import schema
from reconciler.cli.options import Globals
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Connection, Secret, SecretReference

if TYPE_CHECKING:
    from reconciler.providers.base import Provider
    from reconciler.state.contract import StateStore

Credentials = tuple[Secret | None, tuple[Secret, Secret] | None]


class Workspace:
    """One project as one command sees it; a context manager that lets go of every socket at its end."""

    def __init__(self, chosen: Globals, *, retry_seconds: float = 60, log: Callable[[str], None] | None = None) -> None:
        self.start = chosen.start
        path = chosen.start / chosen.project if chosen.project else projects.find(chosen.start)
        self.project = projects.load(path, chosen.env)
        self.registry = schema.load()
        self._retry_seconds, self._log = retry_seconds, log
        self._providers: dict[str, Provider] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def state_url(self) -> str:
        """Where the state is kept; a reference is resolved."""
        state = self.project.state
        if isinstance(state, SecretReference):
            return projects.secret(state, self.project.folder).reveal()
        return state

    def store(self) -> StateStore:
        """The state's store; nothing is made by asking for it."""
        from reconciler.state import open_store

        return open_store(self.state_url, self.project.name, self.project.environment, self.project.folder)

    def providers(self, names: Iterable[str]) -> Mapping[str, Provider]:
        """The named connections, their secrets resolved now; every secret that is missing is told at once."""
        wanted = sorted(set(names) - set(self._providers))
        secrets = self._secrets(wanted)
        from reconciler.providers import connect

        for name in wanted:
            token, client = secrets[name]
            connection = self.project.connections[name]
            provider = connect(connection, token, client, retry_seconds=self._retry_seconds, log=self._log)
            self._providers[name] = provider
            self._open.callback(provider.close)
        return self._providers

    def _secrets(self, names: Iterable[str]) -> dict[str, Credentials]:
        found, missing = {}, []
        for name in names:
            try:
                found[name] = self._credentials(self.project.connections[name])
            except ReconcilerError as error:
                missing.append(error)
        if missing:
            raise Problems(missing)
        return found

    def _credentials(self, connection: Connection) -> Credentials:
        folder, oauth = self.project.folder, connection.oauth
        if oauth is not None:
            return None, (projects.secret(oauth.client_id, folder), projects.secret(oauth.client_secret, folder))
        return (projects.secret(connection.token, folder) if connection.token else None), None

    @property
    def origins(self) -> Mapping[str, str]:
        """Each connection's origin, to which the state is bound."""
        return {name: connection.origin for name, connection in self.project.connections.items()}

    @property
    def in_ci(self) -> bool:
        """Whether CI is set."""
        return bool(os.environ.get("CI"))
