"""Enco's stand-in against enco.txt: every documented rule and every refusal."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import RunningSandbox

QUESTION = {"body": "How likely are you to recommend us?", "language": "en-GB"}
SURVEY = {"name": "pancakes", "interactionType": "general", "questions": [QUESTION]}
SEND = {"channel": "SMS", "destination": "+32472306705", "segments": ["male"], "language": "en-GB"}
WIDE = {"startDate": "2000-01-01T00:00:00Z", "endDate": "2100-01-01T00:00:00+01:00"}


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def test_listing_is_the_documents_own(enco: httpx.Client) -> None:
    """The default world lists as enco.txt L86-L121 does: newest first, questions falling, stray spaces."""
    surveys = enco.get("/surveys").json()
    assert [survey["id"] for survey in surveys] == [8, 7]
    assert [question["id"] for question in surveys[0]["questions"]] == [13, 11]
    english, french = surveys[0]["questions"]
    assert (
        english["body"]
        == " On a scale from 0-10 , how likely are you to recommend our waffles to a friend or colleague?"
    )
    assert english["language"] == " en-GB "
    assert french["body"].startswith(" Quelle est") and french["body"].endswith("collègue? ")
    assert french["language"] == "FR"


def test_stray_spaces_can_be_switched_off(sandbox: RunningSandbox, enco: httpx.Client) -> None:
    """Without the option a listing shows what was sent."""
    sandbox.options.update({"stray_spaces": False})
    assert enco.get("/surveys").json()[0]["questions"][0]["language"] == "en-GB"


def test_create_echoes_unpadded_with_the_next_ids(enco: httpx.Client) -> None:
    """A create answers the survey with server ids from a counter each and no stray spaces (L61-L74)."""
    other = {"body": "Et vous?", "language": "FR"}
    answer = enco.post("/surveys", json=SURVEY | {"questions": [QUESTION, other]})
    assert answer.status_code == 200
    assert answer.json() == {
        "id": 9,
        "name": "pancakes",
        "interactionType": "general",
        "questions": [{"id": 14, **QUESTION}, {"id": 15, **other}],
    }
    listed = enco.get("/surveys").json()[0]
    assert (listed["id"], [question["id"] for question in listed["questions"]]) == (9, [15, 14])


def test_names_are_not_unique(enco: httpx.Client) -> None:
    """The same create twice makes two surveys: nothing in the document forbids it."""
    assert {enco.post("/surveys", json=SURVEY).json()["id"] for _ in range(2)} == {9, 10}


CREATE_REFUSALS = [
    (without(SURVEY, "name"), "name", "name is a parameter of the create"),
    (without(SURVEY, "interactionType"), "interactionType", "so is interactionType"),
    (without(SURVEY, "questions"), "questions", "a survey without a question cannot be sent"),
    (SURVEY | {"questions": []}, "questions", "an empty list is no question"),
    (SURVEY | {"questions": {}}, "questions", "questions are an array"),
    (SURVEY | {"name": ""}, "name", "an empty name"),
    (SURVEY | {"name": "  "}, "name", "a blank name"),
    (SURVEY | {"name": 7}, "name", "a name is text"),
    (SURVEY | {"interactionType": None}, "interactionType", "null is not text"),
    (SURVEY | {"questions": ["hello"]}, "questions[0]", "a question is an object"),
    (SURVEY | {"questions": [without(QUESTION, "body")]}, "questions[0].body", "a question has a body"),
    (SURVEY | {"questions": [without(QUESTION, "language")]}, "questions[0].language", "and a language"),
    (SURVEY | {"questions": [QUESTION, QUESTION | {"language": ""}]}, "questions[1].language", "not an empty one"),
    (SURVEY | {"questions": [QUESTION | {"id": 5}]}, "questions[0].id", "ids are the server's"),
    (SURVEY | {"channel": "SMS"}, "channel", "unknown properties are refused"),
    (SURVEY | {"id": 8}, "id", "ids are the server's"),
    ([SURVEY], "body", "the body is one object"),
]


@pytest.mark.parametrize(("body", "where", "reason"), CREATE_REFUSALS)
def test_create_refuses(enco: httpx.Client, body: Any, where: str, reason: str) -> None:
    """A create that the document does not allow is a 400 that names the place, and creates nothing."""
    answer = enco.post("/surveys", json=body)
    assert answer.status_code == 400, reason
    fault = answer.json()["fault"]
    assert set(fault) == {"message", "description", "code", "info", "details"}
    assert where in fault["description"], reason
    assert len(enco.get("/surveys").json()) == 2


FORM_REFUSALS = [
    ("GET", "/surveys", {"Content-Type": "text/plain"}, 415, "L82 shows the header on a GET too"),
    ("DELETE", "/surveys/8", {"Content-Type": ""}, 415, "and L127 on a DELETE"),
    ("POST", "/surveys", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "bodies are JSON"),
    ("GET", "/surveys", {"Authorization": ""}, 401, "no credentials"),
    ("GET", "/surveys", {"Authorization": "Bearer nonsense"}, 401, "a wrong token"),
    ("GET", "/surveys", {"Authorization": "Basic sandbox-enco-token"}, 401, "a wrong scheme"),
    ("DELETE", "/surveys/8", {"Authorization": "Bearer nonsense"}, 401, "nothing is deleted without a token"),
    ("GET", "/surveys/8", {}, 405, "there is no read of one survey"),
    ("PUT", "/surveys/8", {}, 405, "there is no update"),
    ("PATCH", "/surveys/8", {}, 405, "nor a partial one"),
    ("DELETE", "/surveys", {}, 405, "trap 19: L76 promises to delete a list; only one survey can be"),
    ("GET", "/surveys/8/question", {}, 405, "questions are only added"),
    ("DELETE", "/surveys/8/question/13", {}, 404, "and never deleted"),
    ("POST", "/surveys/8/questions", {}, 404, "trap 7: the path is singular (L135)"),
    ("DELETE", "/surveys/99", {}, 404, "no such survey"),
    ("GET", "/surveys/", {}, 404, "an empty id is no survey's address"),
    ("GET", "/survey", {}, 404, "no such path"),
    ("GET", "/surveys?limit=5", {}, 400, "there is no paging to ask for"),
]


@pytest.mark.parametrize(("method", "path", "headers", "status", "reason"), FORM_REFUSALS)
def test_front_door(
    enco: httpx.Client, method: str, path: str, headers: dict[str, str], status: int, reason: str
) -> None:
    """Credentials, content type, methods and paths are held to on every call."""
    answer = enco.request(method, path, headers=headers)
    assert answer.status_code == status, reason
    assert "fault" in answer.json()
    assert len(enco.get("/surveys").json()) == 2


def test_content_type_may_carry_a_charset(enco: httpx.Client) -> None:
    """A parameter after the media type is fine."""
    assert enco.get("/surveys", headers={"Content-Type": "application/json; charset=utf-8"}).status_code == 200


@pytest.mark.parametrize("text", [b"", b"{", b'{"name": NaN}', b"\xff\xfe"])
def test_malformed_json(enco: httpx.Client, text: bytes) -> None:
    """A body that is not JSON is a 400."""
    answer = enco.post("/surveys", content=text)
    assert (answer.status_code, answer.json()["fault"]["message"]) == (400, "Malformed JSON")


def test_question_is_added_first(enco: httpx.Client) -> None:
    """An added question gets the next id, is answered, and is listed before the others."""
    answer = enco.post("/surveys/7/question", json={"body": "Hoe was het?", "language": "nl-BE"})
    assert (answer.status_code, answer.json()) == (200, {"id": 14, "body": "Hoe was het?", "language": "nl-BE"})
    assert [question["id"] for question in enco.get("/surveys").json()[1]["questions"]] == [14, 12, 10]


def test_second_question_in_a_language_is_allowed(enco: httpx.Client) -> None:
    """L131: another tone of voice for the same language (trap 5)."""
    assert enco.post("/surveys/8/question", json=QUESTION).status_code == 200


def test_question_answer_may_be_empty(sandbox: RunningSandbox, enco: httpx.Client) -> None:
    """The document shows no answer for an added question; it can be switched to nothing."""
    sandbox.options.update({"question_answer": "empty"})
    answer = enco.post("/surveys/8/question", json=QUESTION)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/surveys/99/question", QUESTION, 404),
        ("/surveys/8/question", without(QUESTION, "body"), 400),
        ("/surveys/8/question", QUESTION | {"survey": 8}, 400),
        ("/surveys/8/question", {"questions": [QUESTION]}, 400),
    ],
)
def test_question_refusals(enco: httpx.Client, path: str, body: dict[str, Any], status: int) -> None:
    """A question needs a survey, a body and a language, and nothing else."""
    assert enco.post(path, json=body).status_code == status


def test_delete_destroys_the_responses(sandbox: RunningSandbox, enco: httpx.Client) -> None:
    """L123: a deleted survey takes its responses with it; its id is not given again."""
    answer = enco.delete("/surveys/8")
    assert (answer.status_code, answer.content) == (200, b"")
    assert [survey["id"] for survey in enco.get("/surveys").json()] == [7]
    assert sandbox.store.objects("enco", "responses") == []
    assert enco.delete("/surveys/8").status_code == 404
    assert enco.post("/surveys", json=SURVEY).json()["id"] == 9


def test_send_counts_as_a_request(enco: httpx.Client) -> None:
    """A send is one more request in the report, without a response."""
    before = enco.get("/surveys/8/report", params=WIDE).json()["responseStatistics"]["totalRequests"]
    assert enco.post("/surveys/8/send", json={"requests": [SEND]}).status_code == 200
    after = enco.get("/surveys/8/report", params=WIDE).json()["responseStatistics"]
    assert (after["totalRequests"], after["totalResponses"]) == (before + 1, 4)


SEND_REFUSALS = [
    ({}, "requests are needed"),
    ({"requests": []}, "at least one"),
    ({"requests": [without(SEND, "channel")]}, "the channel is mandatory (L145)"),
    ({"requests": [SEND | {"channel": "EMAIL"}]}, "only SMS is supported"),
    ({"requests": [without(SEND, "destination")]}, "somebody must get it"),
    ({"requests": [SEND | {"destination": "0472306705"}]}, "an international number"),
    ({"requests": [SEND | {"segments": "male"}]}, "segments are a list"),
    ({"requests": [SEND | {"segment": ["male"]}]}, "trap 17: and are called segments"),
    ({"requests": [SEND], "channel": "SMS"}, "unknown properties are refused"),
    ({"requests": [SEND, SEND]}, "the same person twice at once"),
]


@pytest.mark.parametrize(("body", "reason"), SEND_REFUSALS)
def test_send_refuses(sandbox: RunningSandbox, enco: httpx.Client, body: dict[str, Any], reason: str) -> None:
    """A send that is refused sends to nobody."""
    before = len(sandbox.store.objects("enco", "responses"))
    assert enco.post("/surveys/8/send", json=body).status_code == 400, reason
    assert len(sandbox.store.objects("enco", "responses")) == before


def test_same_person_is_not_surveyed_again_soon(sandbox: RunningSandbox, enco: httpx.Client) -> None:
    """L145: a short interval to the same person is refused; an interval of 0 switches the rule off."""
    statuses = [enco.post("/surveys/8/send", json={"requests": [SEND]}).status_code for _ in range(2)]
    sandbox.options.update({"send_interval": 0})
    statuses.append(enco.post("/surveys/8/send", json={"requests": [SEND]}).status_code)
    assert statuses == [200, 400, 200]


def test_report_recaps_and_counts(enco: httpx.Client) -> None:
    """Shape and figures; from and to lose their offset (trap 14), segments and mode are echoed as in L192 (trap 13)."""
    query = {"startDate": "2020-02-01T12:12:15.982+01:00", "endDate": "2020-03-31T12:12:15.982+01:00"}
    report = enco.get("/surveys/8/report", params=query | {"segmentMode": "ANY", "channel": "SMS"}).json()
    assert report.pop("date")
    assert report == {
        "from": "2020-02-01T12:12:15.982",
        "to": "2020-03-31T12:12:15.982",
        "segments": [],
        "segmentMode": "ALL",
        "nps": {"promoters": 2, "detractors": 1, "score": 33},
        "responseStatistics": {
            "totalRequests": 5,
            "totalResponses": 4,
            "goodResponses": 3,
            "badResponses": 1,
            "failed": 0,
        },
    }


REPORT_FILTERS = [
    ("/surveys/8/report", {}, 5, "one survey"),
    ("/report", {}, 5, "all surveys"),
    ("/surveys/7/report", {}, 0, "a survey without responses"),
    ("/surveys/8/report", {"endDate": "2020-02-04T00:00:00Z"}, 1, "the end of the period"),
    ("/surveys/8/report", {"startDate": "2020-02-06T08:30:00Z"}, 2, "the start, included"),
    ("/surveys/8/report", {"segments": "customer,loyalty"}, 1, "ALL is the default mode"),
    ("/surveys/8/report", {"segments": "customer,loyalty", "segmentMode": "ANY"}, 2, "ANY"),
]


@pytest.mark.parametrize(("path", "query", "total", "reason"), REPORT_FILTERS)
def test_report_filters(enco: httpx.Client, path: str, query: dict[str, str], total: int, reason: str) -> None:
    """Period, segments and survey select what a report counts."""
    report = enco.get(path, params=WIDE | query).json()
    assert report["responseStatistics"]["totalRequests"] == total, reason


REPORT_REFUSALS = [
    ("/surveys/8/report", without(WIDE, "startDate"), 400, "a period is needed"),
    ("/surveys/8/report", without(WIDE, "endDate"), 400, "with its end"),
    ("/surveys/8/report", WIDE | {"startDate": "2020-01-01"}, 400, "a time, not a date"),
    ("/surveys/8/report", WIDE | {"startDate": "yesterday"}, 400, "ISO 8601"),
    ("/surveys/8/report", {"startDate": WIDE["endDate"], "endDate": WIDE["startDate"]}, 400, "in this order"),
    ("/surveys/8/report", WIDE | {"segment": "male"}, 400, "trap 17: the parameter is segments"),
    ("/surveys/8/report", WIDE | {"segmentMode": "SOME"}, 400, "ALL or ANY"),
    ("/surveys/8/report", WIDE | {"channel": "EMAIL"}, 400, "SMS alone"),
    ("/surveys/99/report", WIDE, 404, "no such survey"),
]


@pytest.mark.parametrize(("path", "query", "status", "reason"), REPORT_REFUSALS)
def test_report_refuses(enco: httpx.Client, path: str, query: dict[str, str], status: int, reason: str) -> None:
    """A report over an unclear question is refused."""
    assert enco.get(path, params=query).status_code == status, reason


def test_report_takes_an_unencoded_plus_for_a_space(enco: httpx.Client) -> None:
    """In a query a plus sign is a space, so an offset that is not percent-encoded is no time zone (trap 14)."""
    url = "/surveys/8/report?startDate=2019-11-01T12:12:15.982+01:00&endDate=2100-01-01T00:00:00Z"
    assert enco.get(url).status_code == 400


@pytest.mark.parametrize(("option", "score"), [(0, 0), (None, None)])
def test_empty_score(sandbox: RunningSandbox, enco: httpx.Client, option: float | None, score: float | None) -> None:
    """What the score of no response is, the document does not say; it can be switched."""
    sandbox.options.update({"empty_score": option})
    assert enco.get("/surveys/7/report", params=WIDE).json()["nps"]["score"] == score
