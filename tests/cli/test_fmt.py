"""`fmt`: every file in its one form, nothing of what it says changed, and what is wrong told and left alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.main import run
from tests.cli.desk import CONNECTIONS, Desk

Told = Callable[..., tuple[int, str, str]]  # a command line's arguments -> exit code, stdout, stderr
PROJECT = CONNECTIONS.format(url="http://127.0.0.1:9")

UGLY = """\
# the store in Leeds
apiVersion:   'optimum/v1'
kind: Location
metadata: {name:  leeds }
spec:
    name: Acme Leeds   # as on the sign
    country_code: GB
"""
PRETTY = """\
# the store in Leeds
apiVersion: "optimum/v1"
kind: Location
metadata: {name: leeds}
spec:
  name: Acme Leeds   # as on the sign
  country_code: GB
"""
PERSON = """\
apiVersion: optimum/v1
kind: Subscriber
metadata: {name: jane}
spec:
    fname: Janet
    mobile_number: "+441132440000"
    country_code: GB
    locations: [leeds]
# ask jane@acme.example
"""


PEOPLE = """\
apiVersion: reconciler/v1
kind: ResourceSet
metadata: {name: people}
spec:
    inputs:
        - {name: joe, called: Joseph}
    resources:
        - apiVersion: optimum/v1
          kind: Subscriber
          metadata: {name: "${input.name}"}
          spec: {fname: "${input.called}", email: joe.f@acme.example, country_code: GB, locations: [leeds]}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one ugly manifest, as the working directory."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "reconciler.yaml").write_text(PROJECT, "utf-8")
    (tmp_path / "manifests/leeds.yaml").write_text(UGLY, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Runs the command line in this process."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ran


def test_the_project_is_formatted(here: Path, told: Told) -> None:
    """Without PATH: the project file and all manifests; the changed ones are named, and a second run changes none."""
    (here / "reconciler.yaml").write_text(PROJECT.replace("    enco:", "    enco:  "), "utf-8")
    code, out, err = told("fmt")
    assert (code, out) == (0, "reconciler.yaml\nmanifests/leeds.yaml\n")
    assert err == "2 of 2 files formatted. See what changed with: git diff\n"
    assert (here / "manifests/leeds.yaml").read_text("utf-8") == PRETTY
    assert (here / "reconciler.yaml").read_text("utf-8") == PROJECT
    assert told("fmt") == (0, "", "2 files, formatted already.\n")
    assert told("fmt", "--check") == (0, "", "")


def test_check_writes_nothing(here: Path, told: Told) -> None:
    """--check names the files, ends with 3 and says how to go on."""
    code, out, err = told("fmt", "--check")
    assert (code, out) == (3, "manifests/leeds.yaml\n")
    assert err == "error[RCN0360]: 1 file is not formatted\nhelp: Run: reconciler fmt\n"
    assert (here / "manifests/leeds.yaml").read_text("utf-8") == UGLY


def test_diff_writes_nothing(here: Path, told: Told) -> None:
    """--diff shows the lines that would change, and says what writes them; with --check it ends with 3."""
    code, out, err = told("fmt", "--diff")
    assert code == 0
    assert out.startswith(
        "--- manifests/leeds.yaml\n+++ manifests/leeds.yaml (formatted)\n@@ -1,7 +1,7 @@\n # the store in Leeds\n"
    )
    assert "-apiVersion:   'optimum/v1'\n" in out and '+apiVersion: "optimum/v1"\n' in out
    assert err == "1 of 2 files would change. To write that, run: reconciler fmt\n"
    assert told("fmt", "--diff", "manifests")[2].endswith("To write that, run: reconciler fmt manifests\n")
    assert told("fmt", "--check", "manifests")[2].endswith("help: Run: reconciler fmt manifests\n")
    assert told("fmt", "--diff", "--check")[0] == 3
    assert (here / "manifests/leeds.yaml").read_text("utf-8") == UGLY


def test_a_diff_shows_nobody(here: Path, told: Told) -> None:
    """What is somebody's stays out of the diff, in fields and in comments, and a secret in the wrong place as well."""
    (here / "manifests/people.yaml").write_text(PERSON, "utf-8")
    (here / "manifests/rows.yaml").write_text(PEOPLE, "utf-8")
    (here / "reconciler.yaml").write_text(PROJECT.replace("token: {env: ENCO_TOKEN}", "token:   hush-hush"), "utf-8")
    shown = "".join(map(str, told("fmt", "--diff") + told("fmt", "--diff", "--json")))
    assert "fname: ***" in shown and "token:   ***" in shown
    assert not any(
        secret in shown for secret in ("Janet", "Joseph", "joe.f", "441132440000", "jane@acme.example", "hush-hush")
    )


def test_wrong_files_are_told_and_the_others_formatted(here: Path, told: Told) -> None:
    """A file that is no YAML is told as validate tells it, and stays as it is."""
    (here / "manifests/bad.yaml").write_text("a: [\n", "utf-8")
    (here / "manifests/twice.yaml").write_text("a: 1\na:   2\n", "utf-8")
    code, out, err = told("fmt")
    assert (code, out) == (3, "manifests/leeds.yaml\n")
    assert "error[RCN0101]" in err and "manifests/bad.yaml:1" in err
    assert "error[RCN0112]" in err and "manifests/twice.yaml:2:1" in err
    assert (here / "manifests/leeds.yaml").read_text("utf-8") == PRETTY
    assert (here / "manifests/twice.yaml").read_text("utf-8") == "a: 1\na:   2\n"


def test_as_json(here: Path, told: Told) -> None:
    """--json lists every file that was read, and the problems, in one document."""
    (here / "manifests/bad.yaml").write_text("a: [\n", "utf-8")
    code, out, _ = told("fmt", "--check", "--json")
    document = json.loads(out)
    assert code == 3
    assert document["files"] == [
        {"file": "manifests/leeds.yaml", "changed": True},
        {"file": "reconciler.yaml", "changed": False},
    ]
    assert {error["code"] for error in document["errors"]} == {"RCN0101", "RCN0360"}


def test_paths_need_no_project(here: Path, told: Told) -> None:
    """Files and folders can be named; what is wrong there is told where it is a manifest, or is not there at all."""
    (here / "reconciler.yaml").unlink()
    note = "1 of 1 file formatted. See what changed with: git diff\n"
    assert told("fmt", "manifests/leeds.yaml") == (0, "manifests/leeds.yaml\n", note)
    (here / "mine.yaml").write_text("apiVersion: optimum/v1\nspec:\n", "utf-8")
    assert "error[RCN0122]" in told("fmt", ".")[2]
    assert told("fmt", "mine.yaml")[0] == 3
    code, out, err = told("fmt", "manifests/none.yaml")
    assert (code, out) == (3, "")
    assert "error[RCN0124]: manifests/none.yaml cannot be read" in err
    assert "error[RCN0201]" in told("fmt")[2]


@pytest.mark.parametrize("path", [".", "compose.yaml"], ids=["in a folder", "by name"])
def test_what_other_tools_read_is_left_to_them(here: Path, told: Told, path: str) -> None:
    """YAML without a manifest, in our dialect or not: a hook that names every file of a commit changes none of it."""
    (here / "compose.yaml").write_text("services: {a:   1}\n", "utf-8")
    (here / "workflow.yaml").write_text("on:\n  push:\n", "utf-8")
    code, out, err = told("fmt", path, "workflow.yaml", "--check", "manifests")
    assert (code, out) == (3, "manifests/leeds.yaml\n")
    assert err.endswith("2 files hold no manifest, and were left alone.\n")
    assert (here / "compose.yaml").read_text("utf-8") == "services: {a:   1}\n"


def test_a_file_keeps_what_is_the_users(here: Path, told: Told) -> None:
    """Its mode, the link that leads to it, and its bytes where it may not be written."""
    file = here / "manifests/leeds.yaml"
    (here / "stores.yml").write_text(UGLY.replace("leeds }", "york }"), "utf-8")
    (here / "stores.yml").chmod(0o640)
    (here / "manifests/york.yaml").symlink_to("../stores.yml")
    file.chmod(0o444)
    code, out, err = told("fmt")
    assert (code, out) == (3, "manifests/york.yaml\n")
    assert "error[RCN0193]: manifests/leeds.yaml cannot be rewritten: it is read-only" in err
    assert file.read_text("utf-8") == UGLY
    file.chmod(0o600)
    assert told("fmt")[0] == 0
    assert (here / "manifests/york.yaml").is_symlink()
    assert (here / "stores.yml").stat().st_mode & 0o777 == 0o640
    assert "metadata: {name: york}" in (here / "stores.yml").read_text("utf-8")
    assert sorted(path.name for path in (here / "manifests").iterdir()) == ["leeds.yaml", "york.yaml"]


def test_a_link_out_of_the_project_is_not_followed(
    here: Path, told: Told, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file elsewhere is not ours to write, wherever a link may point."""
    other = tmp_path_factory.mktemp("elsewhere") / "x.yaml"
    other.write_text(UGLY, "utf-8")
    (here / "manifests/x.yaml").symlink_to(other)
    up = f"../{here.name}"
    for words in (("fmt",), ("fmt", "manifests/x.yaml"), ("-C", up, "fmt"), ("-C", up, "fmt", "manifests/x.yaml")):
        code, _, err = told(*words)
        assert (code, "error[RCN0125]" in err) == (3, True), words
    assert other.read_text("utf-8") == UGLY


def test_marks_and_line_ends_are_formatted(here: Path, told: Told) -> None:
    """A byte order mark and CRLF are another form as well, though the text without them is the same."""
    file = here / "manifests/leeds.yaml"
    for data in (b"\xef\xbb\xbf" + PRETTY.encode(), PRETTY.replace("\n", "\r\n").encode()):
        file.write_bytes(data)
        assert told("fmt", "--check")[0] == 3
        assert told("fmt")[1] == "manifests/leeds.yaml\n"
        assert file.read_bytes() == PRETTY.encode()


def test_stdin_is_filtered(desk: Desk) -> None:
    """-: from stdin to stdout, for editors; what is wrong there is told, and nothing is written to stdout."""
    assert desk.ok("fmt", "-", stdin=UGLY, cwd=desk.home).out == PRETTY
    assert desk.ok("fmt", "-f", "-", stdin=PRETTY, cwd=desk.home).out == PRETTY
    wrong = desk.run("fmt", "-", stdin="a: [\n", cwd=desk.home)
    assert (wrong.code, wrong.out) == (3, "")
    assert "<stdin>:" in wrong.err


def test_what_somebody_else_wrote_meanwhile_stays(here: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changed since it was read is left as it is."""
    from reconciler.cli import formatting

    (here / "manifests/york.yaml").write_text(UGLY.replace("leeds }", "york }"), "utf-8")
    before = formatting.Formed.rewriting.fget  # type: ignore[attr-defined]

    def later(one: formatting.Formed) -> object:
        (here / "manifests/york.yaml").write_text("# new\n", "utf-8")
        return before(one)

    monkeypatch.setattr(formatting.Formed, "rewriting", property(later))
    code, out, err = told("fmt")
    assert (code, out) == (3, "manifests/leeds.yaml\n")
    assert "error[RCN0192]: manifests/york.yaml was changed" in err
    assert (here / "manifests/york.yaml").read_text("utf-8") == "# new\n"
