"""`apply` and `destroy`: the yes they need, what they say while they work, and how they end."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.desk import FIVE_KINDS, Desk, location, plain
from tests.cli.test_plan import ADDRESSES, actions


def many(desk: Desk, count: int) -> list[str]:
    """A project with this many locations."""
    names = [f"store-{number:02}" for number in range(count)]
    desk.manifest("---\n".join(location(name) for name in names))
    return names


# --- the yes ------------------------------------------------------------------------------------------------------


def test_a_saved_plan_is_the_yes(five: Desk) -> None:
    """apply PLANFILE asks nothing, shows no plan again, tells progress on stderr and the result on stdout."""
    five.ok("plan", "--out", "x.plan")
    done = five.ok("apply", "x.plan")
    assert done.out == "\nApply complete! Resources: 5 added, 0 changed, 0 destroyed.\n"
    lines = [re.fullmatch(r"\[(\d)/5\] (\S+) created in \S+s \(id \S+\)", line) for line in done.err.splitlines()]
    assert sorted(line[2] for line in lines if line) == ADDRESSES
    assert sorted(line[1] for line in lines if line) == list("12345")
    assert len(five.writes) == 5


def test_apply_then_plan_is_empty(five: Desk) -> None:
    """Of all five kinds, nothing is left to do after an apply, and the next apply writes nothing."""
    five.ok("apply", "--auto-approve")
    five.sandbox.log.clear()
    done = five.ok("plan", "--detailed-exitcode")
    assert "No changes. Your live objects match the manifests." in done.out
    assert five.ok("apply", "--auto-approve").code == 0
    assert five.writes == []


def test_a_saved_plan_with_nothing_to_do_says_so(applied: Desk) -> None:
    """No silence that could mean anything."""
    applied.ok("plan", "--out", "x.plan")
    assert applied.ok("apply", "x.plan").out == "\nApply complete! Resources: 0 added, 0 changed, 0 destroyed.\n"


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_nothing_to_do_is_said_once(applied: Desk, command: str) -> None:
    """Without --auto-approve the plan is shown before the question; where there is none to ask, not again after it."""
    applied.ok("destroy" if command == "destroy" else "apply", "--auto-approve")
    assert applied.ok(command).out.count("No changes.") == 1


def test_a_plan_is_an_approval_for_one_time(five: Desk) -> None:
    """Applied again, a plan file exits 7 and sends no write."""
    five.ok("plan", "--out", "x.plan")
    five.ok("apply", "x.plan")
    writes = len(five.writes)
    done = five.run("apply", "x.plan")
    assert (done.code, "RCN0703" in done.err) == (7, True)
    assert len(five.writes) == writes


STALE = [
    ("manifest", "a manifest was edited after the approval"),
    ("live", "the live object was changed after the approval"),
    ("state", "another apply came in between"),
]


@pytest.mark.parametrize(("moved", "reason"), STALE, ids=[reason for _, reason in STALE])
def test_a_stale_plan_does_nothing(applied: Desk, moved: str, reason: str) -> None:
    """What was approved is not what would be done: exit 7, told why, and not one write."""
    applied.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    applied.ok("plan", "--out", "x.plan")
    if moved == "manifest":
        applied.edit("manifests/all.yaml", "LS1 8ER", "LS9 9ZZ")
    elif moved == "live":
        found = applied.live("optimum", "locations")[0]
        applied.sandbox.store.change("optimum", "locations", found["id"], {"name": "Somebody else's"})
    else:
        applied.ok("apply", "--auto-approve")
    writes = len(applied.writes)
    done = applied.run("apply", "x.plan")
    assert done.code == 7, done.err
    assert "\\n" not in done.err
    assert "RCN070" in done.err
    assert len(applied.writes) == writes


def test_yes_at_the_prompt(five: Desk) -> None:
    """The plan is shown, the question goes to stderr, `yes` is the only yes, and then it is done."""
    done = five.answer("yes\n", "apply")
    assert done.code == 0
    assert "Plan: 5 to add" in done.out
    assert "Only 'yes' is taken" in done.err
    assert "Apply complete!" in done.out
    assert len(five.writes) == 5


@pytest.mark.parametrize("answer", ["no\n", "\n", "y\n", "YES\n"], ids=repr)
def test_anything_else_is_a_no(five: Desk, answer: str) -> None:
    """Everything but `yes` ends with 6, nothing sent and no state made."""
    done = five.answer(answer, "apply")
    assert done.code == 6
    assert "RCN0603" in done.err
    assert five.writes == []
    assert not (five.folder / ".reconciler/state.db").exists()


def test_ctrl_c_at_the_prompt(five: Desk) -> None:
    """Interrupted before the yes, nothing has happened: exit 130."""
    done = five.interrupt_at("Only 'yes' is taken", "apply")
    assert done.code == 130
    assert five.writes == []


def test_nobody_there_to_ask(five: Desk) -> None:
    """Without a terminal, or with --no-input at one, apply never takes silence for a yes."""
    for done in (five.run("apply"), five.answer("yes\n", "apply", "--no-input"), five.run("apply", stdin="yes\n")):
        assert done.code == 6
        assert "RCN0603" in done.err
    assert five.writes == []


def test_consents_never_come_from_the_environment(five: Desk) -> None:
    """RECONCILER_AUTO_APPROVE and its like do nothing at all."""
    names = ("AUTO_APPROVE", "YES", "MAX_DELETES", "ALLOW_DATA_LOSS", "ALLOW_RECREATE", "ALLOW_SEND")
    env = {f"RECONCILER_{name}": "1" for name in names}
    env |= {f"RECONCILER_APPLY_{name}": "1" for name in names}
    assert five.run("apply", env=env).code == 6
    assert five.run("apply", env=env | {"RECONCILER_ALLOW_EPHEMERAL_STATE": "1", "CI": "true"}).code == 6
    assert five.writes == []


def test_nothing_to_do_asks_nothing(applied: Desk) -> None:
    """With nothing to approve there is no question, also where nobody could answer it."""
    done = applied.ok("apply")
    assert "No changes." in done.out
    assert applied.writes == []


# --- what is said -------------------------------------------------------------------------------------------------


def test_the_event_stream(five: Desk) -> None:
    """apply --json writes one object a line: the plan's totals, beginnings and ends, and the summary last."""
    done = five.ok("apply", "--auto-approve", "--json")
    first, *events, last = done.events
    assert (first["type"], first["summary"]["create"]) == ("planned", 5)
    assert {event["type"] for event in events} == {"started", "done"}
    ended = [event for event in events if event["type"] == "done"]
    assert sorted(event["address"] for event in ended) == ADDRESSES
    assert all(event["id"] and event["total"] == 5 and event["actions"] == ["create"] for event in ended)
    position = {event["address"]: number for number, event in enumerate(ended)}
    assert position["enco/Survey/waffles"] < position["enco/Question/waffles-nl"]
    assert position["customersure/Site/leeds"] < position["optimum/Location/leeds"]
    assert (last["type"], last["complete"], last["exit_code"], last["summary"]["added"]) == ("summary", True, 0, 5)
    assert done.err == ""


def test_in_ci_only_trouble_is_said_while_it_works(five: Desk) -> None:
    """CI logs get the plan and the result, without a line for each thing that went well."""
    done = five.ok("apply", "--auto-approve", "--allow-ephemeral-state", env={"CI": "true"})
    assert done.err == ""
    assert "Apply complete!" in done.out


def test_a_reader_that_leaves_stops_nothing(five: Desk) -> None:
    """`apply --json | head -1`: the work goes on to its end, and is recorded."""
    five.shell("reconciler apply --auto-approve --json | head -1")
    assert len(five.writes) == 5
    assert len(five.ok("state", "list", "--json").json["resources"]) == 5


# --- how it ends --------------------------------------------------------------------------------------------------


def test_applied_in_part(five: Desk) -> None:
    """A refused write fails its address and what depends on it; the rest goes on, and the next apply completes."""
    five.fault({"status": 422}, vendor="customersure", method="POST")
    done = five.run("apply", "--auto-approve", "--json")
    assert done.code == 9
    last = done.events[-1]
    status = {outcome["address"]: outcome["status"] for outcome in last["outcomes"]}
    assert status["customersure/Site/leeds"] == "failed"
    assert status["optimum/Location/leeds"] == "skipped"
    assert (last["summary"]["added"], last["complete"], last["exit_code"]) == (3, False, 9)
    five.sandbox.faults.clear()
    assert "2 added" in five.ok("apply", "--auto-approve").out
    assert "No changes." in five.ok("plan").out


def test_in_part_as_text(five: Desk) -> None:
    """People read what failed and why, what was skipped and because of what, and how to go on."""
    five.fault({"status": 422}, vendor="customersure", method="POST")
    done = five.run("apply", "--auto-approve")
    assert done.code == 9
    text = done.out + done.err
    assert "customersure/Site/leeds" in text
    assert "error[RCN093" in text
    assert "1 failed" in done.out
    assert "1 skipped" in done.out


def test_a_blocked_address_beside_applied_ones(applied: Desk) -> None:
    """What can be done is done, the blocked address is left alone, and the exit code says in part."""
    applied.edit("manifests/all.yaml", "our waffles?", "our famous waffles?")
    applied.edit("manifests/all.yaml", "LS1 8EQ", "LS1 8ER")
    done = applied.run("apply", "--auto-approve")
    assert done.code == 9
    assert "1 changed" in done.out
    assert len(applied.writes) == 1
    bodies = [question["body"].strip() for question in applied.live("enco", "surveys")[0]["questions"]]
    assert "How likely are you to recommend our waffles?" in bodies


def test_a_partly_applied_plan_file_goes_on(five: Desk) -> None:
    """The same plan file completes what a first try could not do."""
    five.ok("plan", "--out", "x.plan")
    five.fault({"status": 422}, vendor="customersure", method="POST")
    assert five.run("apply", "x.plan").code == 9
    five.sandbox.faults.clear()
    five.ok("apply", "x.plan")
    assert five.run("apply", "x.plan").code == 7
    assert len(five.live("optimum", "locations")) == 1


def test_a_lost_answer_makes_no_second_object(five: Desk) -> None:
    """The vendor processed the create and its answer was lost: the next apply reads back, and sends no second one."""
    five.fault({"drop_after": True}, vendor="optimum", times=1, method="POST", path="locations")
    done = five.run("apply", "--auto-approve", "--retry-seconds", "0.2")
    assert done.code in (5, 9)
    five.ok("apply", "--auto-approve")
    assert [item["name"] for item in five.live("optimum", "locations")] == ["Acme Leeds"]
    assert five.writes.count("POST /optimum/api/v1/locations") == 1
    assert "No changes." in five.ok("plan").out


# --- guards -------------------------------------------------------------------------------------------------------


def test_many_deletes_take_a_consent(desk: Desk) -> None:
    """More deletes than five stop everything, until --max-deletes says that they are meant."""
    names = many(desk, 8)
    desk.ok("apply", "--auto-approve")
    desk.manifest(location(names[0]))
    writes = len(desk.writes)
    done = desk.run("apply", "--auto-approve")
    assert (done.code, "RCN0601" in done.err, "--max-deletes" in done.err) == (6, True, True)
    assert len(desk.writes) == writes
    desk.ok("apply", "--auto-approve", "--max-deletes", "7")
    assert [item["name"] for item in desk.live("optimum", "locations")] == ["Store store-00"]


def test_lost_answers_take_a_consent_for_the_very_address(applied: Desk) -> None:
    """A survey with responses is not deleted on --auto-approve; --allow-data-loss names it, globs are refused."""
    survey = applied.live("enco", "surveys")[0]["id"]
    applied.sandbox.store.insert(
        "enco", "responses", {"survey": survey, "score": 9, "date": "2024-02-03T09:15:00Z", "segments": []}
    )
    applied.manifest("---\n".join(FIVE_KINDS.split("---\n")[2:]))
    document = applied.ok("plan", "--json").json
    impact = next(c for c in document["resource_changes"] if c["address"] == "enco/Survey/waffles")["impact"]
    assert impact["responses"] == 1
    done = applied.run("apply", "--auto-approve")
    assert done.code == 6
    assert "enco/Survey/waffles would lose 1 request, 1 response\n" in done.err
    assert "--allow-data-loss enco/Survey/waffles" in done.err
    assert applied.run("apply", "--auto-approve", "--allow-data-loss", "enco/*/*").code == 3
    assert applied.writes == []
    applied.ok("apply", "--auto-approve", "--allow-data-loss", "enco/Survey/waffles")
    assert applied.live("enco", "surveys") == []


def test_everything_gone_at_once_is_more_often_a_wrong_token(desk: Desk) -> None:
    """Two or more objects of a kind that vanish together are not created again without a consent each."""
    names = many(desk, 2)
    desk.ok("apply", "--auto-approve")
    for item in desk.live("optimum", "locations"):
        desk.sandbox.store.remove("optimum", "locations", item["id"])
    done = desk.run("apply", "--auto-approve")
    assert (done.code, "--allow-recreate" in done.err) == (6, True)
    consents = [word for name in names for word in ("--allow-recreate", f"optimum/Location/{name}")]
    desk.ok("apply", "--auto-approve", *consents)
    assert len(desk.live("optimum", "locations")) == 2


def test_ci_makes_no_sqlite_state(five: Desk) -> None:
    """On a fresh runner a new SQLite state would be lost: apply refuses, and sends nothing, unless it is allowed."""
    done = five.run("apply", "--auto-approve", env={"CI": "true"})
    assert (done.code, "RCN0810" in done.err) == (6, True)
    assert five.writes == []
    assert not (five.folder / ".reconciler/state.db").exists()
    five.ok("apply", "--auto-approve", "--allow-ephemeral-state", env={"CI": "true"})
    five.ok("apply", "--auto-approve", env={"CI": "true"})


# --- destroy ------------------------------------------------------------------------------------------------------


def test_destroy_asks_for_the_projects_name(applied: Desk) -> None:
    """`yes` is not enough: the name of the project is."""
    assert applied.answer("yes\n", "destroy").code == 6
    assert applied.writes == []
    done = applied.answer("desk\n", "destroy")
    assert done.code == 0
    assert "Type the project's name" in done.err
    assert "3 destroyed, 2 forgotten" in done.out
    assert applied.live("enco", "surveys") == []
    assert applied.live("optimum", "accounts") == []
    assert [site["site_code"] for site in applied.live("customersure", "sites")] == ["leeds-1"]


def test_destroy_without_anybody_there(applied: Desk) -> None:
    """Without a terminal it takes --auto-approve, which consents to the number and ends with an empty state."""
    assert applied.run("destroy").code == 6
    applied.ok("destroy", "--auto-approve")
    assert applied.ok("state", "list", "--json").json["resources"] == []
    assert "0 destroyed" in applied.ok("destroy", "--auto-approve").out or applied.writes


def test_destroy_as_events(applied: Desk) -> None:
    """destroy --json is the same stream as apply's."""
    *_, last = applied.ok("destroy", "--auto-approve", "--json").events
    assert (last["type"], last["summary"]["destroyed"], last["summary"]["forgotten"]) == ("summary", 3, 2)


def test_destroy_never_consents_to_data_loss(applied: Desk) -> None:
    """--auto-approve is a yes to the number of deletes, never to the loss of answers."""
    survey = applied.live("enco", "surveys")[0]["id"]
    applied.sandbox.store.insert("enco", "responses", {"survey": survey, "score": 9, "date": "2024-02-03T09:15:00Z"})
    done = applied.run("destroy", "--auto-approve")
    assert (done.code, "--allow-data-loss enco/Survey/waffles" in done.err) == (6, True)
    assert applied.writes == []


def test_prevent_destroy_survives_the_yaml(five: Desk) -> None:
    """The protection is kept in the state: neither taking the manifest out nor destroy gets around it."""
    five.edit(
        "manifests/all.yaml", "metadata: {name: acme}", "metadata: {name: acme}\nlifecycle: {preventDestroy: true}"
    )
    five.ok("apply", "--auto-approve")
    five.manifest("---\n".join(FIVE_KINDS.split("---\n")[:-1]))
    change = next(
        c for c in five.ok("plan", "--json").json["resource_changes"] if c["address"] == "optimum/Account/acme"
    )
    assert change["blocked"] is not None
    assert five.run("destroy", "--auto-approve").code == 9
    assert [item["name"] for item in five.live("optimum", "accounts")] == ["Acme"]


def test_all_on_one_terminal(five: Desk) -> None:
    """At a real terminal there is colour, the question, the progress and the result, in this order."""
    code, shown = five.terminal("apply", typed="yes\n")
    assert code == 0
    assert "\x1b[" in shown
    text = plain(shown)
    order = [text.index(words) for words in ("Plan: 5 to add", "Only 'yes' is taken", "created in", "Apply complete!")]
    assert order == sorted(order)


def test_a_selection_is_remembered_by_the_plan_file(five: Desk) -> None:
    """apply PLANFILE does what was selected when it was planned."""
    five.ok("plan", "--target", "optimum/*/*", "--out", "x.plan")
    five.ok("apply", "x.plan")
    assert five.live("enco", "surveys") == []
    assert len(five.live("optimum", "locations")) == 1
    left = actions(five.ok("plan", "--json").json)
    assert [address for address, action in left.items() if action == ["create"]] == ADDRESSES[:3]


def test_events_are_json_also_when_it_cannot_begin(five: Desk) -> None:
    """An error before the first event is a JSON document on stdout too, beside the words on stderr."""
    done = five.run("apply", "--auto-approve", "--json", without=["ENCO_TOKEN"])
    assert done.code == 3
    assert json.loads(done.out)["errors"][0]["code"] == "RCN0204"
    assert "error[RCN0204]" in done.err
