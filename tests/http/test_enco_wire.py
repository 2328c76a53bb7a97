"""Enco, call by call: exact verb, path, headers and body, and every documented answer (enco.txt)."""

from __future__ import annotations

import base64

import httpx
import pytest
import respx

from reconciler.errors import (
    CREDENTIALS_REFUSED,
    OUTCOME_UNKNOWN,
    TOKEN_ENDPOINT_REFUSED,
    UNREADABLE,
    WRITE_INVALID,
    WRITE_NOT_FOUND,
    WRITE_REFUSED,
    ReconcilerError,
    Uncertain,
)
from reconciler.model import Calls, Impact, Observed
from tests.http.vendors import ENCO, TOKEN, body, headers, sent, vendor

HEADERS = {
    "accept": "application/json",
    "content-type": "application/json",
    "authorization": f"Bearer {TOKEN}",
    "user-agent": "reconciler/0.1.0",
}
BODY_EN = "On a scale from 0-10 , how likely are you to recommend our waffles to a friend or colleague?"
BODY_FR = (
    " Quelle est la probabilité, sur une échelle de 0-10, que vous recommandiez nos gauffres à un ami ou un collègue? "
)
# enco.txt, "Response body example" of the list, without the comma that makes it no JSON.
LISTED = [
    {
        "id": 8,
        "name": "waffles",
        "interactionType": "general",
        "questions": [
            {"id": 13, "body": " " + BODY_EN, "language": " en-GB "},
            {"id": 11, "body": BODY_FR, "language": "FR"},
        ],
    },
    {
        "id": 7,
        "name": "biscuits",
        "interactionType": "general",
        "questions": [{"id": 12, "body": " On a scale", "language": " en-GB "}],
    },
]
REPORT = {
    "date": "2020-02-07T16:54:42.179",
    "from": "2019-11-01T12:12:15.982",
    "to": "2020-03-31T12:12:15.982",
    "segments": [],
    "segmentMode": "ALL",
    "nps": {"promoters": 1, "detractors": 0, "score": 100},
    "responseStatistics": {
        "totalRequests": 1,
        "totalResponses": 1,
        "goodResponses": 1,
        "badResponses": 0,
        "failed": 0,
    },
}
SURVEY = Observed("enco/Survey", "enco", "8", {"name": "waffles", "interactionType": "general", "questions": []})


@respx.mock
def test_list_sends_and_reads_the_documented_example() -> None:
    """GET with a Content-Type and an Accept (trap 21); ids as text, spelling as it came (traps 1, 2, 3)."""
    route = respx.get(f"{ENCO}/surveys").respond(json=LISTED)
    with vendor("enco") as enco:
        listing = enco.list("enco/Survey")
        assert enco.calls() == Calls(read=1, write=0)
    assert headers(sent(route)) == HEADERS
    assert sent(route).content == b""
    assert [survey.id for survey in listing.objects] == ["8", "7"]
    assert listing.objects[0].fields == {
        "name": "waffles",
        "interactionType": "general",
        "questions": [
            {"id": "13", "language": " en-GB ", "body": " " + BODY_EN},
            {"id": "11", "language": "FR", "body": BODY_FR},
        ],
    }
    assert listing.warnings == ()


@respx.mock
def test_questions_are_listed_out_of_their_surveys() -> None:
    """Each question points at its survey; there is no endpoint of their own."""
    respx.get(f"{ENCO}/surveys").respond(json=LISTED)
    with vendor("enco") as enco:
        listing = enco.list("enco/Question")
    assert [(item.id, item.fields["survey"]) for item in listing.objects] == [("13", "8"), ("11", "8"), ("12", "7")]
    assert listing.objects[1].fields == {"survey": "8", "language": "FR", "body": BODY_FR}


@respx.mock
def test_the_documents_own_list_text_is_no_json_and_is_refused() -> None:
    """L120: a trailing comma; what cannot be parsed proves nothing (trap 6)."""
    respx.get(f"{ENCO}/surveys").respond(text='[{"id": 8},]', headers={"Content-Type": "application/json"})
    with vendor("enco") as enco, pytest.raises(ReconcilerError) as caught:
        enco.list("enco/Survey")
    assert caught.value.code == UNREADABLE


@pytest.mark.parametrize(
    ("count", "warned"), [(9, False), (10, True), (20, True), (50, True), (99, False), (100, True)]
)
@respx.mock
def test_a_list_of_a_round_length_is_suspected(count: int, warned: bool) -> None:
    """Paging is not documented, so exactly 10, 20, 50 or 100 may be a cut list."""
    respx.get(f"{ENCO}/surveys").respond(json=[{**LISTED[1], "id": number} for number in range(count)])
    with vendor("enco") as enco:
        listing = enco.list("enco/Survey")
    assert (len(listing.objects), bool(listing.warnings)) == (count, warned)


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ({"surveys": []}, "not a list"),
        ({"fault": {"message": "Quota exceeded"}}, "Quota exceeded"),
        ([{**LISTED[0], "id": None}], "'id'"),
        ([{key: value for key, value in LISTED[0].items() if key != "name"}], "'name'"),
        ([{key: value for key, value in LISTED[0].items() if key != "questions"}], "'questions'"),
        ([{**LISTED[0], "questions": [{"id": 1, "language": "FR"}]}], "'body'"),
        ([3], "not an object"),
        ("surveys", "not a list"),
    ],
)
@respx.mock
def test_a_list_of_another_shape_is_unreadable(answer: object, named: str) -> None:
    """What is missing is named; nothing is concluded from it."""
    respx.get(f"{ENCO}/surveys").respond(json=answer)
    with vendor("enco") as enco, pytest.raises(ReconcilerError) as caught:
        enco.list("enco/Survey")
    assert caught.value.code == UNREADABLE
    assert named in caught.value.message


@respx.mock
def test_unknown_keys_and_null_questions_are_tolerated() -> None:
    """The vendor may add keys; null is no question."""
    respx.get(f"{ENCO}/surveys").respond(json=[{**LISTED[0], "created": 1, "questions": None}])
    with vendor("enco") as enco:
        assert enco.list("enco/Survey").objects[0].fields["questions"] == []


@respx.mock
def test_read_filters_the_list() -> None:
    """No read by id is documented; absent means absent from a complete list (trap 8)."""
    respx.get(f"{ENCO}/surveys").respond(json=LISTED)
    with vendor("enco") as enco:
        found = enco.read("enco/Survey", "7")
        assert found is not None
        assert found.fields["name"] == "biscuits"
        assert enco.read("enco/Survey", "99") is None
        question = enco.read("enco/Question", "11")
        assert question is not None
        assert question.fields["survey"] == "8"


@respx.mock
def test_create_survey_sends_and_reads_the_documented_example() -> None:
    """Exactly name, interactionType and questions of body and language."""
    created = {
        "id": 8,
        "name": "waffles",
        "interactionType": "general",
        "questions": [{"id": 13, "body": BODY_EN, "language": "en-GB"}],
    }
    route = respx.post(f"{ENCO}/surveys").respond(json=created)
    with vendor("enco") as enco:
        written = enco.create(
            "enco/Survey",
            {
                "name": "waffles",
                "interactionType": "general",
                "questions": [{"language": "en-GB", "body": BODY_EN, "id": "ignored"}],
            },
        )
        assert enco.calls() == Calls(read=0, write=1)
    assert headers(sent(route)) == HEADERS
    assert body(sent(route)) == {
        "name": "waffles",
        "interactionType": "general",
        "questions": [{"body": BODY_EN, "language": "en-GB"}],
    }
    assert written.id == "8"
    assert written.fields["questions"] == [{"id": "13", "language": "en-GB", "body": BODY_EN}]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(201),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"name": "waffles"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"fault": {"message": "x"}}),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("cut"),
    ],
)
@respx.mock
def test_a_create_without_the_documented_answer_is_uncertain(answer: httpx.Response | Exception) -> None:
    """Sent once, and nobody claims to know (trap 11)."""
    route = respx.post(f"{ENCO}/surveys").mock(side_effect=[answer])
    with vendor("enco", retry_seconds=30.0) as enco, pytest.raises(Uncertain) as caught:
        enco.create("enco/Survey", {"name": "a", "interactionType": "b", "questions": []})
    assert caught.value.code == OUTCOME_UNKNOWN
    assert route.call_count == 1


@respx.mock
def test_a_create_that_shows_only_its_id_is_done() -> None:
    """The id is enough; the fields are read back."""
    respx.post(f"{ENCO}/surveys").respond(201, json={"id": 8})
    with vendor("enco") as enco:
        written = enco.create("enco/Survey", {"name": "a", "interactionType": "b", "questions": []})
    assert (written.id, written.fields) == ("8", {})


@pytest.mark.parametrize(
    ("answer", "id", "reason"),
    [
        (httpx.Response(200), None, "nothing: the document shows no answer"),
        (httpx.Response(204), None, "no content"),
        (httpx.Response(200, json={}), None, "an empty object"),
        (httpx.Response(201, json={"id": 14, "body": "Hoe?", "language": "nl-BE"}), "14", "the question"),
        (
            httpx.Response(
                200,
                json={
                    "id": 8,
                    "name": "waffles",
                    "questions": [
                        {"id": 13, "body": "How?", "language": "en-GB"},
                        {"id": 14, "body": " Hoe? ", "language": "nl-BE"},
                    ],
                },
            ),
            "14",
            "the whole survey",
        ),
        (httpx.Response(200, json={"id": 8, "name": "waffles"}), None, "whose id this is, nobody knows"),
    ],
)
@respx.mock
def test_add_question_sends_the_documented_example(answer: httpx.Response, id: str | None, reason: str) -> None:
    """POST /surveys/{id}/question, singular (trap 7); every 2xx is taken (trap 20)."""
    route = respx.post(f"{ENCO}/surveys/8/question").mock(return_value=answer)
    with vendor("enco") as enco:
        written = enco.create("enco/Question", {"survey": "8", "language": "nl-BE", "body": "Hoe?"})
    assert headers(sent(route)) == HEADERS
    assert body(sent(route)) == {"body": "Hoe?", "language": "nl-BE"}
    assert written.id == id, reason


@respx.mock
def test_a_question_answered_with_a_web_page_is_uncertain() -> None:
    """Empty is fine, HTML is not."""
    respx.post(f"{ENCO}/surveys/8/question").respond(text="<html>login</html>")
    with vendor("enco") as enco, pytest.raises(Uncertain):
        enco.create("enco/Question", {"survey": "8", "language": "nl-BE", "body": "Hoe?"})


@respx.mock
def test_a_question_of_a_missing_survey_is_a_definite_refusal() -> None:
    """404: nothing was added."""
    respx.post(f"{ENCO}/surveys/8/question").respond(404)
    with vendor("enco") as enco, pytest.raises(ReconcilerError) as caught:
        enco.create("enco/Question", {"survey": "8", "language": "nl-BE", "body": "Hoe?"})
    assert caught.value.code == WRITE_NOT_FOUND
    assert not isinstance(caught.value, Uncertain)


ITEMS = [{"language": "nl-BE", "body": "Hoe?"}, {"language": "de", "body": "Wie?"}]


@respx.mock
def test_update_adds_the_given_questions_one_by_one() -> None:
    """One request an item, in order, and nothing else."""
    route = respx.post(f"{ENCO}/surveys/8/question").respond(200)
    with vendor("enco") as enco:
        assert enco.update("enco/Survey", "8", {"questions": ITEMS}).id == "8"
        assert enco.calls() == Calls(read=0, write=2)
    assert [body(sent(route, number)) for number in (0, 1)] == [
        {"body": "Hoe?", "language": "nl-BE"},
        {"body": "Wie?", "language": "de"},
    ]


@pytest.mark.parametrize(
    ("answers", "uncertain", "requests"),
    [
        ([httpx.Response(400)], False, 1),
        ([httpx.Response(200), httpx.Response(400)], True, 2),
        ([httpx.Response(500)], True, 1),
        ([httpx.Response(200), httpx.Response(500)], True, 2),
    ],
)
@respx.mock
def test_a_half_done_update_is_uncertain(answers: list[httpx.Response], uncertain: bool, requests: int) -> None:
    """A refusal of the first question changed nothing; of a later one, something is there already."""
    route = respx.post(f"{ENCO}/surveys/8/question").mock(side_effect=answers)
    with vendor("enco") as enco, pytest.raises(ReconcilerError) as caught:
        enco.update("enco/Survey", "8", {"questions": ITEMS})
    assert (isinstance(caught.value, Uncertain), route.call_count) == (uncertain, requests)
    if answers[-1].status_code == 400:
        assert caught.value.code == WRITE_INVALID


@pytest.mark.parametrize(
    ("kind", "fields"), [("enco/Survey", {"name": "b"}), ("enco/Question", {"body": "b"}), ("enco/Survey", {})]
)
@respx.mock
def test_what_the_api_cannot_change_is_refused_without_a_request(kind: str, fields: dict[str, object]) -> None:
    """No endpoint, no request (trap 9)."""
    with vendor("enco") as enco, pytest.raises(ReconcilerError) as caught:
        enco.update(kind, "8", fields)
    assert caught.value.code == WRITE_REFUSED


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200),
        httpx.Response(204),
        httpx.Response(202, json={}),
        httpx.Response(404),
        httpx.Response(200, json=None),
    ],
)
@respx.mock
def test_delete_takes_any_success_and_404(answer: httpx.Response) -> None:
    """One survey by its id (trap 19); the document shows no answer (trap 20); not found is gone."""
    route = respx.delete(f"{ENCO}/surveys/8").mock(return_value=answer)
    with vendor("enco") as enco:
        assert enco.delete("enco/Survey", "8").id == "8"
    assert headers(sent(route)) == HEADERS
    assert sent(route).content == b""


@respx.mock
def test_a_question_cannot_be_deleted() -> None:
    """There is no endpoint, so there is no request (trap 9)."""
    with vendor("enco") as enco, pytest.raises(ReconcilerError) as caught:
        enco.delete("enco/Question", "13")
    assert caught.value.code == WRITE_REFUSED


@respx.mock
def test_impact_asks_for_the_report_of_all_time() -> None:
    """Both dates always, the plus encoded, no segments (traps 13 to 16); the documented example is read."""
    route = respx.get(url__startswith=f"{ENCO}/surveys/8/report").respond(json=REPORT)
    with vendor("enco") as enco:
        impact = enco.impact("enco/Survey", SURVEY)
    assert sent(route).url.raw_path == (
        b"/survey/1.0.0/surveys/8/report?startDate=1970-01-01T00%3A00%3A00.000%2B00%3A00"
        b"&endDate=2100-01-01T00%3A00%3A00.000%2B00%3A00"
    )
    assert impact == Impact(counts={"responses": 1, "requests": 1, "nps": 100})


@pytest.mark.parametrize(
    ("nps", "counts"),
    [
        ('{"score": null}', {"responses": 0, "requests": 2}),
        ('{"score": NaN}', {"responses": 0, "requests": 2}),
        ("null", {"responses": 0, "requests": 2}),
        ('{"score": -12.5}', {"responses": 0, "requests": 2, "nps": -12}),
    ],
)
@respx.mock
def test_a_score_that_is_no_number_is_left_out(nps: str, counts: dict[str, int]) -> None:
    """Without responses the vendor may say null or NaN."""
    text = f'{{"nps": {nps}, "responseStatistics": {{"totalRequests": "2", "totalResponses": 0.0}}}}'
    respx.get(url__startswith=f"{ENCO}/surveys/8/report").respond(text=text)
    with vendor("enco") as enco:
        assert enco.impact("enco/Survey", SURVEY) == Impact(counts=counts)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(404),
        httpx.Response(200, text="<"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"responseStatistics": {"totalRequests": 1}}),
    ],
)
@respx.mock
def test_an_impact_that_cannot_be_counted_says_so(answer: httpx.Response) -> None:
    """Never zero by accident (trap 10)."""
    respx.get(url__startswith=f"{ENCO}/surveys/8/report").mock(return_value=answer)
    with vendor("enco") as enco:
        impact = enco.impact("enco/Survey", SURVEY)
    assert impact.failed
    assert impact.loses_data


@respx.mock
def test_evidence_is_the_report_as_it_came() -> None:
    """The same window as the count, every key of the answer."""
    route = respx.get(url__startswith=f"{ENCO}/surveys/8/report").respond(json={**REPORT, "more": [1]})
    with vendor("enco") as enco:
        assert enco.evidence("enco/Survey", SURVEY) == {"report": {**REPORT, "more": [1]}}
    assert sent(route).url.params["startDate"] == "1970-01-01T00:00:00.000+00:00"


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(404), httpx.Response(200, json=[])])
@respx.mock
def test_evidence_that_cannot_be_read_is_an_error(answer: httpx.Response) -> None:
    """Nothing is archived as if it had been empty."""
    respx.get(url__startswith=f"{ENCO}/surveys/8/report").mock(return_value=answer)
    with vendor("enco") as enco, pytest.raises(ReconcilerError):
        enco.evidence("enco/Survey", SURVEY)


@respx.mock
def test_a_question_has_no_impact_of_its_own() -> None:
    """It cannot be deleted, so nothing is asked."""
    with vendor("enco") as enco:
        assert enco.impact("enco/Question", SURVEY) == Impact()
        assert enco.evidence("enco/Question", SURVEY) == {}


@respx.mock
def test_a_refused_token_is_a_credentials_error() -> None:
    """401 with a static token: one request, exit 4."""
    route = respx.get(f"{ENCO}/surveys").respond(401, json={"fault": {"message": "Invalid Credentials"}})
    with vendor("enco", retry_seconds=30.0) as enco, pytest.raises(ReconcilerError) as caught:
        enco.list("enco/Survey")
    assert (caught.value.code, caught.value.exit_code, route.call_count) == (CREDENTIALS_REFUSED, 4, 1)
    assert TOKEN not in caught.value.message


@respx.mock
def test_client_credentials_are_fetched_used_and_renewed_after_a_401() -> None:
    """A form with grant type and scope, Basic id:secret; the new token is used for the same request."""
    tokens = respx.post("https://api.enco.io/token").mock(
        side_effect=[
            httpx.Response(200, json={"access_token": f"t{n}", "token_type": "Bearer", "expires_in": 3600})
            for n in (1, 2)
        ]
    )
    listed = respx.get(f"{ENCO}/surveys").mock(
        side_effect=[httpx.Response(200, json=[]), httpx.Response(401), httpx.Response(200, json=[])]
    )
    with vendor("enco", oauth=True) as enco:
        enco.list("enco/Survey")
        enco.list("enco/Survey")
        assert enco.calls() == Calls(read=2, write=0)
    asked = sent(tokens)
    assert asked.content == b"grant_type=client_credentials&scope=openid"
    assert headers(asked) == {
        "accept": "application/json",
        "authorization": "Basic " + base64.b64encode(b"client-id:client-secret").decode(),
        "content-type": "application/x-www-form-urlencoded",
        "user-agent": "reconciler/0.1.0",
    }
    assert tokens.call_count == 2
    used = [sent(listed, number).headers["authorization"] for number in range(3)]
    assert used == ["Bearer t1", "Bearer t1", "Bearer t2"]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
@respx.mock
def test_a_token_endpoint_that_refuses_is_exit_4(status: int) -> None:
    """Every 4xx of the token endpoint; neither id nor secret is shown."""
    respx.post("https://api.enco.io/token").respond(status, json={"error": "invalid_client"})
    with vendor("enco", oauth=True) as enco, pytest.raises(ReconcilerError) as caught:
        enco.list("enco/Survey")
    assert (caught.value.code, caught.value.exit_code) == (TOKEN_ENDPOINT_REFUSED, 4)
    assert "invalid_client" in caught.value.message
    assert "client-secret" not in caught.value.message
