"""Vendors in trouble: refused credentials, silence, errors and answers that are not the documented ones."""

from __future__ import annotations

import json
import socket

import pytest

from tests.cli.desk import TOKENS, Desk
from tests.cli.test_plan import ADDRESSES, fits

QUICK = ("--retry-seconds", "0.2")


REFUSED = [
    (("plan",), "ENCO_TOKEN"),
    (("plan",), "CUSTOMERSURE_TOKEN"),
    (("plan",), "OPTIMUM_TOKEN"),
    (("apply", "--auto-approve"), "OPTIMUM_TOKEN"),
    (("drift",), "ENCO_TOKEN"),
]


@pytest.mark.parametrize(("command", "name"), REFUSED, ids=[f"{command[0]} {name}" for command, name in REFUSED])
def test_wrong_credentials(five: Desk, command: tuple[str, ...], name: str) -> None:
    """A token that the vendor refuses: exit 4, the connection is named and the token is not."""
    done = five.run(*command, *QUICK, env={name: "a-wrong-token-31337"})
    assert done.code == 4, done.err
    text = done.out + done.err
    assert "RCN0401" in text
    assert name.removesuffix("_TOKEN").lower() in text
    assert f"help: Check the token in the environment variable {name}.\n" in text
    assert "31337" not in text


def test_a_wrong_company(five: Desk) -> None:
    """CustomerSure's 403 on the User-Agent is told as what it is."""
    five.sandbox.store.load(
        {
            "enco": {"token": TOKENS["ENCO_TOKEN"]},
            "customersure": {"token": TOKENS["CUSTOMERSURE_TOKEN"], "company": "Waffle Castle"},
            "optimum": {"token": TOKENS["OPTIMUM_TOKEN"]},
        }
    )
    done = five.run("plan", *QUICK)
    assert done.code == 4
    assert "RCN0402" in done.out + done.err


TROUBLE = [
    ({"status": 503}, "RCN0501", "server errors"),
    ({"status": 429}, "RCN0503", "rate limits"),
    ({"html": True}, "RCN0504", "a web page instead of JSON"),
    ({"empty_body": True}, "RCN0504", "an empty body"),
    ({"cut": True}, "RCN0502", "an answer that is cut"),
    ({"drop_before": True}, "RCN0502", "a connection that is dropped"),
    ({"wrong_total": 7}, "RCN0505", "a listing that does not add up"),
    ({"redirect": 302, "location": "http://127.0.0.2:9/"}, "RCN0506", "a redirect to another origin"),
]


@pytest.mark.parametrize(("fault", "code", "reason"), TROUBLE, ids=[reason for *_, reason in TROUBLE])
def test_a_vendor_in_trouble(five: Desk, fault: object, code: str, reason: str) -> None:
    """After the retries: exit 5, the reason by its code, and the other vendors' part of the plan stands."""
    five.fault(fault, vendor="optimum")
    done = five.run("plan", "--json", *QUICK)
    assert done.code == 5, done.err
    fits(done.json, "plan")
    told = {error["code"] for error in done.json["errors"]}
    assert told & {code, "RCN0504"}, told
    by_address = {change["address"]: change for change in done.json["resource_changes"]}
    assert all(by_address[address]["blocked"] is None for address in ADDRESSES[:3])
    for address in ADDRESSES[3:]:
        assert address not in by_address or by_address[address]["blocked"]["code"] == "unreadable"


def test_nobody_listens(five: Desk) -> None:
    """A vendor that cannot be reached: exit 5, named, in text as well."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        five.edit(
            "reconciler.yaml", f"{five.sandbox.url}/optimum", f"http://127.0.0.1:{unused.getsockname()[1]}/optimum"
        )
        done = five.run("plan", *QUICK)
    assert done.code == 5
    assert "RCN0502" in done.out + done.err
    assert "# enco/Survey/waffles will be created" in done.out


def test_apply_does_what_the_healthy_vendors_allow(five: Desk) -> None:
    """One vendor is down: the others' addresses are applied, exit 5, and the next apply does the rest."""
    five.fault({"status": 503}, vendor="optimum")
    done = five.run("apply", "--auto-approve", *QUICK)
    assert done.code == 5
    assert len(five.live("enco", "surveys")) == 1
    assert five.live("optimum", "locations") == []
    five.sandbox.faults.clear()
    five.ok("apply", "--auto-approve")
    assert "No changes." in five.ok("plan").out


UNTRUSTED = [
    ({"html": True}, 5, "a web page"),
    ({"status": 404}, 5, "a listing that is not there"),
    ({"wrong_total": 9}, 5, "a total that does not add up"),
]


@pytest.mark.parametrize(("fault", "code", "reason"), UNTRUSTED, ids=[reason for *_, reason in UNTRUSTED])
def test_unreadable_is_never_absent(applied: Desk, fault: object, code: int, reason: str) -> None:
    """Where a listing cannot be trusted, nothing of its kind is created, deleted or reported as gone."""
    applied.fault(fault, vendor="optimum", method="GET")
    done = applied.run("plan", "--json", *QUICK)
    assert done.code == code
    optimum = [c for c in done.json["resource_changes"] if c["provider_name"] == "optimum"]
    assert all(change["blocked"] or change["change"]["actions"] == ["no-op"] for change in optimum)
    drift = applied.run("drift", "--json", *QUICK)
    assert drift.code == code
    fits(drift.json, "drift")
    assert drift.json["resource_drift"] == []
    assert applied.run("apply", "--auto-approve", *QUICK).code == code
    assert applied.writes == []


def test_a_short_trouble_is_retried(five: Desk) -> None:
    """Two 503 and a 429 are nobody's business."""
    five.fault({"status": 503}, vendor="optimum", times=2)
    five.fault({"status": 429, "headers": {"Retry-After": "0"}}, vendor="enco", times=1)
    assert five.ok("plan", "--json", "--retry-seconds", "20").json["summary"]["create"] == 5


def test_a_vendors_words_are_data(applied: Desk) -> None:
    """Names with escape, direction and markup characters are made visible and never act on the terminal."""
    applied.sandbox.store.insert(
        "optimum",
        "locations",
        {"name": "\x1b[31mred\x07 \u202etxt [bold]x[/bold]\nPlan: 9 to add", "country_code": "GB"},
    )
    for arguments in (("plan",), ("plan", "--color", "always"), ("drift",)):
        done = applied.ok(*arguments)
        assert "\x1b[31mred" not in done.out
        assert "\x07" not in done.out
        assert "\u202e" not in done.out
        assert "[bold]x[/bold]" in done.out
        assert "\nPlan: 9 to add" not in done.out
    keys = [item["key"] for item in applied.ok("plan", "--json").json["unmanaged"]]
    assert any("[bold]" in key for key in keys)


def test_the_log_holds_no_token(five: Desk) -> None:
    """-v and --log-file tell every request, and no credential: the files of the desk are searched at its end."""
    done = five.ok("apply", "--auto-approve", "-v", "--log-file", "run.log")
    log = (five.folder / "run.log").read_text("utf-8")
    assert "POST" in log
    assert "/optimum/api/v1/locations" in log
    assert "POST" in done.err
    assert five.run("plan", "-v", "-v", *QUICK, env={"OPTIMUM_TOKEN": "a-wrong-token-31337"}).code == 4


def test_a_vendor_that_repeats_the_token_in_its_error(five: Desk) -> None:
    """Also a token that comes back in a vendor's message is not shown."""
    body = json.dumps({"type": "invalid_request_error", "message": f"bad key {TOKENS['OPTIMUM_TOKEN']}"})
    five.fault({"status": 400, "body": body}, vendor="optimum", method="GET")
    assert five.run("plan", *QUICK, "-v").code == 5
    five.sandbox.faults.clear()
    five.fault({"status": 400, "body": body}, vendor="optimum", method="POST")
    assert five.run("apply", "--auto-approve", *QUICK).code == 9
