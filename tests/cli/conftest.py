"""A desk for each test, with a sandbox of its own; at the end no token may lie in any file of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.server import RunningSandbox, start
from tests.cli.desk import FIVE_KINDS, TOKENS, Desk, leaks

SEED: dict[str, Any] = {
    "enco": {"token": TOKENS["ENCO_TOKEN"]},
    "customersure": {"token": TOKENS["CUSTOMERSURE_TOKEN"]},
    "optimum": {"token": TOKENS["OPTIMUM_TOKEN"]},
}


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """The vendors, holding nothing."""
    with start(seed=SEED) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, sandbox: RunningSandbox) -> Iterator[Desk]:
    """A project without manifests."""
    desk = Desk(tmp_path / "project", sandbox, tmp_path / "home")
    yield desk
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert not leaks(file.read_bytes()), f"a token lies in {file.relative_to(tmp_path)}"
    left = [path.name for path in (desk.home / "tmp").iterdir()]
    assert not left, f"left behind in TMPDIR: {left}"


@pytest.fixture
def five(desk: Desk) -> Desk:
    """A project with one manifest of each kind, nothing applied."""
    desk.manifest(FIVE_KINDS)
    return desk


@pytest.fixture
def applied(five: Desk) -> Desk:
    """The same, applied; the sandbox's log is empty again."""
    five.ok("apply", "--auto-approve")
    five.sandbox.log.clear()
    return five
