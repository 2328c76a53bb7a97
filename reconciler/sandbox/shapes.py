"""What an object of each collection looks like: its key, its fields in order, what the server fills in."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from uuid import UUID

from reconciler.sandbox import fields
from reconciler.sandbox.exchange import Object
from reconciler.sandbox.schemas import INTEGER, TEXT, Schema, blank, record

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Shape:
    """One collection: `ids` is `integer`, `code` (Optimum's six characters), `uuid` or `given` (by the client)."""

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
    fields: Mapping[str, Schema] = field(default_factory=dict)
    """What the vendor shows of an object beside its key, as JSON Schema; the template's names without the notes."""

    @property
    def name(self) -> str:
        """The collection's full name, `vendor/collection`."""
        return f"{self.vendor}/{self.collection}"

    @property
    def schema(self) -> Schema:
        """An object of the collection, as JSON Schema."""
        return record({self.key: INTEGER if self.ids == "integer" else TEXT, **self.fields})

    def blank(self) -> Object:
        """A fresh object with every field at its default, the key first."""
        return {self.key: None} | deepcopy(self.template)


def _nulls(text: str) -> Object:
    return dict.fromkeys(text.split())


_SEARCH_NOTES: Object = {"_nps": None, "_discursive_question": None, "_enps": False, "_questions": [], "_pages": []}
_ANSWER = {
    **_nulls("created_at nps discursive_question consumption company search page client"),
    "criteria": [],
    **_nulls("_enps _response_channel _status"),
}


def _shape(
    vendor: str, collection: str, members: Mapping[str, Schema], notes: Object | None = None, **more: Any
) -> Shape:
    """A collection whose objects begin with what their fields say, and with the server's own notes."""
    return Shape(vendor, collection, template=blank(members) | (notes or {}), fields=members, **more)


def _optimum(collection: str, members: Mapping[str, Schema]) -> Shape:
    return _shape("optimum", collection, members, ids="code", stamps=("created",))


SHAPES = (
    _shape("enco", "surveys", fields.ENCO_SURVEY, children="questions", newest_child_first=True),
    _shape("enco", "responses", fields.ENCO_RESPONSE, stamps=("date",)),
    _shape("customersure", "sites", fields.SITE, key="site_code", ids="given"),
    _shape(
        "customersure",
        "feedback_requests",
        fields.FEEDBACK_REQUEST,
        stamps=("created_at", "updated_at"),
        children="data",
    ),
    _shape(
        "customersure",
        "feedback_responses",
        fields.FEEDBACK_RESPONSE,
        stamps=("submitted_at", "updated_at"),
    ),
    _optimum("locations", fields.LOCATION),
    _optimum("accounts", fields.ACCOUNT),
    _optimum("subscribers", fields.SUBSCRIBER),
    _optimum("reviews", fields.REVIEW),
    _optimum("feedback", fields.FEEDBACK),
    _shape("buenno", "forms", fields.BUENNO_FORM, {"_active": True}),
    _shape(
        "buenno",
        "invitations",
        fields.INVITATION,
        _nulls("_pf_seller_id _preferred_language"),
        stamps=("created_at", "updated_at"),
    ),
    _shape("buenno", "replies", fields.REPLY, stamps=("created_at", "updated_at")),
    Shape("b2s", "companies", ids="uuid", template=_nulls("name")),
    _shape("b2s", "searches", fields.B2S_SEARCH, _SEARCH_NOTES, ids="uuid"),
    Shape("b2s", "answers", ids="uuid", template=_ANSWER, stamps=("created_at",)),
    _shape("b2s", "closed_loops", fields.CLOSED_LOOP, ids="uuid", stamps=("created_at",)),
)

_BY_NAME = {shape.name: shape for shape in SHAPES}

SETTINGS: dict[str, Object] = {
    "enco": {"token": None, "client": None},
    "customersure": {
        "token": None,
        "company": None,
        "survey_ids": None,
        "email_template_ids": None,
        "nps_question_ids": None,
    },
    "optimum": {"token": None, "client_tokens": {}},
    "buenno": {"token": None, "token_name": "Sandbox CRM token"},
    "b2s": {"token": None},
}
"""Per vendor what is not a collection: credentials (Optimum's client tokens each with its owner's name), and ids that
exist only in the vendor's console (null: any)."""


def shape_of(vendor: str, collection: str) -> Shape:
    """A vendor's collection by name; KeyError for an unknown one."""
    return _BY_NAME[f"{vendor}/{collection}"]


def code_for(number: int) -> str:
    """Six characters of [A-Za-z0-9] for a counter's value, the same for every type, as ids repeat across types."""
    value = int.from_bytes(blake2b(str(number).encode(), digest_size=8, key=b"optimum").digest())
    letters = []
    for _ in range(6):
        value, digit = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "".join(letters)


def uuid_for(collection: str, number: int) -> str:
    """A UUID for a counter's value, another one in each collection and the same in every run."""
    digest = blake2b(f"{collection} {number}".encode(), digest_size=16, key=b"uuid").digest()
    return str(UUID(bytes=digest, version=4))


def public(item: Object) -> dict[str, Any]:
    """The object without the server's own notes, which begin with an underscore."""
    return {name: value for name, value in item.items() if not name.startswith("_")}
