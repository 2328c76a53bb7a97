"""What the documents of Enco, CustomerSure and Optimum leave open, switched one way and the other; traps by number."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

SEND = {"requests": [{"channel": "SMS", "destination": "+32472306705", "segments": ["a"], "referenceId": "r1"}]}
ASKED = {"email": "john.smith@example.com", "send_at": "2099-08-20T18:00:00Z", "survey_id": 1484}
SUBSCRIBER = {"email": "jane@example.com", "country_code": "US", "location": "xd3S6"}
WIDE = {"startDate": "2000-01-01T00:00:00Z", "endDate": "2100-01-01T00:00:00Z"}


@pytest.mark.parametrize("status", [200, 202])
def test_trap_20_send_status(sandbox: RunningSandbox, enco: httpx.Client, status: int) -> None:
    """Trap 20: the status and the body of a send are not documented."""
    sandbox.options.update({"send_status": status, "send_answer": "object"})
    answer = enco.post("/surveys/8/send", json=SEND)
    assert (answer.status_code, answer.json()["requests"][0]["referenceId"]) == (status, "r1")


PERIODS = [
    ("required", {}, 400, "both are missing"),
    ("required", {"startDate": WIDE["startDate"]}, 400, "one is missing"),
    ("optional", {}, 200, "from the epoch to now"),
    ("optional", {"endDate": "2020-02-03T23:59:59Z"}, 200, "from the epoch"),
]


@pytest.mark.parametrize(("option", "query", "status", "reason"), PERIODS)
@pytest.mark.parametrize("path", ["/report", "/surveys/8/report"])
def test_trap_16_the_period_of_a_report(
    sandbox: RunningSandbox, enco: httpx.Client, path: str, option: str, query: dict[str, str], status: int, reason: str
) -> None:
    """Trap 16: whether a report demands its period is not documented."""
    sandbox.options.update({"report_period": option})
    assert enco.get(path, params=query).status_code == status, reason


def test_trap_24_a_list_may_be_capped(sandbox: RunningSandbox, enco: httpx.Client) -> None:
    """Trap 24: a list whose pages nobody documented ends at a round number, and says nothing."""
    for index in range(20):
        sandbox.store.insert("enco", "surveys", {"name": f"s{index}", "interactionType": "x", "questions": []})
    assert len(enco.get("/surveys").json()) == 22
    sandbox.options.update({"survey_list_cap": 10})
    assert len(enco.get("/surveys").json()) == 10


def test_trap_24_segments_are_split_at_commas(sandbox: RunningSandbox, enco: httpx.Client) -> None:
    """Trap 24: a comma inside a segment cannot be said in a report's address."""
    sandbox.store.load({"enco": {"token": "sandbox-enco-token", "surveys": [{"id": 1}]}})
    requests = [SEND["requests"][0] | {"segments": ["a,b"]}]
    assert enco.post("/surveys/1/send", json={"requests": requests}).status_code == 200
    found = enco.get("/surveys/1/report", params=WIDE | {"segments": "a,b"}).json()["responseStatistics"]
    assert found["totalRequests"] == 0


def test_account_wide_report_counts_every_survey(enco: httpx.Client) -> None:
    """L172: the global report is the sum of the surveys'."""
    enco.post("/surveys/7/send", json=SEND)
    totals = [
        enco.get(path, params=WIDE).json()["responseStatistics"]["totalRequests"]
        for path in ("/surveys/7/report", "/surveys/8/report", "/report")
    ]
    assert totals == [1, 5, 6]


DELETES = [
    ("none", "pending", 404, "nothing is documented"),
    ("pending", "pending", 204, "L140: a successful delete"),
    ("pending", "sent", 422, "what was sent stays"),
    ("any", "sent", 204, "or goes too"),
]


@pytest.mark.parametrize(("option", "state", "status", "reason"), DELETES)
def test_trap_83_delete_of_a_feedback_request(
    sandbox: RunningSandbox, customersure: httpx.Client, option: str, state: str, status: int, reason: str
) -> None:
    """Trap 83: L181 promises a delete that no section documents."""
    sandbox.options.update({"feedback_request_delete": option})
    values = ASKED | {"state": state}
    key = sandbox.store.insert("customersure", "feedback_requests", values)["id"]
    assert customersure.delete(f"/feedback_requests/{key}").status_code == status, reason
    gone = customersure.get(f"/feedback_requests/{key}").status_code == 404
    assert gone is (status == 204), reason
    assert customersure.delete("/feedback_requests/999").status_code == 404
    assert customersure.delete("/sites/hq").status_code == 404, "73: sites are never deleted"


SITE_CODES = [
    ("taken", "nowhere", 201, "stored, and linked to nothing"),
    ("refused", "nowhere", 422, "or refused"),
    ("refused", "HQ", 422, "codes are matched exactly"),
    ("refused", "hq", 201, "a site that is there"),
]


@pytest.mark.parametrize(("option", "code", "status", "reason"), SITE_CODES)
def test_trap_87f_unknown_site_code(
    sandbox: RunningSandbox, customersure: httpx.Client, option: str, code: str, status: int, reason: str
) -> None:
    """Trap 87f: what a data item does whose site_code no site has is not documented; a PATCH is no other."""
    sandbox.options.update({"unknown_site_code": option})
    data = [{"key": "site_code", "value": code}]
    assert customersure.post("/feedback_requests", json=ASKED | {"data": data}).status_code == status, reason
    sandbox.store.insert("customersure", "feedback_requests", ASKED | {"id": 77})
    changed = customersure.patch("/feedback_requests/77", json={"data": data}).status_code
    assert changed == (200 if status == 201 else 422), reason


@pytest.mark.parametrize(("option", "status"), [("clamp", 200), ("refused", 422)])
@pytest.mark.parametrize("path", ["/sites", "/feedback_requests", "/feedback_responses"])
def test_trap_77_page_size(
    sandbox: RunningSandbox, customersure: httpx.Client, path: str, option: str, status: int
) -> None:
    """Trap 77: a per_page above the maximum of 100 is cut, or refused."""
    sandbox.options.update({"per_page_over_limit": option})
    assert customersure.get(f"{path}?per_page=100").status_code == 200
    assert customersure.get(f"{path}?per_page=101").status_code == status


def test_response_shows_its_request(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """L612-L629: the request without its data, with `deletion_requested_at`; traps 83 and 85."""
    data = [{"key": "a", "value": "b"}]
    created = customersure.post("/feedback_requests", json=ASKED | {"data": data}).json()
    sandbox.store.insert("customersure", "feedback_responses", {"feedback_request": {"id": created["id"]}})
    shown = customersure.get("/feedback_responses/1").json()["feedback_request"]
    expected = {name: value for name, value in created.items() if name != "data"}
    assert shown == expected | {"deletion_requested_at": None}
    assert customersure.get("/feedback_responses").json()[0]["feedback_request"] == shown


ARGUMENTS = [
    ("query", "?limit=1", None, 200, 1, "the examples"),
    ("query", "", {"limit": 1}, 200, 3, "a body is not looked at"),
    ("body", "", {"limit": 1}, 200, 1, "L9"),
    ("body", "", {"limit": "1", "sort_by": "created-asc"}, 200, 1, "numbers as text too"),
    ("body", "", None, 200, 3, "no argument at all"),
    ("body", "?limit=1", None, 400, None, "L9: not in the query string"),
    ("body", "", {"limit": 101}, 400, None, "checked the same"),
    ("body", "", {"per_page": 1}, 400, None, "unknown the same"),
]


@pytest.mark.parametrize(("option", "query", "body", "status", "shown", "reason"), ARGUMENTS)
def test_trap_25_arguments_of_a_list(
    sandbox: RunningSandbox,
    optimum: httpx.Client,
    option: str,
    query: str,
    body: Any,
    status: int,
    shown: int | None,
    reason: str,
) -> None:
    """Trap 25: L9 wants parameters in the body and "not in the query string", where every example has them."""
    sandbox.options.update({"list_arguments": option})
    answer = optimum.request("GET", f"/locations{query}", json=body)
    assert (answer.status_code, answer.json().get("total_returned")) == (status, shown), reason


NAMES = [
    ("exact", "Waffle House Leuven", 1, "the whole name"),
    ("exact", "Waffle", 0, "not a part"),
    ("part", "waffle", 3, "a part, in any case"),
    ("part", "Leuven", 1, "a part"),
]


@pytest.mark.parametrize(("option", "name", "count", "reason"), NAMES)
def test_trap_36_name_filter(
    sandbox: RunningSandbox, optimum: httpx.Client, option: str, name: str, count: int, reason: str
) -> None:
    """Trap 36: whether a name filter takes a part for the whole is not documented."""
    sandbox.options.update({"name_filter": option})
    assert optimum.get("/locations", params={"name": name}).json()["total_count"] == count, reason


SORTS = [
    ("any", "postal_code-asc", 200),
    ("created", "postal_code-asc", 400),
    ("created", "created-asc", 200),
    ("none", "created-asc", 400),
]


@pytest.mark.parametrize(("option", "order", "status"), SORTS)
def test_trap_60b_sort_fields(
    sandbox: RunningSandbox, optimum: httpx.Client, option: str, order: str, status: int
) -> None:
    """Trap 60b: the fields of sort_by are not listed; only `created-asc` is shown (L41)."""
    sandbox.options.update({"sort_by_takes": option})
    assert optimum.get(f"/locations?sort_by={order}").status_code == status
    assert optimum.get("/locations").status_code == 200


@pytest.mark.parametrize(("option", "counts"), [("inclusive", [2, 2]), ("exclusive", [1, 1])])
def test_trap_51_created_bounds(sandbox: RunningSandbox, optimum: httpx.Client, option: str, counts: list[int]) -> None:
    """Trap 51: whether created_before and created_after include the second is not documented."""
    sandbox.options.update({"created_bounds": option})
    found = [optimum.get(f"/locations?created_{side}=1544745600").json()["total_count"] for side in ("after", "before")]
    assert found == counts


@pytest.mark.parametrize(("option", "asked", "count"), [("inverted", "FALSE", 1), ("plain", "TRUE", 1)])
def test_trap_43_invalid_filter(
    sandbox: RunningSandbox, optimum: httpx.Client, option: str, asked: str, count: int
) -> None:
    """Trap 43: L328 calls valid TRUE, the contrary of the attribute."""
    for invalid in (True, False, False):
        sandbox.store.insert("optimum", "subscribers", {"invalid": invalid})
    sandbox.options.update({"invalid_filter": option})
    assert optimum.get(f"/subscribers?invalid={asked}").json()["total_count"] == count


def test_trap_46_deleted_subscribers_may_linger(sandbox: RunningSandbox, optimum: httpx.Client) -> None:
    """Trap 46: whether a deleted subscriber is still read and listed is not documented; it can no longer be changed."""
    sandbox.options.update({"deleted_subscribers": "ghost"})
    key = optimum.post("/subscribers", json=SUBSCRIBER).json()["id"]
    assert optimum.delete(f"/subscribers/{key}").json() == {"id": key, "deleted": True}
    assert optimum.get(f"/subscribers/{key}").status_code == 200
    assert optimum.get("/subscribers").json()["total_count"] == 1
    assert optimum.post(f"/subscribers/{key}", json={"fname": "Back"}).status_code == 402
    assert optimum.post("/subscribers", json=SUBSCRIBER).json()["id"] == key, "40: a create resurrects"


CHOICES = ["per_page_over_limit", "feedback_request_delete", "list_arguments", "b2s_offset", "buenno_get_body"]


@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_choice_is_refused(control: httpx.Client, name: str) -> None:
    """A switch that does not exist is an error, not silence."""
    assert control.put("/options", json={name: "perhaps"}).status_code == 400
