"""Project files that nobody would write: a project whose parts can be made, or errors in place; nothing is sent."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import note

from reconciler import errors
from reconciler import project as project_file
from reconciler.document import from_string, read
from reconciler.model import Connection, Secret
from reconciler.providers import connect
from reconciler.state import open_store
from tests.fuzz import projects
from tests.fuzz.conftest import Command, Network
from tests.fuzz.figures import FIGURES
from tests.fuzz.measure import cases, tried
from tests.fuzz.odd import WORDS, changed, value
from tests.fuzz.places import within
from tests.fuzz.tape import Tape
from tests.fuzz.yaml_text import altered, grown

GROUP = "project files"
GOOD = read(from_string(projects.PROJECT, "")).documents[0].value
SEEDS = [projects.PROJECT]
ENVIRON = {"FUZZ_TOKEN": "a-token-of-nobody", "FUZZ_STATE": "sqlite:///staging.db"}
# Told of the command line or the environment, and so without a place in the file.
PLACELESS = {
    errors.UNKNOWN_ENVIRONMENT,
    errors.SECRET_MISSING,
    errors.SECRET_UNFIT,
    errors.STATE_UNFIT,
    errors.CA_FILE_UNREADABLE,
}
KEYS = ["manifests", "state", "connections", "environments", "values"]
SETTINGS = [
    *("provider", "token", "oauth", "company", "baseUrl", "timeout", "settle", "concurrency", "requestsPerSecond"),
    *("proxy", "caFile"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A whole project."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        # Reading the system's certificates takes longer than all the rest.
        monkeypatch.setattr(httpx, "create_ssl_context", lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        yield projects.made(tmp_path_factory.mktemp("project"), monkeypatch)


def opened(path: Path, environment: str | None) -> project_file.Project:
    """Everything that is made of a project before the first request, up to the connection itself."""
    project = project_file.load(path, environment, ENVIRON)
    open_store(project_file.state_url(project, ENVIRON), project.name, environment, project.folder)
    for connection in project.connections.values():
        provider = connect(connection, *credentials(connection), retry_seconds=0)
        try:
            provider._transport._wire.open()  # type: ignore[attr-defined]
        finally:
            provider.close()
    return project


def credentials(connection: Connection) -> tuple[Secret | None, tuple[Secret, Secret] | None]:
    """Secrets of the sort that the connection takes."""
    token = Secret("a-token")
    return (None, (token, token)) if connection.oauth is not None else (token, None)


def check(folder: Path, data: bytes, network: Network) -> None:
    """Load it in every environment; every error of the file has a place in it, and nothing is sent."""
    note(data[:2000].decode("utf-8", "backslashreplace"))
    path = folder / "fuzzed.yaml"
    path.write_bytes(data)
    before = len(network.sent)
    for environment in (None, "staging"):
        for error in tried(GROUP, lambda environment=environment: opened(path, environment)).errors:
            assert error.source is not None or error.code in PLACELESS, error.code
            assert error.exit_code == 3 or error.code in PLACELESS
            assert error.source is None or within(data, error.source.line, error.source.column)
    FIGURES.of(GROUP).requests += len(network.sent) - before
    assert len(network.sent) == before


@cases(0.2)
def test_a_good_file_changed(folder: Path, network: Network, tape: Tape) -> None:
    """The project file of three vendors with lines and bytes changed, in all sorts of encodings."""
    check(folder, altered(tape, SEEDS), network)


@cases(0.15)
def test_some_of_its_values_exchanged(folder: Path, network: Network, tape: Tape) -> None:
    """The same with some of its values, at any depth, in place of others."""
    check(folder, json.dumps(changed(tape, GOOD)).encode("utf-8", "surrogatepass"), network)


@cases(0.1)
def test_settings_of_any_content(folder: Path, network: Network, tape: Tape) -> None:
    """Known settings with any text, number or mapping."""
    connection = {**tape.pick(list(GOOD["spec"]["connections"].values()))}
    for _ in range(1 + tape.below(3)):
        connection[tape.pick(SETTINGS)] = value(tape) if tape.below(2) else tape.pick(WORDS)
    spec = {**GOOD["spec"], "connections": {"c": connection}, "environments": {"staging": {"connections": {}}}}
    if tape.rarely(3):
        spec[tape.pick(KEYS)] = value(tape)
    if tape.rarely(3):
        spec["environments"] = {"staging": {"connections": {"c": {tape.pick(SETTINGS): value(tape)}}}}
    check(folder, json.dumps({**GOOD, "spec": spec}).encode("utf-8", "surrogatepass"), network)


@cases(0.025)
def test_any_other_text(folder: Path, network: Network, tape: Tape) -> None:
    """No project file at all."""
    check(folder, grown(tape), network)


@cases(0.05)
def test_a_plan_with_a_bad_project_sends_nothing(folder: Path, network: Network, command: Command, tape: Tape) -> None:
    """The command itself: exit 3 or 4, and not one request. With a good one it plans as far as that goes."""
    (folder / "reconciler.yaml").write_bytes(altered(tape, SEEDS))
    before = len(network.sent)
    run: Any = tried(GROUP, lambda: command(folder, "plan", "--retry-seconds", "0")).value
    if run[0] in (3, 4):
        FIGURES.of(GROUP).requests += len(network.sent) - before
        assert "error[RCN" in run[1]
        assert len(network.sent) == before
    else:
        assert run[0] in (0, 5), run[1]
