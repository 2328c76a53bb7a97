"""A bench for each test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.apply.fakes import Bench

_MEMORY = Path("/dev/shm")


@pytest.fixture
def bench() -> Iterator[Bench]:
    """An empty state, empty vendors, a clock that stands still. In memory where there is such a folder: a test that
    simulates a kill needs no disk, and hundreds of synced commits do take time."""
    where = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where) as folder:
        yield Bench(Path(folder))
