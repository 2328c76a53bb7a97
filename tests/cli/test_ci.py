"""`ci comment` and `ci drift-issue` as a workflow runs them, against a repository of its own on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, Finished, location
from tests.cli.github import NIGHT, PULL, TOKEN, FakeGitHub, Step, serving


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """A repository; at the end its token lies in no file."""
    with serving(FakeGitHub()) as repository:
        yield repository
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file


@pytest.fixture
def step(github: FakeGitHub, tmp_path: Path) -> Step:
    """A step of a job for a pull request."""
    return Step(tmp_path / "runner", github.url, PULL)


@pytest.fixture
def night(github: FakeGitHub, tmp_path: Path) -> Step:
    """A step of a nightly job."""
    return Step(tmp_path / "runner", github.url, NIGHT)


def quiet(done: Finished) -> Finished:
    """The token is in no output."""
    assert TOKEN not in done.out + done.err
    return done


# --- the comment --------------------------------------------------------------------------------------------------


def test_a_plan_on_its_pull_request(applied: Desk, github: FakeGitHub, step: Step) -> None:
    """Plan, comment, another commit: the same comment tells the new plan; summary and outputs beside it."""
    applied.manifest(location("york"), "york.yaml")
    applied.ok("plan", "--out", "my.plan")
    done = quiet(applied.ok("ci", "comment", "my.plan", env=step.env))
    url = "https://github.com/acme/feedback/issues/7#issuecomment-1"
    assert done.out == f"comment posted: {url}\n"
    body = github.comments[0]["body"]
    assert body.startswith("<!-- reconciler:plan desk -->\n## Plan for `desk`: 1 to add")
    assert body.endswith("<sub>Commit 6dcb09b5b578, [run](https://github.com/acme/feedback/actions/runs/42)</sub>\n")
    assert step.summary.startswith("## Plan for `desk`: 1 to add")
    assert step.outputs == {
        "changes": "true", "applyable": "true", "complete": "true", "creates": "1", "updates": "0", "replaces": "0",
        "deletes": "0", "adopts": "0", "forgets": "0", "sends": "0", "blocked": "0",
        "action": "created", "comment-url": url,
    }  # fmt: skip

    (applied.folder / "manifests" / "york.yaml").unlink()
    applied.ok("plan", "--out", "my.plan")
    done = quiet(applied.ok("ci", "comment", "my.plan", "--json", env=step.env))
    assert done.json == {"action": "updated", "url": url, "number": 1}
    assert len(github.comments) == 1
    assert "**No changes.**" in github.comments[0]["body"] and "1 to add" not in github.comments[0]["body"]
    assert (step.outputs["changes"], step.outputs["action"]) == ("false", "updated")
    assert applied.ok("ci", "comment", "my.plan", env=step.env).out == f"comment already up to date: {url}\n"


def test_nothing_would_change(applied: Desk, github: FakeGitHub, step: Step) -> None:
    """No comment is made to say so, unless --always asks for it; somebody's paste of the marker is no comment of ours,
    and another environment has its own."""
    applied.ok("plan", "--out", "my.plan")
    forged = {"id": 90, "on": 7, "user": {"login": "mallory"}, "html_url": "https://github.com/x"}
    github.comments += [
        {**forged, "id": id, "body": "<!-- reconciler:plan desk -->\nfine, apply it"} for id in (90, 91, 92)
    ]
    done = applied.ok("ci", "comment", "my.plan", env=step.env)
    assert done.out == "comment not needed: nothing would change\n"
    assert "No changes" in step.summary and step.outputs["comment-url"] == ""
    assert applied.ok("ci", "comment", "my.plan", "--always", "--json", env=step.env).json["action"] == "created"
    other = applied.ok("ci", "comment", "my.plan", "--always", "--key", "two", "--json", env=step.env)
    assert other.json["action"] == "created"
    assert [one["body"].partition("\n")[2] for one in github.comments[:3]] == ["fine, apply it"] * 3
    heads = [one["body"].partition("\n")[0] for one in github.comments[3:]]
    assert heads == ["<!-- reconciler:plan desk -->", "<!-- reconciler:plan two -->"]


def test_a_token_that_may_not(applied: Desk, github: FakeGitHub, step: Step) -> None:
    """As for a pull request from a fork: a code and the way out; summary and counts are there all the same."""
    applied.manifest(location("york"), "york.yaml")
    applied.ok("plan", "--out", "my.plan")
    github.may_write = False
    done = quiet(applied.run("ci", "comment", "my.plan", "--json", env=step.env))
    assert done.code == 4
    assert done.json["errors"][0]["code"] == "RCN0372"
    assert "Resource not accessible by integration" in done.err and "fork" in done.err
    assert "1 to add" in step.summary
    assert step.outputs["creates"] == "1" and "comment-url" not in step.outputs


def test_a_repository_that_is_not_there(applied: Desk, github: FakeGitHub, step: Step) -> None:
    """GitHub answers 404 for what is misspelled and for what the token may not see: both are said."""
    applied.ok("plan", "--out", "my.plan")
    done = applied.run("ci", "comment", "my.plan", "--always", "--repository", "acme/nope", env=step.env)
    assert done.code == 4
    assert "help: Check the repository and the number; if both are right, the token may not see them" in done.err


def test_a_wrong_token(applied: Desk, github: FakeGitHub, step: Step) -> None:
    """A refused token, which the answer repeats, is not told; neither is one that no header can carry."""
    applied.ok("plan", "--out", "my.plan")
    for token, code in (("ghp_wrong-token-77", 4), ("two\nlines", 3), ("", 3)):
        done = applied.run("ci", "comment", "my.plan", "--always", env=step.env | {"GITHUB_TOKEN": token})
        assert done.code == code
        assert "ghp_wrong" not in done.out + done.err


@pytest.mark.parametrize(
    ("env", "code", "says"),
    [
        ({"GITHUB_API_URL": "http://github.example/api/v3"}, "RCN0206", "GITHUB_API_URL: plain http"),
        ({"GITHUB_API_URL": "https://u:p@github.example"}, "RCN0206", "GITHUB_API_URL: a URL here carries no user"),
        ({"GITHUB_API_URL": "https://169.254.169.254"}, "RCN0207", "link-local"),
        ({"GITHUB_REPOSITORY": "acme/../feedback"}, "RCN0370", "OWNER/NAME"),
        ({"GITHUB_EVENT_PATH": ""}, "RCN0370", "GITHUB_EVENT_PATH is not set"),
        ({"GITHUB_EVENT_PATH": "/dev/null"}, "RCN0370", "is no event of GitHub"),
        ({"GITHUB_STEP_SUMMARY": "/no/such/folder/x"}, "RCN0304", "No such file"),
    ],
)
def test_a_run_that_is_none(applied: Desk, step: Step, env: dict[str, str], code: str, says: str) -> None:
    """What the environment says is checked before the token goes anywhere."""
    plan = applied.folder / "my.plan"
    applied.ok("plan", "--out", str(plan))
    done = quiet(applied.run("ci", "comment", "my.plan", "--always", env=step.env | env))
    assert (done.code, f"error[{code}]" in done.err, says in done.err) == (3, True, True), done.err


def test_without_a_pull_request(applied: Desk, github: FakeGitHub, night: Step) -> None:
    """A push to main has none: summary and outputs are written, and no token is needed."""
    applied.ok("plan", "--out", "my.plan")
    env = {name: value for name, value in night.env.items() if name != "GITHUB_TOKEN"}
    assert applied.ok("ci", "comment", "my.plan", env=env).out == "comment not needed: this run has no pull request\n"
    assert (night.outputs["action"], night.outputs["changes"]) == ("none", "false")
    assert github.log == []


def test_markdown_of_ones_own(desk: Desk, github: FakeGitHub, step: Step) -> None:
    """Any Markdown under a key, without a project; what is too long is cut."""
    desk.write("plan.md", "# Mine\n" + "word\n" * 20_000)
    done = desk.ok(
        "ci", "comment", "--markdown", "plan.md", "--key", "acme", "--pr", "8", cwd=desk.folder, env=step.env
    )
    assert "posted" in done.out
    assert github.comments[0]["on"] == 8
    body = github.comments[0]["body"]
    assert body.startswith("<!-- reconciler:plan acme -->\n# Mine\n") and 60_000 < len(body) <= 65_536
    assert "Commit" not in body  # the event is about another pull request
    assert set(step.outputs) == {"action", "comment-url"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("comment",),
        ("comment", "a", "--markdown", "b"),
        ("comment", "--markdown", "b"),
        ("drift-issue",),
        ("nonsense",),
    ],
)
def test_a_wrong_command_line(desk: Desk, arguments: tuple[str, ...]) -> None:
    """It is told before anything is read."""
    done = desk.run("ci", *arguments)
    assert (done.code, "error[RCN0301]" in done.err) == (3, True)


def test_a_rehearsal(applied: Desk, github: FakeGitHub, step: Step) -> None:
    """--dry-run prints the text, asks nobody and writes nothing."""
    applied.ok("plan", "--out", "my.plan")
    env = step.env
    shown = applied.ok("ci", "comment", "my.plan", "--dry-run", env=env)
    assert shown.out.startswith("<!-- reconciler:plan desk -->\n## Plan for `desk`")
    assert applied.ok("ci", "comment", "my.plan", "--dry-run", "--json", env=env).json["dry_run"] is True
    assert (github.log, step.summary, step.outputs) == ([], "", {})


# --- the issue ----------------------------------------------------------------------------------------------------


def drifted(desk: Desk, code: int = 2) -> None:
    """The report of a night."""
    done = desk.run("drift", "--report", "json=drift.json", "--retry-seconds", "0")
    assert done.code == code, done.err


def renamed(desk: Desk, name: str) -> None:
    """Somebody edits a location in the vendor's console."""
    desk.sandbox.store.change("optimum", "locations", desk.live("optimum", "locations")[0]["id"], {"name": name})


def test_nights(applied: Desk, github: FakeGitHub, night: Step) -> None:
    """Drift opens an issue, another drift updates it, an unreadable vendor leaves it, the repair closes it, and the
    next drift opens it again."""
    url = "https://github.com/acme/feedback/issues/1"

    def told() -> str:
        done = quiet(applied.ok("ci", "drift-issue", "drift.json", "--json", env=night.env))
        return str(done.json["action"])

    renamed(applied, "Acme Ldn")
    drifted(applied)
    done = quiet(applied.ok("ci", "drift-issue", "drift.json", env=night.env))
    assert done.out == f"issue posted: {url}\n"
    issue = github.issues[0]
    assert (issue["title"], issue["labels"], github.labels) == ("Drift in desk", [{"name": "drift"}], ["drift"])
    assert issue["body"].startswith("<!-- reconciler:drift desk optimum/Location=")
    assert "## Drift for `desk`: 1 changed, 0 gone" in issue["body"] and "Acme Ldn" in issue["body"]
    assert night.summary.startswith("## Drift for `desk`: 1 changed")
    assert night.outputs == {
        "drift": "true", "complete": "true", "drifted": "1", "gone": "0", "unrepairable": "0",
        "action": "created", "issue-url": url, "issue-number": "1",
    }  # fmt: skip
    assert told() == "unchanged"

    renamed(applied, "Acme London")
    drifted(applied)
    assert told() == "updated"
    assert "Acme London" in issue["body"]
    assert github.comments[-1]["body"].startswith("The drift is another one now: **1 changed, 0 gone**.")

    applied.fault({"status": 503}, vendor="optimum")
    drifted(applied, 5)
    assert (told(), night.outputs["complete"], issue["state"]) == ("unchanged", "false", "open")
    applied.sandbox.faults.clear()

    renamed(applied, "Acme Leeds")
    drifted(applied, 0)
    assert (told(), issue["state"], issue["state_reason"]) == ("closed", "closed", "completed")
    assert "**No drift.**" in issue["body"]
    assert told() == "unchanged"

    renamed(applied, "Acme Ldn")
    drifted(applied)
    assert (told(), issue["state"], len(github.issues), len(github.comments)) == ("reopened", "open", 1, 3)


def test_no_drift_no_issue(applied: Desk, github: FakeGitHub, night: Step) -> None:
    """Also from standard input."""
    report = applied.ok("drift", "--json").out
    done = applied.ok("ci", "drift-issue", "-", stdin=report, env=night.env)
    assert done.out == "issue not needed: there is no drift\n"
    assert github.issues == [] and night.outputs["drift"] == "false"


def test_a_part_of_the_drift(applied: Desk, github: FakeGitHub, night: Step) -> None:
    """A report about a selection closes no issue about everything: it needs a key of its own."""
    applied.ok("drift", "--target", "optimum/*", "--report", "json=drift.json")
    done = applied.run("ci", "drift-issue", "drift.json", env=night.env)
    assert (done.code, "error[RCN0377]" in done.err, github.log) == (3, True, [])
    assert "not needed" in applied.ok("ci", "drift-issue", "drift.json", "--key", "optimum", env=night.env).out


def test_what_is_no_report(desk: Desk, night: Step) -> None:
    """Another JSON, a file that is not there, a folder: told, and nobody asked."""
    desk.write("plan.json", json.dumps({"format_version": "1.0", "project": "desk"}))
    for name in ("plan.json", "missing.json", "manifests"):
        done = desk.run("ci", "drift-issue", name, env=night.env)
        assert (done.code, "error[RCN0376]" in done.err, name in done.err) == (3, True, True), done.err


def test_the_issue_rehearsed(applied: Desk, github: FakeGitHub, night: Step) -> None:
    """--dry-run prints what a new issue would say."""
    renamed(applied, "Acme Ldn")
    drifted(applied)
    shown = applied.ok("ci", "drift-issue", "drift.json", "--dry-run", env=night.env).out
    assert shown.startswith("<!-- reconciler:drift desk optimum/Location=") and "Acme Ldn" in shown
    assert github.log == []


def test_a_project_in_two_environments(five: Desk, github: FakeGitHub, step: Step) -> None:
    """Each environment has its comment, told apart by the marker."""
    five.edit("reconciler.yaml", "spec:\n", "spec:\n  environments: {staging: {state: 'sqlite:///.reconciler/s.db'}}\n")
    for environment in ((), ("--env", "staging")):
        five.ok("plan", "--out", "my.plan", *environment)
        five.ok("ci", "comment", "my.plan", env=step.env)
    heads = [one["body"].partition("\n")[0] for one in github.comments]
    assert heads == ["<!-- reconciler:plan desk -->", "<!-- reconciler:plan desk staging -->"]
