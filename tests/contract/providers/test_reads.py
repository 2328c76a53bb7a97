"""Reads with a purpose: the check of a connection and the figures of a period, of all five vendors."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reconciler.errors import ReconcilerError
from reconciler.model import Observed
from reconciler.model.figures import Window
from reconciler.providers.base import Informant
from reconciler.sandbox.seed import DEFAULT, SURVEY, TEAM_SURVEY
from reconciler.sandbox.server import RunningSandbox
from tests.contract.providers.conftest import Connecting

VENDORS = ("b2s", "buenno", "customersure", "enco", "optimum")
SEES = {
    "b2s": {"answers": 2, "searches": 2},
    "buenno": {"forms": 2},
    "customersure": {"sites": 2, "feedback_requests": 0, "responses": 0},
    "enco": {"surveys": 2, "questions": 4},
    "optimum": {"locations": 3, "accounts": 1, "subscribers": 0, "reviews": 1, "feedback": 1},
}
ALL_YEARS = Window(date(2018, 1, 1), date(2025, 12, 31))


@pytest.fixture
def informant(sandbox: RunningSandbox, connecting: Connecting) -> Any:
    """Makes a client of a vendor that holds the default world."""
    sandbox.store.load(DEFAULT)

    def make(vendor: str, **settings: Any) -> Informant:
        provider: Any = connecting(vendor, **settings)
        found: Informant = provider
        return found

    return make


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_check_reads_alone(vendor: str, informant: Any, sandbox: RunningSandbox) -> None:
    """A good token sees so much; nothing but GETs is sent, and the quickest answer's time is known."""
    provider = informant(vendor)
    found = provider.check()
    assert (dict(found.sees), found.notes) == (SEES[vendor], ())
    assert {entry.request.method for entry in sandbox.log.entries()} == {"GET"}
    assert provider.vitals().latency is not None


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_check_with_a_wrong_token_is_refused(vendor: str, informant: Any) -> None:
    """Exit code 4, whatever status the vendor says it with."""
    with pytest.raises(ReconcilerError) as caught:
        informant(vendor, token="not-the-token").check()
    assert caught.value.exit_code == 4


def test_enco_asks_who_the_token_is_of(informant: Any, sandbox: RunningSandbox) -> None:
    """Userinfo beside the token endpoint; that it is refused is a note, since the list proves the token."""
    sandbox.faults.add({"match": {"vendor": "enco", "path": "/userinfo"}, "fault": {"status": 404}})
    found = informant("enco").check()
    assert found.sees["surveys"] == 2
    assert len(found.notes) == 1 and found.notes[0].startswith("userinfo: ")


def test_b2s_without_its_inventory_is_well(informant: Any, sandbox: RunningSandbox) -> None:
    """The inventory of surveys is in no document of this vendor's; the list of answers proves the token."""
    sandbox.options.update({"b2s_searches": "missing"})
    found = informant("b2s").check()
    assert dict(found.sees) == {"answers": 2}
    assert found.notes[0].startswith("searches: ")


def test_buenno_counts_by_form_what_it_can(informant: Any) -> None:
    """Invitations are a form's; a reply names no form, and nobody says on which scale NPS points are."""
    forms = (Observed("buenno/Form", "buenno", "1", {}), Observed("buenno/Form", "buenno", "2", {}))
    found = informant("buenno").figures(forms, Window(date(2020, 12, 18), date(2020, 12, 18)))
    assert [found.each["buenno/Form", id].shown()["requests"] for id in ("1", "2")] == [1, 0]
    assert found.each["buenno/Form", "1"].shown()["responses"] is None
    assert "which form" in found.each["buenno/Form", "1"].reasons()["responses"]
    whole = found.whole.shown()
    assert (whole["responses"], whole["rating"], whole["nps"]) == (1, 62.5, None)
    later = informant("buenno").figures(forms, Window(date(2020, 12, 19), date(2020, 12, 19)))
    assert (later.whole.shown()["responses"], later.each["buenno/Form", "1"].shown()["requests"]) == (0, 0)


def test_b2s_counts_by_survey(informant: Any) -> None:
    """Answers and score of each survey, customers' or employees', and of all."""
    surveys = (Observed("b2s/Survey", "b2s", SURVEY, {}), Observed("b2s/Survey", "b2s", TEAM_SURVEY, {}))
    found = informant("b2s").figures(surveys, Window(date(2023, 9, 8), date(2024, 1, 31)))
    shown = {id: found.each["b2s/Survey", id].shown() for id in (SURVEY, TEAM_SURVEY)}
    assert [(one["responses"], one["nps"]) for one in shown.values()] == [(1, 100), (2, 0)]
    assert (found.whole.shown()["responses"], found.whole.shown()["scored"]) == (3, 3)


@pytest.mark.parametrize("vendor", VENDORS)
def test_figures_that_cannot_be_read_are_not_known(vendor: str, informant: Any, sandbox: RunningSandbox) -> None:
    """Nothing is raised and nothing is 0: each figure is unknown with the reason, and the trouble is told."""
    provider = informant(vendor, retry_seconds=0)
    kinds = [kind for kind in sorted(provider.kinds) if kind.endswith(("Survey", "Site", "Location", "Form"))]
    observed = tuple(Observed(kind, vendor, "1", {}) for kind in kinds)
    sandbox.faults.add({"match": {"vendor": vendor}, "when": {"count": 1000}, "fault": {"status": 500}})
    found = provider.figures(observed, ALL_YEARS)
    assert found.troubles and {trouble.exit_code for trouble in found.troubles} == {5}
    for figures in (found.whole, *found.each.values()):
        shown = figures.shown()
        assert shown["responses"] is None and shown["nps"] is None
        assert 0 not in shown.values()
        assert set(figures.reasons()) == {name for name, value in shown.items() if value is None}
    assert len(found.each) == len(observed)


@pytest.mark.parametrize("vendor", VENDORS)
def test_both_ends_of_the_period_are_always_said(vendor: str, informant: Any, sandbox: RunningSandbox) -> None:
    """Traps 16 and 86: no vendor is left to choose a period."""
    informant(vendor).figures((), Window(date(2024, 1, 1), date(2024, 1, 31)))
    ends = {
        "enco": ("startDate", "endDate"),
        "customersure": ("from_time", "to_time"),
        "optimum": ("created_after", "created_before"),
        "buenno": ("from", "to"),
        "b2s": ("date_start", "date_end"),
    }[vendor]
    asked = [dict(entry.request.query) for entry in sandbox.log.entries()]
    asked = [query for query in asked if "updated_since" not in query]  # which has no other end
    assert asked and all(set(ends) <= set(query) for query in asked)
