"""Files made for a user: whole, in their place, and never over another unless that is meant."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from reconciler.cli.newfile import make, put
from reconciler.errors import ReconcilerError


def mode(path: Path) -> int:
    """A file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file(tmp_path: Path) -> None:
    """Its folders are made, its mode is the umask's, and nothing else is left."""
    before = os.umask(0o027)
    try:
        assert make(tmp_path / "a/b/c.yaml", "x: ä\n", tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "a/b/c.yaml").read_text("utf-8") == "x: ä\n"
    assert mode(tmp_path / "a/b/c.yaml") == 0o640
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["c.yaml"]


@pytest.mark.parametrize("sort", ["file", "folder", "link", "dangling link"])
def test_what_is_there_stays(tmp_path: Path, sort: str) -> None:
    """Whatever has the name keeps it, a link that leads nowhere too."""
    path = tmp_path / "a"
    if sort == "file":
        path.write_text("old", "utf-8")
    elif sort == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / ("b" if sort == "dangling link" else "."))
    before = os.lstat(path)
    assert not make(path, "new", tmp_path)
    assert os.lstat(path) == before
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has none gets its file all the same, and what is there stays there too."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert make(tmp_path / "a", "new", tmp_path)
    assert not make(tmp_path / "a", "newer", tmp_path)
    assert (tmp_path / "a").read_text("utf-8") == "new"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_file_written_over(tmp_path: Path) -> None:
    """Its mode is kept; a link is replaced, so that what it leads to stays as it is."""
    (tmp_path / "a").write_text("old", "utf-8")
    (tmp_path / "a").chmod(0o600)
    put(tmp_path / "a", "new", tmp_path)
    assert ((tmp_path / "a").read_text("utf-8"), mode(tmp_path / "a")) == ("new", 0o600)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    put(tmp_path / "b", "newer", tmp_path)
    assert ((tmp_path / "a").read_text("utf-8"), (tmp_path / "b").is_symlink()) == ("new", False)


@pytest.mark.parametrize("write", [make, put])
def test_out_of_the_folder(tmp_path: Path, write: object) -> None:
    """A link on the way that leaves the folder is refused, before a folder is made behind it."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "a").symlink_to(outside)
    with pytest.raises(ReconcilerError, match="leads out of") as told:
        write(root / "a" / "b" / "c", "new", root)  # type: ignore[operator]
    assert told.value.code == "RCN0304"
    assert list(outside.iterdir()) == []


def test_no_place(tmp_path: Path) -> None:
    """A file in the way of a folder is told as what it is."""
    (tmp_path / "a").write_text("", "utf-8")
    with pytest.raises(ReconcilerError, match=r"exists|directory") as told:
        make(tmp_path / "a" / "b", "new", tmp_path)
    assert told.value.code == "RCN0304"
