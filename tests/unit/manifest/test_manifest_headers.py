"""The addresses of manifests read without reading them: the same as the loader's, and quick."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler import project as projects
from reconciler.manifest import load
from reconciler.manifest.headers import addresses, declared
from reconciler.schema import load as load_kinds
from tests.architecture.source import ROOT

LEEDS = "optimum/Location/leeds"
CASES = [
    ("block style", "apiVersion: optimum/v1\nkind: Location\nmetadata:\n  name: leeds\nspec: {}\n", [LEEDS]),
    ("flow style", "apiVersion: optimum/v1\nkind: Location\nmetadata: {name: leeds, labels: {a: b}}\n", [LEEDS]),
    ("the name last in flow style", 'apiVersion: "optimum/v1"\nkind: Location\nmetadata: {labels: {}, name: leeds}\n',
     [LEEDS]),
    ("another order", "spec: {name: x}\nmetadata: {name: leeds}\nkind: Location\napiVersion: optimum/v1\n", [LEEDS]),
    ("comments and quotes",
     "apiVersion: optimum/v1 # a\nkind: \"Location\"\nmetadata: # b\n\n  # c\n  name: 'leeds' # d\n", [LEEDS]),
    ("a label called name is none", "apiVersion: optimum/v1\nkind: Location\nmetadata:\n  labels:\n    name: york\n  "
     "name: leeds\n", [LEEDS]),
    ("neither is a field of the spec",
     "apiVersion: optimum/v1\nkind: Location\nmetadata:\n  labels: {}\nspec:\n  name: york\n", []),
    ("several documents", "---\napiVersion: optimum/v1\nkind: Location\nmetadata: {name: leeds}\n---\napiVersion: "
     "enco/v1\nkind: Survey\nmetadata: {name: a}\n", [LEEDS, "enco/Survey/a"]),
    ("Windows line ends", "apiVersion: optimum/v1\r\nkind: Location\r\nmetadata:\r\n  name: leeds\r\n", [LEEDS]),
    ("a placeholder is no name yet", "apiVersion: optimum/v1\nkind: Location\nmetadata: {name: '${value.x}'}\n", []),
    ("our own kinds have no address", "apiVersion: reconciler/v1\nkind: Removal\nmetadata: {name: leeds}\n", []),
    ("a template of a ResourceSet is none", "apiVersion: reconciler/v1\nkind: ResourceSet\nspec:\n  resources:\n  - "
     "apiVersion: optimum/v1\n    kind: Location\n    metadata: {name: x}\n", []),
    ("no YAML at all", "\x00{[\n\n:::", []),
    ("half a file", "apiVersion: optimum/v1\nkind: Loc", []),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "text", "expected"), CASES, ids=[reason for reason, *_ in CASES])
def test_headers(reason: str, text: str, expected: list[str]) -> None:
    """What a file declares, as a person would say it at a glance."""
    assert list(addresses(text.splitlines())) == expected


@pytest.mark.parametrize("name", ["waffles"])
def test_as_the_loader_has_them(name: str) -> None:
    """An ordinary project's addresses are all found."""
    project = projects.load(ROOT / "examples" / name)
    assert declared(project) == {str(one.address) for one in load(project, load_kinds()).desired}


def test_files_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    """A broken link, a folder called like a file, other bytes and more than any command would load do no harm."""
    (tmp_path / "reconciler.yaml").write_text((ROOT / "examples/waffles/reconciler.yaml").read_text("utf-8"), "utf-8")
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "a.yaml").symlink_to("nowhere.yaml")
    (folder / "b.yaml").mkdir()
    (folder / "c.yaml").write_bytes(b"\xff\xfe\x00")
    (folder / "d.yaml").write_text(CASES[0][1], "utf-8")
    (folder / "e.yaml").write_text(CASES[0][1].replace("leeds", "york"), "utf-8")
    os.truncate(folder / "e.yaml", 11_000_000)
    assert declared(projects.load(tmp_path)) == {LEEDS}
