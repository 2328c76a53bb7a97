"""Manifests that nobody would write: values, or errors in their place, and nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import note

from reconciler import errors
from reconciler.document import from_string, read
from tests.fuzz import projects
from tests.fuzz.conftest import Command, Network
from tests.fuzz.figures import FIGURES
from tests.fuzz.manifests import SECTIONS, kinds, seeds
from tests.fuzz.measure import Verdict, cases, tried
from tests.fuzz.odd import BYTES, changed, value
from tests.fuzz.places import within
from tests.fuzz.tape import Tape
from tests.fuzz.yaml_text import altered, grown
from tests.unit.manifest.workspace import Workspace, load, workspace

GROUP = "manifests"
NAMES = ["a", "b", "waffles", "A", "", "a/b", "x" * 200, "é"]
GOOD = [document.value for seed in seeds() for document in read(from_string(seed, "")).documents]
ADDRESSES = ["enco/Survey/a", "enco/Survey/b", "customersure/Site/a", "x", "enco/Question/a"]


def section(tape: Tape, keys: Sequence[str]) -> dict[str, Any]:
    """A part of a manifest with keys that it may have and values that it may not."""
    return {tape.pick(keys): _field(tape) for _ in range(tape.below(7))}


def _field(tape: Tape) -> Any:
    match tape.below(4):
        case 0:
            return tape.pick(NAMES)
        case 1:
            return [tape.pick(ADDRESSES) for _ in range(tape.below(3))]
    return value(tape)


def content(tape: Tape) -> dict[str, Any]:
    """A document with the header of some kind and sections that hold anything."""
    type_ = tape.pick(kinds())
    return {
        "apiVersion": tape.pick([*[type_.api_version] * 5, "reconciler/v1", "optimum/v2", None]),
        "kind": tape.pick([*[type_.type] * 5, "Removal", "ResourceSet", "Locaton", 3]),
        "metadata": {"name": tape.pick(NAMES), **section(tape, SECTIONS["metadata"])},
        "lifecycle": section(tape, SECTIONS["lifecycle"]),
        "spec": section(tape, [*type_.fields, "address", "allowDataLoss", "inputs", "resources"]),
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A project whose manifests come from standard input."""
    return workspace(tmp_path_factory.mktemp("fuzz"), {}, connections=projects.connections())


def check(project: Workspace, data: bytes, network: Network) -> Verdict[Any]:
    """Load it; every error has a place in the text, and nothing is sent."""
    note(data[:2000].decode("utf-8", "backslashreplace"))
    before = len(network.sent)
    verdict = tried(GROUP, lambda: load(project, ["-"], stdin=data))
    FIGURES.of(GROUP).requests += len(network.sent) - before
    assert len(network.sent) == before
    for error in verdict.errors:
        assert error.exit_code == 3
        if error.code not in (errors.NO_MANIFESTS, errors.MORE_PROBLEMS):
            assert error.source is not None and error.source.file == "<stdin>"
            assert within(data, error.source.line, error.source.column), (error.code, error.source)
    return verdict


@cases(0.4)
def test_good_files_changed(project: Workspace, network: Network, tape: Tape) -> None:
    """A good file of every kind with lines and bytes changed, in all sorts of encodings."""
    check(project, altered(tape, seeds()), network)


@cases(0.3)
def test_texts_grown_from_the_grammar(project: Workspace, network: Network, tape: Tape) -> None:
    """Anchors, aliases, tags, merge keys, flows, blocks, directives and odd scalars, mostly in the wrong place."""
    check(project, grown(tape), network)


@cases(0.2)
def test_documents_of_any_content(project: Workspace, network: Network, tape: Tape) -> None:
    """Known kinds with any value in any field, and good ones with some parts exchanged."""
    documents = [content(tape) if tape.below(2) else changed(tape, tape.pick(GOOD)) for _ in range(1 + tape.below(3))]
    check(project, "\n---\n".join(map(json.dumps, documents)).encode(), network)


@cases(0.05)
def test_any_bytes(project: Workspace, network: Network, tape: Tape) -> None:
    """No YAML at all."""
    parts = [tape.pick(BYTES) if tape.below(2) else tape.bytes(6) for _ in range(tape.below(20))]
    check(project, b"".join(parts), network)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A whole project with a file of manifests."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield projects.made(tmp_path_factory.mktemp("desk"), monkeypatch)


@cases(0.05)
def test_a_plan_of_bad_manifests_sends_nothing(desk: Path, network: Network, command: Command, tape: Tape) -> None:
    """The command itself: exit 3, the file told, and not one request. Good ones are planned as far as that goes."""
    (desk / "manifests" / "all.yaml").write_bytes(altered(tape, seeds()))
    before = len(network.sent)
    code, text = tried(GROUP, lambda: command(desk, "plan", "--retry-seconds", "0")).value or (0, "")
    if code != 3:
        assert code in (0, 5), text
        return
    FIGURES.of(GROUP).requests += len(network.sent) - before
    assert "error[RCN01" in text
    assert len(network.sent) == before
