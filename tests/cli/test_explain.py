"""``explain``: every code has a page, and the examples on it are true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.errors import CATALOGUE
from reconciler.report.catalogue import Page, pages_of
from tests.architecture.source import PACKAGE
from tests.cli import playbook
from tests.cli.desk import Desk

PAGES = pages_of((PACKAGE / "errors.md").read_text("utf-8"))
LIVING = [page for page in PAGES.values() if playbook.living(page)]
FORMS_OF_A_CODE = ["RCN0102", "rcn0102", " Rcn0102 ", "0102", "102"]


def told(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> tuple[int, str]:
    """Run the command line in this process: its exit code, and what it printed on both streams."""
    code = run(arguments)
    printed = capsys.readouterr()
    return code, printed.out + printed.err


@pytest.mark.parametrize("page", LIVING, ids=lambda page: page.code)
def test_examples_are_true(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The files of a page give exactly its code, with the very words that the page shows."""
    monkeypatch.chdir(tmp_path)
    playbook.lay_out(page, tmp_path)
    codes, met = set(), set()
    for scene in playbook.scenes(page):
        code, printed = playbook.play(scene, lambda arguments: told(capsys, arguments), tmp_path)
        assert printed == scene.told
        codes |= {code} - {0}
        met |= set(re.findall(r"\[(RCN\d{4})\]", printed))
    assert (codes, met) == ({CATALOGUE[page.code].exit_code}, {page.code})


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.code)
def test_every_code_can_be_explained(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    """The page tells code, title, exit code, what it means, an example and the way out."""
    entry = CATALOGUE[page.code]
    code, shown = told(capsys, ["explain", page.code])
    words = " ".join(shown.split())
    assert code == 0
    assert shown.startswith(f"{page.code}: {entry.title}\n\nExit code {entry.exit_code}.\n")
    assert " ".join(page.meaning.split()) in words
    assert entry.way_out in words
    for example in page.examples:
        assert all(f"    {line}".rstrip() in shown for line in example.text.splitlines())


@pytest.mark.parametrize("spelling", FORMS_OF_A_CODE)
def test_a_code_is_known_however_it_is_spelled(spelling: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Letter case, the letters and leading zeros do not count."""
    assert told(capsys, ["explain", spelling])[1].startswith("RCN0102: unknown field\n")


def test_pages_for_programs(desk: Desk) -> None:
    """--json has the same parts; without a code it lists every code."""
    page = desk.ok("explain", "RCN0102", "--json", cwd=desk.home).json
    assert (page["code"], page["title"], page["exit_code"]) == ("RCN0102", "unknown field", 3)
    assert page["meaning"] and page["way_out"]
    assert {example["form"] for example in page["examples"]} == {"yaml", "console"}
    index = desk.ok("explain", "--json", cwd=desk.home).json
    assert [error["code"] for error in index["errors"]] == sorted(CATALOGUE)


def test_all_codes_are_listed(desk: Desk) -> None:
    """Without a code there is one line each."""
    lines = desk.ok("explain", cwd=desk.home).out.splitlines()
    assert [line[:7] for line in lines] == sorted(CATALOGUE)


@pytest.mark.parametrize(
    ("asked", "suggested"),
    [("RCN0120x", "RCN0120"), ("RNC0102", "RCN0102"), ("RCN6006", "RCN0606"), ("RCN0199", ""), ("nonsense", "")],
)
def test_an_unknown_code_is_suggested(asked: str, suggested: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip of the pen is told with the code it may have been."""
    code = run(["explain", asked, "--json"])
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert (code, error["code"]) == (3, "RCN0303")
    assert (f'did you mean "{suggested}"?' if suggested else "explain") in error["hint"]
