"""What an object of each collection looks like: its key, its fields in order, what the server fills in."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from reconciler.sandbox.exchange import Object

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Shape:
    """One collection: `ids` is `integer`, `code` (Optimum's six characters) or `given` (by the client)."""

    vendor: str
    collection: str
    key: str = "id"
    ids: str = "integer"
    template: Object = field(default_factory=dict)
    stamps: tuple[str, ...] = ()
    """Fields that get the counter clock's instant: integer seconds for `created`, else ISO text."""
    children: str | None = None
    """A list field whose items carry integer ids from a counter of their own."""
    newest_child_first: bool = False

    @property
    def name(self) -> str:
        """The collection's full name, `vendor/collection`."""
        return f"{self.vendor}/{self.collection}"

    def blank(self) -> Object:
        """A fresh object with every field at its default, the key first."""
        return {self.key: None} | deepcopy(self.template)


def _nulls(text: str) -> Object:
    return dict.fromkeys(text.split())


_FEEDBACK_REQUEST = {
    "email": None,
    "state": "pending",
    **_nulls("first_name surname survey_id email_template_id reference machine_id send_at sent_at"),
    **_nulls("created_at updated_at not_sent_reason delivery_failure"),
    "data": [],
}
_RESPONSE = {
    **_nulls("survey score date"),
    "channel": "SMS",
    "segments": [],
    "failed": False,
    **_nulls("destination referenceId language"),
}
_SUBSCRIBER = {
    **_nulls("created email mobile_number fname sname last_sms last_email country_code"),
    "invalid": False,
    "opt_out": False,
    "locations": [],
}
_ACCOUNT = {
    "created": None,
    "name": None,
    "active": True,
    **_nulls("max_locations max_users max_campaigns sms_allowance"),
    "active_locations": 0,
    "active_users": 0,
}


def _optimum(collection: str, template: Object) -> Shape:
    return Shape("optimum", collection, ids="code", template=template, stamps=("created",))


SHAPES = (
    Shape(
        "enco",
        "surveys",
        template={"name": None, "interactionType": None, "questions": []},
        children="questions",
        newest_child_first=True,
    ),
    Shape("enco", "responses", template=_RESPONSE, stamps=("date",)),
    Shape("customersure", "sites", "site_code", "given", _nulls("name city region country_code")),
    Shape(
        "customersure",
        "feedback_requests",
        template=_FEEDBACK_REQUEST,
        stamps=("created_at", "updated_at"),
        children="data",
    ),
    Shape(
        "customersure",
        "feedback_responses",
        template=_nulls("reference machine_id survey_id")
        | {"fields": {}, "answers": []}
        | _nulls("submitted_at updated_at feedback_request"),
        stamps=("submitted_at", "updated_at"),
    ),
    _optimum(
        "locations",
        _nulls("created name address_line_1 address_line_2 address_line_3 postal_code country_code"),
    ),
    _optimum("accounts", _ACCOUNT),
    _optimum("subscribers", _SUBSCRIBER),
    _optimum(
        "reviews",
        _nulls("created title description location platform platform_name rating url")
        | _nulls("reviewer_name reviewer_image reviewer_url"),
    ),
    _optimum(
        "feedback",
        _nulls("created type nps-score star-rating happy comments platform_name subscriber subscriber_name")
        | _nulls("subscriber_email location campaign campaign_step campaign_step_type"),
    ),
)

SETTINGS: dict[str, Object] = {
    "enco": {"token": None, "client": None},
    "customersure": {
        "token": None,
        "company": None,
        "survey_ids": None,
        "email_template_ids": None,
        "nps_question_ids": None,
    },
    "optimum": {"token": None},
}
"""Per vendor what is not a collection: credentials, and ids that exist only in the vendor's console (null: any)."""


def code_for(number: int) -> str:
    """Six characters of [A-Za-z0-9] for a counter's value, the same for every type, as ids repeat across types."""
    value = int.from_bytes(blake2b(str(number).encode(), digest_size=8, key=b"optimum").digest())
    letters = []
    for _ in range(6):
        value, digit = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "".join(letters)


def public(item: Object) -> dict[str, Any]:
    """The object without the server's own notes, which begin with an underscore."""
    return {name: value for name, value in item.items() if not name.startswith("_")}
