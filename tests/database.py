"""A PostgreSQL server for the tests: this machine's own, started once a test run on a free port, in its own folder.

``RECONCILER_TEST_POSTGRES=postgresql://...`` names another one. Where there is none, the tests that need it are
skipped; where ``CI`` is set they fail instead. The server keeps fsync on: what is tested is what users have.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import pytest

GIVEN = "RECONCILER_TEST_POSTGRES"
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "lc_messages": "C",
    "log_min_messages": "fatal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Server:
    """A server. ``folder`` and ``pid`` are those of one that was started here, which tests may disturb."""

    url: str
    folder: str | None = None
    pid: int | None = None

    @property
    def password(self) -> str:
        """The superuser's, as it stands in the URL."""
        return urlsplit(self.url).password or ""

    def database(self, name: str) -> str:
        """The URL of another database of it."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def sessions(self, url: str, *, holding: bool) -> list[int]:
        """The server's processes for the sessions of a state: those that hold its lock, or the others."""
        name = dict(parse_qsl(urlsplit(url).query))["application_name"]
        held = "EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')"
        ours = f"SELECT pid FROM pg_stat_activity a WHERE application_name = '{name}'"
        return [row[0] for row in self.execute(f"{ours} AND {'' if holding else 'NOT '}{held}")]

    def end_sessions(self, url: str, *, holding: bool) -> None:
        """End them, as an administrator would."""
        for process in self.sessions(url, holding=holding):
            self.execute(f"SELECT pg_terminate_backend({process}, 5000)")

    def execute(self, statement: str, url: str = "") -> list[tuple[Any, ...]]:
        """Run a statement as the superuser; its rows, where it has any."""
        import psycopg

        with psycopg.connect(url or self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def programs() -> Path | None:
    """The folder of this machine's newest initdb and postgres."""
    found = [Path(path) for place in PLACES for path in Path("/").glob(place.lstrip("/"))]
    found.sort(key=lambda path: [int(part) for part in "".join(c if c.isdigit() else " " for c in str(path)).split()])
    on_path = shutil.which("initdb")
    candidates = [*reversed(found), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in candidates if (path / "initdb").exists() and (path / "postgres").exists()), None)


def missing() -> str | None:
    """Why there is no server for the tests; None where there can be one."""
    if os.environ.get(GIVEN) or programs() is not None:
        return None
    return f"there is no PostgreSQL on this machine (on Debian: apt install postgresql), and {GIVEN} names none"


def started(shared: Path) -> Server:
    """The server of this test run: ``shared`` is a folder that all its processes know."""
    if os.environ.get(GIVEN):
        return Server(os.environ[GIVEN])
    shared.mkdir(parents=True, exist_ok=True)
    note = shared / "postgres.json"
    with (shared / "postgres.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not note.exists():
            note.write_text(json.dumps(_start()), "utf-8")
        return Server(**json.loads(note.read_text("utf-8")))


def stop(shared: Path) -> None:
    """End the server of a test run, and take its folder away."""
    note = shared / "postgres.json"
    if not note.exists():
        return
    server = Server(**json.loads(note.read_text("utf-8")))
    note.unlink()
    if server.pid is None or server.folder is None:
        return
    with suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGCONT)
        os.kill(server.pid, signal.SIGQUIT)  # nobody needs its data any more
    with suppress(ChildProcessError):
        os.waitpid(server.pid, 0)
    shutil.rmtree(server.folder, ignore_errors=True)


def _start() -> dict[str, Any]:
    bin_folder = programs()
    assert bin_folder is not None
    folder = Path(tempfile.mkdtemp(prefix="reconciler-postgres-"))
    password = secrets.token_hex(12)
    (folder / "password").write_text(password, "utf-8")
    as_user = _other_user(folder)
    data = folder / "data"
    initdb = [bin_folder / "initdb", "-D", data, "-U", "tester", "--pwfile", folder / "password", "-A", "scram-sha-256"]
    _quietly([*initdb, "--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions"], as_user, folder)
    port = _free_port()
    options = [part for name, value in {**SETTINGS, "port": str(port)}.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [bin_folder / "postgres", "-D", data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            **as_user,
        )
    url = f"postgresql://tester:{password}@127.0.0.1:{port}/postgres"
    _await(process, url, folder)
    _watch(process.pid, folder)
    process.returncode = 0  # it is left running on purpose
    return {"url": url, "folder": str(folder), "pid": process.pid}


_WATCHER = """
import os, shutil, signal, sys, time
watched, server, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
while alive(watched) and os.path.isdir(folder):
    time.sleep(1)
if os.path.isdir(folder):
    os.kill(server, signal.SIGCONT)
    os.kill(server, signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)
"""


def _watch(server: int, folder: Path) -> None:
    """A test run that is killed takes its server along: a process of its own sees to it."""
    watched = os.getppid() if os.environ.get("PYTEST_XDIST_WORKER") else os.getpid()
    command = [sys.executable, "-I", "-S", "-c", _WATCHER, str(watched), str(server), str(folder)]
    quiet = subprocess.DEVNULL
    watcher = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    watcher.returncode = 0  # it ends by itself


def _other_user(folder: Path) -> dict[str, Any]:
    """The server refuses to run as root; then it is its own user's, or nobody's."""
    if os.geteuid() != 0:
        return {}
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    for path in (folder, folder / "password"):
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _quietly(command: list[Any], as_user: dict[str, Any], folder: Path) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder, **as_user)
    assert done.returncode == 0, done.stdout + done.stderr


def _await(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    import time

    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert process.poll() is None, (folder / "log").read_text("utf-8")
            time.sleep(0.1)
        else:
            return
    raise AssertionError("PostgreSQL does not answer: " + (folder / "log").read_text("utf-8"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- fixtures -------------------------------------------------------------------------------------------------------

NUMBERS = itertools.count()


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run share."""
    base = factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "database"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The server; without one the test is skipped, or fails where CI is set."""
    why = missing()
    if why is not None:
        if os.environ.get("CI"):
            pytest.fail(f"CI is set, and {why}")
        pytest.skip(why)
    return started(shared_folder(tmp_path_factory))


@pytest.fixture
def own_postgres(postgres: Server) -> Server:
    """A server that was started here, so that it may be disturbed, and other users made."""
    if postgres.pid is None:
        pytest.skip(f"{GIVEN} names a server that is not ours to disturb")
    return postgres


@pytest.fixture
def new_schema(postgres: Server) -> Iterator[Callable[[], str]]:
    """Makes URLs of states, each in a schema of its own, as a state on a new database would be; its sessions have the
    schema's name, so that a test finds its own."""
    made = []

    def make() -> str:
        made.append(f"test_{os.getpid()}_{next(NUMBERS)}_{secrets.token_hex(4)}")
        named = f"schema={made[-1]}&application_name={made[-1]}"
        return f"{postgres.url}{'&' if '?' in postgres.url else '?'}{named}"

    yield make
    for name in made:
        postgres.execute(f'SET client_min_messages = error; DROP SCHEMA IF EXISTS "{name}" CASCADE')


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The server ends with the process that began the test run."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is not None and not os.environ.get("PYTEST_XDIST_WORKER"):
        stop(factory.getbasetemp() / "database")
