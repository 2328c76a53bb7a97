"""What PostgreSQL and its driver say, told as errors of the state; never with a password in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from reconciler.errors import (
    STATE_BUSY,
    STATE_CONNECTION_LOST,
    STATE_CORRUPT,
    STATE_DATABASE_MISSING,
    STATE_DENIED,
    STATE_DISK_FULL,
    STATE_LOGIN_REFUSED,
    STATE_READ_ONLY,
    STATE_SLOW,
    STATE_UNREACHABLE,
    STATE_UNREADABLE,
    ReconcilerError,
)
from reconciler.state.postgres_url import Target

# By SQLSTATE, the longest prefix that fits.
_STATES = {
    "08": STATE_CONNECTION_LOST,
    "25006": STATE_READ_ONLY,  # a standby, or default_transaction_read_only
    "25P03": STATE_CONNECTION_LOST,  # idle_in_transaction_session_timeout
    "25P04": STATE_CONNECTION_LOST,  # transaction_timeout
    "28": STATE_LOGIN_REFUSED,
    "3D000": STATE_DATABASE_MISSING,
    "3F000": STATE_CORRUPT,  # the schema is gone
    "40": STATE_BUSY,  # deadlock, serialisation
    "42501": STATE_DENIED,
    "42P01": STATE_CORRUPT,  # a table is gone
    "42703": STATE_CORRUPT,  # a column is gone
    "53100": STATE_DISK_FULL,
    "53": STATE_UNREACHABLE,  # too many connections, out of memory
    "55P03": STATE_BUSY,  # lock_timeout
    "57014": STATE_SLOW,  # statement_timeout
    "57P": STATE_CONNECTION_LOST,  # shut down, crashed, terminated by an administrator
    "58030": STATE_UNREADABLE,
    "XX001": STATE_CORRUPT,
    "XX002": STATE_CORRUPT,
}
# A connection that is refused has no SQLSTATE in libpq, only the server's words. Where they are in another language the
# refusal is told as a server that cannot be reached, with its words.
_REFUSALS = (
    (r"password authentication failed|no password supplied|authentication failed", STATE_LOGIN_REFUSED),
    (r'role "[^"]*" (does not exist|is not permitted to log in)|no pg_hba.conf entry', STATE_LOGIN_REFUSED),
    (r'database "[^"]*" does not exist', STATE_DATABASE_MISSING),
    (r"permission denied for database", STATE_DENIED),
)


class Hung(psycopg.OperationalError):
    """The server took longer over an answer than we wait."""


@contextmanager
def translated(target: Target, connection: psycopg.Connection[object] | None = None) -> Iterator[None]:
    """Tell the driver's errors as errors of the state. What is raised says nothing of what came before it, since that
    may quote the URL."""
    try:
        yield
    except (Hung, psycopg.Error) as error:  # a Hung is one; named, since it is the one that we raise
        raise told(error, target, connection) from None
    except UnicodeEncodeError:
        raise ReconcilerError(STATE_UNREADABLE, f"{target.label} cannot keep a text with half a character") from None


def told(error: psycopg.Error, target: Target, connection: psycopg.Connection[object] | None = None) -> ReconcilerError:
    """The error of the state that a driver's error is."""
    code = _code(error, connection)
    hint = ""
    if code == STATE_UNREACHABLE and target.assumed_tls:
        hint = (
            "Check host, port and network. The connection has to be encrypted, since the server is another machine; "
            "in a network you trust, ?sslmode=disable at the end of the URL gives that up."
        )
    return ReconcilerError(code, f"the state {target.label}: {_words(error, target)}", hint=hint)


def _code(error: psycopg.Error, connection: psycopg.Connection[object] | None) -> str:
    if connection is None:
        words = str(error)
        return next((code for pattern, code in _REFUSALS if re.search(pattern, words)), STATE_UNREACHABLE)
    state = error.sqlstate or ""
    for length in (5, 3, 2):
        if state[:length] in _STATES and len(state) == 5:
            return _STATES[state[:length]]
    lost = isinstance(error, Hung) or connection.closed or connection.broken
    return STATE_CONNECTION_LOST if lost else STATE_UNREADABLE


def _words(error: psycopg.Error, target: Target) -> str:
    """The server's first words, on one line."""
    primary = error.diag.message_primary
    lines = [line.strip() for line in (primary or str(error) or type(error).__name__).splitlines()]
    text = "; ".join(line for line in lines if line and not line.startswith("Multiple connection attempts"))
    return target.hush(text)[:400]
