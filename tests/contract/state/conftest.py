"""One suite for every store: each test opens its stores through ``factory`` and knows nothing else about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.state import StateStore, open_store
from tests.contract.state.objectstore import Blobs, ObjectStore

Factory = Callable[..., StateStore]


@pytest.fixture(params=["sqlite", "postgresql", "objects"])
def factory(request: pytest.FixtureRequest, tmp_path: Path) -> Factory:
    """Opens the same stored state each time, for a project and an environment, with a clock that stands still.

    Another ``place`` is another store of the same sort.
    """
    return _factory(request.param, request, tmp_path)


@pytest.fixture(params=["sqlite", "objects"])
def one_state(request: pytest.FixtureRequest, tmp_path: Path) -> Factory:
    """The same for the stores in which a place holds one state."""
    return _factory(request.param, request, tmp_path)


@pytest.fixture(params=["postgresql"])
def many_states(request: pytest.FixtureRequest, tmp_path: Path) -> Factory:
    """The same for the stores in which a place holds a state for each project and environment."""
    return _factory(request.param, request, tmp_path)


def _factory(sort: str, request: pytest.FixtureRequest, folder: Path) -> Factory:
    places: dict[str, Callable[..., StateStore]] = {}

    def opener(place: str) -> Callable[..., StateStore]:
        if sort == "objects":
            blobs = Blobs()
            return lambda *owner, clock: ObjectStore(blobs, *owner, clock=clock)
        url = f"sqlite:///.reconciler/{place}.db" if sort == "sqlite" else request.getfixturevalue("new_schema")()
        return lambda *owner, clock: open_store(url, *owner, folder, clock=clock)

    def make(
        project: str = "acme", environment: str | None = None, now: float = 1000.0, place: str = "state"
    ) -> StateStore:
        if place not in places:
            places[place] = opener(place)
        return places[place](project, environment, clock=lambda: now)

    return make
