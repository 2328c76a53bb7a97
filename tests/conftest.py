"""Settings for every test: property tests repeat their examples; `HYPOTHESIS_PROFILE=search` looks for new ones."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.simulation import reporting

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile("search", deadline=None, database=None, print_blob=True, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_configure(config: pytest.Config) -> None:
    """The simulation's figures are printed wherever its tests ran."""
    reporting.register(config)
