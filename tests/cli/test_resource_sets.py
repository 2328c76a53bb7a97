"""ResourceSets as a user meets them: in plans and reports, from a pipe, with people in the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.schema import schemas_folder
from tests.cli.desk import Desk

STORES = """\
apiVersion: reconciler/v1
kind: ResourceSet
metadata: {name: stores}
spec:
  inputs: {csv: stores.csv}
  resources:
    - apiVersion: optimum/v1
      kind: Location
      metadata: {name: "${input.code}"}
      spec: {name: "Acme ${input.town}", address_line_1: "${input.street}", country_code: GB}
"""
TABLE = 'code,town,street\nleeds,Leeds,"1 The\nHeadrow"\nhull,Hull,2 Whitefriargate\n'
PEOPLE = """\
apiVersion: reconciler/v1
kind: ResourceSet
spec:
  inputs: {csv: {env: PEOPLE_CSV}}
  resources:
    - apiVersion: customersure/v1
      kind: FeedbackRequest
      metadata: {name: "visit-${input.id}"}
      spec:
        email: ${input.mail}
        first_name: ${input.name}
        send_at: "2099-01-01T00:00:00Z"
        survey_id: "${input.survey}"
"""
FORMS = ["text", "json", "markdown", "html"]


@pytest.fixture
def chain(desk: Desk) -> Desk:
    """A desk with two stores in a table."""
    desk.manifest(STORES, "stores.yaml")
    desk.write("manifests/stores.csv", TABLE)
    return desk


def test_where_it_is_declared(chain: Desk) -> None:
    """Plans name the template and the row; the JSON plan fits its schema; a saved plan keeps both."""
    chain.ok("plan", "--out", "a.plan")
    for command in (("plan", "--json"), ("show", "a.plan", "--json")):
        plan = chain.ok(*command).json
        Draft202012Validator(json.loads((schemas_folder() / "plan.json").read_bytes())).validate(plan)
        sources = {change["name"]: change["source"] for change in plan["resource_changes"]}
        template = {"file": "manifests/stores.yaml", "line": 7}
        assert sources["leeds"] == {**template, "row": {"file": "manifests/stores.csv", "line": 2}}
        assert sources["hull"] == {**template, "row": {"file": "manifests/stores.csv", "line": 4}}
    for form in ("csv", "html"):
        assert "manifests/stores.yaml:7, manifests/stores.csv:4" in chain.ok("plan", "--format", form).out
    chain.ok("apply", "a.plan")
    assert [item["address_line_1"] for item in chain.live("optimum", "locations")].count("1 The\nHeadrow") == 1
    assert chain.ok("plan", "--json").json["applyable"] is False


def test_drift_of_a_row(chain: Desk) -> None:
    """Drift names the row too, and its JSON fits its schema."""
    chain.ok("apply", "--auto-approve")
    (hull,) = (item for item in chain.live("optimum", "locations") if item["name"] == "Acme Hull")
    chain.sandbox.store.change("optimum", "locations", str(hull["id"]), {"address_line_1": "3 Elsewhere"})
    found = chain.run("drift", "--json").json
    Draft202012Validator(json.loads((schemas_folder() / "drift.json").read_bytes())).validate(found)
    assert found["resource_drift"][0]["source"]["row"] == {"file": "manifests/stores.csv", "line": 4}


def test_what_is_wrong_with_a_row(chain: Desk) -> None:
    """As text with the cell's place and no line of the file; as SARIF with the place in the CSV file."""
    chain.write("manifests/stores.csv", TABLE.replace("hull,Hull", "hull,Hull,"))
    done = chain.run("validate")
    assert (done.code, "error[RCN0162]" in done.err, "manifests/stores.csv:4:12" in done.err) == (3, True, True)
    assert "Whitefriargate" not in done.out + done.err
    (run,) = json.loads(chain.run("validate", "--format", "sarif").out)["runs"]
    (place,) = run["results"][0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "manifests/stores.csv"
    assert place["physicalLocation"]["region"]["startLine"] == 4
    assert chain.requests() == []


def test_a_column_that_nobody_uses(chain: Desk) -> None:
    """It is a warning of the plan and of validate, and no error."""
    chain.write("manifests/stores.csv", "code,town,street,remarks\nleeds,Leeds,1 The Headrow,shut\n")
    warnings = chain.ok("plan", "--json").json["warnings"]
    assert warnings == ['no template uses the column "remarks" of manifests/stores.csv']
    assert warnings[0] in chain.ok("validate", "--json").err


def test_from_a_pipe(chain: Desk) -> None:
    """What comes from a pipe finds its table from where the command runs, also with -C and in a folder below."""
    chain.write("data/stores.csv", TABLE.replace("leeds", "york"))
    for arguments, cwd in ((["-C", "data"], chain.folder), ([], chain.folder / "data")):
        plan = chain.ok(*arguments, "plan", "-f", "-", "--json", stdin=STORES, cwd=cwd).json
        assert [change["name"] for change in plan["resource_changes"]] == ["hull", "york"]
        assert plan["resource_changes"][0]["source"]["row"] == {"file": "data/stores.csv", "line": 4}
    done = chain.run("plan", "-f", "-", stdin=STORES)
    assert (done.code, "<stdin>:5:17" in done.err) == (3, True), "there is no stores.csv here"


def test_targets_choose_rows(chain: Desk) -> None:
    """A row's resources are selected by their addresses."""
    plan = chain.ok("plan", "--target", "*/*/hull", "--json").json
    assert plan["summary"]["create"] == 1
    chain.ok("apply", "--exclude", "*/*/leeds", "--auto-approve")
    assert [item["name"] for item in chain.live("optimum", "locations")] == ["Acme Hull"]


def test_people_in_a_table(desk: Desk, tmp_path: Path) -> None:
    """Whether all is well or a row is wrong: no cell of theirs is in any output, log, plan file or state."""
    people = tmp_path / "recipients-of-acme.csv"
    desk.manifest(PEOPLE, "people.yaml")
    people.write_text(
        "id,mail,name,survey\n1,ann.smith@example.com,Ann-Marie,12\n2,bob@example.com,Bobby,12\n", "utf-8"
    )
    env = {"PEOPLE_CSV": str(people), "RECONCILER_DIGEST_KEY": "0123456789abcdef0123456789abcdef"}
    told = []
    for form in FORMS:
        done = desk.ok("plan", "--allow-send", "--format", form, "--log-file", "log", "--out", "a.plan", env=env)
        told += [done.out, done.err]
    told += [desk.ok("apply", "--allow-send", "--auto-approve", env=env).out]
    people.write_text(people.read_text("utf-8").replace("ann.smith@", "ann.smith ").replace(",Bobby", ""), "utf-8")
    for form in ("text", "json", "markdown", "sarif"):
        done = desk.run("validate", "--format", form, env=env)
        assert done.code == 3
        told += [done.out, done.err]
    files = [path.read_bytes().decode("utf-8", "replace") for path in desk.folder.rglob("*") if path.is_file()]
    for secret in ("ann.smith", "Ann-Marie", "bob@example", "Bobby", "recipients-of-acme"):
        assert secret not in "\n".join([*told, *files]), secret
    assert "$PEOPLE_CSV:2:3" in told[-7], "what is wrong with a row is told by its place"
