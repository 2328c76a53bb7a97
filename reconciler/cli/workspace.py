"""A command's workspace: the project it works in, its kinds, its state, and its vendors, each opened when needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from reconciler import project as projects
from reconciler import schema
from reconciler.cli.options import Globals
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Connection, Secret, Selection

if TYPE_CHECKING:
    from reconciler.http import Watch
    from reconciler.providers.base import Informant
    from reconciler.schema.sealing import Sealing
    from reconciler.state.contract import Contents, StateStore
    from reconciler.state.sighting import Memory

Credentials = tuple[Secret | None, tuple[Secret, Secret] | None]


class Workspace:
    """One project as one command sees it; a context manager that lets go of every socket at its end."""

    def __init__(
        self,
        chosen: Globals,
        *,
        selection: Selection | None = None,
        retry_seconds: float = 60,
        log: Callable[[str], None] | None = None,
        watch: Watch | None = None,
    ) -> None:
        """``selection`` is what the command will read of the manifests: where the project file is wrong, what is wrong
        in them is told in the same run. Raises Problems."""
        self.start = chosen.start
        path = chosen.start / chosen.project if chosen.project else projects.find(chosen.start)
        self.registry = schema.load()
        try:
            self.project = projects.load(path, chosen.env)
        except projects.UnfitProject as unfit:
            raise self._with_manifests(unfit, selection) from None
        self._retry_seconds, self._log, self.watch = retry_seconds, log, watch
        self._providers: dict[str, Informant] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _with_manifests(self, unfit: projects.UnfitProject, selection: Selection | None) -> Problems:
        if selection is None or unfit.draft is None:
            return unfit
        from reconciler.cli.targeting import stdin_bytes
        from reconciler.manifest import problems_beside

        given, stdin = selection.files or None, stdin_bytes(selection)
        return Problems([*unfit.errors, *problems_beside(unfit.draft, self.registry, given, stdin, self.start)])

    @property
    def state_url(self) -> str:
        """Where the state is kept; a reference is resolved. It may hold a password."""
        return projects.state_url(self.project)

    def store(self, *, anew: bool = False) -> StateStore:
        """The state's store; nothing is made by asking for it. What it holds is checked against what this folder saw
        last, unless ``anew`` says that a state is about to be put there."""
        return self.store_at(self.state_url, anew=anew)

    def store_at(self, url: str, *, anew: bool = False) -> StateStore:
        """The store of another URL, for this project and environment."""
        from reconciler.state import open_store
        from reconciler.state.sighting import WatchedStore

        project = self.project
        store = open_store(url, project.name, project.environment, project.folder, seal=self.sealing.kept)
        return WatchedStore(store, self._memory(), anew=anew)

    @cached_property
    def sealing(self) -> Sealing:
        """How personal data goes into the state and comes out of it. Raises RCN0221 for a key that is too short."""
        from reconciler.schema.sealing import Sealing

        return Sealing(self.registry, projects.seal_of())

    def remember(self, contents: Contents, store: StateStore) -> None:
        """From now on this is the state that is expected."""
        from reconciler.state.sighting import Sighting

        self._memory().keep(Sighting(store.label, contents.lineage, contents.serial))

    def _memory(self) -> Memory:
        from reconciler.state.sighting import Memory

        return Memory(self.project.folder, self.project.name, self.project.environment)

    def providers(self, names: Iterable[str]) -> Mapping[str, Informant]:
        """The named connections, their secrets resolved now; every one that is missing or unfit is told at once."""
        unfit = []
        for name in sorted(set(names) - set(self._providers)):
            try:
                self.provider(name)
            except ReconcilerError as error:
                unfit.append(error)
        if unfit:
            raise Problems(unfit)
        return self._providers

    def provider(self, name: str) -> Informant:
        """One connection, its secret resolved now. Raises a ReconcilerError where that is missing or unfit."""
        if name not in self._providers:
            connection = self.project.connections[name]
            token, client = self._credentials(connection)
            from reconciler.providers import connect

            made = connect(
                connection, token, client, retry_seconds=self._retry_seconds, log=self._log, watch=self.watch
            )
            self._providers[name] = made
            self._open.callback(made.close)
        return self._providers[name]

    def close(self) -> None:
        """Let go of every socket; what waits for another try gives up."""
        self._open.close()

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
