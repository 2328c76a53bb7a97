"""Before a delete: counted again, archived, or refused with nothing sent."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.contract.consent.conftest import Happening
from tests.contract.consent.project import Project, location, manifest, survey

LEEDS = "optimum/Location/leeds"
WAFFLES = "enco/Survey/waffles"


def stored(project: Project, name: str) -> str:
    """The id of the location of this name."""
    return str(next(o["id"] for o in project.world.held("optimum", "locations") if o["name"] == f"Acme {name}"))


def review(project: Project, **more: Any) -> object:
    """A review of the location leeds."""
    return project.sandbox.store.insert("optimum", "reviews", {"location": stored(project, "leeds"), **more})


def feedback(project: Project, **more: Any) -> None:
    """Feedback on the location leeds."""
    project.sandbox.store.insert("optimum", "feedback", {"location": stored(project, "leeds"), **more})


@pytest.fixture
def doomed(project: Project) -> Project:
    """Two locations; leeds has a review and is no longer declared."""
    project.settle(location("leeds"), location("york"))
    review(project, rating=5, title="Good", reviewer_name="John Doe")
    project.declare(location("york"))
    return project


def outcome(document: Any, address: str = LEEDS) -> Any:
    """What became of an address."""
    return next(o for o in document["outcomes"] if o["address"] == address)


def test_a_location_is_archived_with_all_that_people_wrote(doomed: Project) -> None:
    """Every page of reviews and feedback, readable, complete, checked, for the owner alone, and told where."""
    for number in range(230):
        review(doomed, rating=4, title=f"Visit {number}")
    feedback(
        doomed,
        type="happy",
        happy=False,
        comments="Jane Roe, call me: +44 113 496 0123 or jane@roe.example, order 2019-05-01",
        subscriber_name="Jane Roe",
        subscriber_email="jane@roe.example",
    )
    id = stored(doomed, "leeds")
    ended = doomed.apply(f"--allow-data-loss {LEEDS}")
    assert (ended.code, doomed.world.writes()) == (0, [f"DELETE locations/{id}"]), ended.text
    (file,) = doomed.archived
    place = file.relative_to(doomed.folder)
    assert outcome(ended.document)["message"] == f"archived in {place}"
    assert str(place.parent) in ended.err
    kept = json.loads(file.read_text("utf-8"))
    assert (kept["address"], kept["id"], kept["connection"], kept["vendor"]) == (LEEDS, id, "optimum", "optimum")
    assert kept["impact"] == {"reviews": 231, "feedback": 1, "unknowable": ["campaigns"]}
    assert kept["content"]["fields"]["name"] == "Acme leeds"
    assert len({r["id"] for r in kept["content"]["reviews"]}) == 231
    assert kept["content"]["feedback"][0]["comments"] == "***, call me: *** or ***, order 2019-05-01"
    text = file.read_text("utf-8")
    assert not [secret for secret in ("John Doe", "Jane", "roe.example", "113 496") if secret in text]
    told, name = file.with_name(file.name + ".sha256").read_text("ascii").split()
    assert (told, name) == (hashlib.sha256(file.read_bytes()).hexdigest(), file.name)
    for path, mode in ((file, 0o600), (file.parent, 0o700), (file.parent.parent, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_survey_is_archived_with_its_questions_and_its_report(project: Project) -> None:
    """Also as the old half of a replacement; the report covers answers of any time."""
    project.settle(survey("waffles", {"replace": "allow"}))
    for date in ("1999-12-31T00:00:00Z", "2020-02-03T09:15:00Z", "2031-01-01T00:00:00Z"):
        project.sandbox.store.insert("enco", "responses", {"survey": 1, "score": 9, "date": date})
    project.declare(survey("waffles", {"replace": "allow"}, interactionType="delivery"))
    ended = project.apply(f"--allow-data-loss {WAFFLES}")
    assert (ended.code, project.world.writes()) == (0, ["POST surveys", "DELETE surveys/1"]), ended.text
    (file,) = project.archived
    kept = json.loads(file.read_text("utf-8"))
    assert kept["actions"] == ["create", "delete"]
    assert [q["body"].strip() for q in kept["content"]["fields"]["questions"]] == ["How?"]
    assert kept["content"]["fields"]["interactionType"] == "general"
    assert kept["content"]["report"]["responseStatistics"]["totalResponses"] == 3
    assert outcome(ended.document, WAFFLES)["message"].startswith("archived in ")


def test_an_account_is_archived_with_its_fields(project: Project) -> None:
    """Nothing more can be read of it."""
    acme = {"name": "Acme", "active": True, "verb": "use", "max_users": 3}
    project.settle(manifest("optimum/Account", "acme", **acme), location("york"))
    project.declare(location("york"))
    assert project.apply().code == 0
    (file,) = project.archived
    content = json.loads(file.read_text("utf-8"))["content"]
    assert content.keys() == {"fields"}
    assert (content["fields"]["name"], content["fields"]["active_users"]) == ("Acme", 0)


def test_growth_right_before_the_write_stops_that_delete_alone(doomed: Project, between: Happening) -> None:
    """One review is approved; twelve are there when it comes to it. The update beside it goes through."""
    doomed.declare(location("york", address_line_1="1 The Shambles"))
    between(lambda: [review(doomed) for _ in range(11)])
    ended = doomed.apply(f"--allow-data-loss {LEEDS}")
    york = stored(doomed, "york")
    assert (ended.code, doomed.world.writes()) == (9, [f"POST locations/{york}"]), ended.text
    failed = outcome(ended.document)
    assert (failed["status"], failed["code"]) == ("failed", "RCN0604")
    assert "reviews grew from 1 to 12" in failed["message"]
    assert doomed.archived == []
    assert LEEDS in doomed.recorded()


def test_a_little_growth_is_within_the_approval(doomed: Project, between: Happening) -> None:
    """Ten more than the one approved are tolerated, and are archived."""
    between(lambda: [review(doomed) for _ in range(10)])
    ended = doomed.apply(f"--allow-data-loss {LEEDS}")
    assert ended.code == 0, ended.text
    assert json.loads(doomed.archived[0].read_text("utf-8"))["impact"]["reviews"] == 11


def test_from_nothing_not_one(project: Project, between: Happening) -> None:
    """What was approved as empty needed no consent, so that nothing may have come in."""
    project.settle(location("leeds"), location("york"))
    project.declare(location("york"))
    between(lambda: feedback(project))
    ended = project.apply()
    assert (ended.code, outcome(ended.document)["code"], project.world.writes()) == (9, "RCN0604", [])
    assert "feedback grew from 0 to 1" in ended.out


def test_the_plan_that_was_approved_is_the_measure(doomed: Project, between: Happening) -> None:
    """Growth is measured from the saved plan, not step by step from the run's own count."""
    assert doomed.run("plan --out saved.plan --retry-seconds 0").code == 0
    for _ in range(8):
        review(doomed)
    between(lambda: [review(doomed) for _ in range(4)])
    ended = doomed.run(f"apply saved.plan --json --retry-seconds 0 --allow-data-loss {LEEDS}")
    assert (ended.code, outcome(ended.document)["code"], doomed.world.writes()) == (9, "RCN0604", [])
    assert "reviews grew from 1 to 13" in ended.out


@pytest.mark.parametrize("path", ["/reviews", "/feedback"])
def test_a_count_that_fails_right_before_the_write_refuses(doomed: Project, between: Happening, path: str) -> None:
    """Not to know is not to be allowed."""
    fault = {"match": {"vendor": "optimum", "path": path}, "when": {"count": 99}, "fault": {"status": 503}}
    between(lambda: doomed.sandbox.faults.add(fault))
    ended = doomed.apply(f"--allow-data-loss {LEEDS}")
    assert (ended.code, outcome(ended.document)["code"], doomed.world.writes()) == (9, "RCN0605", [])


def test_evidence_that_cannot_be_read_refuses(doomed: Project, between: Happening) -> None:
    """The count still answers, the list does not: what cannot be archived is not deleted."""
    fault = {"match": {"vendor": "optimum", "path": "/feedback"}, "when": {"nth": 2, "count": 99}}
    between(lambda: doomed.sandbox.faults.add({**fault, "fault": {"status": 500}}))
    ended = doomed.apply(f"--allow-data-loss {LEEDS}")
    assert (ended.code, outcome(ended.document)["code"], doomed.world.writes()) == (9, "RCN0606", [])
    assert doomed.archived == []


def test_a_list_that_does_not_add_up_is_no_evidence(doomed: Project, between: Happening) -> None:
    """A total that the pages do not reach."""
    fault = {"match": {"vendor": "optimum", "path": "/reviews"}, "when": {"nth": 2, "count": 99}}
    between(lambda: doomed.sandbox.faults.add({**fault, "fault": {"wrong_total": 3}}))
    ended = doomed.apply(f"--allow-data-loss {LEEDS}")
    assert (ended.code, outcome(ended.document)["code"], doomed.world.writes()) == (9, "RCN0606", [])


def test_a_full_disk_stops_the_delete(doomed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive cannot be made durable: nothing is sent, no half file stays, and the state still owns the object."""
    real = os.fsync

    def full(fd: int) -> None:
        if ".reconciler/archive" in str(Path(f"/proc/self/fd/{fd}").readlink()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(fd)

    monkeypatch.setattr("reconciler.apply.archive.os.fsync", full)
    ended = doomed.apply(f"--allow-data-loss {LEEDS}")
    assert (ended.code, outcome(ended.document)["code"], doomed.world.writes()) == (9, "RCN0606", [])
    assert "No space left" in outcome(ended.document)["message"]
    assert not [p for p in (doomed.folder / ".reconciler" / "archive").glob("*/*") if p.suffix != ".gitignore"]
    assert LEEDS in doomed.recorded()
    monkeypatch.undo()


def test_an_archive_that_is_no_folder_stops_the_delete(doomed: Project) -> None:
    """Whatever stands in the way is told by its path; put right, the next apply goes through."""
    place = doomed.folder / ".reconciler" / "archive"
    place.write_text("not a folder")
    ended = doomed.apply(f"--allow-data-loss {LEEDS}")
    assert (ended.code, outcome(ended.document)["code"], doomed.world.writes()) == (9, "RCN0606", [])
    assert ".reconciler/archive/" in outcome(ended.document)["message"]
    place.unlink()
    assert doomed.apply(f"--allow-data-loss {LEEDS}").code == 0
    assert len(doomed.archived) == 1


def test_a_refused_second_half_is_finished_later(project: Project, between: Happening) -> None:
    """The new survey is there, the old one grew and stays; the next run counts it anew and asks for the consent."""
    project.settle(survey("waffles", {"replace": "allow"}), survey("biscuits", {"replace": "allow"}))
    changed = [survey(name, {"replace": "allow"}, interactionType="delivery") for name in ("waffles", "biscuits")]
    project.declare(*changed)
    old = next(o["id"] for o in project.world.held("enco", "surveys") if o["name"] == "waffles")
    answer = {"survey": old, "score": 9, "date": "2020-02-03T09:15:00Z"}
    between(lambda: project.sandbox.store.insert("enco", "responses", answer))
    ended = project.apply()
    assert ended.code == 9, ended.text
    assert outcome(ended.document, WAFFLES)["code"] == "RCN0604"
    assert len(project.world.held("enco", "surveys")) == 3
    (guard,) = project.plan()["guards"]
    assert (guard["code"], guard["addresses"]) == ("data_loss", [WAFFLES])
    assert project.apply().code == 6
    assert project.world.writes() == []


def test_the_half_left_over_is_deleted_with_the_consent(project: Project) -> None:
    """After a kill between the halves the old object's answers still need their consent, and are archived."""
    project.settle(survey("waffles", {"replace": "allow"}), survey("biscuits"))
    old = next(o["id"] for o in project.world.held("enco", "surveys") if o["name"] == "waffles")
    project.sandbox.store.insert("enco", "responses", {"survey": old, "score": 9, "date": "2020-02-03T09:15:00Z"})
    project.declare(survey("waffles", {"replace": "allow"}, interactionType="delivery"), survey("biscuits"))
    refuse = {"match": {"vendor": "enco", "method": "DELETE"}, "when": {"count": 1}, "fault": {"status": 403}}
    project.sandbox.faults.add(refuse)
    assert project.apply(f"--allow-data-loss {WAFFLES}").code != 0
    assert project.apply().code == 6
    assert project.world.writes() == []
    ended = project.apply(f"--allow-data-loss {WAFFLES}")
    assert (ended.code, project.world.writes()) == (0, [f"DELETE surveys/{old}"]), ended.text
    assert len(project.archived) == 2  # the first try archived it, too
    assert project.plan()["applyable"] is False
