"""What a runner says, and the files in which it takes answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import GITHUB_PLACE_UNKNOWN, OUTPUT_FAILED, ReconcilerError
from reconciler.forge.runner import SUMMARY_LIMIT, Event, Runner

SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
PULL = {"number": 7, "head": {"sha": SHA}}


@pytest.mark.parametrize(
    ("content", "event", "reason"),
    [
        ({"pull_request": PULL}, Event(7, SHA), "a pull request"),
        ({"issue": {"number": 7, "pull_request": {"url": "x"}}}, Event(7, None), "a comment on a pull request"),
        ({"issue": {"number": 7}}, Event(), "an issue is no pull request"),
        ({"ref": "refs/heads/main", "after": SHA}, Event(), "a push"),
        ({"schedule": "0 3 * * *"}, Event(), "a schedule"),
        ({"pull_request": {"number": True, "head": {"sha": "x; rm"}}}, Event(), "nothing usable"),
    ],
)
def test_events(tmp_path: Path, content: Any, event: Event, reason: str) -> None:
    """The number and the head's commit of a pull request."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps(content))
    assert Runner({"GITHUB_EVENT_PATH": str(file)}).event() == event, reason


def test_no_event() -> None:
    """Outside of a run there is none."""
    assert Runner({}).event() is None


@pytest.mark.parametrize("content", ["", "[]", "{", '"x"', None])
def test_a_file_that_is_no_event(tmp_path: Path, content: str | None) -> None:
    """That is an error of its own, since guessing would comment somewhere else."""
    file = tmp_path / "event.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ReconcilerError) as told:
        Runner({"GITHUB_EVENT_PATH": str(file)}).event()
    assert told.value.code == GITHUB_PLACE_UNKNOWN


@pytest.mark.parametrize("name", ["", "acme", "acme/feedback/x", "acme/fee dback", "../x", "acme/..", "a/b?x", "a/b#c"])
def test_names_that_are_no_repository(name: str) -> None:
    """A name that could lead elsewhere is refused."""
    with pytest.raises(ReconcilerError) as told:
        Runner({"GITHUB_REPOSITORY": name}).repository(None)
    assert told.value.code == GITHUB_PLACE_UNKNOWN


def test_repository_and_api() -> None:
    """What is given counts before the run's; github.com is the default."""
    run = Runner({"GITHUB_REPOSITORY": "acme/feedback", "GITHUB_API_URL": "https://ghes.example/api/v3/"})
    assert (run.repository(None), run.repository("a/b.c")) == ("acme/feedback", "a/b.c")
    assert (run.api_url, Runner({}).api_url) == ("https://ghes.example/api/v3", "https://api.github.com")


def test_where_the_run_is_seen() -> None:
    """A link, where every part of it is what it should be."""
    said = {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/feedback",
        "GITHUB_RUN_ID": "42",
    }
    assert Runner(said).run_url() == "https://github.com/acme/feedback/actions/runs/42"
    assert Runner({**said, "GITHUB_RUN_ID": "42)"}).run_url() is None
    assert Runner({}).run_url() is None


def test_the_summary_is_appended_to(tmp_path: Path) -> None:
    """What other tools wrote in the same step stays."""
    file = tmp_path / "summary.md"
    file.write_text("# before\n")
    assert Runner({"GITHUB_STEP_SUMMARY": str(file)}).summarise(["## Plan\n"])
    assert file.read_text() == "# before\n## Plan\n\n"


def test_a_summary_stays_below_its_limit(tmp_path: Path) -> None:
    """GitHub drops a summary of more than 1 MiB whole; the shorter text is taken, or none."""
    file = tmp_path / "summary.md"
    file.write_text("x" * (SUMMARY_LIMIT - 100))
    run = Runner({"GITHUB_STEP_SUMMARY": str(file)})
    assert run.summarise(["long" * 100, "short"])
    assert file.read_text().endswith("xshort\n\n")
    assert not run.summarise(["long" * 100])
    assert file.stat().st_size <= SUMMARY_LIMIT
    assert Runner({}).summarise(["nothing to write into"])


def test_outputs_cannot_be_forged(tmp_path: Path) -> None:
    """A value of many lines stays one value, whatever it holds."""
    file = tmp_path / "output"
    Runner({"GITHUB_OUTPUT": str(file)}).output({"changes": "true", "x": "a\nEOF\nadmin=true"})
    lines = file.read_text().splitlines()
    first, second = lines[0].removeprefix("changes<<"), lines[3].removeprefix("x<<")
    assert lines == [f"changes<<{first}", "true", first, f"x<<{second}", "a", "EOF", "admin=true", second]
    assert first != second and len(first) > 30


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """It is an error, not a traceback."""
    with pytest.raises(ReconcilerError) as told:
        Runner({"GITHUB_OUTPUT": str(tmp_path / "no" / "output")}).output({"a": "b"})
    assert told.value.code == OUTPUT_FAILED
