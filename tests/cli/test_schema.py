"""``schema``: the schemas shown, and laid out so that editors and validators find and understand them."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.schema.shipped import shipped
from tests.cli.desk import FIVE_KINDS, ROOT, Desk, Finished

TEMPLATE = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"
WRONG = [
    ("a field that its kind does not know", "postal_code: LS1 8EQ", "post_code: LS1 8EQ"),
    ("a number where text is due", 'name: "Store leeds"', "name: 7"),
    ("a field that is missing", '  country_code: "GB"\n', ""),
    ("a name with capitals", "name: leeds", "name: Leeds"),
]
LEEDS = 'apiVersion: optimum/v1\nkind: Location\nmetadata: {name: leeds}\nspec:\n  name: "Store leeds"\n'
LEEDS += '  country_code: "GB"\n  postal_code: LS1 8EQ\n'


def kubeconform(folder: Path, text: str) -> list[str]:
    """What kubeconform does with a file: for each document the schema at the template's path (the kind in lower case,
    as it has it), found anew and standing alone; the messages of all that does not fit."""
    told: list[str] = []
    for document in yaml.safe_load_all(text):
        group, _, version = document["apiVersion"].partition("/")
        path = TEMPLATE.replace("{{.Group}}", group).replace("{{.ResourceAPIVersion}}", version)
        file = folder / path.replace("{{.ResourceKind}}", document["kind"].lower())
        if not file.is_file():
            told.append(f"could not find schema for {document['kind']}")
            continue
        schema = json.loads(file.read_text("utf-8"))
        told += [error.message for error in Draft202012Validator(schema).iter_errors(document)]
    return told


def check_jsonschema(desk: Desk, schema: Path, *files: Path) -> Finished:
    """check-jsonschema's answer, as its JSON."""
    words = ["--schemafile", str(schema), "-o", "JSON", *map(str, files)]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *words],
        cwd=desk.folder,
        env={**desk.env, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def schemas(desk: Desk) -> Path:
    """The schemas in their usual place."""
    desk.ok("schema", "--out")
    return desk.folder / ".reconciler" / "schemas"


def test_all_are_listed(desk: Desk) -> None:
    """Without a name there is a line for each, and with --json the file that --out makes of it."""
    lines = desk.ok("schema").out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == sorted(shipped())
    rows = {row["name"]: row["file"] for row in desk.ok("schema", "--json").json["schemas"]}
    assert rows["optimum/Location"] == "optimum/location_v1.json"


@pytest.mark.parametrize(
    ("word", "file"),
    [
        ("optimum/Location", "optimum/Location"),
        ("location", "optimum/Location"),
        ("Project", "Project"),
        ("plan", "plan"),
    ],
)
def test_one_is_shown(desk: Desk, word: str, file: str) -> None:
    """With a name it is the file as it is shipped, for programs and people alike."""
    expected = (ROOT / "schemas" / f"{file}.json").read_text("utf-8")
    assert desk.ok("schema", word, cwd=desk.home).out == expected
    assert desk.ok("schema", word, "--json", cwd=desk.home).out == expected


def test_a_name_that_is_none(desk: Desk) -> None:
    """A slip is told with what was meant; two kinds of one name are told apart; a schema is no folder."""
    assert 'did you mean "optimum/Location"?' in desk.run("schema", "optimum/Locaton").err
    assert "write b2s/Survey or enco/Survey" in desk.run("schema", "Survey").err
    done = desk.run("schema", "--out", "optimum/Location")
    assert (done.code, "reconciler schema optimum/Location" in done.err) == (3, True)
    assert not (desk.folder / "optimum").exists()
    assert desk.run("schema", "plan", "--out").code == 3


def test_they_are_laid_out_in_the_project(desk: Desk) -> None:
    """From any folder below, they go into the project's own folder, which is closed and ignored by git."""
    (desk.folder / "manifests" / "deep").mkdir()
    done = desk.ok("schema", "--out", cwd=desk.folder / "manifests" / "deep")
    folder = desk.folder / ".reconciler" / "schemas"
    assert f"Wrote {len(shipped())} schemas to .reconciler/schemas." in done.out
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.json")} == {
        one.place for one in shipped().values()
    }
    assert stat.S_IMODE((folder / "manifest.json").stat().st_mode) == 0o600
    assert (desk.folder / ".reconciler" / ".gitignore").read_text("utf-8") == "*\n"
    again = desk.ok("schema", "--out", "--json").json
    assert (Path(again["folder"]), len(again["files"])) == (folder, len(shipped()))


def test_or_where_they_are_wanted(desk: Desk) -> None:
    """A folder of one's own gets ordinary files, for instance to be kept in git; -C is where it begins."""
    desk.ok("-C", str(desk.folder), "schema", "--out", "kept", cwd=desk.home)
    assert stat.S_IMODE((desk.folder / "kept" / "manifest.json").stat().st_mode) & 0o444 == 0o444
    assert not (desk.folder / ".reconciler").exists()


def test_nothing_but_a_schema_is_written_over(desk: Desk) -> None:
    """A report may be called as a schema is: plan.json, drift.json. It stays, and nothing is written at all."""
    plan = desk.write("kept/plan.json", '{"format_version": "1.0"}\n')
    done = desk.run("schema", "--out", "kept")
    assert (done.code, "error[RCN0304]" in done.err, "plan.json is there, and is no schema" in done.err) == (
        3,
        True,
        True,
    )
    assert [path.name for path in plan.parent.iterdir()] == ["plan.json"]
    plan.unlink()
    for _ in range(2):
        desk.ok("schema", "--out", "kept")


def test_no_link_leads_them_away(desk: Desk, tmp_path: Path) -> None:
    """A link below the folder is not followed out of it."""
    (desk.folder / "kept").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (desk.folder / "kept" / "optimum").symlink_to(tmp_path / "elsewhere")
    done = desk.run("schema", "--out", "kept")
    assert (done.code, "RCN0304" in done.err) == (3, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_check_jsonschema_reads_the_union(desk: Desk, schemas: Path) -> None:
    """manifest.json as a file takes what is right, and tells of each file what is wrong in it."""
    files = [desk.manifest(FIVE_KINDS.split("---\n")[3], "good.yaml")]
    for number, (_, before, after) in enumerate(WRONG):
        assert before in LEEDS
        files.append(desk.manifest(LEEDS.replace(before, after), f"bad-{number}.yaml"))
    done = check_jsonschema(desk, schemas / "manifest.json", *files)
    assert done.code == 1
    assert {Path(error["filename"]).name for error in done.json["errors"]} == {path.name for path in files[1:]}


def test_check_jsonschema_reads_the_projects(desk: Desk, schemas: Path) -> None:
    """So does the schema of the project file."""
    wrong = desk.write("wrong.yaml", (desk.folder / "reconciler.yaml").read_text("utf-8").replace("r: enco", "r: enko"))
    schema = schemas / shipped()["reconciler/Project"].place
    done = check_jsonschema(desk, schema, desk.folder / "reconciler.yaml", wrong)
    assert {Path(error["filename"]).name for error in done.json["errors"]} == {"wrong.yaml"}
    assert "enko" in done.out


@pytest.mark.parametrize(
    "example", ["examples/waffles/manifests/stores.yaml", "examples/waffles/manifests/surveys.yaml"]
)
def test_kubeconform_finds_each_kind(schemas: Path, example: str) -> None:
    """By the template, each document's own schema is found, stands alone and takes it."""
    assert kubeconform(schemas, (ROOT / example).read_text("utf-8")) == []


@pytest.mark.parametrize(("reason", "before", "after"), WRONG, ids=[reason for reason, *_ in WRONG])
def test_kubeconform_is_strict(schemas: Path, reason: str, before: str, after: str) -> None:
    """What reconciler refuses for its shape, a kind's own schema refuses too."""
    assert kubeconform(schemas, LEEDS) == []
    assert kubeconform(schemas, LEEDS.replace(before, after)) != []
    assert kubeconform(schemas, LEEDS.replace("kind: Location", "kind: Place")) == ["could not find schema for Place"]


def test_every_written_schema_stands_alone(schemas: Path) -> None:
    """No file refers to another, to an address on the net, or to a path: each can be moved anywhere."""

    def references(value: Any) -> set[str]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = {value["$ref"]} if isinstance(value, dict) and isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, inner))

    for path in schemas.rglob("*.json"):
        assert all(one.startswith("#/$defs/") for one in references(json.loads(path.read_text("utf-8")))), path
