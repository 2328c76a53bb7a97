"""Surveys and questions between the wire and the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.http import as_list, as_object, id_of, required, scalar, whole_number
from reconciler.model import JSON, Impact, Observed

SURVEY = "enco/Survey"
QUESTION = "enco/Question"
SEND = "enco/Send"

_SENT = ("channel", "segments", "destination", "referenceId", "language")  # in the document's order


def survey(value: JSON, connection: str) -> Observed:
    """A survey of a listing; its questions keep the vendor's spelling, blanks included (enco.txt, list example)."""
    item = as_object(value, "a survey")
    id = id_of(item, "id", "a survey")
    what = f"survey {id}"
    listed = required(item, "questions", what)
    fields: dict[str, JSON] = {
        "name": scalar(item, "name", what, needed=True),
        "interactionType": scalar(item, "interactionType", what, needed=True),
        "questions": [question(entry, what) for entry in as_list(listed if listed is not None else [], what)],
    }
    return Observed(SURVEY, connection, id, fields)


def question(value: JSON, what: str) -> dict[str, JSON]:
    """A question with its id as text."""
    item = as_object(value, f"a question of {what}")
    return {
        "id": id_of(item, "id", f"a question of {what}"),
        "language": scalar(item, "language", f"a question of {what}", needed=True),
        "body": scalar(item, "body", f"a question of {what}", needed=True),
    }


def questions(surveys: Iterable[Observed]) -> tuple[Observed, ...]:
    """Every question as an object of its own, pointing at its survey."""
    return tuple(
        Observed(
            QUESTION,
            each.connection,
            item["id"],
            {"survey": each.id, "language": item["language"], "body": item["body"]},
        )
        for each in surveys
        for item in _items(each)
    )


def _items(observed: Observed) -> list[dict[str, str]]:
    items = observed.fields["questions"]
    assert isinstance(items, list)
    return items


def survey_body(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """The body of a create: name, interactionType and the questions, in the document's own order."""
    listed = fields.get("questions")
    items = listed if isinstance(listed, (list, tuple)) else ()
    return {
        "name": fields["name"],
        "interactionType": fields["interactionType"],
        "questions": [question_body(item) for item in items],
    }


def question_body(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """The body of an added question."""
    return {"body": fields["body"], "language": fields["language"]}


def send_body(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """The body of a send: one request of its list, with what is declared."""
    return {"requests": [{name: fields[name] for name in _SENT if fields.get(name) is not None}]}


def added_question_id(answer: JSON, sent: Mapping[str, JSON]) -> str | None:
    """The id of a question just added, where the undocumented answer tells it: as the question or the whole survey."""
    if not isinstance(answer, dict):
        return None
    listed = answer.get("questions")
    if not isinstance(listed, list):
        return _plain_id(answer) if answer.get("body") is not None and answer.get("language") is not None else None
    same = [item for item in listed if isinstance(item, dict) and _same(item, sent)]
    return _plain_id(same[0]) if len(same) == 1 else None


def _same(item: Mapping[str, JSON], sent: Mapping[str, JSON]) -> bool:
    return all(str(item.get(key)).strip() == str(sent[key]).strip() for key in ("body", "language"))


def _plain_id(item: Mapping[str, JSON]) -> str | None:
    value = item.get("id")
    return str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) and value != "" else None


def report(value: JSON) -> Impact:
    """What a report counts. The score is left out where it is no number: without responses nobody knows what it is."""
    body = as_object(value, "the report")
    statistics = as_object(required(body, "responseStatistics", "the report"), "responseStatistics")
    responses = whole_number(statistics.get("totalResponses"))
    requests = whole_number(statistics.get("totalRequests"))
    if responses is None or requests is None:
        return Impact(failed="the report has no totalResponses or totalRequests")
    counts = {"responses": responses, "requests": requests}
    nps = body.get("nps")
    score = nps.get("score") if isinstance(nps, dict) else None
    if isinstance(score, (int, float)) and not isinstance(score, bool) and -100 <= score <= 100:
        counts["nps"] = round(score)
    return Impact(counts=counts)
