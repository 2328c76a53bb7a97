"""Surveys and answers between the wire and the engine."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.http import as_list, as_object, id_of, required
from reconciler.model import JSON, Observed

SURVEY = "b2s/Survey"
ANSWER = "b2s/Answer"

# What a create takes; the status and the closed loop have endpoints of their own.
_CREATED = ("nps", "discursive_question", "questions", "created_at", "search_id", "response_channel")


def surveys(value: JSON, connection: str) -> tuple[Observed, ...]:
    """The survey inventory: a bare list of id, name and company_id, without pages (the sibling document)."""
    rows = as_list(value, f"{connection}: the list of surveys")
    found = (_survey(as_object(row, "a survey"), connection) for row in rows)
    return tuple({survey.id: survey for survey in found}.values())


def _survey(item: dict[str, JSON], connection: str) -> Observed:
    id = id_of(item, "id", "a survey")
    fields = {"name": required(item, "name", f"survey {id}"), "company_id": item.get("company_id")}
    return Observed(SURVEY, connection, id, fields)


def survey_of(answers: list[dict[str, JSON]], id: str, connection: str) -> Observed | None:
    """A survey as its newest answer that names it tells it; None where none does."""
    for answer in sorted(answers, key=lambda item: str(item.get("created_at")), reverse=True):
        search = answer.get("search")
        if isinstance(search, dict) and search.get("id") == id and search.get("name") is not None:
            company = answer.get("company")
            company_id = company.get("id") if isinstance(company, dict) else None
            return Observed(SURVEY, connection, id, {"name": search["name"], "company_id": company_id})
    return None


def answer(value: JSON, connection: str) -> Observed:
    """An answer. Of what was sent it shows the score and the text as they were; the time in another zone (b2s.txt L25,
    L97), the questions' answers under other names and without ids (L123), and the rest never."""
    item = as_object(value, "an answer")
    id = id_of(item, "id", "an answer")
    score = required(item, "nps", f"answer {id}")
    fields = {"nps": score, "discursive_question": item.get("discursive_question")}
    return Observed(ANSWER, connection, id, fields)


def answer_body(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """The body of a create."""
    return {name: fields[name] for name in _CREATED if fields.get(name) is not None}


def closed_loop_body(item: JSON) -> dict[str, JSON]:
    """The body of a closed loop. Its answer has the message as ``description``, and a user_name that says "- API"."""
    loop = as_object(item, "a closed loop")
    return {name: loop[name] for name in ("message", "user_email", "user_name")}
