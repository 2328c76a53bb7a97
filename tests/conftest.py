"""Settings for every test: property tests repeat their examples; `HYPOTHESIS_PROFILE=search` looks for new ones."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests import reporting
from tests.canary.figures import FIGURES as CANARIES
from tests.database import new_schema, own_postgres, postgres, pytest_sessionfinish  # noqa: F401 (fixtures and a hook)
from tests.fuzz.figures import FIGURES as FUZZING
from tests.simulation.figures import FIGURES as SIMULATION

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile("search", deadline=None, database=None, print_blob=True, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_configure(config: pytest.Config) -> None:
    """What the simulation, the fuzzing and the canaries counted is printed wherever their tests ran."""
    reporting.register(config, "simulation", SIMULATION)
    reporting.register(config, "fuzzing", FUZZING)
    reporting.register(config, "canaries", CANARIES)
