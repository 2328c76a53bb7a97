"""A network that counts what is sent and lets nothing out, and the command line in this very process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest

from reconciler.cli import crash, main
from reconciler.http.retry import Event
from reconciler.http.wire import Failed, Wire
from tests.fuzz.measure import harmless


@dataclass
class Network:
    """What left this process: nothing arrives anywhere."""

    sent: list[str] = field(default_factory=list)

    def refuse(self, wire: Wire, method: str, url: str, *_: object) -> None:
        """Take a request and say that there was no connection."""
        self.sent.append(f"{method} {url}")
        raise Failed(Event.NOT_SENT, "no connection could be made")


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """Every request of the product ends here, for the tests of one module: others in this process have a network."""
    network = Network()
    with patch.object(Wire, "exchange", lambda *arguments: network.refuse(*arguments)):
        yield network


Command = Callable[..., tuple[int, str]]


@pytest.fixture(scope="session")
def command() -> Command:
    """Runs a command line in this process, and gives its exit code and what it printed.

    An exception that nobody foresaw is not put into words but comes out here.
    """

    def unforeseen(error: BaseException, *_: object) -> None:
        raise error

    def run(folder: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, str]:
        out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
        given = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
        name, *rest = arguments
        with patch.multiple(sys, stdout=out, stderr=out, stdin=given), patch.object(crash, "unexpected", unforeseen):
            code = main.run([name, *rest, "-C", str(folder), "--color", "never"])
        text = out.buffer.getvalue().decode()  # type: ignore[attr-defined]
        harmless(text)
        return code, text

    return run
