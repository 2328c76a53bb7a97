"""``import --pair``: the stores that two vendors have, in one ResourceSet with its table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.server import RunningSandbox, start
from tests.cli.test_import import adopted, files, fresh
from tests.scenarios.world import World

SITES = [
    {"site_code": "0042", "name": "Acme Leeds", "city": "Leeds", "region": "Yorkshire", "country_code": "GB"},
    {"site_code": "0043", "name": 'Acme York, "Old Town"', "city": "York", "region": "Yorkshire", "country_code": "GB"},
    {"site_code": "NO", "name": "Zürich ${input.x}"},
    {"site_code": "hq", "name": "Head Office"},
    {"site_code": "0050", "name": "Acme Hull"},
]
LOCATIONS = [
    {"id": "a1", "name": "Acme Leeds", "address_line_1": "1 The Row", "postal_code": "LS1 8EQ", "country_code": "GB"},
    {"id": "b2", "name": "0043 York", "address_line_1": "2 Stonegate\nFirst floor", "country_code": "GB"},
    {"id": "c3", "name": "zurich ${input.x}", "country_code": "CH", "postal_code": "08001"},
    {"id": "d4", "name": "Acme Hul", "country_code": "GB"},
    {"id": "e5", "name": "Elsewhere", "country_code": "GB"},
]
SEED: dict[str, Any] = {"customersure": {"sites": SITES}, "optimum": {"locations": LOCATIONS}}
SINGLE = [
    "manifests/customersure/sites/0050.yaml",
    "manifests/customersure/sites/hq.yaml",
    "manifests/optimum/locations/acme-hul.yaml",
    "manifests/optimum/locations/elsewhere.yaml",
]


@pytest.fixture(scope="module")
def vendors() -> Iterator[RunningSandbox]:
    """The five vendors, for all tests of this module."""
    with start(seed="empty") as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> World:
    """A chain that both vendors know, and no manifests."""
    return fresh(tmp_path, vendors, monkeypatch, SEED)


def test_a_chain(world: World) -> None:
    """Three stores are one ResourceSet, the rest is as ever; all of it is adopted without a change."""
    done = world.command("import --pair --json")
    assert done.code == 0, done.text
    assert done.document["summary"] == {"imported": 10, "skipped": 0, "managed": 0, "paired": 3}
    assert files(world) == [*SINGLE, "manifests/stores.csv", "manifests/stores.yaml"] == sorted(done.document["files"])
    assert [one["objects"] for one in done.document["near_misses"]] == [
        ["customersure/Site 0050", "optimum/Location d4"]
    ]
    table = (world.folder / "manifests/stores.csv").read_text("utf-8-sig")
    assert table.splitlines()[:2] == [
        "name,site_code,site_name,city,region,site_country_code,site_externalId,"
        "location_name,address_line_1,postal_code,location_country_code,location_externalId",
        "0042,0042,Acme Leeds,Leeds,Yorkshire,GB,0042,Acme Leeds,1 The Row,LS1 8EQ,GB,a1",
    ]
    adopted(world, 10)
    again = world.command("import --pair --json").document
    assert again["summary"] == {"imported": 0, "skipped": 0, "managed": 10, "paired": 0}


def test_the_table_lives_on(world: World) -> None:
    """A row more is a store more, and another code is a change: what is live is pinned by columns of its own."""
    world.command("import --pair")
    adopted(world, 10)
    table = world.folder / "manifests/stores.csv"
    text = table.read_text("utf-8")
    code = text.splitlines()[1].split(",")[1]
    more = "0900,0900,Acme Deal,Deal,Kent,GB,,Acme Deal,9 High Street,,GB,\n"
    table.write_text(text.replace(f",{code},", f",{code}-b,", 1) + more, "utf-8")
    assert "Plan: 2 to add, 1 to change, 0 to destroy." in world.command("plan").out


def test_nothing_to_pair(world: World) -> None:
    """Without pairs there is no ResourceSet, and that is said."""
    done = world.command("import --pair hq e5 0050 d4")
    assert "note: no site and location were found to be one store" in done.out
    assert files(world) == SINGLE


def test_a_dry_run_tells_the_near_misses(world: World) -> None:
    """What a person has to look at is said by name."""
    done = world.command("import --pair --dry-run")
    assert "3 stores are paired." in done.out
    assert 'customersure/Site 0050 ("0050"), optimum/Location d4 ("Acme Hul"): their names are alike' in done.out
    assert files(world) == []


def test_files_that_are_there(world: World) -> None:
    """Another's table is not touched; with --merge the stores go into files of another name."""
    (world.folder / "manifests/stores.csv").write_text("mine\n", "utf-8")
    refused = world.command("import --pair")
    assert refused.code == 3
    assert "manifests/stores.csv, which is there" in refused.err
    assert world.command("import --pair --merge").code == 0
    assert files(world)[4:] == ["manifests/stores-2.csv", "manifests/stores-2.yaml", "manifests/stores.csv"]
    assert (world.folder / "manifests/stores.csv").read_text("utf-8") == "mine\n"
    adopted(world, 10)


def test_references_follow(tmp_path: Path, vendors: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who belongs to a location that is paired refers to it by the name it has there."""
    people = [{"id": "p1", "email": "ada@example.org", "country_code": "GB", "locations": ["b2"]}]
    world = fresh(tmp_path, vendors, monkeypatch, {**SEED, "optimum": {"locations": LOCATIONS, "subscribers": people}})
    done = world.command("import --pair --kind Site --kind Location --kind Subscriber")
    assert done.code == 0, done.text
    written = (world.folder / "manifests/optimum/subscribers/subscriber-p1.yaml").read_text("utf-8")
    assert written.endswith('  locations:\n    - "0043"\n')
    adopted(world, 11)
