"""CustomerSure's feedback requests, responses and figures against customersure.txt."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

ASKED = {"email": "john.smith@example.com", "send_at": "2099-08-20T18:00:00+0100", "survey_id": 1484}
REQUEST_FIELDS = [
    *("id", "email", "state", "first_name", "surname", "survey_id", "email_template_id", "reference", "machine_id"),
    *("send_at", "sent_at", "created_at", "updated_at", "not_sent_reason", "delivery_failure", "data"),
]


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in names}


def test_feedback_request_round_trip(customersure: httpx.Client) -> None:
    """Create answers 201 with every field, times in UTC, ids for data items (L313-L336)."""
    body = ASKED | {"first_name": "John", "data": [{"key": "site_code", "value": "hq"}]}
    answer = customersure.post("/feedback_requests", json=body)
    created = answer.json()
    assert (answer.status_code, list(created)) == (201, REQUEST_FIELDS)
    assert created["send_at"] == "2099-08-20T17:00:00Z"
    assert (created["state"], created["survey_id"], created["surname"]) == ("pending", 1484, None)
    assert created["data"] == [{"id": 1, "key": "site_code", "value": "hq"}]
    assert customersure.get(f"/feedback_requests/{created['id']}").json() == created


REQUEST_PROBLEMS = [
    (without(ASKED, "email"), ("email", "required"), "L243"),
    (without(ASKED, "send_at"), ("send_at", "required"), "L245"),
    (without(ASKED, "survey_id"), ("survey_id", "required"), "L247"),
    (ASKED | {"email": "john"}, ("email", "invalid_format"), "an email address"),
    (ASKED | {"send_at": "2014-08-20T18:00:00Z"}, ("send_at", "invalid_date"), "in the future"),
    (ASKED | {"send_at": "tomorrow"}, ("send_at", "invalid_date"), "ISO 8601"),
    (ASKED | {"survey_id": "AKknWccEFf7"}, ("survey_id", "invalid_format"), "not the public code (L657)"),
    (ASKED | {"survey_id": 99}, ("survey_id", "invalid_value"), "a survey that is not ours (L248)"),
    (ASKED | {"machine_id": "x" * 37}, ("machine_id", "wrong_length"), "L174 shows the limit"),
    (ASKED | {"data": {"key": "a"}}, ("data", "invalid_format"), "data is an array"),
    (ASKED | {"data": [{"key": "k" * 31, "value": "v"}]}, ("key", "wrong_length"), "L278"),
    (ASKED | {"data": [{"key": "k", "value": "v" * 101}]}, ("value", "wrong_length"), "L280"),
    (ASKED | {"data": [{"key": "k"}]}, ("value", "required"), "an item has a value"),
]


@pytest.mark.parametrize(("body", "expected", "reason"), REQUEST_PROBLEMS)
def test_feedback_request_problems(
    sandbox: RunningSandbox, customersure: httpx.Client, body: dict[str, Any], expected: tuple[str, str], reason: str
) -> None:
    """A request that breaks a rule is a 422 and is not stored."""
    sandbox.store.settings["customersure"]["survey_ids"] = [1484]
    answer = customersure.post("/feedback_requests", json=body)
    assert answer.status_code == 422, reason
    assert [(entry["field"], entry["error"]) for entry in answer.json()["errors"]] == [expected], reason
    assert sandbox.store.objects("customersure", "feedback_requests") == []


@pytest.mark.parametrize(
    "extra", [{"state": "sent"}, {"sent_at": None}, {"data": [{"id": 1, "key": "a", "value": "b"}]}]
)
def test_feedback_request_unpermitted(customersure: httpx.Client, extra: dict[str, Any]) -> None:
    """The server's own fields are unpermitted parameters (L150)."""
    assert customersure.post("/feedback_requests", json=ASKED | extra).status_code == 403


def test_patch_changes_and_adds_data(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """An item with an id is changed, one without is added (L399); the echo shows no data (L442)."""
    body = ASKED | {"data": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}
    created = customersure.post("/feedback_requests", json=body).json()
    path = f"/feedback_requests/{created['id']}"
    echo = customersure.patch(path, json={"data": [{"id": 2, "value": "3"}, {"key": "c", "value": "4"}]}).json()
    assert (echo["data"], echo["updated_at"]) == ([], created["updated_at"])
    live = customersure.get(path).json()
    assert [(item["id"], item["key"], item["value"]) for item in live["data"]] == [
        (1, "a", "1"),
        (2, "b", "3"),
        (3, "c", "4"),
    ]
    assert live["updated_at"] > created["updated_at"]
    sandbox.options.update({"patch_echo_empty_data": False})
    assert customersure.patch(path, json={"surname": "Smith"}).json()["data"] == live["data"]


def test_only_pending_requests_change(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """A sent request cannot be updated (L345)."""
    created = customersure.post("/feedback_requests", json=ASKED).json()
    sandbox.store.change("customersure", "feedback_requests", str(created["id"]), {"state": "sent"})
    answer = customersure.patch(f"/feedback_requests/{created['id']}", json={"surname": "Smith"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "state")
    assert customersure.patch(f"/feedback_requests/{created['id']}", json={"data": [{"id": 9}]}).status_code == 422


def test_feedback_requests_are_listed_by_time(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """The latest send_at first, filtered by states[] and survey_ids[]."""
    for survey, state, year in ((1, "sent", 2015), (1, "pending", 2031), (2, "pending", 2030)):
        item = {"email": "a@example.com", "survey_id": survey, "state": state, "send_at": f"{year}-01-01T00:00:00Z"}
        sandbox.store.insert("customersure", "feedback_requests", item)

    def ids(query: str) -> list[int]:
        return [item["id"] for item in customersure.get(f"/feedback_requests{query}").json()]

    assert ids("") == [2, 3, 1]
    assert ids("?states[]=pending") == [2, 3]
    assert ids("?states[]=pending&states[]=sent&survey_ids[]=1") == [2, 1]


RESPONSE = {
    "survey_id": 277,
    "fields": {"email": "kate@example.com"},
    "answers": [{"question_id": 5, "question": "How likely?", "answer": "10", "type": "Rating"}],
}


def _respond(sandbox: RunningSandbox) -> None:
    for answer, day in (("10", "01"), ("7", "02"), ("3", "03")):
        answers = [RESPONSE["answers"][0] | {"answer": answer}]  # type: ignore[index, operator]
        item = RESPONSE | {"answers": answers, "submitted_at": f"2020-01-{day}T00:00:00Z"}
        sandbox.store.insert("customersure", "feedback_responses", item | {"updated_at": f"2020-02-{day}T00:00:00Z"})


def test_feedback_responses(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """The newest first; updated_at is in the listing (L707) and not in the single answer (L569)."""
    _respond(sandbox)
    listed = customersure.get("/feedback_responses").json()
    assert [item["id"] for item in listed] == [3, 2, 1]
    assert "updated_at" in listed[0] and "updated_at" not in customersure.get("/feedback_responses/3").json()
    assert len(customersure.get("/feedback_responses?updated_since=2020-02-02T00:00:00Z").json()) == 2
    assert customersure.get("/feedback_responses?email=no@example.com").json() == []
    for spelling in ("survey_ids", "survey_ids[]"):
        assert len(customersure.get("/feedback_responses", params={spelling: "277"}).json()) == 3


def test_nps(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """Promoters, passives and detractors of a period (L780-L785); by default the last 30 days."""
    _respond(sandbox)
    period = {"from_time": "2020-01-01T00:00Z", "to_time": "2020-01-31T23:59Z"}
    expected = {"net_promoter_score": 0, "promoter_count": 1, "passive_count": 1, "detractor_count": 1}
    assert customersure.get("/nps", params=period).json() == expected
    assert customersure.get("/nps", params=period | {"question_ids[]": "6"}).json()["promoter_count"] == 0
    assert customersure.get("/nps").json()["promoter_count"] == 0


def test_response_rate(sandbox: RunningSandbox, customersure: httpx.Client) -> None:
    """Replies by delivered requests of a period (L745-L750)."""
    for index in range(4):
        item = {"state": "sent", "sent_at": "2020-01-05T00:00:00Z", "survey_id": 1}
        failed = {"delivery_failure": "550"} if index == 3 else {}
        sandbox.store.insert("customersure", "feedback_requests", item | failed)
    sandbox.store.insert("customersure", "feedback_responses", {"feedback_request": {"id": 1}})
    sandbox.options.update({"now": "2020-01-20T12:00:00Z"})
    expected = {"response_rate_percent": 33, "sent_count": 4, "delivered_count": 3, "reply_count": 1}
    assert customersure.get("/response_rate").json() == expected
    assert customersure.get("/response_rate?survey_ids[]=2").json()["sent_count"] == 0
