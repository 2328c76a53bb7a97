"""`doctor`: every connection looked over by reads alone, the state, the surroundings, and its exit codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.desk import Desk

NAMES = ["customersure", "enco", "optimum"]


def rows(document: Any) -> dict[str, Any]:
    """Each connection of the document by its name."""
    return {row["connection"]: row for row in document["connections"]}


def statuses(document: Any) -> dict[str, str]:
    """How each connection is."""
    return {name: row["status"] for name, row in rows(document).items()}


def test_all_is_fine(applied: Desk) -> None:
    """Exit 0, a row a connection with what it sees, the state with its serial, nothing written and no token shown."""
    done = applied.ok("doctor")
    assert done.out.startswith("CONNECTION    PROVIDER      STATUS")
    assert "1 location, 1 account, 0 subscribers, 0 reviews, 0 feedback" in done.out
    assert "5 records, serial" in done.out and "not locked" in done.out
    assert done.out.endswith("All is fine.\n")
    assert applied.writes == []


def test_the_document(applied: Desk) -> None:
    """--json says the same: latency, rate limit, what is seen, state, key, hosts and versions."""
    found = applied.ok("doctor", "--json", env={"RECONCILER_ALLOWED_HOSTS": "b.example, a.example"}).json
    assert statuses(found) == dict.fromkeys(NAMES, "ok")
    enco = rows(found)["enco"]
    assert (enco["sees"], enco["notes"], enco["error"]) == ({"surveys": 1, "questions": 2}, [], None)
    assert enco["latency_ms"] > 0 and enco["rate_limit"] == {"headers": {}, "refusals": 0}
    assert (found["state"]["exists"], found["state"]["records"], found["state"]["locked_by"]) == (True, 5, None)
    assert found["digest_key"] == {"set": False, "needed": False, "error": None}
    assert found["allowed_hosts"] == ["a.example", "b.example"]
    assert {"reconciler", "Python", "httpx"} <= set(found["versions"])


@pytest.mark.parametrize(
    ("fault", "status", "code", "exit_code", "reason"),
    [
        ({"status": 401}, "refused", "RCN0401", 4, "the token is not good"),
        ({"status": 403}, "refused", "RCN0403", 4, "the token may not read"),
        ({"status": 503}, "failed", "RCN0501", 5, "the vendor is down"),
        ({"status": 429}, "failed", "RCN0503", 5, "the vendor wants to be left alone"),
        ({"html": True}, "failed", "RCN0504", 5, "something else answers there"),
        ("drop_before", "failed", "RCN0502", 5, "nothing answers"),
    ],
)
def test_one_connection_fails(five: Desk, fault: object, status: str, code: str, exit_code: int, reason: str) -> None:
    """The failing connection is one row with its error and the way out; the others are checked all the same."""
    five.fault(fault, vendor="optimum")
    done = five.run("doctor", "--json", "--retry-seconds", "0")
    assert done.code == exit_code, reason
    assert statuses(done.json) == {"customersure": "ok", "enco": "ok", "optimum": status}
    row = rows(done.json)["optimum"]
    assert row["error"]["code"] == code and row["error"]["hint"]
    assert row["rate_limit"]["refusals"] == (1 if fault == {"status": 429} else 0)


def test_a_missing_secret_is_a_row(five: Desk) -> None:
    """The connection without its secret says which variable to set; the others are asked, and it exits with 4."""
    done = five.run("doctor", without=["OPTIMUM_TOKEN"])
    assert done.code == 4
    assert "optimum: error[RCN0204]: the environment variable OPTIMUM_TOKEN is not set" in done.out
    assert "help: set OPTIMUM_TOKEN to the secret and run again" in done.out
    assert done.out.endswith("1 of 3 connections cannot be used.\n")
    assert {request.split()[1].split("/")[1] for request in five.requests()} == {"customersure", "enco"}


def test_refused_comes_before_unreachable(five: Desk) -> None:
    """Where several hold, exit 4 wins over 5, as everywhere."""
    five.fault({"status": 503}, vendor="optimum")
    five.fault({"status": 401}, vendor="enco")
    assert five.run("doctor", "--retry-seconds", "0").code == 4


def test_only_the_named_connection(five: Desk) -> None:
    """--connection chooses; a name that is none is told with those there are."""
    done = five.ok("doctor", "--connection", "enco", "--json")
    assert statuses(done.json) == {"enco": "ok"}
    assert all(request.startswith("GET /enco/") for request in five.requests())
    wrong = five.run("doctor", "--connection", "encoo")
    assert wrong.code == 3 and "there are customersure, enco, optimum" in wrong.err


def test_the_clock_and_the_rate_limit_are_seen(five: Desk) -> None:
    """A Date that is far off and headers of a rate limit are told, as they came."""
    headers = {"Date": "Wed, 01 Jan 2020 00:00:00 GMT", "X-RateLimit-Remaining": "3"}
    body = {"page": 0, "total_count": 0, "total_returned": 0, "data": []}
    five.fault({"status": 200, "body": body, "headers": headers}, vendor="optimum")
    row = rows(five.ok("doctor", "--json").json)["optimum"]
    assert row["clock_skew_seconds"] < -100_000_000
    assert row["rate_limit"]["headers"] == {"x-ratelimit-remaining": "3"}
    assert "apart" in row["notes"][0]


def test_what_a_good_token_may_not_see_is_a_note(five: Desk) -> None:
    """A list that is refused beside one that is not says something about the token, and fails nobody."""
    five.fault({"status": 403}, vendor="optimum", path="/accounts")
    row = rows(five.ok("doctor", "--json").json)["optimum"]
    assert row["status"] == "ok" and "accounts" not in row["sees"]
    assert row["notes"][0].startswith("accounts: ")


def test_manifests_that_cannot_be_read_are_a_note(desk: Desk) -> None:
    """doctor looks at connections; what is wrong in manifests is for validate."""
    desk.manifest("nonsense: [")
    done = desk.ok("doctor")
    assert "see reconciler validate" in done.out


def test_the_key_for_personal_data(five: Desk) -> None:
    """A key that is set and no good is told, never its value."""
    done = five.run("doctor", env={"RECONCILER_DIGEST_KEY": "abc-short"})
    assert "RCN0221" in done.out and "abc-short" not in done.out + done.err
    assert done.code == 3


def test_a_host_that_does_not_exist(five: Desk) -> None:
    """What is the matter with the network is told plainly."""
    five.edit("reconciler.yaml", f"{five.sandbox.url}/optimum/api/v1", "http://127.0.0.1:1/api/v1")
    done = five.run("doctor", "--retry-seconds", "0", "--connection", "optimum")
    assert done.code == 5
    assert "no connection could be made: nothing listens there, or it refuses" in done.out
    assert "help: Is the sandbox running? Start it in another terminal: reconciler sandbox --port 1; or" in done.out
