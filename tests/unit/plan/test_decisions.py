"""The decision table, row by row: one case table over the whole of planning, each case with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from reconciler.model import Action, Address, Change, Intent, Lifecycle, Tombstone, Trouble
from reconciler.plan import build
from tests.unit.plan.world import World, question

SITE = {"site_code": "hq", "name": "Head Office"}
LEEDS = {"name": "Acme Leeds", "country_code": "GB"}
ACCOUNT = {"name": "B613", "active": True, "verb": "use"}
EN = question("en-GB", "How likely?")
NL = question("nl-BE", "Hoe was het?")
SURVEY = {"name": "waffles", "interactionType": "general", "questions": [EN]}
LIVE_SURVEY = {**SURVEY, "questions": [question(" en-GB ", " How likely?", "13")]}
ALLOW = Lifecycle(replace="allow")


@dataclass(frozen=True)
class Case:
    """A world and what is decided in it: per address the action, the reason, and the code that blocks it."""

    name: str
    reason: str
    world: World
    expected: dict[str, tuple[str, str, str | None]]
    more: dict[str, Any] | None = None


def survey(**more: Any) -> dict[str, Any]:
    return {**SURVEY, **more}


CASES = [
    Case(
        "create",
        "no record and no match",
        World().desire("optimum/Location/leeds", spec=LEEDS),
        {"optimum/Location/leeds": ("create", "not_recorded", None)},
    ),
    Case(
        "adopt",
        "one match on the key becomes ours without a write",
        World().desire("customersure/Site/hq", spec=SITE).live("customersure/Site", "hq", SITE),
        {"customersure/Site/hq": ("no-op", "not_recorded", None)},
        {"importing": "hq"},
    ),
    Case(
        "adopt and update",
        "what differs from the manifest is set",
        World()
        .desire("customersure/Site/hq", spec=SITE)
        .live("customersure/Site", "hq", {**SITE, "name": "Main Office"}),
        {"customersure/Site/hq": ("update", "adopt", None)},
        {"importing": "hq", "request": {"name": "Head Office"}},
    ),
    Case(
        "several matches",
        "two surveys of one name and type: nobody can say which",
        World()
        .desire("enco/Survey/waffles", spec=survey())
        .live("enco/Survey", "8", LIVE_SURVEY)
        .live("enco/Survey", "9", {**SURVEY, "questions": [question("en-GB", "Other", "20")]}),
        {"enco/Survey/waffles": ("create", "not_recorded", "ambiguous")},
        {"candidates": ("8", "9")},
    ),
    Case(
        "near match",
        "a location of the same name with another address may be the one meant",
        World()
        .desire("optimum/Location/leeds", spec={**LEEDS, "postal_code": "LS1"})
        .live("optimum/Location", "xd3S6", {**LEEDS, "postal_code": "LS2"}),
        {"optimum/Location/leeds": ("create", "not_recorded", "near_match")},
        {"candidates": ("xd3S6",)},
    ),
    Case(
        "near match by case",
        "a site code that differs in case only is more often a typing error than a second site (trap 87b)",
        World().desire("customersure/Site/hq", spec=SITE).live("customersure/Site", "HQ", {**SITE, "site_code": "HQ"}),
        {"customersure/Site/hq": ("create", "not_recorded", "near_match")},
    ),
    Case(
        "equal is not near",
        "two stores of one name: each manifest finds its own, none is in the other's way",
        World()
        .desire("optimum/Location/a", spec={**LEEDS, "postal_code": "LS9"})
        .desire("optimum/Location/b", spec={**LEEDS, "postal_code": "LS1"})
        .live("optimum/Location", "xd3S6", {**LEEDS, "postal_code": "LS1"}),
        {
            "optimum/Location/a": ("create", "not_recorded", None),
            "optimum/Location/b": ("no-op", "not_recorded", None),
        },
    ),
    Case(
        "one object, two claims",
        "each live object has one claimant",
        World()
        .desire("optimum/Location/a", spec=LEEDS)
        .desire("optimum/Location/b", spec=LEEDS)
        .live("optimum/Location", "xd3S6", LEEDS),
        {
            "optimum/Location/a": ("no-op", "not_recorded", None),
            "optimum/Location/b": ("create", "not_recorded", "already_claimed"),
        },
    ),
    Case(
        "pin",
        "externalId settles a near match",
        World()
        .desire("optimum/Location/leeds", spec={**LEEDS, "postal_code": "LS1"}, pin="xd3S6")
        .live("optimum/Location", "xd3S6", {**LEEDS, "postal_code": "LS2"}),
        {"optimum/Location/leeds": ("update", "adopt", None)},
        {"importing": "xd3S6"},
    ),
    Case(
        "pin not found",
        "a pin is never answered with a create",
        World().desire("optimum/Location/leeds", spec=LEEDS, pin="nope"),
        {"optimum/Location/leeds": ("create", "not_recorded", "pin_not_found")},
    ),
    Case(
        "pin conflict",
        "the record and the pin name two objects",
        World()
        .desire("optimum/Location/leeds", spec=LEEDS, pin="b")
        .record("optimum/Location/leeds", "a", LEEDS)
        .live("optimum/Location", "a", LEEDS)
        .live("optimum/Location", "b", LEEDS),
        {"optimum/Location/leeds": ("no-op", "not_recorded", "pin_conflict")},
    ),
    Case(
        "pinned elsewhere",
        "an object that another address recorded is not to be had by pinning it",
        World()
        .desire("optimum/Location/a", spec=LEEDS)
        .desire("optimum/Location/b", spec=LEEDS, pin="x")
        .record("optimum/Location/a", "x", LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {
            "optimum/Location/a": ("no-op", "in_sync", None),
            "optimum/Location/b": ("create", "not_recorded", "already_claimed"),
        },
    ),
    Case(
        "in sync",
        "stray spaces and letter case of the vendor's list are no difference",
        World()
        .desire("enco/Survey/waffles", spec=survey())
        .record("enco/Survey/waffles", "8", survey())
        .live("enco/Survey", "8", {**SURVEY, "questions": [question(" EN-gb ", " How likely? ", "13")]}),
        {"enco/Survey/waffles": ("no-op", "in_sync", None)},
    ),
    Case(
        "limit as text",
        'trap 33: the vendor echoes "2000" where 2000 was set',
        World()
        .desire("optimum/Account/b613", spec={**ACCOUNT, "sms_allowance": 2000})
        .record("optimum/Account/b613", "x", {**ACCOUNT, "sms_allowance": 2000})
        .live("optimum/Account", "x", {"name": "B613", "active": True, "sms_allowance": "2000"}),
        {"optimum/Account/b613": ("no-op", "in_sync", None)},
    ),
    Case(
        "null is empty",
        "a vendor shows a cleared text as null or as nothing",
        World()
        .desire("customersure/Site/hq", spec={**SITE, "city": None})
        .record("customersure/Site/hq", "hq", {**SITE, "city": None})
        .live("customersure/Site", "hq", {**SITE, "city": ""}),
        {"customersure/Site/hq": ("no-op", "in_sync", None)},
    ),
    Case(
        "zero is not unlimited",
        "trap 34: null means no limit, 0 means none",
        World()
        .desire("optimum/Account/b613", spec={**ACCOUNT, "max_users": None})
        .record("optimum/Account/b613", "x", {**ACCOUNT, "max_users": 0})
        .live("optimum/Account", "x", {"name": "B613", "active": True, "max_users": 0}),
        {"optimum/Account/b613": ("update", "config", None)},
        {"request": {"max_users": None}},
    ),
    Case(
        "config",
        "git moved",
        World()
        .desire("optimum/Location/leeds", spec={**LEEDS, "name": "Leeds 2"})
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds": ("update", "config", None)},
    ),
    Case(
        "drift",
        "the live object moved",
        World()
        .desire("optimum/Location/leeds", spec=LEEDS)
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", {**LEEDS, "name": "Leeds 2"}),
        {"optimum/Location/leeds": ("update", "drift", None)},
        {"drifted": True},
    ),
    Case(
        "conflict",
        "both moved, to different values",
        World()
        .desire("optimum/Location/leeds", spec={**LEEDS, "name": "A"})
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", {**LEEDS, "name": "B"}),
        {"optimum/Location/leeds": ("update", "conflict", None)},
        {"drifted": True},
    ),
    Case(
        "both moved alike",
        "nothing is left to do",
        World()
        .desire("optimum/Location/leeds", spec={**LEEDS, "name": "A"})
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", {**LEEDS, "name": "A"}),
        {"optimum/Location/leeds": ("no-op", "in_sync", None)},
        {"drifted": False},
    ),
    Case(
        "field given up",
        "a line taken out gives the field up, whatever the vendor shows",
        World()
        .desire("optimum/Location/leeds", spec=LEEDS)
        .record("optimum/Location/leeds", "x", {**LEEDS, "postal_code": "LS1"})
        .live("optimum/Location", "x", {**LEEDS, "postal_code": "LS9"}),
        {"optimum/Location/leeds": ("no-op", "in_sync", None)},
        {"given_up": ("postal_code",)},
    ),
    Case(
        "sent along",
        "this vendor takes a country only beside a region (trap 71)",
        World()
        .desire("customersure/Site/hq", spec={**SITE, "region": "North", "country_code": "GB"})
        .record("customersure/Site/hq", "hq", {**SITE, "region": "North", "country_code": "US"})
        .live("customersure/Site", "hq", {**SITE, "region": "North", "country_code": "US"}),
        {"customersure/Site/hq": ("update", "config", None)},
        {"request": {"country_code": "GB", "region": "North"}},
    ),
    Case(
        "renamed code",
        "a site's code is its id and can be changed",
        World()
        .desire("customersure/Site/hq", spec={**SITE, "site_code": "hq2"})
        .record("customersure/Site/hq", "hq", SITE)
        .live("customersure/Site", "hq", SITE),
        {"customersure/Site/hq": ("update", "config", None)},
        {"request": {"site_code": "hq2"}},
    ),
    Case(
        "name of a survey",
        "this API cannot change it",
        World()
        .desire("enco/Survey/waffles", spec=survey(name="wafels"))
        .record("enco/Survey/waffles", "8", survey())
        .live("enco/Survey", "8", LIVE_SURVEY),
        {"enco/Survey/waffles": ("create-delete", "cannot_change", "immutable")},
    ),
    Case(
        "replacement",
        "with replace: allow the new one comes first",
        World()
        .desire("enco/Survey/waffles", spec=survey(name="wafels"), lifecycle=ALLOW)
        .record("enco/Survey/waffles", "8", survey(), lifecycle=ALLOW)
        .live("enco/Survey", "8", LIVE_SURVEY),
        {"enco/Survey/waffles": ("create-delete", "cannot_change", None)},
        {"request": survey(name="wafels")},
    ),
    Case(
        "protected",
        "preventDestroy stands above replace: allow",
        World()
        .desire("enco/Survey/waffles", spec=survey(name="wafels"), lifecycle=Lifecycle(True, replace="allow"))
        .record("enco/Survey/waffles", "8", survey(), lifecycle=Lifecycle(True, replace="allow"))
        .live("enco/Survey", "8", LIVE_SURVEY),
        {"enco/Survey/waffles": ("create-delete", "cannot_change", "prevent_destroy")},
    ),
    Case(
        "edited question",
        "trap 9: an edit of what we recorded is a replacement, blocked without leave",
        World()
        .desire("enco/Survey/waffles", spec=survey(questions=[question("en-GB", "How very likely?")]))
        .record("enco/Survey/waffles", "8", survey())
        .live("enco/Survey", "8", LIVE_SURVEY),
        {"enco/Survey/waffles": ("create-delete", "cannot_change", "immutable")},
    ),
    Case(
        "added question",
        "an added question is added, spelled as it is declared (trap 3)",
        World()
        .desire("enco/Survey/waffles", spec=survey(questions=[NL, EN]))
        .record("enco/Survey/waffles", "8", survey())
        .live("enco/Survey", "8", LIVE_SURVEY),
        {"enco/Survey/waffles": ("update", "config", None)},
        {"request": {"questions": [NL]}},
    ),
    Case(
        "order of questions",
        "trap 12: order is no identity",
        World()
        .desire("enco/Survey/waffles", spec=survey(questions=[NL, EN]))
        .record("enco/Survey/waffles", "8", survey(questions=[EN, NL]))
        .live("enco/Survey", "8", survey(questions=[{**EN, "id": "13"}, {**NL, "id": "11"}])),
        {"enco/Survey/waffles": ("no-op", "in_sync", None)},
    ),
    Case(
        "surplus question",
        "one that nobody declared is drift that cannot be repaired, and no operation",
        World()
        .desire("enco/Survey/waffles", spec=survey())
        .record("enco/Survey/waffles", "8", survey())
        .live("enco/Survey", "8", survey(questions=[{**EN, "id": "13"}, {**NL, "id": "14"}])),
        {"enco/Survey/waffles": ("no-op", "in_sync", None)},
        {"drifted": True, "repairable": False},
    ),
    Case(
        "surplus claimed",
        "a Question of its own claims the live question",
        World()
        .desire("enco/Survey/waffles", spec=survey())
        .desire("enco/Question/nl", spec={"survey": "ref:waffles", **NL})
        .record("enco/Survey/waffles", "8", survey())
        .record("enco/Question/nl", "14", {"survey": "8", **NL}, depends_on=["enco/Survey/waffles"])
        .live("enco/Survey", "8", survey(questions=[{**EN, "id": "13"}, {**NL, "id": "14"}])),
        {"enco/Survey/waffles": ("no-op", "in_sync", None), "enco/Question/nl": ("no-op", "in_sync", None)},
        {"drifted": False},
    ),
    Case(
        "question moved out",
        "from the survey's list to a manifest of its own: nothing changes",
        World()
        .desire("enco/Survey/waffles", spec=survey())
        .desire("enco/Question/nl", spec={"survey": "ref:waffles", **NL})
        .record("enco/Survey/waffles", "8", survey(questions=[EN, NL]))
        .live("enco/Survey", "8", survey(questions=[{**EN, "id": "13"}, {**NL, "id": "14"}])),
        {"enco/Survey/waffles": ("no-op", "in_sync", None), "enco/Question/nl": ("no-op", "shared", None)},
        {"drifted": False, "applyable": False},
    ),
    Case(
        "question moved in",
        "from a manifest of its own to the survey's list: nothing changes",
        World()
        .desire("enco/Survey/waffles", spec=survey(questions=[EN, NL]))
        .record("enco/Survey/waffles", "8", survey())
        .record("enco/Question/nl", "14", {"survey": "8", **NL}, depends_on=["enco/Survey/waffles"])
        .live("enco/Survey", "8", survey(questions=[{**EN, "id": "13"}, {**NL, "id": "14"}])),
        {"enco/Survey/waffles": ("no-op", "in_sync", None), "enco/Question/nl": ("no-op", "shared", None)},
        {"drifted": False, "applyable": False},
    ),
    Case(
        "question moved to another survey",
        "the API cannot move it; what hangs on the old survey is its item, not a surplus",
        World()
        .desire("enco/Survey/waffles", spec=survey())
        .desire("enco/Survey/biscuits", spec=survey(name="biscuits"))
        .desire("enco/Question/nl", spec={"survey": "ref:biscuits", **NL})
        .record("enco/Survey/waffles", "8", survey())
        .record("enco/Survey/biscuits", "7", survey(name="biscuits"))
        .record("enco/Question/nl", "14", {"survey": "8", **NL}, depends_on=["enco/Survey/waffles"])
        .live("enco/Survey", "8", survey(questions=[{**EN, "id": "13"}, {**NL, "id": "14"}]))
        .live("enco/Survey", "7", survey(name="biscuits", questions=[{**EN, "id": "10"}])),
        {
            "enco/Survey/biscuits": ("no-op", "in_sync", None),
            "enco/Survey/waffles": ("no-op", "in_sync", None),
            "enco/Question/nl": ("update", "cannot_change", "immutable"),
        },
        {"drifted": False},
    ),
    Case(
        "question of a new survey",
        "the survey's id is not known yet",
        World()
        .desire("enco/Survey/waffles", spec=survey())
        .desire("enco/Question/nl", spec={"survey": "ref:waffles", **NL}),
        {
            "enco/Survey/waffles": ("create", "not_recorded", None),
            "enco/Question/nl": ("create", "not_recorded", None),
        },
    ),
    Case(
        "question of a replaced survey",
        "it is asked anew in the new survey; the old one goes with the old survey",
        World()
        .desire("enco/Survey/waffles", spec=survey(name="wafels"), lifecycle=ALLOW)
        .desire("enco/Question/nl", spec={"survey": "ref:waffles", **NL})
        .record("enco/Survey/waffles", "8", survey(), lifecycle=ALLOW)
        .record("enco/Question/nl", "14", {"survey": "8", **NL}, depends_on=["enco/Survey/waffles"])
        .live("enco/Survey", "8", survey(questions=[{**EN, "id": "13"}, {**NL, "id": "14"}])),
        {
            "enco/Survey/waffles": ("create-delete", "cannot_change", None),
            "enco/Question/nl": ("create", "parent_replaced", None),
        },
    ),
    Case(
        "edited Question",
        "this API neither changes nor removes a question",
        World()
        .desire("enco/Question/nl", spec={"survey": "id:8", "language": "nl-BE", "body": "Anders"}, lifecycle=ALLOW)
        .record("enco/Question/nl", "14", {"survey": "8", **NL}, lifecycle=ALLOW)
        .live("enco/Survey", "8", survey(questions=[{**EN, "id": "13"}, {**NL, "id": "14"}])),
        {"enco/Question/nl": ("update", "cannot_change", "immutable")},
    ),
    Case(
        "write-only changed",
        "traps 37, 60: it goes with the create only: a warning, never a replacement and never an update",
        World()
        .desire("optimum/Account/b613", spec={**ACCOUNT, "verb": "visit"}, lifecycle=ALLOW)
        .record("optimum/Account/b613", "x", ACCOUNT, lifecycle=ALLOW)
        .live("optimum/Account", "x", {"name": "B613", "active": True}),
        {"optimum/Account/b613": ("no-op", "in_sync", None)},
        {"warned": True},
    ),
    Case(
        "write-only unverified",
        "an adopted account's verb was never sent by us",
        World()
        .desire("optimum/Account/b613", spec=ACCOUNT)
        .live("optimum/Account", "x", {"name": "B613", "active": True}),
        {"optimum/Account/b613": ("no-op", "not_recorded", None)},
        {"unverified": ("verb",), "importing": "x"},
    ),
    Case(
        "ignored",
        "ignoreChanges counts in creates, not in updates",
        World()
        .desire("optimum/Location/leeds", spec=LEEDS, lifecycle=Lifecycle(ignore_changes=("name",)))
        .record("optimum/Location/leeds", "x", LEEDS, lifecycle=Lifecycle(ignore_changes=("name",)))
        .live("optimum/Location", "x", {**LEEDS, "name": "Leeds 2"}),
        {"optimum/Location/leeds": ("no-op", "in_sync", None)},
        {"drifted": True, "ignored": True},
    ),
    Case(
        "ignored and adopted",
        "the value found is where its drift is counted from",
        World()
        .desire("customersure/Site/hq", spec=SITE, lifecycle=Lifecycle(ignore_changes=("name",)))
        .live("customersure/Site", "hq", {**SITE, "name": "Main Office"}),
        {"customersure/Site/hq": ("no-op", "not_recorded", None)},
        {"recorded": {**SITE, "name": "Main Office"}},
    ),
    Case(
        "lifecycle",
        "a change of lifecycle is an update without a vendor call",
        World()
        .desire("optimum/Location/leeds", spec=LEEDS, lifecycle=Lifecycle(True))
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds": ("update", "lifecycle_changed", None)},
        {"request": {}},
    ),
    Case(
        "disappeared",
        "gone from a complete listing: created again",
        World().desire("optimum/Location/leeds", spec=LEEDS).record("optimum/Location/leeds", "x", LEEDS),
        {"optimum/Location/leeds": ("create", "disappeared", None)},
        {"drifted": True},
    ),
    Case(
        "made again in the console",
        "the recorded one is gone, one of the same key is there: it is ours again",
        World()
        .desire("customersure/Site/hq", spec=SITE)
        .record("customersure/Site/hq", "old", {**SITE, "site_code": "old"})
        .live("customersure/Site", "hq", SITE),
        {"customersure/Site/hq": ("no-op", "not_recorded", None)},
        {"importing": "hq"},
    ),
    Case(
        "maybe renamed",
        "gone beside an unclaimed twin under another key",
        World()
        .desire("customersure/Site/hq", spec=SITE)
        .record("customersure/Site/hq", "hq", SITE)
        .live("customersure/Site", "head", {**SITE, "site_code": "head"}),
        {"customersure/Site/hq": ("create", "disappeared", "maybe_renamed")},
        {"candidates": ("head",)},
    ),
    Case(
        "connection moved",
        "another connection is another account",
        World()
        .desire("optimum/Location/leeds", spec=LEEDS, connection="north")
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds": ("create-delete", "connection_moved", "connection_moved")},
    ),
    Case(
        "connection moved on purpose",
        "created there, then deleted here",
        World()
        .desire("optimum/Location/leeds", spec=LEEDS, connection="north", lifecycle=ALLOW)
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds": ("create-delete", "connection_moved", None)},
    ),
    Case(
        "delete",
        "no manifest any more",
        World().record("optimum/Location/leeds", "x", LEEDS).live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds": ("delete", "not_declared", None)},
    ),
    Case(
        "retained",
        "onRemove: retain lets go of it",
        World()
        .record("optimum/Location/leeds", "x", LEEDS, lifecycle=Lifecycle(on_remove="retain"))
        .live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds": ("forget", "retained", None)},
    ),
    Case(
        "deactivated",
        "trap 38: onRemove: deactivate makes an account inactive instead",
        World()
        .record("optimum/Account/b613", "x", ACCOUNT, lifecycle=Lifecycle(on_remove="deactivate"))
        .live("optimum/Account", "x", {"name": "B613", "active": True}),
        {"optimum/Account/b613": ("update", "deactivated_on_removal", None)},
        {"request": {"active": False}},
    ),
    Case(
        "switched on",
        "trap 39: an active account is billed, so becoming one is a change of its own in the plan",
        World()
        .desire("optimum/Account/b613", spec=ACCOUNT)
        .record("optimum/Account/b613", "x", {**ACCOUNT, "active": False})
        .live("optimum/Account", "x", {"name": "B613", "active": False}),
        {"optimum/Account/b613": ("update", "config", None)},
        {"request": {"active": True}, "warnings": ("active becomes true: the vendor bills for it from then on",)},
    ),
    Case(
        "made active",
        "trap 39: so does a new one, if it begins active",
        World().desire("optimum/Account/b613", spec=ACCOUNT),
        {"optimum/Account/b613": ("create", "not_recorded", None)},
        {"warned": True},
    ),
    Case(
        "made inactive",
        "one that is not active costs nothing",
        World().desire("optimum/Account/b613", spec={**ACCOUNT, "active": False}),
        {"optimum/Account/b613": ("create", "not_recorded", None)},
        {"warned": False},
    ),
    Case(
        "active as it was",
        "another change of a billed account begins nothing",
        World()
        .desire("optimum/Account/b613", spec={**ACCOUNT, "max_users": 3})
        .record("optimum/Account/b613", "x", ACCOUNT)
        .live("optimum/Account", "x", {"name": "B613", "active": True}),
        {"optimum/Account/b613": ("update", "config", None)},
        {"warned": False},
    ),
    Case(
        "undeletable",
        "this vendor cannot delete a site: it is forgotten, and said so",
        World().record("customersure/Site/hq", "hq", SITE).live("customersure/Site", "hq", SITE),
        {"customersure/Site/hq": ("forget", "undeletable", None)},
    ),
    Case(
        "protected after removal",
        "preventDestroy outlives its manifest",
        World()
        .record("optimum/Location/leeds", "x", LEEDS, lifecycle=Lifecycle(True))
        .live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds": ("delete", "not_declared", "prevent_destroy")},
    ),
    Case(
        "gone already",
        "neither declared nor there",
        World().record("optimum/Location/leeds", "x", LEEDS),
        {"optimum/Location/leeds": ("forget", "gone", None)},
        {"drifted": False},
    ),
    Case(
        "possible rename",
        "a new manifest matches what a removed one recorded",
        World()
        .desire("optimum/Location/leeds-city", spec=LEEDS)
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {
            "optimum/Location/leeds": ("delete", "not_declared", "possible_rename"),
            "optimum/Location/leeds-city": ("create", "not_recorded", "already_claimed"),
        },
    ),
    Case(
        "possible rename with an edit",
        "the same name with another postcode is still more likely a rename than a new store",
        World()
        .desire("optimum/Location/leeds-city", spec={**LEEDS, "postal_code": "LS1"})
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {
            "optimum/Location/leeds": ("delete", "not_declared", "possible_rename"),
            "optimum/Location/leeds-city": ("create", "not_recorded", "already_claimed"),
        },
    ),
    Case(
        "rename said",
        "previousNames moves the record, nothing is deleted",
        World()
        .desire("optimum/Location/leeds-city", spec=LEEDS, previous=["optimum/Location/leeds"])
        .record("optimum/Location/leeds", "x", LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds-city": ("no-op", "in_sync", None)},
        {"applyable": True},
    ),
    Case(
        "unmanaged",
        "neither declared nor recorded: told, never touched",
        World().desire("optimum/Location/leeds", spec=LEEDS).live("optimum/Location", "y", {**LEEDS, "name": "York"}),
        {"optimum/Location/leeds": ("create", "not_recorded", None)},
        {"unmanaged": ["y"]},
    ),
    Case(
        "tombstone",
        "a deleted object's id is never matched again, even where the vendor still lists it",
        World(tombstones={Tombstone("optimum/Location", "optimum", "x")})
        .desire("optimum/Location/leeds", spec=LEEDS)
        .live("optimum/Location", "x", LEEDS),
        {"optimum/Location/leeds": ("create", "not_recorded", None)},
        {"unmanaged": []},
    ),
    Case(
        "unreadable",
        "unreadable is never absent",
        World(troubles=[Trouble("optimum", "optimum/Location", "RCN0501", "no answer", 5)])
        .desire("optimum/Location/leeds", spec=LEEDS)
        .record("optimum/Location/york", "y", LEEDS),
        {
            "optimum/Location/leeds": ("no-op", "unreadable", "unreadable"),
            "optimum/Location/york": ("no-op", "unreadable", "unreadable"),
        },
    ),
    Case(
        "unreadable whole",
        "a part cannot be read where its whole cannot",
        World(
            troubles=[
                Trouble("enco", "enco/Survey", "RCN0501", "no answer", 5),
                Trouble("enco", "enco/Question", "RCN0501", "no answer", 5),
            ]
        )
        .desire("enco/Survey/waffles", spec=survey())
        .desire("enco/Question/nl", spec={"survey": "ref:waffles", **NL}),
        {
            "enco/Survey/waffles": ("no-op", "unreadable", "unreadable"),
            "enco/Question/nl": ("no-op", "unreadable", "unreadable"),
        },
    ),
    Case(
        "behind a blocked one",
        "what depends on a blocked address waits for it, what does not goes on",
        World()
        .desire("enco/Survey/waffles", spec=survey(name="wafels"))
        .desire("enco/Question/nl", spec={"survey": "ref:waffles", **NL})
        .desire("optimum/Location/leeds", spec=LEEDS)
        .record("enco/Survey/waffles", "8", survey())
        .live("enco/Survey", "8", LIVE_SURVEY),
        {
            "enco/Survey/waffles": ("create-delete", "cannot_change", "immutable"),
            "enco/Question/nl": ("create", "not_recorded", "dependency_blocked"),
            "optimum/Location/leeds": ("create", "not_recorded", None),
        },
    ),
    Case(
        "open write",
        "an interrupted create is shown as recover",
        World(
            intents=[
                Intent(
                    "i1",
                    "r1",
                    Address.parse("optimum/Location/leeds"),
                    Action.CREATE,
                    "create",
                    "optimum",
                    None,
                    LEEDS,
                    "sha256:x",
                    "sha256:y",
                    0.0,
                )
            ]
        ).desire("optimum/Location/leeds", spec=LEEDS),
        {"optimum/Location/leeds": ("create", "recover", None)},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_decision(case: Case) -> None:
    """Each row of the table decides as the contract says."""
    plan = build(case.world.inputs())
    found = {str(c.address): (c.action.value, c.reason, c.blocked.code if c.blocked else None) for c in plan.changes}
    assert found == case.expected, case.reason
    first = plan.changes[0] if len(case.expected) == 1 else None
    for name, value in (case.more or {}).items():
        assert _fact(name, plan, first) == value, f"{name}: {case.reason}"


def _fact(name: str, plan: Any, change: Change | None) -> Any:
    match name:
        case "drifted":
            return bool(plan.drift)
        case "repairable" | "ignored":
            return getattr(plan.drift[0], name)
        case "unmanaged":
            return [u.id for u in plan.unmanaged]
        case "applyable":
            return plan.applyable
    assert change is not None
    match name:
        case "candidates":
            return change.blocked.candidates if change.blocked else None
        case "warned":
            return bool(change.warnings)
        case _:
            return getattr(change, name)


def test_every_case_has_a_reason() -> None:
    """A case table is only read when each case says why it is there."""
    assert all(case.reason for case in CASES)
    assert len({case.name for case in CASES}) == len(CASES)
