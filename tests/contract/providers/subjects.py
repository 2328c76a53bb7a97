"""The kinds under contract: what an object of each looks like, how it changes, and how a vendor would hold many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.model import JSON
from reconciler.sandbox.server import RunningSandbox


@dataclass(frozen=True)
class Subject:
    """One kind. ``new`` gives the fields of the n-th object, ``seed`` has the vendor hold so many of them.

    ``change`` is an update with what it must leave behind in the object, ``clearing`` one with explicit nulls.
    ``creates`` and ``writes`` match the path of its create and of its other writes.
    """

    kind: str
    collection: str
    new: Callable[[int], dict[str, JSON]]
    seed: Callable[[RunningSandbox, int], None]
    listing: str
    creates: str
    change: Mapping[str, JSON] = field(default_factory=dict)
    clearing: Mapping[str, JSON] = field(default_factory=dict)
    update_method: str = "POST"
    deletable: bool = False
    hidden: frozenset[str] = frozenset()

    @property
    def vendor(self) -> str:
        """The vendor's name, which is the connection's as well."""
        return self.kind.partition("/")[0]

    @property
    def updatable(self) -> bool:
        """Whether the API can change an object."""
        return bool(self.change)

    def strike(self, sandbox: RunningSandbox, method: str, path: str, fault: dict[str, Any], count: int = 1) -> None:
        """Let a fault happen to the next ``count`` requests of this kind."""
        match = {"vendor": self.vendor, "method": method, "path": path}
        sandbox.faults.add({"match": match, "when": {"count": count}, "fault": fault})

    def live(self, sandbox: RunningSandbox) -> int:
        """How many objects the vendor holds, by the vendor's own books."""
        held = [item for item in sandbox.store.objects(self.vendor, self.collection) if not item.get("_deleted")]
        if self.kind == "enco/Question":
            return sum(len(item["questions"]) for item in held)
        return len(held)


def _surveys(sandbox: RunningSandbox, count: int) -> None:
    for n in range(count):
        sandbox.store.insert("enco", "surveys", {**_survey(n), "id": n + 1})


def _survey(n: int) -> dict[str, JSON]:
    questions = [
        {"language": "en-GB", "body": f"How was visit {n}?"},
        {"language": "FR", "body": f"Et la visite {n} ?"},
    ]
    return {"name": f"survey {n}", "interactionType": "general", "questions": questions}


def _questions(sandbox: RunningSandbox, count: int) -> None:
    """One survey with all of them; a survey without questions cannot be, so that none means no survey."""
    if count:
        items = [{"language": f"en-x-{n}", "body": f"Question {n}?"} for n in range(count)]
        survey = {"id": 1, "name": "waffles", "interactionType": "general", "questions": items}
        sandbox.store.insert("enco", "surveys", survey)


def _sites(sandbox: RunningSandbox, count: int) -> None:
    for n in range(count):
        sandbox.store.insert("customersure", "sites", _site(n))


def _site(n: int) -> dict[str, JSON]:
    place = {"city": "Ghent", "region": "East Flanders", "country_code": "BE"}
    return {"site_code": f"site/{n} é", "name": f"Site {n}", **place}


def _locations(sandbox: RunningSandbox, count: int) -> None:
    for n in range(count):
        sandbox.store.insert("optimum", "locations", _location(n))


def _location(n: int) -> dict[str, JSON]:
    address = {"address_line_1": f"Markt {n}", "address_line_2": "1st & 2nd", "postal_code": "0900"}
    return {"name": f"Location {n}", **address, "country_code": "BE"}


def _accounts(sandbox: RunningSandbox, count: int) -> None:
    for n in range(count):
        values = {"name": f"Account {n}", "active": n % 3 != 0, "max_users": n, "sms_allowance": 100}
        sandbox.store.insert("optimum", "accounts", values)


def _account(n: int) -> dict[str, JSON]:
    limits = {"max_users": 3, "max_locations": 10, "sms_allowance": 250}
    return {"name": f"Account {n}", "active": True, "verb": "visit", **limits}


SUBJECTS = (
    Subject(
        "enco/Survey",
        "surveys",
        _survey,
        _surveys,
        listing="/surveys$",
        creates="/surveys$",
        change={"questions": [{"language": "nl-BE", "body": "Hoe was het?"}]},
        deletable=True,
    ),
    Subject(
        "enco/Question",
        "surveys",
        lambda n: {"survey": "1", "language": f"de-x-{n}", "body": f"Frage {n}?"},
        _questions,
        listing="/surveys$",
        creates="/question$",
    ),
    Subject(
        "customersure/Site",
        "sites",
        _site,
        _sites,
        listing="/sites$",
        creates="/sites$",
        change={"name": "Renamed"},
        clearing={"city": None, "region": None, "country_code": None},
        update_method="PATCH",
    ),
    Subject(
        "optimum/Location",
        "locations",
        _location,
        _locations,
        listing="/locations$",
        creates="/locations$",
        change={"name": "Renamed"},
        clearing={"address_line_2": None, "postal_code": None},
        deletable=True,
    ),
    Subject(
        "optimum/Account",
        "accounts",
        _account,
        _accounts,
        listing="/accounts$",
        creates="/accounts$",
        change={"sms_allowance": 2000},
        clearing={"max_users": None, "sms_allowance": None},
        deletable=True,
        hidden=frozenset({"verb"}),
    ),
)


def each(wanted: Callable[[Subject], bool]) -> pytest.MarkDecorator:
    """Only the kinds that a test is about, in place of all."""
    chosen = [subject for subject in SUBJECTS if wanted(subject)]
    return pytest.mark.parametrize("subject", chosen, ids=[subject.kind for subject in chosen])
