"""`resolve`: settling by hand what reading back cannot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.desk import Desk

QUICK = ("--retry-seconds", "0.2")


def change(document: Any, address: str) -> Any:
    """One change of a plan."""
    return next(change for change in document["resource_changes"] if change["address"] == address)


@pytest.fixture
def twins(five: Desk) -> Desk:
    """A location whose answer was lost, and a second live object that looks just the same."""
    five.fault({"drop_after": True}, vendor="optimum", times=1, method="POST", path="locations")
    assert five.run("apply", "--auto-approve", *QUICK).code == 9
    [made] = five.live("optimum", "locations")
    twin = {key: value for key, value in made.items() if key not in ("id", "created")}
    five.sandbox.store.insert("optimum", "locations", twin)
    return five


@pytest.fixture
def unseen(five: Desk) -> Desk:
    """A question whose request never arrived; the kind cannot be deleted, so its absence proves nothing."""
    five.fault({"drop_before": True}, vendor="enco", times=1, method="POST", path="question")
    assert five.run("apply", "--auto-approve", *QUICK).code == 9
    return five


def test_several_that_fit_are_listed_and_stop_the_address(twins: Desk) -> None:
    """Apply does not choose: it names the command that settles it, and sends nothing."""
    before = list(twins.writes)
    done = twins.run("apply", "--auto-approve", *QUICK)
    assert done.code in (6, 9)
    text = done.out + done.err
    assert "reconciler resolve optimum/Location/leeds --adopt ID" in text
    assert twins.writes == before


def test_adopt(twins: Desk) -> None:
    """--adopt records the very object; the next plan has nothing to do, and the twin is unmanaged."""
    chosen, other = (item["id"] for item in twins.live("optimum", "locations"))
    done = twins.ok("resolve", "optimum/Location/leeds", "--adopt", chosen)
    assert done.out.startswith("optimum/Location/leeds: ")
    document = twins.ok("plan", "--json").json
    assert change(document, "optimum/Location/leeds")["change"]["actions"] == ["no-op"]
    assert change(document, "optimum/Location/leeds")["id"] == chosen
    assert [item["id"] for item in document["unmanaged"]] == [other]


def test_not_created(unseen: Desk) -> None:
    """--not-created lets the next plan decide again, and the question is made once."""
    assert unseen.run("apply", "--auto-approve", *QUICK).code in (6, 9)
    assert len(unseen.live("enco", "surveys")[0]["questions"]) == 1
    unseen.ok("resolve", "enco/Question/waffles-nl", "--not-created")
    unseen.ok("apply", "--auto-approve", *QUICK)
    assert len(unseen.live("enco", "surveys")[0]["questions"]) == 2
    assert "No changes." in unseen.ok("plan").out


def test_as_json(unseen: Desk) -> None:
    """--json tells the same to programs."""
    document = unseen.ok("resolve", "enco/Question/waffles-nl", "--not-created", "--json").json
    assert document["resolved"] == {"address": "enco/Question/waffles-nl", "done": False, "id": None}


UNFIT = [
    (("enco/Question/waffles-nl",), "RCN0301", "neither answer"),
    (("enco/Question/waffles-nl", "--adopt", "1", "--not-created"), "RCN0301", "both answers"),
    (("waffles-nl", "--not-created"), "RCN0301", "no address"),
    (("enco/Survey/waffles", "--not-created"), "RCN0909", "nothing open there"),
    (("enco/Question/waffles-nl", "--adopt", "4711"), "RCN0910", "no such live object"),
]


def test_what_cannot_be_resolved(unseen: Desk) -> None:
    """A wrong answer changes nothing: exit 3, and the write stays open."""
    for arguments, code, reason in UNFIT:
        done = unseen.run("resolve", *arguments, *QUICK)
        assert (done.code, f"error[{code}]" in done.err) == (3, True), (reason, done)
    assert change(unseen.ok("plan", "--json").json, "enco/Question/waffles-nl")["action_reason"] == "recover"
