"""The URL of a state on PostgreSQL: what libpq is told, what is shown, and that nothing secret is quoted."""

from __future__ import annotations

import pytest

from reconciler.errors import ReconcilerError

pytest.importorskip("psycopg")

from reconciler.state.postgres_url import target_of

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("url", "label", "reason"),
    [
        (f"postgresql://ann:{SECRET}@db.example:5432/states", "postgresql://ann@db.example:5432/states", "in full"),
        (f"postgres://ann:{SECRET}@db.example/states", "postgresql://ann@db.example/states", "the short scheme"),
        (f"postgresql://db.example/states?user=ann&password={SECRET}", "postgresql://ann@db.example/states", "options"),
        (f"postgresql://ann:{SECRET}%40%2F@[::1]:5433/s", "postgresql://ann@::1:5433/s", "encoded, and IPv6"),
        (f"postgresql://ann:{SECRET}@a:1,b:2/s", "postgresql://ann@a,b:1,2/s", "two hosts"),
        (f"postgresql://ann:{SECRET}@/s?host=/run/postgresql", "postgresql://ann@/run/postgresql/s", "a socket"),
        (f"postgresql:///?service=team&sslpassword={SECRET}", "postgresql service team", "a service file"),
        ("postgresql:///", "postgresql://localhost/", "all left to the environment"),
    ],
)
def test_label_holds_no_password(url: str, label: str, reason: str) -> None:
    """The place is shown as user, host, port and database; no representation holds the password."""
    target = target_of(url, {})
    assert target.label == label, reason
    assert SECRET not in repr(target) + target.label
    assert SECRET not in target.hush(f"could not connect with {target.parameters}")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"postgresql://ann:p@{SECRET}@db/s", "an @ in the password would make a part of it a host"),
        (f"postgresql://ann:{SECRET}/x@db/s", "a slash in the password would make it a port"),
        (f"postgresql://ann:{SECRET}?x@db/s", "a question mark would make it an option"),
        (f"postgresql://ann:{SECRET}#x@db/s", "a hash would cut it"),
        (f"postgresql://ann:{SECRET} x@db/s", "a space"),
        (f"postgresql://ann:{SECRET}\x1b@db/s", "an escape character"),
        (f"postgresql://ann:x@db:{SECRET}/s", "a port that is none"),
        (f"postgresql://ann:x@{SECRET}!/s", "a host that is none"),
        (f"postgresql://ann:x@db/s?{SECRET}=1", "an option that is none"),
        (f"postgresql://ann:x@db/s?{SECRET}", "an option without a value"),
        ("postgresql://ann:x@db/s?schema=A;DROP", "a schema that is no plain name"),
        (f"postgresql:{SECRET}", "no slashes"),
    ],
)
def test_what_cannot_be_understood_is_not_quoted(url: str, reason: str) -> None:
    """A URL that libpq would take apart wrongly is refused with exit 3, in words that hold nothing of it."""
    with pytest.raises(ReconcilerError) as caught:
        target_of(url, {})
    assert (caught.value.code, caught.value.exit_code) == ("RCN0811", 3), reason
    assert SECRET not in caught.value.message + caught.value.hint
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "environ", "sslmode", "reason"),
    [
        ("postgresql://db.example/s", {}, "require", "another machine: never unencrypted by default"),
        ("postgresql://10.0.0.7/s", {}, "require", "another machine, by number"),
        ("postgresql://localhost,db.example/s", {}, "require", "one of them is another machine"),
        ("postgresql:///s", {"PGHOST": "db.example"}, "require", "another machine, by the environment"),
        ("postgresql://localhost/s", {}, None, "this machine"),
        ("postgresql://127.0.0.1,[::1]/s", {}, None, "this machine, by number"),
        ("postgresql:///s?host=/run/postgresql", {}, None, "a socket"),
        ("postgresql://db.example/s?sslmode=disable", {}, "disable", "said so"),
        ("postgresql://db.example/s?sslmode=verify-full", {}, "verify-full", "said better"),
        ("postgresql://db.example/s", {"PGSSLMODE": "prefer"}, None, "said so in the environment"),
        ("postgresql:///?service=team", {}, None, "the service file says it"),
    ],
)
def test_encryption(url: str, environ: dict[str, str], sslmode: str | None, reason: str) -> None:
    """Nobody's password goes over a network unencrypted unless somebody wrote that it may."""
    assert target_of(url, environ).parameters.get("sslmode") == sslmode, reason


def test_of_several_hosts_the_one_that_can_be_written() -> None:
    """A standby may not know the last intents, so it is not read either, unless the URL says so."""
    assert target_of("postgresql://a,b/s", {}).parameters["target_session_attrs"] == "read-write"
    chosen = target_of("postgresql://a,b/s?target_session_attrs=any", {})
    assert chosen.parameters["target_session_attrs"] == "any"
    assert "target_session_attrs" not in target_of("postgresql://a/s", {}).parameters


def test_lock_numbers_differ() -> None:
    """Each schema, project, environment and epoch has its own number; no environment is none called nothing."""
    here, there = target_of("postgresql:///s", {}), target_of("postgresql:///s?schema=other", {})
    keys = [t.key("state", *parts) for t in (here, there) for parts in (("a", None, 0), ("a", "", 0), ("a", "b", 0))]
    keys += [here.key("state", "a", "b", 1), here.key("state", "ab", None, 0), here.key("tables")]
    assert len(set(keys)) == len(keys)
    assert all(-(2**63) <= key < 2**63 for key in keys)
