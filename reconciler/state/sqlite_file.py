"""The file of a SQLite state: made whole or not at all, opened with care, its errors told in our words."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from reconciler.errors import (
    STATE_BUSY,
    STATE_CORRUPT,
    STATE_DISK_FULL,
    STATE_NEWER,
    STATE_READ_ONLY,
    STATE_UNREADABLE,
    ReconcilerError,
)
from reconciler.state import privacy, sqlite_schema
from reconciler.state.lockfile import refused

T = TypeVar("T")

_MAGIC = b"SQLite format 3\0"
_BUSY_SECONDS = 5.0
_LARGEST = 32 * 1024 * 1024  # bytes of one row; no manifest, and so no record of one, is larger than 10 MB
_CODES = {
    sqlite3.SQLITE_CORRUPT: STATE_CORRUPT,
    sqlite3.SQLITE_NOTADB: STATE_CORRUPT,
    sqlite3.SQLITE_FULL: STATE_DISK_FULL,
    sqlite3.SQLITE_READONLY: STATE_READ_ONLY,
    sqlite3.SQLITE_BUSY: STATE_BUSY,
    sqlite3.SQLITE_LOCKED: STATE_BUSY,
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Tell SQLite's and the system's errors as errors of the state."""
    try:
        yield
    except sqlite3.Error as error:
        primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise ReconcilerError(_CODES.get(primary, STATE_UNREADABLE), f"the state {path}: {error}") from error
    except OSError as error:
        raise refused(error, path) from error


def exists(path: Path) -> bool:
    """Whether there is a state file; raises STATE_CORRUPT where only its write-ahead log is left."""
    with translated(path):
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            if _wal(path).exists() and not path.exists():  # else it was made just now
                raise corrupt(path, "is gone, but its write-ahead log is there") from None
            return False
    return True


def create(path: Path, meta: dict[str, str | None]) -> None:
    """Make the file under another name and give it its own once it is whole: a kill leaves no half state behind."""
    fresh = path.with_name(path.name + ".new")
    for leftover in (fresh, _wal(fresh), fresh.with_name(fresh.name + "-shm")):
        leftover.unlink(missing_ok=True)
    fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=OFF")  # nothing counts before the one sync of the whole file
            sqlite_schema.create(connection, meta)
            connection.execute("PRAGMA journal_mode=WAL")
        os.fsync(fd)
    finally:
        os.close(fd)
    fresh.rename(path)
    _sync_folder(path.parent)


def writable(path: Path, admit: Callable[[sqlite3.Connection], None] | None = None) -> sqlite3.Connection:
    """Open for writing, for use from several threads one at a time; checks the whole file before the first write.

    ``admit`` is asked as well, and may raise: a file that is refused stays as it is, to the byte.
    """
    check_header(path)
    for file in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal"))):
        privacy.close_to_others(file)  # SQLite gives what it makes beside the file the file's own mode
    connection = sqlite3.connect(
        _uri(path, "mode=rw"), uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)
    try:
        _check_identity(path, connection)
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise corrupt(path, str(found).splitlines()[-1])
        with _current(connection) as seen:
            _check_tables(path, seen)
            if admit is not None:
                admit(seen)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        _migrate(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def reading(path: Path, reader: Callable[[sqlite3.Connection], T]) -> T:
    """What ``reader`` finds, in a file opened for reading alone; nothing is made, not even a log.

    Without a write-ahead log nobody writes, and SQLite is told so, else reading would make a log of its own. Where a
    writer came in between, the reading is made again beside it.
    """
    before = _mark(path)
    if not _wal(path).exists():
        try:
            found = _read(path, reader, "mode=ro&immutable=1")
        except (sqlite3.Error, ReconcilerError):
            if _mark(path) == before and not _wal(path).exists():
                raise
        else:
            if _mark(path) == before and not _wal(path).exists():
                return found
    return _read(path, reader, "mode=ro")


def _read(path: Path, reader: Callable[[sqlite3.Connection], T], mode: str) -> T:
    """Open, check, read; an older version is brought up to date in memory only."""
    check_header(path)
    connection = sqlite3.connect(_uri(path, mode), uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)
    try:
        _check_identity(path, connection)
        with _current(connection) as seen:
            _check_tables(path, seen)
            return reader(seen)
    finally:
        connection.close()


@contextmanager
def _current(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The database at the present version: itself, or brought up to date in memory."""
    if sqlite_schema.version_of(connection) == sqlite_schema.VERSION:
        yield connection
        return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        connection.backup(copy)
        sqlite_schema.upgrade(copy)
        yield copy


def _mark(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def check_header(path: Path) -> None:
    """Refuse what is no file, an empty file, another format, and a file shorter than its own header says."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ReconcilerError(STATE_UNREADABLE, f"{path} is not a regular file")
        with path.open("rb") as file:
            header = file.read(100)
        size = path.stat().st_size
    except OSError as error:
        if error.errno and not isinstance(error, FileNotFoundError):
            raise ReconcilerError(STATE_UNREADABLE, f"{path}: {error.strerror}") from None
        raise
    if not header:
        raise corrupt(path, "is empty")
    if not header.startswith(_MAGIC[: len(header)]):
        raise corrupt(path, "is not a state: it is no SQLite database")
    pages, page = int.from_bytes(header[28:32], "big"), int.from_bytes(header[16:18], "big")
    if len(header) < 100 or (not _wal(path).exists() and size < pages * (65536 if page == 1 else page)):
        raise corrupt(path, "is cut: it is shorter than it was written")


def corrupt(path: Path, what: str) -> ReconcilerError:
    """The error for a file that cannot be used."""
    return ReconcilerError(STATE_CORRUPT, f"the state {path} {what}")


def _check_identity(path: Path, connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != sqlite_schema.APPLICATION_ID:
        raise corrupt(path, "is not a state: it is a database of another program")
    version = sqlite_schema.version_of(connection)
    if version < 1:
        raise corrupt(path, "does not say its version")
    if version > sqlite_schema.VERSION:
        raise ReconcilerError(
            STATE_NEWER, f"the state {path} has version {version}; this reconciler knows up to {sqlite_schema.VERSION}"
        )


def _check_tables(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse tables that are not ours: a view in place of one may never end, a trigger may write what we did not."""
    altered = sqlite_schema.altered(connection)
    if altered:
        raise corrupt(path, f"was altered by another program: {altered}")


def _migrate(path: Path, connection: sqlite3.Connection) -> None:
    version = sqlite_schema.version_of(connection)
    if version == sqlite_schema.VERSION:
        return
    backup = _free_name(path, version)
    os.close(os.open(backup, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with closing(sqlite3.connect(backup)) as copy:
        connection.backup(copy)
    sqlite_schema.upgrade(connection)


def _free_name(path: Path, version: int) -> Path:
    number = 0
    while True:
        name = path.with_name(f"{path.name}.v{version}.backup" + (f".{number}" if number else ""))
        if not name.exists():
            return name
        number += 1


def _uri(path: Path, query: str) -> str:
    return f"file:{quote(str(path.absolute()))}?{query}"


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
