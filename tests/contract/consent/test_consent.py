"""Impact in the plan, and what has to be said before anything that people wrote is destroyed. Nothing is written until
it was said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.consent.conftest import Happening
from tests.contract.consent.project import Project, location, manifest, removal, site, survey

LEEDS, YORK = "optimum/Location/leeds", "optimum/Location/york"
WAFFLES, BISCUITS = "enco/Survey/waffles", "enco/Survey/biscuits"
SHOP = "customersure/Site/shop"


def answers(project: Project, survey: int, *dates: str) -> None:
    """Answers that a survey got."""
    for date in dates or ("2020-02-03T09:15:00Z",):
        project.sandbox.store.insert("enco", "responses", {"survey": survey, "score": 10, "date": date})


def id_of(project: Project, name: str) -> str:
    """The id of a location."""
    return str(next(o["id"] for o in project.world.held("optimum", "locations") if o["name"] == f"Acme {name}"))


@pytest.fixture
def loss(project: Project) -> Project:
    """Two locations, of which leeds has a review and is no longer declared."""
    project.settle(location("leeds"), location("york"))
    project.sandbox.store.insert("optimum", "reviews", {"location": id_of(project, "leeds")})
    project.declare(location("york"))
    return project


def stopped(project: Project, options: str = "") -> None:
    """An apply with these options exits with 6 and writes nothing."""
    ended = project.apply(options)
    assert (ended.code, project.world.writes()) == (6, []), ended.text
    assert "RCN0601" in ended.text


# --- impact ---------------------------------------------------------------------------------------------------------


def test_the_report_is_asked_for_all_time(project: Project) -> None:
    """Answers of the last century and of the next decades count; segments and channels do not narrow the report."""
    project.settle(survey("waffles"), survey("biscuits"))
    answers(project, 1, "1971-01-01T00:00:00Z", "2020-02-03T09:15:00Z", "2099-06-01T00:00:00Z")
    project.sandbox.store.insert("enco", "responses", {"survey": 1, "date": "2020-02-03T09:15:00Z", "segments": ["x"]})
    project.declare(survey("biscuits"))
    name = next(o["name"] for o in project.world.held("enco", "surveys") if o["id"] == 1)
    if name != "waffles":
        project.declare(survey("waffles"))
    impact = project.change(f"enco/Survey/{name}")["impact"]
    assert impact == {"responses": 3, "requests": 4, "nps": 100}
    (asked,) = [e.request for e in project.sandbox.log.entries() if e.request.raw_path.endswith("/report")]
    assert {key for key, _ in asked.query} == {"startDate", "endDate"}


def test_an_accounts_impact_is_its_locations_and_users(project: Project) -> None:
    """Its own fields tell; campaigns cannot be counted, which is said."""
    acme = manifest("optimum/Account", "acme", None, **{"name": "Acme", "active": True, "verb": "use"})
    project.settle(acme, location("york"))
    (found,) = project.world.held("optimum", "accounts")
    project.sandbox.store.change("optimum", "accounts", found["id"], {"active_locations": 4, "active_users": 2})
    project.declare(location("york"))
    change = project.change("optimum/Account/acme")
    assert change["impact"] == {"active_locations": 4, "active_users": 2, "unknowable": ["campaigns"]}
    stopped(project)
    assert project.apply("--allow-data-loss optimum/Account/acme").code == 0


def test_deactivating_an_account_loses_nothing(project: Project) -> None:
    """onRemove: deactivate needs no consent and archives nothing: the account is still there."""
    acme = {"name": "Acme", "active": True, "verb": "use"}
    project.settle(manifest("optimum/Account", "acme", {"onRemove": "deactivate"}, **acme), location("york"))
    (found,) = project.world.held("optimum", "accounts")
    project.sandbox.store.change("optimum", "accounts", found["id"], {"active_locations": 4})
    project.declare(location("york"))
    assert project.change("optimum/Account/acme")["impact"] is None
    assert project.apply().code == 0
    assert project.world.held("optimum", "accounts")[0]["active"] is False
    assert project.archived == []


def test_a_count_that_fails_blocks_whatever_is_said(loss: Project) -> None:
    """No consent stands for what nobody could count."""
    fault = {"match": {"vendor": "optimum", "path": "/feedback"}, "when": {"count": 99}, "fault": {"status": 403}}
    loss.sandbox.faults.add(fault)
    change = loss.change(LEEDS)
    assert (change["change"]["actions"], change["blocked"]["code"]) == (["delete"], "impact_unknown")
    assert change["impact"]["failed"]
    ended = loss.apply(f"--allow-data-loss {LEEDS} --max-deletes 9")
    assert (ended.code, loss.world.writes()) == (6, []), ended.text


def test_a_replacement_that_cannot_be_counted_takes_its_questions_along(project: Project) -> None:
    """A question of its own waits for the new survey; with that blocked (trap 10) it must not land on the old one."""
    question = manifest("enco/Question", "french", None, survey="waffles", language="FR", body="Combien?")
    project.settle(survey("waffles", {"replace": "allow"}), question)
    fault = {"match": {"vendor": "enco", "path": "/report"}, "when": {"count": 99}, "fault": {"status": 503}}
    project.sandbox.faults.add(fault)
    project.declare(survey("waffles", {"replace": "allow"}, interactionType="delivery"), question, location("york"))
    plan = project.plan()
    blocked = {c["address"]: c["blocked"]["code"] for c in plan["resource_changes"] if c["blocked"]}
    assert blocked == {WAFFLES: "impact_unknown", "enco/Question/french": "dependency_blocked"}
    assert {name: calls["write"] for name, calls in plan["calls"].items()} == {"enco": 0, "optimum": 1}
    ended = project.apply()
    assert (ended.code, project.world.writes()) == (9, ["POST locations"]), ended.text


# --- consent --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        "",
        f"--allow-data-loss {YORK}",
        "--allow-data-loss optimum/Location/leeds2",
        "--allow-data-loss optimum/Account/leeds",
        "--max-deletes 99",
        f"--allow-recreate {LEEDS}",
    ],
)
def test_only_the_consent_for_this_address_counts(loss: Project, options: str) -> None:
    """Another address, another kind, another option: nothing is written."""
    stopped(loss, options)


@pytest.mark.parametrize("glob", ["optimum/Location/*", "optimum/*", "*", "optimum/Location/leed?", "**/leeds"])
def test_consents_are_no_globs(loss: Project, glob: str) -> None:
    """A wildcard is a mistake on the command line, in a Removal as well."""
    ended = loss.apply(f"--allow-data-loss '{glob}'")
    assert (ended.code, loss.world.writes()) == (3, [])
    loss.declare(location("york"), removal(glob, allowDataLoss=True))
    ended = loss.apply()
    assert (ended.code, loss.world.writes()) == (3, [])


def test_a_consent_does_not_come_from_the_environment(loss: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that would look like the option is none."""
    for name in ("RECONCILER_ALLOW_DATA_LOSS", "RECONCILER_APPLY_ALLOW_DATA_LOSS"):
        monkeypatch.setenv(name, LEEDS)
    for name in ("RECONCILER_MAX_DELETES", "RECONCILER_APPLY_MAX_DELETES"):
        monkeypatch.setenv(name, "9")
    stopped(loss)


@pytest.mark.parametrize("consent", [{}, {"allowDataLoss": False}, {"reason": "closed"}])
def test_a_removal_without_the_word_is_none(loss: Project, consent: dict[str, Any]) -> None:
    """A Removal consents to the loss only where it says so."""
    loss.declare(location("york"), removal(LEEDS, **consent))
    stopped(loss)


def test_a_removal_is_the_consent_reviewed_in_git(loss: Project) -> None:
    """It counts for its own address, and does its work without an option."""
    loss.declare(location("york"), removal(YORK.replace("york", "hull"), allowDataLoss=True))
    stopped(loss)
    loss.declare(location("york"), removal(LEEDS, allowDataLoss=True, reason="Closed in May"))
    ended = loss.apply()
    assert ended.code == 0, ended.text
    assert len(loss.world.writes()) == 1
    assert len(loss.archived) == 1


def test_a_removal_of_what_is_declared_is_refused(project: Project) -> None:
    """A consent that lies in wait: told with file and line, and nothing is asked of any vendor."""
    project.settle(location("leeds"), location("york"))
    project.declare(location("leeds"), location("york"), removal(LEEDS, allowDataLoss=True))
    for command in ("validate", "plan", "apply --auto-approve"):
        ended = project.run(command)
        assert ended.code == 3, ended.text
        assert "RCN0143" in ended.text
        assert "manifests/all.yaml:" in ended.text
        assert project.sandbox.log.entries() == []


def test_a_removal_may_serve_a_replacement(project: Project) -> None:
    """With replace: allow it is the consent to lose the old object's data, and the plan says that it has to go."""
    project.settle(survey("waffles", {"replace": "allow"}))
    answers(project, 1)
    consent = removal(WAFFLES, allowDataLoss=True, reason="reviewed")
    project.declare(survey("waffles", {"replace": "allow"}, interactionType="delivery"), consent)
    assert "take the Removal out" in project.plan()["warnings"][0]
    assert project.apply().code == 0
    assert len(project.archived) == 1


def test_destroy_is_no_consent_to_the_loss(loss: Project) -> None:
    """The word for the number is none for the data."""
    loss.declare(location("leeds"), location("york"))
    ended = loss.run("destroy --auto-approve --retry-seconds 0")
    assert (ended.code, loss.world.writes()) == (6, [])
    ended = loss.run(f"destroy --auto-approve --retry-seconds 0 --allow-data-loss {LEEDS}")
    assert ended.code == 0, ended.text
    assert len(loss.archived) == 2


def test_a_saved_plan_carries_no_consent(loss: Project) -> None:
    """The approval of a plan is not yet the consent, which is given with the apply."""
    assert loss.run("plan --out saved.plan --retry-seconds 0").code == 0
    ended = loss.run("apply saved.plan --retry-seconds 0")
    assert (ended.code, loss.world.writes()) == (6, [])
    assert loss.run(f"apply saved.plan --retry-seconds 0 --allow-data-loss {LEEDS}").code == 0


def test_growth_between_plan_and_apply_makes_the_plan_stale(loss: Project) -> None:
    """More than ten beyond what was approved: exit 7, and the message says the numbers."""
    assert loss.run("plan --out saved.plan --retry-seconds 0").code == 0
    for _ in range(11):
        loss.sandbox.store.insert("optimum", "reviews", {"location": id_of(loss, "leeds")})
    ended = loss.run(f"apply saved.plan --retry-seconds 0 --allow-data-loss {LEEDS}")
    assert (ended.code, loss.world.writes()) == (7, [])
    assert "reviews grew from 1 to 12" in ended.text


def test_a_better_score_is_no_growth(project: Project) -> None:
    """The score is shown beside the counts, and neither stales a plan nor is it a loss."""
    project.settle(survey("waffles", {"replace": "allow"}))
    answers(project, 1)
    project.sandbox.store.insert("enco", "responses", {"survey": 1, "score": 1, "date": "2020-02-03T09:15:00Z"})
    project.declare(survey("waffles", {"replace": "allow"}, interactionType="delivery"))
    assert project.run("plan --out saved.plan --retry-seconds 0").code == 0
    assert "nps" not in project.plan()["guards"][0]["message"]
    answers(project, 1, *["2020-02-04T09:15:00Z"] * 5)  # from 0 to 71
    ended = project.run(f"apply saved.plan --retry-seconds 0 --allow-data-loss {WAFFLES}")
    assert ended.code == 0, ended.text


# --- a site's code --------------------------------------------------------------------------------------------------


def pending(project: Project, code: str, state: str = "pending") -> object:
    """A feedback request that names a site."""
    return project.sandbox.store.insert(
        "customersure",
        "feedback_requests",
        {
            "email": "a@b.example",
            "state": state,
            "send_at": "2099-01-01T00:00:00Z",
            "data": [{"key": "staff_code", "value": "luke"}, {"key": "site_code", "value": code}],
        },
    )


@pytest.fixture
def renamed(project: Project) -> Project:
    """A site whose code changes while 130 requests wait, three of which name it; one that was sent names it too."""
    project.settle(site("shop", "old"))
    for number in range(127):
        pending(project, f"other-{number}")
    for _ in range(3):
        pending(project, "old")
    pending(project, "old", "sent")
    project.declare(site("shop", "new"))
    return project


def test_a_new_code_shows_and_needs_consent(renamed: Project) -> None:
    """All pages are read; only pending requests that name the old code count; in text, in JSON, and as a guard."""
    change = renamed.change(SHOP)
    assert (change["change"]["actions"], change["impact"]) == (["update"], {"pending_feedback_requests": 3})
    asked = [e.request for e in renamed.sandbox.log.entries() if "/feedback_requests" in e.request.raw_path]
    assert {dict(request.query)["states[]"] for request in asked} == {"pending"}
    assert len(asked) == 2
    text = renamed.run("plan --retry-seconds 0").out
    assert "cuts off 3 pending feedback requests naming its site_code" in text
    assert f"--allow-data-loss {SHOP}" in text
    stopped(renamed)
    stopped(renamed, "--allow-data-loss customersure/Site/other")
    ended = renamed.apply(f"--allow-data-loss {SHOP}")
    assert (ended.code, renamed.world.writes()) == (0, ["PATCH sites/old"]), ended.text
    assert renamed.plan()["applyable"] is False


def test_another_edit_of_a_site_counts_nothing(renamed: Project) -> None:
    """With the code as it is nobody is cut off, and nothing is asked."""
    renamed.declare(site("shop", "old", city="York"))
    assert renamed.change(SHOP)["impact"] is None
    assert not [e for e in renamed.sandbox.log.entries() if "/feedback_requests" in e.request.raw_path]
    assert renamed.apply().code == 0


def test_a_new_code_that_nobody_waits_for_is_free(project: Project) -> None:
    """Counted, none, said so."""
    project.settle(site("shop", "old"))
    pending(project, "older")
    project.declare(site("shop", "new"))
    assert project.change(SHOP)["impact"] == {"pending_feedback_requests": 0}
    assert "no pending feedback requests name its site_code" in project.run("plan --retry-seconds 0").out
    assert project.apply().code == 0
    assert project.archived == []


def test_requests_that_cannot_be_read_block_the_rename(renamed: Project) -> None:
    """The list is forbidden, or does not add up: blocked, whatever is said."""
    for fault in ({"status": 403}, {"wrong_total": 1}):
        rule = {"match": {"vendor": "customersure", "path": "/feedback_requests"}, "when": {"count": 99}}
        renamed.sandbox.faults.replace([{**rule, "fault": fault}])
        assert renamed.change(SHOP)["blocked"]["code"] == "impact_unknown"
        ended = renamed.apply(f"--allow-data-loss {SHOP}")
        assert (ended.code, renamed.world.writes()) == (6, []), ended.text


def test_a_rename_is_counted_again_before_the_write(renamed: Project, between: Happening) -> None:
    """Requests that came in meanwhile stop it."""
    between(lambda: [pending(renamed, "old") for _ in range(11)])
    ended = renamed.apply(f"--allow-data-loss {SHOP}")
    assert (ended.code, renamed.world.writes()) == (9, []), ended.text
    (failed,) = ended.document["outcomes"]
    assert (failed["code"], "grew from 3 to 14" in failed["message"]) == ("RCN0604", True)


def test_a_rename_of_a_pinned_site_counts_as_well(renamed: Project) -> None:
    """Adopted by its id and renamed in one go: the same loss."""
    renamed.declare(site("hall", "hall-new", _externalId="hall"), site("shop", "old"))
    renamed.sandbox.store.insert("customersure", "sites", {"site_code": "hall", "name": "Acme hall"})
    pending(renamed, "hall")
    change = renamed.change("customersure/Site/hall")
    assert (change["change"]["importing"], change["impact"]) == ({"id": "hall"}, {"pending_feedback_requests": 1})
    stopped(renamed)
