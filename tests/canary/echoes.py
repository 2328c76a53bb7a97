"""Vendors that repeat what they were sent: the request's credentials and somebody's data, in every way an API may."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

from tests.canary.canaries import COMMENT, EMAIL, FIRST, LAST, NAME, PHONE, SECRETS, SPELLED_PHONE

Fault = dict[str, Any]
WRITES = ("POST", "PATCH", "PUT", "DELETE")

AUTHORIZATION = {
    "enco": f"Bearer {SECRETS['ENCO_TOKEN']}",
    "customersure": f'Token token="{SECRETS["CUSTOMERSURE_TOKEN"]}"',
    "optimum": "Basic " + base64.b64encode(f"{SECRETS['OPTIMUM_TOKEN']}:".encode("latin-1")).decode(),
}
TOKENS = {name: SECRETS[f"{name.upper()}_TOKEN"] for name in AUTHORIZATION}
VENDORS = tuple(TOKENS)
AUTHORIZATION["enco with oauth"] = f"Bearer {SECRETS['ENCO_ACCESS']}"
TOKENS["enco with oauth"] = SECRETS["ENCO_ACCESS"]
_CLIENT = f"{SECRETS['ENCO_CLIENT']} {SECRETS['ENCO_SECRET']}"
CLIENTS = {"error": _CLIENT, "error_description": f"{quote(_CLIENT)}: no such client, ask {EMAIL}"}


def words(vendor: str, whom: str = "somebody") -> str:
    """A message that repeats everything; a person's name only beside a field that has it, else nobody could tell."""
    token = TOKENS[vendor]
    told = [
        f"not allowed: Authorization: {AUTHORIZATION[vendor]}",
        f"token {token} ({quote(token, safe='')}, {quote_plus(token)}, {base64.b64encode(token.encode()).decode()})",
        f"{EMAIL} ({quote(EMAIL)}) is taken by {whom}, {PHONE}, {SPELLED_PHONE}",
        COMMENT,
    ]
    return "; ".join(told)


def body(vendor: str) -> dict[str, Any]:
    """An error body with it, in the fields that errors have."""
    about = {
        "first_name": FIRST,
        "last_name": LAST,
        "email": EMAIL,
        "mobile_number": PHONE,
        "attempt": words(vendor, NAME),
    }
    return {
        "type": "invalid_request_error",
        "message": words(vendor, NAME),
        "param": "email",
        "first_name": FIRST,
        "last_name": LAST,
        "errors": [
            {"field": "email", "error": f"{EMAIL} is taken", "extra_info": about},
            {"field": EMAIL, "error": words(vendor, NAME)},
            words(vendor, NAME),
        ],
    }


def answer(status: int, vendor: str) -> Fault:
    """That body with a status, and the same in headers."""
    token = quote(TOKENS[vendor], safe="")
    return {
        "status": status,
        "body": body(vendor),
        "headers": {"Set-Cookie": f"session={token}", "X-Echo": token, "Link": f'<?t={token}&e={EMAIL}>; rel="next"'},
    }


def plain(status: int, vendor: str) -> Fault:
    """The message alone, in plain text."""
    return {"status": status, "body": words(vendor)}


def inside(vendor: str) -> Fault:
    """An error inside a success."""
    return {"status": 200, "body": {"res": False, "msg": words(vendor)}}


def page(vendor: str) -> Fault:
    """A web page in place of an answer."""
    return {"html": f"<html><title>{words(vendor)}</title><pre>{words(vendor)}</pre></html>"}


def broken(vendor: str) -> Fault:
    """JSON that does not end."""
    return {"status": 200, "body": json.dumps(body(vendor))[:-1]}


def odd(vendor: str) -> Fault:
    """JSON of another shape than the documented one."""
    return {"status": 200, "body": [words(vendor), {"id": {"email": EMAIL}, "name": None}]}


def elsewhere(vendor: str) -> Fault:
    """A redirect to somebody else, with everything in its address."""
    return {"redirect": 302, "location": f"http://evil.example/{quote(words(vendor))}?t={quote(TOKENS[vendor])}"}


def around(vendor: str) -> Fault:
    """A redirect to the same place for ever, with everything in its address."""
    return {"redirect": 307, "location": f"{{path}}&token={quote(TOKENS[vendor])}&email={quote(EMAIL)}&q={PHONE}"}


def rules(fault: Any, methods: tuple[str, ...] = ("GET",), vendor: str | None = None) -> list[dict[str, Any]]:
    """The rules by which every vendor (or one) behaves like that to some methods. ``fault`` is one, or makes one."""
    return [
        {
            "match": {"vendor": name, "method": method},
            "when": {"count": 1000},
            "fault": fault(name) if callable(fault) else fault,
        }
        for name in ([vendor] if vendor else VENDORS)
        for method in methods
    ]
