"""ResourceSets: what they make, and what is wrong with them, in its place and no more often than it takes."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler import errors
from reconciler.manifest import Manifests, expansion, gathering
from reconciler.model import JSON, Connection, Source
from tests.unit.manifest.workspace import CONNECTIONS, Workspace, load, problems, site, survey, together, workspace

BUENNO = {**CONNECTIONS, "bn": Connection("bn", "buenno", "https://api.buenno.com")}
HEAD = "apiVersion: reconciler/v1\nkind: ResourceSet\nmetadata: {name: stores, labels: {team: north}}\nspec:\n"
CSV = "  inputs: {csv: stores.csv}\n"  # line 5
SITE = """\
    - apiVersion: customersure/v1
      kind: Site
      metadata: {name: "${input.code}"}
      spec:
        site_code: "${input.code}"
        name: Acme ${input.town}
"""  # lines 7 to 12
ACCOUNT = """\
    - apiVersion: optimum/v1
      kind: Account
      metadata: {name: "a-${input.code}"}
      spec: {name: "${input.town}", active: "${input.active}", verb: visit, max_locations: "${input.max}"}
"""  # lines 7 to 10
STORES = "code,town\n0042,Leeds\n0043,Hull\n"


def resource_set(*templates: str, inputs: str = CSV) -> str:
    """A ResourceSet as a document."""
    return HEAD + inputs + "  resources:\n" + "".join(templates)


def project(folder: Path, text: str, table: str | None = STORES, **more: object) -> Workspace:
    """A project with one file of manifests, and a CSV file beside it."""
    files = {"manifests/all.yaml": text, **({} if table is None else {"manifests/stores.csv": table})}
    return replace(workspace(folder, files), **more)  # type: ignore[arg-type]


def made(folder: Path, text: str, table: str | None = STORES, **more: object) -> Manifests:
    """The manifests of such a project."""
    return load(project(folder, text, table, **more))


def specs(manifests: Manifests) -> dict[str, Mapping[str, JSON]]:
    """What is declared, by name."""
    return {one.address.name: one.spec for one in manifests.desired}


# --- what is made ---------------------------------------------------------------------------------------------------


def test_a_manifest_a_row_and_template(tmp_path: Path) -> None:
    """Each row fills in each template; manifests say where the template and the row stand."""
    location = SITE.replace("customersure", "optimum").replace("Site", "Location").replace("site_code", "postal_code")
    location = location.replace("}\n      spec", ', dependsOn: ["customersure/Site/${input.code}"]}\n      spec')
    found = made(tmp_path, resource_set(SITE, location + "        country_code: GB\n"))
    assert [str(one.address) for one in found.desired] == [
        "customersure/Site/0042",
        "customersure/Site/0043",
        "optimum/Location/0042",
        "optimum/Location/0043",
    ]
    assert found.desired[2].spec == {"postal_code": "0042", "name": "Acme Leeds", "country_code": "GB"}
    assert found.desired[2].depends_on == (found.desired[0].address,)
    row = Source("manifests/stores.csv", 3)
    assert found.desired[3].source == Source("manifests/all.yaml", 13, 7, row)
    assert found.desired[3].source.where == "manifests/all.yaml:13, manifests/stores.csv:3"
    assert found.files == ("manifests/all.yaml", "manifests/stores.csv")
    assert found.warnings == ()


def test_a_cell_is_read_as_what_is_due(tmp_path: Path) -> None:
    """Numbers and booleans where the schema has no room for text; text stays text, whatever it looks like."""
    table = "code,town,active,max\na,007,true,12\nb,1e3,FALSE,\nc,NO,false,0\n"
    found = specs(made(tmp_path, resource_set(ACCOUNT), table))
    assert found == {
        "a-a": {"name": "007", "active": True, "verb": "visit", "max_locations": 12},
        "a-b": {"name": "1e3", "active": False, "verb": "visit"},
        "a-c": {"name": "NO", "active": False, "verb": "visit", "max_locations": 0},
    }


@pytest.mark.parametrize("cell", ["012", "1e3", "1 200", '"1,5"', "+3", " 3", "three", "null", "true", "0x10"])
def test_what_is_no_number_is_refused(tmp_path: Path, cell: str) -> None:
    """Nothing is guessed: the error points at the cell and says how a number is written."""
    (error,) = problems(project(tmp_path, resource_set(ACCOUNT), f"code,town,active,max\na,A,true,{cell}\n"))
    assert (error.code, error.source) == (errors.WRONG_TYPE, Source("manifests/stores.csv", 2, 10))
    assert 'column "max", used in manifests/all.yaml:10' in error.message
    assert "as JSON does" in error.hint


@pytest.mark.parametrize("cell", ["yes", "1", "True", "TRUE ", "WAHR"])
def test_what_is_no_boolean_is_refused(tmp_path: Path, cell: str) -> None:
    """true and false, in small letters or as spreadsheets write them in capitals, and nothing else."""
    (error,) = problems(project(tmp_path, resource_set(ACCOUNT), f"code,town,active,max\na,A,{cell},3\n"))
    assert (error.code, error.source) == (errors.WRONG_TYPE, Source("manifests/stores.csv", 2, 5))


def test_inline_rows_keep_their_types(tmp_path: Path) -> None:
    """Rows in the YAML are as they are written there: text in quotes, numbers, booleans, null."""
    rows = ['{code: "07", town: "", active: true, max: 3}', "{code: b, town: B, active: false, max: null}"]
    inputs = "  inputs:\n" + "".join(f"    - {row}\n" for row in rows)
    found = made(
        tmp_path, resource_set(ACCOUNT, inputs=inputs).replace('"${input.town}"', '"Acme ${input.town}"'), None
    )
    assert specs(found) == {
        "a-07": {"name": "Acme ", "active": True, "verb": "visit", "max_locations": 3},
        "a-b": {"name": "Acme B", "active": False, "verb": "visit", "max_locations": None},
    }
    assert found.desired[1].source.row == Source("manifests/all.yaml", 7, 7)
    assert found.files == ("manifests/all.yaml",)


def test_empty_cells(tmp_path: Path) -> None:
    """An empty cell leaves out the field or the item whose whole text it is; within another text it is nothing."""
    text = SITE + '        city: "${input.city}"\n        region: "in ${input.city}."\n'
    text = text.replace("}\n      spec", ', dependsOn: ["${input.first}", "${input.second}"]}\n      spec')
    table = "code,town,city,first,second\na,A,,,\nb,B,Hove,,customersure/Site/a\n"
    a, b = made(tmp_path, resource_set(text), table).desired
    assert (dict(a.spec), a.depends_on) == ({"site_code": "a", "name": "Acme A", "region": "in ."}, ())
    assert (b.spec["city"], b.depends_on) == ("Hove", (a.address,))
    wrong = table.replace("Site/a", "Site/x")
    (error,) = problems(project(tmp_path, resource_set(text), wrong))
    assert error.source == Source("manifests/stores.csv", 3, 11), (
        "the second item of the template is the first of the row"
    )


def test_an_empty_cell_in_a_required_field(tmp_path: Path) -> None:
    """It is told at the cell, once for all rows, and not again by the schema."""
    text = resource_set(SITE.replace("Acme ${input.town}", '"${input.town}"'))
    (error,) = problems(project(tmp_path, text, "code,town\na,\nb,B\nc,\n"))
    assert (error.code, error.source) == (errors.CELL_EMPTY, Source("manifests/stores.csv", 2, 3))
    assert '"name" has to be there' in error.message
    assert "the same in line 4" in error.message


def test_either_of_two_fields(tmp_path: Path) -> None:
    """Where a kind takes one of two fields, a row that leaves one of the cells empty chooses."""
    invitation = """\
    - apiVersion: buenno/v1
      kind: Invitation
      metadata: {name: "i-${input.id}"}
      spec: {form: {externalId: "7"}, phone: "${input.phone}", email: "${input.email}", pf_store: "${input.store}"}
"""
    table = "id,phone,email,store\n1,0032470000001,,Ghent\n2,,b@example.com,00123\n"
    one, two = made(tmp_path, resource_set(invitation), table, connections=BUENNO).desired
    assert one.spec.keys() == {"form", "phone", "pf_store"}
    assert (two.spec["email"], two.spec["pf_store"]) == ("b@example.com", "00123")


def test_values_and_rows_in_one_text(tmp_path: Path) -> None:
    """Values of the project stand in templates, in rows and in the file's name; each text is filled in once only."""
    text = resource_set(
        SITE.replace("Acme ${input.town}", '"${value.brand} ${input.town} $${input.town} $${"'),
        inputs='  inputs: {csv: "${value.which}.csv"}\n',
    )
    table = 'code,town\n0042,"${value.brand} ${input.code} $${x} ${HOME}"\n'
    found = made(tmp_path, text, table, values={"brand": "A${input.code}", "which": "stores"})
    assert specs(found) == {
        "0042": {
            "site_code": "0042",
            "name": "A${input.code} ${value.brand} ${input.code} $${x} ${HOME} ${input.town} ${",
        }
    }
    inline = "  inputs: [{code: b, town: '${value.brand}'}]\n"
    found = made(tmp_path, resource_set(SITE, inputs=inline), values={"brand": "${input.code}", "which": ""})
    assert specs(found)["b"]["name"] == "Acme ${input.code}"
    assert found.warnings == ('the value "which" of the project file is used by no manifest',)


@given(st.text(st.sampled_from("a Z7é{}$.,;'\"\n\t#:-&*!|>%@`~[]"), min_size=1, max_size=12).filter(str.strip))
@example("${value.brand}")
@example("${input.code}")
@example("$${")
@example("null")
def test_a_cell_is_data(cell: str) -> None:
    """Whatever a cell holds, it comes to the field as it is: alone, and within another text."""
    text = resource_set(SITE + '        city: "${input.town}"\n')
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["code", "town"], ["1", cell]])
    with TemporaryDirectory() as folder:
        spec = specs(made(Path(folder), text, out.getvalue(), values={"brand": "x"}))["1"]
    assert (spec["city"], spec["name"]) == (cell, f"Acme {cell}")


def test_columns_that_nobody_uses(tmp_path: Path) -> None:
    """They are a warning, also where two sets share a file and each uses a part of it."""
    sets = [
        resource_set(SITE),
        resource_set(ACCOUNT.replace('"${input.active}"', "true").replace('"${input.max}"', "3")),
    ]
    found = made(tmp_path, together(*sets), "code,town,remarks\n0042,Leeds,shut on Sundays\n")
    assert found.warnings == ('no template uses the column "remarks" of manifests/stores.csv',)
    inline = "  inputs: [{code: b, town: B, size: 3}]\n"
    found = made(tmp_path, resource_set(SITE, inputs=inline), None)
    assert found.warnings == ('no template uses the column "size" of the inputs of manifests/all.yaml:1',)


def test_letter_case_of_columns(tmp_path: Path) -> None:
    """A spreadsheet's ``Code`` and ``TOWN`` are header words in another case, and said so."""
    found = problems(project(tmp_path, resource_set(SITE), "Code,TOWN\nb,B\n"))
    assert {error.code for error in found} == {errors.COLUMN_UNKNOWN}
    assert {error.hint for error in found} >= {'did you mean "Code"?'}


def test_a_first_line_that_may_be_a_row_is_not_quoted(tmp_path: Path) -> None:
    """A file without a header line begins with somebody's data: neither an error nor a warning shows it."""
    (error, _) = problems(project(tmp_path, resource_set(SITE.replace("${input.code}", "x", 1)), "Ann,32470\nBob,3\n"))
    assert error.code == errors.COLUMN_UNKNOWN
    assert "Ann" not in f"{error.message} {error.hint} {error.snippet}"
    assert "header line" in error.hint
    constant = SITE.replace("${input.code}", "x").replace("${input.town}", "x")
    found = made(tmp_path, resource_set(constant), "Ann,32470\nBob,3\n")
    assert found.warnings == ("no template uses a column of manifests/stores.csv",)


def test_a_column_whose_name_no_placeholder_takes(tmp_path: Path) -> None:
    """A header with a blank in it is told with what to call it; unused, it is a warning as any other."""
    text = resource_set(SITE.replace("${input.town}", "${input.store_town}"))
    (error,) = problems(project(tmp_path, text, "code,Store town\n1,Leeds\n"))
    assert (error.code, error.hint.partition(":")[0]) == (
        errors.COLUMN_UNKNOWN,
        'call the column "Store town" store_town',
    )
    found = made(tmp_path, resource_set(SITE), "code,town,Opening hours\n1,Leeds,9-5\n")
    assert found.warnings == ('no template uses the column "Opening hours" of manifests/stores.csv',)


# --- where the rows come from -----------------------------------------------------------------------------------------


def test_a_path_is_relative_to_its_manifest(tmp_path: Path) -> None:
    """From a folder below, from another folder of the project; with -f - from where the command was started."""
    text = resource_set(SITE, inputs="  inputs: {csv: ../data/stores.csv}\n")
    files = {"manifests/north/all.yaml": text, "manifests/data/stores.csv": STORES}
    where = workspace(tmp_path, files)
    assert load(where).files == ("manifests/north/all.yaml", "manifests/data/stores.csv")
    assert len(load(where, [str(tmp_path / "manifests/north/all.yaml")]).desired) == 2
    assert [str(e.code) for e in problems(where, ["-"], stdin=text)] == [errors.OUTSIDE_PROJECT]


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ResourceSet from a pipe finds its CSV file beside the working directory."""
    where = project(tmp_path, site("other"))
    monkeypatch.chdir(tmp_path / "manifests")
    found = load(where, ["-"], stdin=resource_set(SITE))
    assert found.files == ("<stdin>", "manifests/stores.csv")
    assert found.desired[0].source.where == "<stdin>:7, manifests/stores.csv:2"


def test_a_file_outside_of_the_project_by_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator may put the rows anywhere; what the variable holds is shown to nobody."""
    (tmp_path / "outside").mkdir()
    path = tmp_path / "outside" / "secret-name.csv"
    path.write_text(STORES, "utf-8")
    where = project(tmp_path / "inside", resource_set(SITE, inputs="  inputs: {csv: {env: STORES_CSV}}\n"), None)
    monkeypatch.setenv("STORES_CSV", str(path))
    found = load(where)
    assert found.files == ("manifests/all.yaml", "$STORES_CSV")
    assert found.desired[0].source.row == Source("$STORES_CSV", 2)
    for value, code in (
        (str(path.parent), errors.NOT_A_FILE),
        ("/nowhere/x", errors.UNREADABLE_FILE),
        ("", errors.CSV_VARIABLE),
    ):
        monkeypatch.setenv("STORES_CSV", value)
        (error,) = problems(where)
        assert (error.code, error.source and error.source.line) == (code, 5)
        assert value == "" or value not in f"{error.message}{error.hint}{error.snippet}"


def lay(target: Path, what: str) -> None:
    """Put something other than a table where a table is named."""
    if what == "folder":
        target.mkdir()
    elif what == "pipe":
        os.mkfifo(target)
    elif what != "nothing":
        target.symlink_to(what)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("nothing", errors.UNREADABLE_FILE),
        ("folder", errors.NOT_A_FILE),
        ("pipe", errors.NOT_A_FILE),
        ("../../elsewhere.csv", errors.OUTSIDE_PROJECT),
        ("nowhere.csv", errors.UNREADABLE_FILE),
        ("stores.csv", errors.UNREADABLE_FILE),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, what: str, code: str) -> None:
    """Missing, a folder, a pipe, a link out of the project, into nothing or to itself: told where the file is named."""
    (tmp_path / "elsewhere.csv").write_text(STORES, "utf-8")
    where = project(tmp_path / "inside", resource_set(SITE), None)
    lay(tmp_path / "inside" / "manifests" / "stores.csv", what)
    (error,) = problems(where)
    assert (error.code, error.source) == (code, Source("manifests/all.yaml", 5, 17)), error.message
    assert "stores.csv" in error.message


@pytest.mark.parametrize("path", ["../../etc/x.csv", "/etc/x.csv", "../../x.csv"])
def test_a_path_out_of_the_project(tmp_path: Path, path: str) -> None:
    """A path in a manifest stays within the project; the way out is named."""
    (error,) = problems(project(tmp_path, resource_set(SITE, inputs=f"  inputs: {{csv: {path}}}\n")))
    assert (error.code, "{env: NAME}" in error.hint) == (errors.OUTSIDE_PROJECT, True)


def test_a_link_within_the_project(tmp_path: Path) -> None:
    """It is followed, and the file is read once however many name it."""
    where = project(tmp_path, together(resource_set(SITE), resource_set(SITE.replace('{name: "', '{name: "b-').replace(
        'site_code: "', 'site_code: "b-'), inputs="  inputs: {csv: link.csv}\n")))  # fmt: skip
    (tmp_path / "manifests" / "link.csv").symlink_to("stores.csv")
    assert len(load(where).desired) == 4
    (tmp_path / "manifests" / "stores.csv").write_text("code,town\n1\n", "utf-8")
    assert [error.code for error in problems(where)] == [errors.CSV_ROW]


@pytest.mark.parametrize("name", [".git/config", "stores.yaml", "stores"])
def test_only_tables_are_read(tmp_path: Path, name: str) -> None:
    """Another file of the repository is no table, whoever asks for it."""
    (error,) = problems(project(tmp_path, resource_set(SITE, inputs=f"  inputs: {{csv: {name}}}\n")))
    assert (error.code, ".csv" in error.hint) == (errors.UNFIT_VALUE, True)


def test_a_latin_1_file_says_how_to_save_it(tmp_path: Path) -> None:
    """The byte, its place, and what to choose in a spreadsheet."""
    where = project(tmp_path, resource_set(SITE))
    (tmp_path / "manifests" / "stores.csv").write_bytes(b"code,town\r\n1,Orl\xe9ans\r\n")
    (error,) = problems(where)
    assert (error.code, error.source) == (errors.ENCODING, Source("manifests/stores.csv", 2, 6))
    assert ("0xE9" in error.message, "CSV UTF-8" in error.hint) == (True, True)


# --- what is wrong with a ResourceSet ---------------------------------------------------------------------------------

IN = "inputs: {csv: stores.csv}"
# before, after, (code, line, column)s, a part of the first message, a part of its hint, why
WRONG: list[tuple[str, str, Sequence[tuple[str, int, int]], str, str, str]] = [
    (
        "${input.town}",
        "${input.twon}",
        [(errors.COLUMN_UNKNOWN, 12, 20)],
        '"twon" in manifests/stores.csv',
        '"town"',
        "typo",
    ),
    (
        "${input.town}",
        "${town}",
        [(errors.PLACEHOLDER_UNFIT, 12, 20)],
        "no placeholder",
        "${input.town}",
        "no namespace",
    ),
    (
        "${input.town}",
        "${inputs.town}",
        [(errors.PLACEHOLDER_UNFIT, 12, 20)],
        "no kind of placeholder",
        "",
        "namespace",
    ),
    ("${input.town}", "${value.x}", [(errors.VALUE_UNKNOWN, 12, 20)], 'no value "x"', "", "no such value"),
    ("kind: Site", "kind: Siet", [(errors.UNKNOWN_KIND, 8, 13)], 'no kind "Siet"', '"Site"', "a mistyped kind"),
    ("customersure/v1", "customersur/v1", [(errors.UNKNOWN_API_VERSION, 7, 19)], "", "customersure/v1", "mistyped"),
    ("kind: Site", "kind: ${input.code}", [(errors.UNKNOWN_KIND, 8, 13)], "", "its kinds are", "kinds take none"),
    (
        "name: Acme",
        '"${input.code}": Acme',
        [(errors.PLACEHOLDER_MISPLACED, 12, 9)],
        "a key takes no",
        "",
        "nor do keys",
    ),
    (
        "      spec:",
        "      sepc:",
        [(errors.MISSING_FIELD, 7, 7), (errors.UNKNOWN_FIELD, 10, 7)],
        '"spec"',
        "",
        "a section",
    ),
    (IN, "inputs: []", [(errors.UNFIT_VALUE, 5, 3)], "must not be empty", "", "no rows"),
    (IN, "inputs: stores.csv", [(errors.WRONG_TYPE, 5, 11)], "", "", "text for a mapping"),
    (
        IN,
        "inputs: {cvs: a.csv}",
        [(errors.MISSING_FIELD, 5, 3), (errors.UNKNOWN_FIELD, 5, 12)],
        '"csv"',
        "",
        "a mistyped key",
    ),
    (IN, "inputs: [{code: [1], town: x}]", [(errors.WRONG_TYPE, 5, 13)], "not a list", "", "cells"),
    (IN, "inputs: [{code: 1, town: x}]", [(errors.TEXT_DUE, 5, 19)] * 2, "", 'quote it: "1"', "types"),
    (
        IN,
        'inputs: [{code: "1", town: null}]',
        [(errors.VALUE_NOT_TEXT, 5, 30)],
        "has a null in the middle",
        "",
        "null in the middle of a text",
    ),
    (
        IN,
        'inputs: [{code: "1", town: x}, {code: "2", twon: y}]',
        [(errors.COLUMN_UNKNOWN, 5, 34)],
        'this row has no "town"',
        '"twon"',
        "a row that lacks a key",
    ),
    (
        IN,
        'inputs: [{code: "${input.x}", town: x}]',
        [(errors.PLACEHOLDER_UNFIT, 5, 20)],
        "templates",
        "",
        "rows are not filled in from rows",
    ),
    (
        "site_code:",
        "site_kode:",
        [(errors.MISSING_FIELD, 10, 7), (errors.UNKNOWN_FIELD, 11, 9)],
        "the same in all 2 rows",
        "",
        "a field of the template itself",
    ),
    (
        '{name: "${input.code}"}',
        "{name: x}",
        [(errors.DUPLICATE_ADDRESS, 9, 24)],
        "first in manifests/all.yaml:7, manifests/stores.csv:2",
        "",
        "one name for all rows",
    ),
    (
        'site_code: "${input.code}"',
        "site_code: x",
        [(errors.DUPLICATE_KEY, 11, 20)],
        "has the same site_code",
        "",
        "one key",
    ),
    ('{name: "${input.code}"}', '{name: "${input.town}"}', [(errors.UNFIT_VALUE, 2, 6)], "must be a name", "", "names"),
]


@pytest.mark.parametrize("case", WRONG, ids=[case[5] for case in WRONG])
def test_wrong(tmp_path: Path, case: tuple[str, str, Sequence[tuple[str, int, int]], str, str, str]) -> None:
    """Each mistake is told once, whatever the number of rows, in its place and with the way out."""
    before, after, expected, message, hint, _ = case
    text = resource_set(SITE)
    assert before in text
    found = problems(project(tmp_path, text.replace(before, after)))
    assert [(e.code, e.source.line, e.source.column) for e in found if e.source] == list(expected)
    assert message in found[0].message
    assert hint in found[0].hint


@pytest.mark.parametrize("kind", ["Removal", "ResourceSet", "Project", "Removl"])
def test_only_resources_are_made(tmp_path: Path, kind: str) -> None:
    """A consent, a set or a project does not come out of a table."""
    text = resource_set(SITE.replace("customersure/v1", "reconciler/v1").replace("Site", kind))
    (error,) = problems(project(tmp_path, text))
    assert (error.code, error.source) == (errors.TEMPLATE_UNFIT, Source("manifests/all.yaml", 8, 13))


def test_what_rows_get_wrong_together(tmp_path: Path) -> None:
    """Rows are held against each other and against other manifests, and told at their cells."""
    table = "code,town\na,A\nb,B\na,C\nx,D\n"
    found = problems(project(tmp_path, together(site("x", "q"), resource_set(SITE)), table))
    assert [(e.code, e.source) for e in found] == [
        (errors.DUPLICATE_ADDRESS, Source("manifests/stores.csv", 4, 1)),
    ], "one fault of one place; the other row is named with it"
    assert "the same in line 5" in found[0].message


def test_a_reference_of_a_row(tmp_path: Path) -> None:
    """What a cell names and is not there is told at the cell, with what was meant."""
    question = """\
    - apiVersion: enco/v1
      kind: Question
      metadata: {name: "q-${input.code}"}
      spec: {survey: "${input.code}", language: en, body: "${input.town}"}
"""
    text = together(survey("leeds"), resource_set(question))
    found = problems(project(tmp_path, text, "code,town\nleeds,Why?\nleds,Why?\nx,How?\n"))
    (error,) = [e for e in found if e.code == errors.UNKNOWN_REFERENCE]
    assert error.source == Source("manifests/stores.csv", 3, 1)
    assert ('did you mean "leeds"' in error.hint, "the same in line 4" in error.message) == (True, True)


def test_other_files_problems_are_told_beside_it(tmp_path: Path) -> None:
    """A bad row, a bad cell, a bad template of another set and a bad manifest come out in one run."""
    table = "code,town\na,A\nb\nC,C\n"
    text = together(resource_set(SITE), resource_set(SITE.replace("town", "twon")), site("UPPER"))
    found = problems(project(tmp_path, text, table))
    assert [e.code for e in found] == [
        errors.COLUMN_UNKNOWN,
        errors.UNFIT_VALUE,
        errors.CSV_ROW,
        errors.UNFIT_VALUE,
    ]


def test_many_rows_do_not_flood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column that is wrong in every row is one problem; after many such rows no more are looked at."""
    table = "code,town\n" + "".join(f"C{number},x\n" for number in range(60))
    text = together(resource_set(SITE), site("UPPER"))
    found = problems(project(tmp_path, text, table))
    assert [error.code for error in found] == [errors.UNFIT_VALUE, errors.UNFIT_VALUE]
    assert "the same in all 60 rows" in found[1].message
    monkeypatch.setattr(gathering, "_MOST_ECHOES", 10)
    found = problems(project(tmp_path, text, table))
    assert [error.code for error in found] == [errors.MORE_PROBLEMS, errors.UNFIT_VALUE]
    assert "the same in 11 rows more, lines 3, 4" in found[1].message


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [("MOST_VALUES", 29, "come to 30 values, more than 29"), ("MOST_TEXT", 18, "more than 18 characters")],
)
def test_no_more_than_can_be_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, message: str
) -> None:
    """A small file cannot stand for more manifests or text than a large one could hold."""
    monkeypatch.setattr(expansion, limit, value)
    (error,) = problems(project(tmp_path, resource_set(SITE)))
    assert (error.code, message in error.message) == (errors.TOO_LARGE, True), error.message
    monkeypatch.setattr(expansion, limit, value + 1)
    assert problems(project(tmp_path, resource_set(SITE))) == ()
    again = SITE.replace('name: "', 'name: "b-').replace('site_code: "', 'site_code: "b-')
    (error,) = problems(project(tmp_path, together(resource_set(SITE), resource_set(again))))
    assert error.code == errors.TOO_LARGE, "it counts over the whole run"


PERSONAL = """\
    - apiVersion: customersure/v1
      kind: FeedbackRequest
      metadata: {name: "r-${input.id}"}
      spec: {email: "${input.mail}", send_at: "${input.at}", survey_id: "12", first_name: "${input.name}"}
"""


@pytest.mark.parametrize("where", ["csv", "inline"])
def test_what_is_somebodys_is_in_no_message(tmp_path: Path, where: str) -> None:
    """Whatever is wrong with rows of people, no cell of theirs is shown, neither of a CSV file nor of an inline row."""
    rows = [
        ("1", "ann.example.com", "soon", "Ann-Marie"),
        ("2", "bob@example.com", "later", "Bobby"),
        ("X", "c", "d", "Zed"),
    ]
    if where == "csv":
        table = "id,mail,at,name\n" + "".join(f"{','.join(row)}\n" for row in rows) + "9,Dagobert\n"
        text = resource_set(PERSONAL)
    else:
        names = ("id", "mail", "at", "name")
        written = "".join(
            f"    - {{{', '.join(f'{n}: {v}' for n, v in zip(names, row, strict=True))}}}\n" for row in rows
        )
        text, table = resource_set(PERSONAL, inputs=f"  inputs:\n{written}    - {{id: 9, mial: Dagobert}}\n"), STORES
    found = problems(project(tmp_path, text, table))
    assert len(found) >= 3
    shown = " ".join(f"{e.message} {e.hint} {e.snippet}" for e in found)
    for secret in ("ann", "Ann-Marie", "bob@", "Bobby", "Zed", "Dagobert"):
        assert secret not in shown, secret


def test_the_same_to_the_same_twice(tmp_path: Path) -> None:
    """Two rows that say the same to the same person are told, since only one would be sent."""
    table = "id,mail,at,name\n1,a@example.com,2099-01-01T00:00:00Z,A\n2,a@example.com,2099-01-01T00:00:00Z,A\n"
    (error,) = problems(project(tmp_path, resource_set(PERSONAL), table))
    assert (error.code, "is sent once" in error.message) == (errors.DUPLICATE_KEY, True)
    assert "manifests/all.yaml:7, manifests/stores.csv:2" in error.message
