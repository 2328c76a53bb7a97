"""The statements of a state on PostgreSQL, built with SQLAlchemy, each put into text when it is first used.

Building all of them takes longer than most commands need; a plan uses eight.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, literal_column, null, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.expression import ClauseElement

from reconciler.model import Phase
from reconciler.state.contents import OPEN
from reconciler.state.postgres_schema import DIALECT, TABLES, tables

# What identifies a row beside its state, in the tables whose rows replace one another.
_KEYS = {
    "origins": ("connection",),
    "records": ("address",),
    "journal": ("id",),
    "runs": ("id",),
    "ledger": ("address",),
}
_CHANGING = {"journal": ("phase", "detail", "at", "object_id")}
_ONE: ColumnElement[int] = literal_column("1")
# The codec's columns are a table's own, in their order, without these.
_OURS = ("state", "sequence")
_JOURNAL = (
    "id", "run", "address", "action", "step", "connection", "object_id", "request", "request_digest", "plan_digest",
    "at", "phase", "after", "detail", "identity", "listing",
)  # fmt: skip
_SENT = ("identity", "key_id", "run", "at", "connection", "object_id")


def _text(statement: ClauseElement) -> str:
    """What psycopg takes; every parameter in it has a name."""
    return str(statement.compile(dialect=DIALECT))


def _said(build: Callable[[Statements], ClauseElement]) -> cached_property[str]:
    return cached_property(lambda statements: _text(build(statements)))


class _Each(dict[str, str]):
    """A statement for each table (or column), built when it is asked for."""

    def __init__(self, build: Callable[[str], ClauseElement]) -> None:
        super().__init__()
        self._build = build

    def __missing__(self, name: str) -> str:
        self[name] = _text(self._build(name))
        return self[name]


class Statements:
    """Each attribute is SQL text with named parameters; ``state`` is the state's number in all of them."""

    def __init__(self, schema: str) -> None:
        self._tables = {table.name: table for table in tables(schema).tables.values()}
        self.columns = {name: tuple(c for c in _names(self._tables[name]) if c not in _OURS) for name in TABLES}
        self.put, self.add = _Each(self._written), _Each(self._added)
        self.clear, self.tell = _Each(self._cleared), _Each(self._told)

    # --- what is read ---------------------------------------------------------------------------------------------

    about = _said(
        lambda its: select(
            *its._columns("states", "id", "lineage", "serial", "project", "environment", "born_of", "moved_to")
        ).where(*its._owned())
    )
    origins = _said(lambda its: its._select("origins").order_by(its._tables["origins"].c.connection))
    records = _said(lambda its: its._select("records").order_by(its._tables["records"].c.address))
    tombstones = _said(lambda its: its._select("tombstones"))
    ledger = _said(lambda its: its._select("ledger"))
    runs = _said(lambda its: its._select("runs").order_by(its._tables["runs"].c.sequence))
    journal = _said(lambda its: its._lines())
    open = _said(lambda its: its._lines(its._phase(*OPEN)))
    of_run = _said(lambda its: its._lines(its._journal.c.run == bindparam("run")))
    listings = _said(lambda its: its._listings(its._referred()))
    open_listings = _said(lambda its: its._listings(its._referred().where(its._phase(*OPEN))))
    satisfied = _said(
        lambda its: its._select("journal", "address", "step").where(
            its._journal.c.plan_digest == bindparam("plan_digest"), its._phase(Phase.DONE)
        )
    )
    made = _said(
        lambda its: its._select("journal", "connection", "address", "object_id", "at").where(
            its._journal.c.step == literal_column("'create'"),
            its._journal.c.at >= bindparam("at"),
            its._journal.c.object_id.is_not(None),
            its._phase(Phase.DONE),
        )
    )

    @_said
    def touched(self) -> ClauseElement:
        records = self._tables["records"].c
        named = func.strpos(records.depends_on, bindparam("quoted")) > literal_column("0")
        found: ClauseElement = self._select("records").where(or_(records.address == bindparam("address"), named))
        return found

    # --- the lock -------------------------------------------------------------------------------------------------

    hold = _said(lambda its: its._select("locks", "epoch").with_for_update())
    name = _said(lambda its: its._renamed({name: bindparam(name) for name in its._names_of_holder}))
    unname = _said(lambda its: its._renamed(its._nobody))
    leave = _said(lambda its: its._renamed(its._nobody).where(its._locks.c.token == bindparam("token")))
    force = _said(lambda its: its._renamed({**its._nobody, "epoch": its._locks.c.epoch + _ONE}))
    new_lock = _said(lambda its: insert(its._locks).values(state=bindparam("state"), epoch=literal_column("0")))

    @_said
    def named(self) -> ClauseElement:
        states = self._tables["states"]
        columns = self._columns("locks", "epoch", *self._names_of_holder)
        return select(*columns).join(states, states.c.id == self._locks.c.state).where(*self._owned())

    @_said
    def fence(self) -> ClauseElement:
        """Held for the transaction: who takes the lock over has to wait until what is written here counts."""
        ours, version = self._locks.c.token == bindparam("token"), self._tables["version"]
        return (
            select(ours, version.c.version, func.pg_try_advisory_xact_lock_shared(bindparam("key")))
            .select_from(self._locks.join(version, true()))
            .where(self._of("locks"))
            .with_for_update(read=True, of=self._locks)
        )

    # --- what is written ------------------------------------------------------------------------------------------

    next_serial = _said(lambda its: its._stated({"serial": its._tables["states"].c.serial + _ONE}))
    serial_above = _said(
        lambda its: its._stated({"serial": func.greatest(its._tables["states"].c.serial, bindparam("above") + _ONE)})
    )
    last_run = _said(lambda its: its._own_run({"sequence": literal_column("DEFAULT")}))

    @_said
    def new_state(self) -> ClauseElement:
        states = self._tables["states"]
        return insert(states).values(_bound(states, "id")).returning(states.c.id)

    @_said
    def begin_run(self) -> ClauseElement:
        runs = self._tables["runs"]
        return insert(runs).values(_bound(runs, "sequence"))

    @_said
    def close_run(self) -> ClauseElement:
        states = self._tables["states"].c
        now = select(states.serial).where(states.id == bindparam("state")).scalar_subquery()
        ended: dict[str, Any] = {name: bindparam(name) for name in ("ended", "exit_code", "counts")}
        return self._own_run({**ended, "serial": now})

    @_said
    def drop(self) -> ClauseElement:
        records = self._tables["records"]
        return delete(records).where(self._of("records"), records.c.address == bindparam("address"))

    @_said
    def readdress(self) -> ClauseElement:
        moved: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("address", "connection", "after")}
        return update(self._journal).where(self._of("journal"), self._journal.c.id == bindparam("line")).values(moved)

    @_said
    def sent_too(self) -> ClauseElement:
        ledger = self._tables["ledger"]
        old = select(ledger.c.state, bindparam("new"), *self._columns("ledger", *_SENT))
        chosen = old.where(self._of("ledger"), ledger.c.address == bindparam("old"))
        return insert(ledger).from_select(["state", "address", *_SENT], chosen).on_conflict_do_nothing()

    @_said
    def prune(self) -> ClauseElement:
        runs = self._tables["runs"].c
        kept = select(runs.id).where(self._of("runs")).order_by(runs.sequence.desc()).limit(bindparam("kept"))
        closed = self._phase(Phase.DONE, Phase.FAILED)
        return delete(self._journal).where(self._of("journal"), closed, self._journal.c.run.not_in(kept))

    @_said
    def let_go(self) -> ClauseElement:
        listings, wanted = self._tables["listings"], self._referred().where(self._phase(*OPEN))
        return delete(listings).where(self._of("listings"), listings.c.reference.not_in(wanted))

    def _written(self, name: str) -> ClauseElement:
        table, keys = self._tables[name], _KEYS[name]
        statement = insert(table).values(_bound(table, "sequence"))
        rest = _CHANGING.get(name) or [c for c in self.columns[name] if c not in keys]
        return statement.on_conflict_do_update(
            index_elements=["state", *keys], set_={column: statement.excluded[column] for column in rest}
        )

    def _added(self, name: str) -> ClauseElement:
        return insert(self._tables[name]).values(_bound(self._tables[name])).on_conflict_do_nothing()

    def _cleared(self, name: str) -> ClauseElement:
        """All rows of a table, but for this run's own line."""
        statement = delete(self._tables[name]).where(self._of(name))
        return statement.where(self._tables["runs"].c.id != bindparam("run")) if name == "runs" else statement

    def _told(self, name: str) -> ClauseElement:
        return self._stated({name: bindparam("value")})

    # --- parts ----------------------------------------------------------------------------------------------------

    @property
    def _journal(self) -> Table:
        return self._tables["journal"]

    @property
    def _locks(self) -> Table:
        return self._tables["locks"]

    @property
    def _names_of_holder(self) -> list[str]:
        return [name for name in _names(self._locks) if name not in ("state", "epoch")]

    @property
    def _nobody(self) -> dict[str, Any]:
        return {name: null() for name in self._names_of_holder}

    def _of(self, name: str) -> ColumnElement[bool]:
        return self._tables[name].c.state == bindparam("state")

    def _owned(self) -> tuple[ColumnElement[bool], ...]:
        states = self._tables["states"].c
        environment = states.environment.is_not_distinct_from(bindparam("environment"))
        return states.project == bindparam("project"), environment

    def _phase(self, *phases: Phase) -> ColumnElement[bool]:
        return or_(*(self._journal.c.phase == literal_column(f"'{phase.value}'") for phase in phases))

    def _columns(self, name: str, *columns: str) -> list[ColumnElement[Any]]:
        return [self._tables[name].c[column] for column in columns]

    def _select(self, name: str, *columns: str) -> Any:
        return select(*self._columns(name, *(columns or self.columns[name]))).where(self._of(name))

    def _lines(self, *which: ColumnElement[bool]) -> ClauseElement:
        lines: ClauseElement = self._select("journal", *_JOURNAL).where(*which).order_by(self._journal.c.sequence)
        return lines

    def _referred(self) -> Any:
        """The listings that lines of the journal refer to."""
        return self._select("journal", "listing").where(self._journal.c.listing.is_not(None))

    def _listings(self, wanted: Any) -> ClauseElement:
        chosen = self._select("listings", "reference", "ids")
        found: ClauseElement = chosen.where(self._tables["listings"].c.reference.in_(wanted))
        return found

    def _stated(self, values: dict[str, Any]) -> ClauseElement:
        states = self._tables["states"]
        return update(states).where(states.c.id == bindparam("state")).values(values)

    def _renamed(self, values: dict[str, Any]) -> Any:
        return update(self._locks).where(self._of("locks")).values(values)

    def _own_run(self, values: dict[str, Any]) -> ClauseElement:
        runs = self._tables["runs"]
        return update(runs).where(self._of("runs"), runs.c.id == bindparam("run")).values(values)


@lru_cache(maxsize=8)
def statements(schema: str) -> Statements:
    """The statements for a schema."""
    return Statements(schema)


def _names(table: Table) -> list[str]:
    return [column.name for column in table.c]


def _bound(table: Table, *but: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in _names(table) if name not in but}
