"""``explain``: every code has a page, and the examples on it are true; every kind and field has one too."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.document import Shape
from reconciler.errors import CATALOGUE
from reconciler.manifest import read
from reconciler.report.catalogue import Page, pages_of
from reconciler.schema import load
from tests.architecture.source import PACKAGE
from tests.cli import playbook
from tests.cli.desk import Desk

PAGES = pages_of((PACKAGE / "errors.md").read_text("utf-8"))
LIVING = [page for page in PAGES.values() if playbook.living(page)]
FORMS_OF_A_CODE = ["RCN0102", "rcn0102", " Rcn0102 ", "0102", "102", "rcn102"]


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
    """Without a topic there is one line each, for the kinds and for the codes."""
    kinds, codes = desk.ok("explain", cwd=desk.home).out.split("\n\n")
    assert [line[:7] for line in codes.splitlines()] == sorted(CATALOGUE)
    assert {line.split()[0] for line in kinds.splitlines()[1:]} >= set(load().types)


@pytest.mark.parametrize(
    ("asked", "suggested"),
    [("RCN0120x", "RCN0120"), ("RNC0102", "RCN0102"), ("RCN6006", "RCN0606"), ("RCN0399", "")],
)
def test_an_unknown_code_is_suggested(asked: str, suggested: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip of the pen is told with the code it may have been."""
    code = run(["explain", asked, "--json"])
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert (code, error["code"]) == (3, "RCN0303")
    assert (f'did you mean "{suggested}"?' if suggested else "explain") in error["hint"]


@pytest.mark.parametrize("kind", sorted(load().types))
def test_every_kind_can_be_explained(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The page of a kind has what it is, every field of its spec, and an example that loads."""
    rtype = load().get(kind)
    code, shown = told(capsys, ["explain", kind])
    words = " ".join(shown.split())
    assert code == 0
    assert shown.startswith(f"{rtype.api_version} {rtype.type}\n")
    assert rtype.description in words
    for name, field in rtype.fields.items():
        assert re.search(rf"^  {name} ", shown, re.MULTILINE), name
        assert field.title in words
    example = textwrap.dedent(shown.split("\nExample\n")[1].split("\n\n")[0])
    (document,) = read(f"{example}\n", "example.yaml")
    assert Shape(rtype.document).fits(document.value)


FIELDS = [
    ("Location.postal_code", "optimum/Location.spec.postal_code   text or null, optional", "clears it"),
    ("Survey.questions.body", "enco/Survey.spec.questions.body   text, required", "put to the customer"),
    ("Location.metadata.externalId", "optimum/Location.metadata.externalId   text, optional", "id of the live object"),
    ("Location.lifecycle.replace", "optimum/Location.lifecycle.replace   text, optional", "One of refuse or allow."),
    ("ResourceSet", "reconciler/v1 ResourceSet", "template"),
    ("Project.spec.connections", "reconciler/Project.spec.connections   mapping, required", "provider: optimum"),
    (
        "optimum/v1 Account.active_users",
        "optimum/Account.spec.active_users   whole number, set by the vendor",
        "it cannot be declared",
    ),
]


@pytest.mark.parametrize(("word", "heading", "says"), FIELDS, ids=[word for word, *_ in FIELDS])
def test_fields(word: str, heading: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A field's page begins with its type, and tells its rules; words on the command line go together."""
    code, shown = told(capsys, ["explain", *word.split()])
    assert (code, shown.splitlines()[0]) == (0, heading)
    assert says in " ".join(shown.split())


def test_fields_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """--json has the type, the rules with their keywords, the fields below and an example."""
    page = json.loads(told(capsys, ["explain", "Survey.questions", "--json"])[1])
    assert (page["kind"], page["path"], page["type"]) == ("enco/Survey", "spec.questions", "list of mappings")
    assert [field["name"] for field in page["fields"]] == ["language", "body"]
    assert {rule["keyword"] for rule in page["rules"]} >= {"minItems", "x-set"}
    assert page["example"].startswith("questions:\n  - language:")
    index = json.loads(told(capsys, ["explain", "--json"])[1])
    assert {row["kind"] for row in index["kinds"]} >= set(load().types)


ODD = [
    ("two vendors have it", "Survey", "write b2s/Survey or enco/Survey"),
    ("a kind misspelt", "Locaton", 'did you mean "Location"?'),
    ("a kind misspelt, with a field", "Locaton.name", 'did you mean "Location.name"?'),
    ("a field misspelt", "Location.postcode", 'did you mean "postal_code"?'),
    ("a field that is far from any", "Location.zzz", "its fields are name, address_line_1"),
    ("below a text", "Location.name.first", "it has no fields"),
    ("a field alone", "questions.body", "reconciler explain enco/Survey.questions.body"),
    ("what every kind has", "lifecycle.replace", "/Answer.lifecycle.replace"),
    ("a vendor", "optimum", "its kinds are optimum/Account, optimum/Location, optimum/Subscriber"),
    ("nothing of the sort", "nonsense", "reconciler explain lists the kinds and the codes"),
]


@pytest.mark.parametrize(("reason", "word", "hint"), ODD, ids=[reason for reason, *_ in ODD])
def test_what_cannot_be_explained(reason: str, word: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A word that is neither kind nor code is told with what may have been meant."""
    code = run(["explain", word, "--json"])
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert (code, error["code"]) == (3, "RCN0321")
    assert hint in error["hint"]
