"""A pytest plugin that prints what the simulation counted, also where its tests ran in several processes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.figures import FIGURES

NAME = "simulation-figures"


def register(config: pytest.Config) -> None:
    """Add the plugin, once."""
    if not config.pluginmanager.has_plugin(NAME):
        config.pluginmanager.register(Reporting(), NAME)


class Reporting:
    """The hooks."""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A worker of xdist hands its figures over."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["simulation"] = FIGURES.as_dict()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """The controller adds them up."""
        FIGURES.add(getattr(node, "workeroutput", {}).get("simulation", {}))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """What all of it came to."""
        if FIGURES.runs or FIGURES.processes:
            terminalreporter.section("simulation")
            for line in FIGURES.lines():
                terminalreporter.write_line(line)
