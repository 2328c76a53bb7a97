"""`validate`, and what every command does with bad manifests and a bad project file: all told at once, nothing sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.cli.main import run
from tests.cli.desk import FIVE_KINDS, Desk, location

MANY_PROBLEMS = """\
apiVersion: optimum/v1
kind: Location
metadata: {name: leeds}
spec:
  nmae: Acme Leeds
  name: 12
  country_code: GB
---
apiVersion: optimum/v1
kind: Locaton
metadata: {name: york}
spec: {name: York, country_code: GB}
---
apiVersion: enco/v1
kind: Question
metadata: {name: hello}
spec: {survey: nowhere, language: en, body: Hello?}
---
apiVersion: customersure/v1
kind: Site
metadata: {name: leeds}
spec:
  site_code: a
  site_code: b
  name: Acme
"""

# code, place, the source line, what the carets span, the way out
TOLD = [
    ("RCN0102", "manifests/all.yaml:5:3", "  nmae: Acme Leeds", "nmae", 'did you mean "name"?'),
    ("RCN0105", "manifests/all.yaml:6:9", "  name: 12", "12", 'quote it: "12"'),
    ("RCN0109", "manifests/all.yaml:10:7", "kind: Locaton", "Locaton", 'did you mean "Location"?'),
    (
        "RCN0133",
        "manifests/all.yaml:17:16",
        "spec: {survey: nowhere, language: en, body: Hello?}",
        "nowhere",
        "externalId",
    ),
    ("RCN0112", "manifests/all.yaml:24:3", "  site_code: b", "site_code", "Keep one of the two."),
    ("RCN0101", "manifests/broken.yaml:1:4", "a: [1, 2", "[", "Correct the place that the caret shows"),
]

BEFORE_ANY_REQUEST = [
    ("validate",),
    ("plan",),
    ("plan", "--json"),
    ("plan", "--out", "x.plan"),
    ("apply", "--auto-approve"),
    ("drift",),
]


def bad(desk: Desk) -> Desk:
    """A project with six problems in two files."""
    desk.manifest(MANY_PROBLEMS)
    desk.write("manifests/broken.yaml", "a: [1, 2\n")
    return desk


def test_a_valid_project_is_said_to_be_so(five: Desk) -> None:
    """The count of resources and files goes to stdout, nothing to stderr, and no vendor is asked."""
    done = five.run("validate")
    assert (done.code, done.out, done.err) == (0, "Success! 5 resources in 1 file: the configuration is valid.\n", "")
    assert five.requests() == []


def test_validate_needs_no_token(five: Desk) -> None:
    """A fork's pull request is validated without any secret."""
    five.ok("validate", without=["ENCO_TOKEN", "CUSTOMERSURE_TOKEN", "OPTIMUM_TOKEN"])


def test_validate_as_json(five: Desk) -> None:
    """--json is one document with the verdict."""
    assert five.ok("validate", "--json").json == {"valid": True, "errors": [], "resources": 5, "files": 1}


def test_validate_reads_standard_input(desk: Desk) -> None:
    """-f - takes manifests from a pipe; their place is told as <stdin>."""
    desk.ok("validate", "-f", "-", stdin=FIVE_KINDS)
    done = desk.run("validate", "-f", "-", stdin=location("leeds").replace("name:", "nmae:", 2))
    assert done.code == 3
    assert "<stdin>:" in done.err


def test_every_problem_is_told_at_once_with_its_place(desk: Desk) -> None:
    """Code, file:line:col, the source line, carets under the very words, and a way out, for each problem."""
    done = bad(desk).run("validate")
    assert (done.code, done.out) == (3, "")
    blocks = [block.splitlines() for block in done.err.split("\n\n")]
    for block, (code, place, line, span, way_out) in zip(blocks, TOLD, strict=False):
        assert block[0].startswith(f"error[{code}]: ")
        assert block[1] == place
        number = place.split(":")[1]
        assert block[3] == f"{number} | {line}"
        assert re.fullmatch(rf" +\| {' ' * line.index(span)}\^{{{len(span)}}}", block[4]), block[4]
        assert block[5].startswith("help: ")
        assert way_out in block[5]
    assert done.err.endswith("6 problems in 2 files.\n")


@pytest.mark.parametrize("arguments", BEFORE_ANY_REQUEST, ids=" ".join)
def test_no_request_is_sent_when_a_manifest_is_wrong(desk: Desk, arguments: tuple[str, ...]) -> None:
    """Whatever the command, one bad manifest means exit 3, no request, no state and no plan file."""
    assert bad(desk).run(*arguments).code == 3
    assert desk.requests() == []
    assert not (desk.folder / ".reconciler").exists()
    assert not (desk.folder / "x.plan").exists()


def test_problems_as_json(desk: Desk) -> None:
    """With --json, programs find the same problems on stdout."""
    done = bad(desk).run("validate", "--json")
    assert done.code == 3
    found = [(e["code"], f"{e['file']}:{e['line']}:{e['column']}") for e in done.json["errors"]]
    assert found == [(code, place) for code, place, *_ in TOLD]
    assert all(error["message"] and error["hint"] for error in done.json["errors"])


STRICT_YAML = [
    ("name: on\n  postal_code: 07\n", 0, "`on` and `07` are text, as they were written"),
    ("name: !!str x\n", 3, "tags are no part of the format"),
    ("name: &a x\n  postal_code: *b\n", 3, "an alias to nothing"),
    ("name: x\n  <<: {postal_code: y}\n", 3, "merge keys are no part of the format"),
    ("name: 1e3\n", 0, "a number with an exponent is text"),
    ("name: 1.5\n", 3, "a number where text is due must be quoted"),
    ("name: true\n", 3, "a boolean where text is due must be quoted"),
    ("name: null\n", 3, "null cannot stand for a required text"),
    ("name: ~\n", 0, "a tilde is text"),
    ('name: "a\\u202Eb"\n', 3, "a character that turns the reading direction"),
    ('name: "a\\u001Bb"\n', 3, "an escape character"),
    ("name: 2020-01-01\n", 0, "a date is text"),
]


@pytest.mark.parametrize(("lines", "code", "reason"), STRICT_YAML, ids=[reason for *_, reason in STRICT_YAML])
def test_yaml_is_strict(desk: Desk, lines: str, code: int, reason: str) -> None:
    """Scalars are what the format says, and not what YAML 1.1 would make of them."""
    desk.manifest(
        f"apiVersion: optimum/v1\nkind: Location\nmetadata: {{name: x}}\nspec:\n  country_code: GB\n  {lines}"
    )
    done = desk.run("validate")
    assert done.code == code, done.err
    assert ("manifests/all.yaml:" in done.err) == (code == 3)


PROJECT_PROBLEMS = [
    ("token: {env: ENCO_TOKEN}", "token: enco-hush-5b1fd7a09c", "RCN0203", "a literal secret, which is not repeated"),
    ("provider: optimum", "provider: optimun", "RCN0208", "a provider misspelled"),
    ("company: Waffle House", "note: x", "RCN0210", "the company is missing"),
    ("kind: Project", "kind: Projekt", "RCN0202", "no project file at all"),
    ("baseUrl: http://127.0.0.1:", "baseUrl: http://optimumfeedback.com:", "RCN0206", "plain http to a vendor"),
    ("baseUrl: http://127.0.0.1:", "baseUrl: https://example.org:", "RCN0207", "a host that nobody allowed"),
    ("metadata:\n  name: desk", "metadata: {}", "RCN0103", "no name"),
    ("spec:", "spec:\n  state: mysql://x/y", "RCN0212", "a state of another sort"),
]


@pytest.mark.parametrize(
    ("before", "after", "code", "reason"), PROJECT_PROBLEMS, ids=[reason for *_, reason in PROJECT_PROBLEMS]
)
def test_a_wrong_project_file_is_told_with_its_place(
    five: Desk, before: str, after: str, code: str, reason: str
) -> None:
    """The project file is held to the same promise; its secrets are never repeated in a message."""
    original = (five.folder / "reconciler.yaml").read_text("utf-8")
    five.edit("reconciler.yaml", before, after)
    done = five.run("plan")
    five.write("reconciler.yaml", original)  # the literal secret would be found at the end
    assert done.code == 3
    assert f"error[{code}]" in done.err
    assert re.search(r"^reconciler\.yaml:\d+:\d+$", done.err, re.M)
    assert "token: enco-hush" not in after or "***" in done.err
    assert five.requests() == []


def test_several_problems_of_the_project_file_come_together(five: Desk) -> None:
    """Two mistakes in the project file are told in one go."""
    five.edit("reconciler.yaml", "provider: optimum", "provider: optimun")
    five.edit("reconciler.yaml", "company: Waffle House", "compny: Waffle House")
    done = five.run("validate")
    assert done.code == 3
    assert "RCN0208" in done.err
    assert 'did you mean "company"?' in done.err


def test_a_missing_token_is_told_before_any_request(five: Desk) -> None:
    """All variables that are not set are named in one go, and nothing is sent to the vendors whose token is there."""
    done = five.run("plan", without=["ENCO_TOKEN", "OPTIMUM_TOKEN"])
    assert done.code == 3
    assert done.err.count("error[RCN0204]") == 2
    assert "ENCO_TOKEN" in done.err
    assert "OPTIMUM_TOKEN" in done.err
    assert five.requests() == []


def test_no_manifests_at_all_is_an_error(desk: Desk) -> None:
    """An empty folder never means that everything goes."""
    done = desk.run("plan")
    assert done.code == 3
    assert "RCN0126" in done.err
    assert desk.requests() == []


SITE = "apiVersion: customersure/v1\nkind: Site\nmetadata: {name: a}\nspec: {site_code: a, naem: A}\n"
SITES_OWN = [("RCN0103", "manifests/a.yaml:4:1"), ("RCN0102", "manifests/a.yaml:4:22")]
BESIDE = [
    ("{provider: customersure, company: A, token: {env: A}, timeout: soon}", "RCN0104", "6:71", SITES_OWN, "a setting"),
    ("{provider: customersure, company: A, token: sk-1}", "RCN0203", "6:52", SITES_OWN, "a secret written out"),
    ("{provider: custmersure, company: A, token: {env: A}}", "RCN0208", "6:19", SITES_OWN, "a mistyped provider"),
    ("{provider: customersure, token: {env: A}}", "RCN0210", "6:5", SITES_OWN, "no company"),
    ("{provider: optimum, token: {env: A}}\n  sttae: x", "RCN0102", "7:3", SITES_OWN, "no such field"),
    ("{provider: optimum, token: {env: A}}\n  state: ftp://x", "RCN0212", "7:3", SITES_OWN, "no place for a state"),
    ("{provider: optimum, token: {env: A}}\n  manifests: manifests", "RCN0104", "7:14", [], "manifests that are none"),
]


@pytest.mark.parametrize("command", ["validate", "plan"])
@pytest.mark.parametrize(("spec", "code", "place", "manifests", "reason"), BESIDE, ids=[case[4] for case in BESIDE])
def test_the_project_files_problems_stand_beside_the_manifests(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    spec: str,
    code: str,
    place: str,
    manifests: list[tuple[str, str]],
    reason: str,
) -> None:
    """One run tells both, as long as the project file says where the manifests are; what only follows is left out."""
    head = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: x}\nspec:\n  connections:\n"
    (tmp_path / "reconciler.yaml").write_text(f"{head}    c: {spec}\n")
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "a.yaml").write_text(SITE)
    assert run([command, "-C", str(tmp_path)]) == 3
    told = re.findall(r"error\[(RCN\d+)\].*\n(\S+)\n", capsys.readouterr().err)
    assert told == [*manifests, (code, f"reconciler.yaml:{place}")], reason


def test_a_selection_bounds_what_is_told_beside_a_wrong_project_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With -f only that file is read, also then; an unknown environment says too little to go on."""
    head = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: x}\nspec:\n"
    (tmp_path / "reconciler.yaml").write_text(f"{head}  connections: {{c: {{provider: optimum}}}}\n")
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(SITE)
    for arguments, files in ((("-f", "b.yaml"), {"b.yaml"}), (("-f", "b.yaml", "--env", "x"), set())):
        assert run(["validate", "-C", str(tmp_path), *arguments]) == 3
        told = set(re.findall(r"^(\w+\.yaml):\d", capsys.readouterr().err, re.MULTILINE))
        assert told - {"reconciler.yaml"} == files
