"""`status`: how everything stands, the vendors' figures over a period, and who applied it last."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.desk import Desk
from tests.cli.test_plan import fits

PERIOD = ("--from", "2024-01-01", "--to", "2024-01-31")
LEEDS = "optimum/Location/leeds"
MEASURED = ["customersure/Site/leeds", "enco/Survey/waffles", "optimum/Account/acme", LEEDS]


@pytest.fixture
def answered(applied: Desk) -> Desk:
    """Applied, and customers have answered: inside of the period, and at its ends and outside of them."""
    store = applied.sandbox.store
    survey, place = applied.live("enco", "surveys")[0]["id"], applied.live("optimum", "locations")[0]["id"]
    for score, day in ((10, "01"), (9, "15"), (3, "31"), (None, "20")):
        store.insert("enco", "responses", {"survey": survey, "score": score, "date": f"2024-01-{day}T23:30:00Z"})
    store.insert("enco", "responses", {"survey": survey, "score": 1, "date": "2024-02-01T00:00:00Z"})
    for created, rating in ((1704067200, 5), (1706745599, 4), (1706745600, 1)):  # the last is 2024-02-01
        store.insert("optimum", "reviews", {"created": created, "location": place, "rating": rating})
    store.insert("optimum", "reviews", {"created": 1705000000, "location": "other", "rating": 1})
    for score in (10, 8, 2, 9):
        store.insert(
            "optimum", "feedback", {"created": 1705000000, "type": "nps", "nps-score": score, "location": place}
        )
    store.insert("optimum", "feedback", {"created": 1705000000, "type": "happy", "happy": True, "location": place})
    asked = {"state": "sent", "sent_at": "2024-01-10T10:00:00Z", "survey_id": 1, "email": "kate@example.com"}
    request = store.insert(
        "customersure", "feedback_requests", {**asked, "data": [{"key": "site_code", "value": "leeds-1"}]}
    )
    for answers, sent in (
        (request, "2024-01-12T10:00:00Z"),
        (None, "2024-01-13T10:00:00Z"),
        (None, "2023-12-31T10:00:00Z"),
    ):
        store.insert(
            "customersure",
            "feedback_responses",
            {
                "survey_id": 1,
                "submitted_at": sent,
                "updated_at": "2024-01-20T10:00:00Z",
                "answers": [{"question_id": 1, "question": "?", "answer": "10", "type": "Rating"}],
                "feedback_request": {"id": answers["id"]} if answers else None,
            },
        )
    return applied


def resources(document: Any) -> dict[str, Any]:
    """Each address of the document."""
    return {row["address"]: row for row in document["resources"]}


def test_figures_of_a_period(answered: Desk) -> None:
    """Every vendor's counts of the days asked for, scores made anew of counts, and totals of whole connections."""
    found = answered.ok("status", *PERIOD, "--json").json
    fits(found, "status")
    rows = resources(found)
    assert list(rows) == MEASURED
    assert found["window"] == {"from": "2024-01-01", "to": "2024-01-31", "days": 31}
    enco = rows["enco/Survey/waffles"]["figures"]
    assert (enco["requests"], enco["responses"], enco["scored"], enco["nps"]) == (4, 3, 3, 33)
    place = rows[LEEDS]["figures"]
    assert (place["reviews"], place["rating"], place["responses"], place["scored"], place["nps"]) == (2, 4.5, 5, 4, 25)
    site = rows["customersure/Site/leeds"]["figures"]
    assert (site["requests"], site["responses"], site["nps"]) == (1, 1, None)
    wholes = {one["connection"]: one["figures"] for one in found["connections"]}
    assert (wholes["optimum"]["reviews"], wholes["enco"]["nps"]) == (3, 33)
    assert (wholes["customersure"]["responses"], wholes["customersure"]["response_rate"]) == (2, 100)
    assert "1 response answers no request that names a site" in " ".join(found["notes"])
    assert answered.writes == []


def test_both_ends_go_with_every_request(answered: Desk) -> None:
    """Traps 16, 86 and 87: what a vendor takes for the period where none is said is never relied on."""
    answered.ok("status", *PERIOD)
    asked = [entry.request for entry in answered.sandbox.log.entries()]
    reports = [dict(one.query) for one in asked if one.raw_path.split("?")[0].endswith("/report")]
    metrics = [dict(one.query) for one in asked if one.raw_path.split("?")[0].endswith(("/nps", "/response_rate"))]
    assert len(reports) == 2 and len(metrics) == 2
    ends = {(one["startDate"], one["endDate"]) for one in reports}
    assert ends == {("2024-01-01T00:00:00.000+00:00", "2024-01-31T23:59:59.999+00:00")}
    assert {(one["from_time"], one["to_time"]) for one in metrics} == {("2024-01-01T00:00:00Z", "2024-01-31T23:59:59Z")}


def test_nobody_is_shown(answered: Desk) -> None:
    """Figures are counts: no respondent's address, in no form."""
    for form in ("text", "json", "markdown", "html", "csv"):
        assert "kate@" not in answered.ok("status", *PERIOD, "--format", form).out


def test_what_cannot_be_read_is_not_known(answered: Desk) -> None:
    """A report that fails is null with its reason and never 0, the others are told, and it exits with 5."""
    answered.fault({"status": 503}, vendor="enco", path="/report")
    done = answered.run("status", *PERIOD, "--json", "--retry-seconds", "0")
    assert done.code == 5
    fits(done.json, "status")
    survey = resources(done.json)["enco/Survey/waffles"]
    assert survey["sync"]["state"] == "in_sync"
    assert (survey["figures"]["responses"], survey["figures"]["nps"]) == (None, None)
    assert "503" in survey["unknown"]["responses"] and "503" in survey["unknown"]["nps"]
    assert resources(done.json)[LEEDS]["figures"]["responses"] == 5
    assert [error["code"] for error in done.json["errors"]] == ["RCN0501", "RCN0501"]
    text = answered.run("status", *PERIOD, "--retry-seconds", "0")
    assert "?" in next(line for line in text.out.splitlines() if line.startswith("enco/Survey/waffles"))


def test_refused_credentials_are_four(applied: Desk) -> None:
    """Nothing is known of that connection: not how it stands, and no figure."""
    applied.fault({"status": 401}, vendor="optimum")
    done = applied.run("status", "--json")
    assert done.code == 4
    assert resources(done.json)[LEEDS]["sync"]["state"] == "unknown"
    assert resources(done.json)[LEEDS]["figures"]["responses"] is None


def test_how_each_stands(applied: Desk) -> None:
    """In sync, drifted, gone, not applied; the summary counts them."""
    places = applied.live("optimum", "locations")
    applied.sandbox.store.change("optimum", "locations", places[0]["id"], {"name": "Acme Ldn"})
    applied.sandbox.store.remove("optimum", "accounts", applied.live("optimum", "accounts")[0]["id"])
    applied.edit("manifests/all.yaml", "name: Acme Leeds, city: Leeds", "name: Acme Leeds, city: Bradford")
    found = applied.ok("status", "--json").json
    assert {address: row["sync"]["state"] for address, row in resources(found).items()} == {
        "customersure/Site/leeds": "not_applied",
        "enco/Survey/waffles": "in_sync",
        "optimum/Account/acme": "gone",
        LEEDS: "drifted",
    }
    assert resources(found)[LEEDS]["sync"]["reason"] == "name"
    assert found["summary"] == {"in_sync": 1, "drifted": 1, "gone": 1, "not_applied": 1, "unknown": 0}


def test_when_it_was_last_applied(applied: Desk) -> None:
    """The run of the history that made it, and who ran it."""
    last = resources(applied.ok("status", LEEDS, "--json").json)[LEEDS]["last_applied"]
    (run,) = applied.ok("state", "history", "--json").json["runs"]
    assert (last["run"], last["command"], last["user"], last["step"]) == (run["id"], "apply", run["user"], "create")


def test_nothing_is_applied_yet(five: Desk) -> None:
    """Before the first apply: not made, nobody applied it, no figure, and no state is made by asking."""
    found = five.ok("status", "--json").json
    row = resources(found)[LEEDS]
    assert (row["id"], row["sync"]["state"], row["last_applied"]) == (None, "not_applied", None)
    assert row["figures"] == {"nps": None, "responses": None}
    assert not (five.folder / ".reconciler").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((LEEDS,), [LEEDS]),
        (("optimum/*",), ["optimum/Account/acme", LEEDS]),
        (("enco/Question/*",), ["enco/Question/waffles-nl"]),
        ((), MEASURED),
    ],
)
def test_the_address_selects(applied: Desk, arguments: tuple[str, ...], expected: list[str]) -> None:
    """An address, a glob, a kind without figures of its own; without any, all that vendors count something of."""
    assert list(resources(applied.ok("status", *arguments, "--json").json)) == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("optimum/Location/leads",), "ADDRESS optimum/Location/leads: no manifest and no record has such an address"),
        (("--from", "2024-02-01", "--to", "2024-01-01"), "before it begins"),
        (("--from", "2024-02-01", "--to", "2024-03-01", "--days", "3"), "not all three"),
        (("--to", "0001-01-02"), "beyond the calendar"),
        (("--from", "soon"), "does not match the format"),
    ],
)
def test_slips_of_the_pen(applied: Desk, arguments: tuple[str, ...], words: str) -> None:
    """An address that nobody has and a period that is none: exit 3, before anything is asked."""
    done = applied.run("status", *arguments)
    assert done.code == 3 and words in done.err.replace("\n", " ")
    assert applied.requests() == []


@pytest.mark.parametrize(
    ("arguments", "days"),
    [((), 30), (("--days", "7"), 7), (("--from", "2024-01-01", "--days", "31"), 31), (PERIOD, 31)],
)
def test_the_period(applied: Desk, arguments: tuple[str, ...], days: int) -> None:
    """Thirty days up to today, unless options say otherwise; both ends belong to it."""
    window = applied.ok("status", LEEDS, *arguments, "--json").json["window"]
    assert window["days"] == days
    assert (window["from"] == "2024-01-01") is ("2024-01-01" in arguments)


def test_every_form_and_its_report(answered: Desk) -> None:
    """Text, Markdown, HTML and CSV say the same, on stdout and as reports."""
    reports = [f"--report={form}={form}.out" for form in ("markdown", "html", "csv")]
    done = answered.ok("status", *PERIOD, *reports)
    assert done.out.startswith("Status from 2024-01-01 to 2024-01-31 (31 days, UTC)\n")
    assert done.out.endswith("Status: 4 in sync.\n")
    markdown, page, table = (
        (answered.folder / f"{form}.out").read_text("utf-8") for form in ("markdown", "html", "csv")
    )
    assert "| `optimum/Location/leeds` |" in markdown and "rating 4.5, 2 reviews" in markdown
    assert "<code>optimum/Location/leeds</code>" in page and "rating 4.5, 2 reviews" in page
    assert "http" not in page.partition("<body>")[2].replace("http-equiv", "")
    assert ",optimum/Location/leeds," in table and table.startswith("\ufeffstate,connection,")
