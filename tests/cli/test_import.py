"""``reconciler import``: manifests for what is live, which the next plan adopts without a single change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.cli.proving import Proof
from reconciler.sandbox.seed import DEFAULT, EMPTY
from reconciler.sandbox.server import RunningSandbox, start
from tests.cli.desk import Desk
from tests.scenarios.world import DIGEST_KEY, TOKENS, World

QUICK = "--retry-seconds 0"


@pytest.fixture(scope="module")
def vendors() -> Iterator[RunningSandbox]:
    """The five vendors, for all tests of this module."""
    with start() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> World:
    """A project without manifests, beside the sandbox's own waffle company."""
    return fresh(tmp_path, vendors, monkeypatch)


def fresh(
    folder: Path, vendors: RunningSandbox, patch: pytest.MonkeyPatch, seed: dict[str, Any] | None = None
) -> World:
    """A project without manifests."""
    for name, value in {**TOKENS, **DIGEST_KEY}.items():
        patch.setenv(name, value)
    patch.delenv("CI", raising=False)
    vendors.store.load(DEFAULT if seed is None else {**EMPTY, **{k: EMPTY[k] | v for k, v in seed.items()}})
    vendors.faults.clear()
    vendors.log.clear()
    (folder / "project").mkdir()
    return World(folder / "project", vendors, {})


def locations(*objects: dict[str, Any]) -> dict[str, Any]:
    """A world with these Locations and nothing else."""
    return {"optimum": {"locations": [{"country_code": "BE", **one} for one in objects]}}


def files(world: World) -> list[str]:
    """The manifest files, relative to the project's folder."""
    found = (path for path in (world.folder / "manifests").rglob("*") if path.is_file())
    return sorted(path.relative_to(world.folder).as_posix() for path in found)


def adopted(world: World, count: int) -> None:
    """Hold what an import promises: so many adoptions, not one change, not one write, and then an empty plan."""
    plan = world.command(f"plan --json {QUICK}").document
    assert plan["summary"] | {"adopt": 0, "no-op": 0} == dict.fromkeys(plan["summary"], 0)
    assert plan["summary"]["adopt"] == count
    assert all(change["change"]["actions"] == ["no-op"] for change in plan["resource_changes"])
    world.sandbox.log.clear()
    assert world.command(f"apply --auto-approve {QUICK}").code == 0
    assert world.writes() == []
    assert world.command(f"plan --detailed-exitcode {QUICK}").code == 0


# --- what is imported -----------------------------------------------------------------------------------------------


def test_everything_of_five_vendors(world: World) -> None:
    """From no manifests at all to a project that adopts every live object just as it is."""
    done = world.command("import --json")
    assert done.code == 0, done.text
    assert done.document["summary"] == {"imported": 12, "skipped": 0, "managed": 0, "paired": 0}
    assert sorted({one["address"].rpartition("/")[0] for one in done.document["imported"]}) == [
        "b2s/Survey", "buenno/Form", "customersure/Site", "enco/Survey", "optimum/Account", "optimum/Location",
    ]  # fmt: skip
    assert files(world) == sorted(done.document["files"])
    assert world.writes() == []
    assert not (world.folder / ".reconciler").exists(), "an import touches no state"
    adopted(world, 12)
    again = world.command("import --json").document
    assert again["summary"] == {"imported": 0, "skipped": 0, "managed": 12, "paired": 0}


def test_a_file_as_it_is_written(world: World) -> None:
    """The schema's line for editors, the vendor's text unchanged, nothing that needs no quotes in quotes."""
    world.command("import waffles --kind enco/Survey")
    assert files(world) == ["manifests/enco/surveys/waffles.yaml"]
    assert (world.folder / "manifests/enco/surveys/waffles.yaml").read_text("utf-8").splitlines()[:12] == [
        "# yaml-language-server: $schema=../../../.reconciler/schemas/manifest.json",
        "apiVersion: enco/v1",
        "kind: Survey",
        "metadata:",
        "  name: waffles",
        '  externalId: "8"',
        "spec:",
        "  name: waffles",
        "  interactionType: general",
        "  questions:",
        '    - language: " en-GB "',
        '      body: " On a scale from 0-10 , how likely are you to recommend our waffles to a friend or colleague?"',
    ]
    assert (world.folder / "manifests/enco/surveys/waffles.yaml").stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    """The mask of this process, less what no file of ours is open to anyway."""
    mask = os.umask(0)
    os.umask(mask)
    return mask | 0o022


CHOSEN = [
    ("waffle*", {"enco/Survey/waffles", "optimum/Account/waffle-house", "buenno/Form/waffle-house-2020",
     "buenno/Form/waffle-truck-2020", "optimum/Location/waffle-house-ghent", "optimum/Location/waffle-house-bruges",
     "optimum/Location/waffle-house-leuven"}, "a glob on the names they would get"),
    ("'Waffle House Ghent'", {"optimum/Location/waffle-house-ghent"}, "the vendor's own name"),
    ("8 xd3S6", {"enco/Survey/waffles", "optimum/Location/waffle-house-ghent"}, "ids"),
    ("'customersure/Site/*'", {"customersure/Site/hq", "customersure/Site/ghent-korenmarkt"}, "addresses"),
    ("--kind Form", {"buenno/Form/waffle-house-2020", "buenno/Form/waffle-truck-2020"}, "a kind"),
    ("--kind optimum/Account", {"optimum/Account/waffle-house"}, "a kind with its vendor"),
    ("--kind Survey --connection b2s", {"b2s/Survey/dine-in", "b2s/Survey/team"}, "a kind that two vendors have"),
    ("--connection customersure", {"customersure/Site/hq", "customersure/Site/ghent-korenmarkt"}, "a connection"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), [c[:2] for c in CHOSEN], ids=[c[2] for c in CHOSEN])
def test_what_is_chosen(world: World, options: str, expected: set[str]) -> None:
    """Names, ids, addresses, kinds and connections; with a dry run nothing is written."""
    done = world.command(f"import --dry-run --json {options}")
    assert {one["address"] for one in done.document["imported"]} == expected, done.text
    assert files(world) == []


def test_only_what_is_asked_for_is_listed(world: World) -> None:
    """A vendor that nothing is wanted of is not asked, and needs no token."""
    assert world.command("import --kind Location").code == 0
    assert {entry.request.raw_path.split("?")[0] for entry in world.sandbox.log.entries()} == {
        "/optimum/api/v1/locations"
    }


def test_text_output(world: World) -> None:
    """What was written, by kind and by file, and what to do next."""
    done = world.command("import --kind Location --kind Site")
    assert done.out.startswith("Imported 5 live objects into 5 files below manifests/.\n")
    assert "optimum       optimum/Location          3        0        0\n" in done.out
    assert "\noptimum/Location/waffle-house-ghent   manifests/optimum/locations/waffle-house-ghent.yaml\n" in done.out
    assert "reconciler schema --out" in done.out
    assert done.out.endswith("then run: reconciler plan\n")


# --- people ---------------------------------------------------------------------------------------------------------

PEOPLE = {
    "optimum": {
        "locations": [{"id": "aa", "name": "Ghent", "country_code": "BE"}],
        "subscribers": [
            {"id": "p1", "email": "ada@example.org", "opt_out": True, "country_code": "BE", "locations": ["aa", "z"]},
            {"id": "p2", "mobile_number": "+324700001", "fname": "Grace", "country_code": "BE", "locations": ["aa"]},
        ],
    }
}  # fmt: skip


def test_people_only_where_they_are_asked_for(
    tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Personal data goes into no file by itself; where it is asked for, that is said, and no output repeats it."""
    world = fresh(tmp_path, vendors, monkeypatch, PEOPLE)
    first = world.command("import --json").document
    assert [one["address"] for one in first["imported"]] == ["optimum/Location/ghent"]
    done = world.command("import --kind Subscriber")
    assert done.code == 0, done.text
    assert files(world)[1:] == ["manifests/optimum/subscribers/subscriber-p1.yaml",
                                "manifests/optimum/subscribers/subscriber-p2.yaml"]  # fmt: skip
    assert "hold personal data" in done.out
    assert not any(word in done.text for word in ("ada@", "+324", "Grace"))
    written = yaml.safe_load((world.folder / "manifests/optimum/subscribers/subscriber-p1.yaml").read_text("utf-8"))
    assert written["spec"] == {
        "email": "ada@example.org", "country_code": "BE", "opt_out": True,
        "locations": ["ghent", {"externalId": "z"}],
    }  # fmt: skip
    adopted(world, 3)


# --- what is left out -----------------------------------------------------------------------------------------------


def test_what_is_left_out_is_told(tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing goes missing without a word: each object is imported, or it says why it is not."""
    twin = {"name": "twins", "interactionType": "general", "questions": [{"language": "en", "body": "How?"}]}
    seed = {
        "enco": {"surveys": [{**twin, "id": 1}, {**twin, "id": 2}]},
        "customersure": {"sites": [{"site_code": "a", "name": "A", "country_code": "GB"}]},
        "optimum": {
            "locations": [
                {"id": "good1", "name": "Good", "country_code": "BE", "postal_code": "a\x00b"},
                {"id": "evil1", "name": "Evil \u202e", "country_code": "BE"},
                {"id": "long1", "name": "Long", "country_code": "BEL"},
            ],
            "accounts": [{"id": "idle1", "name": "Idle", "active": False}],
        },
    }
    world = fresh(tmp_path, vendors, monkeypatch, seed)
    document = world.command("import --json").document
    assert {one["id"]: one["reason"] for one in document["skipped"]} == {
        "1": "twin", "2": "twin", "evil1": "unfit", "long1": "unfit", "idle1": "inactive",
    }  # fmt: skip
    assert {one["address"]: [o["field"] for o in one["omitted"]] for one in document["imported"]} == {
        "customersure/Site/a": ["country_code"],
        "optimum/Location/good": ["postal_code"],
    }
    adopted(world, 2)
    text = world.command("import").out
    assert 'enco/Survey 1 ("twins / general"): the live objects 1, 2 have the same name and interactionType' in text
    assert "\u202e" not in text
    one = world.command("import 1 --json").document
    assert [item["address"] for item in one["imported"]] == ["enco/Survey/twins-1"], "named by its id it is meant"


def test_what_a_manifest_may_stand_for_is_left_to_it(
    tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A near match is for a person to decide: imported beside, it would be created a second time."""
    world = fresh(tmp_path, vendors, monkeypatch, locations({"id": "aaaaa", "name": "Ghent", "postal_code": "9000"}))
    manifest = "apiVersion: optimum/v1\nkind: Location\nmetadata: {name: gent}\nspec: {name: Ghent, country_code: NL}\n"
    (world.folder / "manifests/own.yaml").write_text(manifest, "utf-8")
    document = world.command("import --json").document
    assert [(one["id"], one["reason"]) for one in document["skipped"]] == [("aaaaa", "unclear")]
    assert "optimum/Location/gent" in document["skipped"][0]["message"]
    assert document["files"] == []


def test_what_is_declared_or_recorded_is_left_out(world: World) -> None:
    """By the planner's own claims: pinned, recognised by its key, and recorded without a manifest."""
    manifests = (
        "apiVersion: optimum/v1\nkind: Location\nmetadata: {name: pinned, externalId: xd3S6}\n"
        "spec: {name: Other, country_code: NL}\n---\n"
        "apiVersion: customersure/v1\nkind: Site\nmetadata: {name: office}\nspec: {site_code: hq, name: HQ}\n---\n"
        "apiVersion: buenno/v1\nkind: Form\nmetadata: {name: form}\nspec: {name: Waffle House 2020}\n"
    )
    own = world.folder / "manifests/own.yaml"
    own.write_text(manifests, "utf-8")
    kinds = "--kind Location --kind Site --kind Form"
    found = {one["id"] for one in world.command(f"import --dry-run --json {kinds}").document["imported"]}
    assert found == {"iF56sC", "gse4Ry", "ghent-korenmarkt", "2"}
    world.command("apply --auto-approve --target 'buenno/*'")
    own.write_text(manifests.rpartition("---\n")[0], "utf-8")
    document = world.command(f"import --dry-run --json {kinds}").document
    assert {one["id"] for one in document["imported"]} == found
    assert document["summary"]["managed"] == 3
    refused = world.command("import xd3S6")
    assert refused.code == 3
    assert "optimum/Location/pinned has this live object already" in refused.err


def test_what_stands_beside_other_manifests(world: World) -> None:
    """A question that has a manifest of its own is not declared again, and no name is taken that a Removal removes."""
    body = " On a scale from 0-10 , how likely are you to recommend our waffles to a friend or colleague?"
    (world.folder / "manifests/own.yaml").write_text(
        "apiVersion: enco/v1\nkind: Question\nmetadata: {name: english}\n"
        f'spec: {{survey: {{externalId: "8"}}, language: en-GB, body: "{body}"}}\n---\n'
        "apiVersion: reconciler/v1\nkind: Removal\nmetadata: {name: old}\n"
        "spec: {address: enco/Survey/biscuits, allowDataLoss: true, reason: replaced}\n",
        "utf-8",
    )
    done = world.command("import --kind enco/Survey --json")
    assert [one["address"] for one in done.document["imported"]] == ["enco/Survey/biscuits-7", "enco/Survey/waffles"]
    written = yaml.safe_load((world.folder / "manifests/enco/surveys/waffles.yaml").read_text("utf-8"))
    assert [question["language"] for question in written["spec"]["questions"]] == ["FR"]
    adopted(world, 3)


def test_a_vendor_that_cannot_be_listed(world: World) -> None:
    """The others are imported; what is not known is told, and the exit code says so."""
    match = {"vendor": "optimum", "path": "locations"}
    world.sandbox.faults.add({"match": match, "when": {"count": 100}, "fault": {"wrong_total": 9}})
    done = world.command(f"import --json {QUICK}")
    assert done.code == 5
    assert [(one["type"], one["code"]) for one in done.document["errors"]] == [("Location", "RCN0505")]
    assert done.document["summary"]["imported"] == 9
    world.sandbox.faults.clear()
    assert world.command(f"import --json {QUICK}").document["summary"] == {
        "imported": 3,
        "skipped": 0,
        "managed": 9,
        "paired": 0,
    }


# --- where it goes --------------------------------------------------------------------------------------------------


def test_names_stay_the_same(tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run after somebody made more gives the new ones names of their own, and touches no file."""
    world = fresh(
        tmp_path, vendors, monkeypatch, locations({"id": "a1", "name": "Leeds"}, {"id": "b2", "name": "York"})
    )
    world.command("import")
    before = {name: (world.folder / name).read_bytes() for name in files(world)}
    world.sandbox.store.insert("optimum", "locations", {"id": "c3", "name": "leeds", "country_code": "GB"})
    refused = world.command("import")
    assert refused.code == 3
    assert "RCN0354" in refused.err
    assert "optimum/Location/leeds, which stands in manifests/optimum/locations/leeds.yaml already" in refused.err
    assert files(world) == sorted(before)
    merged = world.command("import --merge --json").document
    assert merged["files"] == ["manifests/optimum/locations/leeds-c3.yaml"]
    assert {name: (world.folder / name).read_bytes() for name in before} == before
    adopted(world, 3)


def test_a_file_that_is_there_is_not_overwritten(world: World) -> None:
    """Not even one without a manifest in it. With --merge another name is taken."""
    place = world.folder / "manifests/optimum/locations"
    place.mkdir(parents=True)
    (place / "waffle-house-ghent.yaml").write_text("# soon\n", "utf-8")
    refused = world.command("import --kind Location")
    assert refused.code == 3
    assert "manifests/optimum/locations/waffle-house-ghent.yaml, which is there" in refused.err
    assert [path.name for path in place.iterdir()] == ["waffle-house-ghent.yaml"]
    assert world.command("import --kind Location --merge").code == 0
    assert (place / "waffle-house-ghent.yaml").read_text("utf-8") == "# soon\n"
    assert (place / "waffle-house-ghent-xd3s6.yaml").is_file()


DIRS = [
    ("..", 3, "RCN0353", "above the project"),
    ("/tmp", 3, "RCN0353", "elsewhere"),
    ("out", 3, "RCN0353", "behind a link that leaves the project"),
    ("reconciler.yaml", 3, "RCN0353", "a file"),
    ("manifests/imported", 0, "", "a folder below the listed one"),
    ("drafts", 0, "no plan reads drafts", "a folder that is not listed"),
    ("manifests/.hidden", 0, "no plan reads manifests/.hidden", "a folder that is hidden"),
]


@pytest.mark.parametrize(("folder", "code", "says"), [d[:3] for d in DIRS], ids=[d[3] for d in DIRS])
def test_a_folder_of_ones_own(world: World, folder: str, code: int, says: str, tmp_path: Path) -> None:
    """--dir is a folder of the project; what no plan reads is told."""
    (tmp_path / "elsewhere").mkdir()
    (world.folder / "out").symlink_to(tmp_path / "elsewhere")
    # World.command works with -C, which --dir is relative to.
    done = world.command(f"import --kind Location --dir {folder}")
    assert done.code == code, done.text
    assert says in done.text
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert (world.folder / folder / "optimum/locations/waffle-house-ghent.yaml").is_file() is (code == 0)


def test_no_folder_is_listed(world: World) -> None:
    """Where spec.manifests names only files, --dir has to say where."""
    project = world.folder / "reconciler.yaml"
    project.write_text(project.read_text("utf-8") + "  manifests: [stores.yaml, 'more/*.yaml']\n", "utf-8")
    done = world.command("import --kind Location")
    assert done.code == 3
    assert "RCN0353" in done.err


def test_a_link_below_the_folder(world: World, tmp_path: Path) -> None:
    """A folder that leads out of the project takes no file, and nothing else is left behind."""
    (tmp_path / "elsewhere").mkdir()
    (world.folder / "manifests/optimum").symlink_to(tmp_path / "elsewhere")
    done = world.command("import")
    assert done.code == 3
    assert list((tmp_path / "elsewhere").rglob("*")) == []
    assert [path.name for path in (world.folder / "manifests").iterdir()] == ["optimum"]


def test_another_import_is_quicker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Manifests that came between the first look and the proof: what they declare is left out, each with the reason."""
    proved = Proof.proved

    def late(proof: Proof, drafts: Any) -> Any:
        if not files(world):
            monkeypatch.setattr(Proof, "proved", proved)
            assert world.command(f"import --kind Location --dir manifests/theirs {QUICK}").code == 0
        return proved(proof, drafts)

    monkeypatch.setattr(Proof, "proved", late)
    done = world.command(f"import --kind Location --kind Account --json {QUICK}")
    assert (done.code, done.err) == (0, "")
    assert {one["address"] for one in done.document["imported"]} == {"optimum/Account/waffle-house"}
    assert {(one["type"], one["reason"]) for one in done.document["skipped"]} == {("Location", "unfit")}
    adopted(world, 4)


def test_a_write_that_fails_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files or none: what was written before is taken back, folders too."""
    from reconciler.cli import placing

    make, made = placing.make, []

    def failing(path: Path, content: str, root: Path, *, durable: bool) -> bool:
        made.append(path)
        if len(made) == 5:
            raise KeyboardInterrupt
        return make(path, content, root, durable=durable)

    monkeypatch.setattr(placing, "make", failing)
    assert world.command("import").code == 130
    assert len(made) == 5
    assert list((world.folder / "manifests").iterdir()) == []


# --- slips ----------------------------------------------------------------------------------------------------------

SLIPS = [
    ("--kind Locaton", "RCN0350", 'did you mean "Location"?', "a kind misspelled"),
    ("--kind optimum/Locaton", "RCN0350", 'did you mean "optimum/Location"?', "a kind with its vendor"),
    ("--kind FeedbackRequest", "RCN0351", "is sent once", "messages"),
    ("--kind Question", "RCN0351", "--kind enco/Survey", "a part of something else"),
    ("--connection optimun", "RCN0132", 'did you mean "optimum"?', "a connection misspelled"),
    ("--connection enco --kind Location", "RCN0130", "none of the connections enco", "a kind of another vendor"),
    ("Nowhere", "RCN0352", "no live object", "a name that nothing has"),
]


@pytest.mark.parametrize(("options", "code", "says"), [s[:3] for s in SLIPS], ids=[s[3] for s in SLIPS])
def test_slips(world: World, options: str, code: str, says: str) -> None:
    """Told with a code and the way out; nothing is written."""
    done = world.command(f"import {options}")
    assert done.code == 3
    assert f"error[{code}]" in done.err
    assert says in done.err
    assert files(world) == []


def test_a_write_that_is_still_open(tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an open create may have made is not imported under another name; other kinds are."""
    world = fresh(tmp_path, vendors, monkeypatch, {"customersure": {"sites": [{"site_code": "hq", "name": "HQ"}]}})
    manifest = "apiVersion: optimum/v1\nkind: Location\nmetadata: {name: york}\nspec: {name: York, country_code: GB}\n"
    (world.folder / "manifests/york.yaml").write_text(manifest, "utf-8")
    lost = {"match": {"vendor": "optimum", "method": "POST"}, "when": {"count": 1}, "fault": {"drop_after": True}}
    world.sandbox.faults.replace([lost])
    world.command(f"apply --auto-approve {QUICK}")
    world.sandbox.faults.clear()
    refused = world.command("import")
    assert refused.code == 3
    assert "error[RCN0355]: optimum/Location/york: a create is open" in refused.err
    assert world.command("import --kind Site").code == 0


def test_manifests_that_are_wrong(world: World) -> None:
    """What is there already has to load before anything is put beside it."""
    (world.folder / "manifests/own.yaml").write_text("a: [", "utf-8")
    done = world.command("import")
    assert done.code == 3
    assert "manifests/own.yaml:1" in done.err


def test_several_connections_and_environments(
    tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each manifest says its connection where several have the vendor; an environment's ids are said to be its own."""
    world = fresh(tmp_path, vendors, monkeypatch, locations({"id": "a1", "name": "Leeds"}))
    project = yaml.safe_load((world.folder / "reconciler.yaml").read_text("utf-8"))
    optimum = project["spec"]["connections"]["optimum"]
    project["spec"]["connections"] = {"north": optimum, "south": optimum}
    project["spec"]["environments"] = {"staging": {"state": "sqlite:///.reconciler/staging.db"}}
    (world.folder / "reconciler.yaml").write_text(yaml.safe_dump(project), "utf-8")
    done = world.command("import --env staging")
    assert done.code == 0, done.text
    assert 'environment "staging"' in done.out
    assert [Path(name).parent.as_posix() for name in files(world)] == [
        "manifests/north/locations", "manifests/south/locations",
    ]  # fmt: skip
    for name in files(world):
        written = yaml.safe_load((world.folder / name).read_text("utf-8"))
        assert written["metadata"]["connection"] == Path(name).parts[1]
        assert written["metadata"]["name"].startswith("leeds-")
    assert world.command("plan --env staging --json").document["summary"]["adopt"] == 2


def test_as_a_user_types_it(desk: Desk) -> None:
    """From another folder with -C, in a process of its own: results on stdout, and a plan of adoptions."""
    desk.sandbox.store.insert("optimum", "locations", {"id": "a1", "name": "NO: 'x' ${value.y}", "country_code": "NO"})
    done = desk.ok("-C", "project", "import", cwd=desk.folder.parent)
    assert "optimum/Location/no-x-value-y" in done.out
    assert done.err == ""
    assert desk.ok("validate").code == 0
    plan = desk.ok("plan", "--json").json
    assert plan["summary"]["adopt"] == 1
    assert plan["unmanaged"] == []
