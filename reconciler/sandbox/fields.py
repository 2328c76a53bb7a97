"""What the vendors' objects are made of: each field with its sort, and what it begins with."""

from __future__ import annotations

from reconciler.sandbox.schemas import (
    BOOLEAN,
    COUNT,
    INTEGER,
    INTEGER_OR_NULL,
    NUMBER,
    TEXT,
    TEXT_OR_NULL,
    Schema,
    array,
    choice,
    fields,
    nullable,
    record,
)

Fields = dict[str, Schema]

ENCO_QUESTION: Fields = {"id": INTEGER, "body": TEXT, "language": TEXT}
ENCO_SURVEY: Fields = {
    "name": TEXT,
    "interactionType": TEXT,
    "questions": array(record(ENCO_QUESTION), default=[]),
}
ENCO_RESPONSE: Fields = {
    "survey": INTEGER,
    "score": nullable({"type": ["integer", "string"]}),
    "date": TEXT,
    "channel": choice("SMS", default="SMS"),
    "segments": array(TEXT, default=[]),
    "failed": {**BOOLEAN, "default": False},
    **fields(TEXT_OR_NULL, "destination referenceId language"),
}

SITE: Fields = {"name": TEXT, **fields(TEXT_OR_NULL, "city region country_code")}
DATA_ITEM: Fields = {"id": INTEGER, "key": TEXT, "value": TEXT}
FEEDBACK_REQUEST: Fields = {
    "email": TEXT,
    "state": choice("pending", "sent", "not_sent", default="pending"),
    **fields(TEXT_OR_NULL, "first_name surname"),
    "survey_id": INTEGER,
    "email_template_id": INTEGER_OR_NULL,
    **fields(TEXT_OR_NULL, "reference machine_id"),
    "send_at": TEXT,
    "sent_at": TEXT_OR_NULL,
    **fields(TEXT, "created_at updated_at"),
    **fields(TEXT_OR_NULL, "not_sent_reason delivery_failure"),
    "data": array(record(DATA_ITEM), default=[]),
}
RESPONSE_ANSWER: Fields = {
    "question_id": INTEGER,
    "question": TEXT,
    "answer": TEXT_OR_NULL,
    "type": choice("Rating", "Text", "Dropdown", "Radio", "Checkbox"),
}
FEEDBACK_RESPONSE: Fields = {
    **fields(TEXT_OR_NULL, "reference machine_id"),
    "survey_id": INTEGER_OR_NULL,
    "fields": {"type": "object", "default": {}},
    "answers": array(record(RESPONSE_ANSWER), default=[]),
    **fields(TEXT, "submitted_at updated_at"),
    "feedback_request": {"type": ["object", "null"]},
}

LOCATION: Fields = {
    "created": INTEGER,
    "name": TEXT,
    **fields(TEXT_OR_NULL, "address_line_1 address_line_2 address_line_3 postal_code"),
    "country_code": TEXT,
}
ACCOUNT: Fields = {
    "created": INTEGER,
    "name": TEXT,
    "active": {**BOOLEAN, "default": True},
    **fields(nullable(COUNT), "max_locations max_users max_campaigns sms_allowance"),
    **fields({**COUNT, "default": 0}, "active_locations active_users"),
}
SUBSCRIBER: Fields = {
    "created": INTEGER,
    **fields(TEXT_OR_NULL, "email mobile_number fname sname"),
    **fields(INTEGER_OR_NULL, "last_sms last_email"),
    "country_code": TEXT,
    **fields({**BOOLEAN, "default": False}, "invalid opt_out"),
    "locations": array(TEXT, default=[]),
}
REVIEW: Fields = {
    "created": INTEGER,
    **fields(TEXT_OR_NULL, "title description location platform platform_name"),
    "rating": {"type": ["number", "null"], "minimum": 0, "maximum": 5},
    **fields(TEXT_OR_NULL, "url reviewer_name reviewer_image reviewer_url"),
}
FEEDBACK: Fields = {
    "created": INTEGER,
    "type": nullable(choice("star-rating", "nps", "happy")),
    "nps-score": {"type": ["integer", "null"], "minimum": 0, "maximum": 10},
    "star-rating": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
    "happy": nullable(BOOLEAN),
    **fields(TEXT_OR_NULL, "comments platform_name subscriber subscriber_name subscriber_email"),
    **fields(TEXT_OR_NULL, "location campaign campaign_step campaign_step_type"),
}

BUENNO_FORM: Fields = {"name": TEXT, "company_name": TEXT_OR_NULL}
_PERSON: Fields = fields(TEXT_OR_NULL, "email phone first_name last_name")


def _prefilled(texts: str) -> Fields:
    return {
        "pf_timestamp": nullable({"type": ["integer", "string"]}),
        **fields(TEXT_OR_NULL, texts),
        "pf_age": INTEGER_OR_NULL,
        "pf_external_id": TEXT_OR_NULL,
    }


INVITATION: Fields = {
    **_PERSON,
    "form_id": INTEGER,
    **_prefilled("pf_store pf_seller_name pf_product_category pf_target pf_gender"),
    **fields(TEXT_OR_NULL, "scheduled_at sent_at opened_at answered_at"),
    **fields(TEXT, "created_at updated_at"),
}
REPLY_ANSWER: Fields = {
    "question": TEXT_OR_NULL,
    "points": nullable(NUMBER),
    "answer": TEXT_OR_NULL,
    **fields(INTEGER, "question_id question_type_id"),
}
REPLY: Fields = {
    "name": TEXT_OR_NULL,
    **_PERSON,
    **_prefilled("pf_store pf_seller_name pf_seller_id pf_product_category pf_target pf_gender"),
    "preferred_language": TEXT_OR_NULL,
    "question_count": nullable(COUNT),
    **fields(nullable(NUMBER), "score_sum avg_score"),
    "answers": array(record(REPLY_ANSWER), default=[]),
    **fields(TEXT, "updated_at created_at"),
}

NAMED: Schema = record({"id": TEXT_OR_NULL, "name": TEXT_OR_NULL})
B2S_SEARCH: Fields = {"name": TEXT, "company_id": TEXT_OR_NULL}
B2S_QUESTION: Fields = {
    **fields(TEXT, "id name nick type"),
    **fields(BOOLEAN, "required others unknown"),
    "description": TEXT_OR_NULL,
    "options": array(TEXT),
}


def _part(names: str) -> Schema:
    """A part of an answer that may be missing: null, or an object that is empty or full of nulls."""
    return nullable(record(fields(TEXT_OR_NULL, names), optional=tuple(names.split())))


B2S_ANSWER: Fields = {
    "id": TEXT,
    "created_at": TEXT,
    "nps": NUMBER,
    "discursive_question": TEXT_OR_NULL,
    "consumption": _part("id order_id"),
    **fields(NAMED, "company search"),
    "page": _part("id name"),
    "client": _part("id name email phone born_date"),
    "criteria": array(record(fields(TEXT_OR_NULL, "nick name suggestion type"))),
}
CLOSED_LOOP: Fields = fields(TEXT, "answer_id description user_email user_name created_at")
