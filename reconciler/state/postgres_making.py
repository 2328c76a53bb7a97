"""The tables of states on PostgreSQL: made by the first apply, brought up to date by the first of a new version."""

from __future__ import annotations

import time

from reconciler.errors import STATE_BUSY, STATE_NEWER, ReconcilerError
from reconciler.state import postgres_schema
from reconciler.state.postgres_connection import Link, Mode
from reconciler.state.postgres_lock import tables_key

WAIT = 10.0  # seconds until what others do with the tables has to be over
_PAUSE = 0.05
_ALONE = "SELECT pg_try_advisory_xact_lock(%(key)s)"
# Asked of the catalogue itself: to_regclass may answer from what this session saw before another one made the tables.
_HAS_SCHEMA = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %(schema)s)"
_HAS_TABLE = """
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = %(schema)s AND c.relname = %(table)s)
"""


def version_of(link: Link) -> int | None:
    """The version of the tables; None where there are none. Raises STATE_NEWER."""
    schema = link.target.schema
    if not link.rows(_HAS_TABLE, {"schema": schema, "table": "version"})[0][0]:
        return None
    found = link.rows(f'SELECT version FROM "{schema}".version')  # noqa: S608 (the name is checked)
    version = int(found[0][0]) if found else 0
    check_version(link.target.label, version)
    return version


def check_version(label: str, version: int) -> None:
    """Refuse tables of a later version; raises STATE_NEWER."""
    if version > postgres_schema.VERSION:
        message = f"the state {label} has version {version}; this reconciler knows up to {postgres_schema.VERSION}"
        raise ReconcilerError(STATE_NEWER, message)


def begin_reading(link: Link) -> bool:
    """Begin a transaction that sees one moment, in tables of the present version; False where there are none.

    Older tables are brought up to date in a transaction that its reader undoes: nothing is made by reading.
    """
    link.begin(Mode.READING)
    version = version_of(link)
    if version is not None and version < postgres_schema.VERSION:
        link.undo()
        link.begin(Mode.TRYING)
        _upgrade(link, version)
    return version is not None


def make_ready(link: Link) -> None:
    """Make the tables, or bring them up to date after a copy of each; of many runs at once one does it.

    Raises STATE_BUSY where runs that use older tables do not end.
    """
    until = time.monotonic() + WAIT
    while version_of(link) != postgres_schema.VERSION:
        with link.transaction():
            if link.rows(_ALONE, {"key": tables_key(link)})[0][0]:
                _make(link)
                continue
        if time.monotonic() > until:
            message = f"the state {link.target.label}: its tables are of an older version, and a run still uses them so"
            raise ReconcilerError(STATE_BUSY, message, hint="wait until that run has ended, then run again")
        time.sleep(_PAUSE)


def _make(link: Link) -> None:
    schema, version = link.target.schema, version_of(link)
    if version == postgres_schema.VERSION:
        return
    if version is not None:
        for statement in postgres_schema.copies(schema, _free_prefix(link, version)):
            link.run(statement)
        _upgrade(link, version)
        return
    if not link.rows(_HAS_SCHEMA, {"schema": schema})[0][0]:
        link.run(f'CREATE SCHEMA "{schema}"')
    for statement in postgres_schema.creation(schema):
        link.run(statement)


def _upgrade(link: Link, version: int) -> None:
    for statement in postgres_schema.upgrade(link.target.schema, version):
        link.run(statement)


def _free_prefix(link: Link, version: int) -> str:
    """What the copies' names begin with; copies that are there already are never written over."""
    number = 0
    while True:
        prefix = f"v{version}" + (f"_{number}" if number else "")
        if not link.rows(_HAS_TABLE, {"schema": link.target.schema, "table": f"{prefix}_version"})[0][0]:
            return prefix
        number += 1
