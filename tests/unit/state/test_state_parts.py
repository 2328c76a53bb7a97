"""The small parts of the state: holder, guard, URL, errors of the system."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.state import Holder, guard, open_store
from reconciler.state.holder import process_start
from reconciler.state.location import sqlite_path
from reconciler.state.lockfile import refused


def test_holder_is_this_process() -> None:
    """This process is alive under its own name."""
    here = Holder.here()
    assert (here.host, here.pid) == (socket.gethostname(), os.getpid())
    assert here.user
    assert here.alive()


def test_holder_that_died() -> None:
    """A process that ended is dead, and so is one whose id another process has now; another host's is taken to live."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    host = socket.gethostname()
    assert not Holder(host, child.pid, "ann").alive()
    assert not Holder(host, os.getpid(), "ann", "1").alive()
    assert Holder(host, os.getpid(), "ann", process_start(os.getpid())).alive()
    assert Holder("elsewhere", child.pid, "ann").alive()


@pytest.mark.parametrize(
    ("url", "exists", "environ", "allowed", "refused_", "reason"),
    [
        ("sqlite:///s.db", False, {"CI": "true"}, False, True, "a new file on a runner is lost with it"),
        ("sqlite:///s.db", False, {"CI": "1"}, False, True, "any value sets it"),
        ("sqlite:///s.db", False, {"CI": "true"}, True, False, "said to be wanted"),
        ("sqlite:///s.db", True, {"CI": "true"}, False, False, "the file was brought along"),
        ("sqlite:///s.db", False, {}, False, False, "not a runner"),
        ("sqlite:///s.db", False, {"CI": ""}, False, False, "an empty variable is not set"),
        ("sqlite:///s.db", False, {"CI": "false"}, False, False, "said not to be a runner"),
        ("postgresql://h/d", False, {"CI": "true"}, False, False, "a server outlives the runner"),
    ],
)
def test_ephemeral(url: str, exists: bool, environ: dict[str, str], allowed: bool, refused_: bool, reason: str) -> None:
    """A SQLite state that would have to be made on a CI runner is refused with exit 6."""
    try:
        guard.ephemeral(url, exists, environ, allowed=allowed)
    except ReconcilerError as error:
        assert refused_, reason
        assert error.exit_code == 6
    else:
        assert not refused_, reason


def test_url_of_a_file(tmp_path: Path) -> None:
    """Three slashes start at the project's folder, four at the root."""
    assert sqlite_path("sqlite:///.reconciler/state.db", tmp_path) == tmp_path / ".reconciler/state.db"
    assert sqlite_path("sqlite:////var/state.db", tmp_path) == Path("/var/state.db")


@pytest.mark.parametrize(
    ("url", "code", "reason"),
    [
        ("sqlite:state.db", "RCN0811", "no slashes"),
        ("sqlite://state.db", "RCN0811", "that would be a host"),
        ("sqlite:///", "RCN0811", "no path"),
        ("state.db", "RCN0811", "no scheme"),
        ("mysql://u:hunter2@h/d", "RCN0811", "not a store"),
        ("postgresql:u:hunter2@h/d", "RCN0811", "no slashes"),
        ("postgresql+asyncpg://u:hunter2@h/d", "RCN0811", "a driver that is not used"),
    ],
)
def test_url_that_is_none(tmp_path: Path, url: str, code: str, reason: str) -> None:
    """Another URL is an error with exit 3 that never repeats a password."""
    with pytest.raises(ReconcilerError) as caught:
        open_store(url, "acme", None, tmp_path)
    assert (caught.value.code, caught.value.exit_code) == (code, 3), reason
    assert "hunter2" not in caught.value.message + caught.value.hint


def test_the_extra_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the message says what to install, and repeats no password."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for name in [name for name in sys.modules if name.startswith("reconciler.state.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ReconcilerError) as caught:
        open_store("postgresql://u:hunter2@h/d", "acme", None, tmp_path)
    assert (caught.value.code, caught.value.exit_code) == ("RCN0812", 3)
    assert "pip install 'reconciler[postgres]'" in caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("number", "code", "reason"),
    [
        (errno.ENOSPC, "RCN0809", "no room"),
        (errno.EDQUOT, "RCN0809", "no room for this user"),
        (errno.EROFS, "RCN0808", "a read-only disk"),
        (errno.EACCES, "RCN0808", "not allowed"),
        (errno.ENOTDIR, "RCN0807", "no such folder"),
    ],
)
def test_refusals_of_the_system(number: int, code: str, reason: str) -> None:
    """Each refusal of the operating system has its code."""
    assert refused(OSError(number, os.strerror(number)), Path("x")).code == code, reason
