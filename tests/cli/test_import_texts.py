"""Whatever text the vendors hold, an import writes what loads, and the next plan adopts it without a change."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.sandbox.seed import EMPTY
from reconciler.sandbox.server import RunningSandbox, start
from tests.scenarios.world import DIGEST_KEY, TOKENS, World

NASTY = [
    *("NO", "on", "07", "1:30", "~", "null", "+32 470", " x ", "a: b", "a #b", "- a", "@a", "`a`", "%a", "!a", "&a"),
    *("*a", "${value.x}", "$${x}", "a\nb\n", "a\r\nb", "a\tb", "---", "...", "'", '"', "\\", "con", "../../x", "x/y"),
    *("/etc/passwd", "é", "e\u0301", "北京", "\u202eevil", "a\x00b", "\x1b[31m", "\u200d", "\ufeff", "İ", "ß", "<b>"),
    *("\U0001f600", "[bold]x[/]", "x" * 300, "a" * 70 + " " + "b" * 70, "#comment", "key:", "{a}", "[a]", "a,b"),
    *(".hidden", "AUX", "2026-11-22", "1e3"),
]
TEXT = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
NAME = TEXT.filter(lambda text: bool(text.strip()))
MAYBE = st.none() | TEXT
LOCATION = st.fixed_dictionaries(
    {"name": NAME, "country_code": st.sampled_from(["GB", "be", "GBR"]), "postal_code": MAYBE}
)
SITE = st.fixed_dictionaries({"site_code": NAME, "name": NAME, "city": MAYBE, "region": MAYBE, "country_code": MAYBE})
QUESTION = st.fixed_dictionaries({"language": NAME, "body": TEXT})
SURVEY = st.fixed_dictionaries({"name": NAME, "interactionType": NAME, "questions": st.lists(QUESTION, max_size=3)})
ACCOUNT = st.fixed_dictionaries(
    {"name": NAME, "active": st.booleans(), "max_users": st.none() | st.sampled_from([3, "7"])}
)
FORM = st.fixed_dictionaries({"name": NAME, "company_name": MAYBE})
SEARCH = st.fixed_dictionaries({"name": NAME, "company_id": MAYBE})
PERSON = st.fixed_dictionaries(
    {"email": st.none() | NAME, "mobile_number": st.sampled_from([None, "", "+32470000001", "0470"]), "fname": MAYBE,
     "country_code": st.sampled_from(["BE", "B"]), "opt_out": st.booleans(), "locations": st.lists(NAME, max_size=2)}
)  # fmt: skip
WORLDS = st.fixed_dictionaries(
    {
        "enco": st.fixed_dictionaries({"surveys": st.lists(SURVEY, max_size=3)}),
        "customersure": st.fixed_dictionaries(
            {"sites": st.lists(SITE, max_size=3, unique_by=lambda site: site["site_code"])}
        ),
        "optimum": st.fixed_dictionaries(
            {
                "locations": st.lists(LOCATION, max_size=3),
                "accounts": st.lists(ACCOUNT, max_size=2),
                "subscribers": st.lists(PERSON, max_size=2),
            }
        ),
        "buenno": st.fixed_dictionaries({"forms": st.lists(FORM, max_size=3)}),
        "b2s": st.fixed_dictionaries({"searches": st.lists(SEARCH, max_size=3)}),
    }
)
TWINS = {"name": "é", "interactionType": "general", "questions": [{"language": "en", "body": "How?"}]}
ALIKE = {**TWINS, "name": "e\u0301"}


@pytest.fixture(scope="module")
def vendors() -> Iterator[RunningSandbox]:
    """The five vendors, for all tests of this module."""
    with start(seed="empty") as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def surroundings() -> Iterator[None]:
    """The tokens in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**TOKENS, **DIGEST_KEY}.items():
            patch.setenv(name, value)
        patch.delenv("CI", raising=False)
        yield


@given(WORLDS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@example({"enco": {"surveys": [TWINS, ALIKE]}})
@example({"optimum": {"locations": [{"name": text, "country_code": "BE"} for text in NASTY if text.strip()]}})
@example(
    {
        "buenno": {"forms": [{"name": "same"}, {"name": " same"}]},
        "customersure": {"sites": [{"site_code": "a", "name": "x"}]},
    }
)
def test_whatever_the_vendors_hold(vendors: RunningSandbox, held: dict[str, Any]) -> None:
    """Each live object is imported or told; the files load; nothing is to change; nothing is written to a vendor."""
    vendors.store.load({**EMPTY, **{vendor: {**EMPTY[vendor], **objects} for vendor, objects in held.items()}})
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), vendors, {})
        done = world.command("import --json")
        assert done.code == 0, done.text
        people = world.command("import --kind Subscriber --json")
        assert people.code == 0, people.text
        imported = [*done.document["imported"], *people.document["imported"]]
        skipped = [*done.document["skipped"], *people.document["skipped"]]
        live = sum(len(objects) for vendor in held.values() for objects in vendor.values())
        assert len(imported) + len(skipped) == live
        assert all(one["message"] for one in skipped)
        if imported:
            _adopted(world, len(imported))
        assert world.writes() == []


def _adopted(world: World, count: int) -> None:
    """Loaded, adopted without a change, and then nothing more to do."""
    world.sandbox.log.clear()
    plan = world.command("plan --json --retry-seconds 0").document
    assert plan["errors"] == []
    assert {name: number for name, number in plan["summary"].items() if number} == {"adopt": count}
    assert all(change["change"]["actions"] == ["no-op"] for change in plan["resource_changes"])
    assert world.command("apply --auto-approve --retry-seconds 0").code == 0
    assert world.command("plan --detailed-exitcode --retry-seconds 0").code == 0
