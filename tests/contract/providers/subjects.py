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
    ``creates`` matches the path of its create, "" where the API has none. ``sought`` is what a client has to look for
    where the vendor lists nothing unasked, ``reads`` the requests of a short listing, which is ``bare`` where nothing
    is around the list and ``counted`` where the vendor says how many there are. ``missing`` is the exit code for a
    collection that is not there.
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
    sought: tuple[Mapping[str, JSON], ...] = ()
    reads: int = 1
    bare: bool = False
    counted: bool = True
    missing: int = 5

    @property
    def creatable(self) -> bool:
        """Whether the API can create an object."""
        return bool(self.creates)

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


def _subscribers(sandbox: RunningSandbox, count: int) -> None:
    """Each at a place of their own; the place of the one to be created is there too."""
    for n in (*range(count), 900):
        if sandbox.store.collection("optimum", "locations").get(f"pl{n}") is None:
            sandbox.store.insert("optimum", "locations", {"id": f"pl{n}", "name": f"Place {n}", "country_code": "BE"})
    for n in range(count):
        sandbox.store.insert("optimum", "subscribers", _subscriber(n))


def _subscriber(n: int) -> dict[str, JSON]:
    contact = {"email": f"Person{n}@example.org", "mobile_number": f"+324700{n:05d}"}
    return {**contact, "fname": "Ada", "sname": f"N {n}", "country_code": "BE", "locations": [f"pl{n}"]}


def _forms(sandbox: RunningSandbox, count: int) -> None:
    for n in range(count):
        sandbox.store.insert("buenno", "forms", {"name": f"Form {n}", "company_name": "Waffle House Oy"})


def _invitations(sandbox: RunningSandbox, count: int) -> None:
    """All to the first of two forms."""
    for id in (1, 2):
        sandbox.store.insert("buenno", "forms", {"id": id, "name": f"Form {id}", "company_name": "Waffle House Oy"})
    for n in range(count):
        fields = {name: value for name, value in _invitation(n).items() if name not in ("form", "pf_seller_id")}
        sandbox.store.insert("buenno", "invitations", {**fields, "form_id": 1})


def _invitation(n: int) -> dict[str, JSON]:
    person = {"phone": f"0035844{n:07}", "first_name": "Änn & Co", "last_name": "O'Hara+1"}
    return {"form": "1", **person, "pf_timestamp": 1608249600 + n, "pf_age": 42, "pf_seller_id": "007"}


_SEARCH = "102a525c-0ce3-4182-a504-aad595425233"
_DAY = "2024-04-15"


def _searches(sandbox: RunningSandbox, count: int) -> None:
    for n in range(count):
        sandbox.store.insert("b2s", "searches", {"name": f"Survey {n}", "company_id": _SEARCH})


def _answers(sandbox: RunningSandbox, count: int) -> None:
    """All of one survey and one day."""
    sandbox.store.insert("b2s", "searches", {"id": _SEARCH, "name": "Dine-in", "company_id": _SEARCH})
    for n in range(count):
        shown = {"nps": n % 11, "discursive_question": f"Answer {n}", "search": {"id": _SEARCH, "name": "Dine-in"}}
        sandbox.store.insert("b2s", "answers", {**shown, "created_at": f"{_DAY}T10:00:00Z"})


def _answer(n: int) -> dict[str, JSON]:
    told = {"nps": n % 11, "discursive_question": f"Answer {n}"}
    return {**told, "created_at": f"{_DAY} 14:30:00", "search_id": _SEARCH, "response_channel": "Web"}


SUBJECTS = (
    Subject(
        "enco/Survey",
        "surveys",
        _survey,
        _surveys,
        listing="/surveys$",
        bare=True,
        counted=False,
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
        bare=True,
        counted=False,
        creates="/question$",
    ),
    Subject(
        "customersure/Site",
        "sites",
        _site,
        _sites,
        listing="/sites$",
        bare=True,
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
    Subject(
        "buenno/Form",
        "forms",
        lambda n: {"name": f"Form {n}"},
        _forms,
        listing="/token-info$",
        creates="",
        counted=False,
    ),
    Subject(
        "buenno/Invitation",
        "invitations",
        _invitation,
        _invitations,
        listing="/invitations$",
        creates="/invitations$",
        hidden=frozenset({"pf_seller_id", "preferred_language"}),
        sought=({"form": "1"},),
        counted=False,
    ),
    Subject(
        "b2s/Survey",
        "searches",
        lambda n: {"name": f"Survey {n}"},
        _searches,
        listing="/searches$",
        creates="",
        bare=True,
        counted=False,
        missing=4,
    ),
    Subject(
        "b2s/Answer",
        "answers",
        _answer,
        _answers,
        listing="/answers$",
        creates="/answers$",
        hidden=frozenset({"response_channel", "search_id", "created_at"}),
        sought=({"search_id": _SEARCH, "created_at": f"{_DAY} 12:00:00"},),
        reads=2,
        missing=4,
    ),
    Subject(
        "optimum/Subscriber",
        "subscribers",
        _subscriber,
        _subscribers,
        listing="/subscribers$",
        creates="/subscribers$",
        change={"fname": "Grace", "opt_out": True},
        clearing={"sname": None, "mobile_number": None},
        deletable=True,
    ),
)


def each(wanted: Callable[[Subject], bool]) -> pytest.MarkDecorator:
    """Only the kinds that a test is about, in place of all."""
    chosen = [subject for subject in SUBJECTS if wanted(subject)]
    return pytest.mark.parametrize("subject", chosen, ids=[subject.kind for subject in chosen])
