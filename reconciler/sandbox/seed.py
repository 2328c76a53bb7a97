"""The worlds a sandbox can start from: a small waffle company, or nothing but credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

ENCO_TOKEN = "sandbox-enco-token"  # noqa: S105 (the sandbox's own, public on purpose)
CUSTOMERSURE_TOKEN = "sandbox-customersure-token"  # noqa: S105
OPTIMUM_TOKEN = "sandbox-optimum-token"  # noqa: S105
BUENNO_TOKEN = "sandbox-buenno-token"  # noqa: S105
B2S_TOKEN = "sandbox-b2s-token"  # noqa: S105
CLIENT_TOKENS = {f"sandbox-optimum-client-{number}": f"client {number}" for number in (1, 2, 3)}
"""Optimum tokens of three clients of an agency; what one of them makes, no other token shows."""

COMPANY = "203a525c-0ce3-4182-a504-aad595425233"
SURVEY = "102a525c-0ce3-4182-a504-aad595425233"
TEAM_SURVEY = "202a525c-0ce3-4182-a504-aad595425233"
"""B2S ids of the default world, the document's own where it shows one."""

EMPTY: dict[str, Any] = {
    "enco": {"token": ENCO_TOKEN, "client": {"id": "sandbox-client", "secret": "sandbox-secret"}},
    "customersure": {"token": CUSTOMERSURE_TOKEN, "company": None},
    "optimum": {"token": OPTIMUM_TOKEN, "client_tokens": CLIENT_TOKENS},
    "buenno": {"token": BUENNO_TOKEN},
    "b2s": {"token": B2S_TOKEN},
}

_ENGLISH = "On a scale from 0-10 , how likely are you to recommend our {} to a friend or colleague?"
_FRENCH = "Quelle est la probabilité, sur une échelle de 0-10, que vous recommandiez nos {} à un ami ou un collègue?"


def _survey(number: int, name: str, french: str, ids: tuple[int, int]) -> dict[str, Any]:
    questions = [
        {"id": ids[0], "body": _ENGLISH.format(name), "language": "en-GB"},
        {"id": ids[1], "body": _FRENCH.format(french), "language": "FR"},
    ]
    return {"id": number, "name": name, "interactionType": "general", "questions": questions}


def _location(code: str, created: int, name: str, street: str, city: str, postal_code: str) -> dict[str, Any]:
    return {
        "id": code,
        "created": created,
        "name": name,
        "address_line_1": street,
        "address_line_2": city,
        "postal_code": postal_code,
        "country_code": "BE",
    }


def _reply_answer(number: int, kind: int, points: int, question: str, **translated: str) -> dict[str, Any]:
    ids = {"question_id": number, "question_type_id": kind}
    return {"question": question, "points": points, "answer": None, **ids, "_questions": translated}


def _question(key: str, nick: str, kind: str, options: list[str]) -> dict[str, Any]:
    shown = {"required": False, "others": False, "unknown": False, "description": None}
    return {"id": key, "name": f"{nick}?", "nick": nick, "type": kind, **shown, "options": options}


_OWNER = {"id": COMPANY, "name": "Waffle House Brasil"}


def _team_answer(key: str, at: str, nps: int) -> dict[str, Any]:
    search = {"id": TEAM_SURVEY, "name": "Team"}
    return {"id": key, "created_at": at, "nps": nps, "company": _OWNER, "search": search}


_OBJECTS: dict[str, Any] = {
    "enco": {
        "surveys": [
            _survey(7, "biscuits", "biscuits", (12, 10)),
            _survey(8, "waffles", "gauffres", (13, 11)),
        ],
        "responses": [
            {"survey": 8, "score": 10, "date": "2020-02-03T09:15:00Z", "segments": ["customer"]},
            {"survey": 8, "score": 9, "date": "2020-02-04T17:40:00Z", "segments": ["customer", "loyalty"]},
            {"survey": 8, "score": 4, "date": "2020-02-05T12:00:00Z"},
            {"survey": 8, "score": "tasty", "date": "2020-02-06T08:30:00Z"},
            {"survey": 8, "date": "2020-02-06T10:00:00Z"},
        ],
    },
    "customersure": {
        "sites": [
            {
                "site_code": "hq",
                "name": "Head Office",
                "city": "Ghent",
                "region": "East Flanders",
                "country_code": "BE",
            },
            {
                "site_code": "ghent-korenmarkt",
                "name": "Waffle House Korenmarkt",
                "city": "Ghent",
                "region": "East Flanders",
                "country_code": "BE",
            },
        ],
    },
    "optimum": {
        "locations": [
            _location("xd3S6", 1544659200, "Waffle House Ghent", "Korenmarkt 12", "Ghent", "9000"),
            _location("iF56sC", 1544745600, "Waffle House Bruges", "Markt 3", "Bruges", "8000"),
            _location("gse4Ry", 1544832000, "Waffle House Leuven", "Oude Markt 40", "Leuven", "3000"),
        ],
        "accounts": [
            {
                "id": "gd7TdO",
                "created": 1544659200,
                "name": "Waffle House",
                "active": True,
                "max_locations": 10,
                "max_users": 3,
                "max_campaigns": 1,
                "sms_allowance": 100,
                "active_locations": 3,
                "active_users": 1,
            },
        ],
        "reviews": [
            {
                "id": "gd7TdO",
                "created": 1544918400,
                "title": "Crisp outside, soft inside",
                "description": "The best on the square.",
                "location": "xd3S6",
                "platform": "dfar5V",
                "platform_name": "The Review Site",
                "rating": 5,
            },
        ],
        "feedback": [
            {"id": "gd7TdO", "created": 1545004800, "type": "nps", "nps-score": 8, "location": "xd3S6"},
        ],
    },
    "buenno": {
        "forms": [
            {"id": 1, "name": "Waffle House 2020", "company_name": "Waffle House Oy"},
            {"id": 2, "name": "Waffle Truck 2020", "company_name": "Waffle House Oy"},
        ],
        "invitations": [
            {
                "id": 1,
                "phone": "00358441234567",
                "form_id": 1,
                **dict.fromkeys(("scheduled_at", "sent_at", "created_at"), "2020-12-18T00:00:00Z"),
                **dict.fromkeys(("opened_at", "answered_at", "updated_at"), "2020-12-19T00:00:00Z"),
            },
        ],
        "replies": [
            {
                "id": 1,
                "name": "Waffle House 12/2020",
                "email": "",
                "phone": "00358441234567",
                "answers": [
                    _reply_answer(1234, 1, 50, "How crisp was your waffle?", fi="Kuinka rapea vohvelisi oli?"),
                    _reply_answer(1237, 1, 75, "How friendly were we?", fi="Kuinka ystävällisiä olimme?"),
                    _reply_answer(2345, 13, 0, "Would you recommend us?", fi="Suosittelisitko meitä?"),
                ],
                "created_at": "2020-12-18T00:00:00Z",
                "updated_at": "2020-12-19T00:00:00Z",
            },
        ],
    },
    "b2s": {
        "companies": [_OWNER],
        "searches": [
            {
                "id": SURVEY,
                "name": "Dine-in",
                "company_id": COMPANY,
                "_nps": "How do you rate your visit?",
                "_discursive_question": "What could be better?",
                "_questions": [
                    _question("103a525c-0ce3-4182-a504-aad595425233", "Service", "Rating", []),
                    _question("203a525c-0ce3-4182-a504-aad595425234", "Liked", "Checkbox", ["Service", "Quality"]),
                ],
            },
            {
                "id": TEAM_SURVEY,
                "name": "Team",
                "company_id": COMPANY,
                "_enps": True,
                "_nps": "Would you recommend working here?",
                "_pages": [
                    {
                        "id": "103a525c-0ce3-4182-a504-aad595425233",
                        "name": "Kitchen",
                        "questions": [_question("303a525c-0ce3-4182-a504-aad595425233", "Breaks", "Rating", [])],
                    },
                ],
            },
        ],
        "answers": [
            {
                "id": "03944421-7382-4d05-a278-80b44e7cb742",
                "created_at": "2023-09-08T23:00:00Z",
                "nps": 10,
                "consumption": {"id": "03944421-7382-4d05-a278-80b44e7cb743", "order_id": "order_1"},
                "company": _OWNER,
                "search": {"id": SURVEY, "name": "Dine-in"},
                "page": {"id": "103a525c-0ce3-4182-a504-aad595425233", "name": "Pickup"},
                "client": {
                    "id": "03944421-7382-4d05-a278-80b44e7cb744",
                    "name": "John",
                    "email": "john@example.com",
                    "phone": "(00) 0 0000-0000",
                    "born_date": "25/02/1980",
                },
                "criteria": [{"nick": "Service", "name": "4", "suggestion": None, "type": "Rating"}],
            },
            {
                "id": "103a525c-0ce3-4182-a504-aad595425233",
                "created_at": "2024-04-14T22:06:02Z",
                "nps": 7,
                "discursive_question": "",
                "company": _OWNER,
                "search": {"id": SURVEY, "name": "Dine-in"},
            },
            _team_answer("503a525c-0ce3-4182-a504-aad595425233", "2024-01-10T12:00:00Z", 9),
            _team_answer("603a525c-0ce3-4182-a504-aad595425233", "2024-01-31T23:30:00Z", 3),
        ],
    },
}

DEFAULT: dict[str, Any] = {vendor: EMPTY[vendor] | _OBJECTS[vendor] for vendor in EMPTY}


def resolve_seed(seed: str | Path | Mapping[str, Any] | None) -> dict[str, Any]:
    """The seed meant: None the default, "empty" the credentials alone, a mapping itself, anything else a JSON file.

    Credentials that a mapping or a file leaves out are the sandbox's own; an explicit null means that there is none.
    Raises OSError for an unreadable file and ValueError for one that is not a JSON object.
    """
    if seed is None:
        return deepcopy(DEFAULT)
    if seed == "empty":
        return deepcopy(EMPTY)
    content = seed if isinstance(seed, Mapping) else json.loads(Path(seed).read_text("utf-8"))
    if not isinstance(content, Mapping) or not all(isinstance(part, Mapping) for part in content.values()):
        raise ValueError(f"a seed is a JSON object with the parts {', '.join(EMPTY)}")
    return deepcopy({**content, **{vendor: {**EMPTY[vendor], **content.get(vendor, {})} for vendor in EMPTY}})
