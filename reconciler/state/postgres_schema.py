"""The tables of states on PostgreSQL: one set in a schema of its own, for any number of projects and environments.

Rows are keyed by state, rather than a schema made for each: one grant serves a team, one migration brings all of them
up to date at once, and what a database holds is one query away. ``?schema=NAME`` in the URL sets states apart where
that is wanted. Texts are compared byte by byte, as everywhere else in this tool.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import BigInteger, Column, Double, Identity, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateIndex, CreateTable

VERSION = 1

# From a version to the next one: statements with {schema}. All run in one transaction, after a copy of every table.
STEPS: dict[int, tuple[str, ...]] = {}

DIALECT = PGDialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
TABLES = ("origins", "records", "journal", "listings", "tombstones", "ledger", "runs")  # a state's rows
_ALL = ("version", "states", "locks", *TABLES)


def _text(name: str, *, key: bool = False, empty: bool = False) -> Column[str]:
    return Column(name, Text(collation="C"), primary_key=key, nullable=empty)


def _state() -> Column[int]:
    return Column("state", BigInteger, primary_key=True, autoincrement=False)


@lru_cache(maxsize=8)
def tables(schema: str) -> MetaData:
    """The tables of the present version in a schema."""
    meta = MetaData(schema=schema)
    Table(
        "version",
        meta,
        Column("one", Integer, primary_key=True, autoincrement=False),
        Column("version", Integer, nullable=False),
    )
    states = Table(
        "states",
        meta,
        Column("id", BigInteger, Identity(), primary_key=True),
        _text("project"),
        _text("environment", empty=True),
        _text("lineage"),
        Column("serial", BigInteger, nullable=False),
        _text("born_of", empty=True),
        _text("moved_to", empty=True),
    )  # fmt: skip
    Index("states_owner", states.c.project, text("coalesce(environment, '')"), unique=True)
    Table(
        "locks",
        meta,
        _state(),
        Column("epoch", BigInteger, nullable=False),  # raised when the lock is taken by force
        *(_text(name, empty=True) for name in ("token", "run", "host")),
        Column("pid", BigInteger),
        *(_text(name, empty=True) for name in ("user", "started", "command")),
        Column("since", Double),
        _text("plan_digest", empty=True),
        Column("backend", BigInteger),  # the server's process that holds the lock
    )
    _state_tables(meta)
    return meta


def _state_tables(meta: MetaData) -> None:
    Table("origins", meta, _state(), _text("connection", key=True), _text("origin"))
    Table(
        "records",
        meta,
        _state(),
        _text("address", key=True),
        *(_text(name) for name in ("connection", "id", "fields", "origin")),
        *(_text(name, empty=True) for name in ("depends_on", "lifecycle", "source")),
    )
    journal = Table(
        "journal",
        meta,
        _state(),
        _text("id", key=True),
        Column("sequence", BigInteger, Identity(), nullable=False),
        *(_text(name) for name in ("run", "address", "action", "step", "connection")),
        _text("object_id", empty=True),
        *(_text(name) for name in ("request", "request_digest", "plan_digest")),
        Column("at", Double, nullable=False),
        _text("phase"),
        _text("after", empty=True),
        _text("detail"),
        _text("identity", empty=True),
        _text("listing", empty=True),
    )
    columns = journal.c
    Index("journal_open", columns.state, columns.sequence, postgresql_where=text("phase IN ('INTENT', 'UNKNOWN')"))
    Index("journal_run", columns.state, columns.run)
    Table("listings", meta, _state(), _text("reference", key=True), *map(_text, ("connection", "kind", "ids")))
    Table("tombstones", meta, _state(), *(_text(name, key=True) for name in ("kind", "connection", "id")))
    Table(
        "ledger",
        meta,
        _state(),
        _text("address", key=True),
        _text("identity"),
        _text("key_id", empty=True),
        _text("run"),
        Column("at", Double, nullable=False),
        _text("connection"),
        _text("object_id", empty=True),
    )
    Table(
        "runs",
        meta,
        _state(),
        _text("id", key=True),
        Column("sequence", BigInteger, Identity(), nullable=False),
        _text("command"),
        _text("plan_digest", empty=True),
        Column("started", Double, nullable=False),
        Column("ended", Double),
        *map(_text, ("user", "host")),
        Column("pid", BigInteger, nullable=False),
        Column("exit_code", Integer),
        _text("counts", empty=True),
        Column("serial", BigInteger),
        _text("version"),
    )


def creation(schema: str) -> Iterator[str]:
    """The statements that make everything in an empty schema."""
    for table in tables(schema).sorted_tables:
        yield str(CreateTable(table).compile(dialect=DIALECT))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=DIALECT))
    yield f'INSERT INTO "{schema}".version VALUES (1, {VERSION})'  # noqa: S608 (the schema's name is checked)


def upgrade(schema: str, version: int) -> Iterator[str]:
    """The statements from a version to the present one."""
    for number in range(version, VERSION):
        for statement in STEPS[number]:
            yield statement.format(schema=f'"{schema}"')
    yield f'UPDATE "{schema}".version SET version = {VERSION}'  # noqa: S608 (as above)


def copies(schema: str, prefix: str) -> Iterator[str]:
    """The statements that keep every table as it is, under another name beside it."""
    for name in _ALL:
        yield f'CREATE TABLE "{schema}"."{prefix}_{name}" AS TABLE "{schema}".{name}'
