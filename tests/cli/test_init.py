"""``init``: a project that validates and plans at once, and nothing of what was there is lost."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
import yaml

from reconciler.cli.founding import first_manifests, fitting_name, ignored_text, token_name, usual_vendors
from reconciler.project.provider import providers
from tests.cli.desk import Desk

MADE = {"reconciler.yaml", "manifests/first.yaml", ".vscode/settings.json", ".gitignore"}


def files(folder: Path) -> set[str]:
    """The files of a project, without its own folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in found if ".reconciler" not in path.parts}


@pytest.fixture
def new(desk: Desk) -> Path:
    """A folder that is not there yet."""
    return desk.folder / "new"


def test_a_fresh_users_path(desk: Desk, new: Path) -> None:
    """With --yes --sandbox the project validates, plans, applies, and then has nothing to do: no edit in between."""
    told = desk.ok("init", "--yes", "--sandbox", "--port", str(desk.sandbox.port), "new").out
    assert files(new) == MADE
    assert [line for line in told.splitlines() if line.startswith("  reconciler doctor")]
    assert "Success! 3 resources in 1 file" in desk.ok("validate", cwd=new).out
    plan = desk.ok("plan", "--json", cwd=new).json
    assert (plan["project"], plan["summary"]["create"], plan["summary"]["blocked"]) == ("new", 3, 0)
    desk.ok("apply", "--auto-approve", cwd=new)
    assert desk.ok("plan", "--detailed-exitcode", cwd=new).code == 0
    assert {row["name"] for row in desk.live("optimum", "locations")} == {"Acme Leeds"}
    assert desk.ok("doctor", cwd=new).code == 0


def test_the_steps_that_are_told_are_the_steps(desk: Desk, new: Path) -> None:
    """What init says to run next is what runs, in that order."""
    made = desk.ok("init", "--yes", "--sandbox", "--port", str(desk.sandbox.port), "new", "--json").json
    steps = made["next"]
    assert [step.split()[:2] for step in steps[:2]] == [["cd", "new"], ["reconciler", "sandbox"]]
    assert steps[2].startswith("export CUSTOMERSURE_TOKEN=sandbox-customersure-token ")
    assert steps[3:5] == ["reconciler doctor", "edit or rm manifests/first.yaml"]
    assert steps[5:] == ["reconciler import", "reconciler plan"]
    assert {row["file"] for row in made["made"]} == MADE | {".reconciler/schemas/"}
    assert (made["project"], made["kept"]) == ("new", [])


@pytest.mark.parametrize("vendor", sorted(providers()))
def test_each_vendor(desk: Desk, new: Path, vendor: str) -> None:
    """A project with one vendor alone is valid as it stands, and names the variable of its token."""
    desk.ok("init", "--yes", "--provider", vendor, "new")
    assert "1 resource in 1 file" in desk.ok("validate", cwd=new).out
    text = (new / "reconciler.yaml").read_text("utf-8")
    assert token_name(vendor) in text and "baseUrl" not in text


def test_it_asks(desk: Desk, new: Path) -> None:
    """At a terminal it asks for name, vendors, company, state and workflows; an answer that will not do is asked for
    again, and an empty one takes the default."""
    done = desk.answer("Bad Name\nacme\ncustomersure, optimun\ncustomersure,optimum\nAcme Ltd\n\nn\n", "init", "new")
    assert done.code == 0, done
    spec = yaml.safe_load((new / "reconciler.yaml").read_text("utf-8"))
    assert spec["metadata"] == {"name": "acme"}
    assert spec["spec"]["state"] == "sqlite:///.reconciler/state.db"
    assert spec["spec"]["connections"]["customersure"]["company"] == "Acme Ltd"
    assert set(spec["spec"]["connections"]) == {"customersure", "optimum"}
    assert 'did you mean "optimum"?' in done.err
    assert "The project acme is begun." in done.out


@pytest.mark.parametrize("words", [(), ("--no-input",), ("--yes",)])
def test_nobody_is_asked(desk: Desk, new: Path, words: tuple[str, ...]) -> None:
    """Without a terminal, or told not to ask, the defaults hold."""
    desk.ok("init", *words, "new")
    connections = yaml.safe_load((new / "reconciler.yaml").read_text("utf-8"))["spec"]["connections"]
    assert tuple(connections) == usual_vendors() == ("customersure", "enco", "optimum")


def test_a_project_that_is_there_stays(desk: Desk) -> None:
    """Where a project is, nothing is written at all."""
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    for words in (("init",), ("init", "--yes"), ("init", "--yes", "."), ("-C", "..", "init", "--yes", "project")):
        done = desk.run(*words)
        assert (done.code, "error[RCN0322]" in done.err) == (3, True)
    assert {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()} == before


def test_what_is_there_is_kept(desk: Desk, new: Path) -> None:
    """Manifests and settings stay as they are and are told; .gitignore gets its lines once."""
    desk.write("new/manifests/mine.yaml", "# mine\n")
    desk.write("new/.vscode/settings.json", "{}\n")
    desk.write("new/.gitignore", "*.plan\n/dist")
    told = desk.ok("init", "--yes", "new").out
    assert files(new) == {"reconciler.yaml", "manifests/mine.yaml", ".vscode/settings.json", ".gitignore"}
    assert (new / ".vscode/settings.json").read_text("utf-8") == "{}\n"
    assert (new / ".gitignore").read_text("utf-8") == "*.plan\n/dist\n.reconciler/\n"
    assert "Left as it was:" in told and "lines added" in told
    (new / "reconciler.yaml").unlink()
    assert "it has the lines already" in desk.ok("init", "--yes", "new").out


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"dist\r\nbuild\r\n", b"dist\r\nbuild\r\n.reconciler/\r\n*.plan\r\n"),
        (b"dist\r\nbuild", b"dist\r\nbuild\r\n.reconciler/\r\n*.plan\r\n"),
        (b"caf\xe9/\n", b"caf\xe9/\n.reconciler/\n*.plan\n"),
    ],
    ids=["lines that end as on Windows", "the last of them without an end", "a name that is no UTF-8"],
)
def test_bytes_that_are_there_are_kept(desk: Desk, new: Path, before: bytes, after: bytes) -> None:
    """.gitignore gets lines, and every byte of those it has stays."""
    new.mkdir()
    (new / ".gitignore").write_bytes(before)
    desk.ok("init", "--yes", "new")
    assert (new / ".gitignore").read_bytes() == after


def test_ordinary_files(desk: Desk, new: Path) -> None:
    """What goes into git can be read by everybody, as the umask allows; nothing half-written is left."""
    desk.ok("init", "--yes", "new")
    assert {stat.S_IMODE((new / name).stat().st_mode) & ~0o022 for name in MADE} == {0o644}
    assert not [name for name in files(new) if name.endswith(".tmp")]
    settings = json.loads((new / ".vscode/settings.json").read_text("utf-8"))
    assert all((new / path).is_file() for path in settings["yaml.schemas"])
    for name in ("reconciler.yaml", "manifests/first.yaml"):
        line = (new / name).read_text("utf-8").splitlines()[0]
        schema = line.removeprefix("# yaml-language-server: $schema=")
        assert ((new / name).parent / schema).is_file()


def test_no_link_leads_away(desk: Desk, new: Path, tmp_path: Path) -> None:
    """A folder that is a link out of the project gets no file; there is no project then, so it can be mended and run
    again."""
    (tmp_path / "elsewhere").mkdir()
    new.mkdir()
    (new / "manifests").symlink_to(tmp_path / "elsewhere")
    done = desk.run("init", "--yes", "new")
    assert (done.code, "error[RCN0304]" in done.err) == (3, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not (new / "reconciler.yaml").exists()
    (new / "manifests").unlink()
    desk.ok("init", "--yes", "new")


REFUSED = [
    ("a vendor that is none", ("--provider", "optimun"), 'did you mean "optimum"?'),
    ("a name with capitals", ("--name", "Acme"), "lower-case letters"),
    ("a company that no header takes", ("--company", "Ümläut"), "ASCII letters"),
    ("a state of another sort", ("--state", "mysql://x"), "sqlite:///PATH"),
    ("a state with its password", ("--state", "postgresql://u:hush@h/d"), "{env: NAME}"),
    ("a variable that is none", ("--state", "env:1 2"), "environment variable"),
    ("no port", ("--sandbox", "--port", "99999"), "range"),
]


@pytest.mark.parametrize(("reason", "words", "says"), REFUSED, ids=[reason for reason, *_ in REFUSED])
def test_what_makes_no_project(desk: Desk, new: Path, reason: str, words: tuple[str, ...], says: str) -> None:
    """An answer that would make a project that does not load is refused before anything is written."""
    done = desk.run("init", "--yes", "new", *words)
    assert (done.code, says in done.err, "hush" in done.err) == (3, True, False), done
    assert not new.exists()


def test_a_state_elsewhere(desk: Desk, new: Path) -> None:
    """A state on a server, by its URL without a password or by a variable."""
    desk.ok("init", "--yes", "new", "--state", "env:ACME_STATE")
    assert "state: {env: ACME_STATE}" in (new / "reconciler.yaml").read_text("utf-8")
    desk.ok("init", "--yes", "other", "--state", "postgresql://db.example.com/acme")
    assert "state: postgresql://db.example.com/acme" in (desk.folder / "other/reconciler.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("acme-feedback", "acme-feedback"),
        ("Meine Fröhliche Firma", "meine-frohliche-firma"),
        ("  ..x..  ", "x"),
        ("日本", "feedback"),
        ("", "feedback"),
        ("a" * 200, "a" * 60),
        ("x_y.Z", "x-y.z"),
    ],
)
def test_names(folder: str, name: str) -> None:
    """A project's name is made from any folder's."""
    assert fitting_name(folder) == name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ".reconciler/\n*.plan\n"),
        ("dist", "dist\n.reconciler/\n*.plan\n"),
        ("/.reconciler\n", "/.reconciler\n*.plan\n"),
        ("*.plan\n.reconciler/\n", "*.plan\n.reconciler/\n"),
        ("# .reconciler/\n", "# .reconciler/\n.reconciler/\n*.plan\n"),
    ],
)
def test_ignored(before: str, after: str) -> None:
    """Lines that are missing are added at the end, however those that are there are written."""
    assert ignored_text(before) == after


def test_every_vendor_at_once() -> None:
    """The first manifests of all vendors are one file, with a comment on each field."""
    documents = list(yaml.safe_load_all(first_manifests(sorted(providers()))))
    assert [document["apiVersion"] for document in documents] == [f"{name}/v1" for name in sorted(providers())]


WORKFLOWS = {".github/workflows/plan.yml", ".github/workflows/apply.yml", ".github/workflows/drift.yml"}


def test_workflows(desk: Desk, new: Path) -> None:
    """With --ci the workflows are there, with the secrets of the chosen vendors and no others."""
    told = desk.ok("init", "--yes", "--ci", "--provider", "enco", "--provider", "b2s", "new").out
    assert files(new) == MADE | WORKFLOWS | {".github/reconciler.txt"}
    assert "edit .github/reconciler.txt" in told
    for name in WORKFLOWS:
        text = (new / name).read_text("utf-8")
        assert yaml.safe_load(text)["jobs"]
        assert set(re.findall(r"secrets\.(\w+_TOKEN)", text)) == {"ENCO_TOKEN", "B2S_TOKEN"}


def test_workflows_for_a_project_that_is_there(desk: Desk, new: Path) -> None:
    """With --ci it gets them, with the secrets that its file names; nothing else changes, a second run makes none."""
    desk.ok("init", "--yes", "--provider", "enco", "new")
    project = (new / "reconciler.yaml").read_text("utf-8").replace("ENCO_TOKEN", "OUR_ENCO_TOKEN")
    (new / "reconciler.yaml").write_text(project, "utf-8")
    told = desk.ok("init", "--ci", cwd=new).out
    assert told.startswith("Workflows for the project new.\n")
    assert "gh secret set OUR_ENCO_TOKEN" in told and "gh secret set RECONCILER_STATE" in told
    assert files(new) == MADE | WORKFLOWS | {".github/reconciler.txt"}
    assert (new / "reconciler.yaml").read_text("utf-8") == project
    for name in WORKFLOWS:
        assert set(re.findall(r"secrets\.(\w+_TOKEN)", (new / name).read_text("utf-8"))) == {"OUR_ENCO_TOKEN"}
    again = desk.ok("init", "--ci", "new", "--json").json
    assert (again["made"], len(again["kept"])) == ([], 4)
    assert desk.run("init", "--yes", "new").code == 3


def test_workflows_belong_to_the_root(desk: Desk, new: Path) -> None:
    """In a folder of a repository no workflow is written where GitHub does not look, and that is said."""
    (desk.folder / ".git").mkdir()
    told = desk.ok("init", "--yes", "--ci", "new").out
    assert files(new) == MADE
    assert "workflows belong to the repository's root" in told
