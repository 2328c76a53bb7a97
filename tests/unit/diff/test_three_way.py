"""Desired, recorded and observed side by side: what is changed, who moved it, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import compare, lifecycle_changes
from reconciler.model import Address, Cause, Lifecycle, Pending
from reconciler.schema import Field, load
from tests.unit.schema.made_up import made_up

REGISTRY = load()
CONFIG, DRIFT, CONFLICT, ADOPT = Cause.CONFIG, Cause.DRIFT, Cause.CONFLICT, Cause.ADOPT
PENDING = Pending(Address("enco", "Survey", "waffles"))
EN, NL, FR = ({"language": tongue, "body": tongue.upper()} for tongue in ("en", "nl", "fr"))

# A kind with what the shipped ones do not have: an updatable write-only field, an immutable one among mutable ones.
MADE_UP = made_up(
    "Thing",
    "name",
    {
        "name": {"description": "Its name."},
        "code": {"description": "Fixed.", "x-immutable": True},
        "key": {"description": "Never shown.", "writeOnly": True},
        "seal": {"description": "Never shown, fixed.", "writeOnly": True, "x-immutable": True},
        "seen": {"description": "Moves by itself.", "x-volatile": True},
        "made": {"description": "The vendor's.", "readOnly": True},
        "email": {"description": "Whose.", "x-personal": True},
        "zone": {"description": "A zone.", "x-send-with": ["city", "name"]},
        "city": {"description": "A city."},
    },
)


@dataclass(frozen=True)
class Case:
    """Three sides of one object and what the comparison must find; facts that are not named must be empty."""

    name: str
    reason: str
    desired: dict[str, Any]
    recorded: dict[str, Any] | None
    observed: dict[str, Any]
    changes: dict[str, Cause] = field(default_factory=dict)
    request: dict[str, Any] = field(default_factory=dict)
    drift: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    kind: str = "acme/Thing"


CASES = [
    Case("equal", "all three agree", {"name": "a"}, {"name": "a"}, {"name": "a"}),
    Case("config", "git moved, the live object stayed", {"name": "b"}, {"name": "a"}, {"name": "a"},
         {"name": CONFIG}, {"name": "b"}),
    Case("drift", "the live object moved, git stayed", {"name": "a"}, {"name": "a"}, {"name": "b"},
         {"name": DRIFT}, {"name": "a"}, ("name",)),
    Case("conflict", "both moved, apart", {"name": "c"}, {"name": "a"}, {"name": "b"},
         {"name": CONFLICT}, {"name": "c"}, ("name",)),
    Case("moved together", "both moved to one value: nothing to do, nothing to tell", {"name": "b"}, {"name": "a"},
         {"name": "b"}),
    Case("newly declared", "a field that was not ours is now: git's doing", {"name": "a", "city": "x"}, {"name": "a"},
         {"name": "a", "city": "y"}, {"city": CONFIG}, {"city": "x"}),
    Case("newly declared, equal", "already so", {"city": "y"}, {}, {"city": "y"}),
    Case("given up", "a line taken out is not ours any more, whatever the vendor shows", {}, {"city": "x"},
         {"city": "y"}, facts={"given_up": ("city",)}),
    Case("explicit null", "null clears", {"city": None}, {"city": "x"}, {"city": "x"}, {"city": CONFIG},
         {"city": None}),
    Case("adoption", "without a record every difference is the adoption's", {"name": "a", "city": "x"}, None,
         {"name": "a", "city": "y"}, {"city": ADOPT}, {"city": "x"}),
    Case("adopted in place of a recorded one", "another object's record says nothing about who moved this one",
         {"city": "x"}, {"city": "x"}, {"city": "y"}, {"city": ADOPT}, {"city": "x"}, options={"adopting": True}),
    Case("id to come", "what does not exist yet differs from what is there, and its id is unknown",
         {"name": PENDING}, {"name": "8"}, {"name": "8"}, {"name": CONFIG}, {"name": PENDING}),
    Case("ignored", "ignoreChanges keeps an update away, drift tells it", {"name": "a"}, {"name": "a"}, {"name": "b"},
         drift=("name",), options={"ignore": ("name",)}),
    Case("ignored edit", "an edit under ignoreChanges is no update", {"name": "b"}, {"name": "a"}, {"name": "a"},
         options={"ignore": ("name",)}),
    Case("read-only", "the vendor's own field is nobody's wish", {"made": 1}, {"made": 1}, {"made": 2}),
    Case("volatile declared", "a declared value is wanted, but its moving is no drift", {"seen": 1}, {"seen": 1},
         {"seen": 2}, {"seen": DRIFT}, {"seen": 1}),
    Case("immutable", "only a new object can have it", {"code": "b"}, {"code": "a"}, {"code": "a"}, {"code": CONFIG},
         {"code": "b"}, facts={"forces_replacement": ("code",)}),
    Case("immutable drift", "and then it cannot be put back", {"code": "a"}, {"code": "a"}, {"code": "b"},
         {"code": DRIFT}, {"code": "a"}, ("code",), {"forces_replacement": ("code",), "repairable": False}),
    Case("immutable drift ignored", "what is ignored needs no repair", {"code": "a"}, {"code": "a"}, {"code": "b"},
         drift=("code",), options={"ignore": ("code",)}),
    Case("write-only unchanged", "the same as we sent", {"key": "k"}, {"key": "k"}, {}),
    Case("write-only changed", "an update where the API takes it", {"key": "l"}, {"key": "k"}, {}, {"key": CONFIG},
         {"key": "l"}),
    Case("write-only fixed", "never a replacement: the user is told", {"seal": "l"}, {"seal": "k"}, {},
         facts={"unsendable": ("seal",)}),
    Case("write-only never sent", "nobody knows what the live object has", {"key": "k"}, None, {},
         facts={"unverified": ("key",)}),
    Case("write-only never sent, null", "nothing was wished", {"key": None}, None, {}),
    Case("write-only newly declared", "not sent by us so far", {"key": "k"}, {"name": "a"}, {},
         facts={"unverified": ("key",), "given_up": ("name",)}),
    Case("write-only ignored", "not even sent", {"key": "l"}, {"key": "k"}, {}, options={"ignore": ("key",)}),
    Case("write-only of a new holder", "what was sent to the object that is gone was never sent to this one",
         {"key": "k"}, {"key": "k"}, {}, facts={"unverified": ("key",)}, options={"adopting": True}),
    Case("sent along", "companions go with it, declared ones as declared, others as they are",
         {"zone": "z", "city": "x"}, {"zone": "y", "city": "x"}, {"zone": "y", "city": "x", "name": "n"},
         {"zone": CONFIG}, {"zone": "z", "city": "x", "name": "n"}),
    Case("companion alone", "the rule has one direction", {"zone": "z", "city": "w"}, {"zone": "z", "city": "x"},
         {"zone": "z", "city": "x"}, {"city": CONFIG}, {"city": "w"}),
    Case("question added", "a new item is added, and only it is sent", {"questions": [EN, NL]}, {"questions": [EN]},
         {"questions": [EN]}, {"questions": CONFIG}, {"questions": [NL]}, kind="enco/Survey"),
    Case("question order", "order is no identity", {"questions": [EN, NL]}, {"questions": [NL, EN]},
         {"questions": [NL, EN]}, kind="enco/Survey"),
    Case("question edited", "an edit of what we recorded takes a new survey", {"questions": [FR]}, {"questions": [EN]},
         {"questions": [EN]}, {"questions": CONFIG}, {"questions": [FR]},
         facts={"forces_replacement": ("questions",)}, kind="enco/Survey"),
    Case("question removed", "so does a removal", {"questions": [EN]}, {"questions": [EN, NL]},
         {"questions": [EN, NL]}, {"questions": CONFIG}, {"questions": []},
         facts={"forces_replacement": ("questions",)}, kind="enco/Survey"),
    Case("question lost", "a recorded item that is gone is added again", {"questions": [EN, NL]},
         {"questions": [EN, NL]}, {"questions": [EN]}, {"questions": DRIFT}, {"questions": [NL]}, ("questions",),
         kind="enco/Survey"),
    Case("question lost and another added", "both moved", {"questions": [EN, NL, FR]}, {"questions": [EN, NL]},
         {"questions": [EN]}, {"questions": CONFLICT}, {"questions": [NL, FR]}, ("questions",), kind="enco/Survey"),
    Case("question removed, gone already", "nothing is left to remove", {"questions": [EN]}, {"questions": [EN, NL]},
         {"questions": [EN]}, kind="enco/Survey"),
    Case("surplus question", "nobody declared or recorded it: told, not touched", {"questions": [EN]},
         {"questions": [EN]}, {"questions": [EN, NL]}, drift=("questions",),
         facts={"surplus": 1, "repairable": False}, kind="enco/Survey"),
    Case("surplus on adoption", "an adopted survey's other questions are told too", {"questions": [EN]}, None,
         {"questions": [EN, NL]}, drift=("questions",), facts={"surplus": 1, "repairable": False}, kind="enco/Survey"),
    Case("repeated surplus", "a second live copy of a declared question is surplus", {"questions": [EN]},
         {"questions": [EN]}, {"questions": [EN, EN]}, drift=("questions",),
         facts={"surplus": 1, "repairable": False}, kind="enco/Survey"),
    Case("claimed question", "a manifest of its own accounts for it", {"questions": [EN]}, {"questions": [EN]},
         {"questions": [EN, NL]}, options={"claimed": {"questions": [("nl", "NL")]}}, kind="enco/Survey"),
    Case("recorded question claimed by another", "moved out of the set: no removal", {"questions": [EN]},
         {"questions": [EN, NL]}, {"questions": [EN, NL]}, options={"claimed": {"questions": [("nl", "NL")]}},
         kind="enco/Survey"),
    Case("one claim, two copies", "a claim accounts for one item", {"questions": [EN]}, {"questions": [EN]},
         {"questions": [EN, NL, NL]}, drift=("questions",), facts={"surplus": 1, "repairable": False},
         options={"claimed": {"questions": [("nl", "NL")]}}, kind="enco/Survey"),
    Case("ignored questions", "ignoreChanges holds for sets too", {"questions": [EN, NL]}, {"questions": [EN]},
         {"questions": [EN]}, options={"ignore": ("questions",)}, kind="enco/Survey"),
    Case("kind without update", "every field of a kind that cannot be updated takes a new object", {"body": "b"},
         {"body": "a"}, {"body": "a"}, {"body": CONFIG}, {"body": "b"}, facts={"forces_replacement": ("body",)},
         kind="enco/Question"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_compare(case: Case) -> None:
    """Each way the three sides can stand gives these changes, this request, this drift, and nothing else."""
    rtype = MADE_UP if case.kind == MADE_UP.kind else REGISTRY.get(case.kind)
    found = compare(rtype, case.desired, case.recorded, case.observed, **case.options)
    assert {change.path: change.cause for change in found.changes} == case.changes, case.reason
    assert (found.request or {}) == case.request, case.reason
    assert tuple(change.path for change in found.drift) == case.drift, case.reason
    nothing = {"given_up": (), "unverified": (), "unsendable": (), "forces_replacement": (), "surplus": 0}
    expected = {**nothing, "repairable": True, **case.facts}
    assert {name: getattr(found, name) for name in expected} == expected, case.reason


def test_every_case_has_a_reason() -> None:
    """A case table is only read when each case says why it is there, under a name of its own."""
    assert all(case.reason for case in CASES)
    assert len({case.name for case in CASES}) == len(CASES)


def test_personal_and_pending_values_are_marked() -> None:
    """A change of personal data is sensitive; a value that waits for an id says so."""
    found = compare(MADE_UP, {"email": "a@b.c", "name": PENDING}, {}, {"email": "x@y.z"})
    marks = {c.path: (c.sensitive, c.after_unknown) for c in found.changes}
    assert marks == {"email": (True, False), "name": (False, True)}


def test_ignored_drift_is_marked() -> None:
    """Drift under ignoreChanges is shown as ignored, other drift is not."""
    sides = ({"name": "a", "city": "a"}, {"name": "a", "city": "a"}, {"name": "b", "city": "b"})
    found = compare(MADE_UP, *sides, ignore=("city",))
    assert {change.path: change.ignored for change in found.drift} == {"name": False, "city": True}


VALUES = st.sampled_from(["a", "b", " a ", "", None, 1, True])
NAMES = st.sampled_from(["name", "code", "city", "zone", "email"])
SIDES = st.dictionaries(NAMES, VALUES)


@given(desired=SIDES, recorded=st.none() | SIDES, observed=SIDES, ignore=st.sets(NAMES))
def test_what_is_sent_is_what_changed(
    desired: dict[str, Any], recorded: dict[str, Any] | None, observed: dict[str, Any], ignore: set[str]
) -> None:
    """Changed fields are sent with the desired value; nothing else goes but companions; ignored fields never change."""
    found = compare(MADE_UP, desired, recorded, observed, ignore=ignore)
    request = dict(found.request or {})
    changed = {change.path for change in found.changes}
    companions = {"city", "name"} if "zone" in changed else set()
    assert changed.isdisjoint(ignore)
    assert changed <= set(request) <= changed | companions
    assert all(request[name] == desired[name] for name in changed)
    assert all(change.before == observed.get(change.path) for change in found.changes)


@given(desired=SIDES, recorded=st.none() | SIDES, observed=SIDES)
def test_after_the_update_nothing_differs(
    desired: dict[str, Any], recorded: dict[str, Any] | None, observed: dict[str, Any]
) -> None:
    """An object that took what was sent compares equal, and what was recorded then shows no drift."""
    found = compare(MADE_UP, desired, recorded, observed)
    again = compare(MADE_UP, desired, desired, {**observed, **(found.request or {})})
    assert again.changes == ()
    assert again.drift == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_follows_the_live_object_has_not_moved(case: Case) -> None:
    """A manifest that says what is followed shows no drift, and only what git wants by itself is left to be changed."""
    rtype = MADE_UP if case.kind == MADE_UP.kind else REGISTRY.get(case.kind)
    found = compare(rtype, case.desired, case.recorded, case.observed, **case.options)
    assert tuple(sorted(found.followed)) == case.drift
    again = compare(rtype, {**case.desired, **found.followed}, case.recorded, case.observed, **case.options)
    assert again.drift == ()
    assert {change.cause for change in again.changes if change.path in found.followed} <= {CONFIG}


@given(desired=SIDES, recorded=SIDES, observed=SIDES)
def test_following_settles(desired: dict[str, Any], recorded: dict[str, Any], observed: dict[str, Any]) -> None:
    """The same of any three sides; what is followed is what is live, in the vendor's spelling."""
    followed = compare(MADE_UP, desired, recorded, observed).followed
    again = compare(MADE_UP, {**desired, **followed}, recorded, observed)
    assert again.drift == ()
    assert followed == {name: observed.get(name) for name in followed}
    assert not {change.path for change in again.changes} & followed.keys()


FOLLOWED = {
    "a lost item goes": ([EN, NL], [EN, NL], [EN], [EN]),
    "a surplus one comes last": ([NL], [NL], [FR, NL], [NL, FR]),
    "what git added stays": ([EN, NL, FR], [EN, NL], [EN], [EN, FR]),
    "one for another": ([EN, NL], [EN, NL], [FR, EN], [EN, FR]),
}


@pytest.mark.parametrize(("desired", "recorded", "observed", "expected"), FOLLOWED.values(), ids=FOLLOWED)
def test_a_list_follows_item_by_item(desired: Any, recorded: Any, observed: Any, expected: Any) -> None:
    """The items that stay are those of the manifest, in its order."""
    sides = ({"questions": items} for items in (desired, recorded, observed))
    assert compare(REGISTRY.get("enco/Survey"), *sides).followed == {"questions": expected}


def test_a_set_follows_in_the_order_of_the_manifest() -> None:
    """Of a set without order, the items that stay come first and as they were, new ones after them."""
    sides = ({"locations": items} for items in (["c", "a", "b"], ["c", "a", "b"], ["a", "d", "c"]))
    assert compare(REGISTRY.get("optimum/Subscriber"), *sides).followed == {"locations": ["c", "a", "d"]}


@given(desired=SIDES, recorded=SIDES, observed=SIDES)
def test_causes_are_true(desired: dict[str, Any], recorded: dict[str, Any], observed: dict[str, Any]) -> None:
    """Config says the live object stayed, drift that git stayed, conflict that both moved."""
    for change in compare(MADE_UP, desired, recorded, observed).changes:
        known = change.path in recorded
        base: Field = MADE_UP.fields[change.path]
        git_moved = not known or base.normalised(change.after) != base.normalised(recorded[change.path])
        live_moved = known and base.normalised(change.before) != base.normalised(recorded[change.path])
        cause = {(True, False): CONFIG, (False, True): DRIFT, (True, True): CONFLICT}[git_moved, live_moved]
        assert change.cause is cause


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Lifecycle(), Lifecycle(), {}),
        (Lifecycle(), Lifecycle(prevent_destroy=True), {"lifecycle.preventDestroy": (False, True)}),
        (Lifecycle(on_remove="retain"), Lifecycle(), {"lifecycle.onRemove": ("retain", "delete")}),
        (Lifecycle(), Lifecycle(replace="allow"), {"lifecycle.replace": ("refuse", "allow")}),
        (Lifecycle(), Lifecycle(ignore_changes=("a",)), {"lifecycle.ignoreChanges": ([], ["a"])}),
    ],
)
def test_lifecycle_changes(before: Lifecycle, after: Lifecycle, expected: dict[str, Any]) -> None:
    """A changed setting is a field under the manifest's own name for it, caused by git."""
    found = lifecycle_changes(before, after)
    assert {c.path: (c.before, c.after) for c in found} == expected
    assert all(c.cause is CONFIG for c in found)
