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

EMPTY: dict[str, Any] = {
    "enco": {"token": ENCO_TOKEN, "client": {"id": "sandbox-client", "secret": "sandbox-secret"}},
    "customersure": {"token": CUSTOMERSURE_TOKEN, "company": None},
    "optimum": {"token": OPTIMUM_TOKEN},
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
        raise ValueError("a seed is a JSON object with the parts enco, customersure, optimum")
    return deepcopy({**content, **{vendor: {**EMPTY[vendor], **content.get(vendor, {})} for vendor in EMPTY}})
