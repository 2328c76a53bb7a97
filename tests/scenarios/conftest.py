"""The checks of the scenarios show both sides when they fail, as those in test modules do."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.scenarios.script")
