"""The small universe that worlds are drawn from: few addresses, few values, so that they meet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Q = ({"language": "en", "body": "Why?"}, {"language": "FR", "body": "Pourquoi?"}, {"language": "nl", "body": "Hoe?"})
STRANGE_SURVEY = "900"  # a survey of others, to which a manifest may add a question


def _survey(name: str, *questions: int) -> dict[str, Any]:
    return {"name": name, "interactionType": "general", "questions": [Q[number] for number in questions]}


def _place(name: str, street: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {"name": name, "country_code": "BE", "address_line_1": street, "postal_code": code}


def _site(code: str, name: str, **more: Any) -> dict[str, Any]:
    return {"site_code": code, "name": name, **more}


def _account(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "active": True, "verb": "use", **more}


def _request(name: str, **more: Any) -> dict[str, Any]:
    when = {"send_at": "2099-01-01T10:00:00Z", "survey_id": "1"}
    return {"email": f"{name}@example.com", **when, **more}


def _send(survey: Any, number: int, **more: Any) -> dict[str, Any]:
    reference = {"destination": f"+3247000000{number}", "referenceId": f"r{number}"}
    return {"survey": survey, "channel": "SMS", **reference, **more}


# Each kind's values, by number; an address takes one of them at a time.
SPECS: dict[str, tuple[dict[str, Any], ...]] = {
    "enco/Survey": (
        _survey("waffles", 0),
        _survey("waffles", 0, 1),
        _survey("waffles", 1),
        _survey("biscuits", 0),
        _survey("biscuits", 0, 2, 1),
        _survey("crumbs", 0),
        _survey("crumbs", 0, 1, 2),
    ),
    "enco/Question": (
        {"survey": "a", **Q[0]},
        {"survey": "a", **Q[2]},
        {"survey": "b", **Q[2]},
        {"survey": {"externalId": STRANGE_SURVEY}, **Q[2]},
    ),
    "customersure/Site": (
        _site("one", "First"),
        _site("two", "First", city="Gent"),
        _site("two", "Second", region="Flanders", country_code="BE"),
        _site("one", "Second", city=None, region="Hainaut"),
    ),
    "optimum/Location": (
        {"name": "Gent", "country_code": "BE"},
        _place("Gent", "Markt 1", "9000"),
        _place("Brugge", "Markt 1", "9000"),
        _place("Leuven"),
    ),
    "optimum/Account": (
        _account("Acme"),
        _account("Acme", sms_allowance=250),
        _account("Acme", active=False, max_users=None),
        _account("Bakery", max_locations=3, max_campaigns=1),
        _account("Cafe", max_users=2),
    ),
    "customersure/FeedbackRequest": (
        _request("ann", machine_id="m1"),
        _request("ann", machine_id="m1", first_name="Ann", data=[{"key": "category", "value": "x"}]),
        _request("bob"),
        _request("bob", site="a", data=[{"key": "staff_code", "value": "luke"}]),
        _request("cid", first_name="Cid", machine_id=None),
    ),
    "enco/Send": (
        _send("a", 0),
        _send({"externalId": STRANGE_SURVEY}, 1, segments=["x", "y"]),
        _send("b", 2, language="en"),
        _send({"externalId": STRANGE_SURVEY}, 3),
    ),
}
NAMES = {
    "enco/Survey": ("a", "b"),
    "enco/Question": ("a", "b"),
    "customersure/Site": ("a", "b"),
    "optimum/Location": ("a", "b", "c"),
    "optimum/Account": ("a", "b"),
    "customersure/FeedbackRequest": ("a", "b"),
    "enco/Send": ("a", "b"),
}
LIVES: tuple[dict[str, Any], ...] = (
    {},
    {"replace": "allow"},
    {"onRemove": "retain"},
    {"preventDestroy": True},
    {"onRemove": "deactivate"},  # accounts alone
)
ADDRESSES = tuple(f"{kind}/{name}" for kind, names in NAMES.items() for name in names)
COLLECTIONS = {
    "enco/Survey": ("enco", "surveys"),
    "customersure/Site": ("customersure", "sites"),
    "optimum/Location": ("optimum", "locations"),
    "optimum/Account": ("optimum", "accounts"),
    "customersure/FeedbackRequest": ("customersure", "feedback_requests"),
}
PATHS = {
    "enco/Survey": "/enco/survey/1.0.0/surveys",
    "customersure/Site": "/customersure/sites",
    "optimum/Location": "/optimum/api/v1/locations",
    "optimum/Account": "/optimum/api/v1/accounts",
    "customersure/FeedbackRequest": "/customersure/feedback_requests",
    "enco/Send": "/enco/survey/1.0.0/surveys",
}


@dataclass(frozen=True)
class Declare:
    """A manifest as it shall be from now on."""

    address: str
    spec: int = 0
    life: int = 0
    connection: str = ""  # where the vendor has two
    after: str = ""  # dependsOn


@dataclass(frozen=True)
class Revise:
    """The ``pick``-th manifest gets other values, and perhaps another life."""

    pick: int
    spec: int
    life: int | None = None


@dataclass(frozen=True)
class Withdraw:
    """A manifest is taken out: the one of an address, else the ``pick``-th."""

    address: str = ""
    pick: int = 0


@dataclass(frozen=True)
class Rename:
    """The ``pick``-th manifest gets another name, and says which one it had."""

    pick: int
    name: str


@dataclass(frozen=True)
class Switch:
    """A vendor behaves otherwise where its document leaves that open (an option of the sandbox)."""

    option: str
    value: str | int | bool


@dataclass(frozen=True)
class Tamper:
    """Somebody at a vendor's console: what is done to the ``pick``-th object of a kind, or a new one comes in."""

    what: str  # edit, delete, insert, data
    kind: str
    pick: int = 0
    value: int = 0


def document(declared: Declare, previous: Iterable[str] = ()) -> dict[str, Any]:
    """The manifest's YAML document, as data."""
    provider, kind, name = declared.address.split("/")
    metadata: dict[str, Any] = {"name": name}
    if provider == "optimum":
        metadata["connection"] = declared.connection or "optimum"
    if declared.after and declared.after != declared.address:
        metadata["dependsOn"] = [declared.after]
    if previous:
        metadata["previousNames"] = sorted(previous)
    specs = SPECS[f"{provider}/{kind}"]
    life = LIVES[declared.life] if declared.life < 4 or kind == "Account" else {}
    return {
        "apiVersion": f"{provider}/v1",
        "kind": kind,
        "metadata": metadata,
        **({"lifecycle": life} if life else {}),
        "spec": specs[declared.spec % len(specs)],
    }


def manifest_text(declared: Mapping[str, Declare], previous: Mapping[str, set[str]]) -> str:
    """All manifests in one YAML file (JSON is YAML)."""
    known = set(declared)
    texts = []
    for address in sorted(declared):
        item = declared[address]
        if item.after not in known:
            item = Declare(item.address, item.spec, item.life, item.connection)
        texts.append(json.dumps(document(item, previous.get(address, set()) - {a.split("/")[2] for a in known})))
    return "\n---\n".join(texts) + "\n"


def stranger(kind: str, value: int) -> dict[str, Any]:
    """A live object as a vendor would hold it had somebody typed it in."""
    fields = dict(SPECS[kind][value % len(SPECS[kind])])
    fields.pop("verb", None)
    if kind == "customersure/FeedbackRequest":
        return {**_request(f"other{value}"), "survey_id": 1, "state": "pending", "data": []}
    if kind == "customersure/Site" and value % 2:
        fields["site_code"] = f"other-{value}"
    return fields


SWITCHES = (
    Switch("deleted_locations", "ghost"),
    Switch("question_answer", "empty"),
    Switch("page_base", 0),
    Switch("first_page", 1),
    Switch("create_status", 201),
    Switch("delete_status", 204),
    Switch("echo_limits_as_strings", False),
)
EDITS: dict[str, tuple[dict[str, Any], ...]] = {
    "enco/Survey": ({"name": "renamed"},),
    "customersure/Site": ({"name": "Third"}, {"city": "Mons"}, {"site_code": "moved"}),
    "optimum/Location": ({"name": "Namur"}, {"postal_code": "1000"}, {"address_line_1": "Markt 1"}),
    "optimum/Account": ({"sms_allowance": 7}, {"active": False}, {"name": "Mill"}),
    "customersure/FeedbackRequest": ({"first_name": "Bea"}, {"state": "sent"}, {"send_at": "2099-02-01T10:00:00Z"}),
}
