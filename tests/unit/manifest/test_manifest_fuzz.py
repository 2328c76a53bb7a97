"""Manifests that nobody would write: values or declared errors, never a traceback."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler import errors
from reconciler.errors import Problems
from reconciler.schema import load as registry
from tests.unit.manifest.workspace import Workspace, load, site, survey, together, workspace

CASES = int(os.environ.get("RECONCILER_FUZZ_CASES", "200"))
NAMES = st.sampled_from(["a", "b", "waffles", "A", "", "a/b", "x" * 200, "é"])
ADDRESSES = st.sampled_from(["enco/Survey/a", "enco/Survey/b", "customersure/Site/a", "x", "enco/Question/a"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats(allow_nan=False, width=16) | NAMES
VALUES = st.recursive(
    SCALARS | ADDRESSES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.just("externalId"), inner, max_size=3),
    max_leaves=6,
)
KEYS = ["name", "connection", "externalId", "previousNames", "labels", "dependsOn"]
LIFE = ["preventDestroy", "onRemove", "replace", "ignoreChanges"]


def section(keys: list[str]) -> st.SearchStrategy[object]:
    return st.dictionaries(st.sampled_from([*keys, "other"]), VALUES | st.lists(ADDRESSES)) | VALUES


@st.composite
def manifests(draw: st.DrawFn) -> dict[str, object]:
    """A document with the header of some kind and sections that hold anything."""
    type_ = draw(st.sampled_from(sorted(registry().types.values(), key=lambda t: t.kind)))
    metadata = draw(st.fixed_dictionaries({"name": NAMES}, optional=dict.fromkeys(KEYS[1:], VALUES)) | section(KEYS))
    return {
        "apiVersion": draw(st.just(type_.api_version) | VALUES),
        "kind": draw(st.just(type_.type) | VALUES),
        "metadata": metadata,
        "lifecycle": draw(section(LIFE)),
        "spec": draw(section(list(type_.fields))),
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace(tmp_path_factory.mktemp("fuzz"), {})


def check(project: Workspace, text: str | bytes) -> None:
    try:
        load(project, ["-"], stdin=text)
    except Problems as problems:
        assert all(error.code in errors.CATALOGUE and error.exit_code == 3 for error in problems.errors)


@settings(max_examples=CASES // 4, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(manifests(), min_size=1, max_size=4))
def test_documents_of_any_content(project: Workspace, documents: list[dict[str, object]]) -> None:
    """Known kinds with any values in any field."""
    check(project, "\n---\n".join(json.dumps(document) for document in documents))


SEED = together(survey("a"), site("b", more=", dependsOn: [enco/Survey/a], labels: {x: y}"), survey("c")).encode()


@settings(max_examples=CASES, deadline=2000)
@given(st.lists(st.tuples(st.integers(0, len(SEED)), st.binary(max_size=3), st.integers(0, 4)), max_size=4))
def test_good_files_with_bytes_changed(project: Workspace, edits: list[tuple[int, bytes, int]]) -> None:
    """Some bytes of a good file replaced by any others."""
    data = SEED
    for at, new, gone in edits:
        data = data[:at] + new + data[at + gone :]
    check(project, data)


@settings(max_examples=CASES, deadline=2000)
@given(st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3), st.integers(0, 9)), max_size=4))
def test_project_files_with_bytes_changed(project: Workspace, edits: list[tuple[int, bytes, int]]) -> None:
    """The same for a project file."""
    from reconciler import project as project_file

    path = Path(project.folder) / "fuzzed.yaml"
    data = (
        b"apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: x}\nspec:\n  state: sqlite:///x.db\n"
        b"  connections:\n    e: {provider: enco, oauth: {clientId: {env: A}, clientSecret: {file: b}}}\n"
        b"    c: {provider: customersure, company: A, token: {env: A}, baseUrl: https://api.customersure.com}\n"
        b"  environments: {staging: {values: {a: b}, connections: {c: {timeout: 3, proxy: 'http://[::1]:1'}}}}\n"
    )
    for at, new, gone in edits:
        data = data[:at] + new + data[at + gone :]
    path.write_bytes(data)
    for environment in (None, "staging"):
        try:
            project_file.load(path, environment, {})
        except Problems as problems:
            assert all(error.code in errors.CATALOGUE for error in problems.errors)
