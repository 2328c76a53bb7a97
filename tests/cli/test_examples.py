"""The projects under examples/ plan and apply against the sandbox as they stand; only the port is this test's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox.server import RunningSandbox, start
from tests.cli.desk import ROOT, Desk

PORT = "http://127.0.0.1:8765"
TOKENS = {
    "ENCO_TOKEN": "sandbox-enco-token",
    "CUSTOMERSURE_TOKEN": "sandbox-customersure-token",
    "OPTIMUM_TOKEN": "sandbox-optimum-token",
}


@pytest.fixture
def everywhere(tmp_path: Path) -> Iterator[Desk]:
    """examples/environments beside the sandbox's default world."""
    with start() as sandbox:
        yield standing("environments", tmp_path, sandbox)


def standing(example: str, tmp_path: Path, sandbox: RunningSandbox) -> Desk:
    """A copy of an example, beside the sandbox's default world."""
    desk = Desk(tmp_path / "project", sandbox, tmp_path / "home")
    shutil.rmtree(desk.folder)
    shutil.copytree(ROOT / "examples" / example, desk.folder)
    file = desk.folder / "reconciler.yaml"
    file.write_text(file.read_text("utf-8").replace(PORT, sandbox.url), "utf-8")
    desk.env |= TOKENS
    return desk


def counts(desk: Desk) -> dict[str, int]:
    """What a plan would do, without what it counts as 0."""
    return {word: count for word, count in desk.ok("plan", "--json").json["summary"].items() if count}


def test_an_agency(tmp_path: Path) -> None:
    """A connection a client: the new one waits for its token, and what a token makes, no other connection shows."""
    with start() as sandbox:
        desk = standing("agency", tmp_path, sandbox)
        desk.env |= {"HARBOUR_TOKEN": "sandbox-optimum-client-1", "MILL_TOKEN": "sandbox-optimum-client-2"}
        assert counts(desk) == {"create": 6, "blocked": 1}
        desk.ok("apply", "--auto-approve")
        assert counts(desk) == {"no-op": 6, "blocked": 1}
        desk.env["FERRY_TOKEN"] = "sandbox-optimum-client-3"
        assert counts(desk) == {"no-op": 6, "create": 1}
        desk.ok("apply", "--auto-approve")
        assert counts(desk) == {"no-op": 7}
        owners = {item["name"]: item.get("_account") for item in sandbox.store.objects("optimum", "locations")}
        assert owners["The Old Mill, Hebden Bridge"] == "client 2"
        assert owners["Ferry Lane Bicycles Bath"] == "client 3"
        plan = desk.ok("plan", "--json").json
        assert {item["connection"] for item in plan["unmanaged"]} == {"agency"}, "no client sees the agency's accounts"


def test_a_survey_in_eight_languages(tmp_path: Path) -> None:
    """Languages of the survey's own list and of Questions end in one live survey; one more is added to it."""
    with start() as sandbox:
        desk = standing("multilingual", tmp_path, sandbox)
        assert counts(desk) == {"create": 4}
        desk.ok("apply", "--auto-approve")
        assert counts(desk) == {"no-op": 4}
        languages = {"en-GB", "fr", "de", "nl-BE", "no", "ja", "ar", "el"}
        (survey,) = (one for one in desk.live("enco", "surveys") if one["name"] == "tea house")
        assert {question["language"] for question in survey["questions"]} == languages
        more = "    - language: cy\n      body: A fyddech chi'n argymell ein tŷ te, o 0 i 10?\n"
        file = desk.folder / "manifests/survey.yaml"
        file.write_text(file.read_text("utf-8") + more, "utf-8")
        assert counts(desk) == {"update": 1, "no-op": 3}
        desk.ok("apply", "--auto-approve")
        assert counts(desk) == {"no-op": 4}


def names(desk: Desk, vendor: str, collection: str) -> set[str]:
    """The names of a vendor's objects."""
    return {item["name"] for item in desk.live(vendor, collection)}


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Desk]:
    """examples/chain beside the sandbox's default world, applied."""
    with start() as sandbox:
        desk = standing("chain", tmp_path, sandbox)
        assert desk.ok("validate", "--json").json == {"valid": True, "errors": [], "resources": 81, "files": 3}
        assert counts(desk) == {"create": 81}
        desk.ok("apply", "--auto-approve")
        yield desk


def test_a_chain(chain: Desk) -> None:
    """Forty rows make forty Sites and forty Locations after one survey, each text as the table spells it."""
    assert ["surveys" in chain.writes[0], "sites" in chain.writes[1]] == [True, True]
    stores = {item["name"]: item for item in chain.live("optimum", "locations")}
    york, dresden = stores["Fable & Rye Baker's Yard"], stores["Fable & Rye Altmarkt"]
    assert (york["address_line_1"], york["address_line_2"]) == ("Unit 3, Baker's Yard", "Micklegate")
    assert (dresden["postal_code"], dresden["address_line_2"]) == ("01067", None)
    sites = {item["site_code"]: item["city"] for item in chain.live("customersure", "sites")}
    assert (sites["0004"], sites["0040"]) == ("Liège", "Esch-sur-Alzette")
    assert counts(chain) == {"no-op": 81}


def test_a_store_that_goes(chain: Desk) -> None:
    """A row that goes takes its own two resources with it; the plan still says where each of the others is declared."""
    table = chain.folder / "manifests/stores.csv"
    lines = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join(line for line in lines if not line.startswith("0028,")), "utf-8")
    plan = chain.ok("plan", "--json").json
    assert {word: n for word, n in plan["summary"].items() if n} == {"delete": 1, "forget": 1, "no-op": 79}
    places = {change["address"]: change["source"] for change in plan["resource_changes"]}
    row = {"file": "manifests/stores.csv", "line": 29}
    assert places["optimum/Location/store-0029"] == {"file": "manifests/stores.yaml", "line": 22, "row": row}
    assert places["optimum/Location/store-0028"] == {"file": "manifests/stores.yaml", "line": 22}
    assert [counts(chain), len(chain.writes)] == [{"delete": 1, "forget": 1, "no-op": 79}, 81]


def test_staging_and_production(everywhere: Desk) -> None:
    """Each environment plans, applies and then has nothing to do; neither sees the other's objects as its own."""
    summaries = {}
    for name in ("staging", "production"):
        plan = everywhere.ok("plan", "--env", name, "--json").json
        summaries[name] = {word: count for word, count in plan["summary"].items() if count}
        assert plan["environment"] == name
        everywhere.ok("apply", "--env", name, "--auto-approve")
    assert summaries == {"staging": {"create": 4}, "production": {"create": 3, "adopt": 1}}
    for name in ("staging", "production"):
        after = everywhere.ok("plan", "--json", env={"RECONCILER_ENV": name}).json
        assert (after["applyable"], after["summary"]["no-op"]) == (False, 4)
        assert everywhere.ok("drift", "--env", name).code == 0
    assert {"pancakes", "pancakes (test)"} <= names(everywhere, "enco", "surveys")
    limits = {a["name"]: a["max_locations"] for a in everywhere.live("optimum", "accounts")}
    assert (limits["Waffles everywhere"], limits["Waffles everywhere (test)"]) == (40, 2)


def test_neither(everywhere: Desk) -> None:
    """Without --env the example says what is missing and where it is set; a mistyped one is suggested."""
    done = everywhere.run("plan")
    assert (done.code, "RCN0150" in done.err) == (3, True)
    assert "it is set for production, staging: choose with --env" in done.err
    assert "manifests/stores.yaml:7:31" in done.err
    done = everywhere.run("plan", "--env", "stagin")
    assert (done.code, 'did you mean "staging"?' in done.err) == (3, True)
    assert everywhere.requests() == []


def test_an_environment_with_the_others_state(everywhere: Desk) -> None:
    """A state of one environment under the other's name is refused, and both are named; nothing is asked or written."""
    everywhere.ok("apply", "--env", "staging", "--auto-approve")
    everywhere.sandbox.log.clear()
    state = everywhere.folder / ".reconciler/staging.db"
    before = state.read_bytes()
    for command in (("plan",), ("apply", "--auto-approve"), ("drift",), ("state", "list")):
        done = everywhere.run(*command, "--env", "production", env={"RECONCILER_STATE": f"sqlite:///{state}"})
        assert (done.code, "RCN0803" in done.err) == (3, True), command
        assert "environment 'staging'" in done.err and "environment 'production'" in done.err
    assert everywhere.requests() == []
    assert state.read_bytes() == before


@pytest.mark.parametrize("name", ["waffles"])
def test_the_others(tmp_path: Path, name: str) -> None:
    """Every other example is valid, plans, and applies what is not blocked by its own world."""
    with start() as sandbox:
        desk = Desk(tmp_path / "project", sandbox, tmp_path / "home")
        shutil.rmtree(desk.folder)
        shutil.copytree(ROOT / "examples" / name, desk.folder)
        desk.edit("reconciler.yaml", PORT, sandbox.url)
        desk.env |= TOKENS
        desk.ok("validate")
        before = desk.ok("plan", "--json").json
        assert desk.run("apply", "--auto-approve").code in (0, 9)
        after = desk.ok("plan", "--json").json
        assert after["applyable"] is False
        assert after["summary"]["blocked"] == before["summary"]["blocked"]


# What kustomize writes: documents in one stream, keys sorted, a leading ---.
OVERLAY = """\
---
apiVersion: customersure/v1
kind: Site
metadata:
  labels:
    region: north
  name: leeds
spec:
  city: Leeds
  country_code: GB
  name: Acme Leeds
  region: Yorkshire
  site_code: leeds-1
---
apiVersion: optimum/v1
kind: Location
metadata:
  dependsOn:
  - customersure/Site/leeds
  name: leeds
spec:
  address_line_1: 1 The Headrow
  country_code: GB
  name: Acme Leeds
"""


def test_manifests_from_a_pipe(desk: Desk) -> None:
    """What another program writes is all there is: with --complete its plan also deletes what is no longer in it."""
    desk.write("overlays/north.yaml", OVERLAY)
    desk.write("overlays/south.yaml", OVERLAY.replace("leeds", "hove").replace("Leeds", "Hove"))
    done = desk.shell("cat overlays/*.yaml | reconciler apply -f - --complete --auto-approve --json")
    assert (done.code, len(desk.writes)) == (0, 4), done
    done = desk.shell("cat overlays/north.yaml | reconciler plan -f - --complete --json")
    assert {word: n for word, n in done.json["summary"].items() if n} == {"no-op": 2, "delete": 1, "forget": 1}
    assert done.json["resource_changes"][0]["source"]["file"] == "<stdin>"
    done = desk.shell("cat overlays/north.yaml | reconciler plan -f - --json")
    assert {word: n for word, n in done.json["summary"].items() if n} == {"no-op": 2}
    done = desk.shell("reconciler plan -f - --complete < /dev/null")
    assert (done.code, "RCN0126" in done.err) == (3, True), "nothing at all is an error, not the end of everything"


def test_problems_of_a_pipe(desk: Desk) -> None:
    """Problems of standard input are told with its lines and columns."""
    desk.write("bad.yaml", OVERLAY.replace("site_code", "site_kode").replace("Acme Leeds", "Acme ${value.x}", 1))
    done = desk.shell("cat bad.yaml | reconciler plan -f - --complete")
    assert done.code == 3
    assert "<stdin>:11:14" in done.err
    assert "<stdin>:13:3" in done.err
    assert desk.requests() == []


def test_what_kustomize_adds_and_nobody_means(desk: Desk) -> None:
    """A creationTimestamp is no field of ours: it is told, in its place, and not passed over."""
    desk.write("k.yaml", OVERLAY.replace("metadata:\n  labels", "metadata:\n  creationTimestamp: null\n  labels"))
    done = desk.shell("cat k.yaml | reconciler plan -f - --complete")
    assert (done.code, "<stdin>:5:3" in done.err) == (3, True)
