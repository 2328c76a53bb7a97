"""A pytest plugin that prints what tests counted, also where they ran in several processes."""

from __future__ import annotations

from typing import Any, Protocol

import pytest


class Figures(Protocol):
    """What was counted in this process."""

    def as_dict(self) -> dict[str, object]:
        """Plain data, for another process."""
        ...

    def add(self, other: dict[str, Any]) -> None:
        """Add another process's figures."""
        ...

    def lines(self) -> list[str]:
        """As they are printed; nothing where nothing was counted."""
        ...


def register(config: pytest.Config, name: str, figures: Figures) -> None:
    """Print the figures at the end of the run, under their name."""
    if not config.pluginmanager.has_plugin(f"figures-{name}"):
        config.pluginmanager.register(Reporting(name, figures), f"figures-{name}")


class Reporting:
    """The hooks."""

    def __init__(self, name: str, figures: Figures) -> None:
        self._name, self._figures = name, figures

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A worker of xdist hands its figures over."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[self._name] = self._figures.as_dict()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """The controller adds them up."""
        self._figures.add(getattr(node, "workeroutput", {}).get(self._name, {}))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """What all of it came to."""
        lines = self._figures.lines()
        if lines:
            terminalreporter.section(self._name)
            for line in lines:
                terminalreporter.write_line(line)
