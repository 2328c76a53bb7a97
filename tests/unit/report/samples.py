"""Plans for the tests of the renderers: small ones by hand, and one that holds every sort of change."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from reconciler.model import (
    Action,
    Address,
    Blocked,
    Calls,
    Cause,
    Change,
    Drift,
    Estimate,
    FieldChange,
    GuardStop,
    Impact,
    Lifecycle,
    Pending,
    Plan,
    Selection,
    Source,
    Trouble,
    Unmanaged,
)
from reconciler.schema import Field, Registry, ResourceType, load

REGISTRY = load()

WAFFLES = Address("enco", "Survey", "waffles")
LEEDS = Address("optimum", "Location", "leeds")
YORK = Address("optimum", "Location", "york")
ACME = Address("optimum", "Account", "acme")
SITE = Address("customersure", "Site", "leeds")
QUESTION = Address("enco", "Question", "waffles-fr")
JANE = Address("optimum", "Subscriber", "jane")


def plan(*changes: Change, **more: Any) -> Plan:
    """A plan of these changes."""
    base = {"project": "acme-feedback", "environment": None, "selection": Selection(), "lineage": "l-1"}
    return Plan(**{**base, "schema_digest": "sha256:0", "changes": changes, **more})


def change(address: Address, action: Action, **more: Any) -> Change:
    """A change with sensible values for what a test does not care about."""
    base = {"connection": address.provider, "reason": "test", "source": Source(f"manifests/{address.name}.yaml", 2)}
    return Change(address, **{**base, "action": action, **more})


def field(path: str, before: Any, after: Any, cause: Cause = Cause.CONFIG, **more: Any) -> FieldChange:
    """A field's change."""
    return FieldChange(path, before, after, cause, **more)


QUESTIONS = [{"language": "en-GB", "body": "How was it?"}, {"language": "fr", "body": "C'était comment ?"}]
SURVEY = {"name": "Waffles", "interactionType": "delivery", "questions": QUESTIONS}
LOCATION = {"name": "Acme Leeds", "country_code": "GB", "postal_code": "LS1 8EQ", "address_line_1": "1 The Headrow"}

CREATE = change(
    WAFFLES,
    Action.CREATE,
    reason="not_recorded",
    after=SURVEY,
    fields=tuple(field(name, None, value) for name, value in SURVEY.items()),
)
CREATE_PENDING = change(
    QUESTION,
    Action.CREATE,
    reason="not_recorded",
    after={"survey": "waffles", "language": "nl", "body": "Hoe was het?"},
    fields=(
        field("body", None, "Hoe was het?"),
        field("language", None, "nl"),
        field("survey", None, "waffles", after_unknown=True),
    ),
    request={"survey": Pending(WAFFLES), "language": "nl", "body": "Hoe was het?"},
    depends_on=(WAFFLES,),
)
UPDATE = change(
    LEEDS,
    Action.UPDATE,
    reason="several_causes",
    id="xd3S6",
    before=LOCATION,
    after={**LOCATION, "name": "Acme Leeds Central", "postal_code": "LS1 9ZZ", "country_code": "IE"},
    fields=(
        field("country_code", "GB", "IE", Cause.CONFLICT),
        field("name", "Acme Leeds", "Acme Leeds Central"),
        field("postal_code", "LS1 8EQ", "LS1 9ZZ", Cause.DRIFT),
    ),
    request={"name": "Acme Leeds Central"},
)
REPLACE = change(
    WAFFLES,
    Action.CREATE_DELETE,
    reason="cannot_change",
    id="8",
    before=SURVEY,
    after={**SURVEY, "questions": [QUESTIONS[0], {"language": "fr", "body": "Alors ?"}]},
    fields=(
        field(
            "questions",
            QUESTIONS,
            [QUESTIONS[0], {"language": "fr", "body": "Alors ?"}],
            Cause.CONFIG,
            forces_replacement=True,
        ),
    ),
    impact=Impact({"responses": 1234, "requests": 2100, "nps": 45}, ("campaigns",)),
)
DELETE = change(YORK, Action.DELETE, reason="not_declared", id="gse4Ry", before=LOCATION, source=None)
FORGET = change(SITE, Action.FORGET, reason="undeletable", id="LDS", before={"site_code": "LDS", "name": "Leeds"})
ADOPT = change(
    ACME,
    Action.UPDATE,
    reason="adopt",
    id="a1",
    importing="a1",
    before={"name": "Acme", "active": False},
    after={"name": "Acme", "active": True},
    fields=(field("active", False, True, Cause.ADOPT),),
    unverified=("verb",),
    warnings=("active accounts are billed",),
)
BLOCKED = change(
    LEEDS,
    Action.CREATE,
    reason="not_recorded",
    after=LOCATION,
    fields=tuple(field(name, None, value) for name, value in LOCATION.items()),
    blocked=Blocked("ambiguous", "several live objects match (b, a)", ("b", "a")),
)
STILL = change(SITE, Action.NO_OP, reason="in_sync", id="LDS", before={"name": "Leeds"}, after={"name": "Leeds"})
MOVED = replace(STILL, previous_address=Address("customersure", "Site", "leeds-1"))
SEND = change(Address("enco", "Send", "spring"), Action.SEND, reason="held", after={"channel": "SMS"})

DRIFTED = Drift(
    LEEDS,
    "optimum",
    "xd3S6",
    {"name": "Acme Leeds", "country_code": "GB"},
    {"name": "Leeds!", "country_code": "GB"},
    (field("name", "Acme Leeds", "Leeds!", Cause.DRIFT),),
    True,
    source=Source("manifests/leeds.yaml", 2),
)
GONE = Drift(YORK, "optimum", "gse4Ry", {"name": "York"}, None, (), True, "gone from the vendor")
SURPLUS = Drift(
    WAFFLES,
    "enco",
    "8",
    SURVEY,
    {**SURVEY, "questions": [*QUESTIONS, {"language": "de", "body": "Wie war es?"}]},
    (field("questions", QUESTIONS, [*QUESTIONS, {"language": "de", "body": "Wie war es?"}], Cause.DRIFT),),
    False,
    "1 live item that nobody declared; the API cannot remove that",
)
IGNORED = Drift(
    SITE,
    "customersure",
    "LDS",
    {"city": "Leeds"},
    {"city": "York"},
    (field("city", "Leeds", "York", Cause.DRIFT, ignored=True),),
    True,
)

TROUBLE = Trouble(
    "customersure", "customersure/Site", "RCN0501", "the list of sites does not add up", 5, "run it again"
)
STOP = GuardStop("data_loss", "enco/Survey/waffles would lose 1,234 responses", (WAFFLES,), "--allow-data-loss X")

EVERYTHING = plan(
    REPLACE,
    CREATE_PENDING,
    UPDATE,
    DELETE,
    FORGET,
    ADOPT,
    replace(BLOCKED, address=Address("optimum", "Location", "hull")),
    replace(STILL, address=Address("customersure", "Site", "york"), given_up=("city",)),
    replace(MOVED, address=Address("customersure", "Site", "hull")),
    SEND,
    drift=(DRIFTED, GONE, SURPLUS, IGNORED),
    unmanaged=tuple(Unmanaged("optimum", "optimum/Location", f"id{n}", f"Place {n}") for n in range(7)),
    troubles=(TROUBLE,),
    stops=(STOP,),
    calls={"optimum": Calls(3, 1), "enco": Calls(1, 2)},
    estimates={"optimum": Estimate(4, 4, 1.0), "enco": Estimate(3, 1)},
    warnings=("enco: the list has 100 entries",),
    environment="staging",
    selection=Selection(targets=("optimum/*",)),
)


def personal_registry() -> Registry:
    """The registry with one more kind that holds personal data, wholly and in the items of a list."""
    account = REGISTRY.get("optimum/Account")
    fields = {
        "email": Field("email", personal=True),
        "fname": Field("fname", personal=True),
        "country_code": Field("country_code"),
        "data": Field("data", items=MappingProxyType({"key": Field("key"), "value": Field("value", personal=True)})),
    }
    key = replace(account.key, fields=("email",))
    subscriber: ResourceType = replace(account, type="Subscriber", fields=fields, key=key)
    return Registry({**REGISTRY.types, subscriber.kind: subscriber}, REGISTRY.digest)


SUBSCRIBER = {
    "email": "jane@example.com",
    "fname": "Jane",
    "country_code": "GB",
    "data": [{"key": "shop", "value": "Harrogate"}],
}
PERSONAL = change(
    JANE,
    Action.UPDATE,
    reason="config",
    id="s1",
    before=SUBSCRIBER,
    after={**SUBSCRIBER, "email": "jane.doe@example.com", "country_code": "IE"},
    fields=(
        field("country_code", "GB", "IE"),
        field("email", "jane@example.com", "jane.doe@example.com", sensitive=True),
    ),
    request={"email": "jane.doe@example.com"},
    lifecycle=Lifecycle(),
    warnings=("jane.doe@example.com is new",),
)
