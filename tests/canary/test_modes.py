"""State, plans, archives, locks and logs are for their owner alone, whatever the umask and whoever made them before."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from reconciler.cli.logbook import Logbook
from reconciler.errors import ReconcilerError
from reconciler.state import privacy
from tests.canary.bench import Bench
from tests.canary.test_commands import CONSENT, LOSS, QUICK
from tests.canary.test_processes import broken


def modes(folder: Path) -> dict[str, int]:
    """The mode of everything below a folder, and of the folder."""
    paths = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in paths}


def closed(bench: Bench) -> None:
    """Hold that nothing of ours is open to others."""
    found = modes(bench.folder / ".reconciler")
    wrong = {name: oct(mode) for name, mode in found.items() if mode & 0o077}
    assert not wrong
    assert {"state.db", "state.db.lock", "archive", ".gitignore"} <= found.keys()
    assert any(name.endswith(".json") for name in found)
    for file in ("run.log", "new.plan"):
        assert stat.S_IMODE((bench.folder / file).stat().st_mode) == 0o600, file


def test_with_an_open_umask(bench: Bench) -> None:
    """Made anew with umask 000, and made narrow where they were wide."""
    everything = ("--log-file", "run.log")
    bench.process("plan", "--out", "new.plan", *everything, *QUICK, umask=0)
    ended = bench.process("destroy", *CONSENT, *LOSS, *everything, *QUICK, umask=0)
    assert ended.code == 0, ended.text
    closed(bench)
    for path in (bench.folder / ".reconciler").rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (bench.folder / ".reconciler").chmod(0o777)
    for file in ("run.log", "new.plan"):
        (bench.folder / file).chmod(0o666)
    bench.process("plan", "--out", "new.plan", *everything, *QUICK, umask=0)
    ended = bench.process("apply", *CONSENT, *everything, *QUICK, umask=0)
    assert ended.code == 0, ended.text
    for name in (".", "state.db", "state.db.lock"):
        assert modes(bench.folder / ".reconciler")[name] in (0o600, 0o700), name
    for file in ("run.log", "new.plan"):
        assert stat.S_IMODE((bench.folder / file).stat().st_mode) == 0o600, file


def test_a_debug_log_with_an_open_umask(bench: Bench) -> None:
    """It is for its owner alone as well."""
    bench.process("plan", *QUICK, env=broken(bench, "reconciler.cli.planning:build"), umask=0)
    (log,) = (bench.home / "tmp").glob("reconciler-*.log")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


# --- the folder ----------------------------------------------------------------------------------------------------


@pytest.fixture
def umask() -> object:
    """An open umask while the test runs."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_our_folder_is_made_closed_and_kept_out_of_git(tmp_path: Path) -> None:
    """With everything above it that is missing; git is told where it is new, and only there."""
    folder = tmp_path / "a" / ".reconciler" / "archive" / "b"
    privacy.make_folder(folder)
    assert {mode for name, mode in modes(tmp_path / "a").items() if ".gitignore" not in name} == {0o700}
    assert (tmp_path / "a" / ".reconciler" / ".gitignore").read_text() == "*\n"
    (tmp_path / "a" / ".reconciler" / ".gitignore").write_text("!keep\n")
    privacy.make_folder(folder)
    assert (tmp_path / "a" / ".reconciler" / ".gitignore").read_text() == "!keep\n"


@pytest.mark.usefixtures("umask")
def test_a_folder_that_was_there_is_closed_where_it_is_ours(tmp_path: Path) -> None:
    """Somebody's own folder is left as it is, and gets no .gitignore."""
    ours, theirs = tmp_path / ".reconciler", tmp_path / "states"
    for folder in (ours, theirs):
        folder.mkdir(0o777)
        privacy.make_folder(folder)
    assert (modes(ours)["."], modes(theirs)["."]) == (0o700, 0o777)
    assert list(ours.iterdir()) == list(theirs.iterdir()) == []


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """It is told by the system's own error, for whoever asked to tell."""
    (tmp_path / ".reconciler").touch()
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        privacy.make_folder(tmp_path / ".reconciler" / "archive")


@pytest.mark.usefixtures("umask")
def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one stays until the new one is on disk, and nothing else is left behind."""
    file = tmp_path / "x.plan"
    file.write_text("old")
    file.chmod(0o666)

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="space"):
            privacy.replace(file, b"new")
    assert (file.read_text(), list(tmp_path.iterdir())) == ("old", [file])
    privacy.replace(file, b"new")
    assert (file.read_text(), modes(tmp_path)["x.plan"]) == ("new", 0o600)


def test_a_plan_is_not_written_over_a_device(bench: Bench) -> None:
    """What is there and is no file stays what it is."""
    fifo = bench.folder / "pipe"
    os.mkfifo(fifo)
    ended = bench.here("plan", "--out", "pipe", *QUICK)
    assert (ended.code, "RCN0304" in ended.err, stat.S_ISFIFO(fifo.stat().st_mode)) == (3, True, True)
    fifo.unlink()


def test_a_plan_in_our_folder(bench: Bench) -> None:
    """Saved below .reconciler it stays out of git, also where that is not there yet."""
    import shutil

    shutil.rmtree(bench.folder / ".reconciler")
    ended = bench.here("plan", "--out", ".reconciler/x.plan", *QUICK)
    assert ended.code == 0, ended.text
    assert sorted(modes(bench.folder / ".reconciler")) == [".", ".gitignore", "x.plan"]


# --- the log -------------------------------------------------------------------------------------------------------


def test_a_log_on_a_full_disk_stops_no_run(bench: Bench) -> None:
    """What cannot be written is not written; the apply goes through."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    ended = bench.here("apply", *CONSENT, "--log-file", "/dev/full", *QUICK)
    assert ended.code == 0, ended.text


def test_a_log_tells_requests_with_their_tries_and_the_end(bench: Bench) -> None:
    """Start, each try with method, path, status, time; values of the query only where they page; the exit code."""
    bench.sandbox.faults.replace([{"match": {"vendor": "optimum"}, "when": {"count": 1}, "fault": {"status": 503}}])
    ended = bench.here("destroy", *CONSENT, *LOSS, "-v", "--log-file", "run.log")
    assert ended.code == 0, ended.text
    lines = (bench.folder / "run.log").read_text("utf-8").splitlines()
    assert lines[0].endswith(f"event=start command=destroy version={_version()}")
    assert lines[-1].endswith("event=end exit=0")
    assert any("status=503" in line and line.endswith("try=1") for line in lines)
    assert any("status=200" in line and line.endswith("try=2") for line in lines)
    assert any(" path=/optimum/api/v1/reviews?location=***&limit=1 " in line for line in lines)
    assert any(line.split(" ", 1)[1] in ended.err for line in lines[1:-1])
    refused = bench.here("plan", "--log-file", "run.log", *QUICK, env={"OPTIMUM_TOKEN": None})
    last = (bench.folder / "run.log").read_text("utf-8").splitlines()[-1]
    assert (refused.code, last.endswith("event=error code=RCN0204 exit=3")) == (3, True)


def test_commands_that_ask_nobody_keep_a_log_too(bench: Bench) -> None:
    """--log-file is for every command."""
    for line in (("validate",), ("version",), ("explain", "RCN0401"), ("show", "saved.plan")):
        assert bench.here(*line, "--log-file", "small.log").code == 0
    assert (bench.folder / "small.log").read_text("utf-8").count("event=end exit=0") == 4


def test_a_log_that_cannot_be_opened(tmp_path: Path) -> None:
    """It is told before anything is done."""
    with pytest.raises(ReconcilerError) as caught:
        Logbook(None).keep_in(tmp_path / "no" / "run.log")
    assert caught.value.code == "RCN0304"


def _version() -> str:
    from reconciler import __version__

    return __version__
