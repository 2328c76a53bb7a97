"""Which files are read, in which order, and which never."""

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler import errors
from reconciler.manifest.files import Search
from tests.unit.manifest.workspace import load, problems, site, workspace


def test_folders_are_read_whole_and_in_order(tmp_path: Path) -> None:
    """*.yaml and *.yml below a folder, by name; hidden files and folders, and other files, are left alone."""
    names = ["b.yaml", "a.yml", "sub/deeper/c.YAML", ".hidden.yaml", ".git/d.yaml", "readme.md", "z.yaml"]
    files = {f"manifests/{name}": site(f"s{number}") for number, name in enumerate(names)}
    assert load(workspace(tmp_path, files)).files == (
        "manifests/a.yml",
        "manifests/b.yaml",
        "manifests/sub/deeper/c.YAML",
        "manifests/z.yaml",
    )


def test_patterns_files_and_folders_can_be_mixed(tmp_path: Path) -> None:
    """Each file is read once, in the order of the list; the project file is never a manifest."""
    files = {f"{name}.yaml": site(name.replace("/", "-")) for name in ("one", "two", "m/three", "m/x/four", "n/five")}
    found = load(workspace(tmp_path, files, ["two.yaml", "m/*.yaml", "n", "**/*.yaml", "."])).files
    assert found == ("two.yaml", "m/three.yaml", "n/five.yaml", "m/x/four.yaml", "one.yaml")


def test_a_listed_path_must_exist(tmp_path: Path) -> None:
    """A mistyped folder beside a good one would plan deletes; it is told at its entry of the project file."""
    project = workspace(tmp_path, {"manifests/a.yaml": site("a")}, ["manifests", "manifest"])
    [found] = problems(project)
    assert (found.code, str(found.source)) == (errors.UNREADABLE_FILE, "reconciler.yaml:5:28")


@pytest.mark.parametrize("pattern", ["../outside", "/etc", "manifests/../../outside", "../*/x.yaml"])
def test_listed_paths_stay_in_the_project(tmp_path: Path, pattern: str) -> None:
    """A project file cannot reach out of its folder."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x.yaml").write_text("password: hunter2\n")
    [found] = problems(workspace(tmp_path / "project", {"manifests/a.yaml": site("a")}, [pattern]))
    assert found.code == errors.OUTSIDE_PROJECT
    assert "hunter2" not in found.snippet + found.message


def test_links_stay_in_the_project(tmp_path: Path) -> None:
    """A link to a file or folder outside is refused, however it is named, and nothing of it is shown."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x.yaml").write_text("password: hunter2\n")
    project = workspace(tmp_path / "project", {"manifests/a.yaml": site("a")})
    (project.folder / "manifests/file.yaml").symlink_to(tmp_path / "outside/x.yaml")
    (project.folder / "manifests/folder").symlink_to(tmp_path / "outside")
    (project.folder / "manifests/notes.txt").symlink_to(tmp_path / "outside/x.yaml")
    found = problems(project)
    assert [(e.code, e.source and e.source.file) for e in found] == [
        (errors.OUTSIDE_PROJECT, "manifests/file.yaml"),
        (errors.OUTSIDE_PROJECT, "manifests/folder"),
    ]
    [given] = problems(project, [str(project.folder / "manifests/file.yaml")])
    assert given.code == errors.OUTSIDE_PROJECT
    assert not any("hunter2" in e.snippet + e.message for e in (*found, given))


def test_links_within_the_project_are_followed_once(tmp_path: Path) -> None:
    """A link to another name of a file is the same file, and a circle of folders ends."""
    project = workspace(tmp_path, {"manifests/a.yaml": site("a"), "shared/b.yaml": site("b")})
    (tmp_path / "manifests/again.yaml").symlink_to("a.yaml")
    (tmp_path / "manifests/circle").symlink_to(".")
    (tmp_path / "manifests/shared").symlink_to("../shared")
    assert load(project).files == ("manifests/a.yaml", "manifests/shared/b.yaml")


def test_a_folder_outside_can_be_given_by_hand(tmp_path: Path) -> None:
    """-f is typed by a person; a folder given so is bounded by itself."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x.yaml").write_text(site("x"))
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    project = workspace(tmp_path / "project", {})
    given = [str(tmp_path / "outside")]
    assert load(project, given).desired[0].source.file == str(tmp_path / "outside/x.yaml")
    (tmp_path / "outside/link.yaml").symlink_to(tmp_path / "secret.yaml")
    assert [e.code for e in problems(project, given)] == [errors.OUTSIDE_PROJECT]


def test_given_paths_start_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere on a command line; files of the project keep their name from its folder."""
    project = workspace(tmp_path, {"manifests/sub/a.yaml": site("a"), "manifests/sub/b.yaml": site("b")})
    monkeypatch.chdir(tmp_path / "manifests")
    assert load(project, ["sub/a.yaml"]).files == ("manifests/sub/a.yaml",)
    assert load(project, ["sub/*.yaml"]).files == ("manifests/sub/a.yaml", "manifests/sub/b.yaml")
    [found] = problems(project, ["missing.yaml"])
    assert found.code == errors.UNREADABLE_FILE


def test_what_is_no_file_is_told_beside_the_rest(tmp_path: Path) -> None:
    """A pipe among the manifests is an error, not a program that waits; the other files are checked all the same."""
    project = workspace(tmp_path, {"manifests/b.yaml": site("b", more=", titel: x")})
    os.mkfifo(tmp_path / "manifests/a.yaml")
    (tmp_path / "manifests/c.yaml").symlink_to("nowhere.yaml")
    found = problems(project)
    assert [e.code for e in found] == [errors.NOT_A_FILE, errors.UNKNOWN_FIELD, errors.UNREADABLE_FILE]


def test_a_file_name_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    """Control characters in a file's name are not shown."""
    project = workspace(tmp_path, {"manifests/a\x1b[31m.yaml": "- x\n"})
    [found] = problems(project)
    assert found.source is not None
    assert "\x1b" not in str(found.source)


def _loop(folder: Path) -> None:
    (folder / "loop.yaml").symlink_to("loop.yaml")


def _loop_of_two(folder: Path) -> None:
    (folder / "loop.yaml").symlink_to("other.yaml")
    (folder / "other.yaml").symlink_to("loop.yaml")


def _loop_without_suffix(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")


def _device(folder: Path) -> None:
    (folder / "null.yaml").symlink_to("/dev/null")


def _socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "s.yaml"))


ODDITIES = [
    (_loop, [(errors.UNREADABLE_FILE, "loop.yaml")], "a link to itself"),
    (
        _loop_of_two,
        [(errors.UNREADABLE_FILE, "loop.yaml"), (errors.UNREADABLE_FILE, "other.yaml")],
        "links to each other",
    ),
    (_loop_without_suffix, [], "a link to itself that would be no manifest"),
    (_device, [(errors.OUTSIDE_PROJECT, "null.yaml")], "a link to a device"),
    (_socket, [(errors.UNREADABLE_FILE, "s.yaml")], "a socket"),
    (lambda folder: (folder / "empty.yaml").mkdir(), [], "a folder named like a manifest, empty"),
    (lambda folder: (folder / "empty.yaml").write_text(""), [], "an empty file beside a good one"),
    (
        lambda folder: (folder / "nothing.yaml").symlink_to("/nowhere/x"),
        [(errors.OUTSIDE_PROJECT, "nothing.yaml")],
        "a link to nothing, out of the project",
    ),
]


@pytest.mark.parametrize(("make", "told", "reason"), ODDITIES, ids=[case[2] for case in ODDITIES])
def test_oddities_of_a_folder(
    tmp_path: Path, make: Callable[[Path], None], told: list[tuple[str, str]], reason: str
) -> None:
    """What lies in a folder and is no file is told under its name, and never waited for."""
    project = workspace(tmp_path, {"manifests/a.yaml": site("a")})
    make(tmp_path / "manifests")
    found = problems(project)
    assert [(e.code, str(e.source)) for e in found] == [(code, f"manifests/{name}:1:1") for code, name in told], reason


def test_a_folder_named_like_a_manifest_is_a_folder(tmp_path: Path) -> None:
    """What lies in it is read; nothing is passed over because of a name."""
    project = workspace(tmp_path, {"manifests/a.yaml/b.yaml": site("b")})
    assert load(project).files == ("manifests/a.yaml/b.yaml",)


@pytest.mark.parametrize("given", ["/dev/zero", "/dev/stdin", "/dev/tty", "/proc/self/mem"])
def test_devices_are_never_read(tmp_path: Path, given: str) -> None:
    """One without end would fill the memory, another would wait for a key."""
    [found] = problems(workspace(tmp_path, {}), [given])
    assert found.code in (errors.NOT_A_FILE, errors.UNREADABLE_FILE, errors.OUTSIDE_PROJECT)


def test_what_may_not_be_read_is_told_beside_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file and a folder without permission; root would be let in, so the system's answer is played."""
    files = {"manifests/a.yaml": site("a"), "manifests/shut/b.yaml": site("b"), "manifests/z.yaml": site("z")}
    project = workspace(tmp_path, {**files, "manifests/y.yaml": site("y", more=", titel: x")})
    really, listed = os.open, os.scandir

    def opening(path: str, *more: int) -> int:
        if str(path).endswith("z.yaml"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return really(path, *more)

    def listing(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "open", opening)
    monkeypatch.setattr(os, "scandir", listing)
    found = problems(project)
    assert [(e.code, e.source and e.source.file) for e in found] == [
        (errors.UNREADABLE_FILE, "manifests/shut"),
        (errors.UNKNOWN_FIELD, "manifests/y.yaml"),
        (errors.UNREADABLE_FILE, "manifests/z.yaml"),
    ]


def test_a_file_that_vanishes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the listing and the reading somebody removed it: taken for absent it would plan a delete."""
    project = workspace(tmp_path, {"manifests/a.yaml": site("a"), "manifests/b.yaml": site("b")})
    found = Search.project_files

    def then_gone(search: Search, **more: bool) -> None:
        found(search, **more)
        (tmp_path / "manifests/b.yaml").unlink()

    monkeypatch.setattr(Search, "project_files", then_gone)
    [error] = problems(project)
    assert (error.code, str(error.source)) == (errors.UNREADABLE_FILE, "manifests/b.yaml:1:1")
