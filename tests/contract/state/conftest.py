"""One suite for every store: each test opens its stores through ``factory`` and knows nothing else about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.state import StateStore, open_store

Factory = Callable[..., StateStore]


@pytest.fixture(params=["sqlite"])
def factory(request: pytest.FixtureRequest, tmp_path: Path) -> Factory:
    """Opens the same stored state each time, for a project and an environment, with a clock that stands still."""

    def make(project: str = "acme", environment: str | None = None, now: float = 1000.0) -> StateStore:
        urls = {"sqlite": "sqlite:///.reconciler/state.db"}
        return open_store(urls[request.param], project, environment, tmp_path, clock=lambda: now)

    return make
