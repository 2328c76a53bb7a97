"""Onboarding in two stages: an account is made, a person fetches its token, and what needed it goes on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.desk import TOKENS, Desk

CLIENT = """\
    acme:
      provider: optimum
      token: {{env: ACME_TOKEN}}
      baseUrl: {url}/optimum/api/v1
      awaits: optimum/Account/acme
"""
MANIFESTS = """\
apiVersion: optimum/v1
kind: Account
metadata: {name: acme, connection: optimum}
spec: {name: Acme, active: true, verb: visit}
---
apiVersion: optimum/v1
kind: Location
metadata: {name: leeds, connection: acme}
spec: {name: Acme Leeds, country_code: GB}
---
apiVersion: customersure/v1
kind: Site
metadata: {name: leeds, dependsOn: [optimum/Location/leeds]}
spec: {site_code: leeds-1, name: Acme Leeds}
---
apiVersion: customersure/v1
kind: Site
metadata: {name: york}
spec: {site_code: york-1, name: Acme York}
"""
FETCHED = {"ACME_TOKEN": TOKENS["OPTIMUM_TOKEN"]}
ACCOUNT, LEEDS = "optimum/Account/acme", "optimum/Location/leeds"


@pytest.fixture
def agency(desk: Desk) -> Desk:
    """An agency with a connection of its own, and one of a client whose account is yet to be made."""
    project = desk.folder / "reconciler.yaml"
    project.write_text(project.read_text("utf-8") + CLIENT.format(url=desk.sandbox.url), "utf-8")
    desk.manifest(MANIFESTS)
    return desk


def blocked(document: Any) -> dict[str, str]:
    """Each blocked address of a plan, with its code."""
    changes = document["resource_changes"]
    return {change["address"]: change["blocked"]["code"] for change in changes if change["blocked"]}


def test_the_account_is_made_first_and_the_rest_goes_on(agency: Desk) -> None:
    """Without the client's token its location waits, and so does what depends on it; all else is applied, exit 0."""
    plan = agency.ok("plan", "--json").json
    assert blocked(plan) == {LEEDS: "awaiting_token", "customersure/Site/leeds": "dependency_blocked"}
    assert (plan["summary"]["create"], plan["summary"]["blocked"]) == (2, 2)
    done = agency.ok("apply", "--auto-approve")
    assert "Waiting for a first token:" in done.out
    assert "the environment variable ACME_TOKEN is not set" in done.out
    assert "Apply complete! Resources: 2 added, 0 changed, 0 destroyed, 2 waiting." in done.out
    assert [account["name"] for account in agency.live("optimum", "accounts")] == ["Acme"]
    assert agency.live("optimum", "locations") == []


def test_then_the_way_out_is_said_and_taken(agency: Desk) -> None:
    """With the account made, plan and apply say to fetch the token; with it, the rest is applied and all is in sync."""
    agency.ok("apply", "--auto-approve")
    (account,) = agency.live("optimum", "accounts")
    plan = agency.ok("plan", "--detailed-exitcode").out
    assert f"{ACCOUNT} is applied (id {account['id']}), so fetch its token from the vendor's console" in plan
    assert "set ACME_TOKEN to the secret and run again" in plan
    again = agency.ok("apply", "--auto-approve")
    assert "waits for its first token" in again.out
    agency.ok("apply", "--auto-approve", env=FETCHED)
    assert [place["name"] for place in agency.live("optimum", "locations")] == ["Acme Leeds"]
    assert blocked(agency.ok("plan", "--json", "--detailed-exitcode", env=FETCHED).json) == {}


def test_a_plan_without_the_token_is_stale_with_it(agency: Desk) -> None:
    """What was approved was not the client's location: a saved plan says so once the token is there."""
    agency.ok("plan", "--out", "saved.plan")
    assert agency.run("apply", "saved.plan", env=FETCHED).code == 7
    agency.ok("apply", "saved.plan")


def test_once_used_a_missing_token_is_an_error(agency: Desk) -> None:
    """Nothing that was made through the connection may be taken for absent since it cannot be asked for."""
    agency.ok("apply", "--auto-approve", env=FETCHED)
    for command in (["plan"], ["apply", "--auto-approve"], ["drift"]):
        done = agency.run(*command)
        assert (done.code, "error[RCN0204]" in done.err) == (3, True)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("      awaits: optimum/Account/acme\n", "", "ACME_TOKEN is not set"),
        ("awaits: optimum/Account/acme", "awaits: optimum/Account/acne", "which no manifest declares and no record"),
        ("awaits: optimum/Account/acme", "awaits: optimum/Location/leeds", "declared in this very connection"),
        ("awaits: optimum/Account/acme", "awaits: acme", "awaits"),
    ],
)
def test_what_never_comes_is_not_waited_for(agency: Desk, before: str, after: str, words: str) -> None:
    """Without awaits, or with one that this project does not make elsewhere, a missing secret is an error as ever."""
    agency.edit("reconciler.yaml", before, after)
    done = agency.run("plan")
    assert done.code == 3 and words in done.err
    assert agency.writes == []


def test_doctor_and_status_say_that_it_waits(agency: Desk) -> None:
    """Waiting is announced, and fails neither of them."""
    agency.ok("apply", "--auto-approve")
    done = agency.ok("doctor", "--json")
    found = {row["connection"]: row["status"] for row in done.json["connections"]}
    assert (found["acme"], found["optimum"]) == ("waiting", "ok")
    assert "1 connection waits for a first token" in agency.ok("doctor").out
    rows = {row["address"]: row for row in agency.ok("status", "--json").json["resources"]}
    assert rows[LEEDS]["sync"]["state"] == "not_applied"
    assert "waits for its first token" in rows[LEEDS]["sync"]["reason"]
