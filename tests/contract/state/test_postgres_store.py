"""What only a state on PostgreSQL has to promise: its connections, its server's moods, its tables' versions."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from reconciler.errors import ReconcilerError
from reconciler.model import Phase
from reconciler.state import Holder, StateStore, open_store, postgres_connection, postgres_schema
from reconciler.state.postgres_statements import Statements, statements
from tests.contract.state.test_state_contract import HERE, LEEDS, YORK, intent, record
from tests.database import Server

BOB = Holder("host-b", 5, "bob")


def store(url: str, environment: str | None = None) -> StateStore:
    """The state of a project in a database."""
    return open_store(url, "acme", environment, Path())


def schema_of(url: str) -> str:
    """The schema that a URL names."""
    return re.search(r"schema=(\w+)", url)[1]  # type: ignore[index]


def refused(use: Callable[[], object]) -> ReconcilerError:
    """The error that something ends with; no secret may be in it, nor in what it came from."""
    with pytest.raises(ReconcilerError) as caught:
        use()
    assert caught.value.__cause__ is None, "a driver's error may quote the URL"
    assert caught.value.__suppress_context__ or not isinstance(caught.value.__context__, psycopg.Error)
    return caught.value


def entering(at: StateStore) -> Callable[[], object]:
    """Taking the lock."""
    return lambda: at.lock(HERE, "apply").__enter__()


@pytest.fixture
def url(new_schema: Callable[[], str]) -> str:
    """A place where no state is yet."""
    return new_schema()


# --- the lock, and its loss -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holding", "code", "reason"),
    [
        (True, "RCN0813", "the session that holds the lock is gone: its writes would be unguarded"),
        (False, "RCN0844", "the session that writes is gone"),
    ],
)
def test_a_session_that_is_ended_ends_the_run(
    url: str, own_postgres: Server, holding: bool, code: str, reason: str
) -> None:
    """Whichever of a run's two sessions is ended, its next intent is refused and not written: exit 130."""
    with store(url).lock(HERE, "apply") as session:
        session.intend([intent("before")])
        own_postgres.end_sessions(url, holding=holding)
        for use in (lambda: session.intend([intent("late")]), session.confirm, lambda: session.put([record()])):
            error = refused(use)
            assert (error.code, error.exit_code) == (code, 130), reason
    assert [i.id for i in store(url).snapshot().open_intents] == ["before"]
    with store(url).lock(BOB, "apply") as session:
        session.intend([intent("new", YORK)])


def test_confirm_asks_the_server(url: str, own_postgres: Server) -> None:
    """A lock that is held is confirmed, inside a batch and outside, and nothing is written by asking."""
    with store(url).lock(HERE, "apply") as session:
        session.confirm()
        with session.batch():
            session.put([record()])
            session.confirm()
            session.put([record(YORK, "y")])
        serial = session.snapshot().serial
        session.confirm()
        assert (session.snapshot().serial, serial, len(session.snapshot().records)) == (1, 1, 2)


def test_taken_over_at_once_when_the_session_ends(url: str, own_postgres: Server) -> None:
    """The lock is free as soon as the holder's session is gone; the one before is fenced although it still writes."""
    with store(url).lock(HERE, "apply") as old:
        own_postgres.end_sessions(url, holding=True)
        with store(url).lock(BOB, "apply") as new:
            assert store(url).holding().holder == BOB  # type: ignore[union-attr]
            error = refused(lambda: old.put([record()]))
            assert error.code == "RCN0813"
            new.put([record(YORK, "y")])
    assert list(store(url).snapshot().records) == [YORK]


def test_a_name_that_a_dead_holder_left_is_nobodys(url: str, own_postgres: Server) -> None:
    """Who died without giving the lock back is no holder, and is named once by unlock."""
    held = store(url).lock(HERE, "apply")
    held.__enter__()
    for holding in (True, False):
        own_postgres.end_sessions(url, holding=holding)
    assert store(url).holding() is None
    left = store(url).unlock()
    assert left is not None
    assert left.holder == HERE
    assert store(url).unlock() is None
    held.__exit__(None, None, None)


def test_a_write_under_way_is_over_before_another_holder_enters(url: str, postgres: Server) -> None:
    """The lock changes hands between transactions: who takes over sees what was written last, or it was not written."""
    entered = threading.Event()

    def take_over() -> None:
        with store(url).lock(BOB, "apply") as session:
            seen.extend(i.id for i in session.open_intents())
            entered.set()

    seen: list[str] = []
    with store(url).lock(HERE, "apply") as old:
        with old.batch():
            old.intend([intent("last")])
            old.confirm()  # the transaction has begun on the server
            forced = threading.Thread(target=lambda: store(url).unlock(force=True))
            forced.start()
            forced.join(0.3)
            assert forced.is_alive(), "force waits for the write under way"
        forced.join()
        taker = threading.Thread(target=take_over)
        taker.start()
        taker.join()
        assert refused(lambda: old.put([record()])).code == "RCN0813"
    assert (entered.is_set(), seen) == (True, ["last"])


def test_readers_make_nothing_and_wait_for_nobody(url: str, postgres: Server) -> None:
    """Asking makes no schema; beside a writer in the middle of a batch a reader sees what is committed."""
    for use in (store(url).snapshot, store(url).runs, store(url).holding, store(url).contents, store(url).unlock):
        use()
    made = f"SELECT count(*) FROM pg_namespace WHERE nspname = '{schema_of(url)}'"
    assert postgres.execute(made) == [(0,)]
    with store(url).lock(HERE, "apply") as session:
        session.put([record()])
        with session.batch():
            session.drop([LEEDS])
            session.confirm()
            assert list(store(url).snapshot().records) == [LEEDS]
        assert not store(url).snapshot().records


def test_force_needs_no_rights_over_the_holder(url: str, own_postgres: Server, roles: Callable[..., str]) -> None:
    """Another user of the team takes the lock by force without being allowed to end the holder's session."""
    with store(url).lock(HERE, "apply") as old:
        theirs = roles(url, "tables")
        assert store(theirs).unlock(force=True).holder == HERE  # type: ignore[union-attr]
        with store(theirs).lock(BOB, "apply") as new:
            new.put([record()])
            assert refused(lambda: old.put([record(YORK, "y")])).code == "RCN0813"


# --- durable, in two ways over the network --------------------------------------------------------------------------


def test_what_is_written_is_synced(url: str, own_postgres: Server, roles: Callable[..., str]) -> None:
    """A user for whom synchronous_commit is off writes synced all the same."""
    theirs = roles(url, "all", "SET synchronous_commit = off")
    with store(theirs).lock(HERE, "apply") as session:
        with session.batch():
            session.put([record()])
            session.confirm()
            found = session.rows._link.rows("SHOW synchronous_commit")  # type: ignore[attr-defined]
        assert found == [("on",)]


def test_a_server_that_forgets_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fsync off an intent is not on disk when the server says so; a code page cannot keep every text."""
    for row, word in (("'off', 'UTF8'", "fsync"), ("'on', 'LATIN1'", "LATIN1")):
        monkeypatch.setattr(postgres_connection, "_SAFE", f"SELECT {row}, pg_backend_pid()")
        error = refused(entering(store(url)))
        assert (error.code, word in error.message) == ("RCN0846", True)
    assert not store(url).snapshot().exists


class Relay:
    """Stands between client and server, and counts how often the client speaks after the server did: the ways over the
    network that it waits for."""

    def __init__(self, host: str, port: int) -> None:
        self.turns = 0
        self._speaks = ""
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._let_in, args=(host, port), daemon=True).start()

    def _let_in(self, host: str, port: int) -> None:
        with suppress(OSError):
            while True:
                client = self._door.accept()[0]
                server = socket.create_connection((host, port))
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError):
            while True:
                for speaker in select.select([client, server], [], [])[0]:
                    said = speaker.recv(65536)
                    if not said:
                        return
                    who, other = ("client", server) if speaker is client else ("server", client)
                    self.turns += who == "client" and self._speaks == "server"
                    self._speaks = who
                    other.sendall(said)

    def close(self) -> None:
        """Let nobody in any more."""
        self._door.close()


def test_a_round_is_two_ways_over_the_network(url: str, postgres: Server) -> None:
    """However much is written in a batch, it goes over in one go, and then the commit; an empty one does not go."""
    there = urlsplit(url)
    relay = Relay(str(there.hostname), int(there.port or 5432))
    with closing(relay), store(url.replace(f":{there.port}/", f":{relay.port}/")).lock(HERE, "apply") as session:
        before = relay.turns
        with session.batch():
            for number in range(20):
                session.finish(intent(f"i{number}"), Phase.DONE, record=record())
            session.intend([intent(f"j{number}", seen=("a",)) for number in range(16)])
        assert relay.turns - before <= 2
        assert session.snapshot().records[LEEDS] == record()
        before = relay.turns
        with session.batch():
            pass
        assert relay.turns == before


# --- the server's moods ---------------------------------------------------------------------------------------------


@pytest.fixture
def roles(own_postgres: Server) -> Iterator[Callable[..., str]]:
    """Makes another user of the server; the URL of a place as that user sees it."""
    made: list[str] = []

    def make(url: str, rights: str, setting: str = "") -> str:
        name = f"member_{os.getpid()}_{len(made)}_{schema_of(url)[-8:]}"
        made.append(name)
        statements = [f"CREATE ROLE {name} LOGIN PASSWORD 'p@ss/w?rd'"]
        if setting:
            statements.append(f"ALTER ROLE {name} {setting}")
        if rights == "all":
            statements += [f"CREATE SCHEMA {schema_of(url)} AUTHORIZATION {name}"]
        if rights in ("tables", "read"):
            granted = "ALL" if rights == "tables" else "SELECT"
            statements += [f"GRANT USAGE ON SCHEMA {schema_of(url)} TO {name}"]
            statements += [f"GRANT {granted} ON ALL TABLES IN SCHEMA {schema_of(url)} TO {name}"]
        for statement in statements:
            own_postgres.execute(statement)
        return url.replace(f"tester:{own_postgres.password}", f"{name}:{quote('p@ss/w?rd', safe='')}")

    yield make
    for name in made:
        own_postgres.execute(f"DROP OWNED BY {name} CASCADE")
        own_postgres.execute(f"DROP ROLE {name}")


def _other(url: str, **parts: str) -> str:
    found = urlsplit(url)
    user, password = parts.get("user", found.username), parts.get("password", found.password)
    place = f"{parts.get('host', found.hostname)}:{parts.get('port', found.port)}"
    return f"postgresql://{user}:{password}@{place}/{parts.get('name', found.path[1:])}?{found.query}"


@pytest.mark.parametrize(
    ("change", "code", "word"),
    [
        ({"password": "hunter2"}, "RCN0841", "password authentication failed"),
        ({"user": "nobody_here"}, "RCN0841", "nobody_here"),
        ({"name": "no_such_database"}, "RCN0842", "no_such_database"),
        ({"port": "1"}, "RCN0840", "127.0.0.1"),
        ({"host": "no-such-host.invalid"}, "RCN0840", "no-such-host.invalid"),
    ],
)
def test_who_does_not_get_in_is_told_why(
    url: str, own_postgres: Server, change: dict[str, str], code: str, word: str
) -> None:
    """Wrong password, user, database, port or host: told by readers and writers, each with its code; exit 1."""
    wrong = _other(url, **change)
    for use in (store(wrong).snapshot, entering(store(wrong)), store(wrong).unlock):
        error = refused(use)
        assert (error.code, error.exit_code, word in error.message) == (code, 1, True), error.message
        assert not {own_postgres.password, "hunter2"} & set(re.findall(r"\w+", error.message + error.hint))


def test_encryption_is_demanded_of_another_machine(
    url: str, own_postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that cannot encrypt gets no password, unless the URL says that this is fine; loopback is no network."""
    monkeypatch.setattr("reconciler.state.postgres_url._is_near", lambda host: False)
    error = refused(store(url).snapshot)
    assert (error.code, "SSL" in error.message, "sslmode=disable" in error.hint) == ("RCN0840", True, True)
    store(f"{url}&sslmode=disable").snapshot()
    monkeypatch.undo()
    store(url).snapshot()


def test_without_the_right_to_make_tables(url: str, own_postgres: Server, roles: Callable[..., str]) -> None:
    """A user who may not make a schema is told so, and once somebody made it and granted the tables, writes."""
    theirs = roles(url, "none")
    error = refused(entering(store(theirs)))
    assert (error.code, "permission denied" in error.message) == ("RCN0843", True)
    with store(url).lock(HERE, "apply"):
        pass
    error = refused(store(theirs).snapshot)
    assert error.code == "RCN0843"
    reader = roles(url, "read")
    assert store(reader).snapshot().exists
    assert refused(entering(store(reader))).code == "RCN0843"
    with store(roles(url, "tables")).lock(BOB, "apply") as session:
        session.put([record()])


def test_a_server_that_may_only_be_read(url: str, own_postgres: Server, roles: Callable[..., str]) -> None:
    """A standby, or a database that was switched to reading alone, is read for plans and refused for writing."""
    with store(url).lock(HERE, "apply") as session:
        session.put([record()])
    theirs = roles(url, "tables", "SET default_transaction_read_only = on")
    assert list(store(theirs).snapshot().records) == [LEEDS]
    error = refused(entering(store(theirs)))
    assert (error.code, error.exit_code) == ("RCN0808", 1)
    assert store(url).holding() is None


@pytest.mark.parametrize(
    ("sqlstate", "code", "exit_code", "reason"),
    [
        ("53100", "RCN0809", 1, "no room on the server's disk"),
        ("25006", "RCN0808", 1, "a standby"),
        ("57014", "RCN0845", 1, "a statement took too long"),
        ("55P03", "RCN0814", 8, "a row was locked for too long"),
        ("40P01", "RCN0814", 8, "a deadlock"),
        ("42P01", "RCN0806", 1, "somebody dropped a table"),
        ("57P01", "RCN0844", 130, "shut down"),
        ("08006", "RCN0844", 130, "the connection failed"),
        ("XX001", "RCN0806", 1, "a page is damaged"),
        ("22P05", "RCN0807", 1, "anything else"),
    ],
)
def test_what_the_server_says_in_a_batch(url: str, sqlstate: str, code: str, exit_code: int, reason: str) -> None:
    """Whatever goes wrong at the end of a batch, it has a code, nothing of it is written, and the run can go on."""
    with store(url).lock(HERE, "apply") as session:
        raises = f"DO $$ BEGIN RAISE EXCEPTION 'as tested' USING ERRCODE = '{sqlstate}'; END $$"

        def batch() -> None:
            with session.batch():
                session.intend([intent()])
                session.confirm()
                session.rows._link.run(raises)  # type: ignore[attr-defined]

        error = refused(batch)
        assert (error.code, error.exit_code, "as tested" in error.message) == (code, exit_code, True), reason
        assert session.open_intents() == ()
        session.intend([intent("after")])


def test_tables_that_somebody_dropped(url: str, postgres: Server) -> None:
    """A state with a table gone is damaged: told, and not made anew."""
    with store(url).lock(HERE, "apply"):
        pass
    postgres.execute(f"DROP TABLE {schema_of(url)}.records")
    for use in (store(url).snapshot, store(url).contents):
        assert refused(use).code == "RCN0806"
    postgres.execute(f"DELETE FROM {schema_of(url)}.locks")
    assert refused(entering(store(url))).code == "RCN0806"


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """A process of the server that stands still."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_server_that_hangs_is_noticed(url: str, own_postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer and no end of the connection: after a while the run ends as interrupted and never tries it again."""
    monkeypatch.setattr(postgres_connection, "PATIENCE", 0.5)
    with store(url).lock(HERE, "apply") as session, ExitStack() as still:
        (writing,) = own_postgres.sessions(url, holding=False)
        still.enter_context(stopped(writing))
        began = time.monotonic()
        error = refused(lambda: session.intend([intent()]))
        assert (error.code, error.exit_code) == ("RCN0844", 130)
        assert time.monotonic() - began < 5
        still.close()
        assert refused(lambda: session.intend([intent()])).code == "RCN0844", "the server is back; the run is over"
    assert store(url).snapshot().open_intents == ()


def test_a_reader_whose_server_hangs(url: str, own_postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan has no lock to lose: it is told that the database cannot be reached, with exit 1."""
    with store(url).lock(HERE, "apply"):
        pass
    monkeypatch.setattr(postgres_connection, "PATIENCE", 0.2)
    monkeypatch.setattr("reconciler.state.postgres.begin_reading", lambda link: link.rows("SELECT pg_sleep(5)") and 1)
    error = refused(store(url).snapshot)
    assert (error.code, error.exit_code) == ("RCN0840", 1)


# --- tables ---------------------------------------------------------------------------------------------------------


def test_many_first_runs_at_once(url: str) -> None:
    """Runs that all find no tables make them once, and each takes its own environment's lock."""
    errors: list[Exception] = []
    ready = threading.Barrier(8)

    def first(number: int) -> None:
        ready.wait()
        try:
            with store(url, f"e{number}").lock(HERE, "apply") as session:
                session.put([record()])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=first, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert all(store(url, f"e{number}").snapshot().serial == 1 for number in range(8))


@pytest.fixture
def version_two(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes this tool a later version, whose records are told by another id."""

    def later(step: str = "UPDATE {schema}.records SET id = id || 'v2'") -> None:
        monkeypatch.setattr(postgres_schema, "VERSION", 2)
        monkeypatch.setattr(postgres_schema, "STEPS", {1: ("ALTER TABLE {schema}.records ADD COLUMN note TEXT", step)})

    return later


def test_older_tables_are_brought_up_to_date_after_a_copy(
    url: str, postgres: Server, version_two: Callable[[], None]
) -> None:
    """Readers see an older state as it will be and change nothing; the first writer copies the tables and migrates."""
    for environment in (None, "live"):
        with store(url, environment).lock(HERE, "apply") as session:
            session.put([record()])
    version_two()
    schema = schema_of(url)
    assert store(url).snapshot().records[LEEDS].id == "xd3S6v2"
    assert postgres.execute(f"SELECT DISTINCT id FROM {schema}.records") == [("xd3S6",)]
    with store(url).lock(HERE, "apply") as session:
        assert session.snapshot().records[LEEDS].id == "xd3S6v2"
    assert store(url, "live").snapshot().records[LEEDS].id == "xd3S6v2", "all states of the database at once"
    assert postgres.execute(f"SELECT DISTINCT id FROM {schema}.v1_records") == [("xd3S6",)]
    assert postgres.execute(f"SELECT version FROM {schema}.v1_version") == [(1,)]
    assert len(postgres.execute(f"SELECT id FROM {schema}.v1_states")) == 2


def test_a_run_of_the_older_version_is_waited_for(
    url: str, version_two: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables are not changed under a run that uses them as they were; who would have to wait long is told so."""
    monkeypatch.setattr("reconciler.state.postgres_making.WAIT", 0.2)
    with store(url, "live").lock(HERE, "apply") as old:
        version_two()
        error = refused(entering(store(url)))
        assert (error.code, error.exit_code) == ("RCN0814", 8)
        monkeypatch.setattr(postgres_schema, "VERSION", 1)
        old.put([record()])
    monkeypatch.setattr(postgres_schema, "VERSION", 2)
    with store(url, "live").lock(BOB, "apply") as new:
        assert new.snapshot().records[LEEDS].id == "xd3S6v2"


def test_a_failed_migration_leaves_the_old_version(
    url: str, postgres: Server, version_two: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails undoes all of them, the copies too."""
    with store(url).lock(HERE, "apply") as session:
        session.put([record()])
    version_two("SELECT nothing FROM nowhere")
    assert refused(entering(store(url))).code == "RCN0806"
    monkeypatch.undo()
    assert store(url).snapshot().records == {LEEDS: record()}
    assert postgres.execute(f"SELECT to_regclass('{schema_of(url)}.v1_records')") == [(None,)]


def test_tables_of_a_later_version(url: str, postgres: Server) -> None:
    """A later version may keep what this one would lose: nothing is read and nothing written."""
    with store(url).lock(HERE, "apply"):
        pass
    postgres.execute(f"UPDATE {schema_of(url)}.version SET version = 99")
    for use in (store(url).snapshot, entering(store(url)), store(url).unlock, store(url).contents):
        error = refused(use)
        assert (error.code, "99" in error.message) == ("RCN0805", True)


def test_ten_thousand_records_are_read_quickly(url: str) -> None:
    """Writing and reading 10,000 records takes a small part of what a plan may take."""
    from reconciler.model import Address, Recorded

    many = [Recorded(Address("optimum", "Location", f"l{n}"), "o", f"id{n}", {"name": "n" * 50}) for n in range(10_000)]
    with store(url).lock(HERE, "apply") as session:
        session.put(many)
    began = time.process_time()
    assert len(store(url).snapshot().records) == 10_000
    assert time.process_time() - began < 0.6


def test_statements_name_their_schema() -> None:
    """No statement depends on a search path that a user or a database may have set."""
    said = statements("elsewhere")
    texts = [getattr(said, name) for name, value in vars(Statements).items() if isinstance(value, cached_property)]
    texts += [said.put[name] for name in ("origins", "records", "journal", "runs", "ledger")]
    assert len(texts) > 30
    assert all("elsewhere." in text for text in texts)
